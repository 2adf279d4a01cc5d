"""Buckets and months at their edges; what is to come on a past date is what was to come on it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from rules import owed, portfolio, statement
from rules.events import Disbursed, Event, Paid
from rules.money import ZERO
from rules.portfolio import ActiveLoan, AgedBalance, BilledMonth
from tests.rules.book import DISBURSED_ON, Book, terms

TODAY = date(2026, 3, 31)
RECORDED = datetime(2026, 1, 1, tzinfo=UTC)


def aged(days: int, loans: int = 1, principal: str = "100.00", past_due: str = "10.00") -> AgedBalance:
    return AgedBalance(days, loans, Decimal(principal), Decimal(past_due))


@pytest.mark.parametrize(
    ("days", "place"), [(0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (5000, 4)]
)
def test_a_loan_is_in_the_bucket_of_its_days_past_due(days: int, place: int) -> None:
    assert [bucket.loans for bucket in portfolio.in_buckets([aged(days)])] == [int(n == place) for n in range(5)]


def test_a_bucket_sums_what_falls_into_it_and_an_empty_one_is_there() -> None:
    buckets = portfolio.in_buckets([aged(1, 2), aged(30, 3, "0.01", "0.02"), aged(91)])
    assert [" ".join(map(str, bucket)) for bucket in buckets] == [
        "0 0 0 0.00 0.00",
        "1 30 5 100.01 10.02",
        "31 60 0 0.00 0.00",
        "61 90 0 0.00 0.00",
        "91 None 1 100.00 10.00",
    ]


def test_the_months_are_the_twelve_that_end_with_that_of_the_date() -> None:
    assert (portfolio.months(TODAY)[0], portfolio.months(TODAY)[-1]) == (date(2025, 4, 1), date(2026, 3, 1))
    assert len(set(portfolio.months(TODAY))) == 12
    assert portfolio.months(date.min) == (date.min,)


def test_a_portfolio_sums_its_buckets_and_has_every_month() -> None:
    billed = BilledMonth(date(2026, 2, 1), 3, Decimal("7.00"))
    found = portfolio.of(TODAY, [aged(0, 4, past_due="0.00"), aged(45)], [billed])
    assert (found.active_loans, found.principal_outstanding, found.past_due) == (5, Decimal("200.00"), Decimal("10.00"))
    assert found.billed_months[-3:] == (
        BilledMonth(date(2026, 1, 1), 0, ZERO),
        billed,
        BilledMonth(date(2026, 3, 1), 0, ZERO),
    )


@pytest.mark.parametrize("days", range(0, 131, 5))
def test_what_was_to_come_on_a_past_date_follows_from_the_payments_by_then(days: int) -> None:
    """The life of a payer who is late, short, and ahead, looked back on from its end and told as it happens."""
    paid = {40: "1000.00", 70: "6000.00", 75: "500.00", 100: "40.00", 125: "9000.00"}
    then, now = Book(terms()), Book(terms())
    events = [Event(1, DISBURSED_ON, DISBURSED_ON, RECORDED, Disbursed())]
    as_of = DISBURSED_ON + timedelta(days=days)
    for number, (day, amount) in enumerate(paid.items(), 2):
        paid_on = DISBURSED_ON + timedelta(days=day)
        now.pay(amount, paid_on)
        if paid_on <= as_of:
            then.pay(amount, paid_on)
        events.append(Event(number, paid_on, paid_on, RECORDED, Paid(Decimal(amount))))
    then.bill(as_of)
    now.bill(DISBURSED_ON + timedelta(days=130))
    loan = portfolio.standing_on(ActiveLoan(1, now.loan, events), as_of)
    assert list(statement.upcoming(loan, as_of)) == list(statement.upcoming(then.loan, as_of))


def test_what_is_to_come_of_a_loan_that_has_not_moved_is_in_its_statement() -> None:
    book = Book(terms())
    book.bill(DISBURSED_ON + timedelta(days=60))
    as_of = DISBURSED_ON + timedelta(days=65)
    loan = portfolio.standing_on(ActiveLoan(1, book.loan, None), as_of)
    assert list(statement.upcoming(loan, as_of)) == list(statement.upcoming(book.loan, as_of))


def test_what_is_told_of_a_month_in_parts_is_added_up() -> None:
    part = BilledMonth(date(2026, 2, 1), 3, Decimal("7.00"))
    found = portfolio.of(TODAY, [], [part, part])
    assert found.billed_months[-2] == BilledMonth(date(2026, 2, 1), 6, Decimal("14.00"))


@pytest.mark.parametrize("days", [0, 29, 30, 45, 46, 90, 400])
def test_an_unbilled_loan_stands_as_it_would_once_it_is_billed(days: int) -> None:
    book, as_of = Book(terms()), DISBURSED_ON + timedelta(days=days)
    unbilled = portfolio.UnbilledCycles(as_of)
    unbilled.add(book.loan)
    book.bill(as_of)
    found = portfolio.of(as_of, *unbilled.total())
    (bucket,) = [bucket for bucket in found.buckets if bucket.loans]
    owing = owed.position(book.loan, as_of)
    late = owing.days_past_due
    assert bucket.first_day <= late <= (late if bucket.last_day is None else bucket.last_day)
    assert (bucket.loans, bucket.principal_outstanding) == (1, Decimal("50000.00"))
    assert found.past_due == owing.past_due
    in_a_year = [bill for bill in book.bills if bill.billing_date >= found.billed_months[0].month]
    assert sum(month.bills for month in found.billed_months) == len(in_a_year)
    assert sum(month.interest for month in found.billed_months) == sum(bill.interest for bill in in_a_year)
