"""What other systems got wrong, from the entries to the totals of this one."""

import math

import pytest

from carbonledger.api import run
from carbonledger.errors import CarbonledgerError


def finished(folder, *rows, gwp=None):
    folder.mkdir(exist_ok=True)
    (folder / "a.csv").write_text("\n".join(["科目,品种,细项,数量,单位,备注", *rows, ""]), "utf-8")
    (folder / "inventory.toml").write_text(
        'region = "350500"\nperiods = [2022]\nprofile = "cn-provincial-2011"\n'
        '[title]\nzh = "试"\nen = "t"\n[[tables]]\nfile = "a.csv"\n',
        "utf-8",
    )
    return run(folder, gwp=gwp)


def amount(done, account, gas):
    postings = done.postings
    rows = postings[(postings["account"] == account) & (postings["measure"] == gas)]
    return rows["amount"].sum()


SMALL = ("4.C.1,生活垃圾,,10,万t,", "2.B.3,己二酸,,0.18,万t,", "4.A.1,生活垃圾,,5,万t,")


def test_carbon_burned_becomes_co2_by_44_over_12_and_the_gases_keep_their_names(tmp_path):
    old = finished(tmp_path / "i", *SMALL)
    # Guideline of 2011: 20 % carbon, 39 % of it fossil, 95 % burned; adipic acid 293 kg N2O/t.
    carbon = 10e4 * 0.20 * 0.39 * 0.95
    assert amount(old, "4.C.1", "CO2") == pytest.approx(carbon * 44 / 12)
    for wrong in (2, 21):
        assert amount(old, "4.C.1", "CO2") != pytest.approx(carbon * wrong, rel=0.2)
    assert amount(old, "2.B.3", "N2O") == pytest.approx(0.18e4 * 0.293)
    assert set(old.postings["measure"]) <= {"CO2", "CH4", "N2O"}
    # A set of potentials has an effect, on every gas but CO2, and on no mass.
    new = finished(tmp_path / "i", *SMALL, gwp="AR5")
    for before, after in zip(
        old.postings.to_dict("records"), new.postings.to_dict("records"), strict=True
    ):
        assert before["amount"] == after["amount"] or math.isnan(before["amount"])
        if before["amount"] and not math.isnan(before["amount"]):
            worth = {"CO2": (1, 1), "CH4": (21, 28), "N2O": (310, 265)}[before["measure"]]
            assert before["co2e"] == pytest.approx(before["amount"] * worth[0])
            assert after["co2e"] == pytest.approx(after["amount"] * worth[1])


@pytest.mark.parametrize("unit", ["万kWh", "万m3", "顿", "t CH4"])
def test_a_unit_that_cannot_be_converted_is_refused_and_gives_no_number(tmp_path, unit):
    with pytest.raises(CarbonledgerError) as refusal:
        finished(tmp_path / "i", f"2.A.1,水泥熟料,,104,{unit},")
    assert "a.csv" in refusal.value.text.zh
    assert refusal.value.text.en


def test_rows_with_the_same_keys_are_added_and_never_overwrite_each_other(tmp_path):
    rows = ["2.A.1,水泥熟料,,100,万t,甲", "2.A.1,水泥熟料,,4,万t,乙", "2.A.1,水泥熟料,,104,万t,丙"]
    done = finished(tmp_path / "i", *rows)
    assert amount(done, "2.A.1", "CO2") == pytest.approx(208e4 * 0.538)
    assert len(done.results.entries) == 3
    assert "keys-shared" in {each.code for each in done.problems}
    # The very same row once more is asked about, and not dropped.
    again = finished(tmp_path / "i", rows[0], rows[0])
    assert amount(again, "2.A.1", "CO2") == pytest.approx(200e4 * 0.538)
    assert "row-twice" in {each.code for each in again.problems}
