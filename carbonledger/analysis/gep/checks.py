"""What is doubtful in an account of gross ecosystem product, told unasked after every run.

Each check is a function of its own over the totals or postings of a run; none changes a number. The
bands stand in ``factors/gep_checks.csv``.
"""

from collections.abc import Iterator, Sequence

import pandas as pd

from carbonledger.analysis.gep.bands import band
from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.model.prices import CURRENT
from carbonledger.model.problem import Grade, Problem
from carbonledger.model.records import Book

__all__ = [
    "capital_by_the_year",
    "check_account",
    "dominating_services",
    "oxygen_ratio",
    "water_that_flows_through",
]

ROOT, PRODUCTS, WATER = "G", "G.1", "G.1.5"
# Services are the accounts two levels below the root.
_SERVICE_DOTS = 2
_BLOCK = ["region", "period"]
_YI = 1e8  # figures are told in units of 10^8, as the accounts print them


def check_account(results: Results, library: Library) -> list[Problem]:
    """Everything that the checks find in the GEP account of a run; nothing where there is none."""
    totals = results.totals
    totals = totals[(totals["book"] == Book.GEP.value) & totals["amount"].notna()]
    if totals.empty:
        return []
    code = str(results.info["region"])
    region = f"{library.label('regions', code)}（{code}）"
    totals = _whole(totals, region)
    statistics = [
        each | {"region": region}
        for each in results.info.get("statistics", [])
        if each["region"] == code
    ]
    return [
        *oxygen_ratio(totals),
        *water_that_flows_through(totals, statistics),
        *dominating_services(totals, library),
        *capital_by_the_year(results.postings),
    ]


def _whole(totals: pd.DataFrame, region: str) -> pd.DataFrame:
    """The totals of all townships together: what is doubtful is so for the account as a whole."""
    keys = ["period", "account", "measure", "unit"]
    summed = totals.groupby(keys, sort=False)["amount"].sum().reset_index()
    return summed.assign(region=region)


def oxygen_ratio(totals: pd.DataFrame) -> Iterator[Problem]:
    """Oxygen released against CO2 fixed: the same photosynthesis gives 32 t for 44 t."""
    limits = band("gep-oxygen-ratio")
    for place, oxygen, carbon in _pairs(totals, "oxygen_released", "co2_fixed", ROOT):
        if carbon <= 0 or limits.holds(oxygen / carbon):
            continue
        ratio = f"{oxygen / carbon:.3g}"
        yield Problem(
            grade=limits.grade,
            code=limits.check,
            message=Text(
                f"{place}：释氧量是固碳量（CO₂）的 {ratio} 倍，光合作用为 0.727（32/44）。"
                "两者可能一个按净初级生产力、一个按净生态系统生产力计算。",
                f"{place}: the oxygen released is {ratio} times the CO2 fixed; photosynthesis "
                "gives 0.727 (32/44). One may follow net primary, the other net ecosystem "
                "production.",
            ),
            remedy=Text(
                "请按同一净生态系统生产力核算释氧，或说明原因。",
                "Compute oxygen from the same net ecosystem production, or explain.",
            ),
        )


def water_that_flows_through(
    totals: pd.DataFrame, statistics: Sequence[dict[str, object]]
) -> Iterator[Problem]:
    """Water used that is more than people and fields can use: flow through power stations."""
    per_head, share = band("gep-water-use"), band("gep-water-share")
    people = {
        (str(each["region"]), int(str(each["period"]))): float(str(each["amount"]))
        for each in statistics
        if each["statistic"] == "population"
    }
    water = _amounts(totals, WATER, "water_supplied")
    values, products = _amounts(totals, WATER, CURRENT), _amounts(totals, PRODUCTS, CURRENT)
    for block, volume in water.items():
        signs = []
        if block in people and not per_head.holds(volume / people[block]):
            each = f"{volume / people[block]:,.0f}"
            signs.append(Text(f"人均 {each} m³", f"{each} m3 per head"))
        part = values.get(block, 0.0) / products[block] if products.get(block) else 0.0
        if not share.holds(part):
            signs.append(
                Text(
                    f"价值占物质产品的 {part:.0%}",
                    f"{part:.0%} of the value of material products",
                )
            )
        if signs:
            yield _through_flow(block, volume, signs)


