"""What people write as units and quantities: what is read, what is refused, and how it is said."""

import multiprocessing
import pickle
import subprocess
import sys

import pint
import pytest

from carbonledger import units
from carbonledger.units import UnitError, convert, multiplier, parse, parse_quantity


@pytest.mark.parametrize(
    ("written", "wanted", "factor"),
    [
        ("亿m³", "m3", 1e8),
        ("万t", "t", 1e4),
        ("kt", "t", 1000),
        ("Gg", "吨", 1000),
        ("Mt", "万吨", 100),
        ("Tg", "Mt", 1),
        ("斤", "kg", 0.5),
        ("mu", "ha", 1 / 15),
        ("亩", "公顷", 1 / 15),
        ("ha", "mu", 15),
        ("公顷", "hm²", 1),
        ("h㎡", "hm^2", 1),
        ("km2", "ha", 100),
        ("万km²", "km2", 1e4),
        ("平方公里", "亩", 1500),
        ("m^-2", "1/ha", 1e4),
        ("t·hm⁻²·a⁻¹", "kg/(亩·年)", 1000 / 15),
        ("亿千瓦小时", "万度", 1e4),
        ("kWh", "MJ", 3.6),
        ("kW·h", "kWh", 1),
        ("万百万千焦", "TJ", 10),  # the yearbook's unit of heat, 10^10 kJ
        ("kcal(4.1868)", "kJ", 4.1868),
        ("大卡（4.1816）", "kJ", 4.1816),
        ("tce(4.1816)", "GJ", 29.2712),
        ("吨标准煤(4.1868)", "GJ", 29.3076),
        ("百万吨标准煤", "Mtce", 1),
        ("gce/kWh", "tce/亿千瓦时", 100),
        ("公斤/头/年", "kg/(头·a)", 1),
        ("kg/(head*yr)", "t/万头/年", 10),
        ("万只", "头", 1e4),
        ("元/吨", "万元/万t", 1),
        ("万吨公里", "t·km", 1e4),
        ("万人公里", "人·公里", 1e4),
        ("车公里", "辆·km", 1),
        ("千克每公顷", "t/km2", 0.1),
        ("10^4 t", "t", 1e4),
        ("10⁴t", "t", 1e4),
        ("1e4 t", "t", 1e4),
        ("×10⁸ m³", "亿立方米", 1),
        ("t C/TJ", "kg C/GJ", 1),
        ("kgCO2/kWh", "tCO2/MWh", 1),
        ("万tCO2e", "吨二氧化碳当量", 1e4),
        ("t CO2-eq", "tCO2e", 1),
        ("吨碳", "tC", 1),
        ("吨CO₂", "t CO2", 1),
        ("t d.m.", "吨干物质", 1),
        ("HFC-134a", "HFC‑134a", 1),
        ("kg SF6", "g SF6", 1000),
        ("t C/t dm", "kgC/kg dm", 1),
        ("GJ(net)", "GJ", 1),
        ("ＧＪ（高位）／ｔ", "MJ(HHV)/kg", 1),
        ("2".join(["m", ""]), "平方米", 1),
        ("%", "1", 0.01),
        ("‰", "%", 0.1),
        ("月", "a", 1 / 12),
        ("d", "h", 24),
        ("万元/万人", "CNY/person", 1),
        ("m3 CH4/t", "L CH4/kg", 1),
    ],
)
def test_conversions_are_exact(written, wanted, factor):
    assert multiplier(written, wanted) == factor
    assert units.same_dimension(written, wanted)


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("ton", "t"),
        ("tons/ha", "t"),
        ("mt", "Mt"),
        ("T", "t"),
        ("KG", "kg"),
        ("Km2", "km2"),
        ("gj", "GJ"),
        ("mwh", "MWh"),
        ("Tce", "tce"),
        ("tco2", "t CO2"),
        ("万tco2e", "t CO2e"),
        ("lb", "kg"),
        ("gal", "L"),
        ("bbl", "t"),
        ("kcal", "kcal(4.1816)"),
        ("GJ/千卡", "kcal(4.1868)"),
        ("万大卡", "kcal(4.1868)"),
        ("标准立方米", "Nm3"),
        ("kg/hm2·a", "kg/(hm2·a)"),
        ("t/ha a", "t/(ha·a)"),
        ("元/人·年", "元/(人·年)"),
        ("104t", "t"),
        ("1t", "t"),
        ("C·t", "t C"),
        *[
            (text, None)
            for text in ("", "  ", "万", "万/t", "万万吨", "亿万吨", "10^4 万t", "万公顷²")
        ],
        *[
            (text, None)
            for text in ("m4", "m^99", "m1", "t2", "10^99 t", "10^0 t", "万hm-2", "kg/hm-2")
        ],
        *[
            (text, None)
            for text in ("/t", "t/", "t//a", "(t)", "t)", "kg/(hm2", "kg/((a))", "t/1", "1·t")
        ],
        *[
            (text, None)
            for text in ("GJ(foo)", "GJ/t(gross)", "t(4.1868)", "①", "m②", "½t", "t t t t t t t")
        ],
        *[
            (text, None)
            for text in ("kelvin", "knot", "meter", "[mass]", "t + t", "t**0.5", "__import__")
        ],
    ],
)
def test_refusals(text, suggestion):
    with pytest.raises(UnitError) as refusal:
        parse(text)
    error = refusal.value
    assert text.strip() in error.text.zh
    assert text.strip() in error.text.en
    assert suggestion is None or suggestion in error.suggestions
    for spelling in error.suggestions:
        parse(spelling)


