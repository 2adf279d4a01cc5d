"""An operator lists loans: past due, due this week, active or closed ones, or all."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from functools import partial
from typing import Annotated, NamedTuple

import strawberry
from strawberry import argument
from tortoise.queryset import QuerySet

from models import loan_list as models
from models.loan_list import Position
from models.loans import BIGGEST_ID, Loan
from resolvers import read_audit
from resolvers.access import operators_only
from resolvers.context import Info
from resolvers.pagination import DEFAULT_LENGTH, keys_of, page
from schema.errors import bad_input
from schema.loan_lists import LoanFilter
from schema.loans import Loan as LoanView
from schema.pagination import After, Connection, First

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)

Filter = Annotated[LoanFilter | None, argument(description="By default, all loans.")]


@operators_only()
async def loans(
    info: Info,
    filter: Filter = strawberry.UNSET,  # noqa: A002
    first: First = DEFAULT_LENGTH,
    after: After = strawberry.UNSET,
) -> Connection[LoanView]:
    """A page of loans. The audit log names their borrowers.

    Raises:
        GraphQLError: BAD_USER_INPUT for an invalid length or cursor.
    """
    wanted = _listed(filter, info.context.today)
    found = await page(first, partial(wanted.rows, after or None), wanted.keys, wanted.counted)
    await read_audit.record_reads(info.context, [edge.node.user_id for edge in found.edges])
    return found


class _List(NamedTuple):
    """How a list is read: its rows after a cursor, the keys of a row's cursor, and its length."""

    rows: Callable[[str | None, int], Awaitable[list[Loan]]]
    keys: Callable[[Loan], tuple[int, ...]]
    counted: Callable[[], Awaitable[int]]


def _listed(wanted: object, today: date) -> _List:
    match wanted:
        case LoanFilter.PAST_DUE:
            return _by_due_date(date.min, today - _DAY)
        case LoanFilter.DUE_THIS_WEEK:
            return _by_due_date(today, today + _WEEK - _DAY)
        case LoanFilter.ACTIVE:
            # PostgreSQL counts open loans by an index alone. To count them by due date it would read each loan.
            return _by_due_date(date.min, date.max)._replace(counted=partial(_count, Loan.filter(closed_on=None)))
    return _newest_first(closed=wanted is LoanFilter.CLOSED)


def _by_due_date(since: date, until: date) -> _List:
    async def rows(after: str | None, limit: int) -> list[Loan]:
        return await models.by_due_date(_place(after) if after else Position(since, 0), until, limit)

    def keys(loan: Loan) -> tuple[int, ...]:
        due_on, loan_id = models.position(loan)
        return due_on.toordinal(), loan_id

    return _List(rows, keys, partial(models.count_due, since, until))


def _newest_first(*, closed: bool) -> _List:
    loans = Loan.filter(closed_on__isnull=False) if closed else Loan.all()

    async def rows(after: str | None, limit: int) -> list[Loan]:
        last = keys_of(after, 1)[0] if after else BIGGEST_ID
        return await loans.filter(id__lt=last).order_by("-id").limit(limit)

    return _List(rows, lambda loan: (loan.id,), partial(_count, loans))


async def _count(loans: QuerySet[Loan]) -> int:
    return await loans.count()


def _place(after: str) -> Position:
    due_on, loan_id = keys_of(after, 2)
    if not date.min.toordinal() <= due_on <= date.max.toordinal():
        raise bad_input("`after` must be a cursor from an earlier page.")
    return Position(date.fromordinal(due_on), loan_id)