def _through_flow(block: tuple[str, int], volume: float, signs: Sequence[Text]) -> Problem:
    limits = band("gep-water-use")
    billion = f"{volume / _YI:,.2f}"
    return Problem(
        grade=limits.grade,
        code=limits.check,
        message=Text(
            f"{_named(block)}：供水 {billion} 亿 m³，{'，'.join(sign.zh for sign in signs)}，"
            "像是把水电等过流水量记成了用水量。",
            f"{_named(block)}: {billion}e8 m3 of water supplied, "
            f"{', '.join(sign.en for sign in signs)}: flow through turbines seems to be counted as "
            "use.",
        ),
        remedy=Text(
            "请对照水资源公报的分行业用水量，只计取用消耗的水，扣除发电过流水量。",
            "Check against the uses in the water resources bulletin; leave out what only flows "
            "through power stations.",
        ),
    )


def dominating_services(totals: pd.DataFrame, library: Library) -> Iterator[Problem]:
    """Services that make so much of the total that their method and price decide it."""
    limits = band("gep-dominance")
    whole = _amounts(totals, ROOT, CURRENT)
    values = totals[totals["measure"] == CURRENT]
    services = values[
        values["account"].str.startswith(f"{ROOT}.")
        & (values["account"].str.count(r"\.") == _SERVICE_DOTS)
    ]
    for row in services.sort_values(
        [*_BLOCK, "amount"], ascending=[True, True, False]
    ).itertuples():
        block = (str(row.region), int(row.period))
        total = whole.get(block, 0.0)
        if total <= 0 or limits.holds(max(row.amount / total, 0.0)):
            continue
        zh, en = (library.label("accounts", row.account, lang) for lang in ("zh", "en"))
        part = f"{row.amount / total:.1%}"
        yield Problem(
            grade=limits.grade,
            code=limits.check,
            message=Text(
                f"{_named(block)}：“{zh}”占总值的 {part}（{row.amount / _YI:,.2f} "
                "亿元），总值由它的方法和价格决定。",
                f"{_named(block)}: '{en}' makes {part} of the total; its method and price decide "
                "the result.",
            ),
            remedy=Text(
                "请核对它的实物量、价格及其年份，并在报告中说明其他方法或价格下的总值。",
                "Check its quantity, price and price year; report the total under other choices.",
            ),
        )


def capital_by_the_year(postings: pd.DataFrame) -> Iterator[Problem]:
    """Values in which a whole capital cost stands for one year."""
    marked = postings[
        postings["flags"].str.contains("capital-as-annual") & (postings["measure"] == CURRENT)
    ]
    for period, rows in marked.groupby("period"):
        amount = f"{rows['amount'].sum() / _YI:,.2f}"
        yield Problem(
            grade=Grade.B,
            code="gep-capital-as-annual",
            message=Text(
                f"{period} 年：{amount} 亿元按工程造价全额计入一年"
                f"（科目 {'、'.join(sorted(rows['account'].unique()))}）；"
                "造价是多年使用的投资，应按寿命和贴现率年金化。",
                f"{period}: {amount}e8 yuan count a whole capital cost in one year "
                f"(accounts {', '.join(sorted(rows['account'].unique()))}); such a cost serves "
                "many years and should be an annuity.",
            ),
            remedy=Text(
                "口径如此规定的请在报告中写明；否则换用按年金计价的口径。",
                "Say so in the report where the standard wants it; else use a profile with "
                "annuities.",
            ),
        )


def _amounts(totals: pd.DataFrame, account: str, measure: str) -> dict[tuple[str, int], float]:
    rows = totals[(totals["account"] == account) & (totals["measure"] == measure)]
    blocks = zip(rows["region"].astype(str), rows["period"].astype(int), strict=True)
    return dict(zip(blocks, rows["amount"].astype(float), strict=True))


def _pairs(
    totals: pd.DataFrame, one: str, other: str, account: str
) -> Iterator[tuple[str, float, float]]:
    first, second = _amounts(totals, account, one), _amounts(totals, account, other)
    for block, amount in first.items():
        if block in second:
            yield _named(block), amount, second[block]


def _named(block: tuple[str, int]) -> str:
    return f"{block[0]} {block[1]}"
