"""An application is judged by every rule, and told every reason."""

from decimal import Decimal
from typing import NamedTuple

import pytest

from rules.eligibility import Commitments, assess, obstacles, terms_problems
from rules.refusals import ProblemCode


class Policy(NamedTuple):
    minimum_score: int = 450
    minimum_annual_income: Decimal = Decimal("150000.00")
    minimum_amount: Decimal = Decimal("0.01")
    maximum_amount: Decimal = Decimal("50000.00")
    maximum_term: int = 60
    minimum_rate: Decimal = Decimal("0.000")
    maximum_rate: Decimal = Decimal("36.000")
    maximum_exposure: Decimal | None = None
    maximum_loans: int | None = None
    lend_when_past_due: bool = False
    settlement_months: int = 12


class Request(NamedTuple):
    amount: Decimal = Decimal("50000.00")
    loan_term: int = 12
    interest_rate: Decimal = Decimal("10.500")


NOTHING = Commitments(0, Decimal("0.00"), False)


class Applicant(NamedTuple):
    credit_score: int | None = 670
    annual_income: Decimal | None = Decimal("300000.00")


def reasons(
    applicant: Applicant | None = None, *, amount: str = "50000.00", loan_term: int = 12, interest_rate: str = "10.500"
) -> list[tuple[ProblemCode, str | None]]:
    request = Request(Decimal(amount), loan_term, Decimal(interest_rate))
    found = assess(Policy(), applicant or Applicant(), NOTHING, request)
    return [(problem.code, problem.field) for problem in found]


def test_a_good_application_has_no_reason_against_it() -> None:
    assert reasons() == []


@pytest.mark.parametrize(
    ("score", "against"),
    [
        (None, [ProblemCode.CREDIT_SCORE_PENDING]),
        (300, [ProblemCode.CREDIT_SCORE_TOO_LOW]),
        (449, [ProblemCode.CREDIT_SCORE_TOO_LOW]),
        (450, []),
        (900, []),
    ],
)
def test_the_score_is_known_and_high_enough(score: int | None, against: list[ProblemCode]) -> None:
    assert [code for code, _ in reasons(Applicant(credit_score=score))] == against


@pytest.mark.parametrize(
    ("income", "against"),
    [
        (None, [ProblemCode.INCOME_MISSING]),
        ("0.00", [ProblemCode.INCOME_TOO_LOW]),
        ("149999.99", [ProblemCode.INCOME_TOO_LOW]),
        ("150000.00", []),
    ],
)
def test_the_income_is_known_and_high_enough(income: str | None, against: list[ProblemCode]) -> None:
    applicant = Applicant(annual_income=None if income is None else Decimal(income))
    assert [code for code, _ in reasons(applicant)] == against


@pytest.mark.parametrize(
    ("amount", "against"),
    [
        ("-1.00", [(ProblemCode.AMOUNT_TOO_LOW, "amount")]),
        ("0.00", [(ProblemCode.AMOUNT_TOO_LOW, "amount")]),
        ("0.01", []),
        ("50000.00", []),
        ("50000.01", [(ProblemCode.AMOUNT_TOO_HIGH, "amount")]),
        ("999999999999.99", [(ProblemCode.AMOUNT_TOO_HIGH, "amount")]),
    ],
)
def test_the_amount_is_within_bounds(amount: str, against: list[tuple[ProblemCode, str]]) -> None:
    assert reasons(amount=amount) == against


@pytest.mark.parametrize(
    ("term", "refused"), [(-1, True), (0, True), (1, False), (60, False), (61, True), (2**31 - 1, True)]
)
def test_the_term_is_within_bounds(term: int, refused: bool) -> None:
    assert reasons(loan_term=term) == ([(ProblemCode.TERM_OUT_OF_RANGE, "loanTerm")] if refused else [])


@pytest.mark.parametrize(
    ("rate", "refused"), [("-0.001", True), ("0.000", False), ("36.000", False), ("36.001", True), ("999999", True)]
)
def test_the_rate_is_within_bounds(rate: str, refused: bool) -> None:
    assert reasons(interest_rate=rate) == ([(ProblemCode.RATE_OUT_OF_RANGE, "interestRate")] if refused else [])


def test_every_reason_is_told_at_once() -> None:
    poor = Applicant(credit_score=300, annual_income=Decimal("1.00"))
    assert [code for code, _ in reasons(poor, amount="50000.01", loan_term=61, interest_rate="40")] == [
        ProblemCode.CREDIT_SCORE_TOO_LOW,
        ProblemCode.INCOME_TOO_LOW,
        ProblemCode.AMOUNT_TOO_HIGH,
        ProblemCode.TERM_OUT_OF_RANGE,
        ProblemCode.RATE_OUT_OF_RANGE,
    ]
    unknown = Applicant(credit_score=None, annual_income=None)
    assert [code for code, _ in reasons(unknown, amount="0.00", loan_term=0, interest_rate="-1")] == [
        ProblemCode.CREDIT_SCORE_PENDING,
        ProblemCode.INCOME_MISSING,
        ProblemCode.AMOUNT_TOO_LOW,
        ProblemCode.TERM_OUT_OF_RANGE,
        ProblemCode.RATE_OUT_OF_RANGE,
    ]


