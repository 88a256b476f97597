"""Intensity indicators: emissions per GDP, per head and per tonne of coal equivalent.

Which indicators there are stands in ``factors/indicators.csv``. GDP counts at comparable prices:
as given, or built from GDP at current prices of a base year and the indices that follow it. Every
value says its price year, and intensities of different price years are never compared. A region
above others has the emissions that count there (``roll_up``).
"""

import glob
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
from pydantic import Field

from carbonledger import units
from carbonledger.analysis.roll_up import INDIRECT, roll_up
from carbonledger.engine.results import Results
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.library.load import Library
from carbonledger.library.tables import read_records
from carbonledger.memory import database
from carbonledger.model.records import Record
from carbonledger.model.statistics import Statistic, statistic_kinds
from carbonledger.paths import factors_dir

__all__ = [
    "INDICATOR_COLUMNS",
    "Indicator",
    "IndicatorKind",
    "comparable_gdp",
    "decline",
    "indicator_kinds",
    "indicator_list",
    "indicators",
]

INDICATOR_COLUMNS = [
    "region", "period", "indicator", "value", "unit", "numerator", "denominator", "price_year",
    "note",
]  # fmt: skip
YEARLY, PLAN = "yearly_decline", "plan_decline"
_PLAN_YEARS = 5  # five-year plans end in years that 5 divides
_FUELS, _TRANSFERRED, _LAND = "1.A", "M.2", "3.B"
_SECTORS = ("1", "2", "3", "4")
_ZERO, _INCOMPLETE = {"NO", "NA"}, {"NE", "C"}

_POSTED = """
SELECT region, period, CAST(book AS VARCHAR) AS book, account, coalesce(item, '') AS item, measure,
       fsum(amount) AS amount, fsum(co2e) AS co2e,
       coalesce(string_agg(DISTINCT nullif(notation, ''), ','), '') AS notation,
       bool_or(list_contains(string_split(coalesce(flags, ''), ','), 'unverified')) AS unverified
FROM read_parquet($postings, hive_partitioning = false)
WHERE book IN ('inventory', 'memo')
GROUP BY ALL
"""


class IndicatorKind(Record):
    """A row of ``factors/indicators.csv``: what is divided by what, in which unit."""

    indicator: str = Field(min_length=1)
    numerator: str = Field(min_length=1)
    denominator: str = Field(min_length=1)
    unit: str = Field(min_length=1)
    name_zh: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    note_zh: str
    note_en: str

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return Text(self.name_zh, self.name_en)


@dataclass(frozen=True)
class Indicator:
    """One value; None, with a note that says why, where it cannot be computed.

    ``numerator`` is in t of the substance of the unit, ``denominator`` in the unit of its
    statistic; a decline (in %) has the later intensity as numerator and the earlier one as
    denominator.
    """

    region: str
    period: int
    indicator: str
    value: float | None
    unit: str
    numerator: float | None
    denominator: float | None
    price_year: int | None
    notes: tuple[Text, ...]

    @property
    def note(self) -> Text:
        """All notes in one line."""
        return Text("；".join(each.zh for each in self.notes), "; ".join(n.en for n in self.notes))


@dataclass(frozen=True)
class _Amount:
    """A numerator, with what is to be said about it."""

    value: float | None
    notes: tuple[Text, ...]


@cache
def indicator_kinds(folder: Path | None = None) -> tuple[IndicatorKind, ...]:
    """The indicators of the library in ``folder`` (by default the program's), in their order."""
    return tuple(read_records((folder or factors_dir()) / "indicators.csv", IndicatorKind))


def indicators(results: Results, library: Library) -> pd.DataFrame:
    """All indicators of a finished run; empty where it has no statistics.

    Returns:
        Columns ``INDICATOR_COLUMNS``. ``indicator`` is that of the table, or that with
        ``.yearly_decline`` (against the year before) or ``.plan_decline`` (since the end of the
        five-year plan before, 五年累计下降率); a decline is positive where the intensity falls.
        ``value`` is missing where it cannot be computed, and ``note`` says why.
    """
    rows = [vars(each) | {"note": str(each.note)} for each in indicator_list(results, library)]
    frame = pd.DataFrame(rows, columns=INDICATOR_COLUMNS)
    return frame.astype({"value": "float64", "price_year": "Int64"})


def indicator_list(results: Results, library: Library) -> list[Indicator]:
    """All indicators of a finished run, with notes in both languages."""
    figures = [Statistic.model_validate(row) for row in results.info.get("statistics", ())]
    if not figures:
        return []
    keys = ["period", "book", "account", "item", "measure"]
    counted, _ = roll_up(_posted(results), keys, str(results.info["region"]), library)
    amounts = _numerators(counted, library)
    found: list[Indicator] = []
    for kind in indicator_kinds():
        levels = list(_levels(kind, amounts[kind.numerator], _denominators(kind, figures)))
        found += levels
        found += _declines(levels)
    return found


