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
from carbonledger.services.running import run_and_store

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("results", "inventory", "factors", "calculator", "start")
FIRST, SWITCH = 2.0, 1.0
_POSTINGS_PER_ENTRY = 3


def main() -> None:
    """Measure and print; the exit code says whether the bars are met."""
    postings = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as scratch:
        ledger, inventory = Path(scratch) / "ledger", Path(scratch) / "inventory"
        write_inventory(inventory, postings // _POSTINGS_PER_ENTRY)
        run_and_store(inventory, ledger)
        os.environ["CARBONLEDGER_LEDGER"] = str(ledger)
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=300)
        at.run()  # what a server does once: imports, library, the run laid out
        start = time.perf_counter()
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=300).run()
        taken = {"first page": time.perf_counter() - start}
        for page in (*PAGES, *PAGES):
            at.switch_page(str(ROOT / "carbonledger" / "web" / "screens" / f"{page}.py"))
            start = time.perf_counter()
            at.run()
            taken[page] = time.perf_counter() - start
    for name, seconds in taken.items():
        bar = FIRST if name == "first page" else SWITCH
        print(f"{name:12} {seconds:6.2f} s  {'ok' if seconds <= bar else f'over {bar} s'}")
    late = [name for name, s in taken.items() if s > (FIRST if name == "first page" else SWITCH)]
    sys.exit(bool(late))


if __name__ == "__main__":
    main()
