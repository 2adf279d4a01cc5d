"""A statement: what was posted, and what is still to come."""

import datetime

import strawberry

from rules import ledger
from schema.bills import Installment
from schema.loans import Loan
from schema.meanings import explain
from schema.scalars import Money

explain(
    ledger.Event,
    "What happened.",
    {
        ledger.Event.DISBURSAL: "The loan was paid out.",
        ledger.Event.BILL: "A bill was issued, and its interest with it.",
        ledger.Event.PAYMENT: "A payment was taken.",
    },
    name="StatementLineKind",
)


@strawberry.type(description="One posted event.")
class StatementLine:
    date: datetime.date = strawberry.field(description="The day it counts on.")
    kind: ledger.Event = strawberry.field(description="What happened.")
    amount_paid: Money = strawberry.field(description="interest + principal of a PAYMENT; 0.00 otherwise.")
    interest: Money = strawberry.field(description="What a bill asked, or what a payment paid.")
    principal: Money = strawberry.field(description="What was lent, or what a payment paid.")
    principal_balance: Money = strawberry.field(description="The principal after it.")


@strawberry.type(description="A loan's statement as it stands on the business date.")
class Statement:
    loan: Loan = strawberry.field(description="The loan that it is of.")
    as_of: datetime.date = strawberry.field(description="The business date.")
    past_transactions: list[StatementLine] = strawberry.field(
        description="Every posted event, oldest first. Of one day, a bill comes before a payment."
    )
    upcoming_emis: list[Installment] = strawberry.field(
        description=(
            "What open bills still ask for, then the plan for the cycles left as if those were paid today. Empty once"
            " the loan is CLOSED."
        )
    )
