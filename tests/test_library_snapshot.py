"""The golden file of selected values: it is fresh, and it says what selection says."""

import csv
import random
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from carbonledger.cli import app
from carbonledger.errors import CarbonledgerError
from carbonledger.library.load import library
from carbonledger.library.profiles import profiles
from carbonledger.library.select import select
from carbonledger.library.snapshot import COLUMNS, read_snapshot, snapshot, snapshot_text
from carbonledger.paths import factors_dir

GOLDEN = Path(__file__).parent / "data" / "selected_values.csv"
REFRESH = "carbonledger factors snapshot --out tests/data/selected_values.csv"
DRAWN = 400


@pytest.fixture(scope="module")
def text():
    return snapshot_text(snapshot(library(), profiles(factors_dir())))


def test_the_golden_file_is_what_the_library_selects(text):
    golden = GOLDEN.read_text("utf-8").splitlines()
    lines = text.splitlines()
    gone, new = sorted(set(golden) - set(lines)), sorted(set(lines) - set(golden))
    assert golden == lines, (
        f"{len(gone)} lines of {GOLDEN.name} are no longer selected and {len(new)} are new, "
        f"such as {[*gone[:2], *new[:2]]}. If that is meant, see what moves with "
        f"`carbonledger factors diff tests/data/selected_values.csv library`, then refresh it with "
        f"`{REFRESH}` and read its diff."
    )


def test_the_file_is_sorted_unique_and_small(text):
    lines = list(csv.reader(text.splitlines()))
    assert tuple(lines[0]) == COLUMNS
    keys = [tuple(line[:8]) for line in lines[1:]]
    assert keys == sorted(keys)
    # Of one unit there is one answer: the same key twice means units of two dimensions.
    assert len({(*line[:8], line[9]) for line in lines[1:]}) == len(keys)
    assert len(text.encode()) < 6_000_000


def parents(table, key, parent):
    above = dict(zip(table[key], table[parent], strict=True))

    def chain(place):
        found = []
        while place:
            found.append(place)
            place = above.get(place, "")
        return [*found, ""]

    return chain


def lines_by_key(text, dimension_of):
    found = {}
    for row in csv.DictReader(text.splitlines()):
        for profile in row["profile"].split("|"):
            key = (profile, row["parameter"], row["species"], dimension_of[row["unit"]])
            found.setdefault(key, []).append(row)
    return found


def look_up(lines, base, item, detail, account, region, year):
    """As the module says that the file is to be read."""
    items, accounts = (
        parents(base.items, "item", "general"),
        parents(base.accounts, "account", "parent"),
    )
    regions = parents(base.regions, "region", "parent")
    for column, above in (
        ("item", items(item)), ("detail", [detail, ""]), ("account", accounts(account)),
    ):  # fmt: skip
        named = {line[column] for line in lines}
        nearest = next((key for key in above if key in named), None)
        lines = [line for line in lines if line[column] == nearest]
    for place in regions(region):
        for line in lines:
            first, _, last = line["years"].partition("-")
            if line["region"] == place and int(first) <= year <= int(last or first):
                return line
    return None


def test_the_file_says_what_selection_says_of_anything(text):
    base, rules = library(), profiles(factors_dir())
    rows = base.parameters
    of_unit = dict(zip(rows["unit"], rows["dimension"], strict=True))
    lines = lines_by_key(text, of_unit)
    draw = random.Random(20121120)
    fujian = [code for code in base.regions["region"] if code.startswith("35")]
    details = sorted(set(rows["detail"]))
    # Rows with keys that rival each other are drawn as often as the many that do not.
    known = rows.sample(DRAWN, random_state=7).to_dict("records")
    known += rows[rows["region"] != ""].sample(DRAWN // 2, random_state=7).to_dict("records")
    found = 0
    by_profile = {}
    for row in known:
        item = row["item"] if draw.random() < 0.5 else draw.choice(list(base.items["item"]))
        account = (
            row["account"] if draw.random() < 0.4 else draw.choice(list(base.accounts["account"]))
        )
        wanted = {
            "argument": row["parameter"], "item": item, "account": account,
            "detail": row["detail"] if draw.random() < 0.7 else draw.choice(details),
            "species": row["species"], "region": draw.choice(fujian),
            "period": draw.randint(2005, 2026), "dimension": row["dimension"],
        }  # fmt: skip
        by_profile.setdefault(draw.choice(sorted(rules)), []).append(wanted)
    for name, requests in by_profile.items():
        for is_gwp in (False, True):
            chosen = rules[name]
            if is_gwp:
                chosen = chosen.model_copy(
                    update={"families": [chosen.gwp], "parameter_families": {}}
                )
            part = [each for each in requests if (each["argument"] == "gwp100") == is_gwp]
            if not part:
                continue
            winners = select(pd.DataFrame(part), base, chosen)
            for number, each in enumerate(part):
                key = (name, each["argument"], each["species"], each["dimension"])
                line = look_up(
                    lines.get(key, []), base, each["item"], each["detail"], each["account"],
                    each["region"], each["period"],
                )  # fmt: skip
                expected = winners["id"].get(number)
                assert (line and line["id"]) == expected, (name, each)
                if line:
                    found += 1
                    assert float(line["value"]) == pytest.approx(
                        winners["value"][number], rel=1e-14
                    )
                    assert line["unit"] == winners["unit"][number]
                    assert line["status"] == winners["status"][number]
                    # What is served from above has these two besides.
                    loose = {"parent-region", "general-item", "exact"}
                    assert set(line["fallback"].split("+")) - loose == (
                        set(winners["fallback"][number].split("+")) - loose
                    )
    assert found > DRAWN / 6  # profiles of ecosystem products answer few questions


def test_a_file_that_is_no_snapshot_is_refused(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(CarbonledgerError, match="factors snapshot"):
        read_snapshot(path)


def test_what_is_written_is_read_again(text, tmp_path):
    path = tmp_path / "s.csv"
    path.write_text(text, "utf-8")
    assert snapshot_text(read_snapshot(path)) == text


def test_the_command_writes_the_file(text, tmp_path):
    out = tmp_path / "s.csv"
    assert CliRunner().invoke(app, ["factors", "snapshot", "--out", str(out)]).exit_code == 0
    assert out.read_bytes() == text.encode()
