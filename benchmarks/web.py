"""How quick the pages are on a ledger of many postings: ``python -m benchmarks.web [postings]``.

The bars: the first page within 2 s, a change of page within 1 s, on 1e6 postings. Every round asks
for a county and year that nobody asked for before, and then for the same once more; medians of the
rounds go to ``docs/performance-web.md``. Beside the time on the clock stands that of the processor,
which other work on the machine lengthens less.
"""

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from streamlit.testing.v1 import AppTest

from benchmarks.data import write_inventory
from carbonledger.api import store
from carbonledger.engine.open import open_inventory
from carbonledger.engine.results import Results
from carbonledger.engine.run import RunOptions, write_run
from carbonledger.services.results import RunViews

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "docs" / "performance-web.md"
PAGES = ("start", "results", "trace", "gep", "sinks", "inventory", "factors", "calculator")
FIRST, SWITCH = 2.0, 1.0
ROUNDS = 7
_POSTINGS_PER_ENTRY = 3
_SERVER = """
import sys, time
from streamlit.testing.v1 import AppTest
if sys.argv[2]:
    from carbonledger.web.server import load
    load()
start, spent = time.perf_counter(), time.process_time()
AppTest.from_file(sys.argv[1], default_timeout=300).run()
print(time.perf_counter() - start, time.process_time() - spent)
"""


class Taken(NamedTuple):
    """Seconds on the clock and of the processor."""

    clock: float
    processor: float


def main() -> None:
    """Measure, print and write the report; the exit code says whether the bars are met."""
    postings = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as scratch:
        ledger, inventory = Path(scratch) / "ledger", Path(scratch) / "inventory"
        write_inventory(inventory, postings // _POSTINGS_PER_ENTRY)
        out = Path(scratch) / "run"
        _store(inventory, out, ledger)
        os.environ["CARBONLEDGER_LEDGER"] = str(ledger)
        loaded, bare = (
            _median([_new_server(words) for _ in range(ROUNDS)]) for words in ("loaded", "")
        )
        window = _median([_taken(lambda: _app().run()) for _ in range(ROUNDS)])
        blocks = RunViews(Results.read(out)).blocks
        rows = _pages(blocks[:: len(blocks) // ROUNDS][:ROUNDS])
    firsts = [
        ("first page of a new server (`carbonledger web`)", loaded),
        ("first page of a new server that loaded nothing before (`streamlit run app.py`)", bare),
        ("first page of a new window", window),
    ]
    lines = [
        *(_line(name, taken, FIRST) for name, taken in firsts),
        *(_line(name, taken, SWITCH) for name, taken in rows.items()),
    ]
    REPORT.write_text(_report(postings, lines), "utf-8")
    print("\n".join(lines))
    sys.exit(any(line.endswith("**no** |") for line in lines))


def _new_server(loaded: str) -> Taken:
    """The first page in a new process, which loads what it needs before, or then."""
    command = [sys.executable, "-c", _SERVER, str(ROOT / "app.py"), loaded]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return Taken(*map(float, done.stdout.split()[-2:]))


def _pages(blocks: list[tuple[str, int]]) -> dict[str, Taken]:
    """The median of each page, when its county and year are asked for first, and again."""
    taken: dict[str, list[Taken]] = {}
    at = _app().run()
    for region, year in blocks:
        for words in ("a county and year for the first time", "again"):
            for page in PAGES:
                at.query_params["region"], at.query_params["year"] = region, str(year)
                at.switch_page(str(ROOT / "carbonledger" / "web" / "screens" / f"{page}.py"))
                found = _taken(at.run)
                if at.error or at.exception or at.session_state["at_region"] != region:
                    sys.exit(f"the page {page} failed")
                taken.setdefault(f"{page}: {words}", []).append(found)
    return {name: _median(found) for name, found in taken.items()}


def _store(inventory: Path, out: Path, ledger: Path) -> None:
    """Compute and store without review and workbook, which no page reads."""
    opened = open_inventory(inventory)
    out.mkdir()
    write_run(opened, out, RunOptions())
    store(opened, out, ledger)


def _app() -> AppTest:
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=300)


def _taken(work: Callable[[], object]) -> Taken:
    start, spent = time.perf_counter(), time.process_time()
    work()
    return Taken(time.perf_counter() - start, time.process_time() - spent)


def _median(found: list[Taken]) -> Taken:
    return Taken(*(statistics.median(values) for values in zip(*found, strict=True)))


def _line(name: str, taken: Taken, bar: float) -> str:
    met = "yes" if taken.clock <= bar else "**no**"
    return f"| {name} | {bar:.0f} | {taken.clock:.2f} | {taken.processor:.2f} | {met} |"


def _report(postings: int, lines: list[str]) -> str:
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return "\n".join(
        [
            "# Performance of the pages",
            "",
            f"Written by `python -m benchmarks.web {postings}`: a ledger with one run of "
            f"{postings:,} postings (84 counties, 20 years, fuel combustion). Each number "
            f"is the median of {ROUNDS} rounds. Measured is the script of a page with all "
            "that it asks of the ledger, without the browser. Processor seconds stand beside those "
            "of the clock, which other work on the machine lengthens.",
            "",
            f"Machine: {os.cpu_count()} cores, Python {platform.python_version()}; load averages "
            f"at the end {load}.",
            "",
            "| page | bar, s | clock, s | processor, s | met |",
            "| --- | ---: | ---: | ---: | --- |",
            *lines,
            "",
        ]
    )


if __name__ == "__main__":
    main()
