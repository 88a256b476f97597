"""What the tests of the web application share: a filled ledger and the balance as a workbook."""

import csv
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter

from carbonledger.paths import inventories_dir
from carbonledger.services.running import run_and_store

ROOT = Path(__file__).resolve().parents[1]
APP = ROOT / "app.py"
PAGES = ROOT / "carbonledger" / "web" / "screens"
SHEET = "能源平衡表2012"
BALANCE = "福建2012能源平衡表.xlsx"
PATIENCE = 300  # seconds: a machine under load is no fault of a page


def balance_rows() -> list[list[object]]:
    """The energy balance of Fujian 2012 that comes with the program, numbers as numbers."""
    path = inventories_dir() / "fujian-2012" / "energy_balance.csv"
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))
    return [[_value(cell) for cell in row] for row in rows]


def balance_workbook(**cells: object) -> bytes:
    """The balance as a workbook; ``cells`` replace what single cells hold (``C28="56406吨"``)."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet(SHEET)
    for number, row in enumerate(balance_rows()):
        for column, value in enumerate(row):
            if value != "":
                sheet.write(number, column, value)
    for address, value in cells.items():
        sheet.write(address, value)
    book.close()
    return stream.getvalue()


def _value(cell: str) -> object:
    try:
        return float(cell)
    except ValueError:
        return cell


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A ledger with the run of Fujian 2012, as the one that the pages open."""
    place = tmp_path_factory.mktemp("web") / "ledger"
    run_and_store("fujian-2012", place)
    before = os.environ.get("CARBONLEDGER_LEDGER")
    os.environ["CARBONLEDGER_LEDGER"] = str(place)
    yield place
    if before is None:
        del os.environ["CARBONLEDGER_LEDGER"]
    else:
        os.environ["CARBONLEDGER_LEDGER"] = before
