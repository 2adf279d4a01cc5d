"""A payment is taken or refused as a whole. The oldest demand is paid first, and interest before principal."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from rules import accruals, billing, owed, plan, replan
from rules.loan import Bill, BillBalance, Loan, PrepaymentChoice, Split, Standing, Status
from rules.money import ZERO, to_paise
from rules.plan import Terms
from rules.refusals import Problem, ProblemCode, Refused


class Payer(StrEnum):
    """The role that sends a payment. Only an operator, who received the money earlier, may date it back."""

    BORROWER = "BORROWER"
    OPERATOR = "OPERATOR"


class PaymentOrder(NamedTuple):
    """A requested payment: rupees, the day on which it counts, and the role that sends it."""

    amount: Decimal
    paid_on: date
    payer: Payer
    choice: PrepaymentChoice = PrepaymentChoice.REDUCE_EMI


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


class AppliedPayment(NamedTuple):
    """An applied payment: everything to store.

    `issued` are the bills issued by the payment. `interest + principal + credit` is the amount. `unbilled_interest` is
    the part of the interest that had accrued without a bill. `credit` is the part that nothing asked for.
    `emi_before` is the EMI before the payment.
    """

    issued: tuple[Bill, ...]
    allocations: tuple[Allocation, ...]
    interest: Decimal
    principal: Decimal
    credit: Decimal
    unbilled_interest: Decimal
    emi_before: Decimal
    standing: Standing


def demand(bill: BillBalance, newest_cycle: int) -> Demand:
    """The unpaid part of the newest bill's installment, or of an earlier bill's minimum (lending rules, 5.2)."""
    whole = bill.installment if bill.cycle == newest_cycle else bill.minimum_due
    paid = bill.interest_paid + bill.principal_paid
    return Demand(
        cycle=bill.cycle,
        due_date=bill.due_date,
        asked=Split(bill.interest - bill.interest_paid, max(whole - bill.interest - bill.principal_paid, ZERO)),
        minimum=max(bill.minimum_due - paid, ZERO),
    )


def still_to_pay(bill: BillBalance, newest_cycle: int) -> Decimal:
    """The rupees that a bill still asks for. The rest of an earlier bill's installment is part of later bills."""
    return demand(bill, newest_cycle).asked.total


def demands_after(bills: Iterable[BillBalance], issued: Iterable[Bill], newest_cycle: int) -> tuple[Demand, ...]:
    """The unpaid part of each bill, oldest first, after the cycles in `issued` are billed too."""
    return tuple(demand(bill, newest_cycle) for bill in (*bills, *issued))


def take(loan: Loan, order: PaymentOrder, *, today: date) -> AppliedPayment:
    """Apply a payment that a client sends, or refuse it (lending rules, 6). `today` is the business date.

    Raises:
        Refused: AMOUNT_TOO_LOW, LOAN_CLOSED, LOAN_CANCELLED, PAYMENT_DATE_IN_FUTURE, PAYMENT_DATE_TOO_EARLY,
            AMOUNT_EXCEEDS_PAYOFF.
    """
    problems = [*_problems_before_billing(loan.standing, order, today)]
    if problems:
        raise Refused(*problems)
    issued, standing = _advanced(loan, order.paid_on)
    payoff = owed.payoff_of(standing)
    if order.amount > payoff:
        message = f"The payoff on {order.paid_on} is {payoff}. Pay at most that amount."
        raise Refused(Problem(ProblemCode.AMOUNT_EXCEEDS_PAYOFF, message, "amount"))

    # After this point the payment must succeed.
    applied = _applied(loan, issued, standing, order.amount, order.choice)
    assert applied.standing.credit <= max(standing.credit, ZERO), "a payment within the payoff leaves no credit"
    return applied


def pay(loan: Loan, amount: Decimal, paid_on: date, choice: PrepaymentChoice) -> AppliedPayment:
    """Apply money that was received on a day, not before the loan's latest event. Money beyond the payoff is credit.

    Cycles that have come by then are billed first.
    """
    issued, standing = _advanced(loan, paid_on)
    return _applied(loan, issued, standing, amount, choice)


def _advanced(loan: Loan, until: date) -> tuple[tuple[Bill, ...], Standing]:
    issued, standing = billing.bill_through(loan.terms, loan.standing, until)
    if standing.closed_on is None:
        standing = billing.accrue(loan.terms, standing, until)
    return issued, standing


