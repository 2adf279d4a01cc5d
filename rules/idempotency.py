"""The ids that clients choose for requests that must happen once: `transactionId`, `requestId`."""

import re

from rules import detection

_KEY = re.compile(r"[A-Za-z0-9._:-]{1,64}")

# The end of a refusal's message, after the name of the id.
FORM = (
    "must have 1 to 64 characters, only letters, digits and . _ : - and no twelve digits that may be an Aadhaar"
    " number. Use a UUID."
)


def is_key(text: str) -> bool:
    """Whether a client's id is valid and contains no Aadhaar number. The database checks the form too."""
    return _KEY.fullmatch(text) is not None and not detection.found(text)
