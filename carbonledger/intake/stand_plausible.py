"""Sizes of stands that cannot be, or hardly: a unit or a decimal point is wrong."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from carbonledger.errors import Text
from carbonledger.intake.stand_codes import code_names, size_limits, stock_limits
from carbonledger.intake.stand_table import RowFinding
from carbonledger.model.problem import Grade

__all__ = ["densities", "sizes"]

_UNITS = {
    "area": Text("公顷", "ha"),
    "stock": Text("立方米", "m3"),
    "culms": Text("株", "plants"),
}


def sizes(frame: pd.DataFrame) -> Iterator[RowFinding]:
    """Areas, stocks and culms that are too large for one sub-compartment."""
    remedy = Text(
        "请核对单位（亩、公顷或平方米；立方米或万立方米）与小数点；确实如此的请说明。",
        "Check the unit (mu, ha or m2; m3 or 10,000 m3) and the decimal point; explain it if it "
        "is so.",
    )
    for field, (doubtful, impossible) in size_limits().items():
        values = frame[field].to_numpy()
        unit = _UNITS[field]
        for grade, mask in (
            (Grade.A, values > impossible),
            (Grade.B, (values > doubtful) & (values <= impossible)),
        ):
            rows = np.flatnonzero(mask)
            bound = impossible if grade is Grade.A else doubtful
            messages = [
                Text(
                    f"{values[row]:g} {unit.zh}对一个小班太大（上限 {bound:g}）。",
                    f"{values[row]:g} {unit.en} is too much for one sub-compartment (limit "
                    f"{bound:g}).",
                )
                for row in rows
            ]
            yield RowFinding("stand-size", grade, field, rows, messages, remedy)


def densities(frame: pd.DataFrame) -> Iterator[RowFinding]:
    """More volume on a hectare than the species has at its age."""
    density = frame["stock"] / frame["area"].where(frame["area"] > 0)
    limits = stock_limits()
    keys = frame[["species", "age_class"]].drop_duplicates()
    most = {
        (species, age): next(
            limits[key]
            for key in ((species, age), (species, ""), ("", age), ("", ""))
            if key in limits
        )
        for species, age in keys.itertuples(index=False)
    }
    bound = pd.MultiIndex.from_frame(frame[["species", "age_class"]]).map(most)
    bound = np.asarray(bound, dtype=float)
    rows = np.flatnonzero(density.to_numpy() > bound)
    ages = code_names("age_class")
    yield RowFinding(
        "stand-density",
        Grade.B,
        "stock",
        rows,
        [
            Text(
                f"蓄积/面积 = {density[row]:.0f} m³/公顷，超出{frame.at[row, 'species_text']}"
                f"{ages.get(str(frame.at[row, 'age_class']), '')}的合理上限 {bound[row]:.0f}。",
                f"Stock / area = {density[row]:.0f} m3/ha, beyond the plausible "
                f"{bound[row]:.0f} of this species and age class.",
            )
            for row in rows
        ],
        Text(
            "请核对蓄积和面积的单位（亩或公顷）与小数点；确属高产林分的请说明。",
            "Check the units of stock and area (mu or ha) and the decimal point; explain it if the "
            "stand is that rich.",
        ),
    )
