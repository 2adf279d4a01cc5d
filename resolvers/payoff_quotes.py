"""A quote of the payoff: the rules compute each day from the loan's row. Nothing is stored."""

from datetime import date
from typing import Annotated

import strawberry
from strawberry import argument

from models import bills, loans
from resolvers import read_audit, receipts
from resolvers.access import signed_in
from resolvers.context import Info
from rules import payoff_quote as rules
from rules.loan import Loan
from rules.refusals import ProblemCode, Refused
from schema.errors import bad_input
from schema.payoff import PayoffQuote


@signed_in(ProblemCode.LOAN_NOT_FOUND, ProblemCode.LOAN_CLOSED, ProblemCode.LOAN_CANCELLED, ProblemCode.QUOTE_TOO_FAR)
async def payoff_quote(
    info: Info,
    loan_id: Annotated[strawberry.ID, argument(description="The id of the loan.")],
    through: Annotated[
        date | None,
        argument(description="The last day, at most Product.quoteDays ahead. Default: the last one that is allowed."),
    ] = None,
) -> PayoffQuote:
    """Raises: Refused: LOAN_NOT_FOUND, LOAN_CLOSED, LOAN_CANCELLED, or QUOTE_TOO_FAR."""
    number, viewer = loans.parse_id(loan_id), info.context.viewer
    found = await loans.find(number, owner_id=viewer.owner_id) if number is not None else None
    if found is None:
        raise receipts.not_found()
    await bills.attach([found])
    await read_audit.record_read(info.context, found.user_id)
    today, most_days = info.context.today, info.context.product_of(found).quote_days
    last = rules.latest_day(today, most_days) if through is None else through
    if last < today:
        raise bad_input(f"`through` must not be before {today}, the business date.")
    problems = list(rules.problems(found.standing, last, today, most_days))
    if problems:
        raise Refused(*problems)
    return PayoffQuote(
        loan=found,  # type: ignore[arg-type]  # views onto the rows
        days=list(rules.days(Loan.of(found), today, last)),  # type: ignore[arg-type]
        prepayment_charge=rules.reason(Loan.of(found), today),
    )
