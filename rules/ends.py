"""A loan ends when it is paid, settled for less, or written off; then a claim remains (lending rules, 14)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from rules import accruals, charges, owed, plan, settlements, suspense
from rules.asset_classes import Classing
from rules.events import SettlementAgreed, WrittenOff
from rules.loan import ClosureReason, Loan, Settlement, Standing, Status
from rules.money import ZERO
from rules.plan import Terms
from rules.refusals import Problem, ProblemCode
from rules.suspense import NONE, Suspense


class Loss(NamedTuple):
    """The rupees that the lender writes off: interest that was billed or set aside, principal, charges that have an
    account, and credit below zero.

    Interest that no bill has asked for is given up without a posting. `suspended` is the part that was no income yet.
    """

    interest: Decimal
    principal: Decimal
    charges: Decimal
    credit: Decimal
    suspended: Suspense = NONE


def is_cooling_off(terms: Terms, on: date) -> bool:
    """Whether a payment of a day that closes the loan falls into the cooling-off (14.4)."""
    days = terms.product.cooling_off_days
    return days > 0 and on <= terms.disbursed_on + plan.days(days)


def closure_reason(terms: Terms, standing: Standing) -> ClosureReason | None:
    """The reason for which a loan is closed (14.5); None while it is not."""
    if standing.status != Status.CLOSED:
        return None
    if standing.special is not None and standing.special.closure_reason is not None:
        return ClosureReason(standing.special.closure_reason)
    assert standing.closed_on is not None, "a closed loan has the day of its end"
    return ClosureReason.COOLING_OFF if is_cooling_off(terms, standing.closed_on) else ClosureReason.PAID


def has_lapsed(standing: Standing) -> bool:
    """Whether the bills of a loan demand nothing any more: it was settled for less or written off."""
    special = standing.special
    return special is not None and (special.claim is not None or special.closure_reason is not None)


def claim_of(standing: Standing) -> Decimal:
    """The amount that a written-off loan still owes; 0.00 for another loan."""
    claim = None if standing.special is None else standing.special.claim
    return claim or ZERO


class Ending(NamedTuple):
    """The standing after a settlement or a write-off, and what a write-off books as a loss."""

    standing: Standing
    loss: Loss | None = None


def apply(terms: Terms, standing: Standing, act: SettlementAgreed | WrittenOff) -> Ending | None:
    """The effect on a standing whose interest has accrued to that day; None if the loan has ended (8.4).

    A settlement takes the place of an earlier one, and waives nothing yet. A write-off counts even if the loan is no
    NPA. Its claim is the payoff of the day, and does not grow (14.1).
    """
    if isinstance(act, SettlementAgreed):
        if standing.status not in {Status.ACTIVE, Status.WRITTEN_OFF}:
            return None
        return Ending(standing.having(settlement=Settlement(act.amount, act.until)))
    if standing.status != Status.ACTIVE:
        return None
    after, loss = _lapsed(terms, standing)
    after = after._replace(status=Status.WRITTEN_OFF, closed_on=standing.accrued_through)
    # A night finds the new class of loans that have a classing.
    classing = (standing.special.classing if standing.special else None) or Classing()
    return Ending(after.having(claim=owed.owing(standing), classing=classing), loss)


def after_payment(terms: Terms, before: Standing, after: Standing, paid: Decimal) -> tuple[Standing, Loss | None]:
    """The standing after a payment of a loan with a settlement, and the rest if the payment reaches the amount."""
    settlement = settlements.live(before, before.accrued_through)
    if settlement is None or after.closed_on is not None:
        return after, None
    settlement = replace(settlement, paid=settlement.paid + paid)
    if settlement.rest > 0:
        return after.having(settlement=settlement), None
    closed, loss = _lapsed(terms, after)
    closed = closed._replace(status=Status.CLOSED, closed_on=after.accrued_through)
    return closed.having(settlement=None, closure_reason=ClosureReason.SETTLED), loss


def recover(standing: Standing, money: Decimal) -> tuple[Standing, Decimal]:
    """The standing after a payment of a written-off loan, and the part of it that reduces the claim (14.2)."""
    claim, settlement = claim_of(standing), settlements.live(standing, standing.accrued_through)
    recovered = min(settlements.usable(standing, money), claim)
    after = standing._replace(credit=standing.credit + money - recovered).having(claim=claim - recovered)
    if settlement is not None:
        settlement = replace(settlement, paid=settlement.paid + recovered)
        after = after.having(settlement=settlement)
    is_settled = settlement is not None and settlement.rest <= 0
    if recovered < claim and not is_settled:
        return after, recovered
    reason = ClosureReason.SETTLED if recovered < claim else ClosureReason.RECOVERED
    after = after._replace(status=Status.CLOSED, closed_on=standing.accrued_through)
    return after.having(claim=None, settlement=None, closure_reason=reason), recovered


def _lapsed(terms: Terms, standing: Standing) -> tuple[Standing, Loss]:
    """The standing of which no bill demands anything, and the loss."""
    kept = charges.of(standing)
    receivable = suspense.charges_receivable(standing)
    loss = Loss(standing.interest_receivable, standing.principal_balance, receivable, max(-standing.credit, ZERO))
    loss = loss._replace(suspended=suspense.of(standing))
    after = standing._replace(
        principal_balance=ZERO,
        interest_due=ZERO,
        accrued_interest=ZERO,
        past_due=ZERO,
        installment_due=ZERO,
        minimum_due=ZERO,
        credit=max(standing.credit, ZERO),
        oldest_due_on=None,
        due_again_on=None,
    )
    if kept:
        lapsed = tuple(one._replace(lapsed=one.lapsed + one.unpaid) for one in kept)
        after = after.having(charges=lapsed, unpaid_minimums=())
    if after.special is not None:
        after = after.having(deferred=ZERO, moratorium=0)
    return accruals.without(terms, after), loss


def problems(loan: Loan, act: SettlementAgreed | WrittenOff, today: date, *, is_npa: bool) -> Iterator[Problem]:
    """The reasons against a settlement or a write-off of a day, by which the loan's cycles are billed."""
    if isinstance(act, WrittenOff):
        yield from write_off_problems(loan.standing, is_npa=is_npa)
    else:
        payoff = owed.position(loan, today).payoff
        yield from settlements.problems(loan.standing, payoff, Settlement(act.amount, act.until), today)


def write_off_problems(standing: Standing, *, is_npa: bool) -> Iterator[Problem]:
    """The reasons against a write-off: LOAN_CLOSED, LOAN_CANCELLED, LOAN_WRITTEN_OFF, NOT_NPA."""
    if standing.status == Status.CLOSED:
        message = f"The loan was closed on {standing.closed_on}. It owes nothing."
        yield Problem(ProblemCode.LOAN_CLOSED, message, "loanId")
    elif standing.status == Status.CANCELLED:
        yield Problem(ProblemCode.LOAN_CANCELLED, "The loan was cancelled. It owes nothing.", "loanId")
    elif standing.status == Status.WRITTEN_OFF:
        yield Problem(ProblemCode.LOAN_WRITTEN_OFF, "The loan is written off already.", "loanId")
    elif not is_npa:
        message = "The loan is no NPA at the end of the latest day. Only an NPA is written off."
        yield Problem(ProblemCode.NOT_NPA, message, "loanId")
