"""A loan's statement: one query reads its rows, or the loan is folded as of a day; the rules compute the lines."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Annotated

import strawberry
from graphql import FieldNode
from strawberry import argument

from models import life_events, loans, statements
from models.reads import Read
from models.statements import MOST_LINES, StatementRows
from resolvers import loan_lives, read_audit
from resolvers.access import signed_in
from resolvers.context import Info
from resolvers.loan_lives import AsOfArgument, KnownAtArgument
from resolvers.loans_as_of import LifeAsOf, LoanAsOf
from resolvers.viewer import Viewer
from rules import chains
from rules import statement as rules
from rules.loan import Loan
from rules.products import CARD
from rules.statement import StatementLine
from schema.errors import bad_input
from schema.statements import Statement
from schema.strawberry_seam import field_nodes


def _first_read(
    info: Info, viewer: Viewer, loan_id: str, as_of: date | None = None, known_at: datetime | None = None
) -> Read[StatementRows | None] | None:
    number = loans.parse_id(loan_id)
    is_of_now = as_of is None and known_at is None
    return _reading(info, viewer, number) if number is not None and is_of_now else None


@signed_in(first_read=_first_read)
async def statement(
    info: Info,
    loan_id: Annotated[strawberry.ID, argument(description="The id of the loan.")],
    as_of: AsOfArgument = None,
    known_at: KnownAtArgument = None,
) -> Statement | None:
    """The statement of a loan, or None if there is no such loan for the viewer.

    Raises:
        GraphQLError: BAD_USER_INPUT for a day or a time outside the loan's life.
    """
    viewer = info.context.viewer
    number = loans.parse_id(loan_id)
    if number is None:
        return None
    if as_of is not None or known_at is not None:
        view = await loan_lives.view(info, number, as_of, known_at)
        return None if view is None else await _as_of(info, view)
    rows = await info.context.read(_reading(info, viewer, number))
    if rows is None:
        return None
    await read_audit.record_read(info.context, rows.loan.user_id)
    today = info.context.today
    if rows.loan.terms.product is not CARD:
        # Only the fold knows what a waiver of a charge has paid.
        view = await loan_lives.view(info, number, today, None)
        assert view is not None, "the loan was found"
        return await _as_of(info, view)
    return Statement(
        loan=rows.loan,  # type: ignore[arg-type]  # views onto the rows
        as_of=today,
        known_at=rows.known_at,  # type: ignore[arg-type]  # read if the client asks for it
        projected=False,
        posted=partial(_past, rows),
        chain=partial(_chain_head, rows),
        upcoming_emis=list(rules.upcoming(Loan.of(rows.loan), today)),  # type: ignore[arg-type]
    )


async def _as_of(info: Info, view: LoanAsOf) -> Statement:
    life = view.life
    # A list that is ready completes in half the time of one that the executor awaits.
    lines = await life.lines() if _may_ask(info, "pastTransactions") else []
    return Statement(
        loan=view,  # type: ignore[arg-type]  # views onto the life
        as_of=life.as_of,
        known_at=life.known_at,
        projected=life.as_of > info.context.today,
        posted=partial(_bounded, lines),
        chain=partial(_chain_head_as_of, life),
        upcoming_emis=list(rules.upcoming(Loan.of(view), life.as_of)),  # type: ignore[arg-type]
    )


def _reading(info: Info, viewer: Viewer, loan_id: int) -> Read[StatementRows | None]:
    posted, timed = _may_ask(info, "pastTransactions"), _may_ask(info, "knownAt")
    return statements.reading(loan_id, owner_id=viewer.owner_id, posted=posted, timed=timed)


def _past(rows: StatementRows) -> Sequence[StatementLine]:
    # The disbursal is a line too.
    _check_number(1 + len(rows.posted))
    return list(rules.past(rows.loan.id, rows.loan.terms, rows.posted, rows.cancelled_on))


def _bounded(lines: Sequence[StatementLine]) -> Sequence[StatementLine]:
    _check_number(len(lines))
    return lines


def _check_number(lines: int) -> None:
    """Raises: GraphQLError: BAD_USER_INPUT for too many lines."""
    if lines > MOST_LINES:
        raise bad_input(
            f"The loan has more than {MOST_LINES} past transactions. Page through them with"
            " pastTransactionsConnection(first, after)."
        )


async def _chain_head_as_of(life: LifeAsOf) -> str:
    return chains.chain(life.loan_id, life.lived.terms, life.recorded)[-1].hex()


async def _chain_head(rows: StatementRows) -> str:
    loan = rows.loan
    events = (await life_events.of_loans([loan.id]))[loan.id]
    # Another event may have been recorded since the loan was read.
    known = [row.event() for row in events if row.sequence <= loan.sequence]
    return chains.chain(loan.id, loan.terms, known)[-1].hex()


def _may_ask(info: Info, name: str) -> bool:
    """Whether a field may be selected below this one. A fragment is not searched, so it counts as yes."""
    below = (node for field in field_nodes(info) for node in getattr(field.selection_set, "selections", ()))
    return any(not isinstance(node, FieldNode) or node.name.value == name for node in below)
