"""Growth curves fitted to volumes of stands by their age.

Least squares of the volumes, all weighing the same, with the parameters held within their limits.
The range of a parameter is its 95 % confidence interval by the linearised covariance and Student's
t; it holds for residuals that are independent and alike, which repeated surveys of one plot are
not. A curve is only as good as the ages that it was fitted to: beyond the oldest it is a guess.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import curve_fit
from scipy.stats import t as student

from carbonledger.errors import CarbonledgerError, Text
from carbonledger.intake.measurements import Column, read_measurements
from carbonledger.methods.growth import CURVES, Curve
from carbonledger.model import limits

__all__ = ["COLUMNS", "Fit", "fit_curves", "parameter_rows", "read_growth"]

_CONFIDENCE = 0.95
_FEWEST = 5  # distinct ages: three parameters, and two more to see whether they fit

COLUMNS = (
    Column("age", Text("林龄", "age"), "a", ("年龄", "stand age")),
    Column(
        "stand_volume",
        Text("每公顷蓄积", "stand volume"),
        "m3/ha",
        ("蓄积", "单位面积蓄积", "volume", "volume per area"),
    ),
    Column("plot", Text("样地号", "plot"), "", ("样地", "小班号"), required=False),
)
"""The columns of a table of volumes by age."""


@dataclass(frozen=True)
class Fit:
    """A curve fitted to a table.

    Attributes:
        curve: which curve.
        parameters: in the order of the curve.
        lower: the lower ends of their confidence intervals.
        upper: the upper ends.
        determination: the share of the variance of the volumes that the curve explains (R2).
        error: root mean square of the residuals with the degrees of freedom, m3/ha.
        count: the number of volumes.
        ages: the youngest and the oldest age.
        at_limit: the parameters that ended at a limit, whose ranges mean nothing.
    """

    curve: Curve
    parameters: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    determination: float
    error: float
    count: int
    ages: tuple[float, float]
    at_limit: tuple[str, ...]

    def volume(self, age: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> object:
        """The fitted volume at some ages, m3/ha."""
        return self.curve.function(age, *self.parameters)


def read_growth(path: Path) -> pd.DataFrame:
    """A table of volumes by age, without rows that lack one of the two."""
    return read_measurements(path, COLUMNS).dropna(subset=["age", "stand_volume"])


def fit_curves(table: pd.DataFrame) -> list[Fit]:
    """Fit every curve to a table, the one with the smallest error first.

    Args:
        table: columns ``age`` (years) and ``stand_volume`` (m3/ha).

    Raises:
        CarbonledgerError: for fewer than five different ages, or volumes that no curve fits.
    """
    ages = table["age"].to_numpy(dtype=float)
    volumes = table["stand_volume"].to_numpy(dtype=float)
    if len(set(ages)) < _FEWEST:
        raise CarbonledgerError(
            f"只有 {len(set(ages))} 个不同的林龄，拟合三个参数的生长曲线至少要 {_FEWEST} 个。"
            "请补充样地，或直接给出曲线参数。",
            f"Only {len(set(ages))} different ages; a curve of three parameters needs {_FEWEST}. "
            "Add plots, or give the parameters of the curve.",
        )
    fits = [fit for curve in CURVES.values() if (fit := _fitted(curve, ages, volumes))]
    if not fits:
        raise CarbonledgerError(
            "三种曲线都不能拟合这些数据：蓄积没有随林龄增长的趋势。请检查林龄和蓄积两列是否填反。",
            "No curve fits these data: the volumes do not grow with age. See whether the columns "
            "of ages and volumes were exchanged.",
        )
    return sorted(fits, key=lambda fit: fit.error)


def parameter_rows(
    fit: Fit, item: str, region: str, source: str, locator: str
) -> list[dict[str, str]]:
    """The rows of a ``factors.csv`` that hold a fitted curve for an inventory.

    The ends of the ranges are kept within the limits of the parameters; one that ended at a limit
    has no range.
    """
    rows = []
    named = zip(fit.curve.units.items(), fit.parameters, fit.lower, fit.upper, strict=True)
    for (name, unit), value, low, high in named:
        least, most = limits.bounds(name, unit)
        ranged = name not in fit.at_limit
        rows.append(
            {
                "id": f"fit/{item or 'stand'}/{name}",
                "parameter": name,
                "item": item,
                "region": region,
                "value": repr(float(value)),
                "unit": unit,
                "lower": repr(float(max(low, least))) if ranged else "",
                "upper": repr(float(min(high, most))) if ranged else "",
                "source": source,
                "locator": locator,
                "note": (
                    f"n = {fit.count}, R2 = {fit.determination:.3f}, "
                    f"age {fit.ages[0]:g} to {fit.ages[1]:g}; 95 % confidence interval"
                ),
            }
        )
    return rows


def _fitted(curve: Curve, ages: "np.ndarray[tuple[int], np.dtype[np.float64]]",
            volumes: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> Fit | None:  # fmt: skip
    names = list(curve.units)
    ends = [limits.bounds(name, unit) for name, unit in curve.units.items()]
    low, high = (np.array(side) for side in zip(*ends, strict=True))
    top = volumes.max()
    start = np.clip([1.3 * top, 2.0 / np.median(ages), _shape_of(curve)], low, high)
    try:
        values, covariance = curve_fit(
            curve.function, ages, volumes, p0=start, bounds=(low, high), maxfev=5000
        )
    except (RuntimeError, ValueError):
        return None
    free = len(ages) - len(values)
    residuals = volumes - curve.function(ages, *values)
    spread = ((volumes - volumes.mean()) ** 2).sum()
    squares = (residuals**2).sum()
    if free < 1 or spread == 0 or squares >= spread:
        return None
    half = student.ppf(0.5 + _CONFIDENCE / 2, free) * np.sqrt(np.diag(covariance))
    near = np.isclose(values, low, rtol=1e-4) | np.isclose(values, high, rtol=1e-4)
    return Fit(
        curve,
        tuple(values),
        tuple(values - half),
        tuple(values + half),
        float(1 - squares / spread),
        float(np.sqrt(squares / free)),
        len(ages),
        (float(ages.min()), float(ages.max())),
        tuple(name for name, at in zip(names, near, strict=True) if at),
    )


def _shape_of(curve: Curve) -> float:
    """A shape from which the search of each curve finds its way."""
    return {"richards": 3.0, "logistic": 20.0, "gompertz": 4.0}[curve.key]
