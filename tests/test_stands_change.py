"""Two surveys of one region: stands that meet, the difference of stocks, what is left out."""

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stands_sample import CULM, GOOD, HEADINGS, changed, write

from carbonledger.analysis.stand_change import change_sums, matched
from carbonledger.errors import CarbonledgerError
from carbonledger.intake.stand_fields import mapping_text, proposed
from carbonledger.stands import StandOptions, survey
from carbonledger.stands.change import CHANGE_BOOK, change

FIR = 0.307 * 1.634 * 1.246 * 0.52  # AR-CM-001, as in test_stands
LATER = [
    changed(changed(GOOD[0], 林龄=20), 小班蓄积=160),
    changed(changed(GOOD[1], 林龄=30), 小班蓄积=150),
    changed(GOOD[2], 小班号=7),  # renumbered
    changed(GOOD[3], 毛竹株数=21000),
]


def surveyed(tmp_path, rows, year, name, *, region="350429", more=CULM):
    mapping = tmp_path / f"{name}.toml"
    mapping.write_text(mapping_text(proposed(HEADINGS), HEADINGS) + more, "utf-8")
    options = StandOptions(mapping=mapping, region=region, period=year, set_aside=True)
    survey(write(tmp_path / f"{name}.xlsx", rows), tmp_path / name, options)
    return tmp_path / name


def both(tmp_path, former=GOOD, latter=LATER, years=(2018, 2023)):
    then = surveyed(tmp_path, former, years[0], "then")
    now = surveyed(tmp_path, latter, years[1], "now")
    return change(then, now, tmp_path / "out")


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """The change between the tables above, and its folder."""
    folder = tmp_path_factory.mktemp("change")
    return both(folder), folder / "out"


def test_the_difference_of_stocks_by_hand(usual):
    done, _ = usual
    fir = change_sums(done.groups, ["species"], done.years).set_index("species")
    assert fir.loc["cunninghamia", "volume"] == pytest.approx(8)
    assert fir.loc["cunninghamia", "removal K.1"] == pytest.approx(8 * FIR * 44 / 12)
    # Fang et al. 2001: the intercept of an unchanged area cancels.
    assert fir.loc["cunninghamia", "removal K.2"] == pytest.approx(8 * 0.3999 * 0.52 * 44 / 12)
    assert fir.loc["masson_pine", "removal K.1"] < 0
    culms = 1000 * 16 / 1000 * 0.5 / 5 * 44 / 12
    assert done.total()["removal K.3"] == pytest.approx(culms)


def test_stands_that_do_not_meet_are_told(usual):
    done, folder = usual
    rows = done.rows.set_index(["period", "status"])["size"]
    assert rows[(2018, "matched")] == rows[(2023, "matched")] == 3
    assert rows[(2018, "gone")] == rows[(2023, "new")] == 1
    assert done.doubts.matched == 3
    assert done.doubts.fallen == 1
    assert done.doubts.fallen_volume == pytest.approx(30)
    assert done.doubts.share == pytest.approx(13 / 14)
    book = openpyxl.load_workbook(folder / CHANGE_BOOK, read_only=True)
    numbers = {row[5] for row in book["未匹配"].iter_rows(values_only=True)}
    assert {"1", "7"} <= numbers


@pytest.mark.parametrize("keys", [["status"], ["region"], ["township"], ["species"], ["origin"]])
def test_parts_of_the_change_add_up(usual, keys):
    done, _ = usual
    parts = change_sums(done.groups, keys, done.years)
    for name in ("volume", "removal K.1", "removal K.2", "removal K.3", "area now"):
        assert parts[name].sum() == pytest.approx(done.total()[name])


def test_a_stand_that_one_survey_refused_is_left_out_of_both(tmp_path):
    wrong = changed(GOOD[0], 面积=-3)
    done = both(tmp_path, former=[wrong, *GOOD[1:]])
    fir = set(done.groups["species"])
    assert "cunninghamia" not in fir  # and no 160 m3 that seem to have grown
    rows = done.rows.set_index(["period", "status"])["size"]
    assert rows[(2018, "excluded")] == rows[(2023, "excluded")] == 1


