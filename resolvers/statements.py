"""A loan's statement: one query reads its rows, and the rules compute the lines."""

from functools import partial
from typing import Annotated

import strawberry
from graphql import FieldNode
from strawberry import argument

from models import loans, statements
from models.reads import Read
from models.statements import MOST_LINES, StatementRows
from resolvers import read_audit
from resolvers.access import signed_in
from resolvers.context import Info
from resolvers.viewer import Viewer
from rules import statement as rules
from rules.statement import StatementLine
from schema.errors import bad_input
from schema.statements import Statement
from schema.strawberry_seam import field_nodes


def _first_read(info: Info, viewer: Viewer, loan_id: str) -> Read[StatementRows | None] | None:
    number = loans.parse_id(loan_id)
    return None if number is None else _reading(info, viewer, number)


@signed_in(first_read=_first_read)
async def statement(
    info: Info, loan_id: Annotated[strawberry.ID, argument(description="The id of the loan.")]
) -> Statement | None:
    """The statement of a loan on the business date, or None if there is no such loan for the viewer."""
    viewer = info.context.viewer
    number = loans.parse_id(loan_id)
    if number is None:
        return None
    rows = await info.context.read(_reading(info, viewer, number))
    if rows is None:
        return None
    await read_audit.record_read(info.context, rows.loan.user_id)
    today = info.context.today
    return Statement(
        loan=rows.loan,  # type: ignore[arg-type]  # views onto the rows
        as_of=today,
        posted=partial(_past, rows),
        upcoming_emis=list(rules.upcoming(rows.loan, rows.unpaid, today)),  # type: ignore[arg-type]
    )


def _reading(info: Info, viewer: Viewer, loan_id: int) -> Read[StatementRows | None]:
    return statements.reading(loan_id, owner_id=viewer.owner_id, posted=_may_ask(info, "pastTransactions"))


def _past(rows: StatementRows) -> list[StatementLine]:
    # The disbursal is a line too.
    if 1 + len(rows.bills) + len(rows.payments) > MOST_LINES:
        raise bad_input(
            f"The loan has more than {MOST_LINES} past transactions. Page through them with"
            " pastTransactionsConnection(first, after)."
        )
    return list(rules.past(rows.loan, rows.bills, rows.payments))


def _may_ask(info: Info, name: str) -> bool:
    """Whether a field may be selected below this one. A fragment is not searched, so it counts as yes."""
    below = (node for field in field_nodes(info) for node in getattr(field.selection_set, "selections", ()))
    return any(not isinstance(node, FieldNode) or node.name.value == name for node in below)
