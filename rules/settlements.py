"""A settlement: the lender accepts less than the payoff, if the money comes by a date (lending rules, 14.3)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from rules import plan
from rules.loan import Settlement, Standing, Status
from rules.money import ZERO
from rules.refusals import Problem, ProblemCode

# A longer agreement is a restructuring.
LONGEST_DAYS = 90


def live(standing: Standing, on: date) -> Settlement | None:
    """The settlement that counts on a day: neither reached nor lapsed."""
    found = None if standing.special is None else standing.special.settlement
    if found is None or on > found.until or standing.status not in {Status.ACTIVE, Status.WRITTEN_OFF}:
        return None
    return found


def limited(standing: Standing, owing: Decimal) -> Decimal:
    """The payoff of a standing that owes rupees on the day up to which its interest has accrued."""
    claim = None if standing.special is None else standing.special.claim
    found = live(standing, standing.accrued_through)
    owing += claim or ZERO
    return owing if found is None else min(owing, found.rest)


def usable(standing: Standing, money: Decimal) -> Decimal:
    """The part of a payment that the loan takes. Money beyond an agreed amount is credit: nothing demands it."""
    found = live(standing, standing.accrued_through)
    return money if found is None else min(money, found.rest)


def problems(standing: Standing, payoff: Decimal, settlement: Settlement, today: date) -> Iterator[Problem]:
    """The reasons against a settlement: LOAN_CLOSED, LOAN_CANCELLED, AMOUNT_TOO_LOW, SETTLEMENT_TOO_HIGH,
    SETTLEMENT_DATE_OUT_OF_RANGE.
    """
    if standing.status == Status.CLOSED:
        message = f"The loan was closed on {standing.closed_on}. It owes nothing."
        yield Problem(ProblemCode.LOAN_CLOSED, message, "loanId")
    elif standing.status == Status.CANCELLED:
        yield Problem(ProblemCode.LOAN_CANCELLED, "The loan was cancelled. It owes nothing.", "loanId")
    elif settlement.amount >= payoff:
        message = f"The payoff is {payoff}. Agree on less, or take a payment of the payoff."
        yield Problem(ProblemCode.SETTLEMENT_TOO_HIGH, message, "amount")
    if settlement.amount <= 0:
        yield Problem(ProblemCode.AMOUNT_TOO_LOW, "The amount must be more than 0.00.", "amount")
    latest = today + plan.days(LONGEST_DAYS)
    if not today <= settlement.until <= latest:
        message = f"The date must be from {today} to {latest}. A longer agreement is a restructuring."
        yield Problem(ProblemCode.SETTLEMENT_DATE_OUT_OF_RANGE, message, "until")
