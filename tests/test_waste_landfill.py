"""Landfills: decay and mass balance, each by itself and side by side.

Published values are those of the 2006 IPCC Guidelines, Volume 5. The results beside "oracle" were
computed by the functions of bonsai_ipcc 0.5.3 (an independent implementation of these guidelines).
"""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from waste_cases import run, shrinking

from carbonledger.analysis.landfill import landfill_notes, landfill_series
from carbonledger.engine.results import Results
from carbonledger.library.load import library
from carbonledger.library.profiles import profile
from carbonledger.methods.registry import get

DECAY = get("waste.landfill.ch4_decay").function
BALANCE = get("waste.landfill.ch4_mass_balance").function
# deposits, k, DOC, MCF, OX (DOCf 0.5, F 0.5): CH4 of each year by the oracle
ORACLE = [
    ([100] * 10 + [0] * 5, 0.17, 0.1306, 1.0, 0.1, [
        0, 0.612521, 1.129284, 1.565258, 1.933075, 2.243388, 2.505189, 2.726061, 2.912403,
        3.069613, 3.202246, 2.701622, 2.279264, 1.922935, 1.622312,
    ]),
    ([30, 28, 0, 15, 40, 0], 0.4, 0.15, 1.0, 0.1, [
        0, 0.445067938, 0.713734703, 0.478430679, 0.543235643, 0.957565659,
    ]),
    ([12, 14, 9, 0, 0, 3], 0.07, 0.4, 0.8, 0.0, [
        0, 0.086535911, 0.18164411, 0.234265779, 0.218427964, 0.203660884,
    ]),
    ([5, 5, 5, 0, 0, 0], 0.03, 0.43, 0.4, 0.0, [
        0, 0.00847228, 0.016694167, 0.02467306, 0.023943861, 0.023236213,
    ]),
]  # fmt: skip


def _arrays(deposits, rate, doc=0.15, mcf=1.0, oxidation=0.0):
    values = {
        "degradable_organic_carbon": doc, "degradable_carbon_fraction": 0.5,
        "methane_correction_factor": mcf, "methane_fraction": 0.5,
        "methane_oxidation_factor": oxidation, "decay_rate": rate,
    }  # fmt: skip
    full = {name: np.full(len(deposits), value) for name, value in values.items()}
    return {"waste": np.array(deposits, dtype=float), **full}


def _balance(deposits, doc=0.15, mcf=1.0, oxidation=0.0):
    arrays = _arrays(deposits, 1.0, doc, mcf, oxidation)
    del arrays["decay_rate"]
    return BALANCE(**arrays)


@pytest.mark.parametrize(("deposits", "rate", "doc", "mcf", "oxidation", "expected"), ORACLE)
def test_first_order_decay_against_the_oracle(deposits, rate, doc, mcf, oxidation, expected):
    amounts = DECAY(**_arrays(deposits, rate, doc, mcf, oxidation))
    assert amounts == pytest.approx(expected, abs=1e-6)


def test_mass_balance_books_the_potential_in_the_year_of_burial():
    # L0 = 0.1306 x 0.5 x 0.5 x 16/12 = 0.0435333 t/t; 100 Gg x 0.9 = 3.918 Gg a year, then none.
    amounts = _balance([100] * 10 + [0] * 5, 0.1306, 1.0, 0.1)
    assert amounts == pytest.approx([3.918] * 10 + [0] * 5, rel=1e-6)


@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=30),
    st.floats(0.01, 0.7),
    st.floats(0.05, 0.43),
    st.floats(0, 0.4),
)
def test_everything_that_is_buried_is_emitted_in_the_end(deposits, rate, doc, oxidation):
    # Forty half-lives after the last deposit both methods have given the same methane.
    rest = [0.0] * math.ceil(40 * math.log(2) / rate)
    decayed = DECAY(**_arrays([*deposits, *rest], rate, doc, 0.8, oxidation))
    booked = _balance(deposits, doc, 0.8, oxidation)
    assert decayed.min() >= 0
    assert decayed.sum() == pytest.approx(booked.sum(), rel=1e-9, abs=1e-9)
    assert (np.cumsum(decayed)[: len(deposits)] <= np.cumsum(booked) * (1 + 1e-9)).all()


