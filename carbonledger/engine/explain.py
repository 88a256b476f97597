"""Explain a total: the postings under it, each as its formula with the numbers filled in.

Every number of a formula leads to the cell that it came from, or to the source, table and page of
the parameter.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from math import fsum
from typing import Any

import pandas as pd

from carbonledger.engine.results import Results
from carbonledger.errors import CarbonledgerError
from carbonledger.library.load import Library
from carbonledger.methods.registry import get
from carbonledger.model.potentials import GWP

__all__ = ["Argument", "Explanation", "Term", "explain"]


@dataclass(frozen=True)
class Argument:
    """One number of a formula and where it is from.

    ``place`` is the cell of an entered value; ``parameter``, ``source`` and ``locator`` lead to the
    document of a library value. ``sign`` is -1 where the table prints the value with the opposite
    sign.
    """

    name: str
    value: float
    unit: str
    sign: float = 1.0
    place: str = ""
    parameter: str = ""
    source: str = ""
    locator: str = ""
    fallback: str = ""
    status: str = ""

    @property
    def printed(self) -> str:
        """The number with its unit, in the shortest digits that give it back."""
        number = f"{self.value!r}" if self.value >= 0 else f"({self.value!r})"
        number = number.removesuffix(".0").replace(".0)", ")")
        return (
            f"{'−' if self.sign < 0 else ''}{number}{'' if self.unit == '1' else ' ' + self.unit}"
        )


@dataclass(frozen=True)
class Term:
    """One posting with its formula."""

    region: str
    period: int
    account: str
    item: str
    detail: str
    measure: str
    amount: float | None
    unit: str
    co2e: float | None
    notation: str
    flags: str
    place: str
    method: str
    equation: str
    formula: str
    filled: str
    arguments: tuple[Argument, ...]
    gwp: Argument | None


@dataclass(frozen=True)
class Explanation:
    """A total and the terms that add up to it; the total is null where no term has a number."""

    account: str
    measure: str
    amount: float | None
    unit: str
    terms: tuple[Term, ...]

    def by_item(self) -> dict[str, "Explanation"]:
        """The explanation of each item's part of the total."""
        groups: dict[str, list[Term]] = {}
        for term in self.terms:
            groups.setdefault(term.item, []).append(term)
        return {
            item: Explanation(self.account, self.measure, _sum(terms), self.unit, tuple(terms))
            for item, terms in groups.items()
        }

    def as_dict(self) -> dict[str, Any]:
        """The explanation as plain data."""
        return asdict(self)


def explain(
    results: Results,
    library: Library,
    *,
    account: str,
    measure: str = "CO2",
    item: str | None = None,
    detail: str | None = None,
    region: str | None = None,
    period: int | None = None,
) -> Explanation:
    """Explain the total of an account, with everything below it, for one measure.

    Raises:
        CarbonledgerError: if no posting answers, naming what the run does have; if several regions
            or periods answer, which a total must not mix.
    """
    wanted = {"measure": measure, "item": item, "detail": detail, "region": region}
    given = {key: value for key, value in {**wanted, "period": period}.items() if value is not None}
    kept = results.postings_of(library.below(account) | {account}, **given)
    if kept.empty:
        raise _nothing(results.postings, account, measure)
    for column in ("region", "period"):
        if len(kept[column].unique()) > 1:
            raise _several(column, kept[column])
    entries = results.entries_of(kept["entry"]).set_index("entry").to_dict("index")
    used = results.selections[results.selections["selection"].isin(kept["selection"])]
    selections = {key: part.to_dict("records") for key, part in used.groupby("selection")}
    kept = kept.sort_values(["item", "account", "detail", "entry"])
    terms = tuple(
        _term(posting, entries[posting["entry"]], selections, library)
        for posting in kept.to_dict("records")
    )
    return Explanation(account, measure, _sum(terms), terms[0].unit, terms)


def _sum(terms: Iterable[Term]) -> float | None:
    known = [term.amount for term in terms if term.amount is not None]
    return fsum(known) if known else None


def _several(column: str, values: "pd.Series[Any]") -> CarbonledgerError:
    names = ", ".join(map(str, sorted(values.unique())[:12]))
    zh = {"region": "地区", "period": "年份"}[column]
    return CarbonledgerError(
        f"本次运行有多个{zh}（{names}），请用 --{column} 指定一个。",
        f"The run has several {column}s ({names}); choose one with --{column}.",
    )


def _nothing(postings: pd.DataFrame, account: str, measure: str) -> CarbonledgerError:
    accounts = "、".join(sorted(postings["account"].unique())[:12])
    measures = "、".join(sorted(postings["measure"].unique()))
    return CarbonledgerError(
        f"本次运行中没有符合条件的分录（科目 {account}，{measure}）。"
        f"有分录的科目：{accounts}；计量：{measures}。",
        f"No posting of this run matches (account {account}, {measure}). "
        f"Accounts with postings: {accounts}; measures: {measures}.",
    )


def _term(
    posting: dict[str, Any],
    entry: Mapping[str, Any],
    selections: Mapping[Any, list[dict[Any, Any]]],
    library: Library,
) -> Term:
    arguments: list[Argument] = []
    formula = filled = equation = ""
    if posting["method"]:
        method = get(posting["method"])
        rows = selections[posting["selection"]]
        arguments = [_argument(row, entry, method.activity, library) for row in rows]
        by_name = {argument.name: argument.printed for argument in arguments}
        formula, filled, equation = method.formula, method.fill(by_name), method.equation
    gwp = next((argument for argument in arguments if argument.name == GWP), None)
    columns = ("region", "account", "item", "detail", "measure", "unit", "notation", "flags")
    return Term(
        **{name: str(posting[name]) for name in columns},
        period=int(posting["period"]),
        amount=_number(posting["amount"]),
        co2e=_number(posting["co2e"]),
        place=str(posting["source"]),
        method=str(posting["method"]),
        equation=equation,
        formula=formula,
        filled=filled,
        arguments=tuple(argument for argument in arguments if argument is not gwp),
        gwp=gwp,
    )


def _argument(
    row: Mapping[str, Any], entry: Mapping[str, Any], activity: str, library: Library
) -> Argument:
    name = str(row["argument"])
    if row["parameter"] == "entry":
        quantity = row["locator"]
        return Argument(
            name=name,
            value=float(entry[quantity]),
            unit=str(entry[f"{quantity}__unit"]),
            sign=float(entry["sign"]) if name == activity else 1.0,
            place=_place(entry, entry[f"{quantity}__cell"]),
            source=str(entry["source"]),
        )
    return Argument(
        name=name,
        value=float(row["value"]),
        unit=str(row["unit"]),
        parameter=str(row["parameter"]),
        source=library.source_title(str(row["source"])),
        locator=str(row["locator"]),
        fallback=str(row["fallback"]),
        status=str(row["status"]),
    )


def _place(entry: Mapping[str, Any], cell: Any) -> str:
    if pd.isna(cell) or not cell:  # a typed table has rows, no cells
        return f"{entry['file']}:{entry['row']}"
    if cell.endswith(".toml"):  # stated once for the whole table, in the manifest
        return str(cell)
    sheet = f"/{entry['sheet']}" if entry["sheet"] else ""
    return f"{entry['file']}{sheet}!{cell}"


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
