"""The project book: one removal one credit, one tonne one holder, a journal that is sealed."""

import json
from decimal import Decimal

import pytest
from credit_projects import computed, opened
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from carbonledger.cli.commands import app
from carbonledger.credits.balance import balance
from carbonledger.credits.book import cancel, claim, issue, sell
from carbonledger.credits.journal import JOURNAL, Journal, read_journal, verify_chain
from carbonledger.credits.state import book_of
from carbonledger.errors import CarbonledgerError
from carbonledger.paths import inventories_dir

TICKET = "SMTP-p1-0000001"
GAIN = 12723 * 12 / 44


@pytest.fixture
def ticket(tmp_path):
    """The book of the first ticket: 12723 t of 3197 mu."""
    rows = [("常口", "trees", 3197, 1000.0, 1000.0 + GAIN)]
    with opened(tmp_path / "book") as journal:
        issue(journal, *computed(tmp_path / "p", rows=rows), 12723, "0000001")
    return tmp_path / "book"


def test_the_first_ticket_as_it_was_sold(ticket):
    """2723 t at 15 yuan (40,845 yuan) and 10,000 t at 10 yuan: 140,845 (Xinhua, May 2021)."""
    with opened(ticket) as journal:
        sell(journal, TICKET, (1, 2723), buyer="甲", price="15", price_year=2021)
        sell(journal, TICKET, (2724, 12723), buyer="乙", price="10", price_year=2021)
    state = book_of(read_journal(ticket))
    assert [sale.amount for sale in state.sales] == [Decimal(40845), Decimal(100000)]
    rows, money = balance(state)
    assert money == {2021: "140845"}
    assert rows[0]["held"] == {"甲": 2723, "乙": 10000}
    assert state.check() == []


def test_a_serial_is_issued_once(ticket):
    issued = read_journal(ticket)[0]
    assert issued.kind == "issue"
    with pytest.raises(CarbonledgerError) as refusal:
        book_of([issued, issued])
    assert "twice" in refusal.value.text.en


def test_years_of_prices_do_not_add(ticket):
    with opened(ticket) as journal:
        sell(journal, TICKET, (1, 10), buyer="甲", price="15.5", price_year=2021)
        sell(journal, TICKET, (11, 20), buyer="甲", price="20", price_year=2022)
    assert balance(book_of(read_journal(ticket)))[1] == {2021: "155.0", 2022: "200"}


def test_a_tonne_is_sold_once_and_cancelled_once(ticket):
    with opened(ticket) as journal:
        sell(journal, TICKET, (1, 100), buyer="甲", price="15", price_year=2021)
        cancel(journal, TICKET, (50, 60), purpose="会议", holder="甲")
        for units, holder, said in (
            ((100, 101), None, "甲"),
            ((50, 50), "甲", "已经注销"),
            ((1, 100), "甲", "已经注销"),
            ((12000, 12724), None, "编号是"),
            ((5, 4), None, "编号是"),
        ):
            before = len(journal.lines)
            with pytest.raises(CarbonledgerError, match=said):
                sell(journal, TICKET, units, buyer="丙", price="1", price_year=2021, seller=holder)
            with pytest.raises(CarbonledgerError, match=said):
                cancel(journal, TICKET, units, purpose="会议", holder=holder)
            assert len(journal.lines) == before
        sell(journal, TICKET, (1, 49), buyer="丙", price="16", price_year=2022, seller="甲")
    assert balance(book_of(read_journal(ticket)))[0][0]["cancelled"] == 11


@pytest.mark.parametrize("price", ["-1", "abc", "NaN", "Infinity", ""])
def test_a_price_is_a_number(ticket, price):
    with opened(ticket) as journal, pytest.raises(CarbonledgerError, match="单价"):
        sell(journal, TICKET, (1, 2), buyer="甲", price=price, price_year=2021)


