"""A bill is the claim of one cycle; an installment is a cycle of the plan."""

import datetime

import strawberry

from rules import billing
from schema.context import Info
from schema.descriptions import explain
from schema.scalars import Money

BillFields = strawberry.Parent[billing.MinimumOwed]

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


@strawberry.type(
    description=(
        "The bill of one cycle. Its amounts are those of the day it was issued. Only interestPaid, principalPaid"
        " and status change."
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
