"""The limits of lending: every failed rule is reported with its code."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple, Protocol

from rules.refusals import Problem, ProblemCode


class ProductLimits(Protocol):
    """The limits of a product. Amounts are rupees, rates percent per year, the term cycles."""

    @property
    def minimum_score(self) -> int: ...
    @property
    def minimum_annual_income(self) -> Decimal: ...
    @property
    def minimum_amount(self) -> Decimal: ...
    @property
    def maximum_amount(self) -> Decimal: ...
    @property
    def maximum_term(self) -> int: ...
    @property
    def minimum_rate(self) -> Decimal: ...
    @property
    def maximum_rate(self) -> Decimal: ...


class LenderLimits(Protocol):
    """The limits for all loans of a person together, whatever their products. None means no limit."""

    @property
    def maximum_exposure(self) -> Decimal | None: ...
    @property
    def maximum_loans(self) -> int | None: ...
    @property
    def lend_when_past_due(self) -> bool: ...
    @property
    def settlement_months(self) -> int: ...


class Policy(ProductLimits, LenderLimits, Protocol):
    """The limits of a product and of the lender."""


class Limits(NamedTuple):
    """A `Policy` of a product and a lender."""

    minimum_score: int
    minimum_annual_income: Decimal
    minimum_amount: Decimal
    maximum_amount: Decimal
    maximum_term: int
    minimum_rate: Decimal
    maximum_rate: Decimal
    maximum_exposure: Decimal | None
    maximum_loans: int | None
    lend_when_past_due: bool
    settlement_months: int


_OF_LENDER = ("maximum_exposure", "maximum_loans", "lend_when_past_due", "settlement_months")


def limits(product: ProductLimits, lender: LenderLimits) -> Limits:
    """The limits for a loan of a product."""
    return Limits._make(getattr(lender if name in _OF_LENDER else product, name) for name in Limits._fields)


class Applicant(Protocol):
    """The fields of a person that a decision needs."""

    @property
    def credit_score(self) -> int | None: ...
    @property
    def annual_income(self) -> Decimal | None: ...


class Request(Protocol):
    """A requested loan: rupees, cycles, percent per year."""

    @property
    def amount(self) -> Decimal: ...
    @property
    def loan_term(self) -> int: ...
    @property
    def interest_rate(self) -> Decimal: ...


class Commitments(NamedTuple):
    """A person's debts on the business date: the number of open loans, their outstanding principal in rupees, and
    whether a bill is past due. `months_since_settlement` are whole months since the latest loan was settled for less.
    """

    open_loans: int
    principal_outstanding: Decimal
    is_past_due: bool
    months_since_settlement: int | None = None


def assess(policy: Policy, applicant: Applicant, commitments: Commitments, request: Request) -> tuple[Problem, ...]:
    """Every reason against a loan; without a reason it is approved (lending rules, 2)."""
    amount = request.amount
    return (
        *_score_problems(policy, applicant.credit_score),
        *_income_problems(policy, applicant.annual_income),
        *terms_problems(policy, amount=amount, loan_term=request.loan_term, interest_rate=request.interest_rate),
        *_commitment_problems(policy, commitments, amount),
    )


def obstacles(policy: Policy, applicant: Applicant, commitments: Commitments) -> tuple[Problem, ...]:
    """Every reason against any loan of a person, whatever its terms. Without one, some loan is approved."""
    # The smallest loan is refused for these reasons only.
    return (
        *_score_problems(policy, applicant.credit_score),
        *_income_problems(policy, applicant.annual_income),
        *_commitment_problems(policy, commitments, policy.minimum_amount),
    )


def _score_problems(policy: ProductLimits, score: int | None) -> Iterator[Problem]:
    if score is None:
        message = "The credit score is still being computed. Try again in a moment."
        yield Problem(ProblemCode.CREDIT_SCORE_PENDING, message)
    elif score < policy.minimum_score:
        message = f"The credit score is {score}; it must be at least {policy.minimum_score}."
        yield Problem(ProblemCode.CREDIT_SCORE_TOO_LOW, message)


def _income_problems(policy: ProductLimits, income: Decimal | None) -> Iterator[Problem]:
    if income is None:
        yield Problem(
            ProblemCode.INCOME_MISSING,
            "The annual income is missing. Enter it in the profile, then apply again.",
        )
    elif income < policy.minimum_annual_income:
        message = f"The annual income is {income}; it must be at least {policy.minimum_annual_income:.2f}."
        yield Problem(ProblemCode.INCOME_TOO_LOW, message)


def terms_problems(
    policy: ProductLimits, *, amount: Decimal, loan_term: int, interest_rate: Decimal
) -> Iterator[Problem]:
    """The reasons that do not depend on the person; a quote has the same."""
    if amount <= 0:
        yield Problem(ProblemCode.AMOUNT_TOO_LOW, "The amount must be more than 0.00.", "amount")
    elif amount < policy.minimum_amount:
        message = f"The amount must be at least {policy.minimum_amount:.2f}."
        yield Problem(ProblemCode.AMOUNT_TOO_LOW, message, "amount")
    elif amount > policy.maximum_amount:
        message = f"The amount must be at most {policy.maximum_amount:.2f}."
        yield Problem(ProblemCode.AMOUNT_TOO_HIGH, message, "amount")
    if not 1 <= loan_term <= policy.maximum_term:
        message = f"The term must be between 1 and {policy.maximum_term} cycles."
        yield Problem(ProblemCode.TERM_OUT_OF_RANGE, message, "loanTerm")
    if not policy.minimum_rate <= interest_rate <= policy.maximum_rate:
        least, most = policy.minimum_rate.normalize(), policy.maximum_rate.normalize()
        message = f"The interest rate must be between {least:f} and {most:f} percent a year."
        yield Problem(ProblemCode.RATE_OUT_OF_RANGE, message, "interestRate")


def _commitment_problems(policy: LenderLimits, commitments: Commitments, amount: Decimal) -> Iterator[Problem]:
    outstanding = commitments.principal_outstanding
    if policy.maximum_exposure is not None and outstanding + amount > policy.maximum_exposure:
        message = (
            f"The outstanding principal is {outstanding:.2f}; with this loan it must be at most"
            f" {policy.maximum_exposure:.2f}. Ask for less, or pay first."
        )
        yield Problem(ProblemCode.EXPOSURE_TOO_HIGH, message, "amount")
    if policy.maximum_loans is not None and commitments.open_loans >= policy.maximum_loans:
        message = f"A person may have at most {policy.maximum_loans} open loans. Close one first."
        yield Problem(ProblemCode.TOO_MANY_LOANS, message)
    if commitments.is_past_due and not policy.lend_when_past_due:
        yield Problem(ProblemCode.HAS_PAST_DUE, "A bill is past due. Pay it first, then apply again.")
    months = commitments.months_since_settlement
    if months is not None and months < policy.settlement_months:
        least = policy.settlement_months
        message = f"A loan was settled for less than its payoff. Apply again {least} months after its end."
        yield Problem(ProblemCode.SETTLED_RECENTLY, message)


def months_between(earlier: date, later: date) -> int:
    """The whole months from a day to a later one: from the 31st, a month ends with the next 31st or a month's end."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    is_last = (later + timedelta(days=1)).day == 1
    return months if later.day >= earlier.day or is_last else months - 1
