"""Spoiled inventories: whatever is deleted, scrambled or mistyped, there is an answer in words.

Never a traceback, a half-written folder, or a total that is wrong without anybody being told.
"""

import csv
import io
import shutil
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from runs import reviewed

from carbonledger.api import run_to_folder
from carbonledger.engine.results import RESULT_FILES, Results
from carbonledger.engine.run import RunOptions
from carbonledger.errors import CarbonledgerError
from carbonledger.model.problem import Grade
from carbonledger.paths import inventories_dir

SOURCE = inventories_dir() / "fujian-2012"
TABLE = (SOURCE / "energy_balance.csv").read_text("utf-8-sig")
MANIFEST = (SOURCE / "inventory.toml").read_text("utf-8")
FIRST_NUMBER = (4, 2)  # 0-based row and column of the first figure of the table


def table_rows():
    return list(csv.reader(io.StringIO(TABLE)))


def written(rows):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def attempt(folder, table=None, manifest=None):
    """Run a spoiled copy; give the problems and, if it was computed, the results."""
    home, out = folder / "spoiled", folder / "out"
    for path in (home, out):
        shutil.rmtree(path, ignore_errors=True)
    home.mkdir()
    (home / "energy_balance.csv").write_bytes(TABLE.encode() if table is None else table)
    (home / "inventory.toml").write_bytes(MANIFEST.encode() if manifest is None else manifest)
    # A manifest that cannot be used is an outcome of the whole run alone.
    outcome = reviewed(home, out) if manifest is None else run_to_folder(home, out, RunOptions())[1]
    left = {path.name for path in out.iterdir()}
    if outcome.blocked:
        assert any(problem.grade is Grade.A for problem in outcome.problems)
        assert left == {"problems.csv", "run.json"}
        return outcome.problems, None
    assert left >= set(RESULT_FILES)
    return outcome.problems, Results.read(out)


@cache
def sound(folder):
    return attempt(Path(folder))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("spoiled")


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return sound(str(tmp_path_factory.mktemp("sound")))


def said(problems):
    return sorted((problem.cell, problem.message.en) for problem in problems)


numbers = [
    (row, column)
    for row, cells in enumerate(table_rows())
    for column, text in enumerate(cells)
    if row >= FIRST_NUMBER[0] and column >= FIRST_NUMBER[1] and text
]


def letters(column):
    return chr(65 + column) if column < 26 else "A" + chr(65 + column - 26)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(place=st.sampled_from(numbers), spoil=st.sampled_from([
    lambda text: "", lambda text: f"-{text}".replace("--", ""),
    lambda text: str(float(text) * 100), lambda text: str(float(text) / 10),
    lambda text: text.replace(".", ","), lambda text: f"{text}吨", lambda text: "１２ ３",
    lambda text: "—", lambda text: "NE", lambda text: "#REF!", lambda text: "=A1",
    lambda text: str(float(text) + 5),
]))  # fmt: skip
def test_a_spoiled_figure_is_told_or_makes_no_difference(folder, original, place, spoil):
    rows = table_rows()
    row, column = place
    before, rows[row][column] = rows[row][column], spoil(rows[row][column])
    problems, results = attempt(folder, table=written(rows))
    if results is None:
        return
    # It was computed: then every posting is what the cell now says, and somebody was told.
    cell = f"energy_balance.csv!{letters(column)}{row + 1}"
    old = original[1].postings.set_index(["source", "account", "measure"])["amount"]
    new = results.postings.set_index(["source", "account", "measure"])["amount"]
    others = [key for key in old.index if key[0] != cell]
    assert new.reindex(others).to_numpy() == pytest.approx(
        old.loc[others].to_numpy(), rel=1e-12, nan_ok=True
    )
    touched = [key for key in old.index if key[0] == cell and old[key] == old[key]]
    for key in touched:
        if key in new.index and new[key] == new[key]:
            factor = float(rows[row][column]) / float(before)
            assert new[key] == pytest.approx(old[key] * factor, rel=1e-9)
    if touched:
        assert said(problems) != said(original[0])


ROWS = range(FIRST_NUMBER[0], len(table_rows()))


@pytest.mark.parametrize("row", [7, 11, 19, 21, 24, 28])
def test_a_missing_row_is_told(folder, original, row):
    rows = table_rows()
    del rows[row]
    problems, _ = attempt(folder, table=written(rows))
    assert said(problems) != said(original[0])


@pytest.mark.parametrize("column", [2, 6, 14, 16, 27])
def test_a_missing_column_is_told(folder, column):
    rows = [cells[:column] + cells[column + 1 :] for cells in table_rows()]
    _, results = attempt(folder, table=written(rows))
    assert results is None or column in {6}  # a printed total less changes no emission


@pytest.mark.parametrize("column", [4, 15, 20])
def test_a_shifted_column_is_told(folder, column):
    rows = [
        cells if row < FIRST_NUMBER[0] else [*cells[:column], "", *cells[column:-1]]
        for row, cells in enumerate(table_rows())
    ]
    _, results = attempt(folder, table=written(rows))
    assert results is None


