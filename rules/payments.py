"""A payment is taken or refused as a whole. The oldest demand is paid first, and interest before principal."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeAlias

from rules import billing, charges, closing, ends, owed, replan, settlements, suspense, waterfall
from rules.ends import Loss
from rules.loan import Bill, BillBalance, Charge, Loan, PrepaymentChoice, Standing, Status
from rules.money import ZERO, to_paise
from rules.products import CARD
from rules.refusals import Problem, ProblemCode, Refused
from rules.suspense import NONE, Suspense

Settled: TypeAlias = waterfall.Settled
Allocation: TypeAlias = waterfall.Allocation
Demand: TypeAlias = waterfall.Demand
demand = waterfall.demand


class Payer(StrEnum):
    """The role that sends a payment. Only an operator, who received the money earlier, may date it back."""

    BORROWER = "BORROWER"
    OPERATOR = "OPERATOR"


class PaymentOrder(NamedTuple):
    """A requested payment: rupees, the day on which it counts, and the role that sends it.

    `sequence` is the one that the payment will have in its loan.
    """

    amount: Decimal
    paid_on: date
    payer: Payer
    choice: PrepaymentChoice = PrepaymentChoice.REDUCE_EMI
    sequence: int = 0


class AppliedPayment(NamedTuple):
    """An applied payment: everything to store.

    `issued` are the bills issued by the payment. `interest + principal + charges + credit + recovery` is the amount.
    `unbilled_interest` is the part of the interest that had accrued without a bill. `credit` is the part that nothing
    asked for. `emi_before` is the EMI before the payment. `charged` are the parts that paid charges, and `levied` is
    the prepayment charge of the payment. `recovery` is the part that reduced the claim of a written-off loan. `loss` is
    what the lender wrote off because the payment reached the amount of a settlement. `deferred` is the part of the
    interest that had been set aside.
    """

    issued: tuple[Bill, ...]
    allocations: tuple[Allocation, ...]
    interest: Decimal
    principal: Decimal
    credit: Decimal
    unbilled_interest: Decimal
    emi_before: Decimal
    standing: Standing
    charged: tuple[charges.Part, ...] = ()
    levied: Charge | None = None
    recovery: Decimal = ZERO
    loss: Loss | None = None
    deferred: Decimal = ZERO
    released: Suspense = NONE

    @property
    def written_off(self) -> Decimal:
        """The principal that the lender wrote off."""
        return ZERO if self.loss is None else self.loss.principal

    @property
    def charges(self) -> Decimal:
        return sum((part.amount for part in self.charged), ZERO)


class WithdrawableBill(BillBalance, Protocol):
    """A bill that a restructuring may have withdrawn."""

    @property
    def withdrawn(self) -> bool: ...


def still_to_pay(bill: WithdrawableBill, newest_cycle: int) -> Decimal:
    """The rupees that a bill still asks for. The rest of an earlier bill's installment is part of later bills."""
    return ZERO if bill.withdrawn else demand(bill, newest_cycle).asked.total


def demands_after(bills: Iterable[BillBalance], issued: Iterable[Bill], newest_cycle: int) -> tuple[Demand, ...]:
    """The unpaid part of each bill, oldest first, after the cycles in `issued` are billed too."""
    return tuple([demand(bill, newest_cycle) for bill in (*bills, *issued)])


def take(loan: Loan, order: PaymentOrder, *, today: date) -> AppliedPayment:
    """Apply a payment that a client sends, or refuse it (lending rules, 6). `today` is the business date.

    Raises:
        Refused: AMOUNT_TOO_LOW, LOAN_CLOSED, LOAN_CANCELLED, PAYMENT_DATE_IN_FUTURE, PAYMENT_DATE_TOO_EARLY,
            AMOUNT_EXCEEDS_PAYOFF.
    """
    problems = [*_problems_before_billing(loan.standing, order, today)]
    if problems:
        raise Refused(*problems)
    issued, standing = advanced(loan, order.paid_on)
    payoff = owed.payoff_of(loan.terms, standing)
    if order.amount > payoff:
        message = f"The payoff on {order.paid_on} is {payoff}. Pay at most that amount."
        raise Refused(Problem(ProblemCode.AMOUNT_EXCEEDS_PAYOFF, message, "amount"))

    # After this point the payment must succeed.
    applied = _applied(loan, issued, standing, _Received(order.amount, order.choice, order.sequence))
    assert applied.standing.credit <= max(standing.credit, ZERO), "a payment within the payoff leaves no credit"
    return applied


