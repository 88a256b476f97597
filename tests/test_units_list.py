"""The whole list of units against itself: exact, closed, round trip, safe against any text."""

import csv
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from fractions import Fraction

import pint
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from carbonledger import units
from carbonledger.errors import CarbonledgerError
from carbonledger.paths import factors_dir
from carbonledger.units import UnitError, multiplier, parse, parse_quantity
from carbonledger.units.registry import resolve
from carbonledger.units.table import read_table

LIST = factors_dir() / "units.csv"
with LIST.open(encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file))
WORDS = {"万": 10**4, "亿": 10**8, "千": 10**3, "百": 100, "百万": 10**6, "万亿": 10**12}
TENS = {"10^4 ": 10**4, "10⁴": 10**4, "1e4 ": 10**4, "×10⁸ ": 10**8, "10^11 ": 10**11}


def exact(name: str) -> tuple[Fraction, dict[str, int]]:
    """Factor and dimension of a listed unit by the list alone: an oracle without Pint."""
    row = next(row for row in ROWS if row["unit"] == name)
    factor, powers = Fraction(row["factor"]), dict[str, int]()
    for word in row["of"].split():
        part, _, written = word.partition("^")
        power = int(written or 1)
        if part.startswith("["):
            below, inner = Fraction(1), {part: 1}
        else:
            below, inner = exact(part)
        factor *= below**power
        for key, value in inner.items():
            powers[key] = powers.get(key, 0) + power * value
    return factor, powers


def by_pint(parts: dict[str, int]) -> tuple[Fraction, tuple[tuple[str, int], ...]]:
    """The same of a product of listed units, by Pint."""
    registry = units.registry()
    container = registry.UnitsContainer(parts)
    factor, _ = registry.get_root_units(container)
    dimensions = registry.get_dimensionality(container)
    powers = sorted((name.strip("[]"), int(power)) for name, power in dimensions.items())
    return Fraction(factor), tuple(powers)


def spellings(kind: str) -> list[tuple[str, str]]:
    return [
        (s, row["unit"]) for row in ROWS if row["kind"] == kind for s in row["spellings"].split("|")
    ]


SIMPLE = [pair for pair in spellings("unit") if pair[1] != "one"]
MASSES = [pair for pair in SIMPLE if exact(pair[1])[1] == {"[mass]": 1}]
ENERGIES = [pair for pair in SIMPLE if exact(pair[1])[1] == {"[energy]": 1}]
LENGTHS = [pair for pair in SIMPLE if exact(pair[1])[1] == {"[length]": 1}]


@pytest.mark.parametrize(("spelling", "name"), [*SIMPLE, *spellings("substance")])
def test_every_spelling_is_read_as_its_unit(spelling, name):
    factor, powers = exact(name)
    unit = parse(spelling)
    assert unit.factor == factor
    assert {f"[{key}]": power for key, power in unit.powers} == powers
    assert spelling in units.known_units()
    assert parse(unit.text) == unit


def test_every_multiplier_multiplies_every_spelling():
    for spelling, name in SIMPLE:
        for word, size in {**WORDS, **TENS}.items():
            unit = parse(word + spelling)
            assert unit.factor == size * exact(name)[0], word + spelling
            assert parse(unit.text) == unit


def test_the_dimension_is_one_string_per_dimension():
    seen = {}
    for spelling, _ in SIMPLE:
        unit = parse(spelling)
        assert seen.setdefault(unit.dimension, unit.powers) == unit.powers
    assert len({*seen.values()}) == len(seen)
    assert units.dimension("t C/TJ") == "C·mass/energy"
    assert units.dimension("%") == "1"


PRINTED = [pair for pair in TENS.items() if "×" not in pair[0]]
multiplying = st.sampled_from([("", 1), *WORDS.items(), *PRINTED])


@st.composite
def simple_terms(draw):
    """One term as text, with the factor and the dimensions that it must have."""
    word, size = draw(multiplying)
    kind = draw(st.sampled_from(["plain", "length", "substance", "basis"]))
    pool = {"plain": SIMPLE, "length": LENGTHS, "substance": MASSES, "basis": ENERGIES}[kind]
    spelling, name = draw(st.sampled_from(pool))
    factor, powers = exact(name)
    text, powers = word + spelling, dict(powers)
    if kind == "length":
        assume((text, "km") not in LENGTHS or name == "km")  # 千米² is km², not 1000 m²
        mark, power = draw(st.sampled_from([("²", 2), ("^3", 3), ("2", 2), ("**3", 3)]))
        text, factor, powers = text + mark, factor**power, {"[length]": power}
    elif kind == "substance":
        substance, label = draw(st.sampled_from(spellings("substance")))
        text, powers = (
            text + draw(st.sampled_from(["", " "])) + substance,
            {**powers, f"[{label}]": 1},
        )
    elif kind == "basis":
        mark, label = draw(st.sampled_from(spellings("basis")))
        text = f"{text}({mark})"
        powers = {**powers, "[gross]": 1} if label == "gross" else powers
    return text, size * factor, powers


