"""Checks of a finished GEP account, each a function; what they find changes no number.

The bands stand in ``factors/gep/bands.csv``, the rules of double counting in
``factors/gep/overlaps.csv``, each with its reason.
"""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

import pandas as pd
from pydantic import Field

from carbonledger import units
from carbonledger.analysis.gep.facts import ROOT, GepFacts
from carbonledger.analysis.quality.bands import Band, bands
from carbonledger.errors import Text
from carbonledger.library.tables import read_records
from carbonledger.model.prices import CAPITAL_AS_ANNUAL
from carbonledger.model.problem import Grade, Problem
from carbonledger.model.records import Record
from carbonledger.paths import factors_dir

__all__ = ["check_gep", "overlaps"]

_BANDS = str(PurePosixPath("gep", "bands.csv"))
_POLLUTANTS = {
    "so2_removed": "so2_emission",
    "nox_removed": "nox_emission",
    "dust_removed": "dust_emission",
    "cod_removed": "cod_emission",
    "ammonia_removed": "ammonia_emission",
    "total_nitrogen_removed": "total_nitrogen_emission",
    "total_phosphorus_removed": "total_phosphorus_emission",
}


class Overlap(Record):
    """A rule of double counting: accounts that should not, or not unseen, be in one total.

    Lists are separated by ``|``; an empty list of items or methods is everything. Without
    ``against_accounts`` the presence of the first alone is told.
    """

    rule: int
    grade: Grade
    accounts: str = Field(min_length=1)
    items: str
    methods: str
    against_accounts: str
    against_items: str
    against_methods: str
    same_item: str
    what_zh: str = Field(min_length=1)
    what_en: str = Field(min_length=1)
    remedy_zh: str = Field(min_length=1)
    remedy_en: str = Field(min_length=1)


def check_gep(facts: GepFacts) -> list[Problem]:
    """Everything that is unusual about the GEP account of a run."""
    found = [
        *oxygen_ratio(facts),
        *evapotranspiration(facts),
        *through_flow(facts),
        *water_per_head(facts),
        *purified_beyond_emission(facts),
        *value_per_area(facts),
        *dominance(facts),
        *capital_by_the_year(facts),
        *overlaps(facts),
        *outside_products(facts),
    ]
    return sorted(found, key=lambda each: each.grade.value)


def oxygen_ratio(facts: GepFacts) -> Iterator[Problem]:
    """Oxygen released per CO2 fixed: 32/44 if both come from the same production."""
    yield from _ratio_of_quantities(facts, _band("gep-oxygen-ratio"))


def through_flow(facts: GepFacts) -> Iterator[Problem]:
    """Industrial water use far above that of households: through-flow of power plants."""
    yield from _ratio_of_quantities(facts, _band("gep-through-flow"))


def water_per_head(facts: GepFacts) -> Iterator[Problem]:
    """Water use per head of the population."""
    band = _band("gep-water-per-head")
    for period, used in _quantity(facts, band.accounts, band.unit).items():
        heads = facts.statistic(band.against_statistic, period)
        if heads and not band.holds(used / heads):
            yield _outside(band, period, f"{used / heads:,.0f} m3/人", f"{used / heads:,.0f} m3")


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
    for band in bands(table=_BANDS)["gep-value-per-area"]:
        rows = facts.current[facts.current["account"].isin(facts.below(band.accounts))]
        for period, part in rows.groupby("period"):
            area = facts.statistic("land_area", int(period))
            if not area:
                continue
            value = float(part["amount"].sum()) / area
            if not band.holds(value):
                yield _outside(band, int(period), f"{value:,.0f} 元/km2", f"{value:,.0f} CNY/km2")


def dominance(facts: GepFacts) -> Iterator[Problem]:
    """One service, or three, that make most of the total; one item that makes most of a class."""
    alone, three = _band("gep-dominates"), _band("gep-dominates-together")
    in_class = _band("gep-dominates-class")
    for period, part in facts.current.groupby("period"):
        total = float(part["amount"].sum())
        services = part.groupby("service")["amount"].sum().sort_values(ascending=False)
        if total <= 0 or len(services) < 2:
            continue
        shares = services / total
        if not alone.holds(shares.iloc[0]):
            yield _share(facts, alone, int(period), str(shares.index[0]), float(shares.iloc[0]))
        elif len(services) > 3 and not three.holds(shares.iloc[:3].sum()):
            yield _three(facts, three, int(period), shares)
        for key, rows in part.groupby("class"):
            leaves = rows.groupby("account")["amount"].sum().sort_values(ascending=False)
            whole = float(rows["amount"].sum())
            largest = float(leaves.iloc[0])
            if len(leaves) > 1 and whole > 0 and largest / total >= in_class.share:
                share = largest / whole
                if not in_class.holds(share):
                    account = str(leaves.index[0])
                    yield _share(facts, in_class, int(period), account, share, str(key))


def _share(
    facts: GepFacts, band: Band, period: int, account: str, share: float, of: str = ROOT
) -> Problem:
    names = {lang: facts.library.label("accounts", account, lang) for lang in ("zh", "en")}
    wholes = {lang: facts.library.label("accounts", of, lang) for lang in ("zh", "en")}
    return Problem(
        grade=band.grade,
        code=band.check,
        message=Text(
            f"{period} 年{names['zh']}占{wholes['zh']}的 {share:.1%}。",
            f"{names['en']} makes {share:.1%} of {wholes['en']} in {period}.",
        ),
        remedy=band.remedy,
    )


