"""A loan: its terms, its standing, its bills and payments, and the figures that the rules compute for today."""

import datetime
from enum import Enum
from typing import Annotated, Any, Protocol

import strawberry

from rules import billing, owed, plan
from schema.bills import Bill, Installment
from schema.context import Info, Row
from schema.descriptions import explain
from schema.pagination import After, Connection, First
from schema.payments import Payment
from schema.refusals import Refusal
from schema.scalars import Money, Percent

LoanFields = strawberry.Parent[billing.Loan]


class LoanStatus(Enum):
    ACTIVE = "ACTIVE"
    CLOSED = "CLOSED"


explain(
    LoanStatus,
    "Whether the loan is paid in full.",
    {
        LoanStatus.ACTIVE: "The loan is not paid in full.",
        LoanStatus.CLOSED: "The loan is paid in full. It gets no more bills and takes no more payments.",
    },
)


def _status(root: LoanFields) -> LoanStatus:
    return LoanStatus.ACTIVE if root.closed_on is None else LoanStatus.CLOSED


def _payoff(root: LoanFields, info: Info) -> Money:
    return Money(info.context.position(root).payoff)


def _amount_due(root: LoanFields, info: Info) -> Money:
    return Money(info.context.position(root).amount_due)


def _minimum_due(root: LoanFields, info: Info) -> Money:
    return Money(info.context.position(root).minimum_due)


def _past_due(root: LoanFields, info: Info) -> Money:
    return Money(info.context.position(root).past_due)


def _days_past_due(root: LoanFields, info: Info) -> int:
    return info.context.position(root).days_past_due


def _next_due_date(root: LoanFields, info: Info) -> datetime.date | None:
    return owed.next_due_on(root, info.context.today)


def _least_prepayment(root: LoanFields, info: Info) -> Money | None:
    least = owed.least_prepayment(root, info.context.today)
    return None if least is None else Money(least)


def _emi_schedule(root: LoanFields) -> list[Installment]:
    lines: Any = plan.at_disbursal(root)
    return list(lines)


async def _bills(root: Row, info: Info, first: First = 20, after: After = strawberry.UNSET) -> Connection[Bill]:
    page: Any = await info.context.bills_page(root.id, first, after or None)
    return page  # type: ignore[no-any-return]


async def _payments(root: Row, info: Info, first: First = 20, after: After = strawberry.UNSET) -> Connection[Payment]:
    page: Any = await info.context.payments_page(root.id, first, after or None)
    return page  # type: ignore[no-any-return]


@strawberry.type(description="The borrower of a loan, in the few values that identify a person at a counter.")
class Borrower:
    id: strawberry.ID = strawberry.field(description="The id of the borrower, for Query.user.")
    name: str = strawberry.field(description="The name given at registration.")
    aadhaar_masked: str = strawberry.field(
        description='The last four digits of the Aadhaar number: "XXXX XXXX 9012". The other digits are never shown.'
    )
    phone: str | None = strawberry.field(
        description="The ten digits of an Indian mobile number; null if none was given."
    )


class _Owned(Protocol):
    @property
    def user_id(self) -> int: ...


def _borrower(root: strawberry.Parent[_Owned], info: Info) -> Borrower:
    row: Any = info.context.borrower(root.user_id)
    return row  # type: ignore[no-any-return]


