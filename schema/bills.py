"""A bill is the claim of one cycle; an installment is a cycle of the plan."""

import datetime
from typing import Protocol

import strawberry

from rules import billing, payments
from schema.context import Info
from schema.descriptions import explain
from schema.scalars import Money

BillFields = strawberry.Parent[billing.InstallmentOwed]


class _OfALoan(payments.BillBalance, Protocol):
    @property
    def loan_id(self) -> int: ...


explain(
    billing.BillStatus,
    "PAID if the minimum is paid; PAST_DUE if it is unpaid after the due date; otherwise OPEN.",
    {
        billing.BillStatus.OPEN: "The minimum is unpaid, and the due date has not passed.",
        billing.BillStatus.PAID: "The minimum is paid. The installment may be unpaid.",
        billing.BillStatus.PAST_DUE: "The minimum is unpaid, and the business date is after the due date.",
    },
    name="BillStatus",
)
explain(
    billing.PaymentState,
    "How much of a bill is paid. Unlike BillStatus it does not depend on the date.",
    {
        billing.PaymentState.UNPAID: "Less than the minimum is paid.",
        billing.PaymentState.MINIMUM_PAID: "The minimum is paid, but not the whole installment.",
        billing.PaymentState.PAID: "The whole installment is paid.",
    },
    name="BillPaymentState",
)


@strawberry.type(description="One installment of a plan: amountDue = interest + principal.")
class Installment:
    number: int = strawberry.field(description="The cycle; a loan's first cycle is 1.")
    date: datetime.date = strawberry.field(description="The billing date.")
    due_date: datetime.date = strawberry.field(description="The last day to pay on time.")
    amount_due: Money = strawberry.field(description="The whole installment.")
    principal: Money = strawberry.field(description="The part that repays principal.")
    interest: Money = strawberry.field(description="The part that pays interest.")
    principal_balance: Money = strawberry.field(description="The remaining principal after this installment is paid.")


def _status(root: BillFields, info: Info) -> billing.BillStatus:
    return billing.status(root, info.context.today)


def _payment_state(root: BillFields) -> billing.PaymentState:
    return billing.payment_state(root)


async def _still_to_pay(root: strawberry.Parent[_OfALoan], info: Info) -> Money:
    return Money(payments.still_to_pay(root, await info.context.newest_cycle(root.loan_id)))


@strawberry.type(
    description=(
        "The bill of one cycle. Its amounts are those of the day it was issued. Only interestPaid, principalPaid,"
        " status, paymentState and stillToPay change."
    )
)
class Bill:
    id: strawberry.ID = strawberry.field(description="The id of the bill.")
    cycle: int = strawberry.field(description="The cycle of the loan; the first is 1.")
    billing_date: datetime.date = strawberry.field(
        description=("The day the bill is for, even if it was issued later.")
    )
    due_date: datetime.date = strawberry.field(description="The last day to pay on time.")
    principal_balance: Money = strawberry.field(description="The loan's principal when the bill was issued.")
    interest: Money = strawberry.field(
        description="The interest accrued since the previous bill, less the part that was paid in advance."
    )
    minimum_due: Money = strawberry.field(
        description="The least amount to pay by the due date: the interest and a share of the principal."
    )
    past_due: Money = strawberry.field(description="The unpaid minimums of earlier bills when this bill was issued.")
    total_due: Money = strawberry.field(description="pastDue + minimumDue.")
    installment: Money = strawberry.field(
        description=(
            "The amount that keeps the plan, including the minimum. If it is paid before the next bill, the EMI does"
            " not change."
        )
    )
    interest_paid: Money = strawberry.field(description="The interest of this bill that is paid so far.")
    principal_paid: Money = strawberry.field(description="The principal of this bill that is paid so far.")
    status: billing.BillStatus = strawberry.field(
        resolver=_status, description="The state of the minimum on the business date."
    )
    payment_state: billing.PaymentState = strawberry.field(
        resolver=_payment_state,
        description=(
            "How much of the bill is paid: show PAID only for the whole installment. status tells whether the"
            " minimum is past due."
        ),
    )
    still_to_pay: Money = strawberry.field(
        resolver=_still_to_pay,
        description=(
            "The amount that the bill still asks for: the unpaid installment of the newest bill, and the unpaid"
            " minimum of an earlier one, because the rest of its installment is part of later bills. The"
            " bills of a loan sum to Loan.amountDue, once all its cycles are billed."
        ),
    )
