"""A request is refused by `raise Refused(…)`: the transaction rolls back, and the client receives the reasons."""

from enum import StrEnum
from typing import NamedTuple


class ProblemCode(StrEnum):
    INVALID_NAME = "INVALID_NAME"
    INVALID_EMAIL = "INVALID_EMAIL"
    EMAIL_TAKEN = "EMAIL_TAKEN"
    INVALID_AADHAAR = "INVALID_AADHAAR"
    AADHAAR_TAKEN = "AADHAAR_TAKEN"
    INVALID_ADDRESS = "INVALID_ADDRESS"
    INVALID_PHONE = "INVALID_PHONE"
    INVALID_INCOME = "INVALID_INCOME"
    WEAK_PASSWORD = "WEAK_PASSWORD"
    INVALID_CONSENT = "INVALID_CONSENT"
    PASSWORD_ALREADY_SET = "PASSWORD_ALREADY_SET"
    BAD_CREDENTIALS = "BAD_CREDENTIALS"
    TOO_MANY_ATTEMPTS = "TOO_MANY_ATTEMPTS"
    SESSION_EXPIRED = "SESSION_EXPIRED"
    RESET_NOT_OFFERED = "RESET_NOT_OFFERED"
    INVALID_RESET_CODE = "INVALID_RESET_CODE"
    USER_NOT_FOUND = "USER_NOT_FOUND"
    CREDIT_SCORE_PENDING = "CREDIT_SCORE_PENDING"
    CREDIT_SCORE_TOO_LOW = "CREDIT_SCORE_TOO_LOW"
    INCOME_MISSING = "INCOME_MISSING"
    INCOME_TOO_LOW = "INCOME_TOO_LOW"
    AMOUNT_TOO_LOW = "AMOUNT_TOO_LOW"
    AMOUNT_TOO_HIGH = "AMOUNT_TOO_HIGH"
    TERM_OUT_OF_RANGE = "TERM_OUT_OF_RANGE"
    RATE_OUT_OF_RANGE = "RATE_OUT_OF_RANGE"
    EXPOSURE_TOO_HIGH = "EXPOSURE_TOO_HIGH"
    TOO_MANY_LOANS = "TOO_MANY_LOANS"
    HAS_PAST_DUE = "HAS_PAST_DUE"
    INVALID_REQUEST_ID = "INVALID_REQUEST_ID"
    REQUEST_ID_CONFLICT = "REQUEST_ID_CONFLICT"
    LOAN_NOT_FOUND = "LOAN_NOT_FOUND"
    LOANS_OPEN = "LOANS_OPEN"
    LOAN_CLOSED = "LOAN_CLOSED"
    AMOUNT_EXCEEDS_PAYOFF = "AMOUNT_EXCEEDS_PAYOFF"
    PAYMENT_DATE_TOO_EARLY = "PAYMENT_DATE_TOO_EARLY"
    PAYMENT_DATE_IN_FUTURE = "PAYMENT_DATE_IN_FUTURE"
    DUPLICATE_PAYMENT = "DUPLICATE_PAYMENT"
    TRANSACTION_ID_CONFLICT = "TRANSACTION_ID_CONFLICT"
    INVALID_TRANSACTION_ID = "INVALID_TRANSACTION_ID"
    COUNTER_ONLY = "COUNTER_ONLY"
    INVALID_REFERENCE = "INVALID_REFERENCE"
    BILLING_DATE_IN_FUTURE = "BILLING_DATE_IN_FUTURE"
    BUSINESS_DATE_IN_PAST = "BUSINESS_DATE_IN_PAST"
    NOT_A_SANDBOX = "NOT_A_SANDBOX"


class Problem(NamedTuple):
    """One reason of a refusal. `field` is the input field at fault, as the client spelt it."""

    code: ProblemCode
    message: str
    field: str | None = None


class Refused(Exception):  # noqa: N818 — it is an answer, not an error
    """A refusal with every reason at once."""

    def __init__(self, *problems: Problem) -> None:
        assert problems, "a refusal gives its reasons"
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems
