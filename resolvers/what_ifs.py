"""A what-if: the rules fold a changed list of a loan's events. Nothing is stored."""

from collections.abc import Iterator, Sequence
from typing import Annotated

import strawberry
from strawberry import argument

from models import open_loans
from resolvers import changes, loan_events, loan_lives, loans_as_of, operation_acts, product_versions, term_steps
from resolvers.access import signed_in
from resolvers.context import Info
from resolvers.loan_lives import MOST_DAYS_AHEAD
from rules import budgets as costs
from rules import life, plan, statement
from rules import what_if as rules
from rules.events import Paid
from rules.loan import PrepaymentChoice
from rules.plan import Terms
from rules.products import Product
from rules.refusals import Problem, ProblemCode, Refused
from rules.what_if import Added
from schema.errors import bad_input
from schema.users import Role
from schema.what_ifs import WhatIf, WhatIfEventInput, WhatIfInput

# Each is folded several times.
MOST_ADDED = 20


@signed_in()
async def what_if(
    info: Info,
    loan_id: Annotated[strawberry.ID, argument(description="The id of the loan.")],
    input: Annotated[WhatIfInput, argument(description="The changes.")],  # noqa: A002
) -> WhatIf:
    """Raises: GraphQLError: BAD_USER_INPUT if there is no such loan, for a day outside its life, for too many events,
    or if a borrower leaves events out or names a product.
    """
    info.context.spend(costs.OPERATION)
    add, leave_out = input.add or [], input.leave_out or []
    for_operator = info.context.viewer.role is Role.OPERATOR
    if not for_operator and (leave_out or input.product is not None or input.version is not None):
        raise bad_input("Only an operator may leave events out, or name a product.")
    if max(len(add), len(leave_out)) > MOST_ADDED:
        raise bad_input(f"Add and leave out at most {MOST_ADDED} events.")
    known = await loan_lives.of(info, loan_id, input.as_of)
    latest = info.context.today + plan.days(MOST_DAYS_AHEAD)
    added = list(_added(add, known.loan.id))
    if any(one.on > latest for one in added):
        raise bad_input(f"`on` must not be after {latest}.")
    numbers = [loan_events.sequence_of(event_id, known.loan.id) or operation_acts.UNKNOWN for event_id in leave_out]
    as_of, product = known.as_of, await _product(info, input, known.lived.terms)
    terms = known.lived.terms if product is None else plan.terms_under(product, known.lived.terms)
    events, problems = rules.changed(terms, known.events, added, set(numbers), await open_loans.now())
    if product is None and (input.product is not None or input.version is not None):
        problems.append(product_versions.not_found("product"))
    if any(number not in range(1, len(known.rows) + 1) for number in numbers):
        message = "An event to leave out was not found on this loan."
        problems.append(Problem(ProblemCode.EVENT_NOT_FOUND, message, "leaveOut"))
    lived = life.fold(terms, events, until=as_of)
    shown = loans_as_of.loan_of(known._replace(lived=lived), for_operator=for_operator)
    return WhatIf(
        as_of=as_of,
        actual=changes.standing(known.lived, as_of),
        changed=changes.standing(lived, as_of),
        bills=await shown.life.bills(),  # type: ignore[arg-type]
        upcoming_emis=list(statement.upcoming(lived.loan, as_of)),  # type: ignore[arg-type]
        voided=[shown.life.event(number) for number in sorted(lived.void & shown.life.rows.keys())],  # type: ignore[misc]
        problems=problems,  # type: ignore[arg-type]
    )


async def _product(info: Info, given: WhatIfInput, own: Terms) -> Product | None:
    """The product that the changed life is lived under. None for its own, and if there is no such product."""
    settings, name = info.context.settings, given.product or own.product.name
    if given.version is not None:
        return await product_versions.of_version(settings, name, given.version)
    if given.product is None:
        return None
    try:
        return await product_versions.lent(settings, name, info.context.today)
    except Refused:
        return None


def _added(events: Sequence[WhatIfEventInput], loan_id: int) -> Iterator[Added]:
    for event in events:
        if event.payment:
            choice = event.payment.prepayment or PrepaymentChoice.REDUCE_EMI
            yield Added(event.payment.on, Paid(event.payment.amount, choice))
        else:
            assert event.operation, "an event has exactly one member"
            on, operation = event.operation.on, event.operation.operation
            change = term_steps.change_of(operation, on)
            if change is not None:
                yield Added(on, change.act, change.effective_on)
            else:
                is_charged = not operation.reverse or operation.reverse.charge is not False
                yield Added(on, operation_acts.act_of(operation, loan_id), charge=is_charged)
