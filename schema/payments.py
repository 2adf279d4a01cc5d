"""A payment and its allocations."""

import datetime
from typing import Any

import strawberry

from rules.counter import PaymentMode
from schema.bills import Bill
from schema.context import Info, Row
from schema.descriptions import explain
from schema.inputs import made_of_scalars
from schema.scalars import Money

explain(
    PaymentMode,
    "How money was paid at the counter. New values may appear.",
    {
        PaymentMode.CASH: "Notes and coins.",
        PaymentMode.CHEQUE: "A cheque; the reference is its number.",
        PaymentMode.UPI: "A UPI transfer; the reference is its twelve-digit number (UTR or RRN).",
        PaymentMode.BANK_TRANSFER: "NEFT, RTGS, IMPS or another transfer; the reference is its number (UTR).",
    },
)


@strawberry.type(
    description=("A part of a payment: for one bill, or without a bill for unbilled principal or interest.")
)
class Allocation:
    bill: Bill | None = strawberry.field(
        description=("The bill that this part paid, as it is now; null for prepaid principal and unbilled interest.")
    )
    interest: Money = strawberry.field(description="The interest that it paid.")
    principal: Money = strawberry.field(description="The principal that it paid.")


def _allocations(root: Row, info: Info) -> list[Allocation]:
    # Not a coroutine: the executor awaits what is awaitable, and what is not costs it far less.
    rows: Any = info.context.allocations(root.id)
    return rows  # type: ignore[no-any-return]


@strawberry.type(description="A taken payment. It is never changed or cancelled.")
class Payment:
    id: strawberry.ID = strawberry.field(description="The id of the payment.")
    receipt_number: str = strawberry.field(
        description=(
            'A short number to print and to read aloud: "R-0000-0017". It is the id with a check digit, unique and'
            " stable."
        )
    )
    transaction_id: str = strawberry.field(
        description=("The client's id for the payment, or one that the server made.")
    )
    amount: Money = strawberry.field(description="interest + principal.")
    payment_date: datetime.date = strawberry.field(description="The day on which it counts.")
    mode: PaymentMode | None = strawberry.field(
        description="How the money was paid at the counter; null if the operator did not say, or the borrower paid."
    )
    reference: str | None = strawberry.field(
        description="The number of the cheque or the transfer, as the operator gave it; null if none was given."
    )
    interest: Money = strawberry.field(description="The interest that it paid.")
    principal: Money = strawberry.field(description="The principal that it paid.")
    allocations: list[Allocation] = strawberry.field(
        resolver=_allocations, description="The allocations of the payment; their sum is the amount."
    )
    created_at: datetime.datetime = strawberry.field(description="The moment when the server took the payment.")


@made_of_scalars
@strawberry.input(description="A payment for a loan, by its borrower or by an operator at the counter.")
class MakePaymentInput:
    loan_id: strawberry.ID = strawberry.field(description="The loan to pay.")
    amount: Money = strawberry.field(
        description="More than 0.00, and at most the payoff on the payment date: Loan.payoff, if that is today."
    )
    payment_date: datetime.date | None = strawberry.field(
        default=None,
        description=(
            "Leave it out: the default is the business date. A borrower may send only the business date. An"
            " operator may send an earlier day, from the loan's latest event on."
        ),
    )
    transaction_id: str | None = strawberry.field(
        default=None,
        description=(
            "Makes the payment safe to send again. It has 1 to 64 letters, digits, and . _ : - and is unique for"
            " a borrower. Make one for each payment, and send it at every attempt with the same loan, amount and"
            " date, if there is one. A double click or a retry days later is then one payment. Without it, a"
            " payment of the same loan, amount and date as another is refused."
        ),
    )
    mode: PaymentMode | None = strawberry.field(
        default=None, description="How the money was paid at the counter. Only operators send it."
    )
    reference: str | None = strawberry.field(
        default=None,
        description=(
            "The number of the cheque or the transfer: one line of at most 64 characters. Only operators send it, and"
            " only with a mode. A repeated payment is compared with the mode and the reference if it has them."
        ),
    )
