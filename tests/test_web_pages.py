"""Every page in both languages, run without a browser; and what must not be lost between them."""

import re
from pathlib import Path

import pytest
import web_sample as sample
from streamlit.testing.v1 import AppTest

from carbonledger.methods.registry import methods
from carbonledger.services.drafts import Drafts
from carbonledger.web.components import delta_colour
from carbonledger.web.words import distinct, plain

filled = sample.filled
NAMES = ("start", "inventory", "results", "trace", "sinks", "gep", "factors", "calculator")
HAN = re.compile(r"[\u4e00-\u9fff]")


def opened(page: str = "start", **address: str) -> AppTest:
    at = AppTest.from_file(str(sample.APP), default_timeout=sample.PATIENCE)
    for key, value in address.items():
        at.query_params[key] = value
    at.run()
    return at if page == "start" else shown(at, page)


def shown(at: AppTest, page: str) -> AppTest:
    return at.switch_page(str(sample.PAGES / f"{page}.py")).run()


def said(at: AppTest, key: str) -> str:
    """What the address says; a value that came with it and one that the page wrote are alike."""
    value = at.query_params[key]
    return value if isinstance(value, str) else value[0]


def sound(at: AppTest) -> AppTest:
    assert [each.value for each in at.exception] == []
    assert [each.value for each in at.error] == []
    return at


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", NAMES)
def test_every_page_in_both_languages(filled: Path, page: str, lang: str) -> None:
    at = sound(opened(page, lang=lang))
    (title,) = (each.value for each in at.title)
    assert bool(HAN.search(title)) == (lang == "zh")
    labels = [each.label for each in (*at.button, *at.selectbox, *at.text_input, *at.tabs)]
    assert labels
    if lang == "en":
        assert [text for text in labels if HAN.search(text)] == []
    else:
        assert [text for text in labels if not HAN.search(text)] == []
    assert said(at, "lang") == lang  # the switch stays in the address


def test_the_address_says_what_the_pages_are_about(filled: Path) -> None:
    at = sound(opened("results"))
    assert said(at, "region") == "350000"
    assert said(at, "year") == "2012"
    run = said(at, "run")
    again = sound(opened("trace", run=run, account="1.A.2.k", measure="CH4", item="diesel"))
    assert again.selectbox(key="trace_account").value == "1.A.2.k"
    assert again.selectbox(key="trace_measure").value == "CH4"
    assert again.selectbox(key="trace_item").value == "diesel"
    assert "1.A.2.k" in again.metric[0].label


def test_an_address_with_nonsense_is_no_failure(filled: Path) -> None:
    at = opened("trace", run="../../x", year="<b>", region="'", account="zz", lang="fr")
    assert [each.value for each in at.exception] == []
    assert at.title[0].value == "溯源"


def new_draft(at: AppTest) -> AppTest:
    at.selectbox(key="new_region").select("350000")
    at.text_input(key="new_year").input("2012")
    next(each for each in at.button if each.label == "新建").click()
    return sound(at.run())


def test_a_draft_is_kept_over_pages_and_sessions(filled: Path) -> None:
    at = new_draft(opened("inventory"))
    identifier = said(at, "draft")
    block = "科目\t品种\t数量\t单位\n1.A.2\t柴油\t12.3万\t吨\n1.A.2\t汽油\t1,234.5\t吨"
    at.text_area(key=f"paste_{identifier}").input(block)
    at.run()
    shown(at, "factors")  # leaves the page before the block was taken
    assert Drafts(filled).get(identifier).pasted == block
    fresh = opened("inventory", draft=identifier)  # another window
    assert fresh.text_area(key=f"paste_{identifier}").value == block
    fresh.button(key="paste_take").click().run()
    assert [each.value for each in fresh.error if "A 级" not in each.value] == []
    cells = [cell for frame in fresh.dataframe for cell in frame.value.to_numpy().ravel()]
    assert {"12.3万", "1,234.5"} <= {str(cell) for cell in cells}
    assert any("C2" in str(cell) for cell in cells)  # the wrong one is pointed out
    assert fresh.button(key="compute").disabled


def test_an_upload_is_kept_the_moment_it_arrives(filled: Path) -> None:
    at = new_draft(opened("inventory"))
    identifier = said(at, "draft")
    data = sample.balance_workbook(O7=3.477444, O5=3.477444)
    at.file_uploader(key=f"upload_{identifier}").upload(sample.BALANCE, data)
    at.run()
    draft = Drafts(filled).get(identifier)
    assert (draft.folder / sample.BALANCE).read_bytes() == data
    assert draft.tables[0]["layout"] == "energy-balance"
    rows = [list(row) for frame in at.dataframe for row in frame.value.to_numpy()]
    assert [row for row in rows if str(row[0]).startswith("A ")] == []
    assert not at.button(key="compute").disabled


