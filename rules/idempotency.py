"""A client names what it means to do once by an id of its own making: `transactionId`, `requestId`."""

import re

_KEY = re.compile(r"[A-Za-z0-9._:-]{1,64}")

# For the message of a refusal, behind the name of the field's noun.
FORM = "1 to 64 letters, digits, and . _ : -"


def is_key(text: str) -> bool:
    """Whether a client's id has the form that is stored. The database checks the same form."""
    return _KEY.fullmatch(text) is not None
