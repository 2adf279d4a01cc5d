"""The position of a loan on a date: each figure that is owed."""

from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from rules import owed
from rules.products import Bucket
from rules.sample_products import PLUS
from tests.rules.book import DISBURSED_ON, Book, terms


def day(number: int) -> date:
    return DISBURSED_ON + timedelta(days=number)


def test_days_past_due_count_from_the_oldest_unpaid_minimum() -> None:
    book = Book(terms())
    assert owed.position(book.loan, day(400)).days_past_due == 355
    book.bill(day(60))
    assert [owed.position(book.loan, day(number)).days_past_due for number in (45, 46, 75, 90)] == [0, 1, 30, 45]
    book.pay("1935.00", day(60))  # the first minimum, not the second
    assert [owed.position(book.loan, day(number)).days_past_due for number in (75, 76, 90)] == [0, 1, 15]
    book.pay("1935.00", day(61))
    assert owed.position(book.loan, day(90)).days_past_due == 0


def test_the_newest_minimum_is_past_due_only_after_its_date() -> None:
    book = Book(terms())
    book.bill(day(60))
    assert owed.position(book.loan, day(75)).past_due == Decimal("1935.00")
    assert owed.position(book.loan, day(76)).past_due == Decimal("3870.00")
    assert owed.position(Book(terms()).loan, day(76)).past_due == Decimal("3870.00")


def test_the_amounts_due_are_those_of_all_bills_whether_their_dates_have_passed_or_not() -> None:
    book = Book(terms())
    assert not any(owed.position(book.loan, day(29))[1:])
    book.bill(day(30))
    assert owed.position(book.loan, day(30))[1:3] == (Decimal("4406.03"), Decimal("1935.00"))
    book.pay("1000.00", day(40))
    assert owed.position(book.loan, day(46)) == (
        Decimal("49666.02"),
        Decimal("3406.03"),
        Decimal("935.00"),
        Decimal("935.00"),
        1,
    )


def test_cycles_that_have_come_count_as_billed() -> None:
    late, punctual = Book(terms()), Book(terms())
    punctual.bill(day(90))
    assert owed.position(late.loan, day(100)) == owed.position(punctual.loan, day(100))


@pytest.mark.parametrize(
    ("number", "payoff"),
    [(0, "50000.00"), (1, "50014.50"), (29, "50420.50"), (30, "50435.00"), (31, "50449.50"), (60, "50870.00")],
)
def test_the_payoff_is_principal_and_all_interest_so_far(number: int, payoff: str) -> None:
    assert str(Book(terms()).payoff(day(number))) == payoff


def test_the_payoff_counts_cycles_that_have_come_as_billed() -> None:
    agreed = terms("0.01", "36", 12)  # 0.0000099 a day rounds to nothing at every bill
    assert Book(agreed).payoff(day(300)) == Decimal("0.01")


def test_the_payoff_of_a_closed_loan_is_nothing() -> None:
    book = Book(terms())
    book.pay("50000.00", day(0))
    assert book.payoff(day(100)) == 0


def test_the_next_due_date_is_that_of_the_next_minimum_that_is_unpaid_and_not_past_due() -> None:
    book = Book(terms())
    assert owed.next_due_on(book.loan, day(0)) == day(45)
    book.bill(day(30))
    assert [owed.next_due_on(book.loan, day(number)) for number in (30, 45, 46)] == [day(45), day(45), day(75)]
    book.pay("1935.00", day(40))  # the minimum: the rest of the installment is not due
    assert owed.next_due_on(book.loan, day(40)) == day(75)
    assert owed.next_due_on(book.loan, day(60)) == day(75)  # the cycle has come, although it is not billed
    book.pay(book.payoff(day(61)), day(61))
    assert owed.next_due_on(book.loan, day(61)) is None


def test_the_newest_cycle_is_one_that_has_come() -> None:
    book = Book(terms())
    assert [owed.newest_cycle(book.loan, day(number)) for number in (29, 30, 59, 60)] == [0, 1, 1, 2]
    book.pay(book.payoff(day(61)), day(61))
    assert owed.newest_cycle(book.loan, day(400)) == 2


@pytest.mark.parametrize(
    ("paid", "on", "least"),
    [
        ([], 0, "0.10"),
        (["4406.03"], 30, "0.09"),
        (["4406.03", "4406.03", "4406.03"], 45, "34.86"),  # interest of 15 more days each time
        ([], 31, "4406.12"),  # all that the first bill asks for, and a little more
    ],
)
def test_the_least_prepayment_is_the_first_that_lowers_the_emi(paid: list[str], on: int, least: str) -> None:
    book = Book(terms())
    today = day(on)
    for number, amount in enumerate(paid):
        today = day(30 * number + on)
        book.pay(amount, today)
    assert str(owed.least_prepayment(book.loan, today)) == least
    before, twin = book.standing.emi, Book(terms())
    twin.life = deepcopy(book.life)
    assert twin.pay(Decimal(least) - Decimal("0.01"), today).standing.emi >= before
    assert book.pay(least, today).standing.emi < before


def test_the_least_prepayment_pays_first_what_the_product_puts_before_principal() -> None:
    first = (Bucket.ACCRUED, Bucket.CHARGES, Bucket.PENAL, Bucket.PAST, Bucket.CURRENT, Bucket.PRINCIPAL)
    last = (Bucket.PRINCIPAL, *first[:-1])
    for allocation, least in ((first, "145.10"), (last, "0.10")):
        book = Book(terms()._replace(product=replace(PLUS, allocation=allocation)))
        assert str(owed.least_prepayment(book.loan, day(10))) == least
        before = book.standing.emi
        assert book.pay(least, day(10)).standing.emi < before


def test_no_prepayment_lowers_the_emi_of_a_loan_that_is_billed_in_full_or_closed() -> None:
    book = Book(terms("10000", "24", 1))
    assert owed.least_prepayment(book.loan, day(0)) is not None
    book.bill(day(30))
    assert owed.least_prepayment(book.loan, day(31)) is None
    book.pay(book.payoff(day(31)), day(31))
    assert owed.least_prepayment(book.loan, day(31)) is None
    assert owed.least_prepayment(Book(terms("0.01", "0", 12)).loan, day(0)) is None