def test_both_kilocalories_are_named_where_one_is_missing():
    with pytest.raises(UnitError, match=r"4\.1816.*4\.1868"):
        parse("千卡")
    assert multiplier("kcal(4.1868)", "kcal(4.1816)") == 41868 / 41816


def test_a_multiplier_never_binds_inside_a_power():
    assert convert(2, "亿m³", "m3") == 2e8
    assert multiplier("万m2", "m2") == 1e4
    assert multiplier("t/万m2", "t/m2") == 1e-4
    assert multiplier("百km³", "km3") == 100
    assert multiplier("千米²", "km2") == 1  # 千米 is a unit, not a multiplied 米


@pytest.mark.parametrize(
    ("written", "wanted", "zh", "en"),
    [
        ("吨", "立方米", "“立方米”是体积", "density"),
        ("t C", "t CO2", "44/12", "only a method"),
        ("tce", "GJ", "tce(4.1816)", "tce(4.1868)"),
        ("GJ(gross)", "GJ", "高位", "no fixed ratio"),
        ("t", "t CO2", "写明物质", "state the substance"),
        ("t CH4", "t CO2e", "GWP", "GWP"),
        ("GJ", "t", "热值", "heating value"),
        ("Nm3", "m3", "20 ℃", "about 7 %"),
        ("d", "a", "365", "366"),
        ("kg/头", "kg/人", "动物数量", "number of persons"),
        ("头", "1", "无量纲", "plain number"),
        ("kg CH4/(head·a)", "t CO2/TJ", "甲烷的质量/(动物数量×年数)", "mass of CO2 / energy"),
        ("g/(m2·d)", "元", "质量/(面积×时间)", "money"),
    ],
)
def test_impossible_conversions_say_what_each_side_is(written, wanted, zh, en):
    assert not units.same_dimension(written, wanted)
    assert units.dimension(written) != units.dimension(wanted)
    for pair in ((written, wanted), (wanted, written)):
        with pytest.raises(UnitError) as refusal:
            multiplier(*pair)
        assert zh in refusal.value.text.zh
        assert en.casefold() in refusal.value.text.en.casefold()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("t C", "t CO2"),
        ("t", "t C"),
        ("t N", "t N2O"),
        ("t dm", "t fm"),
        ("tce", "GJ"),
        ("GJ(gross)", "GJ"),
        ("头", "人"),
        ("头", "1"),
        ("辆", "人"),
        ("株", "根"),
        ("元", "1"),
    ],
)
def test_pint_refuses_to_add_what_does_not_add(one, other):
    with pytest.raises(pint.DimensionalityError):
        units.quantity(1, one) + units.quantity(1, other)


