"""The plan of a run: for every kind of entry the methods, their parameters and multipliers.

Planning looks only at the distinct keys of the entries. What comes out is engine-neutral: small
frames of coefficients which execution joins to the entries.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw
import pandas as pd

from carbonledger.engine.frame import KEYS, key_columns
from carbonledger.engine.options import Case, Option, Refusal, Rules, Supply
from carbonledger.engine.steps import Step, build_steps, choose, find_parameters
from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.model.problem import Grade, Problem
from carbonledger.model.profile import Profile

__all__ = ["Plan", "plan"]


@dataclass(frozen=True)
class Plan:
    """What to compute: steps, the selections that they refer to, and the problems found."""

    steps: tuple[Step, ...]
    selections: pd.DataFrame
    key_columns: tuple[str, ...]
    quantities: tuple[str, ...]
    entries: int
    problems: list[Problem] = field(default_factory=list)


def plan(
    frame: "nw.LazyFrame[Any]",
    quantities: Sequence[str],
    library: Library,
    profile: Profile,
    gwp: str,
) -> Plan:
    """Plan the run of a frame of entries (see ``engine_frame``) under a profile and a GWP set.

    A wanted argument that is found nowhere, or an account without a rule, is a problem in the
    plan; such entries get no step.
    """
    keys = _distinct_keys(frame, quantities)
    wanted, options, refused = _wanted(keys, quantities, Rules(profile, library))
    found = find_parameters(wanted, options, library, profile, gwp)
    chosen, missing = choose(wanted, options, found)
    refused += [
        (case, _not_found(options[option], arguments, profile))
        for case, option, arguments in missing
    ]
    steps, selections = build_steps(chosen, options, found, keys, library, profile)
    return Plan(
        steps,
        selections,
        key_columns(quantities),
        tuple(quantities),
        int(keys["rows"].sum()),
        _problems(refused, keys, frame),
    )


def _distinct_keys(frame: "nw.LazyFrame[Any]", quantities: Sequence[str]) -> pd.DataFrame:
    columns = key_columns(quantities)
    grouped = frame.group_by(*columns).agg(
        nw.len().alias("rows"), nw.col("entry").min().alias("first")
    )
    keys = grouped.collect(backend="pandas").to_native()
    return keys.sort_values(list(columns), ignore_index=True)


def _wanted(
    keys: pd.DataFrame, quantities: Sequence[str], rules: Rules
) -> tuple[pd.DataFrame, list[Option], list[tuple[int, Refusal]]]:
    """Every key with every option it has: columns ``key, case, order, measure, option``, keys."""
    telling = ["account", "item", "detail", *key_columns(quantities)[len(KEYS) :]]
    keys["case"] = keys.groupby(telling, sort=False).ngroup()
    refused: list[tuple[int, Refusal]] = []
    numbers: dict[Option, int] = {}
    rows: list[tuple[int, int, str, int]] = []
    for row in keys.drop_duplicates("case").to_dict("records"):
        supplies = tuple(
            (name, Supply(row[f"{name}__unit"], row[f"{name}__state"])) for name in quantities
        )
        if not any(supply.state for _, supply in supplies):
            continue  # a blank is no entry
        case = Case(row["account"], row["item"], row["detail"], supplies)
        options, refusals = rules.options(case)
        refused += [(row["case"], refusal) for refusal in refusals]
        for order, option in enumerate(options):
            number = numbers.setdefault(option, len(numbers))
            rows.append((row["case"], order, option.measure, number))
    candidates = pd.DataFrame(rows, columns=["case", "order", "measure", "option"])
    wanted = keys[["case", *KEYS]].reset_index(names="key").merge(candidates, on="case")
    return wanted, list(numbers), refused


def _not_found(option: Option, arguments: list[str], profile: Profile) -> Refusal:
    wanted = "、".join(f"{name} [{option.wanted[name]}]" for name in arguments)
    families = ", ".join(profile.families)
    return Refusal(
        "parameter-not-found",
        Text(
            f"{option.measure}：方法 {option.method} 缺少参数 {wanted}，"
            f"本清单和因子库（{families}）中都没有适用的值。",
            f"{option.measure}: method {option.method} lacks {wanted}; neither the inventory nor "
            f"the library ({families}) has a value that applies.",
        ),
        Text(
            "请在本清单的 factors.csv 中增加该参数（含单位与来源），或在录入表中给出实测值列。",
            "Add the parameter with unit and source to the inventory's factors.csv, or give a "
            "measured column in the table of entries.",
        ),
    )


def _problems(
    refused: list[tuple[int, Refusal]], keys: pd.DataFrame, frame: "nw.LazyFrame[Any]"
) -> list[Problem]:
    if not refused:
        return []
    cases = keys.groupby("case").agg(rows=("rows", "sum"), first=("first", "min"))
    cases = cases.loc[sorted({case for case, _ in refused})]
    entries = [int(entry) for entry in cases["first"]]
    places = frame.filter(nw.col("entry").is_in(entries)).select("entry", "source")
    place = dict(places.collect(backend="pandas").to_native().itertuples(index=False))
    problems = []
    for case, refusal in refused:
        file, _, cell = place[cases.at[case, "first"]].rpartition("!")
        rows = cases.at[case, "rows"]
        more = Text(f"（共 {rows} 条录入）", f" ({rows} entries)")
        problems.append(
            Problem(
                grade=Grade.A,
                code=refusal.code,
                message=Text(refusal.message.zh + more.zh, refusal.message.en + more.en),
                remedy=refusal.remedy,
                file=file or cell,
                cell=cell if file else "",
            )
        )
    return problems
