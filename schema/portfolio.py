"""The portfolio: the book's outstanding and overdue amounts on a date, and its expected cash."""

import datetime
from collections.abc import Awaitable, Callable

import strawberry

from schema.scalars import Money


@strawberry.type(description="The active loans whose oldest unpaid minimum is this many days past its due date.")
class PastDueBucket:
    first_day: int = strawberry.field(description="The fewest days past due.")
    last_day: int | None = strawberry.field(
        description=("The most days past due, included; null if there is no limit.")
    )
    loans: int = strawberry.field(description="The number of these loans.")
    principal_outstanding: Money = strawberry.field(description="The whole principal of these loans.")
    past_due: Money = strawberry.field(description="The unpaid minimums whose due date has passed.")


@strawberry.type(description="The bills of a calendar month.")
class BilledMonth:
    month: datetime.date = strawberry.field(description="The first day.")
    bills: int = strawberry.field(description="The number of bills with a billing date in this month.")
    interest: Money = strawberry.field(description="The total interest of these bills.")


@strawberry.type(description="The amounts that fall due from firstDay to lastDay, both included.")
class ExpectedCycle:
    number: int = strawberry.field(description="1 to 12.")
    first_day: datetime.date = strawberry.field(description="The first day.")
    last_day: datetime.date = strawberry.field(description="The last day.")
    interest: Money = strawberry.field(description="The interest that falls due.")
    principal: Money = strawberry.field(description="The principal that falls due.")
    amount: Money = strawberry.field(description="interest + principal.")


@strawberry.type(
    description=("The installments to come of all active loans, by due date, if every borrower pays on time.")
)
class ExpectedCash:
    overdue: Money = strawberry.field(
        description="The unpaid amounts of bills due before the date. No cycle contains them."
    )
    cycles: list[ExpectedCycle] = strawberry.field(description="Twelve windows of 30 days; the first starts on asOf.")


@strawberry.type(description="The active loans at the end of a date.")
class Portfolio:
    as_of: datetime.date = strawberry.field(description="The date.")
    active_loans: int = strawberry.field(
        description=("The number of loans that were disbursed and not closed by then.")
    )
    principal_outstanding: Money = strawberry.field(description="Their unpaid principal.")
    past_due: Money = strawberry.field(description="Their unpaid minimums whose due date had passed.")
    buckets: list[PastDueBucket] = strawberry.field(description="0, 1–30, 31–60, 61–90 and more than 90 days past due.")
    billed_months: list[BilledMonth] = strawberry.field(
        description="The twelve calendar months up to that of asOf, oldest first."
    )
    expect: strawberry.Private[Callable[[], Awaitable[ExpectedCash]]]

    @strawberry.field(  # type: ignore[untyped-decorator]
        description=(
            "The server computes it loan by loan, and only if a query asks for it: some seconds for a hundred"
            " thousand loans, minutes for a past date. `./kist book` shows its progress."
        )
    )
    async def expected_cash(self) -> ExpectedCash:
        return await self.expect()
