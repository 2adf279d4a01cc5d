"""A quote of the payoff: the total of each day closes the loan on that day, and no smaller payment does."""

from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import payoff_quote
from rules.loan import Settlement, Standing
from rules.money import PAISA, ZERO
from rules.refusals import ProblemCode
from rules.sample_products import PLUS
from tests.rules.book import DISBURSED_ON, Book, terms


def day(number: int) -> date:
    return DISBURSED_ON + timedelta(days=number)


def test_a_quote_includes_the_bills_that_come_by_each_day() -> None:
    book = Book(terms())
    quoted = list(payoff_quote.days(book.loan, day(28), day(31)))
    assert [(str(one.principal), str(one.interest), str(one.total)) for one in quoted] == [
        ("50000.00", "406.00", "50406.00"),
        ("50000.00", "420.50", "50420.50"),
        ("50000.00", "435.00", "50435.00"),
        ("50000.00", "449.50", "50449.50"),
    ]
    assert [one.date for one in quoted] == [day(28), day(29), day(30), day(31)]


@settings(max_examples=40, deadline=None)
@given(
    payments=st.lists(st.tuples(st.integers(0, 70), st.integers(1, 900)), max_size=5),
    ahead=st.integers(0, 31),
    rate=st.sampled_from(["0", "10.5", "35.999"]),
)
def test_the_total_of_a_day_closes_the_loan_on_that_day(payments: list[tuple[int, int]], ahead: int, rate: str) -> None:
    book, today = Book(terms("12345.67", rate, 5)), DISBURSED_ON
    for days_later, parts in payments:
        today += timedelta(days=days_later)
        amount = (book.payoff(today) * parts / 1000).quantize(PAISA)
        if amount:
            book.pay(amount, today)
    (*_, last) = payoff_quote.days(book.loan, today, today + timedelta(days=ahead))
    assert last.total == last.principal + last.interest == book.payoff(last.date)
    short = deepcopy(book)
    assert book.pay(last.total, last.date).standing.closed_on == last.date
    if last.total > PAISA:
        assert short.pay(last.total - PAISA, last.date).standing.closed_on is None


def test_credit_below_zero_is_part_of_the_total() -> None:
    book = Book(terms())
    book.pay(book.payoff(day(40)), day(40))
    book.life.refund(3, Decimal("12.00"))
    assert [str(one.total) for one in payoff_quote.days(book.loan, day(41), day(42))] == ["12.00", "12.00"]
    assert not list(payoff_quote.problems(book.standing, day(42), day(41), 31))


def codes(standing: Standing, ahead: int) -> list[ProblemCode]:
    return [problem.code for problem in payoff_quote.problems(standing, day(ahead), day(0), 31)]


@pytest.mark.parametrize(("ahead", "refused"), [(31, []), (32, [ProblemCode.QUOTE_TOO_FAR])])
def test_a_quote_ends_after_the_days_of_the_policy(ahead: int, refused: list[ProblemCode]) -> None:
    assert codes(Book(terms()).standing, ahead) == refused


def test_a_loan_that_has_ended_has_no_quote() -> None:
    book = Book(terms())
    book.pay(book.payoff(day(0)), day(0))
    assert codes(book.standing, 32) == [ProblemCode.LOAN_CLOSED, ProblemCode.QUOTE_TOO_FAR]
    assert codes(book.standing._replace(status="CANCELLED"), 1) == [ProblemCode.LOAN_CANCELLED]


def test_a_quote_of_a_settlement_has_no_prepayment_charge() -> None:
    book = Book(terms()._replace(product=PLUS))
    assert payoff_quote.reason(book.loan, day(5)) == payoff_quote.PrepaymentChargeReason.RATE
    agreed = Settlement(Decimal("30000.00"), day(10))
    settled = book.loan._replace(standing=book.standing.having(settlement=agreed))
    assert payoff_quote.reason(settled, day(10)) == payoff_quote.PrepaymentChargeReason.NONE_SETTLEMENT
    assert payoff_quote.reason(settled, day(11)) == payoff_quote.PrepaymentChargeReason.RATE
    (quoted,) = payoff_quote.days(settled, day(10), day(10))
    assert (quoted.prepayment_charge, quoted.total) == (ZERO, agreed.amount)
