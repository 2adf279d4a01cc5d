"""What a person may call themselves, and how they may be reached; each field's problem has its own code."""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from rules.refusals import Problem, ProblemCode

SHORTEST_PASSWORD = 10
# Argon2 hashes any length; this only keeps a megabyte of "password" from being work for us.
LONGEST_PASSWORD = 1000
LONGEST_NAME = 200
LONGEST_ADDRESS = 1000
LONGEST_CONSENT = 100

_PHONE = re.compile(r"(?:\+91|0)?([6-9]\d{9})", re.ASCII)


def parse_phone(text: str) -> str | None:
    """The ten digits of an Indian mobile number as typed, or None where it is not one (lending rules, 1)."""
    match = _PHONE.fullmatch(re.sub(r"[\s-]", "", text))
    return match.group(1) if match else None


def about_the_person(*, name: str, address: str | None, phone: str | None, income: Decimal | None) -> Iterator[Problem]:
    """The problems of what a person says of themselves. An empty phone is none."""
    if len(name) > LONGEST_NAME or not any(map(str.isalpha, name)) or any(map(_is_control, name)):
        message = f"A name is not blank, of letters, in one line and at most {LONGEST_NAME} characters."
        yield Problem(ProblemCode.INVALID_NAME, message, "name")
    if len(address or "") > LONGEST_ADDRESS:
        message = f"An address is at most {LONGEST_ADDRESS} characters."
        yield Problem(ProblemCode.INVALID_ADDRESS, message, "address")
    if phone and phone.strip() and parse_phone(phone) is None:
        message = "A phone number has 10 digits and begins with 6 to 9; +91 or 0 may stand before it."
        yield Problem(ProblemCode.INVALID_PHONE, message, "phone")
    if income is not None and income < 0:
        yield Problem(ProblemCode.INVALID_INCOME, "An annual income is 0.00 or more.", "annualIncome")


def _is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc"


def about_the_consent(version: str | None) -> Iterator[Problem]:
    """The problems of the name of the text somebody agreed to, where they did."""
    if version is not None and (
        len(version) > LONGEST_CONSENT or not version.strip() or any(map(_is_control, version))
    ):
        message = f"A version of the consent text is not blank, in one line and at most {LONGEST_CONSENT} characters."
        yield Problem(ProblemCode.INVALID_CONSENT, message, "consent")


def about_the_password(password: str, field: str = "password") -> Iterator[Problem]:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        message = f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters."
        yield Problem(ProblemCode.WEAK_PASSWORD, message, field)
