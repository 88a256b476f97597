"""What holds for all tests, and what several modules of tests are given."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from library_copy import Copy, part_of_library

from carbonledger import cli

# A machine with other work takes longer now and then; that is no fault of what is tested.
settings.register_profile("carbonledger", deadline=None)
settings.load_profile("carbonledger")

# These take longest. A file goes to one process (`--dist loadfile`), so they go out first: none
# of them is left over at the end while the other processes are idle.
LONGEST = (
    "test_web_browser",
    "test_library_checks",
    "test_library_checks_tables",
    "test_ledger_kills",
    "test_library_diff",
    "test_methods",
    "test_web_pages",
    "test_demo_county",
    "test_library_snapshot",
    "test_factors_commands",
    "test_engine",
    "test_datapackage",
    "test_spoiled_inventories",
    "test_intake_energy_balance_checks",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, everything else in its order."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


@pytest.fixture
def carbonledger(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., tuple[object, str, str]]:
    """The command line in an empty folder: it gives its exit code, and what it prints and warns."""
    monkeypatch.setenv("CARBONLEDGER_LEDGER", str(tmp_path / "账 本"))
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> tuple[object, str, str]:
        monkeypatch.setattr(sys, "argv", ["carbonledger", *map(str, arguments)])
        with pytest.raises(SystemExit) as leaving:
            cli.main()
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return leaving.value.code, said.out, said.err

    return call


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A part of the factor library, in a folder of its own."""
    return part_of_library(tmp_path_factory.mktemp("library") / "factors")


@pytest.fixture
def copy(whole: Copy) -> Iterator[Copy]:
    """That part, to plant errors in: what a test has changed is put back after it."""
    yield whole
    whole.restore()
