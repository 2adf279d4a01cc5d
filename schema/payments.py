"""A payment and its allocations."""

import datetime
from typing import Any

import strawberry

from rules.counter import PaymentMode
from rules.events import ReversalCause
from rules.loan import PrepaymentChoice
from schema.bills import Bill
from schema.charges import Charge
from schema.context import Info, Paid
from schema.descriptions import explain
from schema.inputs import made_of_scalars
from schema.loan_events import LoanEvent
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


explain(
    PrepaymentChoice,
    "The effect of money that reaches principal which no bill asks for.",
    {
        PrepaymentChoice.REDUCE_EMI: "The EMI is recalculated, and the term stays.",
        PrepaymentChoice.REDUCE_TERM: "The EMI stays, and the loan ends earlier.",
    },
)


@strawberry.type(
    description=("A part of a payment: for one bill, or without a bill for unbilled principal or interest.")
)
class Allocation:
    bill: Bill | None = strawberry.field(
        description=(
            "The bill that this part paid, on the loan's day; null for prepaid principal and unbilled interest."
        )
    )
    interest: Money = strawberry.field(description="The interest that it paid.")
    principal: Money = strawberry.field(description="The principal that it paid.")
    credit: Money = strawberry.field(description="The part that nothing asked for: it became the borrower's credit.")
    charge: Charge | None = strawberry.field(
        description="The charge that this part paid, on the loan's day; null for other parts."
    )
    charge_paid: Money = strawberry.field(description="The amount that it paid of the charge.")
    recovery: Money = strawberry.field(description="The part that reduced the claim of a written-off loan.")


_Fields = strawberry.Parent[Paid]


# Not coroutines: the executor awaits what is awaitable, and what is not costs it far less.
def _allocations(root: _Fields, info: Info) -> list[Allocation]:
    rows: Any = info.context.allocations(root)
    return rows  # type: ignore[no-any-return]


def _event(root: _Fields, info: Info) -> LoanEvent:
    event: Any = info.context.loan_event(root)
    return event  # type: ignore[no-any-return]


def _reversal_cause(root: _Fields, info: Info) -> ReversalCause | None:
    cause: Any = None if root.reversed_on is None else info.context.reversal_cause(root)
    return cause  # type: ignore[no-any-return]


def _moved_to(root: _Fields, info: Info) -> "Payment | None":
    moved: Any = None if root.reversed_on is None else info.context.moved_payment(root)
    return moved  # type: ignore[no-any-return]


@strawberry.type(description="A taken payment. A correction never changes its amount: it reverses or moves it.")
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
    amount: Money = strawberry.field(description="interest + principal + charges + credit + recovery.")
    payment_date: datetime.date = strawberry.field(description="The day on which it counts.")
    mode: PaymentMode | None = strawberry.field(
        description="How the money was paid at the counter; null if the operator did not say, or the borrower paid."
    )
    reference: str | None = strawberry.field(
        description="The number of the cheque or the transfer, as the operator gave it; null if none was given."
    )
    interest: Money = strawberry.field(
        description="The interest that it paid; of a reversed payment, before its reversal."
    )
    principal: Money = strawberry.field(
        description="The principal that it paid; of a reversed payment, before its reversal."
    )
    credit: Money = strawberry.field(description="The part that became the borrower's credit.")
    charges: Money = strawberry.field(
        description="The part that paid charges; of a reversed payment, before its reversal."
    )
    recovery: Money = strawberry.field(description="The part that reduced the claim of a written-off loan.")
    event: LoanEvent = strawberry.field(resolver=_event, description="The event of the loan's life.")
    reversed_on: datetime.date | None = strawberry.field(
        description=(
            "The date of its reversal; null while it counts, or if knownAt is before the reversal. A reversed payment"
            " has no allocations."
        )
    )
    reversal_cause: ReversalCause | None = strawberry.field(
        resolver=_reversal_cause, description="The cause of its reversal; null while it counts."
    )
    moved_to: "Payment | None" = strawberry.field(
        resolver=_moved_to,
        description=(
            "The payment on the loan to which it was moved; null otherwise, and for a borrower whose loan that is not."
        ),
    )
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
    prepayment: PrepaymentChoice | None = strawberry.field(
        default=PrepaymentChoice.REDUCE_EMI,
        description="The effect of money that reaches principal which no bill asks for yet. Null means the default.",
    )
    backdate: bool | None = strawberry.field(
        default=False,
        description=(
            "Operators only. The payment date may be before the loan's latest event, at most 365 days back: the loan"
            " is computed again from that day. Null means the default."
        ),
    )
    reason: str | None = strawberry.field(
        default=None,
        description=(
            "The reason of a backdated payment, which needs one: at most 500 characters. Another payment has no reason,"
            " and is refused with one."
        ),
    )