def test_a_hostile_file_is_refused_on_the_page(filled: Path) -> None:
    at = new_draft(opened("inventory"))
    identifier = said(at, "draft")
    at.file_uploader(key=f"upload_{identifier}").upload("表.xlsx", b"%PDF-1.7")
    at.run()
    assert any("PDF" in each.value for each in at.error)
    assert Drafts(filled).get(identifier).tables == []


@pytest.mark.parametrize("year", ["", "12", "二〇一二", "20x2"])
def test_a_year_is_checked_on_this_side(filled: Path, year: str) -> None:
    at = opened("inventory")
    at.selectbox(key="new_region").select("350000")
    at.text_input(key="new_year").input(year)
    next(each for each in at.button if each.label == "新建").click()
    at.run()
    assert any("年份" in each.value for each in at.error)


def test_a_form_for_every_method(filled: Path) -> None:
    at = opened("calculator")
    # A few subjects; the forms come from the registry, so the others are alike.
    firsts = {name.split(".")[0]: name for name in reversed(methods())}
    assert len(at.selectbox(key="calculator_method").options) == len(methods())
    for name in list(firsts.values())[::3]:
        at.selectbox(key="calculator_method").select(name).run()
        sound(at)


def test_the_calculator_fills_the_formula(filled: Path) -> None:
    at = opened("calculator", method="energy.combustion.co2")
    values = {
        "fuel": "1 万t",
        "net_calorific_value": "20 GJ/t",
        "carbon_content": "25 t C/TJ",
        "oxidation_fraction": "98%",
    }
    for name, text in values.items():
        at.text_input(key=f"value_energy.combustion.co2_{name}").input(text)
    next(each for each in at.button if each.label == "计算").click()
    sound(at.run())
    # By hand: 1e4 t x 0.02 TJ/t x 25 t C/TJ x 0.98 x 44/12.
    assert at.metric[0].value == "17,966.6667 t CO₂"
    assert "1 万t × 20 GJ/t × 25 t C/TJ × 98 %" in at.code[0].value


def test_a_unit_that_does_not_fit_is_refused(filled: Path) -> None:
    at = opened("calculator", method="energy.combustion.co2")
    at.text_input(key="value_energy.combustion.co2_fuel").input("5 公顷")
    next(each for each in at.button if each.label == "计算").click()
    at.run()
    assert any("公顷" in each.value for each in at.error)


def test_what_a_file_says_is_never_markup() -> None:
    hostile = "![x](http://evil/a.png) <script>alert(1)</script> [a](b) `c` $d$ :red[e] http://f"
    escaped = plain(hostile)
    assert re.findall(r"(?<!\\)[!\[\]()<>`$:]", escaped) == []
    assert re.sub(r"\\(.)", r"\1", escaped) == hostile


def test_colours_of_changes() -> None:
    assert delta_colour("down") == "inverse"  # emissions: a fall is green
    assert delta_colour("up") == "normal"  # sinks and values: a fall is red


def test_names_of_a_list_are_never_alike(filled: Path) -> None:
    # A browser answers with the name: of two drafts named alike the wrong one would be opened.
    names = distinct({"a": "福建省", "b": "福建省", "c": "安溪县"})
    assert names == {"a": "福建省 [a]", "b": "福建省 [b]", "c": "安溪县"}
    for _ in range(2):
        at = new_draft(opened("inventory"))
    assert at.selectbox(key="inventory_draft").value == said(at, "draft")
    assert at.run().selectbox(key="inventory_draft").value == said(at, "draft")
    for page in NAMES:
        for box in shown(at, page).selectbox:
            assert len(set(box.options)) == len(box.options), (page, box.label)


def test_an_estimate_is_added_to_an_inventory(filled: Path) -> None:
    at = sound(opened("sinks", sink="fujian-mangrove-2025"))
    at.button(key="sink_add").click().run()
    sound(at)
    (draft,) = (each for each in Drafts(filled).all() if each.title.zh.endswith("（单列碳汇）"))
    assert any("单列碳汇" in each.value for each in at.success)
    fresh = opened("inventory", draft=draft.identifier)
    assert not fresh.button(key="compute").disabled
