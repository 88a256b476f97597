"""Mariculture: carbon of the harvest by species, apart from every removal; fed species refused."""

import pandas as pd
import pytest
from factor_tables import FOLDER, records
from sinks_sample import amounts, computed

from carbonledger.analysis.added import added
from carbonledger.engine.totals import account_totals
from carbonledger.errors import CarbonledgerError
from carbonledger.library.load import library
from carbonledger.methods.registry import get
from carbonledger.model.records import Parameter

ROWS = {
    (row.item, row.parameter): row.value
    for row in records(FOLDER / "parameters" / "mariculture_cn.csv", Parameter)
}
SHELLFISH = ("dry_mass_fraction", "tissue_share", "tissue_carbon", "shell_share", "shell_carbon")
FRESH, DRY = "贝类产量（鲜重，带壳） [t fm]", "藻类产量（干重） [t dm]"


@pytest.mark.parametrize(
    ("item", "carbon"),
    [
        ("clam", 0.06401), ("scallop", 0.10166), ("oyster", 0.09586), ("mussel", 0.10934),
        ("other_shellfish", 0.09722),
    ],
)  # fmt: skip
def test_carbon_of_a_fresh_tonne_of_shellfish(item, carbon):
    # Derived from Table 2 of Sun et al. 2020 (Geographical Research 39(11): 2508), t C per t.
    arguments = {name: ROWS[item, name] for name in SHELLFISH}
    found = get("mariculture.shellfish").function(shellfish_fresh=1.0, **arguments)
    assert found == pytest.approx(carbon, abs=6e-6)
    # Tissue and shell are the whole dry mass.
    assert arguments["tissue_share"] + arguments["shell_share"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("item", "carbon"),
    [
        ("kelp", 0.0624), ("wakame", 0.0528), ("laver", 0.05478), ("gracilaria", 0.0412),
        ("other_algae", 0.05552),
    ],
)  # fmt: skip
def test_carbon_of_a_fresh_tonne_of_algae_is_a_fifth_of_a_dry_one(item, carbon):
    # Derived from the same table at 20 % dry mass.
    fresh = get("mariculture.algae.fresh").function(
        algae_fresh=1.0,
        dry_mass_fraction=ROWS[item, "dry_mass_fraction"],
        algae_carbon=ROWS[item, "algae_carbon"],
    )
    dry = get("mariculture.algae.dry").function(
        algae_dry=1.0, algae_carbon=ROWS[item, "algae_carbon"]
    )
    assert fresh == pytest.approx(carbon, abs=1e-9)
    assert fresh == pytest.approx(dry * 0.2)


def test_the_national_means_lie_within_the_species():
    # IJERPH 2022 19(14) 8873: 8.37 % for shellfish, 5.20 % for algae.
    of_shellfish = [0.06401, 0.10166, 0.09586, 0.10934, 0.09722]
    assert min(of_shellfish) < ROWS["clam", "harvest_carbon_ratio"] < max(of_shellfish)
    of_algae = [ROWS[item, "algae_carbon"] * 0.2 for item in ("kelp", "laver", "gracilaria")]
    assert min(of_algae) < 0.0520 < max(of_algae)


def test_the_oysters_of_a_published_trade(tmp_path):
    # Xiuyu, Putian (2022): 10,840 t CO2 in three years; at 0.3515 t CO2 per fresh tonne that is
    # 30,841 t of oysters. Here it is carbon: 10,840 x 12/44 = 2,956 t C.
    found = amounts(*computed(tmp_path, ["2020,B.1,牡蛎,,30841"], FRESH))
    assert found == {("B.1", "C"): pytest.approx(10840 * 12 / 44, rel=2e-4)}


def test_harvested_carbon_is_no_co2_and_is_in_no_sum_of_sinks(tmp_path):
    rows = ["2020,B.1,牡蛎,,1000,,", "2020,B.2,海带,,,100,", "2020,S.2.3,海草床,,,,10"]
    outcome, out = computed(tmp_path, rows, f"{FRESH},{DRY},湿地面积 [公顷]")
    assert not outcome.blocked
    totals = account_totals(out / "postings.parquet", library()).set_index(["account", "measure"])
    assert totals.loc["B", "amount"].tolist() == [pytest.approx(95.86 + 31.2, abs=0.01)]
    assert totals.loc["B", "unit"].tolist() == ["t C"]
    assert totals.loc["B", "co2e"].isna().all()
    assert totals.loc[("S", "CO2"), "amount"] == pytest.approx(4.3 * 44 / 12)
    assert ("S", "C") not in totals.index


