"""A statement: what was posted, and what is still to come."""

import datetime

import strawberry

from rules import ledger
from schema.bills import Installment
from schema.loans import Loan
from schema.scalars import Money

strawberry.enum(ledger.Event, name="StatementLineKind", description="What happened.")


@strawberry.type(description="One posted event.")
class StatementLine:
    date: datetime.date
    kind: ledger.Event
    amount_paid: Money
    interest: Money = strawberry.field(description="What a bill asked, or what a payment paid.")
    principal: Money = strawberry.field(description="What was lent, or what a payment paid.")
    principal_balance: Money = strawberry.field(description="The principal after it.")


@strawberry.type(description="A loan's statement as it stands on the business date.")
class Statement:
    loan: Loan
    as_of: datetime.date
    past_transactions: list[StatementLine]
    upcoming_emis: list[Installment] = strawberry.field(
        description="What open bills still ask for, then the plan for the cycles left as if those were paid today."
    )
