"""An application for a loan, and the quote that shows its cost before."""

from typing import Annotated

import strawberry

from schema.bills import Installment
from schema.loans import Loan
from schema.refusals import Refusal
from schema.scalars import Money, Percent


@strawberry.type(description="The cost of a loan that is disbursed on the business date and paid on time.")
class Quote:
    amount: Money = strawberry.field(description="The amount of the loan.")
    interest_rate: Percent = strawberry.field(description="The yearly interest rate in percent.")
    daily_rate: Percent = strawberry.field(
        description=("The daily interest rate in percent: the yearly rate / 365, rounded to three decimals.")
    )
    loan_term: int = strawberry.field(description="The term in cycles.")
    emi: Money = strawberry.field(description="The level installment; the last installment takes the rest.")
    total_interest: Money = strawberry.field(description="The total interest of the schedule.")
    total_payable: Money = strawberry.field(description="amount + totalInterest.")
    schedule: list[Installment] = strawberry.field(description="The plan, one line for each cycle.")


@strawberry.input(description="An application for a loan. Query.policy has the limits of a product.")
class ApplyLoanInput:
    amount: Money = strawberry.field(description="Policy.minimumAmount to Policy.maximumAmount of the product.")
    loan_term: int = strawberry.field(description="The term in cycles, 1 to Policy.maximumTerm.")
    interest_rate: Percent = strawberry.field(
        description=(
            "The yearly interest rate in percent, Policy.minimumRate to Policy.maximumRate, with at most three"
            " decimals."
        )
    )
    product: str | None = strawberry.field(
        default="card", description="The name of a product from Query.products. Null means card."
    )
    proposal_number: str | None = strawberry.field(
        default=None,
        description=(
            "The number of the key facts that the borrower has read and accepts. The loan is made under their product;"
            " amount, term and rate must be theirs. Required if Policy.keyFactsRequired says so."
        ),
    )
    request_id: str | None = strawberry.field(
        default=None,
        description=(
            "Makes the application safe to send again. It has 1 to 64 letters, digits, and . _ : - and is unique"
            " for a person. Make one for each loan, and send it with the same values at every attempt. The server"
            " repeats its first answer: the loan or the refusal. After a refusal, make a new id to apply again."
        ),
    )


QuoteResult = Annotated[
    Quote | Refusal,
    strawberry.union("QuoteResult", description="The cost of a loan, or the reasons why such a loan is refused."),
]
ApplyLoanResult = Annotated[
    Loan | Refusal,
    strawberry.union("ApplyLoanResult", description="The disbursed loan, or every reason for the refusal."),
]
