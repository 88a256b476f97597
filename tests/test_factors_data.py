"""The tables of the factor library: complete, consistent, without ties, circles or orphans."""

import csv
from collections import Counter, defaultdict
from itertools import pairwise

import pytest
from factor_tables import (
    FOLDER,
    FOLDERS,
    GWP_SETS,
    PARAMETER_FILES,
    PARAMETERS,
    PRICE_FILES,
    TABLES,
    all_records,
    keys,
    records,
    rows,
)

from carbonledger import units
from carbonledger.library.load import library
from carbonledger.model.records import Gas, Parameter, Price, Region


@pytest.mark.parametrize(
    ("path", "record"),
    [(FOLDER / name, record) for name, record in TABLES.items()]
    + [(path, record) for name, record in FOLDERS.items() for path in (FOLDER / name).glob("*.csv")]
    + [(path, Parameter) for path in PARAMETER_FILES]
    + [(path, Price) for path in PRICE_FILES],
    ids=lambda value: getattr(value, "name", ""),
)
def test_every_table_has_the_columns_of_its_record_and_only_valid_rows(path, record):
    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    assert header == list(record.model_fields)
    assert records(path, record)


@pytest.mark.parametrize("name", ["accounts.csv", "regions.csv", "items", "details", "sources.csv"])
def test_keys_are_unique(name):
    first = next(iter((TABLES | FOLDERS)[name].model_fields))
    counts = Counter(getattr(row, first) for row in all_records(name))
    assert max(counts.values()) == 1


def test_parameter_ids_are_unique_and_no_two_rows_of_an_edition_tie():
    assert max(Counter(row.id for row in PARAMETERS).values()) == 1
    ties = Counter(
        (
            row.edition, row.parameter, row.item, row.detail, row.account, row.species, row.region,
            row.valid_from, row.valid_to, units.dimension(row.unit),
        )
        for row in PARAMETERS
    )  # fmt: skip
    assert [key for key, count in ties.items() if count > 1] == []


def test_every_reference_of_a_parameter_exists():
    for column, name in (
        ("item", "items"),
        ("detail", "details"),
        ("account", "accounts.csv"),
        ("region", "regions.csv"),
        ("source", "sources.csv"),
    ):
        used = {getattr(row, column) for row in PARAMETERS} - {""}
        assert used <= keys(name), column


def test_accounts_cite_sources_that_exist():
    assert {row["source"] for row in rows(FOLDER / "accounts.csv")} <= keys("sources.csv")


@pytest.mark.parametrize(
    ("name", "key", "parent"),
    [
        ("accounts.csv", "account", "parent"),
        ("regions.csv", "region", "parent"),
        ("items", "item", "general"),
    ],
)
def test_every_chain_of_parents_ends(name, key, parent):
    parents = {getattr(row, key): getattr(row, parent) for row in all_records(name)}
    for start in parents:
        place, seen = start, set()
        while place:
            assert place not in seen, f"{start} runs in a circle"
            seen.add(place)
            place = parents[place]


def test_a_parent_stands_in_the_same_book():
    books = {row["account"]: row["book"] for row in rows(FOLDER / "accounts.csv")}
    for row in rows(FOLDER / "accounts.csv"):
        assert not row["parent"] or books[row["parent"]] == row["book"], row["account"]


def test_account_codes_follow_the_ipcc_tree():
    accounts = {row["account"]: row for row in rows(FOLDER / "accounts.csv")}
    for code, row in accounts.items():
        assert row["ipcc_2006"] in {"", code} or row["book"] == "memo"
        if row["book"] == "inventory":
            assert row["parent"] == code.rpartition(".")[0]
    assert accounts["1.A.4.c"]["name_zh"].startswith("农业")
    assert {f"1.A.2.{letter}" for letter in "abcdefghijklm"} <= accounts.keys()
    # International bunkers are memo items, never part of domestic transport.
    assert not {"1.A.3.a.i", "1.A.3.d.i"} & accounts.keys()
    assert accounts["M.1.a"]["ipcc_2006"] == "1.A.3.a.i"


def test_energy_accounts_have_their_provincial_lines_and_gpc_codes():
    accounts = {row["account"]: row for row in rows(FOLDER / "accounts.csv")}
    lines = {"1.A.1": "E.1.1", "1.A.4.c": "E.1.2", "1.A.2": "E.1.3", "1.A.3": "E.1.4"}
    lines |= {"1.A.4.a": "E.1.5", "1.A.4.b": "E.1.6", "1.B.1": "E.3", "1.B.2": "E.4", "2.D": "E.5"}
    assert {code: accounts[code]["cn_provincial_2011"] for code in lines} == lines
    codes = {"1.A.4.b": "I.1.1", "1.A.4.a": "I.2.1", "1.A.2": "I.3.1", "1.A.3.b": "II.1.1"}
    assert {code: accounts[code]["gpc"] for code in codes} == codes


