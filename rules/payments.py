"""A payment is taken whole or refused whole; money goes to the oldest demand first, interest before principal."""

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
    """The role that orders a payment. Only an operator, who took the money earlier, may date it back.

    A replay orders as an operator does: the date was judged when the payment was taken.
    """

    BORROWER = "BORROWER"
    OPERATOR = "OPERATOR"


class PaymentOrder(NamedTuple):
    """A payment as it comes in: rupees, the day on which it is to count, and the role that sends it."""

    amount: Decimal
    paid_on: date
    payer: Payer


class BillBalance(Protocol):
    """The little of a bill that a payment looks at."""

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
    """What a bill still asks for. `minimum` is the unpaid part of its minimum, at most interest + principal."""

    cycle: int
    due_date: date
    interest: Decimal
    principal: Decimal
    minimum: Decimal


class Allocation(NamedTuple):
    """Where a part of a payment went: to the bill of a cycle, or, without one, to what no bill asks for yet."""

    cycle: int | None
    interest: Decimal
    principal: Decimal


class AppliedPayment(NamedTuple):
    """A payment that has been taken: everything there is to store.

    `issued` are the cycles billed on the way. `interest + principal` is the amount; `unbilled_interest` is the
    part of the interest that had accrued but was on no bill. `emi_before` is the EMI when the money came.
    """

    issued: tuple[IssuedBill, ...]
    allocations: tuple[Allocation, ...]
    interest: Decimal
    principal: Decimal
    unbilled_interest: Decimal
    emi_before: Decimal
    standing: Standing


def demand(bill: BillBalance, newest_cycle: int) -> Demand:
    """What a bill still asks for: the newest its installment, an earlier one its minimum (lending rules, 5.2)."""
    asked = bill.installment if bill.cycle == newest_cycle else bill.minimum_due
    paid = bill.interest_paid + bill.principal_paid
    return Demand(
        cycle=bill.cycle,
        due_date=bill.due_date,
        interest=bill.interest - bill.interest_paid,
        principal=max(asked - bill.interest - bill.principal_paid, ZERO),
        minimum=max(bill.minimum_due - paid, ZERO),
    )


def demands_after(bills: Iterable[BillBalance], issued: Iterable[IssuedBill], newest_cycle: int) -> tuple[Demand, ...]:
    """What each bill asks for, oldest first, once the cycles in `issued` are billed too."""
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
    """Decide what a payment does to a loan (lending rules, 6).

    `bills` are those that still ask for something, oldest first; `today` is the business date.

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
        message = f"The payoff on {paid_on} is {payoff}."
        raise Refused(Problem(ProblemCode.AMOUNT_EXCEEDS_PAYOFF, message, "amount"))

    # After this point the payment must succeed.
    demands = demands_after(bills, issued, standing.cycles_billed)
    asked = sum((d.interest + d.principal for d in demands), ZERO)
    assert asked == standing.past_due + standing.installment_due, "the open bills are the loan's demands"
    return _applied(loan, issued, standing, demands, amount)


def _problems_before_billing(loan: Loan, order: PaymentOrder, today: date) -> list[Problem]:
    problems: list[Problem] = []
    if order.amount <= 0:
        problems.append(Problem(ProblemCode.AMOUNT_TOO_LOW, "A payment is more than 0.00.", "amount"))
    if loan.closed_on is not None:
        problems.append(Problem(ProblemCode.LOAN_CLOSED, f"The loan was closed on {loan.closed_on}.", "loanId"))
    return [*problems, *_problems_of_the_date(loan, order, today)]


def _problems_of_the_date(loan: Loan, order: PaymentOrder, today: date) -> Iterator[Problem]:
    is_borrower = order.payer is Payer.BORROWER
    if order.paid_on > today:
        message = f"The payment date cannot be after {today}, the business date."
        yield Problem(ProblemCode.PAYMENT_DATE_IN_FUTURE, message, "paymentDate")
    elif is_borrower and order.paid_on < today:
        # Dated back, a payment would earn the borrower the interest of the days since.
        message = f"A borrower's payment date cannot be before {today}, the business date. Leave it out."
        yield Problem(ProblemCode.PAYMENT_DATE_TOO_EARLY, message, "paymentDate")
    elif order.paid_on < loan.accrued_through and loan.closed_on is None:
        message = f"The payment date cannot be before {loan.accrued_through}, the loan's latest event."
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
    # Rounded before it is paid: what the payer saw as the payoff leaves nothing, not half a paisa the wrong way.
    unbilled_left = to_paise(standing.accrued_interest) - unbilled_interest
    owed = (after.principal_balance, after.interest_due, unbilled_left)
    assert min(owed) >= 0, "nobody pays more than the payoff"
    if any(owed):
        return after
    # A fraction of a paisa left in the accrual is dropped.
    return after._replace(accrued_interest=ZERO, closed_on=standing.accrued_through)
