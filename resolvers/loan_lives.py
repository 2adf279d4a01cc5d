"""The life of a loan on any day, by what was known at any time: the events of one loan, folded on demand."""

from datetime import date, datetime
from typing import Annotated, TypeAlias

from strawberry import argument

from models import loans, recorded_times
from models.loans import Loan
from resolvers import loans_as_of, read_audit
from resolvers.context import Info
from resolvers.loans_as_of import KnownLife, LoanAsOf
from resolvers.viewer import Viewer
from rules import budgets as costs
from rules import plan
from schema.errors import bad_input

# The fold bills a loan for ever. This bounds a projection, which a client asks for.
MOST_DAYS_AHEAD = 3660

AsOfArgument: TypeAlias = Annotated[
    date | None,
    argument(
        description=(
            "The day at whose end the loan is shown, from its disbursal to ten years ahead. Default: the business date."
            " A later day is a projection: its bills are issued, and nothing else happens."
        )
    ),
]
KnownAtArgument: TypeAlias = Annotated[
    datetime | None,
    argument(
        description=(
            "Leaves out events that were recorded later. It needs an offset from UTC, and must not be in the future."
            " Default: now. With asOf and knownAt, the answer stays the same for ever."
        )
    ),
]


async def visible(loan_id: str, viewer: Viewer) -> Loan:
    """The loan with an id, if the viewer may see it.

    Raises:
        GraphQLError: BAD_USER_INPUT if there is none.
    """
    number = loans.parse_id(loan_id)
    found = await loans.find(number, owner_id=viewer.owner_id) if number is not None else None
    if found is None:
        raise bad_input("The loan was not found.")
    return found


async def of(info: Info, loan_id: str, as_of: date | None, known_at: datetime | None = None) -> KnownLife:
    """The life of a loan that the viewer may see, up to a day. The audit log records an operator's read.

    Raises:
        GraphQLError: BAD_USER_INPUT if there is no such loan, or for a day or a time outside its life.
    """
    loan = await visible(loan_id, info.context.viewer)
    await read_audit.record_read(info.context, loan.user_id)
    return await known(loan, info.context.today, as_of, known_at)


async def view(info: Info, loan_id: int, as_of: date | None, known_at: datetime | None) -> LoanAsOf | None:
    """The view of a loan as of a day; None if there is no such loan for the viewer. An operator's read is recorded.

    Raises:
        GraphQLError: BAD_USER_INPUT for a day or a time outside the loan's life.
    """
    viewer = info.context.viewer
    loan = await loans.find(loan_id, owner_id=viewer.owner_id)
    if loan is None:
        return None
    info.context.spend(costs.EXPLANATION)
    await read_audit.record_read(info.context, loan.user_id)
    found = await known(loan, info.context.today, as_of, known_at)
    return loans_as_of.loan_of(found, for_operator=viewer.owner_id is None)


async def known(loan: Loan, today: date, as_of: date | None, known_at: datetime | None) -> KnownLife:
    """The life of a loan up to a day, by default the business date, with the events that were recorded by a time.

    Raises:
        GraphQLError: BAD_USER_INPUT for a day or a time outside the loan's life.
    """
    day, latest = today if as_of is None else as_of, today + plan.days(MOST_DAYS_AHEAD)
    if not loan.disbursed_on <= day <= latest:
        raise bad_input(f"`asOf` must be a date from {loan.disbursed_on} to {latest}.")
    if known_at is None:
        known_at = await recorded_times.newest(loan.id)
    else:
        await _check(loan, known_at)
    return await loans_as_of.read(loan, day, known_at)


async def _check(loan: Loan, known_at: datetime) -> None:
    """Check a time that a client sent, and wait until nothing can be recorded with an earlier time.

    Raises:
        GraphQLError: BAD_USER_INPUT.
    """
    if known_at.tzinfo is None:
        raise bad_input('`knownAt` needs an offset from UTC, as in "2026-04-02T18:30:00+05:30".')
    if known_at < loan.created_at:
        raise bad_input(f"`knownAt` must not be before {loan.created_at}, when the loan was disbursed.")
    now = await recorded_times.settled(loan.id)
    if known_at > now:
        raise bad_input(f"`knownAt` must not be after {now}, the present time.")
