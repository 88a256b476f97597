"""The selection rule against an independent, row-by-row reading of design 5.3."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carbonledger.errors import CarbonledgerError
from carbonledger.library.chains import chain
from carbonledger.library.load import Library, parameter_frame
from carbonledger.library.select import alike_keys, select
from carbonledger.model.profile import Profile
from carbonledger.model.records import (
    Account,
    Detail,
    Gas,
    Item,
    Membership,
    Parameter,
    Region,
    Source,
)

REGIONS = {"CN": "", "350000": "CN", "350500": "350000", "350524": "350500", "440000": "CN"}
GROUPS = [
    ("east-grid", "350000"), ("south-grid", "440000"), ("developing", "CN"), ("coast", "350500"),
]  # fmt: skip
ITEMS = {"bituminous_coal": "", "raw_coal": "bituminous_coal", "diesel": ""}
ACCOUNTS = {"1": "", "1.A": "1", "1.A.1": "1.A", "1.A.2": "1.A"}
FAMILIES = ["local", "national", "global"]


def parameter(**fields):
    blank = dict.fromkeys(Parameter.model_fields, "")
    given_ = {
        "id": "x",
        "parameter": "ncv",
        "value": 1.0,
        "unit": "GJ/t",
        "edition": "national",
        "source": "s",
        "status": "verified",
    }
    return Parameter.model_validate(blank | given_ | fields)


def library_of(rows):
    def frame(record, columns, table):
        filled = [
            dict.fromkeys(record.model_fields, "") | dict(zip(columns, row, strict=True))
            for row in table.items()
        ]
        return pd.DataFrame(filled, columns=list(record.model_fields))

    return Library(
        accounts=frame(Account, ("account", "parent"), ACCOUNTS),
        regions=frame(Region, ("region", "parent"), REGIONS | {group: "" for group, _ in GROUPS}),
        groups=pd.DataFrame(GROUPS, columns=list(Membership.model_fields)),
        items=frame(Item, ("item", "general"), ITEMS),
        details=pd.DataFrame(columns=list(Detail.model_fields)),
        gases=pd.DataFrame(columns=list(Gas.model_fields)),
        sources=pd.DataFrame(columns=list(Source.model_fields)),
        parameters=parameter_frame(rows),
    )


def profile_of(*, use_newer=True, **more):
    return Profile.model_validate({
        "profile": "t", "title": {"zh": "试", "en": "t"}, "status": "unverified", "source": "s",
        "gwp": "AR4", "families": FAMILIES, "use_newer": use_newer,
        "rules": [{"accounts": ["1"], "methods": ["energy.combustion.co2"]}], **more,
    })  # fmt: skip


def request(**fields):
    from carbonledger import units

    row = {
        "argument": "ncv",
        "item": "diesel",
        "detail": "",
        "account": "1.A.1",
        "species": "",
        "region": "350524",
        "period": 2012,
        "dimension": units.dimension("GJ/t"),
    } | fields
    return pd.DataFrame([row])


def pick(rows, profile=None, **fields):
    found = select(request(**fields), library_of(rows), profile or profile_of())
    return None if found.empty else (found["id"].iloc[0], found["fallback"].iloc[0])


def test_family_comes_before_everything_else():
    rows = [
        parameter(id="far", edition="local", region="CN"),
        parameter(id="near", edition="national", region="350524", item="diesel"),
    ]
    assert pick(rows) == ("far", "parent-region")


def test_a_parameter_may_have_its_own_family_order():
    rows = [parameter(id="l", edition="local"), parameter(id="g", edition="global")]
    assert pick(rows, profile_of(parameter_families={"ncv": ["global"]})) == ("g", "exact")


def test_the_inventorys_own_value_beats_every_family():
    rows = [
        parameter(id="l", edition="local", region="350524", item="diesel"),
        parameter(id="own", edition="inventory"),
    ]
    assert pick(rows) == ("own", "exact")


@pytest.mark.parametrize("rows", [[{"parameter": "efficiency"}], [{"edition": "elsewhere"}]])
def test_nothing_is_found_where_no_row_or_none_of_the_families_has_the_parameter(rows):
    assert pick([parameter(**row) for row in rows]) is None


def test_an_own_value_never_serves_years_before_it_holds():
    rows = [parameter(id="n"), parameter(id="own", edition="inventory", valid_from="2015-01-01")]
    assert pick(rows, period=2012) == ("n", "exact")
    assert pick(rows, period=2016) == ("own", "exact")


def test_nearest_region_then_item_then_account():
    rows = [
        parameter(id="cn", region="CN", item="diesel"),
        parameter(id="fj", region="350000"),
        parameter(id="gd", region="440000", item="diesel"),
    ]
    assert pick(rows) == ("fj", "parent-region")
    assert pick(rows, region="440000") == ("gd", "exact")
    rows = [
        parameter(id="all"),
        parameter(id="energy", account="1.A"),
        parameter(id="sector", account="1.A.2"),
    ]
    assert pick(rows) == ("energy", "exact")
    assert pick(rows, account="1.A.2") == ("sector", "exact")


def test_a_group_stands_between_its_member_and_the_parent():
    rows = [parameter(id="cn", region="CN"), parameter(id="east", region="east-grid")]
    assert pick(rows) == ("east", "parent-region")
    assert pick(rows, region="440000") == ("cn", "parent-region")
    rows.append(parameter(id="fj", region="350000"))
    assert pick(rows) == ("fj", "parent-region")
    assert pick([parameter(id="poor", region="developing")]) == ("poor", "parent-region")


def test_a_general_item_stands_in_and_says_so():
    rows = [parameter(id="bit", item="bituminous_coal"), parameter(id="all")]
    assert pick(rows, item="raw_coal") == ("bit", "general-item")
    assert pick(rows, item="diesel") == ("all", "exact")


def test_validity_exact_then_older_then_newer():
    old = parameter(id="2005", valid_from="2005-01-01", valid_to="2005-12-31")
    mid = parameter(id="2010", valid_from="2010-01-01", valid_to="2010-12-31")
    new = parameter(id="2015", valid_from="2015-01-01", valid_to="2015-12-31")
    rows = [new, old, mid]
    assert pick(rows, period=2010) == ("2010", "exact")
    assert pick(rows, period=2012) == ("2010", "older")
    assert pick(rows, period=2004) == ("2005", "newer")
    assert pick(rows, profile_of(use_newer=False), period=2004) is None


def test_of_two_valid_values_the_later_one_serves():
    rows = [parameter(id="2005", valid_from="2005-01-01"),
            parameter(id="2010", valid_from="2010-01-01")]  # fmt: skip
    assert pick(rows, period=2012) == ("2010", "exact")
    assert pick(rows, period=2008) == ("2005", "exact")


def test_a_yearly_series_is_taken_by_the_year_before_its_family():
    rows = [
        parameter(id="new", edition="local", valid_from="2021-01-01", valid_to="2021-12-31"),
        parameter(id="old", edition="national", valid_from="2012-01-01", valid_to="2012-12-31"),
        parameter(id="same", edition="global", valid_from="2021-01-01", valid_to="2021-12-31"),
    ]
    assert pick(rows, period=2012) == ("new", "newer")
    yearly = profile_of(by_year=["ncv"])
    assert pick(rows, yearly, period=2012) == ("old", "exact")
    assert pick(rows, yearly, period=2015) == ("old", "older")
    assert pick(rows, yearly, period=2021) == ("new", "exact")
    assert pick([*rows, parameter(id="own", edition="inventory")], yearly) == ("own", "exact")
    # Within the year the series come in their order, whichever row began last.
    late = parameter(id="late", edition="global", valid_from="2021-06-01", valid_to="2021-12-31")
    assert pick([*rows, late], yearly, period=2021) == ("new", "exact")


def test_a_value_of_another_dimension_is_not_taken():
    rows = [parameter(id="gas", unit="GJ/m3"), parameter(id="solid", unit="MJ/kg")]
    assert pick(rows) == ("solid", "exact")


def test_a_tie_is_an_error_of_the_library():
    with pytest.raises(CarbonledgerError) as refusal:
        pick([parameter(id="one"), parameter(id="two")])
    assert "one" in refusal.value.text.en
    assert "two" in refusal.value.text.zh


def test_nothing_found_is_an_absent_row():
    assert pick([parameter(item="raw_coal")]) is None


def test_a_circle_in_a_chain_is_refused():
    table = pd.DataFrame({"item": ["a", "b"], "general": ["b", "a"]})
    with pytest.raises(CarbonledgerError):
        chain(table, "item", "general")


def test_a_group_does_not_hide_the_country_or_the_world():
    rows = [
        parameter(id="group", region="east-grid", valid_from="2021-01-01"),
        parameter(id="cn", region="CN", edition="local"),
    ]
    assert pick(rows, region="350000") == ("cn", "parent-region")
    late = [rows[0], parameter(id="cn", region="CN")]
    assert pick(late, profile_of(use_newer=False), region="350524") == ("cn", "parent-region")


def test_members_of_one_group_may_differ_in_another():
    base = library_of([parameter(id="a", region="east-grid"), parameter(id="s", region="south-7")])
    groups = pd.DataFrame(
        [("east-grid", "350000"), ("east-grid", "440000"), ("south-7", "440000")],
        columns=list(Membership.model_fields),
    )
    known = ["CN", "350000", "350500", "440000", "east-grid", "south-7"]
    regions = pd.DataFrame({"region": known, "parent": ["", "CN", "350000", "CN", "", ""]})
    base = base.changed(regions=regions, groups=groups)
    same = alike_keys(base.regions_above, base.parameters["region"], ["", *known])
    assert same["350000"] == same["350500"]
    assert same["440000"] != same["350000"]
    assert same["CN"] == same[""]


def ancestors(table, key):
    found = []
    while key:
        found.append(key)
        key = table.get(key, "")
    return [*found, ""]


def divisions(region):
    """A region and those that hold it, each followed by the groups that it is a member of."""
    for place in ancestors(REGIONS, region):
        yield place
        yield from (group for group, member in GROUPS if member == place)


def by_hand(rows, wanted, use_newer, by_year=False):
    """Design 5.3, read literally over single rows."""
    best = []
    day = date(wanted["period"], 12, 31)
    for row in rows:
        chains = [
            ([*divisions(wanted["region"])], row.region),
            (ancestors(ITEMS, wanted["item"]), row.item),
            (ancestors(ACCOUNTS, wanted["account"]), row.account),
        ]
        if row.edition not in FAMILIES or any(key not in found for found, key in chains):
            continue
        if row.detail not in {"", wanted["detail"]}:
            continue
        region, item, account = (found.index(key) for found, key in chains)
        if row.valid_from and row.valid_from > day:
            valid = (2, (row.valid_from - day).days)
        elif row.valid_to and row.valid_to < day:
            valid = (1, (day - row.valid_to).days)
        else:
            valid = (0, 0)
        if valid[0] == 2 and not use_newer:
            continue
        family = FAMILIES.index(row.edition)
        place = (
            0 if by_year else family,
            region,
            item,
            row.detail != wanted["detail"],
            account,
            valid,
            family,
            (day - (row.valid_from or date.min)).days,
        )
        best.append((place, row.id))
    best.sort()
    if len(best) > 1 and best[0][0] == best[1][0]:
        return "tie"
    return best[0][1] if best else None


choice = st.sampled_from
row_keys = st.fixed_dictionaries({
    "edition": choice([*FAMILIES, "other"]),
    "region": choice(["", *REGIONS, *(group for group, _ in GROUPS)]),
    "item": choice(["", *ITEMS]), "account": choice(["", *ACCOUNTS]),
    "detail": choice(["", "boiler"]),
    "years": choice([("", ""), ("2010-01-01", "2010-12-31"), ("2015-01-01", ""),
                     ("", "2008-06-30")]),
})  # fmt: skip
wanted_keys = st.fixed_dictionaries({
    "region": choice(list(REGIONS)), "item": choice(list(ITEMS)), "account": choice(list(ACCOUNTS)),
    "detail": choice(["", "boiler", "kiln"]), "period": st.integers(2005, 2020),
})  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(row_keys, min_size=1, max_size=12),
    wanted=st.lists(wanted_keys, min_size=1, max_size=8),
    use_newer=st.booleans(),
    by_year=st.booleans(),
)
def test_selection_equals_the_rule_read_row_by_row(rows, wanted, use_newer, by_year):
    table = []
    for number, keys in enumerate(rows):
        years = dict(zip(("valid_from", "valid_to"), keys["years"], strict=True))
        rest = {name: value for name, value in keys.items() if name != "years"}
        table.append(parameter(id=f"p{number}", **years, **rest))
    expected = [by_hand(table, keys, use_newer, by_year) for keys in wanted]
    rules = profile_of(use_newer=use_newer, by_year=["ncv"] if by_year else [])
    requests = pd.concat([request(**keys) for keys in wanted], ignore_index=True)
    if "tie" in expected:
        with pytest.raises(CarbonledgerError):
            select(requests, library_of(table), rules)
        return
    found = select(requests, library_of(table), rules)
    assert [found["id"].get(i) for i in range(len(wanted))] == expected
