"""A payment, and where its money went."""

import datetime
from typing import Any

import strawberry

from schema.bills import Bill
from schema.context import Info, Row
from schema.scalars import Money


@strawberry.type(description="A part of a payment: of a bill, or, without one, of what no bill asked for yet.")
class Allocation:
    bill: Bill | None = strawberry.field(
        description=(
            "The bill it went to, as that now stands; null for principal paid ahead and interest not billed yet."
        )
    )
    interest: Money = strawberry.field(description="What it paid of interest.")
    principal: Money = strawberry.field(description="What it paid of principal.")


def _allocations(root: Row, info: Info) -> list[Allocation]:
    # Not a coroutine: the executor awaits what is awaitable, and what is not costs it far less.
    rows: Any = info.context.allocations(root.id)
    return rows  # type: ignore[no-any-return]


@strawberry.type(description="Money received. It is never changed or taken back.")
class Payment:
    id: strawberry.ID = strawberry.field(description="Names the payment.")
    transaction_id: str = strawberry.field(description="The client's own, or one made for it.")
    amount: Money = strawberry.field(description="interest + principal.")
    payment_date: datetime.date = strawberry.field(description="The day on which it counts.")
    interest: Money = strawberry.field(description="What it paid of interest.")
    principal: Money = strawberry.field(description="What it paid of principal.")
    allocations: list[Allocation] = strawberry.field(
        resolver=_allocations, description="Where it went, part by part; together they are the amount."
    )
    created_at: datetime.datetime = strawberry.field(description="The moment at which it was taken.")


@strawberry.input(description="A payment for a loan: by its borrower, or by an operator who took it at the counter.")
class MakePaymentInput:
    loan_id: strawberry.ID = strawberry.field(description="Which loan it is for.")
    amount: Money = strawberry.field(
        description="More than 0.00, and at most the payoff on the payment date: Loan.payoff, if that is today."
    )
    payment_date: datetime.date | None = strawberry.field(
        default=None,
        description=(
            "The business date unless given; leave it out. A borrower's is the business date. An operator's, for money"
            " taken earlier, is not before the loan's latest event and not after the business date."
        ),
    )
    transaction_id: str | None = strawberry.field(
        default=None,
        description=(
            "Makes the payment safe to send again: 1 to 64 letters, digits, and . _ : - and unique for a borrower. Make"
            " one for each payment that a person means, and send it with every try, with the same loan and amount, and"
            " the same date if there is one. A double click, or a retry days later, is then one payment. Without one, a"
            " payment of the same loan, amount and date as any other is refused."
        ),
    )
