"""A statement in pages: the lines after a cursor are read by index, so the cost does not grow with the statement."""

from functools import partial

from models import statements
from models.statements import Position
from resolvers.pagination import cursor, keys_of, length_of
from rules import statement as rules
from rules.billing import Loan
from rules.ledger import Event
from rules.statement import StatementLine
from schema.pagination import Connection, Edge, PageInfo


async def page(loan_id: int, loan: Loan, first: int | None, after: str | None) -> Connection[object]:
    """A page of a loan's posted events.

    Raises:
        GraphQLError: BAD_USER_INPUT for an invalid length or cursor.
    """
    length = length_of(first)
    # The cursor (0, 0) belongs to the disbursal, which is the first line.
    place = Position(*keys_of(after, 2)) if after is not None else Position(0, 0)
    read = await statements.page(loan_id, after=place, limit=length + 1)
    lines: list[tuple[Position, StatementLine]] = [] if after is not None else [(place, rules.disbursal(loan))]
    for event, line in rules.following(loan.amount - read.paid_before, read.bills, read.payments):
        moved = {"cycle" if line.kind is Event.BILL else "payment_id": event.number}
        place = place._replace(**moved)
        lines.append((place, line))
    edges: list[Edge[object]] = [Edge(cursor=cursor(*at), node=line) for at, line in lines[:length]]
    return Connection(
        edges=edges,
        page_info=PageInfo(has_next_page=len(lines) > length, end_cursor=edges[-1].cursor if edges else None),
        counted=partial(statements.count, loan_id),
    )
