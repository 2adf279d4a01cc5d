"""A password is reset by a code of a few digits, which is valid for minutes, for few tries, and once."""

import re
import unicodedata
from datetime import timedelta

from rules.text import without_invisible

# A person reads these from a message or hears them at a counter. With MOST_TRIES for each code, and with the limits on
# requests, an attacker finds the code of an account with a chance of one in a million in a quarter of an hour.
DIGITS = 8
MOST_TRIES = 5
LIFE = timedelta(minutes=15)

_CODE = re.compile(rf"\d{{{DIGITS}}}", re.ASCII)


def parse_code(text: str) -> str | None:
    """The digits of a typed code, or None if the text is not a code. Blanks and hyphens of any kind are removed."""
    kept = (character for character in without_invisible(text) if unicodedata.category(character) != "Pd")
    code = "".join(kept)
    return code if _CODE.fullmatch(code) else None
