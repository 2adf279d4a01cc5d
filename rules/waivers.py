"""A waiver gives up a charge or interest; money that had paid it goes to the other debts (lending rules, 11.6)."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from rules import charges, closing, payments, suspense, waterfall
from rules.events import Waived
from rules.loan import Charge, Loan, Split, Standing
from rules.money import ZERO, to_paise
from rules.payments import AppliedPayment
from rules.refusals import Problem, ProblemCode
from rules.suspense import NONE, Suspense
from rules.waterfall import Allocation, Demand


class AppliedWaiver(NamedTuple):
    """An applied waiver in rupees, and the standing after it.

    `charges` is the waived part of a charge, `receivable` that part if an account has it, and `gst` the GST in it: both
    are 0 for a penal charge. `interest` was billed or set aside, and `allocations` are its parts for bills. `accrued`
    is interest that no bill has asked for. `given` is the effect of money that had paid the waived part of `charge`.
    `released` was in suspense.
    """

    standing: Standing
    charge: Charge | None = None
    charges: Decimal = ZERO
    receivable: Decimal = ZERO
    gst: Decimal = ZERO
    interest: Decimal = ZERO
    allocations: tuple[Allocation, ...] = ()
    given: AppliedPayment | None = None
    accrued: Decimal = ZERO
    released: Suspense = NONE


def problems(standing: Standing, waived: Waived) -> Iterator[Problem]:
    """The reasons against a waiver (lending rules, 11.6): AMOUNT_TOO_LOW, CHARGE_NOT_FOUND, WAIVER_TOO_HIGH."""
    yield from charges.ended(standing)
    if waived.amount <= 0:
        yield Problem(ProblemCode.AMOUNT_TOO_LOW, "The amount must be more than 0.00.", "amount")
    most, what = _most_interest(standing), "unpaid interest"
    if waived.charge is not None:
        charge = _found(standing, waived.charge)
        if charge is None:
            yield Problem(ProblemCode.CHARGE_NOT_FOUND, "The loan has no charge with this key.", "charge")
            return
        most, what = charge.total - charge.waived, "charge, less what was waived of it before,"
    if waived.amount > most:
        message = f"The {what} is {most}. Waive at most that amount."
        yield Problem(ProblemCode.WAIVER_TOO_HIGH, message, "amount")


def apply(loan: Loan, waived: Waived) -> AppliedWaiver | None:
    """The effect of a waiver on an open loan, whose interest has accrued to that day. None if it finds nothing."""
    if waived.charge is None:
        most = min(waived.amount, _most_interest(loan.standing))
        return _of_interest(loan, most) if most > 0 else None
    charge = _found(loan.standing, waived.charge)
    most = ZERO if charge is None else min(waived.amount, charge.total - charge.waived)
    return _of_charge(loan, charge, most) if charge is not None and most > 0 else None


def _found(standing: Standing, key: str) -> Charge | None:
    return next((one for one in charges.of(standing) if one.key == key), None)


def _most_interest(standing: Standing) -> Decimal:
    return standing.interest_receivable + to_paise(standing.accrued_interest)


def _of_charge(loan: Loan, charge: Charge, amount: Decimal) -> AppliedWaiver:
    paid = amount - min(amount, charge.unpaid)
    after = charge._replace(waived=charge.waived + amount, paid=charge.paid - paid)
    special = loan.standing.special
    assert special is not None, "a loan with a charge keeps it"
    changed = tuple(after if one.key == charge.key else one for one in special.charges)
    standing = loan.standing._replace(special=replace(special, charges=changed))
    given = payments.give(loan._replace(standing=standing), paid)
    is_penal = charge.kind == charges.PENAL
    return AppliedWaiver(
        given.standing,
        charge,
        amount,
        receivable=ZERO if is_penal else amount,
        gst=suspense.waived_gst(after) - suspense.waived_gst(charge),
        given=given if paid else None,
        released=suspense.released(loan.standing, standing),
    )


def _of_interest(loan: Loan, amount: Decimal) -> AppliedWaiver:
    """Waive billed interest, oldest bill first, then interest that was set aside, and then accrued interest."""
    standing, left = loan.standing, amount
    parts, demands = [], []
    for one in payments.demands_after(loan.bills, (), standing.cycles_billed):
        part = min(left, one.asked.interest)
        left -= part
        demands.append(_less(one, part))
        if part:
            parts.append(Allocation(one.cycle, part, ZERO))
    settled = waterfall.settle(loan.terms, demands, standing, ZERO)
    after = standing._replace(
        interest_due=standing.interest_due - (amount - left),
        past_due=settled.past_due,
        installment_due=settled.installment_due,
        minimum_due=settled.minimum_due,
        oldest_due_on=settled.oldest_due_on,
        due_again_on=settled.due_again_on,
    )
    after = charges.paid(after, None, (), parts)
    if deferred := min(left, standing.deferred_interest):
        after = after.having(deferred=standing.deferred_interest - deferred)
        left -= deferred
    after = closing.without_accrued(loan.terms, after, left) if left else after
    after = closing.closed_if_paid(loan.terms, after, to_paise(standing.accrued_interest) - left)
    waived = amount - left
    released = Suspense(waived) if suspense.is_npa(standing) else NONE
    return AppliedWaiver(after, interest=waived, allocations=tuple(parts), accrued=left, released=released)


def _less(one: Demand, interest: Decimal) -> Demand:
    """A demand without a part of its interest."""
    asked = Split(one.asked.interest - interest, one.asked.principal)
    return one._replace(asked=asked, minimum=max(one.minimum - interest, ZERO))
