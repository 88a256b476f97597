"""Estimates of sinks from a form: units, schedules, and every kind computed by its methods."""

from pathlib import Path
from tempfile import mkdtemp

import pandas as pd
import pytest
from openpyxl import load_workbook

from carbonledger.engine.open import open_inventory
from carbonledger.engine.results import Results
from carbonledger.engine.run import RunOptions, write_run
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.library.load import library
from carbonledger.reports.view import printed
from carbonledger.services import sinks
from carbonledger.services.bring_in import add_upload
from carbonledger.services.check import check
from carbonledger.services.drafts import Drafts
from carbonledger.services.sink_neighbours import is_neighbour, standing_note
from carbonledger.services.sink_scenarios import fractions, has_survival, survival_view
from carbonledger.services.sink_sheet import APART, LAND, add, estimate_of, sheet, targets
from carbonledger.services.sink_views import sink_views

STATED = {
    "survival_fraction": "80%",
    "richards_final_volume": "300 m3/公顷",
    "richards_rate": "0.1 1/a",
    "richards_shape": "3",
    "interval": "8 a",
}
TOTALS = {
    "ha": ("675 公顷", "2021 100\n2022 150\n2023 150\n2024 150\n2025 125"),
    "m3": ("48.28 万m3", "2023 48.28"),
    "t fm": ("1000 t fm", "2023 1000"),
    "t dm": ("500 t dm", "2023 500"),
}
KINDS = {kind.key: kind for kind in sinks.ESTIMATORS}


def estimated(key, **other):
    kind = KINDS[key]
    total, schedule = TOTALS[kind.unit]
    values = {
        "region": "350000", "total": total, "schedule": schedule, "horizon": "2030",
        "item": kind.items[0], "detail": kind.details[0] if kind.details else "",
        "stated": STATED, "baseline": kind.baseline[1][0] if kind.baseline else "",
    }  # fmt: skip
    return sinks.estimate(kind, library(), **{**values, **other})


@pytest.mark.parametrize("key", KINDS)
def test_every_kind_of_the_form_is_an_inventory_without_faults(key, tmp_path):
    draft = Drafts(tmp_path).begin(*estimated(key))
    assert [each.message.zh for each in check(draft.folder).problems if each.grade == "A"] == []


def test_hectares_and_mu_stand_side_by_side():
    # 1 ha = 15 mu, by the definition of the mu.
    assert sinks.two_areas("675 公顷").zh == "675 公顷 = 10,125 亩"
    assert sinks.two_areas("10125 亩").zh == "675 公顷 = 10,125 亩"
    assert sinks.two_areas("") is None


@pytest.mark.parametrize("text", ["675", "6.75e2"])
def test_a_number_without_a_unit_is_asked_back(text):
    with pytest.raises(CarbonledgerError, match="公顷还是亩"):
        sinks.two_areas(text)
    with pytest.raises(CarbonledgerError):
        estimated("mangrove", total=text)


@pytest.mark.parametrize(
    "change",
    [
        {"schedule": "2021 100\n2022 150"},  # does not add up
        {"schedule": "2021 100\n2021 575"},  # a year twice
        {"schedule": "2021 六百七十五"},
        {"schedule": "2021 -675"},
        {"schedule": ""},
        {"horizon": "2020"},  # before the planting
        {"horizon": "x"},
        {"stated": {}},
        {"total": "675 吨"},
        {"region": "xx"},
    ],
)
def test_what_cannot_be_is_refused_in_words(change):
    with pytest.raises(CarbonledgerError) as refused:
        estimated("mangrove", **change)
    assert refused.value.text.zh != refused.value.text.en


def test_the_form_gives_what_the_run_gives(tmp_path):
    draft = Drafts(tmp_path).begin(*estimated("mangrove"))
    views = sink_views(draft.folder)
    # The schedule is that of the plan: 675 ha, so 10 125 mu.
    assert any({"675.00", "10,125.00"} <= set(row) for row in printed(views.areas, "zh"))
    methods = [row for row in views.methods.rows if str(row[0].zh).startswith("S.2.1.a")]
    assert len({row[1] for row in methods}) > 1
    for row in views.methods.rows:
        amount, low, high = (cell.amount for cell in row[3:6])
        assert (low is None) == (high is None)
        if low is not None:
            assert low <= amount <= high
    assert len(totals(draft.folder, ["S"]))
    assert views.pools.rows


def test_scenarios_of_survival_are_the_estimates_with_it(tmp_path):
    """Biomass grows with the area that survives: each scenario is that estimate by itself."""
    drafts = Drafts(tmp_path)
    draft = drafts.begin(*estimated("mangrove"))
    view = survival_view(draft.folder, fractions("60%，0.95"))
    sums = {row[0]: row[3].amount for row in view.rows}
    assert list(sums) == ["60%", "95%"]
    assert sums["60%"] < sums["95%"]
    alone = drafts.begin(*estimated("mangrove", stated=STATED | {"survival_fraction": "60%"}))
    whole = totals(alone.folder, ["S"])["co2e"].sum()
    assert sums["60%"] == pytest.approx(abs(whole), rel=1e-9)


@pytest.mark.parametrize("text", ["", "80", "-5%", "x", "1% 2% 3% 4% 5% 6% 7%"])
def test_survivals_that_are_none_are_refused(text):
    with pytest.raises(CarbonledgerError):
        fractions(text)


