"""The rules for names, addresses, phone numbers, consent and passwords; each field's problem has its own code."""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from rules import detection
from rules.refusals import Problem, ProblemCode
from rules.text import trimmed, without_invisible

SHORTEST_PASSWORD = 10
# Argon2 hashes any length; this limit keeps a password of a megabyte from costing time.
LONGEST_PASSWORD = 1000
LONGEST_NAME = 200
LONGEST_ADDRESS = 1000
LONGEST_CONSENT = 100

_PHONE = re.compile(r"(?:\+91|0091|91|0)?([6-9]\d{9})", re.ASCII)


def parse_phone(text: str) -> str | None:
    """The ten digits of a typed Indian mobile number, or None if the text is not one (lending rules, 1).

    Blanks, invisible characters and hyphens of any kind are removed everywhere.
    """
    kept = (character for character in without_invisible(text) if unicodedata.category(character) != "Pd")
    match = _PHONE.fullmatch("".join(kept))
    return match.group(1) if match else None


def person_problems(*, name: str, address: str | None, phone: str | None, income: Decimal | None) -> Iterator[Problem]:
    """The problems of a person's data, judged without surrounding blanks. An empty phone counts as absent."""
    name = trimmed(name)
    if len(name) > LONGEST_NAME or not any(map(str.isalpha, name)) or any(map(_is_control, name)):
        message = f"Enter a name with letters, in one line and with at most {LONGEST_NAME} characters."
        yield Problem(ProblemCode.INVALID_NAME, message, "name")
    elif detection.spans(name):
        message = "The name must not contain twelve digits: they may be an Aadhaar number. Leave the number out."
        yield Problem(ProblemCode.INVALID_NAME, message, "name")
    yield from profile_problems(address=address, phone=phone, income=income)


def profile_problems(*, address: str | None, phone: str | None, income: Decimal | None) -> Iterator[Problem]:
    """The problems of the data that a person may leave out and change later."""
    address, phone = trimmed(address or ""), trimmed(phone or "")
    if len(address) > LONGEST_ADDRESS:
        message = f"The address must have at most {LONGEST_ADDRESS} characters."
        yield Problem(ProblemCode.INVALID_ADDRESS, message, "address")
    elif detection.found(address):
        message = "The address must not contain twelve digits: they may be an Aadhaar number. Leave the number out."
        yield Problem(ProblemCode.INVALID_ADDRESS, message, "address")
    if phone and parse_phone(phone) is None:
        message = "Enter a phone number with 10 digits that begins with 6 to 9; +91, 91, 0091 or 0 may stand before it."
        yield Problem(ProblemCode.INVALID_PHONE, message, "phone")
    if income is not None and income < 0:
        yield Problem(ProblemCode.INVALID_INCOME, "The annual income must be 0.00 or more.", "annualIncome")


def _is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc"


def consent_problems(version: str | None) -> Iterator[Problem]:
    """The problems of the version of the consent text, if one was given."""
    if version is None:
        return
    version = trimmed(version)
    if len(version) > LONGEST_CONSENT or not version or any(map(_is_control, version)):
        message = f"The version of the consent text must have one line and 1 to {LONGEST_CONSENT} characters."
        yield Problem(ProblemCode.INVALID_CONSENT, message, "consent")
    elif detection.found(version):
        message = "The version of the consent text must not contain twelve digits: they may be an Aadhaar number."
        yield Problem(ProblemCode.INVALID_CONSENT, message, "consent")


def normalised_password(password: str) -> str:
    """The password in NFKC, so that different keyboards and systems produce the same characters.

    A password that is too long is returned unchanged: no account has it, and normalising it would cost time.
    """
    return unicodedata.normalize("NFKC", password) if len(password) <= LONGEST_PASSWORD else password


def password_problems(password: str, field: str = "password") -> Iterator[Problem]:
    """The problem of a password's length. auth/password_strength.py checks whether it is easy to guess."""
    if len(password) > LONGEST_PASSWORD or len(normalised_password(password)) < SHORTEST_PASSWORD:
        message = f"The password must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters."
        yield Problem(ProblemCode.WEAK_PASSWORD, message, field)
