"""The portfolio: what the whole book has at risk on a date, and what it is to bring in."""

import datetime
from collections.abc import Awaitable, Callable

import strawberry

from schema.scalars import Money


@strawberry.type(description="The active loans whose oldest unpaid minimum is so many days past its due date.")
class PastDueBucket:
    first_day: int = strawberry.field(description="From how many days past due.")
    last_day: int | None = strawberry.field(description="To how many, this one included. Null is without end.")
    loans: int = strawberry.field(description="How many loans that are.")
    principal_outstanding: Money = strawberry.field(description="All of the principal of these loans.")
    past_due: Money = strawberry.field(description="The minimums that are unpaid after their due date.")


@strawberry.type(description="The bills of a calendar month.")
class BilledMonth:
    month: datetime.date = strawberry.field(description="Its first day.")
    bills: int = strawberry.field(description="How many have their billing date in it.")
    interest: Money = strawberry.field(description="The interest of these bills together.")


@strawberry.type(description="What falls due from firstDay to lastDay, both included.")
class ExpectedCycle:
    number: int = strawberry.field(description="1 to 12.")
    first_day: datetime.date = strawberry.field(description="Its first day.")
    last_day: datetime.date = strawberry.field(description="Its last day.")
    interest: Money = strawberry.field(description="The interest that falls due in it.")
    principal: Money = strawberry.field(description="The principal that falls due in it.")
    amount: Money = strawberry.field(description="interest + principal.")


@strawberry.type(description="What the statements of all active loans ask for, by due date, if everybody pays by them.")
class ExpectedCash:
    overdue: Money = strawberry.field(
        description="What bills ask for that were due before the date. It is in none of the cycles."
    )
    cycles: list[ExpectedCycle] = strawberry.field(description="Twelve windows of 30 days; the first begins on asOf.")


@strawberry.type(description="The active loans as they stood at the end of a date.")
class Portfolio:
    as_of: datetime.date = strawberry.field(description="The date.")
    active_loans: int = strawberry.field(description="How many loans were disbursed by then and not closed.")
    principal_outstanding: Money = strawberry.field(description="Their principal that was not paid.")
    past_due: Money = strawberry.field(description="Their minimums that were unpaid after their due date.")
    buckets: list[PastDueBucket] = strawberry.field(description="0, 1–30, 31–60, 61–90 and more than 90 days past due.")
    billed_months: list[BilledMonth] = strawberry.field(
        description="The twelve calendar months that end with that of asOf, oldest first."
    )
    expect: strawberry.Private[Callable[[], Awaitable[ExpectedCash]]]

    @strawberry.field(  # type: ignore[untyped-decorator]
        description=(
            "Worked out loan by loan, only when it is asked for: minutes for a million loans."
            " `./kist book` shows its progress."
        )
    )
    async def expected_cash(self) -> ExpectedCash:
        return await self.expect()
