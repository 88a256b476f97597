"""Numbers for rows tell rows apart exactly as the rows themselves do, and keep their order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from carbonledger.engine.numbering import numbered

ROWS = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.tuples(*[st.integers(0, 3) | st.integers(0, 2**31)] * width), min_size=1, max_size=30
    )
)


@given(ROWS)
def test_numbers_are_the_places_of_the_distinct_rows(rows):
    places = {row: place for place, row in enumerate(sorted(set(rows)))}
    columns = [np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)]
    assert numbered(columns).tolist() == [places[row] for row in rows]


def test_no_rows_have_no_numbers():
    assert numbered([np.array([], dtype=np.int64)] * 2).tolist() == []


def test_many_columns_stay_within_the_range_of_numbers():
    columns = [np.arange(1000, dtype=np.int64) * 7919 % 1009 for _ in range(60)]
    order = np.argsort(columns[0])
    assert numbered(columns)[order].tolist() == list(range(1000))
