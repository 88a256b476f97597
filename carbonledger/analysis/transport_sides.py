"""One side of a comparison in transport: its gases in a year, with every number that went in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from carbonledger import units
from carbonledger.engine.options import Case, Option, Refusal, Rules, Supply, unused
from carbonledger.errors import CarbonledgerError
from carbonledger.library.load import Library
from carbonledger.library.select import REQUEST_COLUMNS, select
from carbonledger.memory import rows_of, values_by
from carbonledger.methods.registry import get
from carbonledger.model import limits
from carbonledger.model.potentials import GWP, GWP_UNIT
from carbonledger.model.profile import Profile

__all__ = ["LIFE_CYCLE", "Number", "Place", "Result", "Side", "gases", "given", "look_up"]

LIFE_CYCLE = "co2e_life_cycle_factor"
_ELECTRICITY = "electricity"


@dataclass(frozen=True)
class Side:
    """What drives, before or after: account, item and detail as in an entry.

    ``known`` are the numbers that are known of it, with units, by the names of the arguments:
    ``{"fuel_economy": "8 L/百车公里"}``.
    """

    account: str
    item: str
    detail: str = ""
    known: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """Where and when: what the library is asked for."""

    region: str
    period: int


@dataclass(frozen=True)
class Number:
    """One number of a result: given by the user, or a row of the library (``parameter``)."""

    name: str
    value: float
    unit: str
    lower: float | None = None
    upper: float | None = None
    parameter: str = ""
    edition: str = ""
    source: str = ""
    locator: str = ""
    fallback: str = ""
    status: str = ""

    def in_unit(self, unit: str, end: str = "value") -> float:
        """The value, or the ``lower`` or ``upper`` end of its range, in another unit."""
        bound = getattr(self, end)
        return units.convert(self.value if bound is None else bound, self.unit, unit)


@dataclass(frozen=True)
class Result:
    """The amount of a gas (t a year) with its ends, or the notation key in its place.

    The ends take all numbers at their lower and at their upper ends; None where none has a range.
    """

    measure: str
    amount: float | None = None
    lower: float | None = None
    upper: float | None = None
    notation: str = ""
    method: str = ""
    numbers: tuple[Number, ...] = ()
    gwp: Number | None = None


def given(name: str, text: str, item: str) -> Number:
    """A number as a user writes it, refused where it cannot be.

    Raises:
        CarbonledgerError: a unit that is not listed, or a value beyond what the parameter can be.
    """
    value, unit = units.parse_quantity(text)
    said = limits.unit_refusal(name, unit) or limits.refusal(name, value, unit, item)
    if said is not None:
        raise CarbonledgerError(f"{said[0].zh}{said[1].zh}", f"{said[0].en} {said[1].en}")
    return Number(name, value, unit)


def gases(
    side: Side,
    numbers: Mapping[str, Number],
    place: Place,
    rules: Profile,
    gwp: str,
    library: Library,
) -> list[Result]:
    """CO2, CH4 and N2O of a side in a year, by the first method of the rules that lacks nothing.

    Nothing is burned in an electric vehicle: CH4 and N2O of its electricity, for which grids have
    no factors, are 0 with the key NE.

    Args:
        side: what drives.
        numbers: all that is given of it, the activity among them.
        place: region and year of the look-up.
        rules: the profile.
        gwp: the set of warming potentials.
        library: where the other arguments are looked up.

    Raises:
        CarbonledgerError: where no method fits, or CO2 lacks a parameter.
    """
    supplies = tuple((name, Supply(number.unit, "value")) for name, number in numbers.items())
    case = Case(side.account, side.item, side.detail, supplies)
    options, refusals = Rules(rules, library).options(case)
    options = [option for option in options if not option.post_to]
    _refuse(refusals, library, side)
    wanted = {pair for option in options for pair in option.wanted.items()}
    found = _look_up(sorted(wanted), side, place, rules, library)
    results, chosen = [], []
    for measure in sorted({option.measure for option in options}):
        option = _first([one for one in options if one.measure == measure], found, side, library)
        own = {name: found[name, unit] for name, unit in option.wanted.items()}
        chosen.append(option)
        results.append(_result(option, {**own, **numbers}, side, place, rules, gwp, library))
    lost = unused(case, chosen)
    _refuse([lost] if lost else [], library, side)
    return results


def look_up(
    wanted: Mapping[str, str], side: Side, place: Place, rules: Profile, library: Library
) -> dict[str, Number]:
    """The rows of the library that serve arguments (with their units) of a side."""
    found = _look_up(list(wanted.items()), side, place, rules, library)
    return {name: number for (name, _), number in found.items()}


def _look_up(
    wanted: Sequence[tuple[str, str]], side: Side, place: Place, rules: Profile, library: Library
) -> dict[tuple[str, str], Number]:
    """The same by argument and unit, since forms of a method want one argument in several."""
    if not wanted:
        return {}
    requests = _requests(wanted, side, place)
    rows = select(requests, library, rules)
    return {
        wanted[index]: _of_row(wanted[index][0], row, library)
        for index, row in zip(rows.index, rows_of(rows), strict=True)
    }


def _first(
    options: Sequence[Option],
    found: Mapping[tuple[str, str], Number],
    side: Side,
    library: Library,
) -> Option:
    """The first option that lacks nothing."""
    lacking = []
    for option in options:
        missing = [
            f"{name} [{unit}]" for name, unit in option.wanted.items() if (name, unit) not in found
        ]
        if not missing:
            return option
        lacking.append(missing)
    missing = min(lacking, key=len)
    zh, en = _life_cycle_hint(side, library)
    what = library.label("items", side.item), library.label("items", side.item, "en")
    raise CarbonledgerError(
        f"“{what[0]}”（科目 {side.account}）缺少 {'、'.join(missing)}，因子库没有适用的值。"
        f"请给出该数值（含单位）。{zh}",
        f"{what[1]} (account {side.account}) lacks {', '.join(missing)}, and the library has no "
        f"value that applies. Give it with its unit.{en}",
    )


def _life_cycle_hint(side: Side, library: Library) -> tuple[str, str]:
    table = library.parameters
    known = table[(table["parameter"] == LIFE_CYCLE) & (table["item"] == side.item)]
    if known.empty:
        return "", ""
    return (
        "因子库中它只有全生命周期因子，边界不同，不能与运行排放混用；"
        "若两种方式都有全生命周期因子，可用 by_life_cycle 单独比较。",
        " The library has a life-cycle factor for it, whose boundary is another: it cannot be "
        "mixed with emissions of operation. Where both have one, compare them by_life_cycle.",
    )


def _result(
    option: Option,
    numbers: Mapping[str, Number],
    side: Side,
    place: Place,
    rules: Profile,
    gwp: str,
    library: Library,
) -> Result:
    if not option.method:
        nothing = side.item == _ELECTRICITY and option.measure != "CO2"
        return Result(option.measure, 0.0 if nothing else None, notation=option.notation)
    method = get(option.method)
    form = method.forms[option.form].units
    names = {**{name: name for name in form}, **dict(option.bound)}
    used = {name: numbers[names[name]] for name in form}

    def amount(end: str) -> float:
        return float(
            method.function(**{name: used[name].in_unit(form[name], end) for name in form})
        )

    ranged = any(number.lower is not None or number.upper is not None for number in used.values())
    return Result(
        option.measure,
        amount("value"),
        amount("lower") if ranged else None,
        amount("upper") if ranged else None,
        "",
        method.id,
        tuple(used.values()),
        _potential(option.measure, side, place, rules, gwp, library),
    )


def _potential(
    measure: str, side: Side, place: Place, rules: Profile, gwp: str, library: Library
) -> Number | None:
    origins = values_by(library.items, "item", "carbon")
    table = library.gases
    rows = table[
        (table["measure"] == measure) & (table["origin"] == origins.get(side.item, "none"))
    ]
    if rows.empty:
        return None
    request = _requests([(GWP, GWP_UNIT.format(gas=measure))], Side("", ""), place)
    chosen = rules.model_copy(update={"families": [gwp], "parameter_families": {}, "by_year": []})
    found = select(request.assign(species=rows["species"].iloc[0]), library, chosen)
    return None if found.empty else _of_row(GWP, found.iloc[0].to_dict(), library)


def _requests(wanted: Sequence[tuple[str, str]], side: Side, place: Place) -> pd.DataFrame:
    keys = {"item": side.item, "detail": side.detail, "account": side.account, "species": ""}
    rows = [
        {"argument": name, "dimension": units.dimension(unit), **keys, **vars(place)}
        for name, unit in wanted
    ]
    return pd.DataFrame(rows)[list(REQUEST_COLUMNS)]


def _of_row(name: str, row: Mapping[str, Any], library: Library) -> Number:
    ends = {end: None if pd.isna(row[end]) else float(str(row[end])) for end in ("lower", "upper")}
    return Number(
        name,
        float(str(row["value"])),
        str(row["unit"]),
        **ends,
        parameter=str(row["id"]),
        edition=str(row["edition"]),
        source=library.source_title(str(row["source"])),
        locator=str(row["locator"]),
        fallback=str(row["fallback"]),
        status=str(row["status"]),
    )


def _refuse(refusals: Iterable[Refusal], library: Library, side: Side) -> None:
    for refusal in refusals:
        zh, en = library.label("items", side.item), library.label("items", side.item, "en")
        raise CarbonledgerError(
            f"“{zh}”：{refusal.message.zh}{refusal.remedy.zh}",
            f"{en}: {refusal.message.en} {refusal.remedy.en}",
        )
