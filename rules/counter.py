"""Money taken at a counter: the way in which it was paid, and the number by which a cheque or a transfer is found."""

import unicodedata
from collections.abc import Iterator
from enum import StrEnum

from rules import aadhaar, detection
from rules.payments import Payer
from rules.refusals import Problem, ProblemCode
from rules.text import trimmed

LONGEST_REFERENCE = 64


class PaymentMode(StrEnum):
    CASH = "CASH"
    CHEQUE = "CHEQUE"
    UPI = "UPI"
    BANK_TRANSFER = "BANK_TRANSFER"


# The networks of these number a transfer by twelve digits.
_NUMBERED = frozenset({PaymentMode.UPI, PaymentMode.BANK_TRANSFER})


def reference_of(text: str | None) -> str | None:
    """A typed reference without surrounding blanks; None if nothing is left."""
    return trimmed(text or "") or None


def problems(payer: Payer, mode: PaymentMode | None, reference: str | None) -> Iterator[Problem]:
    """The problems of a payment's mode and reference; the reference comes from `reference_of`."""
    if payer is Payer.BORROWER:
        for field, value in (("mode", mode), ("reference", reference)):
            if value is not None:
                message = f"The {field} belongs to payments that an operator takes at the counter. Leave it out."
                yield Problem(ProblemCode.COUNTER_ONLY, message, field)
    elif reference is not None:
        message = _reference_message(mode, reference)
        if message:
            yield Problem(ProblemCode.INVALID_REFERENCE, message, "reference")


def _reference_message(mode: PaymentMode | None, reference: str) -> str:
    if mode is None:
        return "A reference needs a mode. Send both, or neither."
    if len(reference) > LONGEST_REFERENCE or any(unicodedata.category(one) == "Cc" for one in reference):
        return f"The reference must have one line and at most {LONGEST_REFERENCE} characters."
    if detection.found(reference) and (mode not in _NUMBERED or twelve_digits(reference) is None):
        return "The reference must not contain twelve digits: they may be an Aadhaar number. Leave the number out."
    return ""


def twelve_digits(reference: str) -> str | None:
    """The digits of a reference that consists of twelve, as that of a transfer may, or an Aadhaar number; else None."""
    return aadhaar.parse(reference, "lenient")
