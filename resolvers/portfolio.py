"""The whole book on a date: sums from its rows, and from the rules loan by loan what it is to bring in."""

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
from rules.portfolio import CashForecast, ExpectedCash
from schema.errors import bad_input
from schema.portfolio import Portfolio

# A batch is what memory holds at once, some 3 MB; more loans would save no time.
BATCH_LOANS = 1000

# Between two requests of other clients this many loans are worked out: 2 to 10 ms.
_IN_A_ROW = 10

# It takes a core and a connection for as long as it lasts, and the other requests need the rest.
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
        GraphQLError: BAD_USER_INPUT for a date that is still to come.
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
    """The portfolio of a date; to be asked while the book is held still. Others get their turn every few loans."""
    aged, billed = await models.sums(as_of)
    unbilled = rules.UnbilledCycles(as_of)
    last_id = 0
    while batch := await models.unbilled(last_id, as_of, BATCH_LOANS):
        for number, loan in enumerate(batch, 1):
            unbilled.add(loan)
            if number % _IN_A_ROW == 0:
                await asyncio.sleep(0)
        last_id = batch[-1].id
    late_aged, late_billed = unbilled.total()
    return rules.of(as_of, aged + late_aged, billed + late_billed)


async def expected_cash(as_of: date, report: Callable[[int, int], None] | None = None) -> ExpectedCash:
    """What the loans active on a date are to bring in; to be asked while the book is held still.

    `report` is told how many loans are done, of how many. Others get their turn every few loans.

    Raises:
        UnplayableError: a loan with a history that the rules refuse, which `./kist verify` explains.
    """
    expectation = CashForecast(as_of)
    total = await models.count(as_of)
    done, last_id = 0, 0
    while batch := await models.after(last_id, as_of, BATCH_LOANS):
        for number, account in enumerate(batch, 1):
            expectation.add(rules.upcoming(account, as_of))
            if number % _IN_A_ROW == 0:
                await asyncio.sleep(0)
        done, last_id = done + len(batch), batch[-1].loan.id
        if report:
            report(done, total)
    return expectation.total()
