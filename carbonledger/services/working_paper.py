"""The working paper of a figure: a workbook whose formulas lead from the numbers to the sum.

The second sheet holds every number as it was published or entered, with its origin, and brings it
into the unit of the formula; the first computes each term from those cells, and the sum from the
terms. Every formula carries the value that the run has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum
from pathlib import Path
from tempfile import TemporaryDirectory

from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from carbonledger import units
from carbonledger.engine.explain import Argument, Explanation, Term
from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.methods.registry import Method, get
from carbonledger.reports.context import Names
from carbonledger.reports.lists import head_text
from carbonledger.reports.numbers import excel_format
from carbonledger.reports.sheet import Book, Sheet
from carbonledger.reports.texts import beside, chemical, label
from carbonledger.services.arguments import keyed_name

__all__ = ["working_paper"]

_TERMS, _NUMBERS = "1 构成", "2 各数"
_WRAP = {"text_wrap": True}
_CLOSE = 1e-9  # relative; sums of the same numbers in another order differ by far less
_TITLE = Text("审计底稿", "Working paper")
_LIVE = Text(
    "结果、合计都是公式，引用“2 各数”里换算后的数；改那里的数可以试算，改动不会回到账本。",
    "Results and sums are formulas over the converted numbers of the second sheet; change a number "
    "there to try it out: nothing of it goes back to the ledger.",
)
_PLAIN = Text(
    "没有公式的结果是逐年递推（如填埋场、分年造林）或直接录入的，此处为数值。",
    "Results without a formula were computed over a series of years, or entered; they stand here "
    "as values.",
)
_CONVERTED = Text(
    "换算后的数 = 数值 × 符号 × 换算系数，单位是公式所要求的。",
    "Converted number = value x sign x multiplier, in the unit that the formula wants.",
)
_TERM_HEADS = (
    Text("序号", "No."), Text("品种", "Item"), Text("科目", "Account"), Text("结果", "Result"),
    Text("二氧化碳当量", "CO₂e"), Text("公式（代入数值）", "Formula with its numbers"),
    Text("单元格", "Cell"), Text("标记", "Flags"),
)  # fmt: skip
_NUMBER_HEADS = (
    Text("序号", "No."), Text("品种", "Item"), Text("参数", "Quantity or parameter"),
    Text("数值", "Value"), Text("单位", "Unit"), Text("符号", "Sign"),
    Text("换算系数", "Multiplier"), Text("换算后", "Converted"),
    Text("公式中的单位", "Unit of the formula"), Text("出处", "From"),
    Text("位置", "Page or table"), Text("编号", "Id"), Text("状态", "Status"),
)  # fmt: skip
_FORMAT = excel_format(4)
_AMOUNT, _EQUIVALENT, _VALUE, _CONVERTED_AT = 3, 4, 3, 7


@dataclass(frozen=True)
class _Line:
    """A number of a term: as it stands, and how it comes into the unit of the formula."""

    argument: Argument
    multiplier: float
    unit: str


def working_paper(explanation: Explanation, library: Library, reference: str) -> bytes:
    """The workbook of a figure.

    Args:
        explanation: the figure with its terms.
        library: for the names of items and accounts.
        reference: the figure's name for reports, which leads back to the run.

    Returns:
        The bytes of an Excel workbook of two sheets.
    """
    names = Names.of(library)
    with TemporaryDirectory(prefix="carbonledger-") as folder:
        path = Path(folder) / "paper.xlsx"
        title = f"{beside(_TITLE)} {explanation.account} {explanation.measure}"
        book = Book(path, title, None)
        terms, numbers = book.sheet(_TERMS), book.sheet(_NUMBERS)
        row = numbers.title(title, [beside(_CONVERTED)])
        row = numbers.header(row, [beside(each) for each in _NUMBER_HEADS], frozen=1)
        heads = [beside(each) for each in _TERM_HEADS]
        heads[_AMOUNT] = head_text(_TERM_HEADS[_AMOUNT], chemical(explanation.unit))
        heads[_EQUIVALENT] = head_text(_TERM_HEADS[_EQUIVALENT], "t CO₂e")
        named = Text(f"引用编号：{reference}", f"Reference: {reference}")
        notes = [beside(each) for each in (named, _LIVE, _PLAIN)]
        first = terms.header(terms.title(title, notes), heads, frozen=1)
        for place, term in enumerate(explanation.terms):
            row, cells = _numbers(numbers, row, place + 1, term, names)
            _term(terms, first + place, place + 1, term, cells, names)
        _sum(terms, first, first + len(explanation.terms), explanation)
        book.close()
        return path.read_bytes()


def _numbers(
    sheet: Sheet, row: int, number: int, term: Term, names: Names
) -> tuple[int, Mapping[str, str]]:
    """Write the numbers of a term; the next row, and the cell of each converted number."""
    cells = {}
    for line in _lines(term):
        one = line.argument
        sheet.whole(row, 0, number)
        sheet.text(row, 1, _item(term, names))
        sheet.text(row, 2, beside(keyed_name(one.name)))
        sheet.written(row, _VALUE, one.value)
        sheet.text(row, 4, one.unit)
        sheet.whole(row, 5, int(one.sign))
        sheet.written(row, 6, line.multiplier)
        product = "*".join(xl_rowcol_to_cell(row, column) for column in (_VALUE, 5, 6))
        value = one.value * one.sign * line.multiplier
        sheet.formula(row, _CONVERTED_AT, product, value, number_format="General")
        sheet.text(row, 8, line.unit)
        sheet.text(row, 9, one.place or one.source, _WRAP, limit=48)
        sheet.text(row, 10, one.locator, _WRAP, limit=48)
        sheet.text(row, 11, one.parameter)
        sheet.text(row, 12, beside(label("status", one.status)) if one.status else "")
        cells[one.name] = sheet.cell(row, _CONVERTED_AT)
        row += 1
    return row, cells


def _term(
    sheet: Sheet, row: int, number: int, term: Term, cells: Mapping[str, str], names: Names
) -> None:
    account = names.account(term.account)
    sheet.whole(row, 0, number)
    sheet.text(row, 1, _item(term, names))
    sheet.text(row, 2, beside(Text(f"{term.account} {account.zh}", account.en)))
    formula = _formula(term, cells)
    if formula and term.amount is not None:
        sheet.formula(row, _AMOUNT, formula, term.amount, number_format=_FORMAT)
    else:
        sheet.number(row, _AMOUNT, term.amount, decimals=4, notation=term.notation)
    _equivalent(sheet, row, term, cells)
    sheet.text(row, 5, term.filled, _WRAP, limit=60)
    sheet.text(row, 6, term.place, _WRAP, limit=40)
    flags = [beside(label("flag", flag)) for flag in term.flags.split(",") if flag]
    sheet.text(row, 7, "；".join(flags), _WRAP, limit=40)


def _equivalent(sheet: Sheet, row: int, term: Term, cells: Mapping[str, str]) -> None:
    """The CO2e as the amount times the warming potential, where the run has it so."""
    if term.co2e is None or term.amount is None or term.gwp is None:
        sheet.number(row, _EQUIVALENT, term.co2e, decimals=4, notation=term.notation)
        return
    if not _close(term.amount * term.gwp.value, term.co2e):
        sheet.number(row, _EQUIVALENT, term.co2e, decimals=4)
        return
    product = f"{xl_rowcol_to_cell(row, _AMOUNT)}*{cells[term.gwp.name]}"
    sheet.formula(row, _EQUIVALENT, product, term.co2e, number_format=_FORMAT)


def _sum(sheet: Sheet, first: int, row: int, explanation: Explanation) -> None:
    sheet.text(row, 1, beside(Text("合计", "Total")))
    equal = [term.co2e for term in explanation.terms if term.co2e is not None]
    sums = {_AMOUNT: explanation.amount, _EQUIVALENT: fsum(equal) if equal else None}
    for column, value in sums.items():
        if value is None:
            sheet.number(row, column, None)
        else:
            area = xl_range(first, column, row - 1, column)
            sheet.formula(row, column, f"SUM({area})", value, number_format=_FORMAT)


def _lines(term: Term) -> list[_Line]:
    """The numbers of a term in the order of the formula, the warming potential last."""
    form = _form(term)
    lines = []
    for one in (*term.arguments, *([term.gwp] if term.gwp else [])):
        unit = form.get(one.name, one.unit)
        lines.append(_Line(one, units.multiplier(one.unit, unit), unit))
    return lines


def _form(term: Term) -> Mapping[str, str]:
    """The unit of each argument in the form of the method that the term was computed in."""
    if not term.method:
        return {}
    method = get(term.method)
    given = {one.name: one.unit for one in term.arguments if one.name in method.arguments}
    return next(
        (
            form.units
            for form in method.forms
            if all(units.same_dimension(unit, form.units[name]) for name, unit in given.items())
        ),
        {},
    )


def _formula(term: Term, cells: Mapping[str, str]) -> str:
    """The formula of a term over its cells; empty where it would not give the term's amount."""
    if not term.method or term.amount is None:
        return ""
    method = get(term.method)
    if method.series or not set(method.arguments) <= set(cells):
        return ""
    # The result of a method for any gas is in t, the posting in t of the gas.
    same = units.same_dimension(method.returns, term.unit)
    factor = units.multiplier(method.returns, term.unit) if same else 1.0
    if not _close(_value(method, term) * factor, term.amount):
        return ""
    formula = method.in_cells(cells)
    return formula if factor == 1 else f"({formula})*{factor!r}"


def _value(method: Method, term: Term) -> float:
    """The formula over the numbers of a term, in the unit of the method."""
    numbers = {
        line.argument.name: line.argument.value * line.argument.sign * line.multiplier
        for line in _lines(term)
    }
    return float(method.function(**{name: numbers[name] for name in method.arguments}))


def _close(found: float, wanted: float) -> bool:
    return abs(found - wanted) <= _CLOSE * abs(wanted)


def _item(term: Term, names: Names) -> str:
    return beside(names.item(term.item)) if term.item else ""
