"""A loan is closed when it owes nothing; its accrued interest is paid whole or in part before that."""

from decimal import Decimal

from rules import accruals, charges
from rules.loan import Standing, Status
from rules.money import ZERO, to_paise
from rules.plan import Terms


def without_accrued(terms: Terms, standing: Standing, paid: Decimal) -> Standing:
    """The standing without a paid part of its accrued interest, whose accrual restarts at 0 if it is paid whole."""
    if paid == to_paise(standing.accrued_interest):
        return accruals.without(terms, standing._replace(accrued_interest=ZERO))
    return accruals.without(terms, standing._replace(accrued_interest=standing.accrued_interest - paid), paid)


def closed_if_paid(terms: Terms, standing: Standing, accrued: Decimal) -> Standing:
    """The standing after a payment: closed if nothing is owed. `accrued` is the interest in paise that is left."""
    owing = (standing.principal_balance, standing.interest_receivable, accrued, charges.unpaid(standing))
    assert min(owing) >= 0, "a payment is at most the payoff"
    if any(owing) or standing.closed_on is not None:
        return standing
    # A fraction of a paisa left in the accrual is dropped.
    after = accruals.without(terms, standing._replace(accrued_interest=ZERO))
    return after._replace(closed_on=standing.accrued_through, status=Status.CLOSED)
