"""What holds for all tests."""

import pytest
from hypothesis import settings

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
