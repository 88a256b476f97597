"""Plots to stands: volume, biomass and carbon per hectare from the trees of sample plots.

Every tree of a plot is measured (species, diameter, height); the equations are those of the
library for species and region. Plots are a sample of the stand, so the mean has a sampling error:
the half-width of its 95 % confidence interval by Student's t, which holds for plots that were laid
out at random or in a grid.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import t as student

from carbonledger import units
from carbonledger.engine.calculate import Calculation, Subject, calculate
from carbonledger.engine.explain import Argument
from carbonledger.engine.open import item_names
from carbonledger.errors import Text
from carbonledger.intake.keys import Refused, code_of
from carbonledger.intake.layout import Spellings
from carbonledger.intake.measurements import Column, Fault, blanks, faulty, read_measurements
from carbonledger.library.load import Library
from carbonledger.methods.registry import get

__all__ = ["COLUMNS", "Stand", "read_trees", "stand_of"]

_CONFIDENCE = 0.95
_VOLUME, _CARBON = "forest.tree.volume", "forest.biomass.carbon"
_BIOMASS, _BY_HEIGHT = "forest.tree.biomass", "forest.tree.biomass_by_height"

COLUMNS = (
    Column("plot", Text("样地号", "plot"), "", ("样地",)),
    Column("plot_area", Text("样地面积", "plot area"), "ha"),
    Column("item", Text("树种", "species"), "", ("品种", "item")),
    Column("diameter", Text("胸径", "diameter"), "cm", ("DBH", "diameter at breast height")),
    Column("height", Text("树高", "height"), "m", ("height of the tree",)),
)
"""The columns of a table of trees, one row for each."""


@dataclass(frozen=True)
class Stand:
    """What the plots of a stand say.

    Attributes:
        plots: one row for each plot: ``plot``, ``area`` (ha), ``trees`` (per ha), ``diameter``
            (quadratic mean, cm), ``height`` (mean, m), ``volume`` (m3/ha), ``biomass`` (t dm/ha),
            ``carbon`` (t C/ha).
        mean: the mean of the plots, each weighing the same.
        error: the half-width of the 95 % confidence interval of the mean; NaN for a single plot.
        used: the values of the library that went in, by species.
    """

    plots: pd.DataFrame
    mean: "pd.Series[float]"
    error: "pd.Series[float]"
    used: dict[str, tuple[Argument, ...]]


def read_trees(path: Path, library: Library) -> pd.DataFrame:
    """The trees of a table, with the code of their species as ``item``.

    Raises:
        CarbonledgerError: for whatever is wrong with the table: unknown species, missing numbers,
            one plot with two areas.
    """
    trees = read_measurements(path, COLUMNS)
    faults = blanks(trees, COLUMNS)
    spellings = Spellings(item_names(library))
    codes = {name: code_of("item", name, spellings) for name in trees["item"].unique() if name}
    for name, code in codes.items():
        if isinstance(code, Refused):
            first = trees.loc[trees["item"] == name, "place"].iloc[0]
            faults.append(Fault(str(first), code.message))
    for plot, areas in trees.groupby("plot")["plot_area"]:
        known = areas.dropna()
        if len(set(known)) > 1 or not (known > 0).all():
            at = trees.loc[areas.index[0], "place"]
            faults.append(Fault(str(at), Text(
                f"样地 {plot} 的面积不一致或不大于 0。",
                f"Plot {plot} has several areas, or none above 0.",
            )))  # fmt: skip
    if faults:
        raise faulty(path.name, faults)
    return trees.assign(item=trees["item"].map(codes))


def stand_of(
    trees: pd.DataFrame, library: Library, *, region: str, profile: str, by_height: bool = False
) -> Stand:
    """Volume, biomass and carbon per hectare.

    Args:
        trees: the columns of ``COLUMNS``.
        library: where the equations are.
        region: the region whose equations serve.
        profile: the profile that orders the editions.
        by_height: take the biomass from D²H, not from the diameter alone.

    Raises:
        CarbonledgerError: for a species that has no equation.
    """
    used: dict[str, tuple[Argument, ...]] = {}
    parts = []
    for item, rows in trees.groupby("item", sort=True):
        subject = Subject(item=str(item), region=region)
        tree = {"trees": "1 plant", "diameter": "10 cm"}
        tall = {**tree, "height": "10 m"}
        asked = (
            (_VOLUME, tall),
            (_BY_HEIGHT, tall) if by_height else (_BIOMASS, tree),
            (_CARBON, {"biomass": "1 t dm"}),
        )
        found = [
            calculate(method, values, library, subject=subject, profile=profile)
            for method, values in asked
        ]
        parts.append(_computed(rows, *found))
        used[str(item)] = tuple(
            argument
            for each in found
            for argument in each.arguments
            if argument.parameter != "entry" and argument.place != "entry"
        )
    computed = pd.concat(parts)
    plots = _plots(computed)
    measured = plots.drop(columns=["plot", "area"])
    count = len(plots)
    error = measured.sem() * student.ppf(0.5 + _CONFIDENCE / 2, max(count - 1, 1))
    return Stand(plots, measured.mean(), error, used)


def _computed(
    rows: pd.DataFrame, volume: Calculation, biomass: Calculation, carbon: Calculation
) -> pd.DataFrame:
    trees = {"trees": 1.0, "diameter": rows["diameter"].to_numpy()}
    tall = {**trees, "height": rows["height"].to_numpy()}
    stems = _evaluate(volume, tall)
    dry = _evaluate(biomass, tall if biomass.method == _BY_HEIGHT else trees)
    return rows.assign(volume=stems, biomass=dry, carbon=_evaluate(carbon, {"biomass": dry}))


def _evaluate(found: Calculation, measured: dict[str, object]) -> object:
    """The method of a calculation with measured numbers and the library's values."""
    method = get(found.method)
    wanted = method.forms[0].units
    values = {
        argument.name: units.convert(argument.value, argument.unit, wanted[argument.name])
        for argument in found.arguments
    }
    return method.function(**{**values, **measured})


def _plots(trees: pd.DataFrame) -> pd.DataFrame:
    grouped = trees.groupby("plot", sort=True)
    area = grouped["plot_area"].first()
    per_area = grouped[["volume", "biomass", "carbon"]].sum().div(area, axis=0)
    squares = (trees["diameter"] ** 2).groupby(trees["plot"]).mean()
    return pd.DataFrame(
        {
            "area": area,
            "trees": grouped.size() / area,
            "diameter": np.sqrt(squares),
            "height": grouped["height"].mean(),
            **per_area,
        }
    ).reset_index()
