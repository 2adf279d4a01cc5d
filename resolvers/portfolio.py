"""The portfolio on a date: PostgreSQL sums the rows, and the rules compute the expected cash plan by plan."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Annotated

import strawberry
from strawberry import argument

from models import portfolio as models
from resolvers.access import operators_only
from resolvers.context import Info
from rules import portfolio as rules
from rules.cash import CashForecast, ExpectedCash
from schema.errors import bad_input
from schema.portfolio import Portfolio

# A batch of a thousand loans takes about 3 MB of memory. A larger batch would not be faster.
BATCH_LOANS = 1000

# The event loop serves other requests after this many loans, which take 2 to 10 ms.
_IN_A_ROW = 10
# A plan takes 10 µs.
_PLANS_IN_A_ROW = 200

# A forecast occupies a core and a connection. A second one at a time would starve the other requests.
_ONE_AT_A_TIME = asyncio.Semaphore(1)


@operators_only()
async def portfolio(
    info: Info,
    as_of: Annotated[
        date | None, argument(description="By default the business date. A later date is rejected with BAD_USER_INPUT.")
    ] = strawberry.UNSET,
) -> Portfolio:
    """The portfolio of a date, by default the business date.

    Raises:
        GraphQLError: BAD_USER_INPUT for a date after the business date.
    """
    today = info.context.today
    day = as_of or today
    if day > today:
        raise bad_input(f"`asOf` must not be after {today}, the business date.")
    async with models.held_still():
        found = await figures(day)

    async def expect() -> ExpectedCash:
        async with _ONE_AT_A_TIME, models.held_still():
            return await expected_cash(day)

    return Portfolio(**found._asdict(), expect=expect)  # type: ignore[arg-type]  # views onto the figures


async def figures(as_of: date) -> rules.Portfolio:
    """The portfolio of a date. Call it within `held_still`. The event loop serves other requests every few loans."""
    aged, billed = await models.sums(as_of)
    unbilled = rules.UnbilledCycles(as_of)
    last_id = 0
    while batch := await models.unbilled(last_id, as_of, BATCH_LOANS):
        for number, (_, loan) in enumerate(batch, 1):
            unbilled.add(loan)
            if number % _IN_A_ROW == 0:
                await asyncio.sleep(0)
        last_id = batch[-1][0]
    late_aged, late_billed = unbilled.total()
    return rules.of(as_of, aged + late_aged, billed + late_billed)


async def expected_cash(as_of: date, report: Callable[[int, int], None] | None = None) -> ExpectedCash:
    """The expected cash of the loans that are active on a date. Call it within `held_still`.

    `report` receives the number of finished loans and their total. The event loop serves other requests every few
    loans.

    """
    forecast, done, total = CashForecast(as_of), 0, await models.count(as_of)
    for amounts in await models.demanded(as_of):
        forecast.add(*amounts)
    last_id = 0
    while plans := await models.plans(last_id, as_of, BATCH_LOANS):
        for number, (_, plan) in enumerate(plans, 1):
            forecast.add_plan(plan)
            if number % _PLANS_IN_A_ROW == 0:
                await asyncio.sleep(0)
        done, last_id = done + len(plans), plans[-1][0]
        if report:
            report(done, total)
    last_id = 0
    while batch := await models.after(last_id, as_of, BATCH_LOANS):
        for number, active in enumerate(batch, 1):
            forecast.add_loan(rules.standing_on(active, as_of))
            if number % _IN_A_ROW == 0:
                await asyncio.sleep(0)
        done, last_id = done + len(batch), batch[-1].id
        if report:
            report(done, total)
    return forecast.total()
