"""Estimates of sinks: a schedule becomes an inventory, its methods stand side by side."""

import csv
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any

from carbonledger import units
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.intake.cells import parse_cell
from carbonledger.intake.files import Content, SourceFile
from carbonledger.intake.keys import FIRST_YEAR, LAST_YEAR
from carbonledger.library.load import Library
from carbonledger.library.profiles import profile, profile_names

__all__ = [
    "ESTIMATORS",
    "Estimator",
    "estimate",
    "is_sink_profile",
    "two_areas",
]

_FILE = "schedule.csv"
_SINK_ROOTS = {"S", "B"}
_LONGEST = 100  # years from the first to the last of an estimate


@dataclass(frozen=True)
class Estimator:
    """A kind of estimate: which account its entries have, and what they say each year.

    ``scheduled`` is the quantity of the schedule, in any unit like ``unit``; ``stated`` are further
    quantities of each entry with the unit of their heads; ``items`` are those that it takes.
    ``baseline`` is the account of the project's baseline with the items to choose from; ``land`` is
    the account of land use that can hold the area instead, and the quantity of its entries.
    """

    key: str
    title: Text
    account: str
    profile: str
    scheduled: str
    label: Text
    unit: str
    items: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    stated: Mapping[str, str] = field(default_factory=dict)
    baseline: tuple[str, tuple[str, ...]] | None = None
    land: tuple[str, str] | None = None


_PLANTED = Text("造林（营造）总面积", "Total area planted")
ESTIMATORS = (
    Estimator(
        "mangrove",
        Text("红树林营造", "Mangrove planting"),
        "S.2.1",
        "sinks-cn",
        "area_planted",
        _PLANTED,
        "ha",
        ("mangrove", "kandelia", "avicennia", "aegiceras", "sonneratia"),
        ("salinity-18-and-above", "salinity-below-18"),
        {"survival_fraction": "1"},
        ("S.2.5", ("bare_mudflat", "spartina", "aquaculture_pond")),
        ("3.B.4.c.3", "rewetted_area"),
    ),
    Estimator(
        "afforestation",
        Text("造林", "Afforestation"),
        "S.1.1",
        "forest-stock",
        "area_planted",
        _PLANTED,
        "ha",
        ("cunninghamia", "masson_pine", "eucalyptus", "mixed_broadleaf"),
        (),
        {
            "survival_fraction": "1",
            "richards_final_volume": "m3/ha",
            "richards_rate": "1/a",
            "richards_shape": "1",
        },
    ),
    Estimator(
        "stock",
        Text("森林蓄积变化", "Change of forest stock"),
        "S.1.4",
        "forest-stock",
        "stock_change",
        Text("蓄积变化量（整段时间）", "Change of growing stock over the interval"),
        "m3",
        ("mixed_forest", "mixed_broadleaf", "cunninghamia", "masson_pine", "eucalyptus"),
        ("stock-81-120", "stock-41-60", "stock-61-80", "stock-121-200", "stock-over-200"),
        {"interval": "a"},
    ),
    Estimator(
        "shellfish",
        Text("海水养殖：贝类", "Mariculture: shellfish"),
        "B.1",
        "sinks-cn",
        "shellfish_fresh",
        Text("收获量（带壳鲜重）合计", "Total harvest, fresh with shell"),
        "t fm",
        ("oyster", "clam", "scallop", "mussel", "other_shellfish", "abalone"),
    ),
    Estimator(
        "algae",
        Text("海水养殖：藻类", "Mariculture: algae"),
        "B.2",
        "sinks-cn",
        "algae_dry",
        Text("收获量（干重）合计", "Total harvest, dry"),
        "t dm",
        ("kelp", "laver", "gracilaria", "wakame", "other_algae"),
    ),
)


def is_sink_profile(name: str) -> bool:
    """Whether a profile has rules for the accounts of sinks."""
    if name not in profile_names():
        return False
    accounts = {account for rule in profile(name).rules for account in rule.accounts}
    return any(account.split(".")[0] in _SINK_ROOTS for account in accounts)


def two_areas(text: str) -> Text | None:
    """An area as typed in hectares and in mu; None for what is no area yet.

    Raises:
        CarbonledgerError: a number without a unit: 675 hectares and 675 mu differ fifteenfold.
    """
    if not text.strip():
        return None
    value, unit = units.parse_quantity(text)
    if units.same_dimension(unit, "1"):
        raise CarbonledgerError(
            f"“{text.strip()[:20]}”是公顷还是亩，是吨还是万吨？请连单位写，例如 675 公顷。"
            "公顷和亩相差 15 倍。",
            f"'{text.strip()[:20]}' of what? Write the unit, such as 675 ha: hectares and mu "
            "differ fifteenfold.",
        )
    if not units.same_dimension(unit, "ha"):
        return None
    hectares, mu = (units.convert(value, unit, other) for other in ("ha", "mu"))
    return Text(f"{hectares:,.4g} 公顷 = {mu:,.6g} 亩", f"{hectares:,.4g} ha = {mu:,.6g} mu")


