"""Local sets: rows copied from the library, values changed with their document, effect first."""

import csv
import shutil

import pandas as pd
import pytest
from intake_sample import write_sample

import carbonledger as cl
from carbonledger.errors import CarbonledgerError


@pytest.fixture
def inventory(tmp_path):
    folder = tmp_path / "quanzhou"
    folder.mkdir()
    (folder / "inventory.toml").write_text(
        'title = { zh = "泉州", en = "Quanzhou" }\nregion = "350500"\nperiods = [2022]\n'
        'profile = "cn-provincial-2011"\n[[tables]]\nfile = "energy.csv"\n',
        "utf-8",
    )
    (folder / "energy.csv").write_text(
        "科目,品种,数量,单位\n1.A.2,原煤,1000,t\n1.A.3.b,柴油,100,t\n", "utf-8"
    )
    return folder


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


SET = ("低位发热量", "--item", "原煤", "--value", "21.3 GJ/t", "--source", "福建省能源统计年鉴2023",
       "--locator", "第 45 页")  # fmt: skip


def total(folder, account="1.A.2"):
    totals = cl.run(folder).totals("account")
    chosen = (totals["account"] == account) & (totals["measure"] == "CO2")
    return totals.loc[chosen, "amount"].item()


def test_set_shows_the_effect_and_writes_only_when_told(carbonledger, inventory):
    before = total(inventory)
    code, out, _ = carbonledger("factors", "set", inventory, *SET, "--lang", "zh")
    assert code == 0
    assert "1.87" in out  # 21.3 / 20.908 - 1, in percent
    assert "没有写入" in out
    assert sorted(path.name for path in inventory.iterdir()) == ["energy.csv", "inventory.toml"]
    code, out, _ = carbonledger("factors", "set", inventory, *SET, "--apply", "--lang", "zh")
    assert code == 0
    (row,) = rows_of(inventory / "factors.csv")
    assert (row["value"], row["unit"], row["locator"]) == ("21.3", "GJ/t", "第 45 页")
    assert row["status"] == "unverified"
    assert total(inventory) == pytest.approx(before * 21.3 / 20.908)


def test_a_value_is_superseded_and_stays_visible(carbonledger, inventory):
    carbonledger("factors", "set", inventory, *SET, "--apply")
    again = [*SET[:4], "21.5 GJ/t", *SET[5:]]
    code, out, _ = carbonledger("factors", "set", inventory, *again, "--apply", "--lang", "zh")
    assert code == 0
    assert "取代 own-2：21.3 GJ/t" in out
    old, new = rows_of(inventory / "factors.csv")
    assert (old["value"], old["superseded_by"]) == ("21.3", "own-3")
    assert (new["value"], new["superseded_by"]) == ("21.5", "")
    (own,) = cl.open_inventory(inventory).intake.factors
    assert (own.id, own.value) == ("own-3", 21.5)


def test_a_value_of_one_year_leaves_the_former_one_to_the_other_years(carbonledger, inventory):
    carbonledger("factors", "set", inventory, *SET, "--apply")
    again = [*SET[:4], "21.5 GJ/t", *SET[5:], "--year-from", "2022", "--year-to", "2022"]
    assert carbonledger("factors", "set", inventory, *again, "--apply")[0] == 0
    own = cl.open_inventory(inventory).intake.factors
    assert not cl.open_inventory(inventory).intake.problems
    spans = sorted((str(each.valid_from), str(each.valid_to), each.value) for each in own)
    assert spans == [
        ("2022-01-01", "2022-12-31", 21.5),
        ("2023-01-01", "None", 21.3),
        ("None", "2021-12-31", 21.3),
    ]


def test_set_keeps_the_clerk_s_own_columns_and_rows(carbonledger, inventory):
    (inventory / "factors.csv").write_text(
        "参数,品种,数值,单位,来源,页码\n低位发热量,柴油,42.9,GJ/t,油品检测报告,表2\n", "gb18030"
    )
    assert carbonledger("factors", "set", inventory, *SET, "--apply")[0] == 0
    first, second = rows_of(inventory / "factors.csv")
    assert (first["品种"], first["数值"], first["来源"]) == ("柴油", "42.9", "油品检测报告")
    assert (second["品种"], second["数值"], second["页码"]) == ("raw_coal", "21.3", "第 45 页")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"--source": ""}, "来源"),
        ({"--locator": " "}, "页码"),
        ({"--value": "21300 GJ/t"}, "不可能"),
        ({"--value": "21.3 GJ/顿"}, "顿"),
        ({"--value": "21.3 kcal/kg"}, "kcal"),
        ({"--source": "=HYPERLINK(1)"}, "公式"),
        ({"--note": "@SUM(A1)"}, "公式"),
        ({"--item": "原媒"}, "原煤"),
        ({"--year-from": "2023", "--year-to": "2020"}, "起始年"),
    ],
)
def test_set_refuses_in_words(carbonledger, inventory, change, says):
    pairs = dict(zip(SET[1::2], SET[2::2], strict=True)) | change
    arguments = [text for pair in pairs.items() for text in pair]
    code, _, err = carbonledger("factors", "set", inventory, SET[0], *arguments, "--apply")
    assert code == 1
    assert says in err
    assert not (inventory / "factors.csv").exists()


