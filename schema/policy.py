"""What the lender lends, and to whom: what a form needs to know before anybody has filled it in."""

import strawberry

from schema.scalars import Money, Percent


@strawberry.type(description="The lender's limits of today. A loan keeps the cycle it was disbursed with.")
class Policy:
    minimum_score: int = strawberry.field(description="The credit score from which people are lent to.")
    minimum_annual_income: Money = strawberry.field(description="The annual income from which people are lent to.")
    maximum_amount: Money = strawberry.field(description="The most that a loan may be of.")
    maximum_term: int = strawberry.field(description="The longest that a loan may last, in cycles.")
    minimum_rate: Percent = strawberry.field(description="The lowest interest rate, in percent per year.")
    maximum_rate: Percent = strawberry.field(description="The highest interest rate, in percent per year.")
    maximum_exposure: Money | None = strawberry.field(
        description="The most principal that a person may owe on all open loans together; null where there is no limit."
    )
    maximum_loans: int | None = strawberry.field(
        description="How many open loans a person may have; null where there is no limit."
    )
    lend_when_past_due: bool = strawberry.field(
        name="lendsWhenPastDue", description="Whether a person with a bill past due may take another loan."
    )
    cycle_days: int = strawberry.field(description="Days from one bill to the next.")
    due_days: int = strawberry.field(description="Days from a bill to its due date.")
    sandbox: bool = strawberry.field(description="Whether an operator may move the business date.")
