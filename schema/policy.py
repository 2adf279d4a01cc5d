"""What the lender lends, and to whom: what a form needs to know before anybody has filled it in."""

import strawberry

from schema.scalars import Money, Percent


@strawberry.type(description="The lender's limits of today. A loan keeps the cycle it was disbursed with.")
class Policy:
    minimum_score: int = strawberry.field(description="The credit score from which people are lent to.")
    minimum_annual_income: Money = strawberry.field(description="The annual income from which people are lent to.")
    maximum_amount: Money = strawberry.field(description="The most that a loan may be of.")
    maximum_term: int = strawberry.field(description="The longest that a loan may last, in cycles.")
    maximum_rate: Percent = strawberry.field(description="The highest interest rate, in percent per year.")
    cycle_days: int = strawberry.field(description="Days from one bill to the next.")
    due_days: int = strawberry.field(description="Days from a bill to its due date.")
    sandbox: bool = strawberry.field(description="Whether an operator may move the business date.")