def test_two_columns_changed_places_with_their_heads_change_nothing(folder, original):
    rows = [[*cells[:16], cells[17], cells[16], *cells[18:]] for cells in table_rows()]
    _, results = attempt(folder, table=written(rows))
    if results is not None:
        assert results.totals["amount"].to_numpy() == pytest.approx(
            original[1].totals["amount"].to_numpy(), rel=1e-12, nan_ok=True
        )


def test_two_heads_changed_places_are_told(folder):
    rows = table_rows()
    for head in (2, 3):
        rows[head][14], rows[head][16] = rows[head][16], rows[head][14]
    _, results = attempt(folder, table=written(rows))
    assert results is None


@pytest.mark.parametrize(
    "table",
    [
        b"", b"\0" * 64, b"\xff\xfe", b"PK\x03\x04broken", b"%PDF-1.7", b"<html></html>",
        b",,,\n,,,\n",
        "单位：百万吨标准煤\n项目,原煤\n".encode(), TABLE.encode()[:900], TABLE.encode()[4000:],
        TABLE.encode("gb18030")[:2001],
        TABLE.replace("百万吨标准煤", "").replace("Mtce", "").encode(),
        TABLE.replace("百万吨标准煤", "吨公里").encode(),
        TABLE.replace("原煤", "石头").replace("Raw Coal", "Stone").encode(),
        TABLE.replace("汽油", "柴油").encode(), TABLE.replace("\n", "").encode(),
        TABLE.replace(",", ";", 400).encode(), (TABLE + TABLE).encode(),
    ],
    ids=range(18),
)  # fmt: skip
def test_a_spoiled_file_is_refused_with_its_name(folder, table):
    problems, results = attempt(folder, table=table)
    assert results is None
    assert any(problem.file == "energy_balance.csv" for problem in problems)


def test_the_same_table_in_gb18030_gives_the_same_result(folder, original):
    _, results = attempt(folder, table=TABLE.replace("₂", "2").encode("gb18030"))
    assert results is not None
    assert results.totals["amount"].to_numpy() == pytest.approx(
        original[1].totals["amount"].to_numpy(), rel=1e-15, nan_ok=True
    )


@pytest.mark.parametrize(
    "manifest",
    [
        b"", b"\xff\xfe\x00", b"title = [", MANIFEST.replace("350000", "999999").encode(),
        MANIFEST.replace("2012]", "二〇一二]").encode(),
        MANIFEST.replace("2012]", "1812]").encode(),
        MANIFEST.replace("energy_balance.csv", "missing.csv").encode(),
        MANIFEST.replace("energy_balance.csv", "../../../etc/passwd").encode(),
        MANIFEST.replace("energy-balance", "energy-ballance").encode(),
        MANIFEST.replace("29.2712 GJ/tce", "29.2712").encode(),
        MANIFEST.replace("29.2712 GJ/tce", "0.7143 tce/t").encode(),
        MANIFEST.replace("5.8489902 百万吨标准煤", "5.9 百万吨标准煤").encode(),
        MANIFEST.replace("5.8489902 百万吨标准煤", "5.8489902 百万吨").encode(),
        MANIFEST.replace("5.8489902 百万吨标准煤", "很多").encode(),
        MANIFEST.replace("region", "regoin", 1).encode(), MANIFEST.encode("utf-16"),
        MANIFEST.replace('printed = "347.7444"', 'printed = "347.7"').encode(),
        MANIFEST.replace('action = "set-aside"', 'action = "confirm"').encode(),
        MANIFEST.replace('action = "set-aside"', 'action = "ignore"').encode(),
        MANIFEST.replace("212.800551 Mt CO2", "212.8 Mt").encode(),
        MANIFEST.replace("212.800551 Mt CO2", "many").encode(),
        MANIFEST.replace('account = "1.A"\ntotal', 'account = "9.Z"\ntotal').encode(),
    ],
    ids=range(22),
)  # fmt: skip
def test_a_spoiled_manifest_is_refused(folder, manifest):
    _, results = attempt(folder, manifest=manifest)
    assert results is None


def test_an_unknown_profile_is_refused_in_words(folder):
    manifest = MANIFEST.replace('profile = "cn-provincial-2011"', 'profile = "nobody"')
    with pytest.raises(CarbonledgerError) as refusal:
        attempt(folder, manifest=manifest.encode())
    assert "nobody" in refusal.value.text.zh
    assert not (folder / "out").exists()


@pytest.mark.parametrize("name", ["energy_balance.csv", "inventory.toml"])
def test_a_missing_file_is_refused(tmp_path, name):
    home = tmp_path / "spoiled"
    shutil.copytree(SOURCE, home)
    (home / name).unlink()
    _, outcome = run_to_folder(home, tmp_path / "out", RunOptions())
    assert outcome.blocked
    assert any(name in problem.file + problem.message.zh for problem in outcome.problems)