def test_both_methods_side_by_side_and_alike_from_either_run(tmp_path):
    rows = [
        f"350500,{year},4.A,生活垃圾,管理填埋场,{amount},万t"
        for year, amount in zip(range(2013, 2021), [5, 8, 11, 14, 17, 16, 15, 14], strict=True)
    ]
    series = {}
    for name in ("provincial", "ipcc"):
        outcome, out = run(tmp_path, name, rows, periods=range(2018, 2021), history=2013)
        assert not outcome.blocked, outcome.problems
        results = Results.read(out)
        used = profile(str(tmp_path / f"{name}-in" / "profile.toml"))
        both = landfill_series(results, library(), used)
        codes = [problem.code for problem in landfill_notes(both, library())]
        series[name] = pd.DataFrame(both)
        # Recomputed from entries and selections, the method of the run gives what it booked.
        own = "mass_balance" if name == "provincial" else "decay"
        assert series[name][own].tolist() == pytest.approx(series[name]["booked"].tolist())
        assert "landfill-trend" in codes
        assert ("decay-history-short" in codes) == (name == "ipcc")
        assert ("landfill-climate" in codes) == (name == "ipcc")
    # The provincial run oxidises a tenth, the IPCC run nothing: else they are the same.
    for column in ("mass_balance", "decay"):
        ratio = series["provincial"][column] / series["ipcc"][column]
        assert ratio.tolist() == pytest.approx([0.9] * 3)
    deposits = [1e4 * value for value in (5, 8, 11, 14, 17, 16, 15, 14)]
    expected = DECAY(**_arrays(deposits, 0.09, 0.13795))
    assert series["ipcc"]["decay"].tolist() == pytest.approx(expected[-3:].tolist())


def test_no_warning_of_a_trend_where_both_methods_agree(tmp_path):
    # Thirty years of steady decline: three half-lives are known and both methods fall.
    rows = shrinking(detail="热带湿润", start=20.0, step=0.6)
    rows = [row.replace(",4.A,", ",4.A.1,") for row in rows]
    outcome, out = run(tmp_path, "ipcc", rows, periods=range(2015, 2021), history=1990)
    assert not outcome.blocked, outcome.problems
    results = Results.read(out)
    used = profile(str(tmp_path / "ipcc-in" / "profile.toml"))
    series = landfill_series(results, library(), used)
    assert landfill_notes(series, library()) == []


def test_warnings_name_the_place_the_numbers_and_the_remedy(tmp_path):
    rows = shrinking(first=2010, last=2020, start=12, step=0.5)
    _, out = run(tmp_path, "ipcc", rows, periods=range(2016, 2021), history=2010)
    results = Results.read(out)
    used = profile(str(tmp_path / "ipcc-in" / "profile.toml"))
    series = landfill_series(results, library(), used)
    notes = {problem.code: problem for problem in landfill_notes(series, library())}
    assert {problem.grade.value for problem in notes.values()} == {"C"}
    trend = notes["landfill-trend"].message
    assert "泉州市" in trend.zh
    assert "Quanzhou" in trend.en
    assert "质量平衡法" in trend.zh
    short = notes["decay-history-short"]
    assert "7.7" in short.message.zh  # ln 2 / 0.09
    assert "1992" in short.remedy.zh  # 2016 - ceil(3 x 7.7)
    assert "热带湿润" in notes["landfill-climate"].remedy.zh


def test_an_entered_rate_serves_both_the_run_and_the_comparison(tmp_path):
    rows = [f"350500,{year},4.A.1,生活垃圾,,10,万t,0.12" for year in range(2015, 2021)]
    outcome, out = run(tmp_path, "ipcc", rows, periods=range(2015, 2021), head="数量,单位,k [1/a]")
    assert not outcome.blocked, outcome.problems
    results = Results.read(out)
    used = profile(str(tmp_path / "ipcc-in" / "profile.toml"))
    series = landfill_series(results, library(), used)
    assert [row["decay"] for row in series] == pytest.approx([row["booked"] for row in series])
    assert [row["decay_rate"] for row in series] == pytest.approx([0.12] * 6)
    assert "landfill-climate" not in {note.code for note in landfill_notes(series, library())}
