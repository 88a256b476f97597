"""A table of stands carried through the years: from volumes by age to carbon, pool by pool.

The volume of a stand follows the curve that the table names; its species turns volume into carbon
by the values of the library. Alike stands are carried once (``methods.stand_table``).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from carbonledger import units
from carbonledger.engine.calculate import Subject, calculate
from carbonledger.engine.explain import Argument
from carbonledger.engine.open import item_names
from carbonledger.errors import Text
from carbonledger.intake.keys import Refused, code_of
from carbonledger.intake.layout import Spellings
from carbonledger.intake.measurements import Column, Fault, blanks, faulty, read_measurements
from carbonledger.library.load import Library
from carbonledger.methods.math import carbon_to_co2
from carbonledger.methods.registry import get
from carbonledger.methods.stand_table import POOLS, Rates, carry, distinct

__all__ = ["CURVE_COLUMNS", "STAND_COLUMNS", "Growth", "grow", "read_curves", "read_stands"]

_EXPANSION = "forest.sink.stock_change.above_ground"
_CURVE = Text("曲线", "curve")
_AGE = Column("age", Text("林龄", "age"), "a", ("年龄",))

STAND_COLUMNS = (
    Column("stand", Text("小班号", "stand"), "", ("小班", "林班小班号")),
    Column("item", Text("树种", "species"), "", ("品种", "优势树种")),
    Column("curve", _CURVE, ""),
    _AGE,
    Column("area", Text("面积", "area"), "ha", ("小班面积",)),
)
"""The columns of a table of stands."""
CURVE_COLUMNS = (
    Column("curve", _CURVE, ""),
    _AGE,
    Column("stand_volume", Text("每公顷蓄积", "stand volume"), "m3/ha", ("蓄积",)),
)
"""The columns of a table of curves: every whole year from 0, one row for each."""


@dataclass(frozen=True)
class Growth:
    """What a table of stands does over the years.

    Attributes:
        years: one row for each year from 0, in t C: ``biomass, dead_wood, products`` are pools,
            ``released`` and ``grown`` add up from the beginning; ``gain`` is the change of the
            three pools in the year, t CO2, a removal positive.
        rows: how many distinct stands were carried.
        used: the values of the library that turned volume into carbon, by species.
    """

    years: pd.DataFrame
    rows: int
    used: dict[str, tuple[Argument, ...]]


def read_stands(path: Path, library: Library) -> pd.DataFrame:
    """The stands of a table, with the code of their species as ``item``.

    Raises:
        CarbonledgerError: for whatever is wrong: missing cells, unknown species, a stand twice.
    """
    stands = read_measurements(path, STAND_COLUMNS)
    faults = blanks(stands, STAND_COLUMNS)
    spellings = Spellings(item_names(library))
    codes = {name: code_of("item", name, spellings) for name in stands["item"].unique() if name}
    for name, code in codes.items():
        if isinstance(code, Refused):
            at = stands.loc[stands["item"] == name, "place"].iloc[0]
            faults.append(Fault(str(at), code.message))
    for row in stands[stands["stand"].duplicated()].to_dict("records"):
        text = Text(f"小班号“{row['stand']}”重复。", f"Stand '{row['stand']}' stands twice.")
        faults.append(Fault(str(row["place"]), text))
    for row in stands[(stands["age"] % 1 != 0) | (stands["area"] <= 0)].to_dict("records"):
        if not np.isnan(row["age"]) and not np.isnan(row["area"]):
            faults.append(Fault(str(row["place"]), Text(
                f"林龄须为整年，面积须大于 0（林龄 {row['age']:g}，面积 {row['area']:g} ha）。",
                f"Ages are whole years and areas above 0 (age {row['age']:g}, area "
                f"{row['area']:g} ha).",
            )))  # fmt: skip
    if faults:
        raise faulty(path.name, faults)
    return stands.assign(item=stands["item"].map(codes))


def read_curves(path: Path) -> dict[str, "np.ndarray[tuple[int], np.dtype[np.float64]]"]:
    """The volumes of each curve by age, from 0 on, m3/ha.

    Raises:
        CarbonledgerError: where a curve lacks a year between 0 and its last, or has one twice.
    """
    table = read_measurements(path, CURVE_COLUMNS)
    faults = blanks(table, CURVE_COLUMNS)
    curves = {}
    for name, rows in table.groupby("curve", sort=True):
        ordered = rows.sort_values("age")
        if ordered["age"].tolist() != list(range(len(ordered))) or len(ordered) < 2:
            faults.append(Fault(str(rows["place"].iloc[0]), Text(
                f"曲线“{name}”须从 0 年起逐年给出，不缺不重，至少两年；不插补。",
                f"Curve '{name}' needs every year from 0 on, once each, two at least; nothing is "
                "interpolated.",
            )))  # fmt: skip
        curves[str(name)] = ordered["stand_volume"].to_numpy(dtype=float)
    if faults:
        raise faulty(path.name, faults)
    return curves


def grow(
    stands: pd.DataFrame,
    curves: dict[str, "np.ndarray[tuple[int], np.dtype[np.float64]]"],
    years: int,
    rates: Rates,
    library: Library,
    *,
    region: str,
    profile: str,
) -> Growth:
    """Carry stands through the years.

    Args:
        stands: ``stand, item, curve, age`` (whole years), ``area`` (ha).
        curves: volumes by age for every curve that the stands name, m3/ha.
        years: how many years.
        rates: what happens to all stands.
        library: where density, expansion, roots and carbon of a species are.
        region: the region whose values serve.
        profile: the profile that orders the editions.

    Raises:
        CarbonledgerError: for a stand without its curve, or a species without its values.
    """
    unknown = stands[~stands["curve"].isin(curves.keys())]
    if len(unknown):
        raise faulty("", (
            Fault(str(row["place"]), Text(
                f"没有名为“{row['curve']}”的曲线。", f"There is no curve '{row['curve']}'."
            ))
            for row in unknown.to_dict("records")
        ))  # fmt: skip
    pairs = stands[["curve", "item"]].drop_duplicates(ignore_index=True)
    carbon, used = _carbon_per_volume(pairs["item"].unique(), library, region, profile)
    length = max(map(len, curves.values()))
    table = np.vstack([
        np.pad(curves[curve], (0, length - len(curves[curve])), mode="edge") * carbon[item]
        for curve, item in pairs.itertuples(index=False)
    ])  # fmt: skip
    number = stands.merge(pairs.reset_index(names="pair"), on=["curve", "item"], how="left")
    pair, age = number["pair"].to_numpy(), number["age"].to_numpy().astype(np.int64)
    first, row = distinct(pair, age)
    result = carry(table, pair[first], age[first], years, rates)
    totals = result @ np.bincount(row, weights=stands["area"].to_numpy())
    frame = pd.DataFrame(totals, columns=list(POOLS)).rename_axis("year").reset_index()
    held = frame[["biomass", "dead_wood", "products"]].sum(axis=1)
    gain = carbon_to_co2(held.diff())
    return Growth(frame.assign(gain=gain), len(first), used)


def _carbon_per_volume(
    items: "np.ndarray[tuple[int], np.dtype[np.object_]]",
    library: Library,
    region: str,
    profile: str,
) -> tuple[dict[str, float], dict[str, tuple[Argument, ...]]]:
    """Carbon of whole trees per volume of the stems, t C/m3, for every species."""
    carbon, used = {}, {}
    wanted = get(_EXPANSION).forms[0].units
    for item in items:
        subject = Subject(item=str(item), region=region)
        asked = {"stock_change": "1 m3", "interval": "1 a"}
        found = calculate(_EXPANSION, asked, library, subject=subject, profile=profile)
        values = {
            each.name: units.convert(each.value, each.unit, wanted[each.name])
            for each in found.arguments
        }
        carbon[str(item)] = (
            values["basic_wood_density"]
            * values["biomass_expansion_factor_aboveground"]
            * (1 + values["root_shoot_ratio"])
            * values["biomass_carbon_fraction"]
        )
        used[str(item)] = tuple(each for each in found.arguments if each.name not in asked)
    return carbon, used
