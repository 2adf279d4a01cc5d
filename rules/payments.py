"""A payment is taken or refused as a whole. The oldest demand is paid first, and interest before principal."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol

from rules import billing, plan
from rules.billing import IssuedBill, Loan, Standing
from rules.money import ZERO, to_paise
from rules.refusals import Problem, ProblemCode, Refused


class Payer(StrEnum):
    """The role that sends a payment. Only an operator, who received the money earlier, may date it back.

    A replay uses the operator's role, because the date was checked when the payment was taken.
    """

    BORROWER = "BORROWER"
    OPERATOR = "OPERATOR"


class PaymentOrder(NamedTuple):
    """A requested payment: rupees, the day on which it counts, and the role that sends it."""

    amount: Decimal
    paid_on: date
    payer: Payer


class BillBalance(Protocol):
    """The fields of a bill that a payment needs."""

    @property
    def cycle(self) -> int: ...
    @property
    def due_date(self) -> date: ...
    @property
    def interest(self) -> Decimal: ...
    @property
    def minimum_due(self) -> Decimal: ...
    @property
    def installment(self) -> Decimal: ...
    @property
    def interest_paid(self) -> Decimal: ...
    @property
    def principal_paid(self) -> Decimal: ...


class Demand(NamedTuple):
    """The unpaid part of a bill. `minimum` is the unpaid part of its minimum, at most interest + principal."""

    cycle: int
    due_date: date
    interest: Decimal
    principal: Decimal
    minimum: Decimal


class Allocation(NamedTuple):
    """A part of a payment: for the bill of a cycle, or without a cycle for unbilled principal and interest."""

    cycle: int | None
    interest: Decimal
    principal: Decimal


class AppliedPayment(NamedTuple):
    """An applied payment: everything to store.

    `issued` are the bills issued by the payment. `interest + principal` is the amount. `unbilled_interest` is the
    part of the interest that had accrued without a bill. `emi_before` is the EMI before the payment.
    """

    issued: tuple[IssuedBill, ...]
    allocations: tuple[Allocation, ...]
    interest: Decimal
    principal: Decimal
    unbilled_interest: Decimal
    emi_before: Decimal
    standing: Standing


def demand(bill: BillBalance, newest_cycle: int) -> Demand:
    """The unpaid part of the newest bill's installment, or of an earlier bill's minimum (lending rules, 5.2)."""
    asked = bill.installment if bill.cycle == newest_cycle else bill.minimum_due
    paid = bill.interest_paid + bill.principal_paid
    return Demand(
        cycle=bill.cycle,
        due_date=bill.due_date,
        interest=bill.interest - bill.interest_paid,
        principal=max(asked - bill.interest - bill.principal_paid, ZERO),
        minimum=max(bill.minimum_due - paid, ZERO),
    )


def still_to_pay(bill: BillBalance, newest_cycle: int) -> Decimal:
    """The rupees that a bill still asks for. The rest of an earlier bill's installment is part of later bills."""
    asked = demand(bill, newest_cycle)
    return asked.interest + asked.principal


def demands_after(bills: Iterable[BillBalance], issued: Iterable[IssuedBill], newest_cycle: int) -> tuple[Demand, ...]:
    """The unpaid part of each bill, oldest first, after the cycles in `issued` are billed too."""
    fresh = (
        Demand(
            bill.cycle,
            bill.due_date,
            bill.interest,
            (bill.installment if bill.cycle == newest_cycle else bill.minimum_due) - bill.interest,
            bill.minimum_due,
        )
        for bill in issued
    )
    return (*(demand(bill, newest_cycle) for bill in bills), *fresh)


def apply(loan: Loan, bills: Sequence[BillBalance], order: PaymentOrder, *, today: date) -> AppliedPayment:
    """Apply a payment to a loan (lending rules, 6).

    `bills` are the unpaid ones, oldest first; `today` is the business date.

    Raises:
        Refused: AMOUNT_TOO_LOW, LOAN_CLOSED, PAYMENT_DATE_IN_FUTURE, PAYMENT_DATE_TOO_EARLY,
            AMOUNT_EXCEEDS_PAYOFF.
    """
    problems = _problems_before_billing(loan, order, today)
    if problems:
        raise Refused(*problems)
    amount, paid_on, _ = order
    issued, standing = billing.bill_through(loan, paid_on)
    standing = billing.accrue(loan, standing, paid_on)
    payoff = billing.payoff_of(standing)
    if amount > payoff:
        message = f"The payoff on {paid_on} is {payoff}. Pay at most that amount."
        raise Refused(Problem(ProblemCode.AMOUNT_EXCEEDS_PAYOFF, message, "amount"))

    # After this point the payment must succeed.
    demands = demands_after(bills, issued, standing.cycles_billed)
    asked = sum((d.interest + d.principal for d in demands), ZERO)
    assert asked == standing.past_due + standing.installment_due, "the open bills are the loan's demands"
    return _applied(loan, issued, standing, demands, amount)