# Processes that the summary table counts in its total but gives no line of their own.
WITHOUT_LINE = (
    "2.A.3", "2.A.4", "2.A.5", "2.B.1", "2.B.4", "2.B.6", "2.B.7", "2.B.8", "2.B.9", "2.B.10",
    "2.C.2", "2.C.5", "2.C.6", "2.C.7", "2.E", "2.F", "2.G.2", "2.G.3", "2.G.4", "2.H",
    "3.C.1", "3.C.2", "3.C.3", "3.B.1", "3.B.2", "3.B.3", "3.B.4", "3.B.5", "3.B.6",
)  # fmt: skip


def test_provincial_summary_lines_add_up_and_point_to_their_accounts():
    lines = rows(FOLDER / "summaries" / "cn-provincial-2011.csv")
    assert [int(row["line"]) for row in lines] == list(range(1, len(lines) + 1))
    assert len(lines) == 47
    accounts = {row["account"]: row for row in rows(FOLDER / "accounts.csv")}
    of_line = {row["code"]: row["accounts"].split("|") for row in lines if row["accounts"]}
    added = {row["code"]: row["adds"].split("|") for row in lines if row["adds"]}
    # The total with and without land use.
    assert added == {"T": ["E", "I", "A", "L", "W"], "N": ["E", "I", "A", "W"]}
    for code, own in of_line.items():
        assert set(own) <= accounts.keys(), code
    for code, row in accounts.items():
        if row["cn_provincial_2011"]:
            assert code in of_line[row["cn_provincial_2011"]]
    # A line is what the lines below it add up to, but for the accounts that have no line.
    for code, own in of_line.items():
        below = [
            account
            for other, others in of_line.items()
            if other.rpartition(".")[0] == code
            for account in others
        ]
        if below:
            left = leaves(own, accounts) - leaves(below, accounts)
            assert left <= leaves(["1.B.3", "1.C", "M.1.c", *WITHOUT_LINE], accounts), code
            assert leaves(below, accounts) <= leaves(own, accounts), code
            assert len(below) == len(set(below)), code


def leaves(codes, accounts):
    parents = {row["parent"] for row in accounts.values()}

    def under(account):
        while account:
            if account in codes:
                return True
            account = accounts[account]["parent"]
        return False

    return {account for account in accounts if account not in parents and under(account)}


def test_names_and_aliases_belong_to_one_item():
    owners = defaultdict(set)
    for row in all_records("items"):
        spellings = [row.item, row.name_zh, row.name_en, *filter(None, row.aliases.split("|"))]
        folded = [text.casefold().replace("_", " ") for text in spellings[1:]]
        assert len(folded) == len(set(folded)), row.item
        for text in {*folded, row.item.replace("_", " ")}:
            owners[text].add(row.item)
    assert {text: items for text, items in owners.items() if len(items) > 1} == {}


def test_items_agree_with_the_carriers_of_the_energy_balance():
    known = {}
    for row in all_records("items"):
        for text in filter(None, (row.name_zh, row.name_en, *row.aliases.split("|"))):
            known[text.casefold()] = row.item
    for carrier in rows(FOLDER / "layouts" / "energy_balance_carriers.csv"):
        if carrier["kind"] in {"fuel", "energy"}:
            assert carrier["item"] in keys("items")
            for text in (carrier["name_zh"], carrier["name_en"], *carrier["aliases"].split("|")):
                assert known.get(text.casefold(), carrier["item"]) == carrier["item"], text


@pytest.mark.parametrize(
    ("printed", "item"),
    [
        ("原煤", "raw_coal"), ("洗精煤", "cleaned_coal"), ("其他洗煤", "other_washed_coal"),
        ("型煤", "briquettes"), ("煤矸石", "coal_gangue"), ("焦炭", "coke"),
        ("焦炉煤气", "coke_oven_gas"), ("高炉煤气", "blast_furnace_gas"),
        ("转炉煤气", "converter_gas"), ("其他煤气", "other_coal_gas"),
        ("其他焦化产品", "other_coking_products"), ("原油", "crude_oil"), ("汽油", "gasoline"),
        ("煤油", "kerosene"), ("柴油", "diesel"), ("燃料油", "fuel_oil"), ("石脑油", "naphtha"),
        ("润滑油", "lubricants"), ("石蜡", "paraffin_waxes"), ("溶剂油", "white_spirit"),
        ("石油沥青", "bitumen"), ("石油焦", "petroleum_coke"), ("液化石油气", "lpg"),
        ("炼厂干气", "refinery_gas"), ("其他石油制品", "other_petroleum_products"),
        ("天然气", "natural_gas"), ("液化天然气", "lng"), ("热力", "heat"),
        ("电力", "electricity"), ("其他能源", "other_energy"),
    ],
)  # fmt: skip
def test_yearbook_names_lead_to_items(printed, item):
    found = [
        row.item
        for row in all_records("items")
        if printed in (row.name_zh, *row.aliases.split("|"))
    ]
    assert found == [item]


