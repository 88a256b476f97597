"""Land is the same by its sub-compartments, whatever projects call their plots."""

import pytest
from credit_projects import computed, opened, write_project
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from carbonledger.cli.commands import app
from carbonledger.credits.book import claim, issue
from carbonledger.credits.claims import Claim
from carbonledger.credits.journal import read_journal, verify_chain
from carbonledger.credits.parcels import Parcel, shared
from carbonledger.credits.project import read_project
from carbonledger.credits.state import book_of
from carbonledger.errors import CarbonledgerError

ONE = ("A", "虚构乡", "虚构村", "012", "003")
OTHER = ("A", "虚构乡", "虚构村", "012", "004")
ROWS = {name: [(name, "trees", 100, 0.0, 100.0)] for name in ("A", "山场一")}
LATER = ("2020-12-31", "2025-12-31")


def put(book, folder, **options):
    with opened(book) as journal:
        return issue(journal, *computed(folder, **options), 10, "x")


def renamed(parcel, plot="山场一"):
    return (plot, *parcel[1:])


def test_the_same_land_under_another_name_is_refused(tmp_path):
    put(tmp_path / "book", tmp_path / "a", rows=ROWS["A"], parcels=[ONE, OTHER])
    with pytest.raises(CarbonledgerError, match="虚构乡-虚构村-12-3") as refusal:
        put(tmp_path / "book", tmp_path / "b", project="p2", rows=ROWS["山场一"],
            parcels=[renamed(ONE)])  # fmt: skip
    assert "SMTP-p1-0000001" in refusal.value.text.zh
    assert len(read_journal(tmp_path / "book")) == 1


@pytest.mark.parametrize(
    "row",
    [
        ("山场一", "虚构乡", "", "12", "3"),  # no village; numbers without zeros
        ("山场一", " 虚构乡 ", "虚构村", "０12", "0003"),
    ],
)
def test_spellings_of_one_sub_compartment(tmp_path, row):
    put(tmp_path / "book", tmp_path / "a", rows=ROWS["A"], parcels=[ONE])
    with pytest.raises(CarbonledgerError, match="重复签发"):
        put(tmp_path / "book", tmp_path / "b", project="p2", rows=ROWS["山场一"], parcels=[row])


def test_other_land_and_other_vintages_are_issued(tmp_path):
    book = tmp_path / "book"
    put(book, tmp_path / "a", rows=ROWS["A"], parcels=[ONE])
    # The same name of a plot is another land if both say which.
    _, notices = put(book, tmp_path / "b", project="p2", rows=ROWS["A"], parcels=[OTHER])
    assert notices == []
    _, notices = put(book, tmp_path / "c", rows=ROWS["A"], parcels=[ONE], days=LATER)
    assert notices == []
    state = book_of(read_journal(book))
    assert len(state.batches) == 3
    assert state.check() == []
    assert verify_chain(read_journal(book)) == []


def test_it_is_said_where_land_cannot_be_compared(tmp_path):
    book = tmp_path / "book"
    put(book, tmp_path / "a", rows=ROWS["A"])
    _, notices = put(
        book, tmp_path / "b", project="p2", rows=ROWS["山场一"], parcels=[renamed(ONE)]
    )
    assert ["无法核对" in each.zh for each in notices] == [True]
    with pytest.raises(CarbonledgerError, match="重复签发"):  # by name, as ever
        put(book, tmp_path / "c", project="p3", rows=ROWS["A"], parcels=[OTHER])


def test_another_pool_of_the_same_land_is_to_be_confirmed(tmp_path):
    rows = [("A", "soil", 100, 0.0, 100.0)]
    one = Claim("350429", "A", "trees", "2016", "2020", (Parcel("甲", "", "1", "1"),))
    other = Claim("350429", "B", "soil", "2016", "2020", one.parcels)
    assert one.same_land(other)
    assert not one.overlaps(other)
    with pytest.raises(CarbonledgerError):  # a ticket has no soil
        computed(tmp_path / "a", rows=rows)


def test_a_claim_of_an_inventory_meets_the_land(tmp_path):
    book = tmp_path / "book"
    put(book, tmp_path / "a", rows=ROWS["A"], parcels=[ONE])
    project, period, _ = computed(tmp_path / "b", rows=ROWS["山场一"], parcels=[renamed(ONE)])
    with opened(book) as journal:
        _, notices = claim(journal, project, period, "county")
    assert ["须说明" in each.zh for each in notices] == [True]


@pytest.mark.parametrize(
    ("parcels", "said"),
    [
        ([ONE, ONE], "写了两次"), ([("A", "", "", "1", "1")], "空白"),
        ([("B", "甲", "", "1", "1")], "没有地块"),
        ([("A", "甲", "", "1", "")], "空白"),
    ],
)  # fmt: skip
def test_tables_of_parcels_with_faults_are_refused(tmp_path, parcels, said):
    folder = write_project(tmp_path / "a", rows=ROWS["A"], parcels=parcels)
    with pytest.raises(CarbonledgerError, match=said):
        read_project(folder)


def test_a_plot_without_parcels_in_a_project_that_names_them_is_refused(tmp_path):
    rows = [*ROWS["A"], ("B", "trees", 100, 0.0, 100.0)]
    with pytest.raises(CarbonledgerError, match="“B”没有小班"):
        read_project(write_project(tmp_path / "a", rows=rows, parcels=[ONE]))


def test_the_command_compares_projects_before_anything_is_issued(tmp_path):
    one = write_project(tmp_path / "a", rows=ROWS["A"], parcels=[ONE])
    two = write_project(tmp_path / "b", project="p2", rows=ROWS["山场一"], parcels=[renamed(ONE)])
    far = write_project(tmp_path / "c", project="p3", rows=ROWS["A"], parcels=[OTHER])
    run = CliRunner().invoke
    clash = run(app, ["credits", "overlaps", str(one), str(two), str(far), "--lang", "zh"])
    assert clash.exit_code == 1
    assert clash.output.count("重复签发") == 1
    fine = run(app, ["credits", "overlaps", str(one), str(far), "--lang", "zh"])
    assert fine.exit_code == 0, fine.output
    put(tmp_path / "book", tmp_path / "d", project="p4", rows=ROWS["A"], parcels=[ONE])
    words = ["credits", "overlaps", str(two), "--book", str(tmp_path / "book"), "--lang", "en"]
    known = run(app, words)
    assert known.exit_code == 1
    assert "SMTP-p4-0000001" in known.output


parcel = st.builds(
    Parcel, st.sampled_from("甲乙"), st.sampled_from(["", "村", "庄"]), st.sampled_from("12"),
    st.sampled_from("12"),
)  # fmt: skip
parcels = st.lists(parcel, max_size=6)


@settings(deadline=None)
@given(parcels, parcels)
def test_sharing_land_is_mutual(ones, others):
    assert bool(shared(ones, others)) == bool(shared(others, ones))
    expected = any(
        (a.township, a.compartment, a.number) == (b.township, b.compartment, b.number)
        and (not a.village or not b.village or a.village == b.village)
        for a in ones
        for b in others
    )
    assert bool(shared(ones, others)) is expected
