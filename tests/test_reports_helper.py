"""The helper writes the same workbook as the run itself would, and is missed by nobody."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from carbonledger import api
from carbonledger.engine.run import RunOptions
from carbonledger.reports.helper import Helper, helper

# One with doubts about its input, one with methods of sinks side by side.
INVENTORIES = ("fujian-2012", "fujian-mangrove-2025")


@pytest.fixture(autouse=True)
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine of two cores with nothing else to do."""
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr("os.getloadavg", lambda: (0.5, 0.5, 0.5), raising=False)


def cells(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every cell of the workbook but the times of the run."""
    book = openpyxl.load_workbook(folder / "summary.xlsx")
    return {
        sheet.title: [row for row in sheet.iter_rows(values_only=True) if "时间" not in str(row[0])]
        for sheet in book
    }


@pytest.mark.parametrize("name", INVENTORIES)
def test_the_helper_writes_what_the_run_would(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.run_to_folder(name, tmp_path / "alone", RunOptions())

    def refuse(*_: object) -> None:
        raise AssertionError("the helper has not written the workbook")

    monkeypatch.setattr(api, "write_workbook", refuse)
    with helper() as second:
        assert second is not None
        api.run_to_folder(name, tmp_path / "helped", RunOptions(), second)
    assert cells(tmp_path / "helped") == cells(tmp_path / "alone")
    assert sorted(path.name for path in (tmp_path / "helped").iterdir()) == sorted(
        path.name for path in (tmp_path / "alone").iterdir()
    )


def test_without_the_helper_the_run_writes_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        # A second process that ends at once, as one does that lacks a library.
        patch.setattr("carbonledger.reports.helper._START", "import sys; sys.exit(3) # {path}")
        with helper() as second:
            assert isinstance(second, Helper)
            api.run_to_folder("fujian-mangrove-2025", tmp_path / "out", RunOptions(), second)
    assert "问题 Problems" in cells(tmp_path / "out")
    assert not [path for path in (tmp_path / "out").iterdir() if path.name.startswith(".")]


def test_nothing_is_started_where_nothing_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/no/such/python")
    with helper() as second:
        assert second is None
    monkeypatch.undo()
    for cores, load in ((1, 0.0), (2, 1.5), (8, 7.1)):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        monkeypatch.setattr("os.getloadavg", lambda load=load: (load,) * 3, raising=False)
        with helper() as second:
            assert second is None


def test_the_helper_ends_with_its_run() -> None:
    with helper() as second:
        assert second is not None
        process = second._process
        assert process.poll() is None
    assert process.poll() is not None
