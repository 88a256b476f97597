"""Land of one plan that stands in two tables: told, with both areas."""

import pandas as pd
import pytest
from runs import reviewed
from sinks_sample import inventory

from carbonledger.engine.run import RunOptions
from carbonledger.intake.columns import arrange

AREA = "湿地面积 [公顷]"


def problems(tmp_path, second):
    """The problems of 675 ha of the province beside a second table."""
    folder = inventory(tmp_path / "in", ["2020,S.2.1,红树林,盐度 18 及以上,675"], AREA)
    (folder / "more.csv").write_text(f"地区,年份,科目,品种,细项,{AREA}\n{second}\n", "utf-8")
    manifest = folder / "inventory.toml"
    manifest.write_text(manifest.read_text("utf-8") + '[[tables]]\nfile = "more.csv"\n', "utf-8")
    outcome = reviewed(folder, tmp_path / "out", RunOptions())
    assert not outcome.blocked, [problem.message.en for problem in outcome.problems]
    return [problem for problem in outcome.problems if problem.code == "land-twice"]


@pytest.mark.parametrize("region", ["350000", "350500"])
def test_an_area_that_may_lie_within_another_is_asked_about(tmp_path, region):
    (found,) = problems(tmp_path, f"{region},2020,S.2.1,红树林,盐度 18 及以上,274")
    assert (found.grade.value, found.file) == ("B", "more.csv")
    # 274 ha are 4110 mu, 675 ha are 10125 mu.
    for said in ("274.00 ha (4,110.00 mu)", "675.00 ha (10,125.00 mu)"):
        assert said in found.message.en
    assert "相加" in found.message.zh


def test_another_kind_of_land_is_no_question(tmp_path):
    assert not problems(tmp_path, "350000,2020,S.2.2,盐沼,盐度 18 及以上,150")


@pytest.mark.parametrize(("name", "asked"), [("湿地面积", True), ("蓄积变化量", False)])
def test_an_area_without_a_unit_is_asked_for_hectares_or_mu(name, asked):
    arranged = arrange(["地区", "年份", "科目", "品种", name], ["key", "quantity"], [])
    (found,) = [each for each in arranged.findings if each.code == "unit-missing"]
    assert ("1 亩 = 1/15 公顷" in found.message.zh) is asked
    assert ("1/15 ha" in found.message.en) is asked


def test_the_coast_of_quanzhou(tmp_path):
    # 150 ha x 0.8 x 0.91 t C/ha/a (2013 Wetlands Supplement Table 4.12) = 400.4 t CO2 a year once
    # all is planted; 80 ha of mangrove x 0.8 x 0.01 t C/m3 x 87.5 m3/ha/a (Zhu et al. 2016).
    out = tmp_path / "out"
    outcome = reviewed("quanzhou-coast-2025", out, RunOptions())
    assert not outcome.blocked
    posted = pd.read_parquet(out / "postings.parquet")
    soil = posted[(posted["period"] == 2035) & posted["amount"].notna()]
    soil = soil.groupby(["account", "measure"])["amount"].sum()
    assert soil["S.2.2.b", "CO2"] == pytest.approx(400.4)
    assert soil["S.2.1.b", "CO2"] == pytest.approx(80 * 0.8 * 0.01 * 87.5 * 44 / 12)
    assert set(posted["book"]) == {"credit"}