def _three(facts: GepFacts, band: Band, period: int, shares: "pd.Series[float]") -> Problem:
    parts = {
        lang: "、".join(
            f"{facts.library.label('accounts', str(key), lang)} {share:.1%}"
            for key, share in shares.iloc[:3].items()
        )
        for lang in ("zh", "en")
    }
    return Problem(
        grade=band.grade,
        code=band.check,
        message=Text(
            f"{period} 年三项服务占 GEP 的 {shares.iloc[:3].sum():.1%}：{parts['zh']}。",
            f"Three services make {shares.iloc[:3].sum():.1%} of GEP in {period}: {parts['en']}.",
        ),
        remedy=band.remedy,
    )


def capital_by_the_year(facts: GepFacts) -> Iterator[Problem]:
    """Capital costs that are counted in full every year."""
    rows = facts.current[facts.current["method"].str.endswith(CAPITAL_AS_ANNUAL)]
    whole = facts.current.groupby("period")["amount"].sum()
    for (service, period), part in rows.groupby(["service", "period"]):
        value = float(part["amount"].sum())
        share = value / float(whole[period])
        yield Problem(
            grade=Grade.B,
            code="gep-capital-as-annual",
            message=Text(
                f"{period} 年{facts.library.label('accounts', service)}用工程造价全额计入一年："
                f"{value / 1e8:,.2f} 亿元，占 GEP 的 {share:.1%}。",
                f"{facts.library.label('accounts', service, 'en')}, {period}: the whole capital "
                f"cost is counted in one year: {value / 1e8:,.2f}e8 CNY, {share:.1%} of GEP.",
            ),
            remedy=Text(
                "按寿命和贴现率年金化后会小得多，见敏感性表；口径要求全额时请在报告中说明。",
                "As an annuity it is far smaller, see the table of sensitivity; say so in the "
                "report where the standard wants it in full.",
            ),
        )


def overlaps(facts: GepFacts) -> Iterator[Problem]:
    """The rules of double counting, for every year."""
    table = read_records(factors_dir() / "gep" / "overlaps.csv", Overlap)
    for period, rows in facts.current.groupby("period"):
        for rule in table:
            first = _part(facts, rows, rule.accounts, rule.items, rule.methods)
            other = _part(
                facts, rows, rule.against_accounts, rule.against_items, rule.against_methods
            )
            other = other[~other["account"].isin(first["account"])]
            if rule.same_item:
                keys = ["region", "item"]
                other = other.merge(first[keys].drop_duplicates(), on=keys)
                first = first.merge(other[keys].drop_duplicates(), on=keys)
            if not first.empty and not (rule.against_accounts and other.empty):
                yield _overlap(rule, int(period), first, other)


def _part(
    facts: GepFacts, rows: pd.DataFrame, accounts: str, items: str, methods: str
) -> pd.DataFrame:
    rows = rows[rows["account"].isin(facts.below(accounts)) & rows["amount"].ne(0)]
    if items:
        rows = rows[rows["ecosystem"].isin(items.split("|"))]
    if methods:
        starts = tuple(methods.split("|"))
        rows = rows[rows["method"].str.startswith(starts)]
    return rows


def _overlap(rule: Overlap, period: int, first: pd.DataFrame, other: pd.DataFrame) -> Problem:
    one, two = float(first["amount"].sum()) / 1e8, float(other["amount"].sum()) / 1e8
    zh = f"{one:,.2f} 亿元" + (f" 与 {two:,.2f} 亿元" if rule.against_accounts else "")
    en = f"{one:,.2f}e8 CNY" + (f" and {two:,.2f}e8 CNY" if rule.against_accounts else "")
    return Problem(
        grade=rule.grade,
        code=f"gep-overlap-{rule.rule}",
        message=Text(f"{period} 年{rule.what_zh}（{zh}）", f"{period}: {rule.what_en} ({en})"),
        remedy=Text(rule.remedy_zh, rule.remedy_en),
    )


def outside_products(facts: GepFacts) -> Iterator[Problem]:
    """Products counted without a deduction of what does not come from the area (rule 10)."""
    products, deducted = facts.below("G.1"), facts.below("G.4")
    for period, rows in facts.current.groupby("period"):
        if rows["account"].isin(products).any() and not rows["account"].isin(deducted).any():
            yield Problem(
                grade=Grade.D,
                code="gep-overlap-10",
                message=Text(
                    f"{period} 年没有扣减区域外生态产品价值。",
                    f"{period}: nothing is deducted for products from outside the area.",
                ),
                remedy=Text(
                    "有外购饲料、种苗、原料时请在 G.4 录入；没有请说明。",
                    "Enter bought feed, seedlings or raw material in G.4; else say that there are "
                    "none.",
                ),
            )


def _band(check: str) -> Band:
    return bands(table=_BANDS)[check][0]


def _quantity(facts: GepFacts, accounts: str, unit: str) -> dict[int, float]:
    rows = facts.physical[facts.physical["account"].isin(facts.below(accounts))]
    rows = rows[rows["unit"].map(lambda text: units.same_dimension(text, unit)).astype(bool)]
    if rows.empty:
        return {}
    scaled = rows["amount"] * rows["unit"].map(lambda text: units.multiplier(text, unit))
    return {int(key): float(sum_) for key, sum_ in scaled.groupby(rows["period"]).sum().items()}


def _ratio_of_quantities(facts: GepFacts, band: Band) -> Iterator[Problem]:
    below = _quantity(facts, band.against_accounts, band.against_unit)
    for period, amount in _quantity(facts, band.accounts, band.unit).items():
        other = below.get(period)
        if other and not band.holds(amount / other):
            yield _outside(band, period, f"{amount / other:.3g}", f"{amount / other:.3g}")


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