@strawberry.type(
    description=(
        "A disbursed loan on the business date. Its amounts include the cycles that have come by then, even"
        " before a billing run has billed them."
    )
)
class Loan:
    id: strawberry.ID = strawberry.field(description="The id of the loan.")
    borrower: Borrower = strawberry.field(
        resolver=_borrower,
        description=(
            "The borrower: any for an operator, whose read the audit log records. A borrower sees only their own loans,"
            " and so only themselves."
        ),
    )
    status: LoanStatus = strawberry.field(resolver=_status, description="Whether the loan is paid in full.")
    amount: Money = strawberry.field(description="The disbursed amount.")
    interest_rate: Percent = strawberry.field(description="The yearly interest rate in percent.")
    daily_rate: Percent = strawberry.field(description="The daily interest rate in percent.")
    loan_term: int = strawberry.field(description="The term in cycles.")
    disbursed_on: datetime.date = strawberry.field(
        description="The day of the disbursal. Interest accrues from the next day."
    )
    next_billing_on: datetime.date | None = strawberry.field(
        name="nextBillingDate", description="The next billing date; null once the loan is CLOSED."
    )
    emi: Money = strawberry.field(
        description=("The level installment. A prepayment of principal and an installment paid short recalculate it.")
    )
    principal_balance: Money = strawberry.field(description="The unpaid principal.")
    payoff: Money = strawberry.field(
        resolver=_payoff,
        description=(
            "The amount that closes the loan today: principal + unpaid billed interest + interest accrued to the"
            " business date."
        ),
    )
    amount_due: Money = strawberry.field(
        resolver=_amount_due, description="The unpaid installments of the bills. Paying this amount keeps the plan."
    )
    minimum_due: Money = strawberry.field(
        resolver=_minimum_due,
        description=("The unpaid minimums of the bills. Paying this amount keeps the loan from being past due."),
    )
    past_due: Money = strawberry.field(
        resolver=_past_due, description="The unpaid minimums of the bills whose due date has passed."
    )
    days_past_due: int = strawberry.field(
        resolver=_days_past_due, description="Days since the oldest of these due dates; 0 if there is none."
    )
    next_due_date: datetime.date | None = strawberry.field(
        resolver=_next_due_date,
        description=(
            "The next day by which a minimum has to be paid: that of the newest bill if its minimum is unpaid and not"
            " past due, otherwise that of the next bill. Nothing but pastDue is due before it. Null once the loan is"
            " CLOSED."
        ),
    )
    least_prepayment: Money | None = strawberry.field(
        resolver=_least_prepayment,
        description=(
            "The smallest payment today that lowers the EMI: amountDue, and enough principal beyond it. Null if no"
            " such payment leaves the loan open."
        ),
    )
    emi_schedule: list[Installment] = strawberry.field(
        resolver=_emi_schedule,
        description=("The plan at disbursal. Statement.upcomingEmis has the installments to come."),
    )
    bills: Connection[Bill] = strawberry.field(resolver=_bills, description="The issued bills, oldest first.")
    payments: Connection[Payment] = strawberry.field(
        resolver=_payments, description="The payments, in the order in which they were taken."
    )


@strawberry.type(description="A taken payment, and the loan after it.")
class PaymentReceipt:
    payment: Payment = strawberry.field(description="The payment, with its allocations.")
    loan: Loan = strawberry.field(description="The loan after the payment.")
    emi_recalculated: bool = strawberry.field(description="Whether this payment changed the EMI.")
    replayed: bool = strawberry.field(
        description=("Whether this payment had been taken before, and this answer repeats the first.")
    )


@strawberry.type(description="The cost of a loan that is disbursed on the business date and paid on time.")
class Quote:
    amount: Money = strawberry.field(description="The amount of the loan.")
    interest_rate: Percent = strawberry.field(description="The yearly interest rate in percent.")
    daily_rate: Percent = strawberry.field(
        description=("The daily interest rate in percent: the yearly rate / 365, rounded to three decimals.")
    )
    loan_term: int = strawberry.field(description="The term in cycles.")
    emi: Money = strawberry.field(description="The level installment; the last installment takes the rest.")
    total_interest: Money = strawberry.field(description="The total interest of the schedule.")
    total_payable: Money = strawberry.field(description="amount + totalInterest.")
    schedule: list[Installment] = strawberry.field(description="The plan, one line for each cycle.")


@strawberry.input(description="An application for a loan. Query.policy has the limits.")
class ApplyLoanInput:
    amount: Money = strawberry.field(description="More than 0.00, and at most Policy.maximumAmount.")
    loan_term: int = strawberry.field(description="The term in cycles, 1 to Policy.maximumTerm.")
    interest_rate: Percent = strawberry.field(
        description=(
            "The yearly interest rate in percent, Policy.minimumRate to Policy.maximumRate, with at most three"
            " decimals."
        )
    )
    request_id: str | None = strawberry.field(
        default=None,
        description=(
            "Makes the application safe to send again. It has 1 to 64 letters, digits, and . _ : - and is unique"
            " for a person. Make one for each loan, and send it with the same values at every attempt. The server"
            " repeats its first answer: the loan or the refusal. After a refusal, make a new id to apply again."
        ),
    )


QuoteResult = Annotated[
    Quote | Refusal,
    strawberry.union("QuoteResult", description="The cost of a loan, or the reasons why such a loan is refused."),
]
ApplyLoanResult = Annotated[
    Loan | Refusal,
    strawberry.union("ApplyLoanResult", description="The disbursed loan, or every reason for the refusal."),
]
MakePaymentResult = Annotated[
    PaymentReceipt | Refusal,
    strawberry.union("MakePaymentResult", description="The receipt, or the reasons why the payment was refused."),
]