def test_what_comes_with_the_program_is_not_changed(carbonledger):
    code, _, err = carbonledger("factors", "set", "fujian-2012", *SET, "--apply")
    assert code == 1
    assert "复制" in err


def test_a_unit_that_no_method_takes_is_refused_by_the_trial(carbonledger, inventory):
    change = [*SET[:4], "21.3 t", *SET[5:]]
    code, out, _ = carbonledger("factors", "set", inventory, *change, "--apply", "--lang", "zh")
    assert code == 2
    assert "单位" in out
    assert not (inventory / "factors.csv").exists()


def test_a_file_changed_meanwhile_is_not_overwritten(inventory):
    from carbonledger.engine.own import set_factor

    trial = set_factor(
        inventory, "低位发热量", "21.3 GJ/t", item="原煤", source="年鉴", locator="第45页"
    )
    (inventory / "factors.csv").write_text("参数,数值,单位,来源,页码\n", "utf-8")
    with pytest.raises(CarbonledgerError, match="刚被别的程序改过"):
        trial.apply()
    assert (inventory / "factors.csv").read_text("utf-8") == "参数,数值,单位,来源,页码\n"


def test_copy_keeps_origin_source_and_status(carbonledger, inventory):
    before = total(inventory)
    arguments = ("factors", "copy", inventory, "--edition", "gbt-2589-2020", "--item", "原煤",
                 "--parameter", "低位发热量")  # fmt: skip
    assert carbonledger(*arguments, "--apply", "--lang", "zh")[0] == 0
    (row,) = rows_of(inventory / "factors.csv")
    assert row["value"] == "20.934"
    assert "gbt-2589-2020/raw_coal/ncv" in row["note"]
    assert "GB/T 2589" in row["source"]
    assert total(inventory) == pytest.approx(before * 20.934 / 20.908)
    assert carbonledger(*arguments, "--apply")[0] == 1  # it has its own by now
    assert len(rows_of(inventory / "factors.csv")) == 1


def test_a_set_that_two_inventories_share(carbonledger, inventory, tmp_path):
    sets = tmp_path / "sets"
    sets.mkdir()
    shared = sets / "quanzhou.csv"
    code, *_ = carbonledger("factors", "copy", shared, "--edition", "gbt-2589-2020")
    assert code == 0
    assert not any(text.startswith(("=", "+", "@")) for row in rows_of(shared)
                   for text in row.values())  # fmt: skip
    before = total(inventory)
    manifest = inventory / "inventory.toml"
    manifest.write_text(
        'factors = ["factors.csv", "../sets/quanzhou.csv"]\n' + manifest.read_text("utf-8"), "utf-8"
    )
    (inventory / "factors.csv").write_text(
        "参数,品种,数值,单位,来源,页码\n低位发热量,柴油,43,GJ/t,油品检测报告,表2\n", "utf-8"
    )
    run = cl.run(inventory)
    used = pd.read_parquet(run.results.folder / "selections.parquet")
    heats = used[used["argument"] == "net_calorific_value"].set_index("parameter")["value"]
    assert set(heats.loc[["own-2"]]) == {43}  # the first file goes before the second
    assert set(heats) == {43, 20.934}  # the second before the library
    assert total(inventory) == pytest.approx(before * 20.934 / 20.908)
    names = {file["name"]: file["sha256"] for file in run.results.info["files"]}
    assert len(names["../sets/quanzhou.csv"]) == 64
    former = run.identity
    text = shared.read_text("utf-8-sig").replace("20.934", "20.944")
    shared.write_text(text, "utf-8-sig")
    assert cl.run(inventory).identity != former


@pytest.mark.parametrize("name", ["../sets/none.csv", "/etc/passwd", "C:\\sets\\q.csv"])
def test_a_set_must_exist_and_be_relative(inventory, name):
    manifest = inventory / "inventory.toml"
    manifest.write_text(f"factors = ['{name}']\n" + manifest.read_text("utf-8"), "utf-8")
    with pytest.raises(CarbonledgerError):
        cl.run(inventory)


def test_effects_leave_no_trace(carbonledger, tmp_path):
    folder = write_sample(tmp_path / "sample")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert carbonledger("factors", "set", folder, *SET)[0] in {0, 2}
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    shutil.rmtree(folder)