def decline(earlier: Indicator, later: Indicator) -> float | None:
    """By how many per cent an intensity fell; None where one of the two is missing or zero.

    Raises:
        CarbonledgerError: if the two rest on GDP of different price years, or are not alike.
    """
    if (earlier.indicator, earlier.region) != (later.indicator, later.region):
        raise CarbonledgerError(
            "只能比较同一地区的同一指标。", "Only one indicator of one region can be compared."
        )
    if earlier.price_year != later.price_year:
        raise CarbonledgerError(*_two_price_years(earlier, later))
    if earlier.value is None or later.value is None or earlier.value == 0:
        return None
    return (1 - later.value / earlier.value) * 100


def comparable_gdp(figures: Iterable[Statistic]) -> dict[int, dict[int, float]]:
    """The GDP of one region (yuan) by price year and year.

    GDP at current prices is that of its own price year. Indices carry it on: one whose base is the
    price year at once, one to the year before step by step. Where the region gives no GDP at
    comparable prices, there is one price year: that with GDP at current prices from which the
    indices reach most years, the earlier of equals.
    """
    given: dict[str, dict[tuple[int, int], float]] = {}
    for each in figures:
        if each.price_year is not None:
            rows = given.setdefault(each.statistic, {})
            rows[each.price_year, each.period] = each.amount
    current = {base for base, _ in given.get("gdp", {})}
    stated = {base for base, _ in given.get("gdp_comparable", {})}
    found = {base: _at_prices(base, given) for base in sorted(stated or current)}
    if not stated and found:
        best = max(found, key=lambda base: (len(found[base]), -base))
        found = {best: found[best]}
    return found


def _at_prices(base: int, given: Mapping[str, Mapping[tuple[int, int], float]]) -> dict[int, float]:
    """The GDP of every year at the prices of one."""
    stated, index = given.get("gdp_comparable", {}), given.get("gdp_index", {})
    start = given.get("gdp", {}).get((base, base))
    years = {period: amount for (of, period), amount in stated.items() if of == base}
    if start is not None:
        years.setdefault(base, start)
    for of, period in sorted(index, key=lambda key: key[1]):
        if of == base and base in years:
            years.setdefault(period, years[base] * index[of, period])
        elif of == period - 1 and of in years:
            years.setdefault(period, years[of] * index[of, period])
    return dict(sorted(years.items()))


def _posted(results: Results) -> pd.DataFrame:
    path = glob.escape(str(results.folder / "postings.parquet"))
    with database(threads=1) as connection:
        return connection.execute(_POSTED, {"postings": path}).df()


def _numerators(
    posted: pd.DataFrame, library: Library
) -> dict[str, dict[tuple[str, int], _Amount]]:
    """The numerators by name, region and year."""
    land, fuels = library.below(_LAND), library.below(_FUELS)
    direct = (posted["book"] == "inventory") & ~posted["item"].isin(INDIRECT)
    without_land = direct & ~posted["account"].isin(land)
    co2 = posted["measure"] == "CO2"
    burned = direct & co2 & posted["account"].isin(fuels)
    transferred = co2 & posted["account"].isin(library.below(_TRANSFERRED))
    found: dict[str, dict[tuple[str, int], _Amount]] = {
        "co2_assessed": {}, "co2": {}, "ghg": {}, "ghg_land": {},
    }  # fmt: skip
    for (region, period), rows in posted.groupby(["region", "period"]):
        block = (str(region), int(period))
        own = posted.index.isin(rows.index)
        sectors = _missing_sectors(posted[own & without_land], library)
        for name, mask, column in (
            ("co2", without_land & co2, "amount"),
            ("ghg", without_land, "co2e"),
            ("ghg_land", direct, "co2e"),
        ):
            parts = posted[own & mask]
            found[name][block] = _Amount(_sum(parts[column]), (*sectors, *_said(parts)))
        if _sum(posted.loc[own & direct & ~without_land, "co2e"]) is None:
            found["ghg_land"][block] = _Amount(None, (_NO_LAND,))
        found["co2_assessed"][block] = _assessed(posted[own & burned], posted[own & transferred])
    return found


def _assessed(burned: pd.DataFrame, net: pd.DataFrame) -> _Amount:
    """Fuel combustion with electricity transferred in and out; missing where that was not said."""
    keys = {key for text in net["notation"] for key in text.split(",") if key}
    exchanged = _sum(net["amount"])
    if exchanged is None and not net.empty and keys <= _ZERO:
        exchanged = 0.0
    fuel = _sum(burned["amount"])
    if fuel is None:
        return _Amount(None, (_NO_FUEL,))
    if exchanged is None:
        return _Amount(None, (_NO_TRANSFER,))
    return _Amount(fuel + exchanged, _said(pd.concat([burned, net])))


def _sum(values: "pd.Series[float]") -> float | None:
    total = values.sum(min_count=1)
    return None if pd.isna(total) else float(total)


