"""The events of a loan, which tell its life."""

import datetime
from enum import Enum

import strawberry

from rules.events import ReversalCause
from schema.descriptions import explain
from schema.scalars import Money

explain(
    ReversalCause,
    "The cause of a reversal. New values may appear.",
    {
        ReversalCause.BOUNCED: "The bank returned the cheque or the mandate.",
        ReversalCause.WRONG_LOAN: "The payment belonged to another loan.",
        ReversalCause.DUPLICATE: "The event was recorded twice.",
        ReversalCause.ERROR: "The event was recorded by mistake.",
    },
)


class EventKind(Enum):
    DISBURSAL = "DISBURSAL"
    PAYMENT = "PAYMENT"
    REVERSAL = "REVERSAL"
    REFUND = "REFUND"
    CHARGE = "CHARGE"
    WAIVER = "WAIVER"
    SETTLEMENT = "SETTLEMENT"
    WRITE_OFF = "WRITE_OFF"
    RATE_CHANGE = "RATE_CHANGE"
    DUE_DATE_CHANGE = "DUE_DATE_CHANGE"
    MORATORIUM = "MORATORIUM"
    BORROWER_NPA = "BORROWER_NPA"


explain(
    EventKind,
    "The kind of an event. New values may appear.",
    {
        EventKind.DISBURSAL: "The lender paid the loan out.",
        EventKind.PAYMENT: "The lender received money.",
        EventKind.REVERSAL: "An earlier event no longer counts.",
        EventKind.REFUND: "The lender paid credit out.",
        EventKind.CHARGE: "The lender levied a charge.",
        EventKind.WAIVER: "The lender waived a charge or interest.",
        EventKind.SETTLEMENT: "The lender accepts less than the payoff, by a date.",
        EventKind.WRITE_OFF: "The lender booked the loan as a loss.",
        EventKind.RATE_CHANGE: "The interest rate changes from a date on.",
        EventKind.DUE_DATE_CHANGE: "The next billing date moved.",
        EventKind.MORATORIUM: "The next cycles demand nothing.",
        EventKind.BORROWER_NPA: "The borrower's loans became NPA, or are STANDARD again. The server records it.",
    },
)


@strawberry.type(
    description="One event of a loan's life. It never changes; a reversal names the event that it reverses."
)
class LoanEvent:
    id: strawberry.ID = strawberry.field(description="The id of the event, unique over all loans.")
    sequence: int = strawberry.field(description="Its position in the life; the first event is 1.")
    kind: EventKind = strawberry.field(description="The kind of the event.")
    effective_on: datetime.date = strawberry.field(description="The date from which it counts.")
    recorded_at: datetime.datetime = strawberry.field(description="The moment when it was recorded.")
    amount: Money | None = strawberry.field(description="The amount; null for a reversal and a write-off.")
    cause: ReversalCause | None = strawberry.field(description="The cause of a reversal; null for other events.")
    reason: str | None = strawberry.field(description="The reason that the operator gave; null if none was given.")
    made_by: strawberry.ID | None = strawberry.field(
        description="The id of the operator who recorded it. Operators only; null for a borrower."
    )
    approved_by: strawberry.ID | None = strawberry.field(
        description=(
            "The id of the person who approved it. Operators only; null for a borrower. It is null for every event: no"
            " operation needs an approval."
        )
    )
    reverses: "LoanEvent | None" = strawberry.field(description="The event that it reverses.")
    reversed_by: "LoanEvent | None" = strawberry.field(
        description="The event that reverses it; null while it counts, or if knownAt is before the reversal."
    )
    void: bool = strawberry.field(description="Whether it has no effect in the life as it now is.")
