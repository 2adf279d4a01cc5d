"""A quote gives the cost of a loan before an application."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from strawberry import argument

from resolvers.access import public
from resolvers.context import Info
from rules import eligibility, interest, plan
from rules.money import ZERO
from rules.plan import Terms
from rules.refusals import ProblemCode, Refused
from schema.applications import Quote
from schema.scalars import Money, Percent
from settings import Settings


def proposal(
    settings: Settings, *, amount: Decimal, loan_term: int, interest_rate: Decimal, disbursed_on: date
) -> Terms:
    """The terms of a loan under the lender's current policy."""
    return Terms(
        amount=amount,
        interest_rate=interest_rate,
        daily_rate=interest.daily_rate(interest_rate),
        loan_term=loan_term,
        disbursed_on=disbursed_on,
        cycle_days=settings.cycle_days,
        due_days=settings.due_days,
        minimum_due_rate=settings.minimum_due_rate,
    )


@public(
    ProblemCode.AMOUNT_TOO_LOW,
    ProblemCode.AMOUNT_TOO_HIGH,
    ProblemCode.TERM_OUT_OF_RANGE,
    ProblemCode.RATE_OUT_OF_RANGE,
)
async def quote(
    info: Info,
    amount: Annotated[Money, argument(description="The amount to borrow, more than 0.00.")],
    interest_rate: Annotated[Percent, argument(description="Percent per year.")],
    loan_term: Annotated[int, argument(description="The number of cycles.")],
) -> Quote:
    """Raises: Refused: the terms that are out of the lender's range."""
    settings = info.context.settings
    problems = tuple(
        eligibility.terms_problems(settings, amount=amount, loan_term=loan_term, interest_rate=interest_rate)
    )
    if problems:
        raise Refused(*problems)
    terms = proposal(
        settings,
        amount=amount,
        loan_term=loan_term,
        interest_rate=interest_rate,
        disbursed_on=await info.context.business_date(),
    )
    schedule = plan.at_disbursal(terms)
    total_interest = sum((line.interest for line in schedule), ZERO)
    return Quote(
        amount=amount,
        interest_rate=interest_rate,
        daily_rate=Percent(terms.daily_rate),
        loan_term=loan_term,
        emi=Money(plan.emi(terms, amount, loan_term)),
        total_interest=Money(total_interest),
        total_payable=Money(amount + total_interest),
        schedule=list(schedule),  # type: ignore[arg-type]  # a view onto the lines
    )
