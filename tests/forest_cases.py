"""What the tests of forests in the inventory share."""

from factor_tables import FOLDER, records
from hypothesis import strategies as st

from carbonledger.model.records import Item, Parameter

OWN = [
    row
    for name in ("forest_cn", "forest_ipcc")
    for row in records(FOLDER / "parameters" / f"{name}.csv", Parameter)
]
ITEMS = {row.item: row for row in records(FOLDER / "items" / "forest.csv", Item)}


amount = st.floats(0, 1e9)
