"""A loan as its borrower sees it: terms, standing, bills, payments, and what the rules make of them today."""

import datetime
from enum import Enum
from typing import Annotated, Any, Protocol

import strawberry

from rules import billing, plan
from schema.bills import Bill, Installment
from schema.context import Info
from schema.pages import Connection
from schema.refusals import Refusal
from schema.scalars import Money, Percent


class _Identified(Protocol):
    @property
    def id(self) -> int: ...


Row = strawberry.Parent[_Identified]
LoanRow = strawberry.Parent[billing.Loan]


@strawberry.enum(description="ACTIVE until everything is paid.")
class LoanStatus(Enum):
    ACTIVE = "ACTIVE"
    CLOSED = "CLOSED"


@strawberry.type(description="A part of a payment: of a bill, or, without one, of what no bill asked for yet.")
class Allocation:
    bill: Bill | None
    interest: Money
    principal: Money


def _allocations(root: Row, info: Info) -> list[Allocation]:
    # Not a coroutine: the executor awaits what is awaitable, and what is not costs it far less.
    rows: Any = info.context.allocations(root.id)
    return rows  # type: ignore[no-any-return]


@strawberry.type(description="Money received.")
class Payment:
    id: strawberry.ID
    transaction_id: str = strawberry.field(description="The client's own, or one made for it.")
    amount: Money
    payment_date: datetime.date
    interest: Money
    principal: Money
    allocations: list[Allocation] = strawberry.field(resolver=_allocations)
    created_at: datetime.datetime


def _status(root: LoanRow) -> LoanStatus:
    return LoanStatus.ACTIVE if root.closed_on is None else LoanStatus.CLOSED


def _payoff(root: LoanRow, info: Info) -> Money:
    return Money(billing.payoff(root, info.context.today))


def _amount_due(root: LoanRow, info: Info) -> Money:
    return Money(billing.amount_due(root, info.context.today))


def _minimum_due(root: LoanRow, info: Info) -> Money:
    return Money(billing.minimum_due(root, info.context.today))


def _past_due(root: LoanRow, info: Info) -> Money:
    return Money(billing.past_due(root, info.context.today))


def _days_past_due(root: LoanRow, info: Info) -> int:
    return billing.days_past_due(root, info.context.today)


def _emi_schedule(root: LoanRow) -> list[Installment]:
    lines: Any = plan.at_disbursal(root)
    return list(lines)


async def _bills(
    root: Row, info: Info, first: int | None = 20, after: str | None = strawberry.UNSET
) -> Connection[Bill]:
    page: Any = await info.context.bills_page(root.id, first, after or None)
    return page  # type: ignore[no-any-return]


async def _payments(
    root: Row, info: Info, first: int | None = 20, after: str | None = strawberry.UNSET
) -> Connection[Payment]:
    page: Any = await info.context.payments_page(root.id, first, after or None)
    return page  # type: ignore[no-any-return]


@strawberry.type(description="A disbursed loan.")
class Loan:
    id: strawberry.ID
    status: LoanStatus = strawberry.field(resolver=_status)
    amount: Money
    interest_rate: Percent = strawberry.field(description="Percent per year.")
    daily_rate: Percent = strawberry.field(description="Percent per day.")
    loan_term: int = strawberry.field(description="In cycles.")
    disbursed_on: datetime.date
    next_billing_on: datetime.date | None = strawberry.field(name="nextBillingDate")
    emi: Money
    principal_balance: Money
    payoff: Money = strawberry.field(
        resolver=_payoff,
        description=(
            "Principal + unpaid billed interest + interest accrued to the business date: what closes the loan today."
        ),
    )
    amount_due: Money = strawberry.field(
        resolver=_amount_due, description="What its bills still ask for: paying it keeps the plan."
    )
    minimum_due: Money = strawberry.field(
        resolver=_minimum_due, description="The unpaid minimums of its bills: paying them keeps it from being past due."
    )
    past_due: Money = strawberry.field(
        resolver=_past_due, description="The unpaid minimums of the bills whose due date is over."
    )
    days_past_due: int = strawberry.field(
        resolver=_days_past_due, description="Since the oldest such due date; 0 when there is none."
    )
    emi_schedule: list[Installment] = strawberry.field(
        resolver=_emi_schedule, description="The plan at disbursal. What is left of it today: Statement.upcomingEmis."
    )
    bills: Connection[Bill] = strawberry.field(resolver=_bills)
    payments: Connection[Payment] = strawberry.field(resolver=_payments)


@strawberry.type(description="A payment that was taken, and what it made of the loan.")
class PaymentReceipt:
    payment: Payment
    loan: Loan
    emi_recalculated: bool = strawberry.field(description="Whether this payment changed the EMI.")
    replayed: bool = strawberry.field(description="Whether it had been taken before, and this is that answer again.")


@strawberry.type(description="What a loan would cost.")
class Quote:
    amount: Money
    interest_rate: Percent
    daily_rate: Percent
    loan_term: int
    emi: Money
    total_interest: Money
    total_payable: Money
    schedule: list[Installment]


@strawberry.input
class ApplyLoanInput:
    amount: Money
    loan_term: int
    interest_rate: Percent


@strawberry.input
class MakePaymentInput:
    loan_id: strawberry.ID
    amount: Money
    payment_date: datetime.date | None = None
    transaction_id: str | None = None


QuoteResult = Annotated[Quote | Refusal, strawberry.union("QuoteResult")]
ApplyLoanResult = Annotated[Loan | Refusal, strawberry.union("ApplyLoanResult")]
MakePaymentResult = Annotated[PaymentReceipt | Refusal, strawberry.union("MakePaymentResult")]
