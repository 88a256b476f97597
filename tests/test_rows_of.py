"""Rows of Python's values, as pandas' own ``to_dict`` gives them."""

import pandas as pd
import pytest

from carbonledger.memory import rows_of

TABLE = pd.DataFrame(
    {
        "text": ["煤", None, "b"],
        "number": [1.5, float("nan"), -0.0],
        "count": [1, 2, 3],
        "flag": [True, False, True],
        "list": [[1], [2, 3], []],
    }
)


@pytest.mark.parametrize("table", [TABLE, TABLE.iloc[:0], TABLE[["text"]], TABLE.iloc[::-1]])
def test_rows_are_those_of_pandas(table):
    rows, theirs = rows_of(table), table.to_dict("records")
    assert repr(rows) == repr(theirs)
    kinds = [[type(value) for value in row.values()] for row in rows]
    assert kinds == [[type(value) for value in row.values()] for row in theirs]
