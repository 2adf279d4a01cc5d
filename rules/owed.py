"""A loan's position on a date has every figure that is owed, from one pass over the cycles that have come by then."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from rules import accruals, billing, charges, plan, settlements
from rules.loan import Bill, Charge, Loan, Standing
from rules.money import PAISA, ZERO, to_paise
from rules.plan import Terms
from rules.products import CARD, Bucket


class Position(NamedTuple):
    """Rupees, and days.

    `payoff` closes the loan: principal, unpaid interest that was billed, set aside or has accrued, unpaid charges, the
    charge of this prepayment, and credit below zero (lending rules, 6, 10.1 and 10.2). A settlement limits it.

    `amount_due` is the sum of the unpaid
    installments, which keep the plan. `minimum_due` is the sum of all unpaid minimums, due or not yet. `past_due` is
    the part of it whose due date has passed, and `days_past_due` are the days since the oldest of these dates; 0 if
    there is none.
    """

    payoff: Decimal
    amount_due: Decimal
    minimum_due: Decimal
    past_due: Decimal
    days_past_due: int


def payoff_of(terms: Terms, standing: Standing) -> Decimal:
    """The payoff of a standing whose interest has accrued up to that day."""
    if standing.special is None and terms.product is CARD:
        return owing(standing)
    prepayment = prepayment_charge(terms, standing)
    return settlements.limited(standing, owing(standing) + (prepayment.total if prepayment else ZERO))


def owing(standing: Standing) -> Decimal:
    """The payoff without a claim and a prepayment charge, and as if the lender accepted no less."""
    total = standing.principal_balance + standing.interest_due + to_paise(standing.accrued_interest)
    if standing.special is not None:
        total += charges.unpaid(standing) + standing.special.deferred
    return total if standing.credit >= 0 else total - standing.credit


def prepayment_charge(terms: Terms, standing: Standing) -> Charge | None:
    """The charge that the payment of the payoff brings (lending rules, 10.2)."""
    if standing.closed_on is not None or settlements.live(standing, standing.accrued_through) is not None:
        return None
    return charges.prepayment(terms, standing, standing.undemanded_principal, standing.accrued_through)


def prepayment_on(loan: Loan, today: date) -> Decimal:
    """The prepayment charge in the payoff of a day, with its GST."""
    if loan.terms.product is CARD:
        return ZERO
    standing = billing.bill_through(loan.terms, loan.standing, today)[1]
    if standing.closed_on is None:
        standing = billing.accrue(loan.terms, standing, max(today, standing.accrued_through))
    found = prepayment_charge(loan.terms, standing)
    return found.total if found else ZERO


def charges_of(loan: Loan, today: date) -> tuple[Charge, ...]:
    """All charges of a loan, oldest first, with the penal charges of the mornings up to today."""
    if loan.terms.product is CARD:
        return ()
    return charges.of(billing.bill_through(loan.terms, loan.standing, today)[1])


def position(loan: Loan, today: date) -> Position:
    """The position of a loan. Cycles that have come by today count as billed, because a payment bills them first.

    The loan needs its unpaid bills only if `needs_bills` says so.
    """
    issued, standing = billing.bill_through(loan.terms, loan.standing, today)
    oldest = standing.oldest_due_on
    accrued = billing.accrue(loan.terms, standing, max(today, standing.accrued_through))
    return Position(
        payoff=payoff_of(loan.terms, accrued),
        amount_due=standing.past_due + standing.installment_due,
        minimum_due=standing.past_due + standing.minimum_due,
        past_due=_past_due(loan, issued, standing, today),
        days_past_due=0 if oldest is None else max((today - oldest).days, 0),
    )


def standing_on(loan: Loan, today: date) -> Standing:
    """The standing with the changes of the rate that were agreed ahead and whose date has come by a day."""
    if loan.standing.changes is None or not loan.standing.changes.ahead:
        return loan.standing
    _, standing = billing.bill_through(loan.terms, loan.standing, today)
    return accruals.before(loan.terms, standing, today + plan.days(1))


def needs_bills(standing: Standing, today: date) -> bool:
    """Whether a correction has set a due date that has not passed, so that an earlier bill may be due after a later."""
    return standing.due_again_on is not None and standing.due_again_on >= today


def _past_due(loan: Loan, issued: tuple[Bill, ...], standing: Standing, today: date) -> Decimal:
    if needs_bills(standing, today):
        assert loan.bills, "a loan with a bill that is due again comes with its unpaid bills"
        late = (bill for bill in (*loan.bills, *issued) if bill.due_date < today)
        unpaid = (bill.minimum_due - bill.interest_paid - bill.principal_paid for bill in late)
        return sum((one for one in unpaid if one > 0), ZERO)
    # A bill is due before the next one is issued, so of all bills only the newest may not be due yet.
    is_newest_late = standing.minimum_due and today > plan.due_date(
        loan.terms, standing.cycles_billed, standing.changes
    )
    return standing.past_due + standing.minimum_due if is_newest_late else standing.past_due


def newest_cycle(loan: Loan, today: date) -> int:
    """The cycle of the newest bill; a cycle that has come by today counts as billed."""
    return billing.bill_through(loan.terms, loan.standing, today)[1].cycles_billed


def next_due_on(loan: Loan, today: date) -> date | None:
    """The next due date on which a minimum falls due: that of a bill, or else the next bill's. None once closed."""
    issued, standing = billing.bill_through(loan.terms, loan.standing, today)
    if standing.closed_on is not None:
        return None
    if needs_bills(standing, today):
        unpaid = (
            bill for bill in (*loan.bills, *issued) if bill.interest_paid + bill.principal_paid < bill.minimum_due
        )
        return min(bill.due_date for bill in unpaid if bill.due_date >= today)
    newest = plan.due_date(loan.terms, standing.cycles_billed, standing.changes)
    if standing.minimum_due and today <= newest:
        return newest
    return plan.due_date(loan.terms, standing.cycles_billed + 1 + standing.moratorium, standing.changes)


