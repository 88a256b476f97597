"""Plausibility of a finished GEP account, row by row and per area; nothing changes a number.

The bands stand in ``factors/gep/bands.csv``, each with its reason. Checks of the totals of a run
are in ``checks``, the rules of double counting in ``overlaps``.
"""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from carbonledger.analysis.gep.facts import GepFacts
from carbonledger.analysis.quality.bands import Band, bands
from carbonledger.errors import Text
from carbonledger.model.problem import Grade, Problem

__all__ = [
    "GEP_BANDS",
    "evapotranspiration",
    "negative_retention",
    "purified_beyond_emission",
    "value_per_area",
]

GEP_BANDS = str(PurePosixPath("gep", "bands.csv"))
"""The table of the bands of GEP accounts in the library."""
_CLIPPED = ".not_below_zero"  # in the ids of methods that set negative balances to 0
_POLLUTANTS = {
    "so2_removed": "so2_emission",
    "nox_removed": "nox_emission",
    "dust_removed": "dust_emission",
    "cod_removed": "cod_emission",
    "ammonia_removed": "ammonia_emission",
    "total_nitrogen_removed": "total_nitrogen_emission",
    "total_phosphorus_removed": "total_phosphorus_emission",
}


def evapotranspiration(facts: GepFacts) -> Iterator[Problem]:
    """Rows of water retention in which more evaporates than falls."""
    band = _band("gep-evapotranspiration")
    rows = facts.physical[facts.physical["account"].isin(facts.below(band.accounts))]
    for term in facts.terms(rows):
        rain, lost = term.numbers.get("precipitation"), term.numbers.get("evapotranspiration")
        if rain and lost is not None and not band.holds(lost / rain):
            yield Problem(
                grade=band.grade,
                code=band.check,
                message=Text(
                    f"{_where(facts, term.posting)}：蒸散发是降水的 {lost / rain:.2f} 倍，"
                    f"涵养量为 {term.amount:,.0f} m3。",
                    f"{_where(facts, term.posting, 'en')}: evapotranspiration is "
                    f"{lost / rain:.2f} times the precipitation; {term.amount:,.0f} m3 are "
                    "retained.",
                ),
                remedy=band.remedy,
                **_place(term.posting),
            )


def negative_retention(facts: GepFacts) -> Iterator[Problem]:
    """Rows of which less rain is left than runs off and evaporates: negative, or set to 0."""
    limit = _band("gep-evapotranspiration")
    rows = facts.physical[facts.physical["account"].isin(facts.below(limit.accounts))]
    for term in facts.terms(rows):
        rain, lost = term.numbers.get("precipitation"), term.numbers.get("evapotranspiration", 0.0)
        clipped = _CLIPPED in term.method.id and term.amount == 0
        # Where more evaporates than falls, that is told already.
        if not rain or not limit.holds(lost / rain) or not (term.amount < 0 or clipped):
            continue
        kept = Text("按口径记 0", "set to 0 as the profile wants")
        if not clipped:
            amount = f"{term.amount:,.0f} m3"
            kept = Text(f"涵养量为 {amount}，从总值中扣减", f"{amount}, deducted from the total")
        yield Problem(
            grade=Grade.B,
            code="gep-negative-retention",
            message=Text(
                f"{_where(facts, term.posting)}：径流和蒸散发之和大于降水，{kept.zh}。",
                f"{_where(facts, term.posting, 'en')}: more runs off and evaporates than falls; "
                f"{kept.en}.",
            ),
            remedy=Text(
                "请核对降水、径流系数和蒸散发；确为负值的（湿地、干旱年）请在报告中说明取舍。",
                "Check precipitation, runoff coefficient and evapotranspiration; explain what is "
                "done with true negatives (wetlands, dry years).",
            ),
            **_place(term.posting),
        )


def purified_beyond_emission(facts: GepFacts) -> Iterator[Problem]:
    """Pollutants that more is purified of than was emitted; or whose emission is not known."""
    rows = facts.physical[facts.physical["measure"].isin(_POLLUTANTS)]
    for (measure, period), part in rows.groupby(["measure", "period"]):
        removed = float(part["amount"].sum())
        emitted = facts.statistic(_POLLUTANTS[measure], int(period))
        uptake = part["method"].str.endswith(".uptake").any()
        name = facts.library.label("accounts", part["account"].iloc[0])
        name_en = facts.library.label("accounts", part["account"].iloc[0], "en")
        if emitted is not None and removed > emitted:
            yield _purified(
                Grade.B,
                Text(
                    f"{period} 年{name} {removed:,.1f} t，大于排放量 {emitted:,.1f} t。",
                    f"{name_en}, {period}: {removed:,.1f} t, more than the {emitted:,.1f} t "
                    "emitted.",
                ),
                Text(
                    "净化量不能超过排放量：请改按排放量核算，或核对净化能力。",
                    "Not more can be removed than is emitted: use the emission, or check uptake.",
                ),
            )
        elif emitted is None and uptake:
            yield _purified(
                Grade.D,
                Text(
                    f"{period} 年{name}按净化能力核算，没有排放量可核对上限。",
                    f"{name_en}, {period}, is computed by uptake; there is no emission to compare.",
                ),
                Text(
                    "请在统计指标表中填写该污染物的排放量。",
                    "Write the emission of the pollutant into the table of statistics.",
                ),
            )


def _purified(grade: Grade, message: Text, remedy: Text) -> Problem:
    return Problem(grade=grade, code="gep-purified", message=message, remedy=remedy)


def value_per_area(facts: GepFacts) -> Iterator[Problem]:
    """Values per area of the region outside what published accounts show."""
    for band in bands(table=GEP_BANDS)["gep-value-per-area"]:
        rows = facts.current[facts.current["account"].isin(facts.below(band.accounts))]
        for period, part in rows.groupby("period"):
            area = facts.statistic("land_area", int(period))
            if not area:
                continue
            value = float(part["amount"].sum()) / area
            if not band.holds(value):
                yield _outside(band, int(period), f"{value:,.0f} 元/km2", f"{value:,.0f} CNY/km2")


def _band(check: str) -> Band:
    return bands(table=GEP_BANDS)[check][0]


def _outside(band: Band, period: int, zh: str, en: str) -> Problem:
    low = "…" if band.low is None else f"{band.low:,g}"
    high = "…" if band.high is None else f"{band.high:,g}"
    return Problem(
        grade=band.grade,
        code=band.check,
        message=Text(
            f"{period} 年{band.name_zh}为 {zh}，通常在 {low} 至 {high}。",
            f"{band.name_en}, {period}: {en}, usually {low} to {high}.",
        ),
        remedy=band.remedy,
    )


def _where(facts: GepFacts, posting: Mapping[str, object], lang: str = "zh") -> str:
    names = [facts.library.label("accounts", str(posting["account"]), lang)]
    if posting["item"]:
        names.append(facts.known.name(str(posting["item"])).in_language(lang))
    return f"{' '.join(names)} {posting['region']} {posting['period']}"


def _place(posting: Mapping[str, object]) -> dict[str, str]:
    place, _, cell = str(posting["source"]).partition("!")
    file, _, sheet = place.partition("/")
    return {"file": file, "sheet": sheet, "cell": cell}
