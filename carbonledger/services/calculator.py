"""The calculator's forms, from the registry of methods."""

from carbonledger.api import DEFAULT_PROFILE, calc
from carbonledger.engine.calculate import Calculation
from carbonledger.errors import Text
from carbonledger.methods.registry import Method, methods
from carbonledger.reports.texts import label
from carbonledger.reports.view import Cell, Head, Kind, View
from carbonledger.services.arguments import keyed_name

__all__ = [
    "DEFAULT_PROFILE",
    "Method",
    "calc",
    "calculable",
    "calculation_view",
    "fields",
    "method_title",
    "methods",
]


def calculable(method: Method) -> bool:
    """Whether a form can compute it: a series method needs the years of an inventory."""
    return not method.series


def method_title(method: Method) -> Text:
    """The title of a method with its id behind it."""
    return Text(f"{method.title.zh}（{method.id}）", f"{method.title.en} ({method.id})")


def fields(method: Method) -> list[tuple[str, Text, str]]:
    """For each argument: its name, its words, and the units that it is wanted in."""
    found = []
    for name in method.arguments:
        units = " / ".join(dict.fromkeys(form.units[name] for form in method.forms))
        found.append((name, keyed_name(name), units))
    return found


def calculation_view(result: Calculation) -> View:
    """Every number of a calculation and where it is from."""
    heads = (
        Head(Text("参数", "Argument")),
        Head(Text("数值", "Value"), Kind.WRITTEN),
        Head(Text("单位", "Unit")),
        Head(Text("出处", "From")),
        Head(Text("位置", "Page or table")),
        Head(Text("状态", "Status")),
    )
    rows: list[tuple[Cell, ...]] = []
    for each in (*result.arguments, *([result.gwp] if result.gwp else [])):
        origin: Cell = Text("输入值", "as given") if each.place == "entry" else each.source
        status = label("status", each.status) if each.status else ""
        rows.append((keyed_name(each.name), each.value, each.unit, origin, each.locator, status))
    title = Text(result.title_zh, result.title_en)
    return View(title, heads, tuple(rows))
