"""Ecosystem types, the mapping of the land survey, the account of extent."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carbonledger.analysis.extent import extent_account, transition_matrix
from carbonledger.errors import CarbonledgerError
from carbonledger.library.ecosystems import ecosystems
from carbonledger.library.load import library
from carbonledger.library.tables import read_records
from carbonledger.model.ecosystems import LandClass
from carbonledger.paths import factors_dir
from tests.uses_sample import rows_of

KNOWN = ecosystems(library())
LAND = read_records(factors_dir() / "ecosystems" / "land_survey.csv", LandClass)
HEAD = "期初类型,期末类型,面积 [km2]\n"

# HJ 1166-2021, table A.1: 8 classes of the first level, 24 of the second.
HJ_1166 = {
    "森林": ("阔叶林", "针叶林", "针阔混交林", "稀疏林"),
    "灌丛": ("阔叶灌丛", "针叶灌丛", "稀疏灌丛"),
    "草地": ("草甸", "草原", "草丛", "稀疏草地"),
    "湿地": ("沼泽", "湖泊", "河流"),
    "农田": ("耕地", "园地"),
    "城镇": ("居住地", "城市绿地", "工矿交通"),
    "荒漠": ("沙漠", "沙地", "盐碱地"),
    "其他生态系统": ("冰川积雪", "裸地"),
}


def test_classes_are_those_of_the_standard():
    standard = [each for each in KNOWN.classes.values() if each.system == "hj-1166-2021"]
    names = {each.item: each.name_zh for each in standard}
    found = {
        each.name_zh: tuple(
            child.name_zh for child in standard if child.level == 2 and child.parent == each.item
        )
        for each in standard
        if each.level == 1
    }
    assert found == HJ_1166
    assert sum(map(len, HJ_1166.values())) == 24
    assert all(each.parent in names for each in standard if each.level == 2)


def test_items_stand_below_their_class():
    for each in KNOWN.classes.values():
        assert KNOWN.at_level(each.item, each.level) == each
        # What stands in for the item's parameters leads up to the same class of the first level
        # (bamboo is a broadleaved forest by its class, but takes no factors of broadleaved trees).
        links = library().item_chain
        above = set(links.loc[links["key"] == each.item, "ancestor"])
        first = KNOWN.at_level(each.item, 1)
        assert first is not None
        assert first.item in above


def test_species_belong_to_their_forest():
    for written, name in (
        ("马尾松", "针叶林"),
        ("桉树", "阔叶林"),
        ("毛竹", "阔叶林"),
        ("茶园", "园地"),
    ):
        found = KNOWN.find(written)
        assert found is not None
        place = KNOWN.at_level(found.item, 2)
        assert place is not None
        assert place.name_zh == name


def test_every_land_class_has_a_type_and_a_document():
    sources = set(library().sources["source"])
    assert {each.source for each in LAND} <= sources
    for each in LAND:
        assert KNOWN.class_of(each.item) is not None
        for text in (each.code, each.name_zh):
            found = KNOWN.find(text)
            assert found is not None
            assert KNOWN.class_of(found.item) == KNOWN.class_of(each.item), text


def test_a_code_that_lost_its_zero_is_refused(tmp_path):
    # 0101 (paddy) typed into a spreadsheet becomes 101, which is no class.
    with pytest.raises(CarbonledgerError, match="开头的 0"):
        extent_account(rows_of(tmp_path, "extent", HEAD + "101,水田,3"), KNOWN)


def test_land_classes_of_several_types_are_pointed_out(tmp_path):
    table = extent_account(
        rows_of(tmp_path, "extent", HEAD + "0301,0302,3\n乔木林地,水田,1"), KNOWN
    )
    assert [each.code for each in table.problems] == ["land-class-several"]


def test_extent_of_one_year_by_hand(tmp_path):
    text = (
        HEAD.replace("km2", "亩")
        + "竹林,竹林,3000\n竹林,水田,150\n水田,城镇住宅用地,75\n水田,水田,750"
    )
    table = extent_account(rows_of(tmp_path, "extent", text), KNOWN, level=3)
    rows = {row["type"]: row for row in table.rows}
    assert rows["竹林"]["opening"] == pytest.approx(2.1)
    assert rows["竹林"]["losses"] == pytest.approx(0.1)
    assert rows["水田"]["gains"] == pytest.approx(0.1)
    assert rows["水田"]["closing"] == pytest.approx(0.6)
    assert rows["居住地"]["change"] == pytest.approx(0.05)
    assert rows["合计 / Total"]["change"] == 0


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["常绿阔叶林", "竹林", "红树林", "滩涂", "水田", "茶园", "0701", "近海海域"]
            ),
            st.sampled_from(
                ["常绿阔叶林", "竹林", "红树林", "滩涂", "水田", "茶园", "0701", "近海海域"]
            ),
            st.integers(1, 10**6),
        ),
        min_size=1,
        max_size=30,
    ),
    st.sampled_from([1, 2, 3]),
)
def test_account_and_matrix_close_at_every_level(tmp_path_factory, moves, level):
    text = HEAD + "\n".join(f"{before},{after},{area / 1000}" for before, after, area in moves)
    rows = rows_of(tmp_path_factory.mktemp("extent"), "extent", text)
    account, matrix = extent_account(rows, KNOWN, level), transition_matrix(rows, KNOWN, level)
    *types, total = account.rows
    for row in types:
        assert row["opening"] + row["gains"] - row["losses"] == pytest.approx(row["closing"])
        assert row["stable"] + row["losses"] == pytest.approx(row["opening"])
    assert total["opening"] == total["closing"]
    assert total["opening"] == pytest.approx(sum(area for *_, area in moves) / 1000)
    by_type = {row["type"]: row for row in types}
    for row in matrix.rows[:-1]:
        assert row["opening"] == by_type[row["type"]]["opening"]


def test_published_areas_that_differ_are_told(tmp_path):
    rows = rows_of(tmp_path, "extent", HEAD + "竹林,竹林,3\n竹林,水田,1")
    stated = "类型,期初 [公顷],期末 [公顷]\n竹林,400,310\n水田,,100"
    totals = rows_of(tmp_path, "extent_totals", stated)
    problems = extent_account(rows, KNOWN, 3, totals).problems
    assert [each.code for each in problems] == ["extent-differs"]
    assert "0.1 km2" in problems[0].message.zh