def test_the_limits_are_those_of_the_policy() -> None:
    policy = Policy(maximum_amount=Decimal("100.00"), maximum_term=2, maximum_rate=Decimal("1.500"))
    found = list(terms_problems(policy, amount=Decimal("100.01"), loan_term=3, interest_rate=Decimal("1.501")))
    assert [problem.code for problem in found] == [
        ProblemCode.AMOUNT_TOO_HIGH,
        ProblemCode.TERM_OUT_OF_RANGE,
        ProblemCode.RATE_OUT_OF_RANGE,
    ]
    assert "100.00" in found[0].message
    assert "between 1 and 2 cycles" in found[1].message
    assert "between 0 and 1.5 percent" in found[2].message


def codes(policy: Policy, commitments: Commitments, request: Request = Request()) -> list[ProblemCode]:  # noqa: B008
    return [problem.code for problem in assess(policy, Applicant(), commitments, request)]


@pytest.mark.parametrize(
    ("outstanding", "amount", "refused"),
    [
        ("0.00", "60000.00", False),
        ("0.00", "60000.01", True),
        ("59999.99", "0.01", False),
        ("59999.99", "0.02", True),
        ("60000.00", "0.01", True),
        ("999999.99", "0.01", True),
    ],
)
def test_the_principal_outstanding_with_the_loan_is_within_the_limit(
    outstanding: str, amount: str, refused: bool
) -> None:
    owing = Commitments(3, Decimal(outstanding), False)
    policy = Policy(maximum_amount=Decimal(10**6), maximum_exposure=Decimal("60000.00"))
    found = assess(policy, Applicant(), owing, Request(amount=Decimal(amount)))
    assert [(one.code, one.field) for one in found] == ([(ProblemCode.EXPOSURE_TOO_HIGH, "amount")] if refused else [])
    assert all(outstanding in one.message and "60000.00" in one.message for one in found)
    without = policy._replace(maximum_exposure=None)
    assert codes(without, owing, Request(amount=Decimal(amount))) == []


@pytest.mark.parametrize(("limit", "open_loans", "refused"), [(0, 0, True), (1, 0, False), (1, 1, True), (3, 2, False)])
def test_the_open_loans_are_fewer_than_the_limit(limit: int, open_loans: int, refused: bool) -> None:
    owing = Commitments(open_loans, Decimal("1.00"), False)
    assert codes(Policy(maximum_loans=limit), owing) == ([ProblemCode.TOO_MANY_LOANS] if refused else [])
    assert codes(Policy(), owing) == []


def test_a_bill_past_due_keeps_a_person_from_another_loan_unless_the_lender_lends_all_the_same() -> None:
    owing = Commitments(1, Decimal("1.00"), True)
    assert codes(Policy(), owing) == [ProblemCode.HAS_PAST_DUE]
    assert codes(Policy(lend_when_past_due=True), owing) == []


@pytest.mark.parametrize(
    ("rate", "refused"), [("0", True), ("4.999", True), ("5", False), ("36", False), ("36.001", True)]
)
def test_the_rate_is_at_least_the_least(rate: str, refused: bool) -> None:
    policy = Policy(minimum_rate=Decimal("5.000"))
    expected = [ProblemCode.RATE_OUT_OF_RANGE] if refused else []
    assert codes(policy, NOTHING, Request(interest_rate=Decimal(rate))) == expected
    found = list(terms_problems(policy, amount=Decimal(1), loan_term=1, interest_rate=Decimal(rate)))
    assert [problem.code for problem in found] == expected
    assert all("between 5 and 36" in problem.message for problem in found)


def test_what_is_owed_is_told_beside_every_other_reason() -> None:
    policy = Policy(maximum_exposure=Decimal("1.00"), maximum_loans=1)
    owing = Commitments(1, Decimal("50000.00"), True)
    found = assess(policy, Applicant(None, None), owing, Request(Decimal("50000.01"), 0, Decimal(37)))
    assert [problem.code for problem in found] == [
        ProblemCode.CREDIT_SCORE_PENDING,
        ProblemCode.INCOME_MISSING,
        ProblemCode.AMOUNT_TOO_HIGH,
        ProblemCode.TERM_OUT_OF_RANGE,
        ProblemCode.RATE_OUT_OF_RANGE,
        ProblemCode.EXPOSURE_TOO_HIGH,
        ProblemCode.TOO_MANY_LOANS,
        ProblemCode.HAS_PAST_DUE,
    ]


def test_an_obstacle_is_a_reason_against_every_loan_of_a_person() -> None:
    policy = Policy(maximum_exposure=Decimal("50000.00"), maximum_loans=2)

    def found(applicant: Applicant, commitments: Commitments) -> list[ProblemCode]:
        return [problem.code for problem in obstacles(policy, applicant, commitments)]

    assert found(Applicant(), NOTHING) == []
    # A loan of a paisa is still possible.
    assert found(Applicant(), Commitments(1, Decimal("49999.99"), False)) == []
    assert found(Applicant(449, None), Commitments(2, Decimal("50000.00"), True)) == [
        ProblemCode.CREDIT_SCORE_TOO_LOW,
        ProblemCode.INCOME_MISSING,
        ProblemCode.EXPOSURE_TOO_HIGH,
        ProblemCode.TOO_MANY_LOANS,
        ProblemCode.HAS_PAST_DUE,
    ]
