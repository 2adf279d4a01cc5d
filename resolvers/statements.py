"""A loan's statement: one look at its rows, and the rules make the rest."""

from typing import Annotated

import strawberry
from strawberry import argument

from models import loans, statements
from resolvers.context import Info
from rules import statement as rules
from schema.statements import Statement


async def statement(
    info: Info, loan_id: Annotated[strawberry.ID, argument(description="Of which loan.")]
) -> Statement | None:
    """The statement of one's own loan, as it stands on the business date; None as for loan."""
    viewer = await info.context.viewer()
    number = loans.parse_id(loan_id)
    account = await statements.read(number, owner_id=viewer.owner_id) if number is not None else None
    if account is None:
        return None
    today = info.context.today
    return Statement(
        loan=account.loan,  # type: ignore[arg-type]  # views onto the rows
        as_of=today,
        past_transactions=list(rules.past(account.posted)),  # type: ignore[arg-type]
        upcoming_emis=list(rules.upcoming(account.loan, account.unpaid, today)),  # type: ignore[arg-type]
    )
