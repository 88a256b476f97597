"""Files and their bytes for the tests of reading them."""

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

from intake_sample import write_book

from carbonledger.intake.grid import read_grids
from carbonledger.model.problem import Grade

DATA = Path(__file__).parent / "data"
ROWS = [["科目", "品种", "消费量 [吨]"], ["1.A.2", "原煤", 1234.5]]
TEXT = "科目,品种,消费量 [吨]\r\n1.A.2,原煤,1234.5\r\n"


def read(tmp_path, name, data, sheet=None):
    path = tmp_path / name
    path.write_bytes(data)
    return read_grids(path, tmp_path, sheet)


def only_code(result):
    grids, problems = result
    assert grids == []
    assert [problem.grade for problem in problems] == [Grade.A]
    assert problems[0].message.zh
    assert problems[0].message.en
    assert problems[0].remedy.zh
    return problems[0].code


def book_bytes(sheets):
    stream = io.BytesIO()
    write_book(stream, sheets)
    return stream.getvalue()


@contextlib.contextmanager
def as_ordinary_user() -> Iterator[None]:
    """Root may write everywhere; give that up for a moment."""
    if os.geteuid() == 0:
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)
    else:
        yield
