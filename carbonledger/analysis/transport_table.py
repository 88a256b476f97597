"""The table of a comparison in transport: both sides and what is saved, with its numbers."""

from collections.abc import Sequence

import pandas as pd

from carbonledger.analysis.transport_sides import Result
from carbonledger.errors import Text

__all__ = ["CO2E", "notes", "numbers", "table"]

CO2E = "CO2e"
_SIDES = ("baseline", "alternative")
_AMOUNTS = ("amount", "lower", "upper")
_CO2E = ("co2e", "co2e_lower", "co2e_upper")
_COLUMNS = ("side", "measure", *_AMOUNTS, *_CO2E, "notation", "method")


def table(results: Sequence[Sequence[Result]]) -> pd.DataFrame:
    """Every gas of the baseline, of the alternative and of the saving, and the sum of CO2e."""
    rows = [
        _row(side, result)
        for side, of_side in zip(_SIDES, results, strict=True)
        for result in of_side
    ]
    known = pd.DataFrame(rows)
    sides = [known[known["side"] == side].set_index("measure") for side in _SIDES]
    compared = [gas for gas in sides[0].index if gas not in _left_out(results)]
    saved = _saved(*(side.loc[compared] for side in sides))
    left = pd.DataFrame({"measure": _left_out(results), "notation": "NE"})
    known = pd.concat([known, saved, left.assign(side="saving")], ignore_index=True)
    if CO2E not in compared:
        counted = known[known["measure"].isin(compared)]
        totals = counted.groupby("side", sort=False)[list(_CO2E)].sum(min_count=len(compared))
        totals = totals.reset_index().assign(measure=CO2E)
        # The sum of CO2e is an amount like any other.
        same = dict(zip(_AMOUNTS, (totals[name] for name in _CO2E), strict=True))
        known = pd.concat([known, totals.assign(**same)], ignore_index=True)
    order = {side: place for place, side in enumerate((*_SIDES, "saving"))}
    known = known.sort_values("side", key=lambda sides: sides.map(order), kind="stable")
    texts = dict.fromkeys(("notation", "method"), "")
    return known.fillna(texts).reset_index(drop=True)[list(_COLUMNS)]


def _row(side: str, result: Result) -> dict[str, object]:
    """A gas of one side; where no number has a range, its ends are the amount."""
    gwp = 1.0 if result.measure == CO2E else result.gwp.value if result.gwp else None
    if result.amount == 0:
        gwp = 0.0
    ends = [
        result.amount if end is None else end for end in (result.amount, result.lower, result.upper)
    ]
    worth = [None if gwp is None or end is None else end * gwp for end in ends]
    return {
        "side": side,
        "measure": result.measure,
        **dict(zip((*_AMOUNTS, *_CO2E), (*ends, *worth), strict=True)),
        "notation": result.notation,
        "method": result.method,
    }


def _saved(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """The difference of the sides, gas by gas; its ends are the widest that theirs allow."""
    saved = pd.DataFrame(index=before.index)
    for amount, lower, upper in (_AMOUNTS, _CO2E):
        saved[amount] = before[amount].astype(float) - after[amount].astype(float)
        saved[lower] = before[lower].astype(float) - after[upper].astype(float)
        saved[upper] = before[upper].astype(float) - after[lower].astype(float)
    return saved.reset_index().assign(side="saving")


def _left_out(results: Sequence[Sequence[Result]]) -> list[str]:
    """The gases that a side has no amount of, so that their saving is not known."""
    amounts = [{result.measure: result.amount for result in side} for side in results]
    every = dict.fromkeys(measure for side in amounts for measure in side)
    return [gas for gas in every if any(side.get(gas) is None for side in amounts)]


def numbers(results: Sequence[Sequence[Result]]) -> pd.DataFrame:
    """Every number of both sides, with the gas that it served."""
    rows = []
    for side, of_side in zip(_SIDES, results, strict=True):
        for result in of_side:
            used = (*result.numbers, *([result.gwp] if result.gwp else []))
            rows += [{"side": side, "measure": result.measure, **vars(each)} for each in used]
    return pd.DataFrame(rows)


def notes(results: Sequence[Sequence[Result]]) -> tuple[Text, ...]:
    """What the boundary of a comparison of operation is, and what it leaves out."""
    said = [
        Text(
            "边界与清单相同：行驶中的燃料燃烧，加上电网供电的排放；不含燃料和车辆生产。",
            "The boundary is that of an inventory: fuel burned in driving and the power plants of "
            "the grid, without the making of fuels and vehicles.",
        )
    ]
    if left := _left_out(results):
        said.append(
            Text(
                f"{'、'.join(left)} 有一方没有估算，节约量不含这些气体。",
                f"{', '.join(left)} of one side is not estimated: the saving leaves it out.",
            )
        )
    if any(result.notation and result.amount == 0 for side in results for result in side):
        said.append(
            Text(
                "电动车行驶不排放甲烷和氧化亚氮，按 0 计；电网因子只含二氧化碳。",
                "Electric vehicles emit no CH4 and N2O in driving (0); grid factors hold CO2 only.",
            )
        )
    return tuple(said)
