"""An Aadhaar number has 12 digits. Only its owner sees more than the last four."""

import re
from typing import Literal

from rules import detection, verhoeff

Checksum = Literal["lenient", "strict"]

_BLANK = r"[ \t\u00a0\u00ad\u1680\u2000-\u200f\u202a-\u202f\u205f\u2060\u3000\ufeff]"  # invisible characters too
_HYPHEN = r"[-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]"

# People and spreadsheets separate two digits of a number by blanks with at most one hyphen.
GAP = rf"(?:{_BLANK}*(?:{_HYPHEN}{_BLANK}*)?)"

# A spreadsheet writes an apostrophe before digits that are text, and `.0` behind digits that are a number.
_WRITTEN = re.compile(rf"{_BLANK}*['\u2019]?(?P<digits>\d(?:{GAP}\d)*)(?:\.0+)?{_BLANK}*", re.ASCII)
_NO_DIGIT = re.compile(r"\D+", re.ASCII)


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
    if checksum == "strict" and (digits[0] in "01" or not verhoeff.has_check_digit(digits)):
        return None
    return digits


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
