"""Profiles of gross ecosystem product: complete, consistent, and honest about what was checked."""

import pytest
from factor_tables import GEP_PROFILES as GEP
from factor_tables import keys

from carbonledger.library.load import library
from carbonledger.methods.registry import methods, unit_of
from carbonledger.model.profile import Profile
from carbonledger.model.records import Book, Status

WANTED = {
    "gep-ndrc-2022", "gep-mee-2020", "gep-gbt-46869-2025", "gep-db33t-2274-2020",
    "gep-shenzhen-2021", "gep-beijing-2022", "gep-fujian-mountain", "gep-fujian-coast",
    "gep-seea-ea", "gep-garze-2010",
}  # fmt: skip
ACCOUNTS = library().accounts
LEAVES = set(ACCOUNTS.loc[ACCOUNTS["book"] == Book.GEP, "account"]) - set(ACCOUNTS["parent"])


def test_every_standard_has_its_profile_and_only_the_computed_one_is_verified():
    assert set(GEP) == WANTED
    verified = {name for name, profile in GEP.items() if profile.status is Status.VERIFIED}
    assert verified == {"gep-garze-2010"}
    for profile in GEP.values():
        assert profile.note


@pytest.mark.parametrize("name", sorted(WANTED))
def test_every_service_is_counted_or_excluded_with_its_reason(name):
    profile, base = GEP[name], library()
    standings = {service.account: service for service in profile.services}
    assert len(standings) == len(profile.services)
    ruled = {
        account for rule in profile.rules for root in rule.accounts for account in base.below(root)
    }
    told = {account for root in standings for account in base.below(root)}
    for leaf in LEAVES - {"GE"}:
        assert leaf in told, leaf
        assert leaf in ruled, leaf
    for service in profile.services:
        assert (service.standing == "excluded") == (service.reason is not None)


@pytest.mark.parametrize("name", sorted(WANTED))
def test_an_excluded_service_is_met_first_by_its_notation_key(name):
    profile, base = GEP[name], library()
    excluded = {each.account for each in profile.services if each.standing == "excluded"}
    for root in excluded:
        for account in base.below(root):
            first = next(
                rule
                for rule in profile.rules
                if any(account in base.below(each) for each in rule.accounts)
            )
            assert first.notation == "NA"


def test_the_services_of_the_standards_differ_as_published():
    # Energy, water and oxygen are in the guideline of 2020 and left out in 2022 and SEEA EA.
    for name, kept in (("gep-mee-2020", True), ("gep-ndrc-2022", False), ("gep-seea-ea", False)):
        excluded = {each.account for each in GEP[name].services if each.standing == "excluded"}
        assert ("G.2.9" not in excluded) == kept
        assert ("G.1.6" not in excluded) == kept
    # Garzê lists 16 services, among them pests, and no vegetation in flood regulation.
    assert not {"G.2.12", "G.2.9", "G.1.5"} & {
        each.account for each in GEP["gep-garze-2010"].services if each.standing == "excluded"
    }


def test_products_of_a_standard_follow_one_convention():
    for name, profile in GEP.items():
        used = {
            method.split(".")[2]
            for rule in profile.rules
            for method in rule.methods
            if method.startswith("gep.product.")
        } - {"outside"}
        conventions = [
            {"gross", "mass", "animals", "volume"},
            {"net", "less_intermediate"},
            {"residual_rent", "contribution"},
        ]
        assert sum(bool(used & each) for each in conventions) == 1, name


def test_a_measure_has_one_unit():
    for method in methods().values():
        if method.measure != "gas":
            assert method.returns == unit_of(method.measure), method.id
    assert unit_of("SF6") == "t SF6"


def test_profile_refuses_an_excluded_service_without_reason():
    content = GEP["gep-ndrc-2022"].model_dump()
    content["services"] = [{"account": "G.2.9", "standing": "excluded"}]
    with pytest.raises(ValueError, match="reason"):
        Profile.model_validate(content)


def test_accounts_of_services_know_their_seea_name():
    rows = ACCOUNTS[ACCOUNTS["account"].isin(keys("accounts.csv"))]
    rows = rows[(rows["book"] == Book.GEP) & rows["account"].str.match(r"G\.[123]")]
    assert (rows["seea_ea"] != "").all()
