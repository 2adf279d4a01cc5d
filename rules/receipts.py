"""A receipt number is short enough to read aloud: the payment's id and a check digit, in groups of four digits."""

import re

from rules import verhoeff

# With its check digit, a short number still has two groups of four.
_SHORTEST = 7
_GROUP = 4
_TYPED = re.compile(r"[Rr]?[\s-]*(\d(?:[\s-]?\d)*)", re.ASCII)
_SEPARATORS = re.compile(r"[\s-]")


def number(payment_id: int) -> str:
    """The receipt number of a payment, such as R-0000-0017."""
    digits = str(payment_id).zfill(_SHORTEST)
    digits += verhoeff.check_digit(digits)
    first = len(digits) % _GROUP or _GROUP
    groups = [digits[:first], *(digits[place : place + _GROUP] for place in range(first, len(digits), _GROUP))]
    return "-".join(["R", *groups])


def payment_id(text: str) -> int | None:
    """The id of the payment whose receipt number was typed, with or without its separators; None for another text."""
    match = _TYPED.fullmatch(text.strip())
    digits = _SEPARATORS.sub("", match[1]) if match else ""
    if len(digits) <= _SHORTEST or not verhoeff.has_check_digit(digits):
        return None
    return int(digits[:-1])
