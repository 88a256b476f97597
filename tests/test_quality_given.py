"""The quantities of entries below each other, as the quality checks ask about them."""

import pyarrow as pa

from carbonledger.analysis.quality.given import given


def test_every_stated_quantity_is_a_row_with_its_unit_and_cell():
    entries = pa.table(
        {
            "entry": [1, 2],
            "region": ["350500", "350500"],
            "period": [2018, 2019],
            "account": ["1.A.2", "1.A.2"],
            "item": ["raw_coal", "coke"],
            "detail": ["", ""],
            "sign": [1.0, -1.0],
            "file": ["x.csv", "x.csv"],
            "sheet": ["", ""],
            "row": [2, 3],
            "note": ["", ""],
            "answer": ["", ""],
            "fuel": [5.0, None],
            "fuel__unit": ["t", "t"],
            "fuel__notation": pa.array([None, "NE"], pa.string()),
            "fuel__cell": ["F2", "F3"],
            "heat": pa.array([None, 7.0], pa.float64()),
            "heat__unit": pa.array([None, "GJ"], pa.string()),
            "heat__notation": pa.array([None, None], pa.string()),
            "heat__cell": pa.array([None, "G3"], pa.string()),
        }
    )
    names = ["entry", "quantity", "value", "unit", "notation", "cell", "sign"]
    assert given(entries, ["fuel", "heat"]).select(names).to_pylist() == [
        dict(zip(names, row, strict=True))
        for row in (
            (1, "fuel", 5.0, "t", None, "F2", 1.0),
            (2, "fuel", None, "t", "NE", "F3", -1.0),
            (2, "heat", 7.0, "GJ", None, "G3", -1.0),
        )
    ]
