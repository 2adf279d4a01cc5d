"""What a person may call themselves, and how they may be reached; each field's problem has its own code."""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from rules import detection
from rules.refusals import Problem, ProblemCode
from rules.text import trimmed, without_invisible

SHORTEST_PASSWORD = 10
# Argon2 hashes any length; this only keeps a megabyte of "password" from being work for us.
LONGEST_PASSWORD = 1000
LONGEST_NAME = 200
LONGEST_ADDRESS = 1000
LONGEST_CONSENT = 100

_PHONE = re.compile(r"(?:\+91|0091|91|0)?([6-9]\d{9})", re.ASCII)


def parse_phone(text: str) -> str | None:
    """The ten digits of an Indian mobile number as typed, or None where it is not one (lending rules, 1).

    Blanks, invisible characters and hyphens of any kind are dropped, wherever they stand.
    """
    kept = (character for character in without_invisible(text) if unicodedata.category(character) != "Pd")
    match = _PHONE.fullmatch("".join(kept))
    return match.group(1) if match else None


def about_the_person(*, name: str, address: str | None, phone: str | None, income: Decimal | None) -> Iterator[Problem]:
    """The problems of what a person says of themselves, judged without the blanks around it. An empty phone is none."""
    name, address, phone = trimmed(name), trimmed(address or ""), trimmed(phone or "")
    if len(name) > LONGEST_NAME or not any(map(str.isalpha, name)) or any(map(_is_control, name)):
        message = f"A name is not blank, of letters, in one line and at most {LONGEST_NAME} characters."
        yield Problem(ProblemCode.INVALID_NAME, message, "name")
    elif detection.spans(name):
        message = "A name must not contain twelve digits: they may be an Aadhaar number. Leave the number out."
        yield Problem(ProblemCode.INVALID_NAME, message, "name")
    if len(address) > LONGEST_ADDRESS:
        message = f"An address is at most {LONGEST_ADDRESS} characters."
        yield Problem(ProblemCode.INVALID_ADDRESS, message, "address")
    elif detection.found(address):
        message = "An address must not contain twelve digits: they may be an Aadhaar number. Leave the number out."
        yield Problem(ProblemCode.INVALID_ADDRESS, message, "address")
    if phone and parse_phone(phone) is None:
        message = "A phone number has 10 digits and begins with 6 to 9; +91, 91, 0091 or 0 may stand before it."
        yield Problem(ProblemCode.INVALID_PHONE, message, "phone")
    if income is not None and income < 0:
        yield Problem(ProblemCode.INVALID_INCOME, "An annual income is 0.00 or more.", "annualIncome")


def _is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc"


def about_the_consent(version: str | None) -> Iterator[Problem]:
    """The problems of the name of the text somebody agreed to, where they did."""
    if version is None:
        return
    version = trimmed(version)
    if len(version) > LONGEST_CONSENT or not version or any(map(_is_control, version)):
        message = f"A version of the consent text is not blank, in one line and at most {LONGEST_CONSENT} characters."
        yield Problem(ProblemCode.INVALID_CONSENT, message, "consent")
    elif detection.found(version):
        message = "A version of the consent text must not contain twelve digits: they may be an Aadhaar number."
        yield Problem(ProblemCode.INVALID_CONSENT, message, "consent")


def normalised_password(password: str) -> str:
    """The password in NFKC, so that it is the same whatever a keyboard or a system makes of its characters.

    One that is too long stays as it is: no account has it, and to normalise it is work.
    """
    return unicodedata.normalize("NFKC", password) if len(password) <= LONGEST_PASSWORD else password


def about_the_password(password: str, field: str = "password") -> Iterator[Problem]:
    """The problem of a password's length. Whether it is easy to guess takes more (resolvers/password_strength)."""
    if len(password) > LONGEST_PASSWORD or len(normalised_password(password)) < SHORTEST_PASSWORD:
        message = f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters."
        yield Problem(ProblemCode.WEAK_PASSWORD, message, field)