def _missing_sectors(rows: pd.DataFrame, library: Library) -> tuple[Text, ...]:
    there = set(rows.loc[rows["amount"].notna(), "account"])
    absent = [sector for sector in _SECTORS if not there & library.below(sector)]
    if not absent:
        return ()
    zh = "、".join(library.label("accounts", sector) for sector in absent)
    en = ", ".join(library.label("accounts", sector, "en") for sector in absent)
    return (Text(f"不含没有录入的部门：{zh}", f"without sectors that were not entered: {en}"),)


def _said(parts: pd.DataFrame) -> tuple[Text, ...]:
    keys = {key for text in parts["notation"] for key in text.split(",")} & _INCOMPLETE
    notes = []
    if keys:
        shown = "、".join(sorted(keys))
        notes.append(Text(f"有未计入的源（{shown}）", f"some sources are not in it ({shown})"))
    if parts["unverified"].any():
        notes.append(Text("用了未核对的参数", "rests on unverified parameters"))
    return tuple(notes)


def _denominators(
    kind: IndicatorKind, figures: Iterable[Statistic]
) -> dict[tuple[str, int], dict[int | None, float]]:
    """The denominators by region and year, for GDP by price year."""
    found: dict[tuple[str, int], dict[int | None, float]] = {}
    by_region: dict[str, list[Statistic]] = {}
    for each in figures:
        by_region.setdefault(each.region, []).append(each)
    for region, of_region in by_region.items():
        if kind.denominator == "gdp":
            for base, years in comparable_gdp(of_region).items():
                for period, amount in years.items():
                    found.setdefault((region, period), {})[base] = amount
        else:
            for each in of_region:
                if each.statistic == kind.denominator:
                    found.setdefault((region, each.period), {})[None] = each.amount
    return found


def _levels(
    kind: IndicatorKind,
    amounts: Mapping[tuple[str, int], _Amount],
    denominators: Mapping[tuple[str, int], Mapping[int | None, float]],
) -> Iterator[Indicator]:
    """The intensity of every region and year that has a denominator."""
    mass, _, per = kind.unit.rpartition("/")
    scale = units.multiplier(statistic_kinds()[kind.denominator].unit, per)
    for block, amount in sorted(amounts.items()):
        for base, size in denominators.get(block, {}).items():
            value = None if amount.value is None or size == 0 else amount.value / (size * scale)
            prices = (Text(f"{base} 年价格", f"prices of {base}"),) if base is not None else ()
            notes = (*prices, *amount.notes)
            yield Indicator(
                *block, kind.indicator, value, f"{mass}/{per}", amount.value, size, base, notes
            )


def _declines(levels: list[Indicator]) -> Iterator[Indicator]:
    """The decline against the year before, and since the end of the five-year plan before."""
    by_year: dict[tuple[str, int], list[Indicator]] = {}
    for each in levels:
        by_year.setdefault((each.region, each.period), []).append(each)
    for (region, period), later in by_year.items():
        since = (period - 1) // _PLAN_YEARS * _PLAN_YEARS
        for name, start in ((YEARLY, period - 1), (PLAN, since)):
            earlier = by_year.get((region, start), [])
            pairs = [(a, b) for b in later for a in earlier if a.price_year == b.price_year]
            for a, b in pairs:
                note = Text(f"与 {start} 年相比", f"against {start}")
                yield _change(a, b, name, decline(a, b), (note, *b.notes))
            if earlier and not pairs:
                a, b = earlier[0], later[0]
                yield _change(a, b, name, None, (_two_price_years(a, b),))


def _change(
    a: Indicator, b: Indicator, name: str, value: float | None, notes: tuple[Text, ...]
) -> Indicator:
    price_year = b.price_year if a.price_year == b.price_year else None
    kind = f"{b.indicator}.{name}"
    return Indicator(b.region, b.period, kind, value, "%", b.value, a.value, price_year, notes)


def _two_price_years(a: Indicator, b: Indicator) -> Text:
    return Text(
        f"{a.period} 年的强度按 {a.price_year} 年价格，{b.period} 年的按 {b.price_year} 年价格，"
        "价格年份不同不能比较；请补充其中一年按另一价格年份的地区生产总值（可比价）",
        f"the intensity of {a.period} is at prices of {a.price_year}, that of {b.period} at prices "
        f"of {b.price_year}: different price years do not compare; give the comparable GDP of one "
        "of the years at the prices of the other",
    )


_NO_FUEL = Text(
    "没有燃料燃烧（1.A）的二氧化碳，考核口径无法计算",
    "there is no CO2 of fuel combustion (1.A), which this scope needs",
)
_NO_TRANSFER = Text(
    "没有录入调入、调出电力（M.2），或所用口径不计算它，考核口径无法计算；没有发生的请写 NO",
    "electricity transferred in and out (M.2) was not entered, or the profile does not compute it, "
    "and this scope needs it; write NO where there is none",
)
_NO_LAND = Text(
    "没有录入土地利用（3.B），含土地利用的数无法计算",
    "land use (3.B) was not entered, so there is no figure with land use",
)