@pytest.mark.parametrize(
    ("options", "clash"),
    [
        ({}, True),
        ({"name": "ccer-14-001-v01"}, True),
        ({"name": "ffcer-forestry", "days": ("2019-12-31", "2024-12-31")}, True),
        ({"days": ("2020-12-31", "2025-12-31")}, False),
        ({"rows": [("别处", "trees", 15, 1.0, 9.0)]}, False),
        ({"rows": [("别处", "trees", 15, 1.0, 9.0), (" 常口", "trees", 15, 1.0, 9.0)]}, True),
        ({"region": "350430"}, False),
    ],
)
def test_a_removal_is_in_one_credit_whatever_the_product(ticket, tmp_path, options, clash):
    options = {"rows": [("常口", "trees", 3197, 1.0, 9.0)], "project": "p2"} | options
    credit = computed(tmp_path / "other", **options)
    with opened(ticket) as journal:
        if clash:
            with pytest.raises(CarbonledgerError, match="重复签发"):
                issue(journal, *credit, 1, "x")
        else:
            issue(journal, *credit, 1, "x")
    assert len(read_journal(ticket)) == (1 if clash else 2)


@pytest.mark.parametrize("tonnes", [0, -5, 12724])
def test_no_more_is_issued_than_was_computed(tmp_path, tonnes):
    rows = [("A", "trees", 3197, 0.0, GAIN)]
    with opened(tmp_path / "book") as journal, pytest.raises(CarbonledgerError, match="整数吨"):
        issue(journal, *computed(tmp_path / "p", rows=rows), tonnes, "x")
    assert read_journal(tmp_path / "book") == []


def test_what_an_inventory_claims_as_well_is_shown_from_both_sides(ticket, tmp_path):
    project, period, credit = computed(tmp_path / "p", rows=[("常口", "trees", 3197, 1.0, 9.0)])
    with opened(ticket) as journal:
        _, notices = claim(journal, project, period, "泰宁 2020")
    assert len(notices) == 1
    assert TICKET in notices[0].zh
    assert len(book_of(read_journal(ticket)).shared()) == 1
    with opened(tmp_path / "other") as journal:
        assert claim(journal, project, period, "泰宁 2020")[1] == []
        _, notices = issue(journal, project, period, credit, 1, "x")
    assert "泰宁 2020" in notices[0].zh


@pytest.mark.parametrize("change", ["value", "remove", "swap", "insert"])
def test_a_changed_journal_is_found_and_not_written_to(ticket, change):
    with opened(ticket) as journal:
        sell(journal, TICKET, (1, 10), buyer="甲", price="15", price_year=2021)
        sell(journal, TICKET, (11, 20), buyer="甲", price="15", price_year=2021)
    path = ticket / JOURNAL
    lines = path.read_text("utf-8").splitlines()
    if change == "value":
        lines[1] = lines[1].replace('"price": "15"', '"price": "5"')
    elif change == "remove":
        del lines[1]
    elif change == "swap":
        lines[1], lines[2] = lines[2], lines[1]
    else:
        lines.insert(1, lines[1])
    path.write_text("\n".join(lines) + "\n", "utf-8")
    assert verify_chain(read_journal(ticket))
    with pytest.raises(CarbonledgerError, match="封印"), opened(ticket):
        pass
    assert path.read_text("utf-8").splitlines() == lines


def sell_twice(journal):
    for _ in range(2):
        sell(journal, TICKET, (1, 10), buyer="甲", price="15", price_year=2021)


def test_a_failing_action_leaves_the_journal_as_it_was(ticket):
    before = (ticket / JOURNAL).read_bytes()
    with pytest.raises(CarbonledgerError), opened(ticket) as journal:
        sell_twice(journal)
    assert (ticket / JOURNAL).read_bytes() == before
    (ticket / JOURNAL).write_bytes(before + b'{"number": 2')
    with pytest.raises(CarbonledgerError, match="第 2 行"):
        read_journal(ticket)


