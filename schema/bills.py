"""A bill and a plan's installment: what a cycle asks for, asked or still to be asked."""

import datetime

import strawberry

from rules import billing
from schema.context import Info
from schema.descriptions import explain
from schema.scalars import Money

BillFields = strawberry.Parent[billing.MinimumOwed]

explain(
    billing.BillStatus,
    "PAID once the minimum is, PAST_DUE when it is not and the due date is over, else OPEN.",
    {
        billing.BillStatus.OPEN: "Its minimum is unpaid, and its due date has not passed.",
        billing.BillStatus.PAID: "Its minimum is paid. The installment may be not.",
        billing.BillStatus.PAST_DUE: "Its minimum is unpaid, and the business date is after its due date.",
    },
    name="BillStatus",
)


@strawberry.type(description="One installment of a plan: amountDue = interest + principal.")
class Installment:
    number: int = strawberry.field(description="The cycle that it is of; a loan's first is 1.")
    date: datetime.date = strawberry.field(description="When it is billed.")
    due_date: datetime.date = strawberry.field(description="The last day to pay it on time.")
    amount_due: Money = strawberry.field(description="All of it.")
    principal: Money = strawberry.field(description="The part that repays what was lent.")
    interest: Money = strawberry.field(description="The part that pays interest.")
    principal_balance: Money = strawberry.field(description="The principal left once it is paid.")


def _status(root: BillFields, info: Info) -> billing.BillStatus:
    return billing.status(root, info.context.today)


@strawberry.type(
    description=(
        "One cycle's bill. Its amounts are those of the day it was issued and stay so, but for interestPaid,"
        " principalPaid and status."
    )
)
class Bill:
    id: strawberry.ID = strawberry.field(description="Names the bill.")
    cycle: int = strawberry.field(description="Which cycle of its loan it is for; the first is 1.")
    billing_date: datetime.date = strawberry.field(description="The day it is for, however late it was issued.")
    due_date: datetime.date = strawberry.field(description="The last day to pay it on time.")
    principal_balance: Money = strawberry.field(description="The principal on the day it was issued.")
    interest: Money = strawberry.field(
        description="What accrued since the bill before, less what was paid of it ahead."
    )
    minimum_due: Money = strawberry.field(
        description="What is to be paid of it by the due date, at the least: its interest and a share of the principal."
    )
    past_due: Money = strawberry.field(description="What the minimums of earlier bills still asked that day.")
    total_due: Money = strawberry.field(description="pastDue + minimumDue.")
    installment: Money = strawberry.field(
        description="What keeps the plan, the minimum included: paid before the next bill, the EMI stays as it is."
    )
    interest_paid: Money = strawberry.field(description="What payments have paid of its interest so far.")
    principal_paid: Money = strawberry.field(description="What payments have paid of its principal so far.")
    status: billing.BillStatus = strawberry.field(
        resolver=_status, description="Whether its minimum is paid, on the business date."
    )
