"""An explanation of a figure: the loan's life is folded, and the rules read the steps off it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

import strawberry
from strawberry import argument

from models import key_facts
from resolvers import loan_lives, loans_as_of
from resolvers.access import signed_in
from resolvers.context import Info
from resolvers.loans_as_of import LifeAsOf
from rules import budgets as costs
from rules import explain as rules
from rules import explained_rate
from rules.explain import Figure
from rules.explained_bills import Step as StepOfRules
from schema.errors import bad_input
from schema.explanations import Step
from schema.scalars import Money
from schema.users import Role


@signed_in()
async def explain(  # noqa: PLR0913, PLR0917 — the arguments of the contract
    info: Info,
    loan_id: Annotated[strawberry.ID, argument(description="The id of the loan.")],
    figure: Annotated[Figure, argument(description="The figure.")],
    cycle: Annotated[
        int | None, argument(description="The cycle of a figure of a bill. Default: that of the newest bill.")
    ] = None,
    as_of: Annotated[
        date | None, argument(description="The day at whose end the figure is explained. Default: the business date.")
    ] = None,
    known_at: Annotated[
        datetime | None, argument(description="Leaves out events that were recorded later. Default: now.")
    ] = None,
) -> list[Step]:
    """Raises: GraphQLError: BAD_USER_INPUT if there is no such loan or bill, or for a day or time outside its life."""
    info.context.spend(costs.EXPLANATION)
    known = await loan_lives.of(info, loan_id, as_of, known_at)
    if figure is Figure.APR:
        statement = await key_facts.of_loan(known.loan.id)
        steps = [] if statement is None else list(explained_rate.steps(statement.proposal))
        return [Step(**_values(step), event=None, bill=None) for step in steps]
    lived = known.lived
    if figure in rules.OF_BILLS:
        cycle = lived.standing.cycles_billed if cycle is None else cycle
        if cycle not in lived.bills:
            raise bad_input(f"The loan has no bill of cycle {cycle} on {known.as_of}.")
    steps = rules.steps(lived, known.events, figure, known.as_of, cycle)
    shown = loans_as_of.loan_of(known, for_operator=info.context.viewer.role is Role.OPERATOR)
    return await _views(shown.life, steps)


async def _views(shown: LifeAsOf, steps: Sequence[StepOfRules]) -> list[Step]:
    bills = {bill.cycle: bill for bill in await shown.bills()} if any(step.cycle for step in steps) else {}
    return [
        Step(
            **_values(step),
            event=None if step.sequence is None else shown.event(step.sequence),  # type: ignore[arg-type]
            bill=None if step.cycle is None else bills[step.cycle],  # type: ignore[arg-type]
        )
        for step in steps
    ]


def _values(step: StepOfRules) -> dict[str, Any]:
    value = None if step.value is None else Money(step.value)
    return {"date": step.date, "rule": step.section, "text": step.text, "value": value}
