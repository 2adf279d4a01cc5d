"""A quote states the payoff of a loan for each day of some days ahead, if nothing else happens until then."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from rules import billing, charges, owed, plan, settlements
from rules.loan import Loan, Standing, Status
from rules.money import ZERO, to_paise
from rules.plan import Terms
from rules.products import RateType
from rules.refusals import Problem, ProblemCode


class PayoffDay(NamedTuple):
    """Rupees. A payment of `total` on the date closes the loan.

    `interest` is billed, set aside or has accrued. `prepayment_charge` and its GST are those of the payment (lending
    rules, 10.2).
    The total also has credit below zero (9.7).
    """

    date: date
    principal: Decimal
    interest: Decimal
    charges: Decimal
    prepayment_charge: Decimal
    gst: Decimal
    total: Decimal


class PrepaymentChargeReason(StrEnum):
    """Why the payoff has a prepayment charge or none (lending rules, 10.2)."""

    NONE_FLOATING = "NONE_FLOATING"
    NONE_COOLING_OFF = "NONE_COOLING_OFF"
    NONE_PRODUCT = "NONE_PRODUCT"
    NONE_SMALL = "NONE_SMALL"
    NONE_SETTLEMENT = "NONE_SETTLEMENT"
    RATE = "RATE"


def reason(loan: Loan, today: date) -> PrepaymentChargeReason:
    """Why the payoff of today has a prepayment charge or none."""
    product, standing = loan.terms.product, _on(loan.terms, loan.standing, today)
    if product.rate_type == RateType.FLOATING:
        return PrepaymentChargeReason.NONE_FLOATING
    if not product.prepayment_rate:
        return PrepaymentChargeReason.NONE_PRODUCT
    if product.cooling_off_days and today <= loan.terms.disbursed_on + plan.days(product.cooling_off_days):
        return PrepaymentChargeReason.NONE_COOLING_OFF
    if settlements.live(standing, today) is not None:
        return PrepaymentChargeReason.NONE_SETTLEMENT
    if standing.undemanded_principal <= standing.emi:
        return PrepaymentChargeReason.NONE_SMALL
    return PrepaymentChargeReason.RATE


def _on(terms: Terms, standing: Standing, day: date) -> Standing:
    """The standing at the end of a day. The day's bills count as issued."""
    _, standing = billing.bill_through(terms, standing, day)
    if standing.status in {Status.CLOSED, Status.CANCELLED}:
        return standing
    return billing.accrue(terms, standing, max(day, standing.accrued_through))


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
        standing = _on(terms, standing, day)
        interest = standing.interest_receivable + to_paise(standing.accrued_interest)
        prepayment = owed.prepayment_charge(terms, standing)
        yield PayoffDay(
            day,
            standing.principal_balance,
            interest,
            charges.unpaid(standing),
            prepayment.amount if prepayment else ZERO,
            prepayment.gst if prepayment else ZERO,
            owed.payoff_of(terms, standing),
        )