def test_the_same_survey_twice_has_no_change(tmp_path):
    done = both(tmp_path, latter=GOOD)
    total = done.total()
    for name in ("volume", "removal K.1", "removal K.2", "removal K.3"):
        assert total[name] == 0
    assert done.doubts.age == 3  # no stand with an age grew older in five years


def test_renumbered_tables_are_called_so(tmp_path):
    other = [changed(row, 林班="9") for row in LATER]
    done = both(tmp_path, latter=other)
    assert done.doubts.share == 0
    book = openpyxl.load_workbook(tmp_path / "out" / CHANGE_BOOK, read_only=True)
    words = " ".join(str(cell) for row in book["合计"].iter_rows(values_only=True) for cell in row)
    assert "重新编号" in words
    # The sum of the region does not depend on numbers.
    assert done.total()["volume"] == pytest.approx((410 - 400) / 5)


def test_species_without_parameters_are_counted(usual):
    done, _ = usual
    # Fang et al. 2001 have no line for schima.
    assert done.total()["uncovered K.2 then"] == pytest.approx(100)
    assert done.total()["uncovered K.1 then"] == 0


def test_surveys_that_do_not_fit_are_refused(tmp_path):
    then = surveyed(tmp_path, GOOD, 2018, "then")
    same = surveyed(tmp_path, GOOD, 2018, "same")
    culms = surveyed(tmp_path, GOOD, 2023, "culms", more=CULM.replace("16 kg", "20 kg"))
    away = surveyed(tmp_path, GOOD, 2023, "away", region="350425")
    for first, second, said in (
        (then, same, "晚于"), (culms, then, "晚于"), (then, culms, "单株"), (then, away, "地区"),
        (tmp_path, then, "结果目录"),
    ):  # fmt: skip
        with pytest.raises(CarbonledgerError, match=said):
            change(first, second, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_refused_survey_is_not_compared(tmp_path):
    then = surveyed(tmp_path, GOOD, 2018, "then")
    path = write(tmp_path / "bad.xlsx", [changed(GOOD[0], 面积=-3), *GOOD[1:]])
    survey(path, tmp_path / "bad", StandOptions(region="350429", period=2023))
    with pytest.raises(CarbonledgerError, match="A 级"):
        change(then, tmp_path / "bad", tmp_path / "out")


rows = st.lists(st.tuples(st.sampled_from("123456"), st.floats(0.1, 9), st.booleans()), max_size=8)


def frame_of(drawn):
    frame = pd.DataFrame(drawn, columns=["number", "area", "set_aside"])
    frame["set_aside"] = frame["set_aside"].astype(bool)
    return frame.assign(region="350429", township="甲乡", village="", compartment="1")


@settings(deadline=None)
@given(rows, rows)
def test_every_stand_has_one_status_and_partners_have_the_same(former, latter):
    then, now = matched(frame_of(former), frame_of(latter))
    assert set(then["status"]) <= {"matched", "gone", "excluded"}
    assert set(now["status"]) <= {"matched", "new", "excluded"}
    numbers = [sorted(f.loc[f["status"] == "matched", "number"]) for f in (then, now)]
    assert numbers[0] == numbers[1]
    assert len(numbers[0]) == len(set(numbers[0]))
    counted = pd.concat([then, now]).query("status != 'excluded'")
    left_out = {n for n, _, aside in [*former, *latter] if aside}
    assert not left_out & set(counted["number"])
    assert not counted["set_aside"].any()


def test_numbers_meet_without_leading_zeros():
    row = {"region": "1", "township": "甲", "village": "", "compartment": "012", "number": "003",
           "set_aside": False}  # fmt: skip
    then, now = matched(
        pd.DataFrame([row]), pd.DataFrame([{**row, "compartment": "12", "number": "3"}])
    )
    assert then["status"].tolist() == now["status"].tolist() == ["matched"]
    # Two spellings of one number within a survey cannot be told apart: neither counts.
    both = pd.DataFrame([row, {**row, "number": "3"}])
    then, now = matched(both, pd.DataFrame([row]))
    assert set(then["status"]) | set(now["status"]) == {"excluded"}
