"""A quote states the payoff of a loan for each day of some days ahead, if nothing else happens until then."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from rules import billing, owed, plan
from rules.loan import Loan, Standing, Status
from rules.money import to_paise
from rules.refusals import Problem, ProblemCode


class PayoffDay(NamedTuple):
    """Rupees. A payment of `total` on the date closes the loan.

    `interest` is billed or has accrued. The total also has credit below zero (lending rules, 9.7).
    """

    date: date
    principal: Decimal
    interest: Decimal
    total: Decimal


def problems(standing: Standing, through: date, today: date, most_days: int) -> Iterator[Problem]:
    """The reasons against a quote (lending rules, 10.1): LOAN_CLOSED, LOAN_CANCELLED, QUOTE_TOO_FAR."""
    if standing.status == Status.CLOSED and standing.credit >= 0:
        message = f"The loan was closed on {standing.closed_on}. It owes nothing."
        yield Problem(ProblemCode.LOAN_CLOSED, message, "loanId")
    if standing.status == Status.CANCELLED:
        message = "The loan was cancelled: its money was never paid out. It owes nothing."
        yield Problem(ProblemCode.LOAN_CANCELLED, message, "loanId")
    latest = latest_day(today, most_days)
    if through > latest:
        yield Problem(ProblemCode.QUOTE_TOO_FAR, f"A quote ends on {latest} at the latest.", "through")


def latest_day(today: date, most_days: int) -> date:
    return today + plan.days(most_days)


def days(loan: Loan, today: date, through: date) -> Iterator[PayoffDay]:
    """The payoff of each day from `today` through a date. Each day's bills count as issued."""
    terms, standing = loan.terms, loan.standing
    for ahead in range((through - today).days + 1):
        day = today + plan.days(ahead)
        _, standing = billing.bill_through(terms, standing, day)
        if standing.closed_on is None:
            standing = billing.accrue(terms, standing, max(day, standing.accrued_through))
        interest = standing.interest_due + to_paise(standing.accrued_interest)
        yield PayoffDay(day, standing.principal_balance, interest, owed.payoff_of(standing))
