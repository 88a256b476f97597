"""What the page of GEP shows: the digits of the analysis in units that are read at a glance."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import web_sample as sample
from streamlit.testing.v1 import AppTest

from carbonledger import units
from carbonledger.analysis.gep.accounts import UNITS_OF_MONEY, service_table
from carbonledger.analysis.gep.facts import GepFacts
from carbonledger.errors import Text
from carbonledger.reports.view import Head, Kind, View, printed
from carbonledger.services import gep
from carbonledger.services.running import run_and_store
from tests.gep_two_years import gep_folder, gep_run

HAN = re.compile(r"[\u4e00-\u9fff]")
POWERS = {"亿": 1e8, "万": 1e4}


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> GepFacts:
    return gep_run(tmp_path_factory.mktemp("gep") / "two-years")[1]


def column(view: View, words: str) -> list[object]:
    (place,) = (place for place, head in enumerate(view.heads) if head.label.zh == words)
    return [row[place] for row in view.rows]


def test_value_share_and_change_stand_before_the_prices(facts: GepFacts) -> None:
    heads = [head.label.zh for head in gep.services(facts, 2023, "亿元").heads]
    first = ["科目", "名称", "功能量", "单位", "现价值", "不变价值", "占比", "比 2022 年"]
    assert heads[: len(first)] == first
    assert heads[-1] == "单价（价格年份）"
    no_year_before = gep.services(facts, 2022, "亿元").heads
    assert not any(head.label.zh.startswith("比 ") for head in no_year_before)


def test_quantities_are_the_same_in_readable_units(facts: GepFacts) -> None:
    view = gep.services(facts, 2023, "万元")
    wanted = service_table(facts, 2023, "万元").rows
    shown = zip(column(view, "功能量"), column(view, "单位"), wanted, strict=True)
    scaled = 0
    for quantity, unit, row in shown:
        if row["quantity"] is None:
            assert quantity is None
            continue
        assert isinstance(unit, Text)
        word = next((each for each in POWERS if unit.zh.startswith(f"{each} ")), "")
        scaled += bool(word)
        assert quantity * POWERS.get(word, 1.0) == pytest.approx(row["quantity"], rel=1e-12)
        assert abs(quantity) < 1e4 or word == "亿"
    assert scaled


def test_the_change_of_the_services_is_that_of_their_values(facts: GepFacts) -> None:
    before, after = (
        {row["account"]: row["value"] for row in service_table(facts, year).rows}
        for year in (2022, 2023)
    )
    view = gep.services(facts, 2023, "元")
    changes = dict(zip(column(view, "科目"), column(view, "比 2022 年"), strict=True))
    assert changes["G"] == pytest.approx((after["G"] / before["G"] - 1) * 100, rel=1e-6)
    assert changes["G.1.4"] is None  # nothing in the year before


@pytest.mark.parametrize("money", gep.MONEY)
def test_the_split_adds_up_in_every_unit_of_money(facts: GepFacts, money: str) -> None:
    view = gep.change_view(facts, 2022, 2023, money)
    names = ("变化", "量效应", "价效应", "范围/方法效应")
    for whole, *parts in zip(*(column(view, name) for name in names), strict=True):
        assert whole == pytest.approx(sum(parts), abs=1e-6 / UNITS_OF_MONEY[money] + 1e-12)
    (value,) = (row["value"] for row in service_table(facts, 2023, money).rows
                if row["account"] == "G")  # fmt: skip
    assert column(view, "本期价值")[0] == pytest.approx(value, rel=1e-9)


def test_the_chart_of_the_split_has_the_three_effects(facts: GepFacts) -> None:
    view = gep.change_view(facts, 2022, 2023, "万元")
    drawn, place = gep.effects_view(view)
    (whole, *parts) = (row[place] for row in drawn.rows)
    assert len(parts) == 3
    assert whole == pytest.approx(sum(parts))
    assert whole == column(view, "变化")[0]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A ledger with the run of the two years, as the one that the pages open."""
    home = tmp_path_factory.mktemp("ledger")
    run_and_store(gep_folder(home / "two-years"), home / "ledger")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARBONLEDGER_LEDGER", str(home / "ledger"))
        yield home / "ledger"


TABS = {
    "zh": ["科目（功能量、单价、价值量）", "分生态系统", "功能量分生态系统", "分地区", "与上期相比",
           "价格"],
    "en": ["Services", "By ecosystem type", "Quantities by type", "By region", "Change", "Prices"],
}  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_tab_of_the_page_opens_in_both_languages(ledger: Path, lang: str) -> None:
    at = AppTest.from_file(str(sample.APP), default_timeout=sample.PATIENCE)
    at.query_params["lang"] = lang
    at.run()
    for tab in TABS[lang]:
        at.session_state[f"gep_tab_{lang}"] = tab
        at.switch_page(str(sample.PAGES / "gep.py")).run()
        assert [each.value for each in (*at.exception, *at.error)] == []
        (frame,) = (each.value for each in at.dataframe)
        assert len(frame)
        heads = [head for head in frame.columns if HAN.search(head)]
        assert bool(heads) == (lang == "zh"), heads


def test_the_change_tab_splits_the_change(ledger: Path, facts: GepFacts) -> None:
    at = AppTest.from_file(str(sample.APP), default_timeout=sample.PATIENCE).run()
    at.session_state["gep_tab_zh"] = "与上期相比"
    at.switch_page(str(sample.PAGES / "gep.py")).run()
    (frame,) = (each.value for each in at.dataframe)
    view = gep.change_view(facts, 2022, 2023, "亿元")
    assert frame.to_numpy().tolist() == printed(view, "zh")
    assert "变化 [亿元]" in frame.columns


@pytest.mark.parametrize(
    ("written", "chinese", "english"),
    [
        ("2060 元/头", "2060 元/头", "2060 CNY/head"),
        ("0.07 CNY/m3（2010）", "0.07 元/m3（2010）", "0.07 CNY/m3（2010）"),
        ("CNY/piece", "元/个", "CNY/piece"),
        ("t CO2e/t CO2", "t CO2e/t CO2", "t CO2e/t CO2"),
        ("亿 无此单位", "亿 无此单位", "亿 无此单位"),  # what is not listed stays
    ],
)
def test_units_are_spelled_for_both_readers(written: str, chinese: str, english: str) -> None:
    assert units.in_chinese(written) == chinese
    assert units.in_latin(written) == english


def test_money_has_words_in_both_languages() -> None:
    head = Head(Text("现价值", "Value"), Kind.NUMBER, "亿元", decimals=4)
    assert head.title("zh") == "现价值 [亿元]"
    assert head.title("en") == "Value [100 million yuan]"
