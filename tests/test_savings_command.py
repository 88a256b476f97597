"""The command that says what a change in transport saves."""

import json

import openpyxl
import pytest
from typer.testing import CliRunner

from carbonledger.analysis.transport_request import Written, savings
from carbonledger.analysis.transport_savings import Question
from carbonledger.cli import app
from carbonledger.errors import CarbonledgerError
from carbonledger.library.load import library

CARS = [
    "savings", "保有量=1000 辆", "年均行驶里程=2 万km/a",
    "--old", "1.A.3.b.i/汽油小客车", "--old-value", "百公里油耗=8 L/百车公里",
    "--new", "1.A.3.b.i/电力/纯电动小客车", "--new-value", "百公里电耗=15 kWh/百车公里",
    "--region", "泉州", "--year", "2022",
]  # fmt: skip
FREIGHT = [
    "savings", "货运周转量=1 亿吨公里",
    "--old", "1.A.3.b.iii/heavy_diesel_truck/payload-18t", "--new", "1.A.3.c/rail_freight",
    "--region", "350500", "--year", "2022", "--life-cycle",
]  # fmt: skip


def invoke(*arguments):
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, result.output
    return result.stdout


def amounts(answer):
    return {(row["side"], row["measure"]): row["amount"] for row in answer["table"]}


def test_electric_cars_in_names_of_the_user():
    found = amounts(json.loads(invoke(*CARS, "--json")))
    # 20 million km at 15 kWh per 100 km and 0.4092 t CO2/MWh, published for Fujian 2022.
    assert found["alternative", "CO2"] == pytest.approx(2e7 * 0.15e-3 * 0.4092)
    # 8 L per 100 km at 0.73 kg/L, 43.07 GJ/t, 18.9 t C/TJ, 0.98 oxidised.
    gasoline = 2e7 * 0.08 * 0.73e-3 * 43.07e-3 * 18.9 * 0.98 * 44 / 12
    assert found["baseline", "CO2"] == pytest.approx(gasoline)
    assert found["saving", "CO2"] == pytest.approx(gasoline - 2e7 * 0.15e-3 * 0.4092)


def test_another_set_of_potentials_moves_co2e_alone():
    sar, ar6 = (
        amounts(json.loads(invoke(*CARS, "--json", "--gwp", gwp))) for gwp in ("SAR", "AR6")
    )
    moved = {key for key, amount in sar.items() if amount != pytest.approx(ar6[key])}
    assert moved == {("baseline", "CO2e"), ("saving", "CO2e")}
    # N2O 310 and 273, CH4 of fossil fuel 21 and 29.8.
    difference = sar["baseline", "N2O"] * (273 - 310) + sar["baseline", "CH4"] * (29.8 - 21)
    assert ar6["baseline", "CO2e"] - sar["baseline", "CO2e"] == pytest.approx(difference)


def test_life_cycles_by_the_published_factors():
    found = amounts(json.loads(invoke(*FREIGHT, "--json")))
    # GB/T 51366-2019 Table E.0.1: 0.129 and 0.010 kg CO2e/tkm.
    assert found["saving", "CO2e"] == pytest.approx(1e8 * 0.119e-3)


def test_table_and_workbook_show_the_same_figures(tmp_path):
    shown = invoke(*CARS, "--out", str(tmp_path / "s.xlsx"), "--lang", "zh")
    book = openpyxl.load_workbook(tmp_path / "s.xlsx")
    gases, numbers = book.worksheets
    rows = [row for row in gases.iter_rows(values_only=True) if str(row[0]).startswith("减排量")]
    assert [row[1] for row in rows if isinstance(row[2], float)] == ["CH₄", "CO₂", "N₂O", "CO₂e"]
    for row in rows[-4:]:
        assert f"{row[2]:,.2f}" in shown
    names = [row[1] for row in numbers.iter_rows(min_row=3, values_only=True)]
    assert len(names) == len(set(names)) + 2  # warming potentials of three gases
    statuses = {row[1]: row[6] for row in numbers.iter_rows(min_row=3, values_only=True)}
    assert "未核对" in next(status for name, status in statuses.items() if "密度" in str(name))


@pytest.mark.parametrize(
    ("activity", "old", "word"),
    [
        (
            {"保有量": "1000 辆", "货运周转量": "1 亿吨公里"},
            "1.A.3.b.i/汽油小客车",
            "共同的活动水平",
        ),
        ({"年均行驶里程": "2 万km/a"}, "1.A.3.b.i/汽油小客车", "共同的活动水平"),
        ({"保有辆": "1000 辆"}, "1.A.3.b.i/汽油小客车", "不认识“保有辆”"),
        ({"保有量": "1000 辆", "vehicles": "1 辆"}, "1.A.3.b.i/汽油小客车", "给了两次"),
        ({"保有量": "1000 辆"}, "汽油小客车", "科目/品种"),
        ({"保有量": "1000 辆"}, "1.A.3.b.i/汽油小车车", "无法识别"),
    ],
)
def test_what_is_not_understood_is_refused(activity, old, word):
    with pytest.raises(CarbonledgerError) as refusal:
        savings(activity, Written(old), Written("1.A.3.c/电力"), Question("泉州", 2022), library())
    assert word in refusal.value.text.zh
    assert refusal.value.text.en


def test_numbers_without_name_or_value_are_refused():
    for text in ("1000 辆", "保有量=", "=1000 辆"):
        result = CliRunner().invoke(app, ["savings", text, *CARS[3:]])
        assert isinstance(result.exception, CarbonledgerError)
        assert "名称=数值 单位" in result.exception.text.zh
