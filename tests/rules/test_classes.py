"""The class of a loan at each day's end: RBI's dates as a truth table, and the night beside the fold."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import billing, classes, ledger, life, nights, payments, postings, suspense
from rules.asset_classes import AssetClass
from rules.classes import ClassChange
from rules.events import BorrowerNpa, Disbursed, Event, Paid
from rules.ledger import Account
from rules.life import Life
from rules.loan import PrepaymentChoice, Standing
from rules.postings import Source
from tests.rules.book import terms

DAY = timedelta(days=1)
STANDARD, SMA_0, SMA_1, SMA_2, NPA, _ = AssetClass


def event(sequence: int, on: date, act: Disbursed | Paid | BorrowerNpa) -> Event:
    return Event(sequence, on, on, datetime(on.year, on.month, on.day, 12, tzinfo=UTC), act)


def lived(*paid: tuple[date, str], until: date, disbursed_on: date = date(2026, 1, 1)) -> Life:
    agreed = terms(disbursed_on=disbursed_on)
    recorded = [event(1, disbursed_on, Disbursed())]
    recorded += [event(number, on, Paid(Decimal(amount))) for number, (on, amount) in enumerate(paid, 2)]
    return life.fold(agreed, recorded, until=until)


@pytest.mark.parametrize(
    ("elapsed", "found"),
    [
        (None, STANDARD), (-1, STANDARD), (0, SMA_0), (29, SMA_0), (30, SMA_1), (59, SMA_1), (60, SMA_2), (89, SMA_2),
        (90, NPA), (1000, NPA),
    ],
)  # fmt: skip
def test_a_class_goes_by_the_days_since_the_oldest_unpaid_due_date(elapsed: int | None, found: AssetClass) -> None:
    assert classes.of_elapsed(elapsed) is found


@pytest.mark.parametrize(
    ("due", "sma_1", "sma_2", "npa"),
    [
        (date(2021, 3, 31), date(2021, 4, 30), date(2021, 5, 30), date(2021, 6, 29)),
        (date(2021, 12, 1), date(2021, 12, 31), date(2022, 1, 30), date(2022, 3, 1)),
    ],
)
def test_the_dates_are_those_of_the_reserve_bank(due: date, sma_1: date, sma_2: date, npa: date) -> None:
    found = lived(until=npa + DAY, disbursed_on=due - timedelta(days=45))
    assert found.bills[1].due_date == due
    stated = [(due, SMA_0), (sma_1, SMA_1), (sma_2, SMA_2), (npa, NPA)]
    assert found.classes.changes == [ClassChange(*change) for change in stated]


def test_a_due_date_on_the_day_itself_counts_and_the_payment_of_that_day_too() -> None:
    due = date(2026, 2, 15)
    assert lived(until=due + DAY).classes.changes == [ClassChange(due, SMA_0)]
    assert lived((due, "1935.00"), until=due + DAY).classes.changes == []
    late = lived((due + DAY, "1935.00"), until=due + 2 * DAY)
    assert late.classes.changes == [ClassChange(due, SMA_0), ClassChange(due + DAY, STANDARD)]


def test_an_npa_stays_one_until_no_arrears_are_left() -> None:
    paid_on = date(2026, 5, 31)
    part = lived((paid_on, "3000.00"), until=paid_on + DAY)
    assert (part.classes.changes[-1], part.standing.oldest_due_on) == (
        ClassChange(date(2026, 5, 16), NPA),
        date(2026, 3, 17),
    )
    assert classes.classing_of(part.standing).npa_since == date(2026, 5, 16)
    whole = lived((paid_on, "3000.00"), (paid_on, "4740.00"), until=paid_on + DAY)
    assert (whole.classes.changes[-1], whole.standing.special) == (ClassChange(paid_on, STANDARD), None)


def test_another_loan_of_the_borrower_makes_a_loan_npa_and_only_with_it_is_it_standard_again() -> None:
    agreed, start = terms(), date(2026, 1, 1)
    recorded = [event(1, start, Disbursed()), event(2, date(2026, 2, 5), Paid(Decimal("4406.03")))]
    recorded += [event(3, date(2026, 2, 10), BorrowerNpa(is_npa=True))]
    there = life.fold(agreed, recorded, until=date(2026, 2, 20))
    assert there.classes.changes == [ClassChange(date(2026, 2, 10), NPA)]
    back = life.fold(
        agreed, [*recorded, event(4, date(2026, 2, 20), BorrowerNpa(is_npa=False))], until=date(2026, 3, 1)
    )
    assert back.classes.changes[1:] == [ClassChange(date(2026, 2, 20), STANDARD)]
    assert back.standing.special is None


class Clock:
    """A loan that nights and payments take along step by step, from its standing and the unpaid bills alone."""

    def __init__(self) -> None:
        self.life = life.disbursed(terms())
        self.classes: list[ClassChange] = []
        self.moved: dict[date, tuple[ledger.Entry, ...]] = {}

    @property
    def standing(self) -> Standing:
        return self.life.standing

    def night(self, as_of: date) -> None:
        night = nights.live(self.life.terms, self.standing, as_of)
        superseded = list(self.life.bills.values())[-1:]
        self.life.standing = night.standing
        for bill in (*night.bills, *superseded):
            self.life.keep(bill)
        self.classes += night.changes
        self.moved |= night.moved

    def pay(self, number: int, amount: Decimal, on: date) -> None:
        before = self.standing
        applied = payments.pay(self.life.loan, amount, on, PrepaymentChoice.REDUCE_EMI)
        assert not classes.needs_replay(self.life.terms, before, applied.standing, applied.issued, on)
        self.life.pay(number, applied)


@given(
    st.lists(st.tuples(st.integers(0, 300), st.decimals("0.01", "9000.00", places=2)), max_size=12),
    st.lists(st.integers(0, 300), max_size=20),
)
def test_nights_find_the_classes_that_the_fold_finds(
    paid: Sequence[tuple[int, Decimal]], skipped: Sequence[int]
) -> None:
    start = date(2026, 1, 1)
    days = {start + days * DAY: amount for days, amount in paid}
    recorded = [event(1, start, Disbursed())]
    clock = Clock()
    for day in (start + number * DAY for number in range(301)):
        if day in days or (day - start).days not in skipped:
            clock.night(day)
        if day in days and clock.standing.closed_on is None:
            recorded.append(event(len(recorded) + 1, day, Paid(days[day])))
            clock.pay(len(recorded), days[day], day)
    end = start + 301 * DAY
    clock.night(end)
    found = life.fold(clock.life.terms, recorded, until=end)
    assert clock.classes == found.classes.changes
    assert clock.standing == found.standing
    moved = {on: entries for on, entries in clock.moved.items() if entries}
    whole = {on: ledger.of_class(amounts, is_over=is_over) for on, (amounts, is_over) in found.classes.moved.items()}
    assert moved == {on: entries for on, entries in whole.items() if entries}
    suspended_is_unpaid(found, recorded)


def suspended_is_unpaid(found: Life, recorded: Sequence[Event]) -> None:
    """INTEREST_SUSPENSE is an NPA's unpaid interest, and nothing else."""
    posted = [entry for of in postings.of(found, recorded).values() for entry in of.entries]
    balances = ledger.balances((entry.debit, entry.credit, entry.amount) for entry in posted)
    is_npa = suspense.is_npa(found.standing)
    assert -balances[Account.INTEREST_SUSPENSE] == (found.standing.interest_due if is_npa else 0)
    assert balances[Account.INTEREST_RECEIVABLE] == found.standing.interest_due
    assert sum(balances.values()) == 0