def pay(loan: Loan, amount: Decimal, paid_on: date, choice: PrepaymentChoice, sequence: int = 0) -> AppliedPayment:
    """Apply money that was received on a day, not before the loan's latest event. Money beyond the payoff is credit.

    Cycles that have come by then are billed first. `sequence` is that of the payment in its loan.
    """
    issued, standing = advanced(loan, paid_on)
    return _applied(loan, issued, standing, _Received(amount, choice, sequence))


def give(loan: Loan, amount: Decimal) -> AppliedPayment:
    """Apply money that a waiver gives back to a loan, whose interest has accrued to that day (lending rules, 11.6)."""
    return _applied(loan, (), loan.standing, _Received(amount, PrepaymentChoice.REDUCE_EMI, 0, is_cash=False))


def advanced(loan: Loan, until: date) -> tuple[tuple[Bill, ...], Standing]:
    issued, standing = billing.bill_through(loan.terms, loan.standing, until)
    if standing.closed_on is None or standing.status == Status.WRITTEN_OFF:
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
    elif order.paid_on < standing.accrued_through and (standing.status != Status.CLOSED or standing.credit < 0):
        message = f"The payment date must not be before {standing.accrued_through}, the loan's latest event."
        yield Problem(ProblemCode.PAYMENT_DATE_TOO_EARLY, message, "paymentDate")


class _Received(NamedTuple):
    """Money that a loan takes.

    Money that the lender gives up (lending rules, 11.6) brings no prepayment charge, and is no payment of a settlement.
    """

    amount: Decimal
    choice: PrepaymentChoice
    sequence: int
    is_cash: bool = True


def _applied(loan: Loan, issued: tuple[Bill, ...], standing: Standing, received: _Received) -> AppliedPayment:
    """Apply money, also of a loan that has a settlement or was written off (lending rules, 14)."""
    if standing.special is None or not received.is_cash:
        return _allocated(loan, issued, standing, received)
    amount = received.amount
    if standing.status == Status.WRITTEN_OFF:
        after, recovery = ends.recover(standing, amount)
        return AppliedPayment((), (), ZERO, ZERO, amount - recovery, ZERO, standing.emi, after, recovery=recovery)
    has_settlement = settlements.live(standing, standing.accrued_through) is not None
    received = received._replace(amount=settlements.usable(standing, amount), is_cash=not has_settlement)
    demanding = loan._replace(bills=()) if ends.has_lapsed(standing) else loan
    applied = _allocated(demanding, issued, standing, received)
    after, loss = ends.after_payment(loan.terms, standing, applied.standing, received.amount - applied.credit)
    excess = amount - received.amount
    after = after._replace(credit=after.credit + excess)
    return applied._replace(standing=after, credit=applied.credit + excess, loss=loss)


def _allocated(loan: Loan, issued: tuple[Bill, ...], standing: Standing, received: _Received) -> AppliedPayment:
    demands = demands_after(loan.bills, issued, standing.cycles_billed)
    poured = waterfall.pour(loan.terms, standing, demands, received.amount)
    settled, charged, prepaid, unbilled, credit, deferred = poured
    assert settled.asked == standing.past_due + standing.installment_due, "the open bills are the loan's demands"
    allocations = settled.allocations
    if prepaid or unbilled or deferred:
        allocations.append(Allocation(None, unbilled + deferred, prepaid))
    interest, principal = settled.paid.interest + unbilled + deferred, settled.paid.principal + prepaid
    levied = None
    if loan.terms.product is not CARD and received.is_cash and standing.closed_on is None:
        on = standing.accrued_through
        levied = charges.prepayment(loan.terms, standing, prepaid, on, received.sequence)
        parts = charges.pay((levied,), credit) if levied else []
        charged, credit = (*charged, *parts), credit - sum((part.amount for part in parts), ZERO)

    after = waterfall.paid(standing, settled, principal, credit)
    if loan.terms.product is not CARD:
        after = charges.paid(after, levied, charged, allocations)
    after = after.having(deferred=after.deferred_interest - deferred) if deferred else after
    after = closing.without_accrued(loan.terms, after, unbilled) if unbilled else after
    after = closing.closed_if_paid(loan.terms, after, to_paise(standing.accrued_interest) - unbilled)
    if prepaid:
        after = replan.after_prepayment(loan.terms, after, received.choice)
    return AppliedPayment(
        issued,
        tuple(allocations),
        interest,
        principal,
        credit,
        unbilled,
        emi_before=standing.emi,
        standing=after,
        charged=charged,
        levied=levied,
        deferred=deferred,
        released=NONE if standing.special is None else suspense.released(standing, after, levied),
    )
