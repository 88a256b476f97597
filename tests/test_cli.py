"""The command line as a user meets it: exit codes, both languages, JSON, and refusals in words."""

import json
import os
import subprocess
import sys

import pytest

from carbonledger.cli.common import default_language
from carbonledger.paths import inventories_dir


@pytest.fixture
def broken(tmp_path):
    """Fujian 2012 without the answers of its compilers: the grade-A problem stands."""
    source, folder = inventories_dir() / "fujian-2012", tmp_path / "broken"
    folder.mkdir()
    (folder / "energy_balance.csv").write_bytes((source / "energy_balance.csv").read_bytes())
    manifest = (source / "inventory.toml").read_text("utf-8")
    (folder / "inventory.toml").write_text(manifest.split("[[answers]]")[0], "utf-8")
    return folder


def test_a_check_prints_every_problem_since_it_writes_no_file(carbonledger):
    listed = json.loads(carbonledger("check", "fujian-2012", "--json")[1])
    _, out, _ = carbonledger("check", "fujian-2012", "--lang", "zh")
    assert len(listed) > 10
    assert out.count("→") == len(listed)
    assert "problems.csv" not in out


def test_run_ends_with_totals_problems_and_the_workbook(carbonledger, tmp_path):
    code, out, err = carbonledger("run", "fujian-2012", "--lang", "zh")
    assert (code, err) == (0, "")
    assert "交通运输" in out
    assert "O7" in out
    assert "summary.xlsx" in out
    assert (tmp_path / "results" / "fujian-2012" / "summary.xlsx").is_file()
    code, out, _ = carbonledger("run", "fujian-2012", "--lang", "en")
    assert code == 0
    assert "Transport" in out
    assert "already stored" in out


def test_grade_a_problems_end_with_2_and_leave_no_totals(carbonledger, broken, tmp_path):
    assert carbonledger("check", broken)[0] == 2
    assert carbonledger("check", "fujian-2012")[0] == 0
    assert carbonledger("run", "fujian-2012", "--out", tmp_path / "out")[0] == 0
    code, out, _ = carbonledger("run", broken, "--out", tmp_path / "out", "--lang", "en")
    assert code == 2
    assert "O7" in out
    # The former result must not stay beside the refusal as if it were the new one.
    left = {path.name for path in (tmp_path / "out").iterdir()}
    assert left == {"problems.csv", "run.json"}
    code, out, _ = carbonledger("check", broken, "--json")
    assert code == 2
    assert {row["cell"] for row in json.loads(out) if row["grade"] == "A"} >= {"O7"}


def test_a_manifest_that_cannot_be_used_ends_with_2_and_a_list(carbonledger, tmp_path):
    folder = tmp_path / "bad"
    folder.mkdir()
    (folder / "inventory.toml").write_text("title = 3", "utf-8")
    assert carbonledger("check", folder)[0] == 2
    code, out, _ = carbonledger("run", folder, "--out", tmp_path / "out", "--lang", "zh")
    assert code == 2
    assert "缺少 region" in out
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"problems.csv", "run.json"}


def test_run_as_json(carbonledger):
    code, out, _ = carbonledger("run", "fujian-2012", "--json", "--gwp", "AR6")
    info = json.loads(out)
    assert code == 0
    assert (info["gwp"], info["status"], info["stored"]) == ("AR6", "complete", True)


def test_calc_with_chinese_units(carbonledger):
    arguments = ("calc", "energy.combustion.co2", "fuel=12.5 万吨", "item=柴油", "region=泉州市",
                 "period=2012")  # fmt: skip
    code, out, _ = carbonledger(*arguments, "--lang", "zh")
    assert code == 0
    # 125 000 t x 42.652 GJ/t x 20.2 t C/TJ x 0.98 x 44/12
    assert "386,988.7047 t CO2" in out
    assert "12.5 万吨 × 42.652 GJ/t × 20.2 t C/TJ × 0.98 × 44/12" in out
    code, out, _ = carbonledger(*arguments, "--json")
    result = json.loads(out)
    assert result["value"] == pytest.approx(125e3 * 42.652e-3 * 20.2 * 0.98 * 44 / 12)
    assert result["unit"] == "t CO2"


def test_calc_by_volume_and_by_coal_equivalent(carbonledger):
    gas = json.loads(
        carbonledger("calc", "energy.combustion.co2", "fuel=2亿m³", "item=天然气", "--json")[1]
    )
    assert gas["value"] == pytest.approx(2e8 * 38.931e-6 * 15.3 * 0.99 * 44 / 12)
    coal = json.loads(
        carbonledger("calc", "energy.combustion.co2.coal_equivalent", "coal_equivalent=1万吨标准煤",
                     "item=raw_coal", "heat_per_coal_equivalent=29.3076 GJ/tce", "--json")[1]
    )  # fmt: skip
    assert coal["value"] == pytest.approx(1e4 * 29.3076e-3 * 26.1 * 0.93 * 44 / 12)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (["fuel=3 km", "item=diesel"], "长度"),
        (["fuel=3 ton", "item=diesel"], "公吨"),
        (["fuel=1 t", "item=柴"], "柴油"),
        (["fule=1 t"], "fuel"),
        (["fuel=1 t"], "item"),
        (["fuel=1,23４.5吨", "item=diesel"], "1,23"),
        (["fuel=1 t", "item=diesel", "net_calorific_value=43 GJ/m3"], "配套"),
        (["fuel=1 t", "fuel=2 t"], "两次"),
        (["1 t"], "名称=数值"),
        (["fuel=1 t", "item=diesel", "period=二零一二"], "年份"),
        (["fuel=1 t", "item=diesel", "region=火星"], "地区"),
    ],
)
def test_calc_refuses_in_words_that_a_clerk_understands(carbonledger, values, says):
    code, out, err = carbonledger("calc", "energy.combustion.co2", *values)
    assert code == 1
    assert says in err
    assert out == ""
    assert len(err.strip().splitlines()) == 2  # Chinese first, English below