def least_prepayment(loan: Loan, today: date) -> Decimal | None:
    """The smallest payment on `today` that lowers the EMI: what is paid before principal, and enough principal.

    Any prepayment recalculates the EMI. It may grow after a small one: interest of a late payment has left more
    principal than the plan had. None if no such payment leaves the loan open.
    """
    terms = loan.terms
    _, standing = billing.bill_through(terms, loan.standing, today)
    standing = accruals.before(terms, standing, today + plan.days(1))
    silent, undemanded = standing.moratorium, standing.undemanded_principal
    cycles = standing.cycles_left - silent
    if standing.closed_on is not None or cycles < 1 or undemanded <= 0:
        return None
    kept = plan.most_principal_below(terms, standing.emi, cycles, standing.cycles_billed + 1 + silent, standing.changes)
    prepaid = max(undemanded - kept, PAISA)
    if prepaid > undemanded:
        return None
    least = _paid_before_principal(terms, standing, today) + prepaid
    return least if least < position(loan, today).payoff else None


def _paid_before_principal(terms: Terms, standing: Standing, today: date) -> Decimal:
    """The rupees that a payment pays before undemanded principal, in the order of the product (lending rules, 11.4)."""
    accrued = billing.accrue(terms, standing, max(today, standing.accrued_through)).accrued_interest
    asked = {
        Bucket.PAST: standing.past_due,
        Bucket.CURRENT: standing.installment_due,
        **{kind: _unpaid(charges.of_bucket(standing, kind)) for kind in (Bucket.CHARGES, Bucket.PENAL)},
        Bucket.ACCRUED: standing.deferred_interest + to_paise(accrued),
    }
    first = terms.product.allocation[: terms.product.allocation.index(Bucket.PRINCIPAL)]
    return sum((asked[bucket] for bucket in first), ZERO)


def _unpaid(kept: Sequence[Charge]) -> Decimal:
    return sum((one.unpaid for one in kept), ZERO)
