"""The lender's limits, which forms need before a person fills them in."""

import strawberry

from schema.scalars import Money, Percent


@strawberry.type(
    description=(
        "The present limits of a product, and of the lender for all products. A loan keeps the version of its product."
    )
)
class Policy:
    minimum_score: int = strawberry.field(description="The lowest credit score of a borrower.")
    minimum_annual_income: Money = strawberry.field(description="The lowest annual income of a borrower.")
    minimum_amount: Money = strawberry.field(description="The smallest amount of a loan.")
    maximum_amount: Money = strawberry.field(description="The largest amount of a loan.")
    maximum_term: int = strawberry.field(description="The longest term of a loan, in cycles.")
    minimum_rate: Percent = strawberry.field(description="The lowest interest rate, in percent per year.")
    maximum_rate: Percent = strawberry.field(description="The highest interest rate, in percent per year.")
    maximum_exposure: Money | None = strawberry.field(
        description=(
            "The largest principal that a person may owe on all open loans together; null if there is no limit."
        )
    )
    maximum_loans: int | None = strawberry.field(
        description="The largest number of open loans of a person; null if there is no limit."
    )
    lend_when_past_due: bool = strawberry.field(
        name="lendsWhenPastDue", description="Whether a person with a bill past due may borrow again."
    )
    cycle_days: int = strawberry.field(
        description="Days from one bill to the next; 28, those of the shortest month, for a product by months."
    )
    due_days: int = strawberry.field(description="Days from a bill to its due date.")
    quote_days: int = strawberry.field(description="The days that a quote of the payoff may look ahead.")
    key_facts_required: bool = strawberry.field(
        description="Whether an application must have the number of key facts that the borrower has read."
    )
    sandbox: bool = strawberry.field(description="Whether an operator may move the business date.")
    has_sample_accounts: bool = strawberry.field(
        name="sampleAccounts",
        description="Whether Mutation.createSampleAccounts makes accounts to try the sandbox with.",
    )
