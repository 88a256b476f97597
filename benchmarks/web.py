"""How quick the pages are on a ledger of many postings: ``python -m benchmarks.web [postings]``.

The bars: the first page within 2 s, a change of page within 1 s, on 1e6 postings.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

from streamlit.testing.v1 import AppTest

from benchmarks.data import write_inventory
from carbonledger.api import store
from carbonledger.engine.open import open_inventory
from carbonledger.engine.run import RunOptions, write_run

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("results", "trace", "inventory", "factors", "calculator", "start")
FIRST, SWITCH = 2.0, 1.0
_POSTINGS_PER_ENTRY = 3


def main() -> None:
    """Measure and print; the exit code says whether the bars are met."""
    postings = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as scratch:
        ledger, inventory = Path(scratch) / "ledger", Path(scratch) / "inventory"
        write_inventory(inventory, postings // _POSTINGS_PER_ENTRY)
        start = time.perf_counter()
        _store(inventory, Path(scratch) / "run", ledger)
        _told("computed and stored", start)
        os.environ["CARBONLEDGER_LEDGER"] = str(ledger)
        start = time.perf_counter()
        _app().run()  # what a server does once: imports, library, the run opened
        _told("a server's first page", start)
        start = time.perf_counter()
        at = _app().run()
        late = _told("first page", start, FIRST)
        for page in (*PAGES, *PAGES):
            at.switch_page(str(ROOT / "carbonledger" / "web" / "screens" / f"{page}.py"))
            start = time.perf_counter()
            at.run()
            late += _told(page, start, SWITCH)
    sys.exit(bool(late))


def _store(inventory: Path, out: Path, ledger: Path) -> None:
    """Compute and store without review and workbook, which no page reads."""
    opened = open_inventory(inventory)
    out.mkdir()
    write_run(opened, out, RunOptions())
    store(opened, out, ledger)


def _app() -> AppTest:
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=300)


def _told(name: str, start: float, bar: float | None = None) -> bool:
    """Print how long something took; whether that is over the bar, where there is one."""
    seconds = time.perf_counter() - start
    over = bar is not None and seconds > bar
    words = "" if bar is None else f"over {bar} s" if over else "ok"
    print(f"{name:22} {seconds:6.2f} s  {words}", flush=True)
    return over


if __name__ == "__main__":
    main()
