"""An operator starts the billing of a date and watches its progress; in a sandbox, an operator moves the date."""

from collections.abc import AsyncGenerator
from datetime import date
from typing import Annotated, TypeAlias

import strawberry
from strawberry import argument

from broker.stream import enqueue
from models import audit, billing_runs, database
from models import business_date as dates
from models.billing_runs import BillingRun
from models.loans import BIGGEST_ID, parse_id
from resolvers import pagination, subscriptions
from resolvers.access import operators_only, public
from resolvers.context import Info
from rules import budgets as costs
from rules.audit import Event
from rules.refusals import Problem, ProblemCode, Refused
from schema.billing import BillingRun as BillingRunView
from schema.billing import BusinessDay, SetBusinessDateInput, TriggerBillingInput
from schema.errors import bad_input
from schema.pagination import After, Connection, First
from tasks.billing import run_billing

# A loan's calendar may run for a thousand years from here, and must end before the year 9999, the last one of `date`.
LAST_DAY = date(2999, 12, 31)

RunId: TypeAlias = Annotated[strawberry.ID, argument(description="The id of the run that triggerBilling returned.")]


@public()
async def business_date(info: Info) -> date:
    return await info.context.business_date()


@operators_only()
async def billing_run(info: Info, id: RunId) -> BillingRun | None:  # noqa: A002
    run_id = parse_id(id)
    return await billing_runs.find(run_id) if run_id is not None else None


@operators_only()
async def billing_run_list(
    info: Info, first: First = pagination.DEFAULT_LENGTH, after: After = strawberry.UNSET
) -> Connection[BillingRunView]:
    """A page of the billing runs, newest first."""

    async def rows(limit: int) -> list[BillingRun]:
        return await billing_runs.before(pagination.keys_of(after, 1)[0] if after else BIGGEST_ID, limit)

    async def count() -> int:
        return await BillingRun.all().count()

    return await pagination.page(first, rows, lambda run: (run.id,), count)


@operators_only(ProblemCode.BILLING_DATE_IN_FUTURE)
async def trigger_billing(info: Info, input: TriggerBillingInput | None = None) -> BillingRun:  # noqa: A002
    """Raises: Refused: BILLING_DATE_IN_FUTURE."""
    info.context.spend(costs.BILLING)
    today = info.context.today
    as_of = (input.as_of if input else None) or today
    if as_of > today:
        message = f"The billing date must not be after {today}, the business date."
        raise Refused(Problem(ProblemCode.BILLING_DATE_IN_FUTURE, message, "asOf"))
    run = await billing_runs.begin(as_of, info.context.origin)
    if run.status in {"QUEUED", "RUNNING"}:
        await enqueue(run_billing, run.id)
    return strawberry.cast(BillingRunView, run)


@operators_only()
async def billing_progress(info: Info, id: RunId) -> AsyncGenerator[BillingRun, None]:  # noqa: A002
    """A billing run, after each step until it ends."""

    async def look() -> BillingRun:
        await info.context.readmit()
        run_id = parse_id(id)
        run = await billing_runs.find(run_id) if run_id is not None else None
        if run is None:
            raise bad_input("The billing run was not found.")
        return run

    with subscriptions.subscription_slot(info.context.viewer):
        async for run in subscriptions.changes(
            look,
            of=lambda run: (run.status, run.loans_due, run.loans_billed, run.bills_issued),
            until=lambda run: run.status in {"DONE", "FAILED"},
        ):
            yield run


@operators_only(ProblemCode.NOT_A_SANDBOX, ProblemCode.BUSINESS_DATE_IN_PAST)
async def set_business_date(info: Info, input: SetBusinessDateInput) -> BusinessDay:  # noqa: A002
    """Raises: Refused: NOT_A_SANDBOX, BUSINESS_DATE_IN_PAST; GraphQLError: BAD_USER_INPUT beyond the last day."""
    if not info.context.settings.sandbox:
        message = "The business date can be moved only in a sandbox (KIST_SANDBOX=1)."
        raise Refused(Problem(ProblemCode.NOT_A_SANDBOX, message))
    if input.date > LAST_DAY:
        raise bad_input(f"The business date must not be after {LAST_DAY}.")
    async with database.transaction():
        if not await dates.move_to(input.date):
            message = f"The business date must not be before {info.context.today}: it only moves forward."
            raise Refused(Problem(ProblemCode.BUSINESS_DATE_IN_PAST, message, "date"))
        await audit.record(Event.BUSINESS_DATE_MOVED, info.context.origin, date=input.date)
    return BusinessDay(date=input.date)