def test_regions_of_the_country_and_of_fujian():
    regions = records(FOLDER / "regions.csv", Region)
    levels = Counter(row.level for row in regions)
    groups = levels.pop("group")
    assert groups == len({row.group for row in all_records("region_groups.csv")} | {"developed"})
    assert levels == {"world": 1, "country": 1, "province": 34, "city": 9, "county": 84}
    cities = {row.region: row.name_zh for row in regions if row.parent == "350000"}
    assert cities == {
        "350100": "福州市", "350200": "厦门市", "350300": "莆田市", "350400": "三明市",
        "350500": "泉州市", "350600": "漳州市", "350700": "南平市", "350800": "龙岩市",
        "350900": "宁德市",
    }  # fmt: skip
    counties = Counter(row.parent for row in regions if row.level == "county")
    # Fuzhou 13, Xiamen 6, Putian 5, Sanming 11, Quanzhou 12, Zhangzhou 11, Nanping 10, ...
    assert [counties[city] for city in sorted(cities)] == [13, 6, 5, 11, 12, 11, 10, 7, 9]
    names = {row.region: row.name_zh for row in regions}
    current = {"350405": "沙县区", "350604": "龙海区", "350605": "长泰区", "350703": "建阳区"}
    current |= {"350128": "平潭县", "350527": "金门县", "350803": "永定区", "350112": "长乐区"}
    assert {code: names[code] for code in current} == current
    # Codes that were abolished before 2024.
    assert not {"350402", "350403", "350427", "350625", "350681", "350784", "350822"} & names.keys()
    for row in regions:
        if row.level == "county":
            assert row.parent == row.region[:4] + "00"
        if row.region.startswith("35"):
            assert row.grid == "east"


def test_every_gas_has_one_species_for_each_origin_and_the_sets_know_it():
    gases = records(FOLDER / "gases.csv", Gas)
    pairs = Counter((row.measure, row.origin) for row in gases)
    assert set(pairs.values()) == {1}
    assert len(pairs) == 3 * len({row.measure for row in gases})
    parameters = library().parameters
    potentials = parameters[parameters["parameter"] == "gwp100"]
    known = set(zip(potentials["edition"], potentials["species"], strict=True))
    unknown = {(s, row.species) for s in GWP_SETS for row in gases} - known
    # The second report had not yet assessed these; the fourth gives no value for minor HFCs.
    late = {"HFC-236ea", "HFC-245fa", "HFC-365mfc", "NF3", "SO2F2", "Halon-1211"}
    minor = {"HFC-41", "HFC-134", "HFC-236ea", "SO2F2"}
    assert unknown == {("SAR", gas) for gas in late} | {("AR4", gas) for gas in minor} | {
        ("TAR", "SO2F2")
    }
    origins = {row.origin: row.species for row in gases if row.measure == "CH4"}
    assert origins["fossil"] == "CH4_fossil"
    assert origins["biogenic"] == origins["none"] == "CH4_nonfossil"


def test_status_is_explained():
    for row in PARAMETERS:
        assert row.locator, row.id
        if row.status == "unverified":
            assert row.note, row.id
    counts = Counter((row.edition, str(row.status)) for row in PARAMETERS)
    # Nobody has seen the text of the edition of 2025; implied factors were never published.
    for edition in ("ceads", "cn-provincial-2025", "cn-enterprise-2022"):
        assert counts[edition, "unverified"]
        assert counts[edition, "verified"] == 0
    assert counts["ipcc-2006", "verified"] > 3 * counts["ipcc-2006", "unverified"]
    for edition in GWP_SETS:
        assert counts[edition, "unverified"] == 0


def test_nothing_of_the_provenance_of_a_transcription_is_in_the_data():
    paths = [*FOLDER.rglob("*.csv"), *FOLDER.rglob("*.toml"), *FOLDER.rglob("*.md")]
    for path in paths:
        text = path.read_text("utf-8").casefold()
        for word in ("index id", "efdb", "/work/", "github:"):
            assert word not in text, f"{path.name}: {word}"


def test_provincial_lines_are_in_printed_order():
    codes = [row["code"] for row in rows(FOLDER / "summaries" / "cn-provincial-2011.csv")]
    levels = [int(row["level"]) for row in rows(FOLDER / "summaries" / "cn-provincial-2011.csv")]
    assert (codes[0], levels[0]) == ("T", 0)
    for (before, _), (after, level) in pairwise(zip(codes, levels, strict=True)):
        assert level == after.count(".")
        assert after.count(".") <= before.count(".") + 1
