"""A bill and a plan's installment: what a cycle asks for, asked or still to be asked."""

import datetime

import strawberry

from rules import billing
from schema.context import Info
from schema.scalars import Money

BillRow = strawberry.Parent[billing.MinimumOwed]

strawberry.enum(
    billing.BillStatus,
    name="BillStatus",
    description="PAID once the minimum is, PAST_DUE when it is not and the due date is over, else OPEN.",
)


@strawberry.type(description="One installment of a plan.")
class Installment:
    number: int
    date: datetime.date = strawberry.field(description="When it is billed.")
    due_date: datetime.date
    amount_due: Money
    principal: Money
    interest: Money
    principal_balance: Money = strawberry.field(description="The principal left once it is paid.")


def _status(root: BillRow, info: Info) -> billing.BillStatus:
    return billing.status(root, info.context.today)


@strawberry.type(description="One cycle's bill.")
class Bill:
    id: strawberry.ID
    cycle: int
    billing_date: datetime.date
    due_date: datetime.date
    principal_balance: Money = strawberry.field(description="The principal on the day it was issued.")
    interest: Money
    minimum_due: Money
    past_due: Money = strawberry.field(description="What the minimums of earlier bills still asked that day.")
    total_due: Money
    installment: Money
    interest_paid: Money
    principal_paid: Money
    status: billing.BillStatus = strawberry.field(resolver=_status)
