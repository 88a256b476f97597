"""Console output of the calculator, of explanations and of comparisons.

Nothing is computed here; numbers are printed by the one formatter of ``reports.numbers``.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.tree import Tree

from carbonledger.analysis.compare import EFFECTS, Comparison
from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.library.reasons import parameter_name
from carbonledger.methods.registry import Method
from carbonledger.reports.numbers import format_number
from carbonledger.reports.texts import label

if TYPE_CHECKING:
    import pandas as pd

    from carbonledger.engine.calculate import Calculation
    from carbonledger.engine.explain import Argument, Explanation, Term

__all__ = [
    "method_rows",
    "print_calculation",
    "print_comparison",
    "print_explanation",
    "print_methods",
    "print_published",
    "print_runs",
]

_GIVEN = Text("输入值", "as given")
_UNVERIFIED = Text("未核对", "unverified")
_EFFECT_NAMES = {
    "data": Text("数据", "data"),
    "parameter": Text("参数", "parameters"),
    "method": Text("方法", "method"),
    "gwp": Text("GWP", "GWP"),
}


def print_calculation(console: Console, result: "Calculation", lang: str) -> None:
    """The result of the calculator with its formula, its numbers and their sources."""
    title = Text(result.title_zh, result.title_en).in_language(lang)
    tree = Tree(f"[bold]{escape(title)}[/] {escape(result.method)} · {escape(result.equation)}")
    tree.add(escape(result.formula))
    tree.add(f"= {escape(result.filled)}")
    value = format_number(result.value, 4)
    tree.add(f"[bold]= {escape(value)} {escape(result.unit)}[/]")
    if result.gwp is not None and result.co2e is not None and result.gwp.value != 1:
        co2e = f"{format_number(result.co2e, 4)} t CO2e"
        tree.add(f"× {escape(result.gwp.printed)} = {escape(co2e)}")
    for argument in (*result.arguments, *([result.gwp] if result.gwp else [])):
        tree.add(_argument(argument, lang))
    console.print(tree)


def method_rows(methods: Iterable[Method]) -> list[dict[str, Any]]:
    """The methods as plain data."""
    return [
        {
            "id": method.id,
            "title_zh": method.title.zh,
            "title_en": method.title.en,
            "measure": method.measure,
            "formula": method.formula,
            "units": [dict(form.units) for form in method.forms],
            "returns": method.returns,
            "source": method.source,
            "equation": method.equation,
        }
        for method in methods
    ]


def print_methods(console: Console, methods: Iterable[Method], lang: str) -> None:
    """The registry: id, formula, units of every form, equation."""
    for method in methods:
        tree = Tree(f"[bold]{method.id}[/]  {escape(method.title.in_language(lang))}")
        tree.add(escape(f"{method.returns} = {method.formula}"))
        for form in method.forms:
            tree.add(escape(", ".join(f"{name} [{unit}]" for name, unit in form.units.items())))
        tree.add(escape(method.equation))
        console.print(tree)


def print_explanation(
    console: Console, explanation: "Explanation", library: Library, lang: str
) -> None:
    """A total as a tree: sum over items, each posting as its formula with the numbers filled in."""
    name = library.label("accounts", explanation.account, lang)
    head = f"{explanation.account} {name} · {explanation.measure}"
    tree = Tree(
        f"[bold]{escape(head)} = {escape(_amount(explanation.amount, explanation.unit))}[/]"
    )
    for item, part in explanation.by_item().items():
        amount = _amount(part.amount, part.unit)
        branch = tree.add(f"{escape(library.label('items', item, lang))}: {escape(amount)}")
        for term in part.terms:
            _add_term(branch, term, library, lang)
    console.print(tree)


def _add_term(branch: Tree, term: "Term", library: Library, lang: str) -> None:
    place = " · ".join(
        part
        for part in (
            term.account,
            library.label("accounts", term.account, lang),
            term.detail,
            library.label("regions", term.region, lang),
            str(term.period),
        )
        if part
    )
    node = branch.add(escape(place))
    if term.amount is None:
        node.add(f"{escape(term.notation)} ← {escape(term.place)}")
        return
    node.add(escape(f"{term.formula}  [{term.equation}]"))
    node.add(f"= {escape(term.filled)} = [bold]{escape(_amount(term.amount, term.unit))}[/]")
    for argument in term.arguments:
        node.add(_argument(argument, lang))
    if term.gwp is not None and term.co2e is not None:
        co2e = _amount(term.co2e, "t CO2e")
        node.add(f"{_argument(term.gwp, lang)} → {escape(co2e)}")
    if term.flags:
        node.add(f"[yellow]{escape(term.flags)}[/]")


def _argument(argument: "Argument", lang: str) -> str:
    place = _GIVEN.in_language(lang) if argument.place == "entry" else argument.place
    origin = place or " ".join(
        part for part in (argument.source, argument.locator, f"<{argument.parameter}>") if part
    )
    fallbacks = set(argument.fallback.split("+")) - {"", "exact"}
    kinds = [label("fallback", kind).in_language(lang) for kind in sorted(fallbacks)]
    if argument.status == "unverified":
        kinds.append(f"[yellow]{_UNVERIFIED.in_language(lang)}[/]")
    notes = ", ".join(kinds)
    named = parameter_name(argument.name)
    # The formula above has the code, so it stays beside the Chinese name.
    known = lang == "zh" and named.zh != argument.name
    head = f"{named.zh} {argument.name}" if known else argument.name
    text = f"{escape(head)} = {escape(argument.printed)} ← {escape(origin)}"
    return f"{text} ({notes})" if notes else text


def print_comparison(
    console: Console, comparison: Comparison, a: Results, b: Results, library: Library, lang: str
) -> None:
    """The difference of two runs, split into its effects; the largest rows first."""
    for name, results in (("A", a), ("B", b)):
        info = results.info
        line = f"{name}: {info['inventory']} · {info['profile']} · {info['gwp']} · "
        console.print(escape(line + str(info["identity"])[:12]))
    head = [
        Text("科目", "account"),
        Text("细项", "detail"),
        Text("品种", "item"),
        Text("计量", "measure"),
        Text("A", "A"),
        Text("B", "B"),
        Text("差", "difference"),
        *(_EFFECT_NAMES[name] for name in EFFECTS),
    ]
    table = Table(show_edge=False, caption="t CO2e")
    for position, text in enumerate(head):
        table.add_column(text.in_language(lang), justify="right" if position > 3 else "left")
    shown = comparison.rows.head(30)
    for row in shown.to_dict("records"):
        account = f"{row['account']} {library.label('accounts', row['account'], lang)}"
        item = library.label("items", row["item"], lang)
        keys = (account, row["detail"], item, row["measure"])
        table.add_row(*map(escape, keys), *_numbers(row))
    table.add_section()
    for row in comparison.totals.to_dict("records"):
        label = Text("合计", "total").in_language(lang)
        table.add_row(f"[bold]{label} ({row['book']})[/]", "", "", "", *_numbers(row))
    console.print(table)
    hidden = len(comparison.rows) - len(shown)
    if hidden > 0:
        more = Text(f"另有 {hidden} 行，用 --json 查看。", f"{hidden} more rows: use --json.")
        console.print(more.in_language(lang))


def _numbers(row: dict[str, Any]) -> list[str]:
    return [format_number(row[name], 2) for name in ("co2e_a", "co2e_b", "difference", *EFFECTS)]


def print_runs(console: Console, runs: "pd.DataFrame", lang: str) -> None:
    """The runs in a ledger."""
    heads = {
        "identity": Text("运行", "run"),
        "stored_at": Text("入账时间", "stored"),
        "inventory": Text("清单", "inventory"),
        "profile": Text("口径", "profile"),
        "gwp": Text("GWP", "GWP"),
    }
    table = Table(*(head.in_language(lang) for head in heads.values()), show_edge=False)
    for row in runs.to_dict("records"):
        cells = [str(row[name])[:19] if name != "identity" else row[name][:12] for name in heads]
        table.add_row(*map(escape, cells))
    console.print(table)


def _amount(value: float | None, unit: str) -> str:
    return "—" if value is None else f"{format_number(value, 4)} {unit}"


def print_published(
    console: Console, rows: Iterable[dict[str, Any]], library: Library, lang: str
) -> None:
    """Our totals beside those that others published; nothing where the inventory quotes none."""
    rows = list(rows)
    if not rows:
        return
    heads = [
        Text("科目", "account"),
        Text("计量", "measure"),
        Text("本次", "this run"),
        Text("已发布", "published"),
        Text("差", "difference"),
        Text("差 %", "difference %"),
        Text("单位", "unit"),
        Text("来源", "source"),
    ]
    title = Text("与已发布数对照", "Beside published totals").in_language(lang)
    table = Table(title=title, title_justify="left", show_edge=False)
    for position, head in enumerate(heads):
        table.add_column(head.in_language(lang), justify="right" if 1 < position < 6 else "left")
    for row in rows:
        account = f"{row['account']} {library.label('accounts', row['account'], lang)}"
        numbers = [format_number(row[name], 4) for name in ("computed", "published", "difference")]
        percent = format_number(row["percent"], 2)
        cells = (account, row["measure"], *numbers, percent, row["unit"], row["source"])
        table.add_row(*map(escape, cells))
    console.print(table)
