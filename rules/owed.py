"""A loan's position on a date has every figure that is owed, from one pass over the cycles that have come by then."""

from bisect import bisect_left
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from rules import billing, plan
from rules.billing import Loan
from rules.money import PAISA, ZERO


class Position(NamedTuple):
    """Rupees, and days.

    `payoff` closes the loan: principal, unpaid billed and accrued interest (lending rules, 6). `amount_due` is the sum
    of the unpaid installments, which keep the plan. `minimum_due` is the sum of all unpaid minimums, due or not yet.
    `past_due` is the part of it whose due date has passed, and `days_past_due` are the days since the oldest of these
    dates; 0 if there is none.
    """

    payoff: Decimal
    amount_due: Decimal
    minimum_due: Decimal
    past_due: Decimal
    days_past_due: int


def position(loan: Loan, today: date) -> Position:
    """The position of a loan. Cycles that have come by today count as billed, because a payment bills them first."""
    _, standing = billing.bill_through(loan, today)
    past_due, oldest = standing.past_due, standing.oldest_due_on
    # A bill is due before the next one is issued, so of all bills only the newest may not be due yet.
    if standing.minimum_due and today > plan.due_date(loan, standing.cycles_billed):
        past_due += standing.minimum_due
    accrued = billing.accrue(loan, standing, max(today, standing.accrued_through))
    return Position(
        payoff=billing.payoff_of(accrued) if standing.closed_on is None else ZERO,
        amount_due=standing.past_due + standing.installment_due,
        minimum_due=standing.past_due + standing.minimum_due,
        past_due=past_due,
        days_past_due=0 if oldest is None else max((today - oldest).days, 0),
    )


def newest_cycle(loan: Loan, today: date) -> int:
    """The cycle of the newest bill; a cycle that has come by today counts as billed."""
    return billing.bill_through(loan, today)[1].cycles_billed


def next_due_on(loan: Loan, today: date) -> date | None:
    """The next due date on which a minimum falls due: the newest bill's, or else the next bill's. None once closed."""
    _, standing = billing.bill_through(loan, today)
    if standing.closed_on is not None:
        return None
    newest = plan.due_date(loan, standing.cycles_billed)
    if standing.minimum_due and today <= newest:
        return newest
    return plan.due_date(loan, standing.cycles_billed + 1)


def least_prepayment(loan: Loan, today: date) -> Decimal | None:
    """The smallest payment on `today` that lowers the EMI: all that bills ask for, and enough principal beyond it.

    Any prepayment recalculates the EMI. It may grow after a small one: interest of a late payment has left more
    principal than the plan had. None if no such payment leaves the loan open.
    """
    _, standing = billing.bill_through(loan, today)
    cycles = loan.loan_term - standing.cycles_billed
    undemanded = standing.undemanded_principal
    if standing.closed_on is not None or cycles < 1 or undemanded <= 0:
        return None
    # The EMI falls as the principal falls, so that the first payment in paise that lowers it is found by bisection.
    paise = range(1, int(undemanded / PAISA) + 1)
    first = bisect_left(
        paise, True, key=lambda count: plan.emi(loan, undemanded - count * PAISA, cycles) < standing.emi
    )
    if first == len(paise):
        return None
    least = standing.past_due + standing.installment_due + (first + 1) * PAISA
    return least if least < position(loan, today).payoff else None