def test_quantities_prove_a_formula():
    heat = units.quantity(1, "万t") * units.quantity(20.908, "GJ/t")
    carbon = heat * units.quantity(26.37, "t C/TJ") * units.quantity(98, "%")
    co2 = carbon * units.quantity(44 / 12, "CO2/C")
    wanted = units.quantity(1, "t CO2").units
    assert co2.to(wanted).magnitude == pytest.approx(1e4 * 20.908 * 26.37 / 1000 * 0.98 * 44 / 12)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("12.5 万t", 12.5, "万t"),
        ("12.5万吨", 12.5, "万吨"),
        ("2亿m³", 2.0, "亿m³"),
        ("２亿ｍ³", 2.0, "亿m³"),
        ("1,234.5 t", 1234.5, "t"),
        ("１，２３４．５吨", 1234.5, "吨"),
        ("-3 kg", -3.0, "kg"),
        ("−3 kg", -3.0, "kg"),
        ("1.2e3 t", 1200.0, "t"),
        ("2EJ", 2.0, "EJ"),
        ("3×10⁴ t", 3.0, "10⁴ t"),
        ("104t", 104.0, "t"),
        ("5%", 5.0, "%"),
        ("0.98", 0.98, "1"),
        ("\u3000100\u00a0kg\u3000CH4 / (头·a)\ufeff", 100.0, "kg CH4 / (头·a)"),
    ],
)
def test_quantities_as_people_write_them(text, value, unit):
    assert parse_quantity(text) == (value, unit)


@pytest.mark.parametrize(
    "text",
    [
        "1,23４.5吨",
        "1,2345 t",
        "12,34 t",
        "３０，５t",
        "1.2.3 t",
        "1 234 t",
        "5-6 t",
        "约5 t",
        "t",
        "",
        "nan t",
        "inf",
        "1e400 t",
        "1e-400 t",
        "10^4 t",
        "10⁴t",
        "5 ton",
        "007 t",
        "1①t",
        "٣ t",
        "5/ha",
    ],
)
def test_unclear_quantities_are_refused(text):
    with pytest.raises(UnitError):
        parse_quantity(text)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e306])
def test_convert_gives_finite_numbers_only(value):
    with pytest.raises(UnitError):
        convert(value, "亿t", "g")


def test_two_hundred_million_cubic_metres():
    value, unit = parse_quantity("2亿m³")
    assert convert(value, unit, "m3") == 2e8


def test_a_unit_is_a_value():
    unit = parse("t C/TJ")
    assert pickle.loads(pickle.dumps(unit)) == unit  # noqa: S301 - our own bytes
    with pytest.raises(AttributeError):
        unit.text = "t"


def test_multipliers_of_pairs():
    pairs = [("万t", "t"), ("亩", "ha"), ("万t", "t")]
    assert units.multipliers(pairs) == {("万t", "t"): 1e4, ("亩", "ha"): 1 / 15}
    with pytest.raises(UnitError):
        units.multipliers([("t", "t"), ("t", "m3")])


def test_a_spawned_process_reads_the_same_units():
    pairs = {("亿m³", "m3"), ("亩", "ha"), ("tce(4.1816)", "GJ")}
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(units.multipliers, (pairs,)) == units.multipliers(pairs)
        assert pool.apply(parse, ("公斤/头/年",)) == parse("公斤/头/年")
        with pytest.raises(UnitError) as refusal:
            pool.apply(parse, ("tons",))
    assert refusal.value.suggestions == ("t",)


def test_threads_share_one_registry_and_importing_does_not_load_pint():
    program = (
        "import sys, concurrent.futures as f\n"
        "from carbonledger import units\n"
        "assert 'pint' not in sys.modules\n"
        "with f.ThreadPoolExecutor(16) as pool:\n"
        "    made = list(pool.map(lambda i: units.quantity(i, '万t'), range(64)))\n"
        "assert len({id(q._REGISTRY) for q in made}) == 1\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
