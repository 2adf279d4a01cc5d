"""An Aadhaar number has 12 digits. Only its owner sees more than the last four."""

import re
from typing import Literal

from rules import detection

Checksum = Literal["lenient", "strict"]

_BLANK = r"[ \t\u00a0\u00ad\u1680\u2000-\u200f\u202a-\u202f\u205f\u2060\u3000\ufeff]"  # invisible characters too
_HYPHEN = r"[-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]"

# People and spreadsheets separate two digits of a number by blanks with at most one hyphen.
GAP = rf"(?:{_BLANK}*(?:{_HYPHEN}{_BLANK}*)?)"

# A spreadsheet writes an apostrophe before digits that are text, and `.0` behind digits that are a number.
_WRITTEN = re.compile(rf"{_BLANK}*['\u2019]?(?P<digits>\d(?:{GAP}\d)*)(?:\.0+)?{_BLANK}*", re.ASCII)
_NO_DIGIT = re.compile(r"\D+", re.ASCII)

# Verhoeff's dihedral multiplication table and position permutation (J. Verhoeff, 1969).
_PRODUCT = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_PERMUTATION = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 5, 7, 6, 2, 8, 3, 0, 9, 4),
    (5, 8, 0, 3, 7, 9, 6, 1, 4, 2),
    (8, 9, 1, 6, 0, 4, 3, 5, 2, 7),
    (9, 4, 5, 3, 1, 2, 6, 8, 7, 0),
    (4, 2, 8, 6, 5, 7, 3, 9, 0, 1),
    (2, 7, 9, 3, 8, 0, 6, 4, 1, 5),
    (7, 0, 4, 6, 9, 1, 3, 2, 5, 8),
)


def parse(text: str, checksum: Checksum) -> str | None:
    """The 12 digits of a typed Aadhaar number, or None if the text is not one (lending rules, 1).

    Blanks and hyphens of any kind between groups are removed. So are the apostrophe in front and the `.0` behind that
    spreadsheets add. `strict` also requires a first digit of 2–9 and the Verhoeff check digit.
    """
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        return None
    digits = _NO_DIGIT.sub("", match["digits"])
    if len(digits) != 12:
        return None
    if checksum == "strict" and (digits[0] in "01" or not has_check_digit(digits)):
        return None
    return digits


def has_check_digit(digits: str) -> bool:
    """Whether the last digit is the Verhoeff check digit of those before it."""
    check = 0
    for position, digit in enumerate(reversed(digits)):
        check = _PRODUCT[check][_PERMUTATION[position % 8][int(digit)]]
    return check == 0


def hidden(text: str) -> str:
    """The text for display or logging: every possible Aadhaar number in it is masked."""
    shown, end = "", 0
    for start, until in detection.spans(text):
        digits = "".join(filter(str.isdecimal, text[start:until]))
        shown += text[end:start] + masked(digits[-4:])
        end = until
    return shown + text[end:]


def masked(last_four: str) -> str:
    return f"XXXX XXXX {last_four}"
