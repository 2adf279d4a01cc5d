"""The ends of a loan: its closing, the claim after a write-off, a settlement, and interest that was set aside."""

import datetime
from typing import Any

import strawberry

from rules import ends, settlements
from rules.loan import ClosureReason, Stands
from schema.context import Info
from schema.descriptions import explain
from schema.scalars import Money

_LoanFields = strawberry.Parent[Stands]

explain(
    ClosureReason,
    "The reason for which a loan is closed.",
    {
        ClosureReason.PAID: "It was paid in full.",
        ClosureReason.COOLING_OFF: "It was paid in full during the cooling-off, without a prepayment charge.",
        ClosureReason.SETTLED: "The borrower paid the amount of a settlement.",
        ClosureReason.RECOVERED: "It was written off, and the claim was paid in full.",
    },
)


@strawberry.type(description="An agreement that the lender accepts less than the payoff, if the money comes by a date.")
class Settlement:
    amount: Money = strawberry.field(description="The agreed amount.")
    until: datetime.date = strawberry.field(description="The last day for the money. After it the agreement lapses.")
    paid: Money = strawberry.field(description="The sum of the payments since the agreement.")


def closure_reason_of(root: _LoanFields) -> ClosureReason | None:
    return ends.closure_reason(root.terms, root.standing)


def claim_of(root: _LoanFields) -> Money:
    return Money(ends.claim_of(root.standing))


def deferred_interest_of(root: _LoanFields) -> Money:
    return Money(root.standing.deferred_interest)


def settlement_of(root: _LoanFields, info: Info) -> Settlement | None:
    found: Any = settlements.live(root.standing, info.context.day_of(root))
    return found  # type: ignore[no-any-return]
