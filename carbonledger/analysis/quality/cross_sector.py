"""Cross-sector checks: what one sector says against another, or against the statistics."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import combinations
from statistics import median
from typing import Any, NamedTuple

from carbonledger import units
from carbonledger.analysis.quality.bands import Band
from carbonledger.analysis.quality.facts import Facts, digits, number, problem
from carbonledger.errors import Text
from carbonledger.memory import Row
from carbonledger.model.problem import Problem

__all__ = ["check_balances", "check_double", "check_livestock", "check_ratios"]

Bands = Mapping[str, tuple[Band, ...]]
Block = tuple[str, int]
# Checks that divide one side of their row by the other; the rest need more than that.
_RATIOS = (
    "refinery-feedstock", "coking-feedstock", "feedstock-throughput", "cement-clinker",
    "clinker-statistic", "heat-balance", "rice-area", "waste-per-head", "wastewater-per-head",
    "organics-per-head", "animals-per-head", "nitrogen-per-cropland", "gdp-per-head",
    "electricity-per-head", "energy-per-head",
)  # fmt: skip
_OUT_OF, _TRANSFERS = "M.2.b", "M.2"


class _Side(NamedTuple):
    """One side of a ratio: its amount in the unit of the row, and where it stands."""

    amount: float
    place: Mapping[str, object]


def check_double(facts: Facts, bands: Bands) -> Iterator[Problem]:
    """The same quantity, to the last digit, in two accounts of one year.

    Of a fuel, and of waste whatever its name: composted it has another one than in a landfill.
    """
    items = facts.library.items
    fuels = set(items.loc[items["kind"] == "fuel", "item"])
    burned = [row for row in facts.activities if row["item"] in fuels]
    others = [row for row in facts.activities if row["item"] not in fuels]
    yield from _equal(facts, bands["fuel-twice"], burned, ("item",))
    yield from _equal(facts, bands["waste-twice"], others, ())


def _equal(
    facts: Facts, bands: Iterable[Band], rows: Iterable[Row], names: Iterable[str]
) -> Iterator[Problem]:
    rules = [
        (band, _below(facts, band.accounts), _below(facts, band.against_accounts)) for band in bands
    ]
    concerned = set[str]().union(*(these | those for _, these, those in rules))
    alike: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        if row["account"] not in concerned or not row["value"] or math.isnan(row["value"]):
            continue
        printed = f"{abs(row['value']):.12g}"
        names_of = (row[name] for name in names)
        key = (row["region"], row["period"], row["dimension"], printed, *names_of)
        alike.setdefault(key, []).append(row)
    for group in alike.values():
        for first, second in combinations(group, 2):
            if band := _double(rules, first, second):
                yield _twice(facts, band, first, second)
                break


def _below(facts: Facts, accounts: str) -> set[str]:
    return set[str]().union(*(facts.library.below(each) for each in accounts.split("|")))


def _double(
    rules: Iterable[tuple[Band, set[str], set[str]]],
    first: Mapping[str, Any],
    second: Mapping[str, Any],
) -> Band | None:
    """The row by which two equal amounts are asked about; None where chance may explain them."""
    a, b = first["account"], second["account"]
    least = min(digits(first["amount"]), digits(second["amount"]))
    share = max(first["share"], second["share"])
    for band, these, those in rules:
        crossing = (a in these and b in those) or (b in these and a in those)
        if a != b and crossing and least >= band.least and share >= band.share:
            return band
    return None


def _twice(
    facts: Facts, band: Band, first: Mapping[str, Any], second: Mapping[str, Any]
) -> Problem:
    who = facts.who(first["region"], first["account"], first["item"])
    other = second["account"]
    shown = f"{number(abs(second['amount']))} {second['unit']}"
    message = Text(
        f"{first['period']} 年 {who.zh} 与 {other} {facts.label('accounts', other)} 的数量完全相同"
        f"（{shown}），可能重复计算。",
        f"{first['period']}: {who.en} and {other} {facts.label('accounts', other, 'en')} have the "
        f"very same quantity ({shown}); it may be counted twice.",
    )
    return problem(band.grade, band.check, message, band.remedy, second)


def check_ratios(facts: Facts, bands: Bands) -> Iterator[Problem]:
    """Every row that bounds an amount, or one amount by another."""
    for check in _RATIOS:
        for band in bands[check]:
            above = _sides(facts, band.accounts, band.items, band.statistic, band.unit)
            if not above:
                continue
            below = _sides(
                facts,
                band.against_accounts,
                band.against_items,
                band.against_statistic,
                band.against_unit,
            )
            for block, side in sorted(above.items()):
                against = below.get(block)
                if not band.against_unit:
                    yield from _beyond(facts, *block, band, side, None)
                elif against is not None and against.amount:
                    yield from _beyond(facts, *block, band, side, against)


def _beyond(
    facts: Facts, region: str, period: int, band: Band, above: _Side, below: _Side | None
) -> Iterator[Problem]:
    value = above.amount / (1.0 if below is None else below.amount)
    if band.holds(value):
        return
    unit = band.unit if below is None else _per(band.unit, band.against_unit)
    shown = f"{number(value)}{unit and ' ' + unit}"
    usual = _usual(band, unit)
    parts = ""
    if below is not None:
        parts = f"{number(above.amount)} {band.unit} / {number(below.amount)} {band.against_unit}"
    place = facts.label("regions", region)
    place_en = facts.label("regions", region, "en")
    message = Text(
        f"{place} {period} 年：{band.name_zh}为 {shown}，通常{usual.zh}"
        f"{f'（{parts}）' if parts else ''}。",
        f"{place_en} {period}: {band.name_en} is {shown}, usually {usual.en}"
        f"{f' ({parts})' if parts else ''}.",
    )
    yield problem(band.grade, band.check, message, band.remedy, above.place)


def _usual(band: Band, unit: str) -> Text:
    """The band in words; an end that it lacks is not printed."""
    after = f" {unit}" if unit else ""
    if band.high is None:
        least = f"{number(band.least)}{after}"
        return Text(f"不少于 {least}", f"{least} or more")
    if band.low is None:
        most = f"{number(band.most)}{after}"
        return Text(f"不超过 {most}", f"{most} or less")
    both = f"{number(band.least)}—{number(band.most)}{after}"
    return Text(f"为 {both}", both)


def _per(unit: str, against: str) -> str:
    return "" if units.same_dimension(unit, against) else f"{unit}/{against}"


def _sides(
    facts: Facts, accounts: str, items: str, statistic: str, unit: str
) -> dict[Block, _Side]:
    """The amount of a side in every region and year: the statistic, else the entries of this unit.

    What has neither is missing.
    """
    found: dict[Block, _Side] = {}
    if accounts and unit:
        factor = float(units.parse(unit).factor)
        for block, group in _grouped(facts.rows(accounts, items, unit)).items():
            place = max(group, key=lambda row: abs(row["value"]))
            found[block] = _Side(sum(row["value"] for row in group) / factor, place)
    for figure in facts.statistics if statistic else ():
        if figure.statistic == statistic:
            amount = figure.value * units.multiplier(figure.unit, unit)
            found[figure.region, figure.period] = _Side(amount, figure.model_dump())
    return found


def _grouped(rows: Iterable[Row]) -> dict[Block, list[Row]]:
    """The rows of every region and year."""
    groups: dict[Block, list[Row]] = {}
    for row in rows:
        groups.setdefault((row["region"], int(row["period"])), []).append(row)
    return groups


def check_balances(facts: Facts, bands: Bands) -> Iterator[Problem]:
    """Electricity used against what was generated, plus what came in, minus what went out.

    Only where generation and what was transferred are known: an empty M.2 is not a zero.
    """
    (balance,), (final,) = bands["electricity-balance"], bands["electricity-final"]
    transferred = _transferred(facts, balance.unit)
    used = _sides(facts, "", "", "electricity_use", balance.unit)
    entered = _sides(facts, "1.A", "electricity", "", final.unit)
    made = _sides(facts, "", "", "electricity_generation", balance.unit)
    for block, side in sorted(made.items()):
        if block not in transferred or side.amount + transferred[block] <= 0:
            continue
        supplied = _Side(side.amount + transferred[block], side.place)
        if block in used:
            yield from _beyond(facts, *block, _same(balance), used[block], supplied)
        if block in entered:
            yield from _beyond(facts, *block, _same(final), entered[block], supplied)


def _same(band: Band) -> Band:
    return band.model_copy(update={"against_unit": band.unit})


def _transferred(facts: Facts, unit: str) -> dict[Block, float]:
    """Electricity transferred in minus out, where the inventory says anything of it."""
    found: dict[Block, float] = {}
    for block, rows in _grouped(facts.rows(_TRANSFERS, "")).items():
        numbers = [row for row in rows if not math.isnan(row["value"])]
        if all(row["dimension"] == units.dimension(unit) for row in numbers):
            net = sum(
                -row["value"] if row["account"] == _OUT_OF else row["value"] for row in numbers
            )
            found[block] = net / float(units.parse(unit).factor)
    return found


def check_livestock(facts: Facts, bands: Bands) -> Iterator[Problem]:
    """One stock of animals for all sources, and manure nitrogen within what they excrete."""
    (heads,), (nitrogen,) = bands["livestock-heads"], bands["manure-nitrogen"]
    in_manure = _animals(facts, heads.accounts)
    in_enteric = _animals(facts, heads.against_accounts)
    for block in sorted(set(in_manure) & set(in_enteric)):
        manure, enteric = in_manure[block], in_enteric[block]
        for item in sorted(set(manure) & set(enteric)):
            # A row for each manure system repeats the same animals; a row for each breed adds.
            pairs = [(a, b) for a in manure[item] for b in enteric[item] if b.amount]
            if pairs and not any(heads.holds(a.amount / b.amount) for a, b in pairs):
                named = {
                    f"name_{lang}": f"{facts.label('items', item, lang)} "
                    f"{heads.name.in_language(lang)}"
                    for lang in ("zh", "en")
                }
                band = heads.model_copy(update=named)
                yield from _beyond(facts, *block, _same(band), *pairs[0])
    yield from _few(facts, in_enteric, in_manure, bands["animals-few"][0])
    applied = _sides(facts, nitrogen.accounts, nitrogen.items, "", nitrogen.unit)
    kept = {item for stock in (*in_manure.values(), *in_enteric.values()) for item in stock}
    rates = _excretions(facts, kept, nitrogen.against_unit) if applied else {}
    for block, side in sorted(applied.items()):
        stock = {item: sides[1].amount for item, sides in in_manure.get(block, {}).items()}
        stock |= {item: sides[0].amount for item, sides in in_enteric.get(block, {}).items()}
        # An animal without a value leaves the sum open.
        known = all(item in rates for item in stock)
        excreted = sum(count * rates[item] for item, count in stock.items()) if known else 0.0
        if excreted:
            yield from _beyond(facts, *block, nitrogen, side, _Side(excreted, {}))


def _few(
    facts: Facts,
    enteric: Mapping[Block, Mapping[str, tuple[_Side, _Side]]],
    manure: Mapping[Block, Mapping[str, tuple[_Side, _Side]]],
    band: Band,
) -> Iterator[Problem]:
    """Kinds of animals of which a region has a handful; each told once."""
    told: set[tuple[str, str]] = set()
    for block in sorted({*enteric, *manure}):
        for item, (whole, _) in {**manure.get(block, {}), **enteric.get(block, {})}.items():
            if whole.amount > 0 and not band.holds(whole.amount) and (block[0], item) not in told:
                told.add((block[0], item))
                named = {
                    f"name_{lang}": f"{facts.label('items', item, lang)} "
                    f"{band.name.in_language(lang)}"
                    for lang in ("zh", "en")
                }
                yield from _beyond(facts, *block, band.model_copy(update=named), whole, None)


def _animals(facts: Facts, account: str) -> dict[Block, dict[str, tuple[_Side, _Side]]]:
    """The heads of every animal: the sum of its rows, and the greatest of them."""
    found: dict[Block, dict[str, tuple[_Side, _Side]]] = {}
    for block, rows in _grouped(facts.rows(account, "", "head")).items():
        for item in sorted({row["item"] for row in rows}):
            group = [row for row in rows if row["item"] == item]
            heads = [row["value"] for row in group]
            sides = _Side(sum(heads), group[0]), _Side(max(heads), group[0])
            found.setdefault(block, {})[item] = sides
    return found


def _excretions(facts: Facts, items: Collection[str], unit: str) -> dict[str, float]:
    """The nitrogen that an animal excretes in a year by the library, where it has a value."""
    table = facts.library.parameters
    table = table[table["parameter"] == "nitrogen_excretion"]
    known: dict[str, list[float]] = {}
    columns = (table[name].tolist() for name in ("item", "value", "unit"))
    for item, value, written in zip(*columns, strict=True):
        known.setdefault(item, []).append(_rate(value, written, unit))
    # A value for every animal ("") is none for this one.
    above = {item: facts.library.items_above.get(item, {}).keys() - {""} for item in items}
    rates = {
        item: [rate for key in keys for rate in known.get(key, ())] for item, keys in above.items()
    }
    return {item: median(values) for item, values in rates.items() if values}


def _rate(value: float, written: str, unit: str) -> float:
    return value * units.multiplier(written, f"{unit}/head")
