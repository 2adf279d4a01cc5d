"""A what-if: the rules fold a changed list of a loan's events. Nothing is stored."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Annotated

import strawberry
from strawberry import argument

from models import loans, recorded_times
from models.bills import Bill
from resolvers import changes, loan_events, loan_lives, loans_as_of, operation_acts, product_versions, term_steps
from resolvers.access import signed_in
from resolvers.context import Info
from resolvers.loan_lives import MOST_DAYS_AHEAD
from resolvers.loans_as_of import KnownLife
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
    _check(input, for_operator=for_operator)
    known = await loan_lives.of(info, loan_id, input.as_of)
    latest = info.context.today + plan.days(MOST_DAYS_AHEAD)
    bill_ids = await _bill_ids(known.loan.id, [*leave_out, *filter(None, map(_event_id, add))])
    added = list(_added([one for one in add if _event_id(one) not in bill_ids], known.loan.id))
    if any(one.on > latest for one in added):
        raise bad_input(f"`on` must not be after {latest}.")
    numbers = {loan_events.sequence_of(event_id, known.loan.id) or operation_acts.UNKNOWN for event_id in leave_out}
    as_of, product = known.as_of, await _product(info, input, known.lived.terms)
    terms = known.lived.terms if product is None else plan.terms_under(product, known.lived.terms)
    events, problems = rules.changed(terms, known.events, added, numbers, await recorded_times.now())
    if product is None and (input.product is not None or input.version is not None):
        problems.append(product_versions.not_found("product"))
    problems += _problems_of_ids(known, add, leave_out, bill_ids)
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


def _check(input: WhatIfInput, *, for_operator: bool) -> None:  # noqa: A002
    """Raises: GraphQLError: BAD_USER_INPUT for what only an operator may ask, and for too many events."""
    if not for_operator and (input.leave_out or input.product is not None or input.version is not None):
        raise bad_input("Only an operator may leave events out, or name a product.")
    if max(len(input.add or []), len(input.leave_out or [])) > MOST_ADDED:
        raise bad_input(f"Add and leave out at most {MOST_ADDED} events.")


def _event_id(event: WhatIfEventInput) -> str | None:
    """The id of the event that an operation would reverse or move."""
    operation = event.operation.operation if event.operation else None
    target = (operation.reverse or operation.move) if operation else None
    return str(target.event_id) if target else None


async def _bill_ids(loan_id: int, event_ids: Iterable[str]) -> AbstractSet[str]:
    """The ids among some of events that are those of bills of the loan."""
    numbers = {number: one for one in event_ids if (number := loans.parse_id(one)) is not None}
    if not numbers:
        return set()
    return {numbers[bill.id] for bill in await Bill.filter(loan_id=loan_id, id__in=list(numbers))}


def _problems_of_ids(
    known: KnownLife, add: Iterable[WhatIfEventInput], leave_out: Iterable[str], bill_ids: AbstractSet[str]
) -> Iterator[Problem]:
    """The reasons against ids of bills and against unknown ids, in the order of the input."""
    for field, event_id in [*(("eventId", _event_id(one)) for one in add), *(("leaveOut", one) for one in leave_out)]:
        if event_id in bill_ids:
            message = "This is the id of a bill. A bill follows from the events: name one of these."
            yield Problem(ProblemCode.NOT_REVERSIBLE, message, field)
        elif field == "leaveOut" and loan_events.sequence_of(event_id or "", known.loan.id) not in {
            row.sequence for row in known.rows
        }:
            message = "An event to leave out was not found on this loan."
            yield Problem(ProblemCode.EVENT_NOT_FOUND, message, field)


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
