"""The plan of a run: for every kind of entry the methods, their parameters and multipliers.

Planning looks only at the distinct keys of the entries. What comes out is engine-neutral: small
tables of coefficients which execution joins to the entries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np
import pandas as pd

from carbonledger import units
from carbonledger.engine.alike import Alike, alike
from carbonledger.engine.finding import find_parameters
from carbonledger.engine.frame import AREA, KEYS, SPAN, collected, key_columns
from carbonledger.engine.joining import joined
from carbonledger.engine.one_way import mixed_alternatives
from carbonledger.engine.options import Case, Option, Refusal, Rules, Supply, unused
from carbonledger.engine.prices import with_price_indices
from carbonledger.engine.rates import Rates, rates_of
from carbonledger.engine.series import gaps, idle_history
from carbonledger.engine.steps import Step, build_steps, choose
from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.library.numbering import coded, pairs
from carbonledger.memory import plain_texts, rows_of
from carbonledger.model.prices import CURRENT, PRICE_INDEX
from carbonledger.model.problem import Grade, Problem
from carbonledger.model.profile import Profile

__all__ = ["Asked", "Plan", "ask", "plan"]


@dataclass(frozen=True)
class Plan:
    """What to compute: steps, the selections that they refer to, and the problems found.

    ``keys`` are the columns by which every step's coefficients are joined to the entries.
    ``periods`` are the years that are reported; None where every entry is. What lies before them is
    history, which only series methods use.
    """

    steps: tuple[Step, ...]
    keys: tuple[str, ...]
    rates: tuple[Rates, ...]
    alike: Alike
    selections: pd.DataFrame
    quantities: tuple[str, ...]
    entries: int
    periods: tuple[int, ...] | None = None
    problems: list[Problem] = field(default_factory=list)


@plain_texts()
def plan(
    frame: "nw.LazyFrame[Any]",
    quantities: Sequence[str],
    library: Library,
    profile: Profile,
    gwp: str,
    periods: Sequence[int] | None = None,
) -> Plan:
    """Plan the run of a frame of entries (see ``engine_frame``) under a profile and a GWP set.

    ``periods`` are the years to report where the entries also hold the history before them.

    A wanted argument that is found nowhere, or an account without a rule, is a problem in the
    plan; such entries get no step.
    """
    asked = ask(frame, quantities, library, profile, gwp)
    chosen, missing = choose(asked.wanted, asked.options, asked.found)
    refused = [
        *asked.refused,
        *(
            (
                case,
                asked.unpriced.get((case, asked.options[number].measure))
                or _not_found(asked.options[number], names, asked.cases[case], profile, library),
            )
            for case, number, names in missing
        ),
    ]
    taken: dict[int, set[int]] = {}
    for case, number in zip(chosen["case"].tolist(), chosen["option"].tolist(), strict=True):
        taken.setdefault(case, set()).add(number)
    for case, numbers in sorted(taken.items()):
        lost = unused(asked.cases[case], [asked.options[number] for number in numbers])
        refused += [(case, lost)] if lost else []
    refused += mixed_alternatives(chosen, asked.options, profile, library)
    steps, selections = build_steps(
        chosen, asked.options, asked.found, asked.keys, asked.library, profile
    )
    steps, joining = joined(steps, asked.keys, key_columns(quantities))
    return Plan(
        steps,
        joining,
        tuple(rates_of(steps, joining, quantities)),
        asked.classes,
        selections,
        tuple(quantities),
        int(asked.keys["rows"].sum()),
        None if periods is None else tuple(periods),
        [
            *_problems(refused, asked.keys, frame),
            *_series_problems(steps, frame, periods, asked.classes.last),
            *_unused_factors(selections, library),
        ],
    )


class Asked(NamedTuple):
    """What the entries ask for: their keys and cases, all options, and the parameters found.

    ``wanted`` has a row for every key and option: ``key, case, order, option`` and ``region,
    period, account, item, detail`` of the key. ``found`` has the library's row for each argument
    that such a row needs (see ``find_parameters``).
    ``library`` has the price indices of the run among its parameters, and ``unpriced`` says why a
    case and measure has none.
    """

    classes: Alike
    keys: pd.DataFrame
    cases: dict[int, Case]
    wanted: pd.DataFrame
    options: list[Option]
    refused: list[tuple[int, Refusal]]
    found: pd.DataFrame
    library: Library
    unpriced: Mapping[tuple[int, str], Refusal]


def ask(
    frame: "nw.LazyFrame[Any]",
    quantities: Sequence[str],
    library: Library,
    profile: Profile,
    gwp: str,
) -> Asked:
    """Every option of every kind of entry under a profile, with the parameters that it needs."""
    classes = alike(frame, library, profile)
    keys = _distinct_keys(frame, quantities, classes)
    cases = _cases(keys, quantities)
    wanted, options, refused = _wanted(keys, cases, Rules(profile, library))
    found = find_parameters(wanted, options, library, profile, gwp)
    priced = with_price_indices(wanted, options, found, library, profile)
    return Asked(
        classes,
        keys,
        cases,
        wanted,
        options,
        refused,
        priced.found,
        priced.library,
        priced.refusals,
    )


def _series_problems(
    steps: Sequence[Step],
    frame: "nw.LazyFrame[Any]",
    periods: Sequence[int] | None,
    last: int,
) -> list[Problem]:
    if periods is None:  # every year of the entries is reported
        return gaps(steps, frame, last)
    return [*gaps(steps, frame, max(periods, default=0)), *idle_history(steps, frame, periods)]


def _distinct_keys(
    frame: "nw.LazyFrame[Any]", quantities: Sequence[str], classes: Alike
) -> pd.DataFrame:
    columns = key_columns(quantities)
    written = [name for name in columns if name not in {AREA, SPAN}]
    grouped = (
        classes.mark(frame, columns=["entry", "region", "period", *written])
        .group_by(*columns)
        .agg(nw.len().alias("rows"), nw.col("entry").min().alias("first"))
        .sort(*columns)
    )
    return classes.named(collected(grouped))


def _cases(keys: pd.DataFrame, quantities: Sequence[str]) -> dict[int, Case]:
    """The cases by number; the number of its case is added to every key."""
    telling = ["account", "item", "detail", *key_columns(quantities)[len(KEYS) :]]
    columns = [keys[name].tolist() for name in telling]
    keys["case"], found = coded(zip(*columns, strict=True))
    cases = {}
    for number, (account, item, detail, *stated) in enumerate(found):
        supplied = map(Supply, stated[::2], stated[1::2])
        supplies = tuple(zip(quantities, supplied, strict=True))
        cases[number] = Case(account, item, detail, supplies)
    return cases


def _wanted(
    keys: pd.DataFrame, cases: dict[int, Case], rules: Rules
) -> tuple[pd.DataFrame, list[Option], list[tuple[int, Refusal]]]:
    """Every key with every option it has: ``key, case, order, option`` and what is looked up by."""
    refused: list[tuple[int, Refusal]] = []
    numbers: dict[Option, int] = {}
    rows: list[tuple[int, int, int]] = []
    for case, known in cases.items():
        options, refusals = rules.options(known)
        refused += [(case, refusal) for refusal in refusals]
        for order, option in enumerate(options):
            rows.append((case, order, numbers.setdefault(option, len(numbers))))
    of_cases, orders, of_options = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    key, row = pairs(keys["case"].to_numpy(), of_cases)
    wanted = keys[["case", "region", "period", "account", "item", "detail"]].take(key)
    wanted = wanted.reset_index(drop=True)
    wanted["key"], wanted["order"], wanted["option"] = key, orders[row], of_options[row]
    return wanted, list(numbers), refused


def _not_found(
    option: Option, arguments: list[str], case: Case, profile: Profile, library: Library
) -> Refusal:
    # An index is looked for once the price is there.
    arguments = [name for name in arguments if name != PRICE_INDEX] or arguments
    names = [f"{name} [{option.wanted[name]}]" for name in arguments]
    families = ", ".join(profile.families)
    # A service and its values want the same; it is said once for all of them.
    method = option.method.split(f".{CURRENT}")[0]
    hint = _elsewhere(option, arguments, case, library)
    return Refusal(
        option.measure,
        "parameter-not-found",
        Text(
            f"方法 {method} 缺少参数 {'、'.join(names)}，"
            f"本清单和因子库（{families}）中都没有适用的值。",
            f"Method {method} lacks {', '.join(names)}; neither the inventory nor "
            f"the library ({families}) has a value that applies.",
        ),
        Text(
            "请在本清单的 factors.csv 中增加该参数（含单位与来源），"
            f"或在录入表中给出实测值列。{hint.zh}",
            "Add the parameter with unit and source to the inventory's factors.csv, or give a "
            f"measured column in the table of entries.{hint.en}",
        ),
    )


def _elsewhere(option: Option, arguments: list[str], case: Case, library: Library) -> Text:
    """For which details or accounts the library does have the first argument that is missing."""
    known, name = library.parameters, arguments[0]
    dimension = units.dimension(option.wanted[name])
    rows = known[(known["parameter"] == name) & (known["dimension"] == dimension)]
    links = library.account_chain
    above = set(links.loc[links["key"] == case.account, "ancestor"])
    here = rows[rows["account"].isin(above) & rows["item"].isin(["", case.item])]
    details = sorted(set(here["detail"]) - {""})[:8]
    if details:
        zh, en = ([library.label("details", key, lang) for key in details] for lang in ("zh", "en"))
        return Text(
            f"或在“细项”写明技术或类别，因子库中有：{'、'.join(zh)}。",
            f" Or name the technology as the detail; the library has: {', '.join(en)}.",
        )
    accounts = sorted(set(rows["account"]) - {""})[:12]
    return Text(
        f"因子库中有值的科目：{'、'.join(accounts)}。" if accounts else "",
        f" Accounts with values in the library: {', '.join(accounts)}." if accounts else "",
    )


def _unused_factors(selections: pd.DataFrame, library: Library) -> list[Problem]:
    own = library.parameters.loc[library.parameters["edition"] == "inventory"]
    if own.empty:
        return []
    idle = own[~own["id"].isin(selections["parameter"])]
    return [
        Problem(
            grade=Grade.B,
            code="own-factor-not-used",
            message=Text(
                f"本清单的参数 {row['id']}（{row['parameter']} {row['value']:g} {row['unit']}）"
                "没有用到：没有录入与它的地区、品种、科目或单位相符，或所用方法不需要它。",
                f"The inventory's own {row['id']} ({row['parameter']} {row['value']:g} "
                f"{row['unit']}) is not used: no entry has its region, item, account or unit, or "
                "the method does not take it.",
            ),
            remedy=Text(
                "请核对该行的地区、品种、科目和单位；确实不用的请删去。",
                "Check its region, item, account and unit; remove the row if it is not meant.",
            ),
            file="factors.csv",
        )
        for row in rows_of(idle)
    ]


def _problems(
    refused: list[tuple[int, Refusal]], keys: pd.DataFrame, frame: "nw.LazyFrame[Any]"
) -> list[Problem]:
    if not refused:
        return []
    cases = keys.groupby("case").agg(rows=("rows", "sum"), first=("first", "min"))
    cases = cases.loc[sorted({case for case, _ in refused})]
    entries = [int(entry) for entry in cases["first"]]
    places = frame.filter(nw.col("entry").is_in(entries)).select("entry", "source")
    place = dict(collected(places).itertuples(index=False))
    measures: dict[tuple[int, str, Text, Text, Grade], list[str]] = {}
    for case, said in refused:
        key = (case, said.code, said.message, said.remedy, said.grade)
        measures.setdefault(key, []).append(said.measure)
    problems = []
    for (case, code, message, remedy, grade), gases in measures.items():
        file, _, cell = place[cases.at[case, "first"]].rpartition("!")
        rows = cases.at[case, "rows"]
        of = ", ".join(gas for gas in gases if gas)
        before = f"{of}: " if of else ""
        said_zh = f"{before}{message.zh}（共 {rows} 条录入）"
        said_en = f"{before}{message.en} ({rows} entries)"
        problems.append(
            Problem(
                grade=grade,
                code=code,
                message=Text(said_zh, said_en),
                remedy=remedy,
                file=file or cell,
                cell=cell if file else "",
            )
        )
    return problems
