"""How the total depends on each contested choice, in one table beside the result.

A choice is another edition of a parameter or price, another way to value or to compute a service,
the range of a parameter, or a service left out because it may count twice. Each row changes one
choice wherever it was made, keeps all others, and says what the total becomes. What the library
lacks for a choice is kept as it was, and the row says how many values moved.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from carbonledger import units
from carbonledger.analysis.gep.facts import GepFacts, Term
from carbonledger.analysis.gep.overlaps import met
from carbonledger.analysis.gep.price_index import price_index
from carbonledger.analysis.uses.table import Column, Row, UseTable, total
from carbonledger.errors import Text
from carbonledger.library.reasons import edition_title, parameter_name
from carbonledger.library.select import REQUEST_COLUMNS, select
from carbonledger.methods.registry import Method, methods
from carbonledger.model.prices import CURRENT, PRICE_INDEX
from carbonledger.model.profile import Profile

__all__ = ["sensitivity_table"]

_SAME = 1e-9  # relative: a choice that moves less changes nothing


@dataclass(frozen=True)
class _Choice:
    """One choice made differently: the new amounts of the values that it moves, by their place.

    ``words`` say in words what, used and instead name by their keys.
    """

    kind: Text
    what: str
    used: str
    instead: str
    moved: Mapping[int, float]
    words: tuple[str, str, str]


def sensitivity_table(facts: GepFacts, period: int) -> UseTable:
    """The total of a year under each other choice, the most influential first.

    Args:
        facts: the GEP account of a run.
        period: the year.
    """
    rows = facts.current[facts.current["period"] == period].reset_index(drop=True)
    terms = list(facts.terms(rows.reset_index(names="place")))
    whole = total(rows["amount"])
    rules = Profile.model_validate(facts.results.info["rules"])
    choices = [
        *_other_editions(facts, terms, rules),
        *_ranges(facts, terms),
        *_other_ways(facts, terms, rules),
        *_left_out(facts, rows),
    ]
    table = [_row(facts, rows, whole, choice) for choice in choices]
    table = [row for row in table if abs(row["difference"]) > _SAME * abs(row["total"])]
    table.sort(key=lambda row: -abs(row["difference"]))
    start: Row = {"kind": "结果 result", "what": "", "used": "", "instead": "", "services": ""}
    start |= dict.fromkeys(_WORDS, "")
    start |= {"total": whole / 1e4, "difference": 0.0, "percent": 0.0, "moved": None}
    title = Text(f"GEP 敏感性（{period}）", f"Sensitivity of GEP ({period})")
    return UseTable(title, _COLUMNS, [start, *table], [_NOTE])


def _row(facts: GepFacts, rows: pd.DataFrame, whole: float, choice: _Choice) -> Row:
    places = list(choice.moved)
    difference = sum(choice.moved.values()) - float(rows.loc[places, "amount"].sum())
    services = dict.fromkeys(rows.loc[places, "service"])
    return {
        "kind": str(choice.kind),
        "what": choice.what,
        "used": choice.used,
        "instead": choice.instead,
        **dict(zip(_WORDS, choice.words, strict=True)),
        "services": "、".join(facts.library.label("accounts", str(key)) for key in services),
        "total": (whole + difference) / 1e4,
        "difference": difference / 1e4,
        "percent": difference / whole * 100 if whole else None,
        "moved": len(places),
    }


def _place(term: Term) -> int:
    return int(term.posting["place"])


def _other_editions(facts: GepFacts, terms: Sequence[Term], rules: Profile) -> Iterator[_Choice]:
    """Each argument beside the activity, taken from each other edition that has it.

    What an entry gave by itself (a measured runoff coefficient) is set beside the library as well.
    """
    asked = [
        (term, name)
        for term in terms
        for name in term.parameters
        if name not in {PRICE_INDEX, term.method.activity}
    ]
    names = {name for _, name in asked}
    known = facts.library.parameters
    editions = known[known["parameter"].isin(names)].groupby("edition")["parameter"].unique()
    for edition, has in editions.items():
        pairs = [(term, name) for term, name in asked if name in has]
        moved: dict[str, dict[int, float]] = defaultdict(dict)
        for (term, name), row in zip(
            pairs, _found(facts, pairs, [str(edition)], rules), strict=True
        ):
            if row is not None and row["id"] != term.parameters[name]:
                changed = _with_row(facts, term, name, row)
                if changed is not None:
                    moved[name][_place(term)] = term.again(**changed)
        for name, amounts in moved.items():
            used = _editions(facts, (term.parameters[name] for term, own in pairs if own == name))
            titles = "、".join(_title(each) for each in used)
            words = (parameter_name(name).zh, titles, _title(str(edition)))
            yield _Choice(_PARAMETER, name, "、".join(used), str(edition), amounts, words)


def _found(
    facts: GepFacts, asked: Sequence[tuple[Term, str]], families: list[str], rules: Profile
) -> list["pd.Series[Any] | None"]:
    """The row of the library for an argument of each term, by families of our choice.

    The inventory's own rows would win over every family; what they are set beside is the library.
    """
    if not asked:
        return []
    known = facts.library.parameters
    known = known[~known["edition"].str.startswith("inventory")]
    requests = pd.DataFrame(
        [
            {
                "argument": name,
                "item": term.posting["item"],
                "detail": term.posting["detail"] or "",
                "account": term.posting["account"],
                "species": "",
                "region": term.posting["region"],
                "period": int(term.posting["period"]),
                "dimension": units.dimension(term.units[name]),
            }
            for term, name in asked
        ]
    )[list(REQUEST_COLUMNS)]
    chosen = rules.model_copy(update={"families": families, "parameter_families": {}})
    found = select(requests, facts.library.changed(parameters=known), chosen)
    return [found.loc[index] if index in found.index else None for index in requests.index]


def _with_row(
    facts: GepFacts, term: Term, name: str, row: "pd.Series[Any]"
) -> dict[str, float] | None:
    """The numbers that change with a row of the library: its value, and the index of a price."""
    value = float(row["value"]) * units.multiplier(str(row["unit"]), term.units[name])
    changed = {name: value}
    if row["price_kind"] and PRICE_INDEX in term.numbers:
        if pd.isna(row["price_year"]):
            return None
        first, last = int(row["price_year"]), int(term.posting["period"])
        region = str(term.posting["region"])
        index = price_index(facts.library, str(row["deflator"]), region, first, last)
        if index is None:
            return None
        changed[PRICE_INDEX] = index
    return changed


def _ranges(facts: GepFacts, terms: Sequence[Term]) -> Iterator[_Choice]:
    """Every parameter at the lower, then at the upper end of its published range."""
    for end in ("lower", "upper"):
        known = facts.parameters[facts.parameters[end].notna()]
        moved: dict[str, dict[int, float]] = defaultdict(dict)
        for term in terms:
            for name, parameter in term.parameters.items():
                if parameter in known.index:
                    row = known.loc[parameter]
                    scale = units.multiplier(str(row["unit"]), term.units[name])
                    moved[name][_place(term)] = term.again(**{name: float(row[end]) * scale})
        for name, amounts in moved.items():
            words = (parameter_name(name).zh, "", _ENDS[end])
            yield _Choice(_RANGE, name, "", _ENDS[end], amounts, words)


def _other_ways(facts: GepFacts, terms: Sequence[Term], rules: Profile) -> Iterator[_Choice]:
    """Each value by another method of its service, where entry and library have its arguments."""
    everything = [*rules.families, *_rest(facts, rules.families)]
    probes = [
        probe
        for term in terms
        for other in methods().values()
        if other.measure == CURRENT and other.id != term.method.id and _akin(term.method, other)
        if (probe := _probe(term, other)) is not None
    ]
    asked = [(probe, name) for probe in probes for name in _lacking(probe)]
    rows = iter(_found(facts, asked, everything, rules))
    moved: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    titles = {method.id: method.title.zh for method in methods().values()}
    for probe in probes:
        numbers = dict(probe.numbers)
        known = True
        for name in _lacking(probe):
            row = next(rows)
            changed = None if row is None else _with_row(facts, probe, name, row)
            known = known and changed is not None
            numbers |= changed or {}
        if known:
            key = (str(probe.posting["method"]), probe.method.id)
            moved[key][_place(probe)] = probe.again(**numbers)
    told: set[tuple[str, frozenset[tuple[int, float]]]] = set()
    # Of methods with the same answer the one that departs least from the one used is shown.
    for (used, instead), amounts in sorted(moved.items(), key=lambda each: len(each[0][1])):
        answer = (used, frozenset(amounts.items()))
        if answer not in told:
            told.add(answer)
            words = ("", titles[used], titles[instead])
            yield _Choice(_METHOD, titles[instead], used, instead, amounts, words)


def _probe(term: Term, other: Method) -> Term | None:
    """A posting with the numbers that another method can take over; None without its activity."""
    form = other.forms[0].units
    numbers = {
        name: term.numbers[name] * units.multiplier(term.units[name], unit)
        for name, unit in form.items()
        if name in term.numbers and units.same_dimension(term.units[name], unit)
    }
    if other.activity not in numbers:
        return None
    return Term(term.posting, other, {PRICE_INDEX: 1.0, **numbers}, form, {})


def _lacking(probe: Term) -> list[str]:
    return [name for name in probe.units if name not in probe.numbers]


def _akin(used: Method, other: Method) -> bool:
    """Whether two methods value the same service: ``gep.water_retention...``."""
    ids = used.id, other.id
    return ids[0].split(".")[:2] == ids[1].split(".")[:2] and _kind(ids[0]) == _kind(ids[1])


def _kind(method: str) -> str:
    parts = method.split(".")
    return parts[2] if parts[1] in _APART else ""


def _rest(facts: GepFacts, families: Iterable[str]) -> list[str]:
    first = set(families)
    return [each for each in facts.library.parameters["edition"].unique() if each not in first]


def _left_out(facts: GepFacts, rows: pd.DataFrame) -> Iterator[_Choice]:
    """The total without what the rules of double counting find."""
    for rule, first, other in met(facts, rows.reset_index(names="place")):
        part = {"first": first, "against": other}.get(rule.without)
        if part is not None and len(part):
            moved = dict.fromkeys(map(int, part["place"]), 0.0)
            what = f"重复计算规则 {rule.rule}"
            words = (f"{what}：{rule.what_zh}", *_COUNTED)
            yield _Choice(_SCOPE, what, *_COUNTED, moved, words)


def _editions(facts: GepFacts, ids: Iterable[str]) -> list[str]:
    known = facts.parameters["edition"]
    return sorted({str(known[each]) if each in known.index else _ENTERED for each in ids})


def _title(edition: str) -> str:
    return edition if edition == _ENTERED else edition_title(edition).zh


# Services whose third part of the id is a pollutant or a kind, which are not ways of one another.
_APART = {"air", "water", "product", "climate", "landscape", "flood"}
_PARAMETER = Text("参数或价格版本", "edition of a parameter or price")
_RANGE = Text("参数范围", "range of a parameter")
_METHOD = Text("方法或定价", "method or pricing")
_SCOPE = Text("范围", "scope")
_ENTERED = "录入 entry"
_COUNTED = ("计入", "不计入")
_WORDS = ("what_words", "used_words", "instead_words")
_ENDS = {"lower": "下限 lower", "upper": "上限 upper"}
_COLUMNS = (
    Column("kind", Text("选择", "Choice")),
    Column("what_words", Text("内容", "What")),
    Column("used_words", Text("采用", "Used")),
    Column("instead_words", Text("改用", "Instead")),
    Column("services", Text("涉及服务", "Services")),
    Column("total", Text("GEP", "GEP"), "万元"),
    Column("difference", Text("差", "Difference"), "万元"),
    Column("percent", Text("差率", "Difference"), "%"),
    Column("moved", Text("变动的分录数", "Postings moved"), decimals=0),
)
_NOTE = Text(
    "每行只改一项选择，其余不变；价格按其指数序列换算到当年。因子库没有的值保持原样。",
    "Each row changes one choice and keeps the rest; prices are brought to the year by their "
    "index. Where the library has no other value the one used stays.",
)
