"""The receipt of a payment, or its refusal."""

from typing import Annotated

import strawberry

from schema.loans import Loan
from schema.payments import Payment
from schema.refusals import Refusal


@strawberry.type(description="A taken payment, and the loan after it.")
class PaymentReceipt:
    payment: Payment = strawberry.field(description="The payment, with its allocations.")
    loan: Loan = strawberry.field(description="The loan after the payment.")
    emi_recalculated: bool = strawberry.field(description="Whether this payment changed the EMI.")
    replayed: bool = strawberry.field(
        description=("Whether this payment had been taken before, and this answer repeats the first.")
    )


MakePaymentResult = Annotated[
    PaymentReceipt | Refusal,
    strawberry.union("MakePaymentResult", description="The receipt, or the reasons why the payment was refused."),
]
