"""A statement in pages: the lines after a cursor are read by index, so the cost does not grow with the statement."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from models import statement_pages
from models.statement_pages import Position
from resolvers import pagination
from resolvers.pagination import cursor, keys_of, length_of
from rules import billing
from rules import statement as rules
from rules.loan import Stands
from rules.money import ZERO
from rules.plan import Terms
from rules.statement import StatementLine
from rules.terms import Changes
from schema.errors import bad_input
from schema.pagination import Connection, Edge, PageInfo


async def page(loan_id: int, loan: Stands, first: int | None, after: str | None) -> Connection[object]:
    """A page of a loan's posted events.

    Raises:
        GraphQLError: BAD_USER_INPUT for an invalid length or cursor.
    """
    length, terms = length_of(first), loan.terms
    read = await statement_pages.page(loan_id, after=_position(terms, after, loan.standing.changes), limit=length + 1)
    lines = [] if after is not None else [rules.disbursal(loan_id, terms, read.cancelled_on)]
    # A cancelled loan has no payment that counts.
    has_none = read.cancelled_on is not None or read.is_written_off
    balance = ZERO if has_none else terms.amount - read.paid_before
    lines += rules.following(loan_id, balance, read.rows)
    edges: list[Edge[object]] = [
        Edge(cursor=cursor(line.date.toordinal(), line.sequence), node=line) for line in lines[:length]
    ]
    return Connection(
        edges=edges,
        page_info=PageInfo(has_next_page=len(lines) > length, end_cursor=edges[-1].cursor if edges else None),
        counted=partial(statement_pages.count, loan_id),
    )


async def page_of(
    terms: Terms, lines: Sequence[StatementLine], first: int | None, after: str | None
) -> Connection[object]:
    """A page of lines that are all known, in order.

    Raises:
        GraphQLError: BAD_USER_INPUT for an invalid length or cursor.
    """
    total = len(lines)
    if after is not None:
        start = _position(terms, after)
        lines = [line for line in lines if (line.date, line.sequence) > (start.posted_on, start.sequence)]

    async def following(limit: int) -> Sequence[StatementLine]:
        return lines[:limit]

    async def counted() -> int:
        return total

    return await pagination.page(first, following, lambda line: (line.date.toordinal(), line.sequence), counted)


def _position(terms: Terms, after: str | None, changes: Changes | None = None) -> Position:
    """The position of a cursor: the number of its day, and the sequence of its event. The disbursal has sequence 1.

    Raises:
        GraphQLError: BAD_USER_INPUT for an invalid cursor.
    """
    if after is None:
        return Position(terms.disbursed_on, 1, 0)
    number, sequence = keys_of(after, 2)
    try:
        day = date.fromordinal(number)
    except (ValueError, OverflowError):
        raise bad_input("`after` must be a cursor from an earlier page.") from None
    return Position(day, sequence, billing.cycles_due(terms, day, changes))
