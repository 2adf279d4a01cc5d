"""A quote gives the cost of a loan before an application."""

from typing import Annotated

from strawberry import argument

from resolvers import product_versions
from resolvers.access import public
from resolvers.context import Info
from resolvers.products import ProductName
from rules import eligibility, plan
from rules.money import ZERO
from rules.plan import Terms
from rules.refusals import ProblemCode, Refused
from schema.applications import Quote
from schema.scalars import Money, Percent


@public(
    ProblemCode.PRODUCT_NOT_FOUND,
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
    product: ProductName = "card",
) -> Quote:
    """Raises: Refused: the terms that are out of the product's range, or PRODUCT_NOT_FOUND."""
    today = await info.context.business_date()
    policy = await product_versions.lent(info.context.settings, product, today)
    problems = tuple(
        eligibility.terms_problems(policy, amount=amount, loan_term=loan_term, interest_rate=interest_rate)
    )
    if problems:
        raise Refused(*problems)
    terms = plan.terms_of(
        policy,
        amount=amount,
        loan_term=loan_term,
        interest_rate=interest_rate,
        disbursed_on=today,
    )
    return of(terms)


def of(terms: Terms) -> Quote:
    """The cost of a loan with these terms."""
    schedule = plan.at_disbursal(terms)
    total_interest = sum((line.interest for line in schedule), ZERO)
    return Quote(
        amount=Money(terms.amount),
        interest_rate=Percent(terms.interest_rate),
        daily_rate=Percent(terms.daily_rate),
        loan_term=terms.loan_term,
        emi=Money(plan.emi(terms, terms.amount, terms.loan_term)),
        total_interest=Money(total_interest),
        total_payable=Money(terms.amount + total_interest),
        schedule=list(schedule),  # type: ignore[arg-type]  # a view onto the lines
    )