@st.composite
def compounds(draw):
    above = draw(st.lists(simple_terms(), min_size=1, max_size=3))
    below = draw(st.lists(simple_terms(), max_size=3))
    text = draw(st.sampled_from(["·", "*", " "])).join(part[0] for part in above)
    if len(below) > 1 and draw(st.booleans()):
        text += "/(" + "·".join(part[0] for part in below) + ")"
    else:
        text += "".join(f"/{part[0]}" for part in below)
    factor, powers = Fraction(1), dict[str, int]()
    for sign, parts in ((1, above), (-1, below)):
        for _, size, inner in parts:
            factor *= size**sign
            for key, power in inner.items():
                powers[key] = powers.get(key, 0) + sign * power
    return text, factor, {key: power for key, power in powers.items() if power}


@settings(max_examples=200, deadline=None)
@given(compounds())
def test_compounds_are_read_exactly_and_round_trip(compound):
    text, factor, powers = compound
    unit = parse(text)
    assert unit.factor == factor
    assert {f"[{key}]": power for key, power in unit.powers} == powers
    again = parse(unit.text)
    assert again == unit
    assert hash(again) == hash(unit)
    assert again.text == unit.text
    assert multiplier(text, unit.text) == 1.0


@settings(max_examples=150, deadline=None)
@given(compounds())
def test_factors_agree_with_pint(compound):
    text, factor, _ = compound
    quantity = units.quantity(1.0, text)
    assert quantity.to_root_units().magnitude == pytest.approx(float(factor), rel=1e-12)
    dimensions = {key.strip("[]"): int(power) for key, power in quantity.dimensionality.items()}
    assert dimensions == dict(parse(text).powers)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SIMPLE), st.data())
def test_conversions_are_transitive(first, data):
    same = st.sampled_from([s for s, _ in SIMPLE if units.same_dimension(s, first[0])])
    a, b, c = first[0], data.draw(same), data.draw(same)
    assert multiplier(a, b) * multiplier(b, c) == pytest.approx(multiplier(a, c), rel=1e-15)
    assert multiplier(a, b) * multiplier(b, a) == pytest.approx(1, rel=1e-15)


LETTERS = st.sampled_from(
    [
        *"万亿千百每/·*()（） ^²³⁻-0123456789.,eE×%tmgkahCNOJ吨标准煤公斤里顷亩",
        "CO2",
        "(gross)",
        "\x00",
        "\ud800",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.lists(LETTERS, max_size=14).map("".join)))
def test_any_text_is_read_or_refused(text):
    for read in (parse, parse_quantity):
        try:
            result = read(text)
        except UnitError as refusal:
            refusal.text.zh.encode()
            refusal.text.en.encode()
        else:
            if isinstance(result, units.Unit):
                assert parse(result.text) == result


@pytest.mark.parametrize(
    "text", ["t·" * 10**6, "(" * 10**6, "9" * 10**6, "10^" + "9" * 100, "ﷺ" * 240]
)
def test_endless_texts_are_refused(text):
    for read in (parse, parse_quantity):
        with pytest.raises(UnitError) as refusal:
            read(text)
        assert len(str(refusal.value)) < 600


def test_refused_spellings_say_why_and_what_to_write():
    for row in ROWS:
        if row["kind"] == "refused":
            assert row["note_zh"]
            assert row["note_en"]
            for instead in row["instead"].split("|"):
                parse(instead)


def test_labels_name_every_unit_in_both_languages():
    labelled = {spelling for label in units.labels() for spelling in label.spellings}
    assert labelled == set(units.known_units())
    assert all(label.name.zh and label.name.en for label in units.labels())
    assert units.measure("t C/TJ") == ("碳的质量/能量", "mass of carbon / energy")


def test_threads_agree():
    texts = [f"{word}{spelling}" for word in WORDS for spelling, _ in SIMPLE[:40]]
    parse.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(parse, texts * 2))
    assert together == [parse(text) for text in texts * 2]


def test_pint_knows_nothing_but_the_list():
    registry = units.registry()
    listed = {row["unit"] for row in ROWS if row["kind"] not in {"multiplier", "refused"}}
    assert set(registry) <= listed
    for foreign in ("knot", "meter", "kilogram", "coulomb"):
        with pytest.raises(pint.UndefinedUnitError):
            registry.Quantity(1, registry.UnitsContainer({foreign: 1})).to_root_units()


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, len(ROWS)),
    st.integers(0, 200),
    st.sampled_from(['"', ",", "|", "x", "\n", "0", "^"]),
)
def test_a_damaged_list_is_refused_or_harmless(tmp_path_factory, line, column, char):
    lines = LIST.read_text(encoding="utf-8").splitlines()
    lines[line] = lines[line][:column] + char + lines[line][column:]
    damaged = tmp_path_factory.mktemp("units") / "units.csv"
    damaged.write_text("\n".join(lines), encoding="utf-8")
    with suppress(CarbonledgerError):
        assert read_table(damaged).rows


def test_a_missing_list_is_refused(tmp_path):
    with pytest.raises(CarbonledgerError, match=r"units\.csv"):
        read_table(tmp_path / "units.csv")


NAMED = sorted(row["unit"] for row in ROWS if row["kind"] not in {"multiplier", "refused"})


@given(st.dictionaries(st.sampled_from(NAMED), st.integers(-3, 3).filter(bool), max_size=4))
def test_products_of_listed_units_are_what_pint_makes_of_them(parts):
    assert resolve(parts.items()) == by_pint(parts)


@pytest.mark.parametrize("name", NAMED)
def test_every_listed_unit_is_what_pint_makes_of_it(name):
    assert resolve([(name, 1)]) == by_pint({name: 1})
