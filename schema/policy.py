"""What the lender lends, and to whom: what a form needs to know before anybody has filled it in."""

import strawberry

from schema.scalars import Money, Percent


@strawberry.type(description="The lender's limits of today. A loan keeps the cycle it was disbursed with.")
class Policy:
    minimum_score: int = strawberry.field(description="To be lent to.")
    minimum_annual_income: Money = strawberry.field(description="To be lent to.")
    maximum_amount: Money = strawberry.field(description="Of a loan.")
    maximum_term: int = strawberry.field(description="Cycles.")
    maximum_rate: Percent = strawberry.field(description="Percent per year.")
    cycle_days: int = strawberry.field(description="From one bill to the next.")
    due_days: int = strawberry.field(description="From a bill to its due date.")
    sandbox: bool = strawberry.field(description="Whether an operator may move the business date.")
