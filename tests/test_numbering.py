"""Numbers for rows tell rows apart exactly as the rows themselves do, and keep their order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonledger.library import numbering
from carbonledger.library.numbering import as_of, coded, distinct, numbered, pairs

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


@given(
    st.integers(1, 5).flatmap(
        lambda width: st.lists(st.tuples(*[st.integers(0, 9)] * width), min_size=1, max_size=40)
    ),
    st.sampled_from([1, 30, 2**62]),
)
def test_rows_are_numbered_apart_however_many_values_their_columns_have(rows, largest):
    columns = [np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numbering, "_LARGEST", largest)
        number, first = distinct(columns)
    values = list(dict.fromkeys(rows))
    assert [values[each] for each in number] == rows
    assert first.tolist() == [rows.index(row) for row in values]


def test_a_key_of_many_columns_stays_within_the_range_of_numbers():
    # What the first column says would be multiplied by 3000 ** 25, a multiple of 2 ** 64.
    rest = np.array([0, 0, 0, 2999], dtype=np.int64)
    number, first = distinct([np.arange(4, dtype=np.int64), *[rest] * 25])
    assert number.tolist() == first.tolist() == [0, 1, 2, 3]


@given(st.lists(st.text(max_size=2)), st.lists(st.text(max_size=2)))
def test_texts_are_known_by_their_numbers(texts, others):
    numbers, known = coded(texts)
    assert [known[number] for number in numbers] == texts
    assert known == list(dict.fromkeys(texts))
    expected = [known.index(text) if text in known else -1 for text in others]
    assert as_of(known, others).tolist() == expected


@given(st.lists(st.integers(0, 3)), st.lists(st.integers(0, 3)))
def test_pairs_are_all_places_with_the_same_number(left, right):
    columns = (np.array(each, dtype=np.int64) for each in (left, right))
    found = list(zip(*(each.tolist() for each in pairs(*columns)), strict=True))
    assert found == [
        (place, other)
        for place, number in enumerate(left)
        for other, same in enumerate(right)
        if number == same
    ]