def test_a_payment_before_the_night_or_before_a_known_class_needs_a_replay() -> None:
    agreed = terms()
    due = date(2026, 2, 15)
    unknown = lived(until=due).standing
    after = billing.accrue(agreed, unknown, due + DAY)._replace(oldest_due_on=None)
    assert classes.needs_replay(agreed, unknown, after, (), due + DAY)
    known = lived(until=due + DAY).standing
    assert not classes.needs_replay(agreed, known, after, (), due + DAY)
    assert classes.needs_replay(agreed, known, after._replace(accrued_through=due), (), due + DAY)
    # Dated back to a day that has ended: the class of that day's end changes.
    after = after._replace(special=known.special)
    assert not classes.needs_replay(agreed, known, after, (), due + DAY)
    assert classes.needs_replay(agreed, known, after, (), due + 3 * DAY)


def test_the_entries_of_a_class_have_its_day_as_their_source() -> None:
    found = lived(until=date(2026, 5, 17))
    recorded = [event(1, date(2026, 1, 1), Disbursed())]
    (entry,) = postings.of(found, recorded)[Source(class_on=date(2026, 5, 16))].entries
    assert entry == (ledger.Event.CLASS, Account.INTEREST_INCOME, Account.INTEREST_SUSPENSE, Decimal("1740.00"))