def test_methods_and_factors(carbonledger):
    code, out, _ = carbonledger("methods", "--lang", "zh")
    assert code == 0
    assert "energy.combustion.n2o.heat" in out
    assert "44/12" in out
    rows = json.loads(carbonledger("factors", "search", "柴油", "carbon_content", "--json")[1])
    values = {row["edition"]: row["value"] for row in rows if row["item"] == "diesel"}
    assert values["ipcc-2006"] == 20.2  # IPCC 2006 Vol. 2 table 1.3, gas/diesel oil
    assert carbonledger("factors", "search", "没有这样的东西", "--json")[1].strip() == "[]"


def test_explain_from_a_folder_and_from_the_ledger(carbonledger):
    carbonledger("run", "fujian-2012", "--out", "out")
    code, out, _ = carbonledger("explain", "out", "--account", "1.A.3", "--item", "柴油")
    assert code == 0
    assert "energy_balance.csv!Q25" in out
    assert "4.234042 百万吨标准煤 × 29.2712 GJ/tce × 20.2 t C/TJ × 0.98 × 44/12" in out
    told = json.loads(carbonledger("explain", "latest", "--account", "1.A.3", "--json")[1])
    assert len(told["terms"]) > 5
    same = carbonledger("explain", "out", "--account", "交通运输", "--region", "福建省", "--json")
    assert json.loads(same[1])["terms"] == told["terms"]
    code, _, err = carbonledger("explain", "out", "--account", "9.Z")
    assert code == 1
    assert "9.Z" in err
    code, _, err = carbonledger("explain", "out", "--account", "2.A")
    assert code == 1
    assert "1.A.3" in err  # what the run does have


def test_compare_two_runs(carbonledger):
    carbonledger("run", "fujian-2012", "--out", "a")
    carbonledger("run", "fujian-2012", "--out", "b", "--profile", "ipcc-2006", "--gwp", "SAR")
    code, out, _ = carbonledger("compare", "a", "b", "--lang", "zh")
    assert code == 0
    assert "方法" in out
    told = json.loads(carbonledger("compare", "a", "b", "--json")[1])
    assert [total["book"] for total in told["totals"]] == ["inventory", "memo"]
    for total in told["totals"]:
        effects = total["data"] + total["parameter"] + total["method"] + total["gwp"]
        assert effects == pytest.approx(total["difference"])


def test_ledger_log_and_verify(carbonledger):
    code, _, err = carbonledger("ledger", "log")
    assert code == 1
    assert "账本" in err
    carbonledger("run", "fujian-2012", "--out", "out")
    code, out, _ = carbonledger("ledger", "log")
    assert code == 0
    assert "fujian-2012" in out
    assert carbonledger("ledger", "verify")[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "no-such-folder"],
        ["run", "fujian-2012", "--profile", "nobody"],
        ["run", "fujian-2012", "--gwp", "AR9"],
        ["run", "fujian-2012", "--engine", "abacus"],
        ["run", "fujian-2012", "--lang", "fr"],
        ["run"],
        ["frobnicate"],
        ["run", "fujian-2012", "--frobnicate"],
        ["explain", "no-such-run", "--account", "1"],
        ["compare", "a", "b"],
        ["calc", "energy.combustion.co3", "fuel=1 t"],
    ],
)
def test_refusals_have_both_languages_and_exit_1(carbonledger, arguments, tmp_path):
    code, _, err = carbonledger(*arguments)
    assert code == 1
    chinese, english = err.strip().split("\n", 1)
    assert any("\u4e00" <= char <= "\u9fff" for char in chinese)
    assert english.isascii() or "'" in english
    assert not (tmp_path / "results" / "fujian-2012").exists()


def test_an_out_folder_with_other_things_is_left_alone(carbonledger, tmp_path):
    precious = tmp_path / "mine" / "thesis.docx"
    precious.parent.mkdir()
    precious.write_text("years of work")
    code, _, err = carbonledger("run", "fujian-2012", "--out", precious.parent)
    assert code == 1
    assert "mine" in err
    assert precious.read_text() == "years of work"


def test_help_in_both_languages(carbonledger):
    code, out, _ = carbonledger("--help")
    assert code == 0
    assert "计算清单并保存" in out
    assert "Compute an inventory" in out


@pytest.mark.parametrize(
    ("variable", "lang"), [("en_GB.UTF-8", "en"), ("zh_CN.UTF-8", "zh"), ("C", "zh")]
)
def test_the_language_follows_the_locale(monkeypatch, variable, lang):
    monkeypatch.setenv("LC_ALL", variable)
    assert default_language() == lang


def test_importing_the_package_loads_nothing_heavy():
    # Start-up time is measured by the benchmarks; here only that nothing heavy creeps in.
    code = (
        "import sys, carbonledger, carbonledger.cli;"
        "print([m for m in ('pandas','duckdb','pint','pyarrow','narwhals','rich.table') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                          env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})  # fmt: skip
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(os.name != "posix", reason="closes the streams of a shell")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
@pytest.mark.parametrize(("words", "code"), [(["methods"], 0), (["run", "nowhere-at-all"], 1)])
def test_a_process_without_streams_ends_with_its_own_code(closed, words, code):
    command = [sys.executable, "-m", "carbonledger.cli", *words]
    done = subprocess.run(["sh", "-c", f'exec "$@" {closed}', "sh", *command], capture_output=True,
                          text=True, check=False,
                          env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})  # fmt: skip
    assert done.returncode == code
    assert "Traceback" not in done.stdout + done.stderr
