"""A loan as its borrower sees it: terms, standing, bills, payments, and what the rules make of them today."""

import datetime
from enum import Enum
from typing import Annotated, Any

import strawberry

from rules import billing, plan
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
    "ACTIVE until everything is paid.",
    {
        LoanStatus.ACTIVE: "Something is still to be paid.",
        LoanStatus.CLOSED: "All is paid: nothing is billed any more, and no payment is taken.",
    },
)


def _status(root: LoanFields) -> LoanStatus:
    return LoanStatus.ACTIVE if root.closed_on is None else LoanStatus.CLOSED


def _payoff(root: LoanFields, info: Info) -> Money:
    return Money(billing.payoff(root, info.context.today))


def _amount_due(root: LoanFields, info: Info) -> Money:
    return Money(billing.amount_due(root, info.context.today))


def _minimum_due(root: LoanFields, info: Info) -> Money:
    return Money(billing.minimum_due(root, info.context.today))


def _past_due(root: LoanFields, info: Info) -> Money:
    return Money(billing.past_due(root, info.context.today))


def _days_past_due(root: LoanFields, info: Info) -> int:
    return billing.days_past_due(root, info.context.today)


def _emi_schedule(root: LoanFields) -> list[Installment]:
    lines: Any = plan.at_disbursal(root)
    return list(lines)


async def _bills(root: Row, info: Info, first: First = 20, after: After = strawberry.UNSET) -> Connection[Bill]:
    page: Any = await info.context.bills_page(root.id, first, after or None)
    return page  # type: ignore[no-any-return]


async def _payments(root: Row, info: Info, first: First = 20, after: After = strawberry.UNSET) -> Connection[Payment]:
    page: Any = await info.context.payments_page(root.id, first, after or None)
    return page  # type: ignore[no-any-return]


@strawberry.type(
    description=(
        "A disbursed loan as it stands on the business date. What it asks for includes the cycles that have come by"
        " then, whether or not a billing run has been there yet."
    )
)
class Loan:
    id: strawberry.ID = strawberry.field(description="Names the loan.")
    status: LoanStatus = strawberry.field(resolver=_status, description="Whether anything is still to be paid.")
    amount: Money = strawberry.field(description="What was lent.")
    interest_rate: Percent = strawberry.field(description="Percent per year.")
    daily_rate: Percent = strawberry.field(description="Percent per day.")
    loan_term: int = strawberry.field(description="In cycles.")
    disbursed_on: datetime.date = strawberry.field(
        description="The day the money was paid out. Interest accrues from the day after."
    )
    next_billing_on: datetime.date | None = strawberry.field(
        name="nextBillingDate", description="The day its next bill is for; null once the loan is CLOSED."
    )
    emi: Money = strawberry.field(
        description=(
            "The level installment. Recalculated when principal is paid ahead, and after an installment paid short."
        )
    )
    principal_balance: Money = strawberry.field(description="The principal that is not paid yet.")
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
    bills: Connection[Bill] = strawberry.field(resolver=_bills, description="The bills that were issued, oldest first.")
    payments: Connection[Payment] = strawberry.field(
        resolver=_payments, description="The payments that were taken, in that order."
    )


@strawberry.type(description="A payment that was taken, and what it made of the loan.")
class PaymentReceipt:
    payment: Payment = strawberry.field(description="The payment, with where it went.")
    loan: Loan = strawberry.field(description="The loan as it now stands.")
    emi_recalculated: bool = strawberry.field(description="Whether this payment changed the EMI.")
    replayed: bool = strawberry.field(description="Whether it had been taken before, and this is that answer again.")


@strawberry.type(description="What a loan would cost, if it were disbursed on the business date and paid on time.")
class Quote:
    amount: Money = strawberry.field(description="What would be lent.")
    interest_rate: Percent = strawberry.field(description="Percent per year.")
    daily_rate: Percent = strawberry.field(description="Percent per day: the yearly rate / 365, with three decimals.")
    loan_term: int = strawberry.field(description="In cycles.")
    emi: Money = strawberry.field(description="The level installment; the last one of the schedule takes the rest.")
    total_interest: Money = strawberry.field(description="The interest of the whole schedule.")
    total_payable: Money = strawberry.field(description="amount + totalInterest.")
    schedule: list[Installment] = strawberry.field(description="The plan, one line for each cycle.")


@strawberry.input(description="What somebody asks to be lent. The limits are in Query.policy.")
class ApplyLoanInput:
    amount: Money = strawberry.field(description="More than 0.00, and at most Policy.maximumAmount.")
    loan_term: int = strawberry.field(description="In cycles, 1 to Policy.maximumTerm.")
    interest_rate: Percent = strawberry.field(
        description="Percent per year, Policy.minimumRate to Policy.maximumRate, with at most three decimals."
    )
    request_id: str | None = strawberry.field(
        default=None,
        description=(
            "Makes the application safe to send again: 1 to 64 letters, digits, and . _ : - and unique for a person."
            " Make one for each loan that a person means, and send it with every try of that application, with the same"
            " values. The first answer is given again: the same loan, or the same refusal. After a refusal make a new"
            " one to apply again."
        ),
    )


QuoteResult = Annotated[
    Quote | Refusal,
    strawberry.union("QuoteResult", description="What a loan would cost, or why nobody is lent to like that."),
]
ApplyLoanResult = Annotated[
    Loan | Refusal,
    strawberry.union("ApplyLoanResult", description="The loan, disbursed already, or every reason against it."),
]
MakePaymentResult = Annotated[
    PaymentReceipt | Refusal,
    strawberry.union("MakePaymentResult", description="The receipt, or why no money was taken."),
]