def test_an_estimate_without_survival_has_no_scenarios(tmp_path):
    draft = Drafts(tmp_path).begin(*estimated("algae"))
    assert not has_survival(draft.folder)
    with pytest.raises(CarbonledgerError, match="没有写保存率"):
        survival_view(draft.folder, (0.6,))


@pytest.mark.parametrize(
    ("key", "region", "asked"),
    [
        ("mangrove", "350000", True),
        ("mangrove", "350500", True),  # a city within the province
        ("mangrove", "CN", True),  # the country around it
        ("mangrove", "330000", False),
        ("algae", "350000", False),  # another account
    ],
)
def test_the_same_land_is_asked_about(key, region, asked, tmp_path):
    draft = Drafts(tmp_path).begin(*estimated("mangrove", note="“甲”：有重叠"))
    assert is_neighbour(draft.folder, KINDS[key].account, region, library()) == asked


def test_what_was_answered_stands_in_the_entries(tmp_path):
    note = standing_note({"x": (Text("甲", "A"), "within"), "y": (Text("乙", "B"), "apart")})
    assert "不得相加" in note
    draft = Drafts(tmp_path).begin(*estimated("mangrove", note=note))
    assert sink_views(draft.folder).entry_notes == (note,)


def computed(folder):
    """The results of an inventory, without the review, which compares all methods."""
    out = Path(mkdtemp(dir=folder.parent))
    outcome = write_run(open_inventory(folder), out, RunOptions())
    assert not outcome.blocked
    return Results.read(out)


def totals(folder, accounts):
    table = computed(folder).totals
    table = table[table["account"].isin(accounts)]
    keys = ["account", "period", "measure"]
    return table.set_index(keys).sort_index()[["amount", "co2e"]]


def test_the_sheet_of_an_estimate_gives_the_same_amounts(tmp_path):
    drafts = Drafts(tmp_path)
    draft = drafts.begin(*estimated("mangrove"))
    estimate = estimate_of(draft.folder)
    path = tmp_path / "碳汇.xlsx"
    path.write_bytes(sheet(estimate))
    assert next(load_workbook(path).active.iter_rows(values_only=True))[:4] == (
        "地区", "年份", "科目", "品种",
    )  # fmt: skip
    again = drafts.new(Text("试", "t"), "350000", 2021, "sinks-cn")
    again = drafts.describe(again.identifier, again.version, {"periods": estimate.periods})
    again = add_upload(drafts, again, path.name, path.read_bytes())
    pd.testing.assert_frame_equal(totals(again.folder, ["S"]), totals(draft.folder, ["S"]))


def test_an_estimate_joins_another_inventory_of_sinks_but_not_twice(tmp_path):
    drafts = Drafts(tmp_path)
    mangrove, algae = (drafts.begin(*estimated(key)) for key in ("mangrove", "algae"))
    estimate = estimate_of(mangrove.folder)
    (target,) = targets(drafts, estimate, APART, mangrove.identifier)
    assert target.identifier == algae.identifier
    joined = add(drafts, estimate, APART, library(), target, "红树林")
    assert totals(joined.folder, ["S"]).equals(totals(mangrove.folder, ["S"]))
    assert (
        totals(joined.folder, ["B"])["amount"]
        .dropna()
        .equals(totals(algae.folder, ["B"])["amount"].dropna())
    )
    with pytest.raises(CarbonledgerError, match="重复计算"):
        add(drafts, estimate, APART, library(), joined, "再来")
    assert drafts.get(joined.identifier).version == joined.version  # nothing was written


def test_as_land_use_the_area_that_stands_is_entered(tmp_path):
    drafts = Drafts(tmp_path)
    draft = drafts.begin(*estimated("mangrove"))
    estimate = estimate_of(draft.folder)
    land = add(drafts, estimate, LAND, library(), None, "土地利用")
    assert [each.message.zh for each in check(land.folder).problems if each.grade == "A"] == []
    done = computed(land.folder)
    rows = done.entries.set_index("period")
    # 100 + 150 + 150 + 150 + 125 ha planted, of which 80 % survive.
    wanted = {2021: 80, 2022: 200, 2023: 320, 2024: 440, 2025: 540, 2030: 540}
    for year, area in wanted.items():
        assert rows.at[year, "rewetted_area"] == pytest.approx(area)
    soil = done.postings[done.postings["measure"] == "CO2"].set_index("period")["amount"]
    assert (soil < 0).all()  # a removal in the inventory
    assert soil[2030] / soil[2021] == pytest.approx(540 / 80)
    assert set(done.postings["book"]) == {"inventory"}


def test_an_inventory_of_other_years_takes_no_land(tmp_path):
    drafts = Drafts(tmp_path)
    estimate = estimate_of(drafts.begin(*estimated("mangrove")).folder)
    early = drafts.new(Text("早", "e"), "350000", 2012, "cn-provincial-2025")
    assert [each.identifier for each in targets(drafts, estimate, LAND, "")] == [early.identifier]
    with pytest.raises(CarbonledgerError, match="年份"):
        add(drafts, estimate, LAND, library(), early, "x")
    assert drafts.get(early.identifier).tables == []


def test_only_what_was_planted_on_the_coast_can_be_land_use(tmp_path):
    estimate = estimate_of(Drafts(tmp_path).begin(*estimated("algae")).folder)
    assert estimate.ways() == [APART]
