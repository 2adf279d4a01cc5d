"""A client names what it means to do once by an id of its own making: `transactionId`, `requestId`."""

import re

from rules import detection

_KEY = re.compile(r"[A-Za-z0-9._:-]{1,64}")

# For the message of a refusal, behind the name of the field's noun.
FORM = "1 to 64 letters, digits, and . _ : - without twelve digits that may be an Aadhaar number; a UUID is a good one."


def is_key(text: str) -> bool:
    """Whether a client's id has the form that is stored, and holds no Aadhaar number. The database checks the form."""
    return _KEY.fullmatch(text) is not None and not detection.found(text)
