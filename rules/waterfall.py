"""Money pays the debts of a loan in the order of the product's buckets (lending rules, 6 and 11.4)."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from rules import charges, plan
from rules.loan import BillBalance, Split, Standing
from rules.money import ZERO, to_paise
from rules.plan import Terms
from rules.products import CARD, Bucket


class Demand(NamedTuple):
    """The unpaid part of a bill. `minimum` is the unpaid part of its minimum, at most the whole."""

    cycle: int
    due_date: date
    asked: Split
    minimum: Decimal


class Allocation(NamedTuple):
    """A part of a payment: for the bill of a cycle, or without a cycle for unbilled principal and interest."""

    cycle: int | None
    interest: Decimal
    principal: Decimal


class Settled(NamedTuple):
    """The effect of money on the demands of bills, and the fields of the standing after it."""

    allocations: list[Allocation]
    paid: Split
    money_left: Decimal
    asked: Decimal
    past_due: Decimal
    installment_due: Decimal
    minimum_due: Decimal
    oldest_due_on: date | None
    due_again_on: date | None


class Poured(NamedTuple):
    """The effect of money on all debts of a loan.

    `charged` are the parts that pay charges, `prepaid` is undemanded principal, and `unbilled` accrued interest.
    `deferred` is interest that was set aside.
    """

    settled: Settled
    charged: tuple[charges.Part, ...]
    prepaid: Decimal
    unbilled: Decimal
    money_left: Decimal
    deferred: Decimal = ZERO


def demand(bill: BillBalance, newest_cycle: int) -> Demand:
    """The unpaid part of the newest bill's installment, or of an earlier bill's minimum (lending rules, 5.2)."""
    whole = bill.installment if bill.cycle == newest_cycle else bill.minimum_due
    paid = bill.interest_paid + bill.principal_paid
    asked = Split(bill.interest - bill.interest_paid, max(whole - bill.interest - bill.principal_paid, ZERO))
    return Demand(bill.cycle, bill.due_date, asked, max(bill.minimum_due - paid, ZERO))


def settle(terms: Terms, demands: Iterable[Demand], standing: Standing, money: Decimal) -> Settled:
    """Pay the demands, oldest first (lending rules, 6, steps 1 and 2)."""
    newest_cycle, is_due_again = standing.cycles_billed, standing.due_again_on is not None
    allocations: list[Allocation] = []
    interest = principal = asked_in_all = past_due = installment_due = minimum_due = ZERO
    oldest: date | None = None
    again: date | None = None
    for cycle, due_on, asked, minimum in demands:
        part = asked.up_to(money)
        paid, total = part.interest + part.principal, asked.interest + asked.principal
        asked_in_all += total
        if paid:
            money -= paid
            interest += part.interest
            principal += part.principal
            allocations.append(Allocation(cycle, *part))
        unpaid = minimum - paid if minimum > paid else ZERO
        if cycle == newest_cycle:
            installment_due, minimum_due = total - paid, unpaid
        else:
            past_due += unpaid
        if unpaid:
            oldest = due_on if oldest is None or due_on < oldest else oldest
            if is_due_again and due_on > plan.due_date(terms, cycle, standing.changes):
                again = due_on if again is None or due_on > again else again
    paid_parts = Split(interest, principal)
    return Settled(allocations, paid_parts, money, asked_in_all, past_due, installment_due, minimum_due, oldest, again)


def paid(standing: Standing, settled: Settled, principal: Decimal, credit: Decimal) -> Standing:
    """The standing after its bills were settled, and some principal was paid in all; `credit` is money left over."""
    # As in billing, keywords would double the time of this call, and the fold of a life has hundreds of them.
    return Standing(
        standing.emi,
        standing.principal_balance - principal,
        standing.interest_due - settled.paid.interest,
        standing.accrued_interest,
        standing.accrued_through,
        standing.cycles_billed,
        standing.last_cycle,
        settled.past_due,
        settled.installment_due,
        settled.minimum_due,
        standing.credit + credit,
        settled.oldest_due_on,
        settled.due_again_on,
        standing.closed_on,
        standing.status,
        standing.special,
    )


def pour(terms: Terms, standing: Standing, demands: Sequence[Demand], money: Decimal) -> Poured:
    """Pay a loan's debts with rupees. `standing` has its interest accrued, and `demands` are those of all its bills."""
    if terms.product is CARD and not standing.deferred_interest:
        # The default order without charges: `by_buckets` gives the same, and takes longer.
        settled = settle(terms, demands, standing, money)
        prepaid = min(settled.money_left, standing.undemanded_principal)
        # The interest is rounded before it is paid, so that paying the displayed payoff leaves exactly nothing.
        unbilled = min(settled.money_left - prepaid, to_paise(standing.accrued_interest))
        return Poured(settled, (), prepaid, unbilled, settled.money_left - prepaid - unbilled)
    return by_buckets(terms, standing, demands, money)


def by_buckets(terms: Terms, standing: Standing, demands: Sequence[Demand], money: Decimal) -> Poured:
    """Pay a loan's debts in the order of its product (lending rules, 11.4)."""
    newest = standing.cycles_billed
    settled: list[Settled] = []
    charged: list[charges.Part] = []
    prepaid = unbilled = deferred = ZERO
    for bucket in terms.product.allocation:
        match bucket:
            case Bucket.PAST | Bucket.CURRENT:
                of_bucket = [one for one in demands if (one.cycle == newest) == (bucket is Bucket.CURRENT)]
                settled.append(settle(terms, of_bucket, standing, money))
                money = settled[-1].money_left
            case Bucket.CHARGES | Bucket.PENAL:
                parts = charges.pay(charges.of_bucket(standing, bucket), money)
                charged += parts
                money -= sum((part.amount for part in parts), ZERO)
            case Bucket.PRINCIPAL:
                prepaid = min(money, standing.undemanded_principal)
                money -= prepaid
            case Bucket.ACCRUED:
                deferred = min(money, standing.deferred_interest)
                unbilled = min(money - deferred, to_paise(standing.accrued_interest))
                money -= deferred + unbilled
    return Poured(_both(*settled), tuple(charged), prepaid, unbilled, money, deferred)


def _both(first: Settled, second: Settled) -> Settled:
    """The effect of money on the earlier bills and on the newest one, in the order in which it paid them."""
    return Settled(
        [*first.allocations, *second.allocations],
        Split(first.paid.interest + second.paid.interest, first.paid.principal + second.paid.principal),
        second.money_left,
        first.asked + second.asked,
        first.past_due + second.past_due,
        first.installment_due + second.installment_due,
        first.minimum_due + second.minimum_due,
        min((one.oldest_due_on for one in (first, second) if one.oldest_due_on), default=None),
        max((one.due_again_on for one in (first, second) if one.due_again_on), default=None),
    )
