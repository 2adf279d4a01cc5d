"""Expected cash in windows at their edges, and equal to the sums of the installments that statements have."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from rules import statement
from rules.cash import CashForecast, ExpectedCash
from rules.plan import Terms
from tests.rules.book import DISBURSED_ON, Book, terms

TODAY = date(2026, 3, 31)


def test_an_amount_falls_into_the_window_of_its_due_date() -> None:
    forecast = CashForecast(TODAY)
    for days in (-400, -1, 0, 29, 30, 359, 360):
        forecast.add(TODAY + timedelta(days=days), Decimal("1.00"), Decimal("9.00"))
    expected = forecast.total()
    assert expected.overdue == Decimal("20.00")
    assert {cycle.number: str(cycle.amount) for cycle in expected.cycles if cycle.amount} == {
        1: "20.00",
        2: "10.00",
        12: "10.00",
    }


def test_the_windows_follow_one_another_without_a_gap() -> None:
    cycles = CashForecast(TODAY).total().cycles
    assert [cycle.number for cycle in cycles] == list(range(1, 13))
    assert cycles[0].first_day == TODAY
    for one, following in pairwise(cycles):
        assert one.last_day - one.first_day == timedelta(days=29)
        assert following.first_day == one.last_day + timedelta(days=1)


def of_the_statement(book: Book, as_of: date) -> ExpectedCash:
    """The sums of the installments to come, line by line."""
    forecast = CashForecast(as_of)
    for line in statement.upcoming(book.loan, as_of):
        forecast.add(line.due_date, line.interest, line.principal)
    return forecast.total()


def forecast_of(book: Book, as_of: date) -> ExpectedCash:
    forecast = CashForecast(as_of)
    forecast.add_loan(book.loan)
    return forecast.total()


LIVES: dict[str, dict[int, str]] = {
    "never pays": {},
    "pays late and short": {40: "1000.00", 70: "6000.00", 75: "500.00", 100: "40.00"},
    "pays ahead": {3: "20000.00", 33: "0.01", 61: "15000.00"},
    "pays all": {20: "10000.00", 50: "payoff"},
}


@pytest.mark.parametrize("life", LIVES)
@pytest.mark.parametrize(
    "agreed",
    [
        terms(),
        terms(rate="0"),
        terms(rate="36", term=60),
        terms(term=1),
        terms("999999999.99", term=5),
        terms(term=40)._replace(cycle_days=7, due_days=3),
        terms()._replace(cycle_days=366),
    ],
    ids=["usual", "interest-free", "dear and long", "one cycle", "large", "weekly", "yearly"],
)
def test_the_forecast_of_a_loan_is_the_sum_of_its_statements_installments(life: str, agreed: Terms) -> None:
    """On each of many days: before the first bill, between bills, billed or not, past the term, and closed."""
    book, paid = Book(agreed), dict(LIVES[life])
    for days in range(0, 500, 9):
        as_of = DISBURSED_ON + timedelta(days=days)
        for day in sorted(day for day in paid if day <= days):
            amount, on = paid.pop(day), DISBURSED_ON + timedelta(days=day)
            payoff = book.payoff(on)
            if payoff:
                book.pay(payoff if amount == "payoff" else min(Decimal(amount), payoff), on)
        if days % 2:
            book.bill(as_of)
        assert forecast_of(book, as_of) == of_the_statement(book, as_of), as_of
