"""Who may borrow how much, for how long, at what rate: every failing rule is reported, each with its code."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Protocol

from rules.refusals import Problem, ProblemCode


class Policy(Protocol):
    """The lender's limits. Amounts are rupees, rates percent per year, the term cycles."""

    @property
    def minimum_score(self) -> int: ...
    @property
    def minimum_annual_income(self) -> Decimal: ...
    @property
    def maximum_amount(self) -> Decimal: ...
    @property
    def maximum_term(self) -> int: ...
    @property
    def maximum_rate(self) -> Decimal: ...


class Applicant(Protocol):
    """The little of a person that a decision looks at."""

    @property
    def credit_score(self) -> int | None: ...
    @property
    def annual_income(self) -> Decimal | None: ...


def judge(
    policy: Policy, applicant: Applicant, *, amount: Decimal, loan_term: int, interest_rate: Decimal
) -> tuple[Problem, ...]:
    """Every reason against a loan; none means it is approved (lending rules, 2)."""
    return (
        *_about_the_score(policy, applicant.credit_score),
        *_about_the_income(policy, applicant.annual_income),
        *about_the_terms(policy, amount=amount, loan_term=loan_term, interest_rate=interest_rate),
    )


def _about_the_score(policy: Policy, score: int | None) -> Iterator[Problem]:
    if score is None:
        message = "The credit score is still being computed. Try again in a moment."
        yield Problem(ProblemCode.CREDIT_SCORE_PENDING, message)
    elif score < policy.minimum_score:
        message = f"The credit score is {score}; {policy.minimum_score} is needed."
        yield Problem(ProblemCode.CREDIT_SCORE_TOO_LOW, message)


def _about_the_income(policy: Policy, income: Decimal | None) -> Iterator[Problem]:
    if income is None:
        yield Problem(ProblemCode.INCOME_MISSING, "The annual income is not known.")
    elif income < policy.minimum_annual_income:
        message = f"The annual income is {income}; {policy.minimum_annual_income:.2f} is needed."
        yield Problem(ProblemCode.INCOME_TOO_LOW, message)


def about_the_terms(policy: Policy, *, amount: Decimal, loan_term: int, interest_rate: Decimal) -> Iterator[Problem]:
    """The reasons that need no person: what a quote refuses too."""
    if amount <= 0:
        yield Problem(ProblemCode.AMOUNT_TOO_LOW, "The amount is more than 0.00.", "amount")
    elif amount > policy.maximum_amount:
        message = f"The amount is at most {policy.maximum_amount:.2f}."
        yield Problem(ProblemCode.AMOUNT_TOO_HIGH, message, "amount")
    if not 1 <= loan_term <= policy.maximum_term:
        message = f"The term is 1 to {policy.maximum_term} cycles."
        yield Problem(ProblemCode.TERM_OUT_OF_RANGE, message, "loanTerm")
    if not 0 <= interest_rate <= policy.maximum_rate:
        message = f"The interest rate is 0 to {policy.maximum_rate.normalize():f} percent a year."
        yield Problem(ProblemCode.RATE_OUT_OF_RANGE, message, "interestRate")
