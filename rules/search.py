"""A search text is looked up as everything that it may be: an Aadhaar or phone number, an id, a receipt, words."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from rules import aadhaar, detection, idempotency, receipts, verhoeff
from rules.registration import LONGEST_NAME, parse_phone
from rules.text import trimmed

LONGEST_TEXT = LONGEST_NAME
# More words than a name has would only lengthen the statement.
MOST_WORDS = 6
# A word of fewer characters has no trigram of its own, so it is found at the beginning of a word only.
SHORTEST_PART = 3
# The digits of a phone number. More digits are the beginning of an Aadhaar number, which is not looked up in parts.
_PHONE_DIGITS = 10


class Match(StrEnum):
    """The part of a result that has the text."""

    AADHAAR = "AADHAAR"
    LOAN_ID = "LOAN_ID"
    BORROWER_ID = "BORROWER_ID"
    TRANSACTION_ID = "TRANSACTION_ID"
    RECEIPT_NUMBER = "RECEIPT_NUMBER"
    NAME = "NAME"
    EMAIL = "EMAIL"
    PHONE = "PHONE"
    SEVERAL = "SEVERAL"


class Sought(NamedTuple):
    """Everything that a text may be. `number` is an Aadhaar number, and `words` are parts of words.

    A receipt number has the `payment_id`. An `email` is one of the words too, because it may be a part of an address.
    """

    number: str | None = None
    row_id: str | None = None
    transaction_id: str | None = None
    payment_id: int | None = None
    email: str | None = None
    words: tuple[str, ...] = ()

    @property
    def kinds(self) -> list[str]:
        """The kinds of the text, for the audit log, which must not contain the text itself."""
        ids = {"id": self.row_id, "transaction": self.transaction_id, "receipt": self.payment_id}
        found = {"aadhaar": self.number, **ids, "email": self.email, "words": self.words}
        return [kind for kind, value in found.items() if value]


def sought(text: str) -> Sought:
    """Everything that a text may be. An Aadhaar number among other words is not looked up: it leaves no trace."""
    text = trimmed(text)
    number, phone = aadhaar.parse(text, "lenient"), parse_phone(text)
    if number is not None:
        # Twelve digits may also be a phone number after 91, unless their check digit is that of an Aadhaar number.
        words = (phone,) if phone and not verhoeff.has_check_digit(number) else ()
        return Sought(number=number, words=words)
    if phone is None and detection.found(text):
        return Sought()
    is_number = text.isascii() and text.isdigit()
    return Sought(
        row_id=text if is_number else None,
        transaction_id=text if idempotency.is_key(text) else None,
        payment_id=receipts.payment_id(text),
        email=text if "@" in text and not any(map(str.isspace, text)) else None,
        words=(phone,) if phone else () if is_number and len(text) > _PHONE_DIGITS else _words(text),
    )


def _words(text: str) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(text.split()))[:MOST_WORDS]
    return words if len(text) > 1 else ()


class Person(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def phone(self) -> str | None: ...


def match_of(person: Person, words: Sequence[str]) -> Match:
    """The field of a person in which all words are, or SEVERAL."""
    fields = {Match.NAME: person.name, Match.PHONE: person.phone or "", Match.EMAIL: person.email}
    for match, text in fields.items():
        if all(word.lower() in text.lower() for word in words):
            return match
    return Match.SEVERAL
