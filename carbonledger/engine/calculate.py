"""The calculator: one method with values as people write them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from carbonledger import units
from carbonledger.engine.explain import Argument
from carbonledger.errors import CarbonledgerError
from carbonledger.library.load import Library
from carbonledger.library.profiles import profile as load_profile
from carbonledger.library.select import REQUEST_COLUMNS, select
from carbonledger.methods.registry import OF_GAS, Method, get
from carbonledger.model.limits import refusal
from carbonledger.model.potentials import GWP, GWP_UNIT
from carbonledger.model.profile import Profile

__all__ = ["Calculation", "calculate"]


@dataclass(frozen=True)
class Calculation:
    """A result with its formula, its filled formula, and every number that went into it.

    ``co2e`` (t CO2e) and ``gwp`` are None where the set has no potential for the measure.
    """

    method: str
    title_zh: str
    title_en: str
    value: float
    unit: str
    co2e: float | None
    formula: str
    filled: str
    equation: str
    arguments: tuple[Argument, ...]
    gwp: Argument | None


@dataclass(frozen=True)
class Subject:
    """What the library values are looked up for."""

    item: str = ""
    detail: str = ""
    account: str = ""
    region: str = ""
    period: int = 0


def calculate(
    method_id: str,
    values: Mapping[str, str],
    library: Library,
    *,
    subject: Subject,
    profile: str,
    gwp: str | None = None,
) -> Calculation:
    """Evaluate a method: the values given, the rest from the library under a profile.

    Args:
        method_id: the method.
        values: argument names with values and units, ``{"fuel": "12.5 万t"}``.
        library: where the arguments that are not given are looked up.
        subject: item, region, period and account of the look-up.
        profile: the profile whose families order the library.
        gwp: a set of warming potentials, by default the profile's.

    Raises:
        CarbonledgerError: an unknown argument, a unit that does not fit, a value that the library
            does not have.
    """
    method = get(method_id)
    if method.series:
        raise CarbonledgerError(
            f"方法 {method.id} 需要逐年的数据，请录入清单后用 carbonledger run 计算。",
            f"Method {method.id} needs the years one after another: enter them in an inventory and "
            "use 'carbonledger run'.",
        )
    rules = load_profile(profile)
    _known(method, values)
    library.require_gwp(gwp or rules.gwp)
    given = {name: units.parse_quantity(text) for name, text in values.items()}
    form = _fitting_form(method, given)
    _plausible(method, given, subject.item)
    wanted = {name: unit for name, unit in form.items() if name not in given}
    found = _look_up(wanted, method, library, subject, rules)
    arguments, numbers = [], {}
    for name, unit in form.items():
        if name in given:
            value, written = given[name]
            argument = Argument(name, value, written, place="entry")
        else:
            argument = found[name]
        arguments.append(argument)
        numbers[name] = units.convert(argument.value, argument.unit, unit)
    value = float(method.function(**numbers))
    potential = _potential(method, library, subject, rules, gwp or rules.gwp)
    printed = {argument.name: argument.printed for argument in arguments}
    return Calculation(
        method=method.id,
        title_zh=method.title.zh,
        title_en=method.title.en,
        value=value,
        unit=f"t {_gas(subject, library)}" if method.measure == OF_GAS else method.returns,
        co2e=None if potential is None else value * potential.value,
        formula=method.formula,
        filled=method.fill(printed),
        equation=method.equation,
        arguments=tuple(arguments),
        gwp=potential,
    )


def _known(method: Method, values: Mapping[str, str]) -> None:
    unknown = [name for name in values if name not in method.arguments]
    if unknown or method.activity not in values:
        names = "、".join(method.arguments)
        unit = method.forms[0].units[method.activity]
        zh = f"不认识的参数 {'、'.join(unknown)}。" if unknown else f"缺少 {method.activity}。"
        en = f"unknown: {', '.join(unknown)}." if unknown else f"{method.activity} is missing."
        raise CarbonledgerError(
            f"方法 {method.id}：{zh}可用的参数：{names}（另有 item、detail、account、region、"
            f'period），例如 {method.activity}="12.5 万{unit}"。',
            f"Method {method.id}: {en} Its arguments: {names} (and item, detail, account, region, "
            f'period), for example {method.activity}="12.5 {unit}".',
        )


def _plausible(method: Method, given: Mapping[str, tuple[float, str]], item: str) -> None:
    for name, (value, unit) in given.items():
        if name != method.activity and (said := refusal(name, value, unit, item)) is not None:
            message, remedy = said
            raise CarbonledgerError(f"{message.zh}{remedy.zh}", f"{message.en} {remedy.en}")


def _fitting_form(method: Method, given: Mapping[str, tuple[float, str]]) -> Mapping[str, str]:
    for form in method.forms:
        if all(units.same_dimension(unit, form.units[name]) for name, (_, unit) in given.items()):
            return form.units
    for name, (_, unit) in given.items():
        accepted = list(dict.fromkeys(form.units[name] for form in method.forms))
        if not any(units.same_dimension(unit, other) for other in accepted):
            try:
                units.multiplier(unit, accepted[0])
            except units.UnitError as error:
                choice = "、".join(accepted)
                raise CarbonledgerError(
                    f"“{name}”写的是“{unit}”，这里需要 {choice}。{error.text.zh}",
                    f"'{name}' is given in '{unit}'; it is wanted in {', '.join(accepted)}. "
                    f"{error.text.en}",
                ) from error
    written = "、".join(f"{name} [{unit}]" for name, (_, unit) in given.items())
    raise CarbonledgerError(
        f"方法 {method.id}：所给单位互不配套：{written}。请全部按质量或全部按体积给出。",
        f"Method {method.id}: the units given do not go together: {written}. "
        "Give all of them by mass or all of them by volume.",
    )


def _look_up(
    wanted: Mapping[str, str],
    method: Method,
    library: Library,
    subject: Subject,
    rules: Profile,
) -> dict[str, Argument]:
    if not wanted:
        return {}
    requests = _requests({name: units.dimension(unit) for name, unit in wanted.items()}, subject)
    rows = select(requests, library, rules)
    found = {
        requests.at[index, "argument"]: _of_row(requests.at[index, "argument"], row, library)
        for index, row in rows.iterrows()
    }
    missing = [name for name in wanted if name not in found]
    if missing:
        raise _missing(missing, wanted, method, subject, rules)
    return found


def _missing(
    missing: list[str], wanted: Mapping[str, str], method: Method, subject: Subject, rules: Profile
) -> CarbonledgerError:
    names = "、".join(f"{name} [{wanted[name]}]" for name in missing)
    given = "、".join(f"{key}={value}" for key, value in vars(subject).items() if value) or "—"
    example = f'{missing[0]}="… {wanted[missing[0]]}"'
    return CarbonledgerError(
        f"方法 {method.id} 还需要 {names}：口径“{rules.profile}”下没有适用于 {given} 的值。"
        f"请补充 item、account、region、period，或直接给出，例如 {example}。",
        f"Method {method.id} also needs {names}: under profile '{rules.profile}' there is no value "
        f"for {given}. Give item, account, region, period, or the value itself, for example "
        f"{example}.",
    )


def _potential(
    method: Method, library: Library, subject: Subject, rules: Profile, gwp: str
) -> Argument | None:
    items = library.items.set_index("item")["carbon"]
    origin = items.get(subject.item, "none")
    gases = library.gases
    measure = method.measure_of(_gas(subject, library))
    species = gases.loc[(gases["measure"] == measure) & (gases["origin"] == origin), "species"]
    if species.empty:
        return None
    dimension = units.dimension(GWP_UNIT.format(gas=measure))
    request = _requests({GWP: dimension}, Subject(period=subject.period)).assign(
        species=species.iloc[0]
    )
    chosen = rules.model_copy(update={"families": [gwp], "parameter_families": {}})
    rows = select(request, library, chosen)
    return None if rows.empty else _of_row(GWP, rows.iloc[0], library)


def _gas(subject: Subject, library: Library) -> str:
    known = set(library.gases["measure"])
    return next((name for name in (subject.item, subject.detail) if name in known), "")


def _requests(dimensions: Mapping[str, str], subject: Subject) -> pd.DataFrame:
    rows = [
        {"argument": name, "dimension": dimension, "species": "", **vars(subject)}
        for name, dimension in dimensions.items()
    ]
    return pd.DataFrame(rows)[list(REQUEST_COLUMNS)]


def _of_row(name: str, row: "pd.Series[Any]", library: Library) -> Argument:
    return Argument(
        name=name,
        value=float(row["value"]),
        unit=str(row["unit"]),
        parameter=str(row["id"]),
        source=library.source_title(str(row["source"])),
        locator=str(row["locator"]),
        fallback=str(row["fallback"]),
        status=str(row["status"]),
    )