def estimate(
    kind: Estimator,
    base: Library,
    *,
    region: str,
    total: str,
    schedule: str,
    horizon: str,
    item: str,
    detail: str = "",
    stated: Mapping[str, str] | None = None,
    baseline: str = "",
    note: str = "",
) -> tuple[dict[str, Any], Content]:
    """The manifest and the table of an estimate, as a draft takes them.

    Args:
        kind: what is estimated.
        base: the library, for names.
        region: code of the region.
        total: the whole quantity with its unit (``675 公顷``).
        schedule: one line for each year, ``2021 100``, in the unit of the total.
        horizon: the last year of the estimate.
        item: species or product.
        detail: what the method asks besides (salinity, class of stock).
        stated: the further quantities, with units where their unit is not 1.
        baseline: the item of the baseline; empty for none.
        note: what every entry says besides, such as how it stands to another estimate.

    Raises:
        CarbonledgerError: a number without a unit, a schedule that does not add up to the total,
            a year that is none, or a quantity that is missing.
    """
    if region not in set(base.regions["region"]):
        raise CarbonledgerError("请选择地区。", "Choose a region.")
    value, unit = units.parse_quantity(total)
    _refuse_other_unit(kind, unit)
    years = _schedule(schedule)
    _refuse_other_sum(years, value, unit)
    last = _year(horizon)
    first = min(years)
    if not max(years) <= last <= first + _LONGEST:
        raise CarbonledgerError(
            f"测算到 {last} 年：应不早于最后一个进度年 {max(years)}，且不超过 {_LONGEST} 年。",
            f"The estimate to {last}: not before the last year of the schedule ({max(years)}), "
            f"and no longer than {_LONGEST} years.",
        )
    further = [(name, *_stated(name, form, stated or {})) for name, form in kind.stated.items()]
    head = ["region", "period", "account", "item", "detail", "note"]
    head += [f"{kind.scheduled} [{unit}]"]
    head += [f"{name} [{other}]" for name, _, other in further]
    rows = [head]
    places = [(kind.account, item, detail)]
    if baseline and kind.baseline:
        places.append((kind.baseline[0], baseline, ""))
    for account, what, more in places:
        rows += [
            [region, str(year), account, what, more, note, repr(years.get(year, 0.0))]
            + [number for _, number, _ in further]
            for year in range(first, last + 1)
        ]
    name = base.label("regions", region)
    english = base.label("regions", region, "en")
    manifest = {
        "title": {
            "zh": f"{name}{kind.title.zh} {total.strip()} 碳汇估算（{first}～{last}）",
            "en": f"{english}: {kind.title.en}, {total.strip()}, {first} to {last}",
        },
        "region": region,
        "periods": list(range(first, last + 1)),
        "profile": kind.profile,
    }
    return manifest, _content(rows)


def _schedule(text: str) -> dict[int, float]:
    """Years and amounts, one pair on a line; every line is read or refused."""
    years: dict[int, float] = {}
    for line in filter(str.strip, text.replace("，", " ").replace("\t", " ").splitlines()):
        parts = line.split()
        cell = parse_cell(parts[1]) if len(parts) == 2 else None
        if cell is None or cell.value is None or cell.value < 0:
            raise CarbonledgerError(
                f"进度中的“{line.strip()[:40]}”应写成“年份 数量”，例如 2021 100。",
                f"The line '{line.strip()[:40]}' of the schedule should read year and amount, "
                "such as 2021 100.",
            )
        year = _year(parts[0])
        if year in years:
            raise CarbonledgerError(
                f"进度中 {year} 年写了两次。", f"The schedule names {year} twice."
            )
        years[year] = cell.value
    if not years:
        raise CarbonledgerError(
            "请填年度进度，每行一个“年份 数量”，例如 2021 100。",
            "Give the schedule, a line for each year, such as 2021 100.",
        )
    return years


def _refuse_other_sum(years: Mapping[int, float], value: float, unit: str) -> None:
    found = sum(Fraction(repr(each)) for each in years.values())
    if found != Fraction(repr(value)):
        raise CarbonledgerError(
            f"年度进度合计为 {float(found):g} {unit}，与总量 {value:g} {unit} 不符。请核对。",
            f"The schedule adds up to {float(found):g} {unit}, the total is {value:g} {unit}. "
            "Check both.",
        )


def _refuse_other_unit(kind: Estimator, unit: str) -> None:
    if not units.same_dimension(unit, kind.unit):
        raise CarbonledgerError(
            f"{kind.title.zh}的总量应以 {kind.unit} 一类的单位写明，“{unit}”不是。",
            f"The total of '{kind.title.en}' is wanted in a unit like {kind.unit}, not '{unit}'.",
        )


def _stated(name: str, form: str, stated: Mapping[str, str]) -> tuple[str, str]:
    text = stated.get(name, "").strip()
    if not text:
        raise CarbonledgerError(f"请填 {name}（单位 {form}）。", f"Give {name} (unit {form}).")
    if form == "1" and "%" not in text and "％" not in text:
        cell = parse_cell(text)
        if cell.value is None:
            message = cell.problem or Text(f"“{text}”不是数。", f"'{text}' is no number.")
            raise CarbonledgerError(message.zh, message.en)
        return repr(cell.value), "1"
    value, unit = units.parse_quantity(text)
    if not units.same_dimension(unit, form):
        raise CarbonledgerError(
            f"{name} 应以 {form} 一类的单位写明，“{unit}”不是。",
            f"{name} is wanted in a unit like {form}, not '{unit}'.",
        )
    return repr(value), unit


def _year(text: str) -> int:
    plain = str(text).strip().removesuffix("年").strip()
    if not plain.isascii() or not plain.isdigit() or not FIRST_YEAR <= int(plain) <= LAST_YEAR:
        raise CarbonledgerError(
            f"年份“{text[:20]}”无法识别，请写四位年份，例如 2021。",
            f"The year '{text[:20]}' is none; write four digits, for example 2021.",
        )
    return int(plain)


def _content(rows: Sequence[Sequence[str]]) -> Content:
    table = StringIO(newline="")
    csv.writer(table, lineterminator="\n").writerows(rows)
    data = table.getvalue().encode("utf-8-sig")
    return Content(
        SourceFile(_FILE, Path(_FILE), hashlib.sha256(data).hexdigest(), len(data)), data
    )