def _problems_before_billing(standing: Standing, order: PaymentOrder, today: date) -> Iterator[Problem]:
    if order.amount <= 0:
        yield Problem(ProblemCode.AMOUNT_TOO_LOW, "The amount must be more than 0.00.", "amount")
    if standing.status == Status.CLOSED and standing.credit >= 0:
        message = f"The loan was closed on {standing.closed_on}. It takes no more payments."
        yield Problem(ProblemCode.LOAN_CLOSED, message, "loanId")
    if standing.status == Status.CANCELLED:
        message = "The loan was cancelled: its money was never paid out. It takes no payments."
        yield Problem(ProblemCode.LOAN_CANCELLED, message, "loanId")
    yield from _problems_of_the_date(standing, order, today)


def _problems_of_the_date(standing: Standing, order: PaymentOrder, today: date) -> Iterator[Problem]:
    is_borrower = order.payer is Payer.BORROWER
    if order.paid_on > today:
        message = f"The payment date must not be after {today}, the business date."
        yield Problem(ProblemCode.PAYMENT_DATE_IN_FUTURE, message, "paymentDate")
    elif is_borrower and order.paid_on < today:
        # A borrower who dates a payment back would save the interest of the days since.
        message = f"A borrower's payment date must not be before {today}, the business date. Leave it out."
        yield Problem(ProblemCode.PAYMENT_DATE_TOO_EARLY, message, "paymentDate")
    elif order.paid_on < standing.accrued_through and (standing.closed_on is None or standing.credit < 0):
        message = f"The payment date must not be before {standing.accrued_through}, the loan's latest event."
        yield Problem(ProblemCode.PAYMENT_DATE_TOO_EARLY, message, "paymentDate")


class _Settled(NamedTuple):
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


def _settled(terms: Terms, demands: Iterable[Demand], standing: Standing, money: Decimal) -> _Settled:
    """Pay the demands, oldest first (lending rules, 6, steps 1 and 2)."""
    newest_cycle, changes = standing.cycles_billed, standing.changes
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
            if due_on > plan.due_date(terms, cycle, changes):
                again = due_on if again is None or due_on > again else again
    paid_parts = Split(interest, principal)
    return _Settled(allocations, paid_parts, money, asked_in_all, past_due, installment_due, minimum_due, oldest, again)


def _applied(
    loan: Loan, issued: tuple[Bill, ...], standing: Standing, amount: Decimal, choice: PrepaymentChoice
) -> AppliedPayment:
    demands = demands_after(loan.bills, issued, standing.cycles_billed)
    settled = _settled(loan.terms, demands, standing, amount)
    assert settled.asked == standing.past_due + standing.installment_due, "the open bills are the loan's demands"
    prepaid = min(settled.money_left, standing.undemanded_principal)  # step 3
    # The interest is rounded before it is paid, so that paying the displayed payoff leaves exactly nothing.
    accrued = to_paise(standing.accrued_interest)
    unbilled = min(settled.money_left - prepaid, accrued)  # step 4
    credit = settled.money_left - prepaid - unbilled
    allocations = settled.allocations
    if prepaid or unbilled:
        allocations.append(Allocation(None, unbilled, prepaid))
    interest, principal = settled.paid.interest + unbilled, settled.paid.principal + prepaid
    assert interest + principal + credit == amount, "no paisa is made or lost"

    after = standing._replace(
        principal_balance=standing.principal_balance - principal,
        interest_due=standing.interest_due - settled.paid.interest,
        accrued_interest=standing.accrued_interest - unbilled,
        past_due=settled.past_due,
        installment_due=settled.installment_due,
        minimum_due=settled.minimum_due,
        credit=standing.credit + credit,
        oldest_due_on=settled.oldest_due_on,
        due_again_on=settled.due_again_on,
    )
    after = accruals.without(loan.terms, after, unbilled) if unbilled else after
    owing = (after.principal_balance, after.interest_due, accrued - unbilled)
    assert min(owing) >= 0, "a payment is at most the payoff"
    if not any(owing) and standing.closed_on is None:
        # A fraction of a paisa left in the accrual is dropped.
        after = accruals.without(loan.terms, after._replace(accrued_interest=ZERO))
        after = after._replace(closed_on=standing.accrued_through, status=Status.CLOSED)
    if prepaid:
        after = replan.after_prepayment(loan.terms, after, choice)
    return AppliedPayment(
        issued, tuple(allocations), interest, principal, credit, unbilled, emi_before=standing.emi, standing=after
    )
