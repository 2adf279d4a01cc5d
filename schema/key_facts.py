"""The key facts statement: the whole cost of a proposed loan, which a borrower reads before the agreement."""

import datetime
from typing import Annotated

import strawberry

from schema.applications import Quote
from schema.products import ChargePolicy, Product
from schema.refusals import Refusal
from schema.scalars import Money, Percent


@strawberry.type(description="A charge that is deducted at disbursal.")
class Fee:
    kind: str = strawberry.field(description='The kind of the charge, such as "fee".')
    amount: Money = strawberry.field(description="The charge without GST.")
    gst: Money = strawberry.field(description="The goods and services tax on it.")
    payable_to: str = strawberry.field(description="The third party that receives the charge; empty for the lender.")
    recurring: bool = strawberry.field(description="Whether it arises more than once.")


@strawberry.type(description="A person of the lender. A value that the lender did not set is empty.")
class Contact:
    name: str = strawberry.field(description="The person's name.")
    phone: str = strawberry.field(description="The phone number, as the lender writes it.")
    email: str = strawberry.field(description="The address that receives messages.")


@strawberry.type(
    description=(
        "The key facts statement of a proposed loan, as the Reserve Bank of India requires it. It binds the lender"
        " through validUntil. The dates are those of a disbursal on the day of issue."
    )
)
class KeyFacts:
    proposal_number: str = strawberry.field(
        description="The number of the proposal, for applyLoan. It appears on the printed statement."
    )
    issued_on: datetime.date = strawberry.field(description="The business date on which it was issued.")
    valid_until: datetime.date = strawberry.field(
        description=(
            "The last day on which the borrower may accept it: 3 working days after the issue, or 1 if the loan is"
            " shorter than 7 days. Sundays, second and fourth Saturdays and the lender's holidays do not count."
        )
    )
    accepted_at: datetime.datetime | None = strawberry.field(
        description="The time at which it became a loan; null if the borrower has not accepted it."
    )
    product: Product = strawberry.field(description="The version of the product that the loan is made under.")
    quote: Quote = strawberry.field(description="The terms, the total cost, and the schedule.")
    fees: list[Fee] = strawberry.field(description="The charges that are deducted at disbursal.")
    net_disbursed: Money = strawberry.field(description="The amount less all fees and their GST.")
    apr: Percent = strawberry.field(
        description=(
            "The annual percentage rate: the nominal rate that makes the installments worth the net disbursed, with two"
            " decimals. It includes the fees."
        )
    )
    effective_rate: Percent = strawberry.field(description="The same rate, compounded. Show it beside the APR only.")
    contingent_charges: list[ChargePolicy] = strawberry.field(
        description="Charges that arise only if something happens. They are not in the APR."
    )
    emi_at_quarter_more: Money | None = strawberry.field(
        description="The EMI at a rate that is 0.25 higher, for a floating rate; null for a fixed one."
    )
    cooling_off_days: int = strawberry.field(
        description="Days after the disbursal in which the borrower may leave without a charge on the prepayment."
    )
    grievance_officer: Contact = strawberry.field(description="The person to whom the borrower complains.")
    transferable: bool = strawberry.field(description="Whether the lender may transfer the loan to another lender.")
    clauses: list[str] = strawberry.field(description="The clauses of the agreement that the statement quotes.")


@strawberry.input(description="A proposed loan. Query.policy has the limits of a product.")
class IssueKeyFactsInput:
    user_id: strawberry.ID | None = strawberry.field(
        default=None, description="Operators only: the borrower. A borrower leaves it out."
    )
    product: str | None = strawberry.field(
        default="card", description="The name of a product from Query.products. Null means card."
    )
    amount: Money = strawberry.field(description="Policy.minimumAmount to Policy.maximumAmount of the product.")
    loan_term: int = strawberry.field(description="The term in cycles, 1 to Policy.maximumTerm.")
    interest_rate: Percent = strawberry.field(
        description="The yearly interest rate in percent, Policy.minimumRate to Policy.maximumRate."
    )


IssueKeyFactsResult = Annotated[
    KeyFacts | Refusal,
    strawberry.union("IssueKeyFactsResult", description="The statement, or every reason against the loan."),
]
