"""GEEP, and the table of the dual assessment of economy and ecosystem products (双考核).

GEP and GDP are shown beside each other and never added: what GEP values is in part in GDP already
(provisioning and cultural services). The GEEP adds the regulating services alone, less the costs
of degradation and damage; it is the only published bridge.
"""

from collections.abc import Sequence

from carbonledger import units
from carbonledger.analysis.uses.table import Column, Row, UseTable, exact, problem_at
from carbonledger.errors import Text
from carbonledger.intake.use_table import UseRow, UseRows
from carbonledger.model.problem import Grade, Problem

__all__ = ["dual_assessment", "green_product"]


def green_product(source: UseRows) -> UseTable:
    """GEEP = GDP − degradation − damage + regulating services, in 亿元.

    Args:
        source: rows of the input table ``geep``.
    """
    rows = []
    for row in source.rows:
        parts = {n: row.number(n) for n in ("gdp", "degradation", "damage", "regulating")}
        geep = (exact(parts["gdp"]) - exact(parts["degradation"]) - exact(parts["damage"])) + exact(
            parts["regulating"]
        )
        rows.append(
            {"region": row.text("region"), "year": row.values["year"]}
            | parts
            | {"geep": float(geep), "ratio": float(geep) / parts["gdp"] if parts["gdp"] else None}
        )
    return UseTable(_GEEP, _GEEP_COLUMNS, rows, [_GEEP_NOTE], _more_than_gep(source))


def _more_than_gep(source: UseRows) -> list[Problem]:
    return [
        problem_at(
            source,
            row,
            Grade.B,
            "regulating-above-gep",
            Text(
                f"{row.text('region')}：调节服务 {row.number('regulating'):g} 亿元大于 GEP "
                f"{gep:g} 亿元。",
                f"{row.text('region')}: regulating services of {row.number('regulating'):g} 亿元 "
                f"exceed the GEP of {gep:g} 亿元.",
            ),
            Text("请核对两个数的口径和单位。", "Check scope and unit of both."),
        )
        for row in source.rows
        if (gep := row.optional("gep")) is not None and row.number("regulating") > gep
    ]


def dual_assessment(source: UseRows) -> UseTable:
    """Economy and ecosystem products of each region side by side, with ranks; no score.

    No scoring formula is published, so the table ranks each indicator and adds nothing up. Growth
    of GEP needs both years at the same constant prices.

    Args:
        source: rows of the input table ``assessment``.
    """
    rows = [_region(row) for row in source.rows]
    for year in {row["year"] for row in rows}:
        of_year = [row for row in rows if row["year"] == year]
        for name in ("gdp_growth", "gep_growth", "gep_per_area"):
            _rank(of_year, name)
    return UseTable(_DUAL, _DUAL_COLUMNS, rows, [_DUAL_NOTE])


def _region(row: UseRow) -> Row:
    gep, gdp = row.number("gep"), row.number("gdp")
    now, before = row.optional("gep_constant"), row.optional("gep_constant_before")
    parts = [row.optional("provisioning"), row.optional("cultural")]
    converted = None if None in parts else sum(part for part in parts if part is not None)
    area, heads = row.optional("area"), row.optional("population")
    return {
        "region": row.text("region"),
        "year": row.values["year"],
        "gdp": gdp,
        "gdp_growth": row.optional("gdp_growth"),
        "gep": gep,
        "price_year": row.values["price_year"],
        "gep_growth": (now / before - 1) * 100 if now is not None and before else None,
        "ratio": gep / gdp if gdp else None,
        "converted": converted,
        "converted_share": converted / gep * 100 if converted is not None and gep else None,
        "gep_per_area": gep / area * units.multiplier("亿元/km2", "万元/km2") if area else None,
        "gep_per_head": gep / heads * units.multiplier("亿元/万人", "元/人") if heads else None,
    }


def _rank(rows: Sequence[Row], name: str) -> None:
    """Rank 1 is the largest; a region without the figure has no rank."""
    for row in rows:
        value = row[name]
        better = [
            other
            for each in rows
            if isinstance(other := each[name], float) and isinstance(value, float) and other > value
        ]
        row[f"{name}_rank"] = len(better) + 1 if isinstance(value, float) else None


_GEEP = Text("生态环境经济生产总值（GEEP）", "Gross ecological-environmental-economic product")
_GEEP_COLUMNS = (
    Column("region", Text("地区", "Region")),
    Column("year", Text("年份", "Year"), decimals=0),
    Column("gdp", Text("GDP", "GDP"), "亿元"),
    Column("degradation", Text("环境退化成本", "Environmental degradation"), "亿元"),
    Column("damage", Text("生态破坏成本", "Ecological damage"), "亿元"),
    Column("regulating", Text("调节服务价值", "Regulating services"), "亿元"),
    Column("geep", Text("GEEP", "GEEP"), "亿元"),
    Column("ratio", Text("GEEP/GDP", "GEEP/GDP"), "", 4),
)
_GEEP_NOTE = Text(
    "GEEP = GDP − 环境退化成本 − 生态破坏成本 + 调节服务价值（式号未核对）。物质产品和文化服务已在 "
    "GDP 中，不再相加；GEP 与 GDP 不相加。",
    "GEEP = GDP − degradation − damage + regulating services (number of the equation not checked). "
    "Provisioning and cultural services are in GDP already; GEP and GDP are never added.",
)
_DUAL = Text("经济发展与生态产品价值双考核表", "Dual assessment of economy and ecosystem products")
_DUAL_COLUMNS = (
    Column("region", Text("地区", "Region")),
    Column("year", Text("年份", "Year"), decimals=0),
    Column("gdp", Text("GDP（现价）", "GDP (current)"), "亿元"),
    Column("gdp_growth", Text("GDP 增速（可比价）", "Growth of GDP (comparable)"), "%"),
    Column("gdp_growth_rank", Text("GDP 增速位次", "Rank"), decimals=0),
    Column("gep", Text("GEP（现价）", "GEP (current)"), "亿元"),
    Column("price_year", Text("可比价基年", "Base year of constant prices"), decimals=0),
    Column("gep_growth", Text("GEP 增速（可比价）", "Growth of GEP (comparable)"), "%"),
    Column("gep_growth_rank", Text("GEP 增速位次", "Rank"), decimals=0),
    Column("ratio", Text("GEP/GDP", "GEP/GDP"), "", 4),
    Column("converted", Text("转化价值（物质+文化）", "Provisioning + cultural"), "亿元"),
    Column("converted_share", Text("转化率", "Share in GEP"), "%"),
    Column("gep_per_area", Text("单位面积 GEP", "GEP per area"), "万元/km2"),
    Column("gep_per_area_rank", Text("单位面积位次", "Rank"), decimals=0),
    Column("gep_per_head", Text("人均 GEP", "GEP per head"), "元/人"),
)
_DUAL_NOTE = Text(
    "没有公布的双考核评分公式，只并列指标和位次，不计总分。GEP 与 GDP 并列，从不相加。",
    "No scoring formula is published: indicators and ranks stand side by side without a score. "
    "GEP and GDP are never added.",
)
