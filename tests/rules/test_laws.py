"""Laws that hold for every life of every loan, whatever is paid and whenever billing runs."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import billing, ledger, plan, statement
from rules.ledger import Account, Event
from rules.plan import Terms
from rules.refusals import Refused
from rules.statement import LineKind, StatementLine
from tests.rules.banker import Banker
from tests.rules.book import DISBURSED_ON, Book, PostedEntry, terms

ZERO = Decimal("0.00")
PAISA = Decimal("0.01")
LAW = settings(max_examples=60, deadline=None)


class Move(NamedTuple):
    """Some days later, a payment arrives: thousandths of the amount that `wish` names."""

    days: int
    wish: str
    parts: int


rupees = st.one_of(st.integers(1, 100), st.integers(1, 5_000_000)).map(lambda paise: str(Decimal(paise) / 100))
rates = st.one_of(st.just("0"), st.integers(0, 36_000).map(lambda thousandths: str(Decimal(thousandths) / 1000)))
loans = st.builds(terms, rupees, rates, st.one_of(st.integers(1, 6), st.integers(1, 60)))
moves = st.lists(
    st.builds(
        Move,
        days=st.one_of(st.integers(0, 3), st.integers(0, 70), st.just(30)),
        wish=st.sampled_from(["payoff", "payoff", "asked", "minimum", "paisa"]),
        parts=st.one_of(st.just(1000), st.integers(1, 1000)),
    ),
    max_size=12,
)
run_days = st.sets(st.integers(0, 400))


def wanted(book: Book, move: Move, on: date) -> Decimal:
    """A payment in whole paise, above nothing and within the payoff."""
    _, standing = billing.bill_through(book.terms, book.standing, on)
    payoff = book.payoff(on)
    wishes = {
        "payoff": payoff,
        "asked": standing.past_due + standing.installment_due,
        "minimum": standing.past_due + standing.minimum_due,
        "paisa": PAISA,
    }
    return min(max((wishes[move.wish] * move.parts / 1000).quantize(PAISA), PAISA), payoff)


def live(
    agreed: Terms,
    life: list[Move],
    *,
    billed_on: Callable[[date], bool] = lambda _: False,
    after: Callable[[Book, date, Decimal], None] = lambda *_: None,
) -> tuple[Book, date]:
    """Live a life until it ends or the loan is closed; the book and its last day."""
    book, today = Book(agreed), agreed.disbursed_on
    for move in life:
        for _ in range(move.days):
            today += timedelta(days=1)
            if billed_on(today):
                book.bill(today)
        amount = wanted(book, move, today)
        book.pay(amount, today)
        after(book, today, amount)
        if book.standing.closed_on is not None:
            break
    return book, today


@LAW
@given(loans, moves)
def test_the_rules_agree_with_a_banker_who_counts_every_day(agreed: Terms, life: list[Move]) -> None:
    banker = Banker(
        amount=str(agreed.amount), rate=str(agreed.interest_rate), term=agreed.loan_term, disbursed_on=DISBURSED_ON
    )

    def agree(book: Book, today: date, amount: Decimal) -> None:
        banker.live_through(today)
        parts = banker.pay(str(amount))
        now, allocated = book.standing, book.payments[-1].allocations
        assert [(part.cycle, Fraction(part.interest), Fraction(part.principal)) for part in allocated] == parts
        kept = (now.principal_balance, now.interest_due, now.accrued_interest, now.emi, now.past_due)
        assert list(map(Fraction, kept)) == [
            banker.principal,
            banker.interest_due,
            banker.accrued,
            banker.emi,
            banker.past_due,
        ]
        assert Fraction(now.undemanded_principal) == banker.undemanded
        assert (now.closed_on, Fraction(book.payoff(today))) == (banker.closed_on, banker.payoff)

    live(agreed, life, after=agree)


@LAW
@given(loans, moves)
def test_no_paisa_is_made_or_lost(agreed: Terms, life: list[Move]) -> None:
    def account_for(book: Book, _: date, __: Decimal) -> None:
        standing = book.standing
        totals = ledger.balances((Account(entry.debit), Account(entry.credit), entry.amount) for entry in book.entries)
        paid = sum(applied.interest + applied.principal for applied in book.payments)
        income = sum(bill.interest for bill in book.bills) + sum(part.unbilled_interest for part in book.payments)
        assert totals == {
            **dict.fromkeys(Account, ZERO),
            Account.CASH: paid - agreed.amount,
            Account.PRINCIPAL: standing.principal_balance,
            Account.INTEREST_RECEIVABLE: standing.interest_due,
            Account.INTEREST_INCOME: -income,
            Account.BORROWER_CREDIT: -standing.credit,
            Account.WRITTEN_OFF: ZERO,
            Account.RECOVERY_INCOME: ZERO,
        }
        assert sum(totals.values()) == 0

    live(agreed, life, after=account_for)


@LAW
@given(loans, moves)
def test_a_standing_is_always_within_its_bounds(agreed: Terms, life: list[Move]) -> None:
    def bounded(book: Book, _: date, __: Decimal) -> None:
        now = book.standing
        assert 0 <= now.principal_balance <= agreed.amount
        assert min(now.interest_due, now.accrued_interest, now.past_due, now.emi) >= 0
        assert 0 <= now.minimum_due <= now.installment_due
        assert 0 <= now.undemanded_principal <= now.principal_balance
        assert (now.oldest_due_on is not None) == (now.past_due + now.minimum_due > 0)
        owed = (now.principal_balance, now.interest_due, now.accrued_interest)
        assert (now.closed_on is not None) == (owed == (ZERO, ZERO, ZERO))
        for bill in book.bills:
            assert bill.interest <= bill.minimum_due <= bill.installment
            assert 0 <= bill.interest_paid <= bill.interest
            assert 0 <= bill.principal_paid <= bill.installment - bill.interest

    live(agreed, life, after=bounded)


@LAW
@given(loans, moves, run_days)
def test_billing_late_or_on_time_makes_no_difference(agreed: Terms, life: list[Move], run_days: set[int]) -> None:
    never, today = live(agreed, life)
    daily, _ = live(agreed, life, billed_on=lambda _: True)
    sometimes, _ = live(agreed, life, billed_on=lambda day: (day - DISBURSED_ON).days in run_days)
    for book in (never, daily, sometimes):
        book.bill(today)
    assert never.loan == daily.loan == sometimes.loan
    assert never.bills == daily.bills == sometimes.bills
    assert [p.allocations for p in never.payments] == [p.allocations for p in daily.payments]
    assert sorted(never.entries, key=str) == sorted(daily.entries, key=str)


@LAW
@given(loans, moves)
def test_the_payoff_closes_exactly(agreed: Terms, life: list[Move]) -> None:
    book, today = live(agreed, life)
    if book.standing.closed_on is not None:
        return
    payoff = book.payoff(today)
    with pytest.raises(Refused, match="AMOUNT_EXCEEDS_PAYOFF"):
        book.pay(payoff + PAISA, today)
    if payoff > PAISA:
        book.pay(payoff - PAISA, today)
        # The last paisa may be one of interest that no day has earned in full, and then it is dropped.
        assert book.payoff(today) == (0 if book.standing.closed_on else PAISA)
    if book.standing.closed_on is None:
        book.pay(book.payoff(today), today)
    assert book.standing.closed_on == today
    assert book.payoff(today + timedelta(days=100)) == 0


@LAW
@given(loans)
def test_the_principals_of_a_plan_sum_to_the_loan(agreed: Terms) -> None:
    lines = plan.at_disbursal(agreed)
    assert len(lines) == agreed.loan_term
    assert sum(line.principal for line in lines) == agreed.amount
    assert lines[-1].principal_balance == 0
    assert min(line.principal for line in lines) >= 0
    balances = [agreed.amount, *(line.principal_balance for line in lines)]
    assert all(
        before - line.principal == after for before, line, after in zip(balances, lines, balances[1:], strict=False)
    )


@LAW
@given(loans, moves)
def test_what_is_to_come_covers_the_debt(agreed: Terms, life: list[Move]) -> None:
    book, today = live(agreed, life)
    lines = list(statement.upcoming(book.loan, today))
    if book.standing.closed_on is not None:
        assert lines == []
        return
    assert sum(line.principal for line in lines) == book.standing.principal_balance
    assert all(line.principal + line.interest == line.amount_due for line in lines)
    asked = [line for line in lines if line.number <= book.standing.cycles_billed]
    assert sum(line.amount_due for line in asked) == book.standing.past_due + book.standing.installment_due
    assert sum(line.interest for line in asked) == book.standing.interest_due
    if book.standing.cycles_billed < agreed.loan_term:
        assert lines[-1].principal_balance == 0
        assert sum(line.amount_due for line in lines) >= book.payoff(today)


@LAW
@given(loans, moves)
def test_the_past_ends_at_the_principal_balance(agreed: Terms, life: list[Move]) -> None:
    book, _ = live(agreed, life)
    lines = book.past
    assert lines[-1].principal_balance == book.standing.principal_balance
    assert [line.date for line in lines] == sorted(line.date for line in lines)
    paid = [(line.amount_paid, line.interest, line.principal) for line in lines if line.kind == "PAYMENT"]
    assert paid == [(part.interest + part.principal, part.interest, part.principal) for part in book.payments]


def of_the_ledger(entries: list[PostedEntry]) -> Iterator[StatementLine]:
    """The lines of a statement by the ledger entries alone: a bill of no interest has none."""
    order, balance = list(Event), ZERO

    def source(entry: PostedEntry) -> tuple[date, int, int]:
        return entry.posted_on, order.index(Event(entry.event)), entry.source_id or 0

    for (day, place, source_id), group in groupby(sorted(entries, key=source), key=source):
        moved = ledger.balances((Account(one.debit), Account(one.credit), one.amount) for one in group)
        balance += moved[Account.PRINCIPAL]
        if order[place] is Event.CLASS:
            continue
        billed = -moved[Account.INTEREST_INCOME] - moved[Account.INTEREST_SUSPENSE]
        is_payment = order[place] is Event.PAYMENT
        yield StatementLine(
            kind=LineKind(order[place]),
            amount_paid=moved[Account.CASH] if is_payment else ZERO,
            interest=moved[Account.CASH] + moved[Account.PRINCIPAL] if is_payment else billed,
            principal=abs(moved[Account.PRINCIPAL]),
            principal_balance=balance,
            date=day,
            credit=ZERO,
            loan_id=1,
            sequence=0 if order[place] is Event.BILL else (source_id or 0) + 1,
            reversed_on=None,
        )


@LAW
@given(loans, moves)
def test_the_past_is_that_of_the_ledger(agreed: Terms, life: list[Move]) -> None:
    book, _ = live(agreed, life)
    lines = [line for line in book.past if line.kind is not LineKind.BILL or line.interest]
    assert lines == list(of_the_ledger(book.entries))


@LAW
@given(loans)
def test_paying_what_is_asked_repays_the_loan_in_its_term(agreed: Terms) -> None:
    book = Book(agreed)
    for cycle in range(1, agreed.loan_term + 1):
        (bill,) = book.bill(plan.billing_date(agreed, cycle))
        assert bill.past_due == 0
        if bill.installment:
            book.pay(bill.installment, bill.billing_date)
        assert (book.standing.emi, book.standing.installment_due) == (
            plan.emi(agreed, agreed.amount, agreed.loan_term),
            ZERO,
        )
        if book.standing.closed_on is not None:
            break
    assert book.standing.closed_on is not None