def test_adding_harvested_carbon_to_sinks_is_refused(tmp_path):
    rows = ["2020,B.1,牡蛎,,1000,", "2020,S.2.3,海草床,,,10"]
    _, out = computed(tmp_path, rows, f"{FRESH},湿地面积 [公顷]")
    totals = account_totals(out / "postings.parquet", library())
    with pytest.raises(CarbonledgerError) as refusal:
        added(totals, ["S", "B"], library())
    assert "B (t C)" in refusal.value.text.zh
    assert "no removal from the atmosphere" in refusal.value.text.en
    assert added(totals, ["S"], library())["co2e"].tolist() == [pytest.approx(4.3 * 44 / 12)]


@pytest.mark.parametrize("item", ["鲍", "大黄鱼", "海参"])
def test_fed_species_are_refused_with_the_reason(tmp_path, item):
    outcome, _ = computed(tmp_path, [f"2020,B.1,{item},,1000"], FRESH)
    assert outcome.blocked
    (said,) = [problem for problem in outcome.problems if problem.code == "not-a-sink"]
    assert said.grade == "A"
    assert "饵料" in said.message.zh
    assert "feed" in said.message.en


def test_a_bare_tonne_is_neither_fresh_nor_dry(tmp_path):
    outcome, _ = computed(tmp_path, ["2020,B.2,海带,,100"], "藻类产量 [t]")
    assert outcome.blocked
    outcome, _ = computed(tmp_path / "x", ["2020,B.2,海带,,100"], "数量 [t]")
    assert outcome.blocked


def test_variants_differ_in_what_they_leave_out(tmp_path):
    rows = ["2020,B.1,牡蛎,,1000,0.05"]
    head = f"{FRESH},苗种占收获量比例 [1]"
    outcome, out = computed(tmp_path, rows, head)
    (posted,) = pd.read_parquet(out / "postings.parquet").to_dict("records")
    assert posted["method"] == "mariculture.shellfish.net"
    assert posted["amount"] == pytest.approx(95.86 * 0.95, abs=0.01)
    arguments = {name: ROWS["oyster", name] for name in SHELLFISH[:3]}
    tissue = get("mariculture.shellfish.tissue").function(shellfish_fresh=1000.0, **arguments)
    assert tissue == pytest.approx(1000 * 0.651 * 0.0614 * 0.4598)
    assert not outcome.blocked


SEDIMENT = "养殖面积 [公顷],养殖区沉积碳速率 [t C/ha/a],本底沉积碳速率 [t C/ha/a]"
DISSOLVED = "释放的溶解有机碳 [t C],惰性比例 [%]"


def test_what_culture_leaves_in_the_sea_stands_apart_from_the_harvest(tmp_path):
    rows = ["2020,B.1,牡蛎,,1000,,,,,", "2020,BS,牡蛎,,,100,1.5,0.4,,", "2020,BR,海带,,,,,,200,5"]
    outcome, out = computed(tmp_path, rows, f"{FRESH},{SEDIMENT},{DISSOLVED}")
    assert not outcome.blocked
    totals = account_totals(out / "postings.parquet", library()).set_index("account")["amount"]
    assert totals["BS"] == pytest.approx(100 * (1.5 - 0.4))
    assert totals["BR"] == pytest.approx(200 * 0.05)
    assert totals["B"] == pytest.approx(95.86, abs=0.01)  # oysters alone, as in F1 above


@pytest.mark.parametrize(
    ("row", "head"),
    [
        ("2020,BS,牡蛎,,100,1.5", "养殖面积 [公顷],养殖区沉积碳速率 [t C/ha/a]"),
        ("2020,BS,牡蛎,,100", "养殖面积 [公顷]"),
        ("2020,BR,海带,,200", "释放的溶解有机碳 [t C]"),
    ],
)
def test_there_is_no_default_for_what_culture_leaves_in_the_sea(tmp_path, row, head):
    outcome, _ = computed(tmp_path, [row], head)
    assert outcome.blocked


@pytest.mark.parametrize(("account", "rest"), [("BS", "100,1.5,0.4,,"), ("BR", ",,,200,5")])
def test_fed_species_leave_no_carbon_sink_in_the_sea(tmp_path, account, rest):
    outcome, _ = computed(tmp_path, [f"2020,{account},鲍,,{rest}"], f"{SEDIMENT},{DISSOLVED}")
    assert outcome.blocked
    assert "not-a-sink" in {problem.code for problem in outcome.problems}