def test_one_process_writes_at_a_time(ticket):
    with opened(ticket), pytest.raises(CarbonledgerError, match="另一个"), opened(ticket):
        pass


class Trade(RuleBasedStateMachine):
    """Whatever is tried in whatever order, the tonnes add up and nothing happens twice."""

    def __init__(self):
        super().__init__()
        self.journal = Journal([], lambda: "t")
        claims = [{"region": "1", "plot": "A", "pool": "t", "start": "1", "end": "2"}]
        content = {"serial": "S", "product": "p", "project": "x", "vintage": "v", "quantity": 30}
        self.journal.append("issue", content | {"owner": "o", "claims": claims})
        self.holders = ["o"] * 30

    names = st.sampled_from(["o", "a", "b"])
    spans = st.tuples(st.integers(1, 30), st.integers(1, 30))

    @rule(span=spans, seller=names, buyer=names)
    def sale(self, span, seller, buyer):
        own = self.holders[span[0] - 1 : span[1]]
        may = bool(own) and set(own) == {seller} and buyer != seller
        try:
            sell(self.journal, "S", span, buyer=buyer, price="1", price_year=2021, seller=seller)
            assert may
            self.holders[span[0] - 1 : span[1]] = [buyer] * len(own)
        except CarbonledgerError:
            assert not may

    @rule(span=spans, holder=names)
    def cancellation(self, span, holder):
        own = self.holders[span[0] - 1 : span[1]]
        may = bool(own) and set(own) == {holder}
        try:
            cancel(self.journal, "S", span, purpose="x", holder=holder)
            assert may
            self.holders[span[0] - 1 : span[1]] = [""] * len(own)
        except CarbonledgerError:
            assert not may

    @invariant()
    def tonnes_add_up(self):
        book = book_of(self.journal.lines)
        row = balance(book)[0][0]
        assert row["cancelled"] + sum(row["held"].values()) == row["issued"] == 30
        assert row["cancelled"] == self.holders.count("")
        assert book.check() == []
        assert verify_chain(self.journal.lines) == []


TestTrade = Trade.TestCase
TestTrade.settings = settings(max_examples=30, stateful_step_count=15, deadline=None)


def test_the_commands(tmp_path, capsys):
    project, book = str(inventories_dir() / "demo-carbon-ticket"), str(tmp_path / "book")

    def say(*words):
        code = app(["credits", *words, "--lang", "zh"], standalone_mode=False)
        return code, capsys.readouterr().out

    assert "永春碳票" in say("products")[1]
    assert "符合" in say("check", project)[1]
    assert "12,210.000 t CO2" in say("compute", project)[1]
    issued = say("issue", project, "--book", book, "--tonnes", "12210", "--certificate", "示例")[1]
    assert "SMTP-demo-2016-0000001" in issued
    serial = "SMTP-demo-2016-0000001"
    sale = ["--units", "1-10", "--buyer", "甲", "--price", "15", "--price-year", "2021"]
    assert "150 元" in say("sell", serial, "--book", book, *sale)[1]
    with pytest.raises(CarbonledgerError):
        say("sell", serial, "--book", book, *sale)
    say("cancel", serial, "--book", book, "--units", "11", "--purpose", "会议")
    assert "须说明" in say("claim", project, "--book", book, "--inventory", "demo")[1]
    shown = say("balance", "--book", book)[1]
    assert "不得与清单总量相加" in shown
    assert "须说明" in shown
    app(["credits", "balance", "--book", book, "--json"], standalone_mode=False)
    assert json.loads(capsys.readouterr().out)["sales_by_price_year"] == {"2021": "150"}
    assert "完好（4 条）" in say("verify", "--book", book)[1]
    path = tmp_path / "book" / JOURNAL
    path.write_text(path.read_text("utf-8").replace("会议", "会谈"), "utf-8")
    assert say("verify", "--book", book)[0] == 1