def _problems_before_billing(loan: Loan, order: PaymentOrder, today: date) -> list[Problem]:
    problems: list[Problem] = []
    if order.amount <= 0:
        problems.append(Problem(ProblemCode.AMOUNT_TOO_LOW, "The amount must be more than 0.00.", "amount"))
    if loan.closed_on is not None:
        problems.append(
            Problem(
                ProblemCode.LOAN_CLOSED,
                f"The loan was closed on {loan.closed_on}. It takes no more payments.",
                "loanId",
            )
        )
    return [*problems, *_problems_of_the_date(loan, order, today)]


def _problems_of_the_date(loan: Loan, order: PaymentOrder, today: date) -> Iterator[Problem]:
    is_borrower = order.payer is Payer.BORROWER
    if order.paid_on > today:
        message = f"The payment date must not be after {today}, the business date."
        yield Problem(ProblemCode.PAYMENT_DATE_IN_FUTURE, message, "paymentDate")
    elif is_borrower and order.paid_on < today:
        # A borrower who dates a payment back would save the interest of the days since.
        message = f"A borrower's payment date must not be before {today}, the business date. Leave it out."
        yield Problem(ProblemCode.PAYMENT_DATE_TOO_EARLY, message, "paymentDate")
    elif order.paid_on < loan.accrued_through and loan.closed_on is None:
        message = f"The payment date must not be before {loan.accrued_through}, the loan's latest event."
        yield Problem(ProblemCode.PAYMENT_DATE_TOO_EARLY, message, "paymentDate")


def _applied(
    loan: Loan,
    issued: tuple[IssuedBill, ...],
    standing: Standing,
    demands: Sequence[Demand],
    amount: Decimal,
) -> AppliedPayment:
    allocations: list[Allocation] = []
    left_over: list[Demand] = []
    remaining = amount
    for asked in demands:  # steps 1 and 2
        interest = min(remaining, asked.interest)
        principal = min(remaining - interest, asked.principal)
        remaining -= interest + principal
        if interest or principal:
            allocations.append(Allocation(asked.cycle, interest, principal))
        left_over.append(
            asked._replace(
                interest=asked.interest - interest,
                principal=asked.principal - principal,
                minimum=max(asked.minimum - interest - principal, ZERO),
            )
        )
    prepaid = min(remaining, standing.undemanded_principal)  # step 3
    unbilled = remaining - prepaid  # step 4
    if prepaid or unbilled:
        allocations.append(Allocation(None, unbilled, prepaid))
    interest = sum((part.interest for part in allocations), ZERO)
    principal = sum((part.principal for part in allocations), ZERO)
    assert interest + principal == amount, "no paisa is made or lost"

    after = _after(standing, left_over, principal, interest - unbilled, unbilled)
    if prepaid:
        after = after._replace(emi=plan.emi(loan, after.undemanded_principal, loan.loan_term - after.cycles_billed))
    return AppliedPayment(
        issued, tuple(allocations), interest, principal, unbilled, emi_before=standing.emi, standing=after
    )


def _after(
    standing: Standing,
    demands: Sequence[Demand],
    principal: Decimal,
    billed_interest: Decimal,
    unbilled_interest: Decimal,
) -> Standing:
    newest = [asked for asked in demands if asked.cycle == standing.cycles_billed]
    earlier = [asked for asked in demands if asked.cycle != standing.cycles_billed]
    after = standing._replace(
        principal_balance=standing.principal_balance - principal,
        interest_due=standing.interest_due - billed_interest,
        accrued_interest=standing.accrued_interest - unbilled_interest,
        past_due=sum((asked.minimum for asked in earlier), ZERO),
        installment_due=sum((asked.interest + asked.principal for asked in newest), ZERO),
        minimum_due=sum((asked.minimum for asked in newest), ZERO),
        oldest_due_on=next((asked.due_date for asked in demands if asked.minimum > 0), None),
    )
    # The interest is rounded before it is paid, so that paying the displayed payoff leaves exactly nothing.
    unbilled_left = to_paise(standing.accrued_interest) - unbilled_interest
    owed = (after.principal_balance, after.interest_due, unbilled_left)
    assert min(owed) >= 0, "a payment is at most the payoff"
    if any(owed):
        return after
    # A fraction of a paisa left in the accrual is dropped.
    return after._replace(accrued_interest=ZERO, closed_on=standing.accrued_through)
