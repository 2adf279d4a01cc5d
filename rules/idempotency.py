"""The ids that clients choose for requests that must happen once: `transactionId`, `requestId`."""

import re

from rules import detection

_KEY = re.compile(r"[A-Za-z0-9._:-]{1,64}")

# The end of a refusal's message, after the name of the id.
FORM = "1 to 64 letters, digits, and . _ : - without twelve digits that may be an Aadhaar number; a UUID is a good one."


def is_key(text: str) -> bool:
    """Whether a client's id is valid and contains no Aadhaar number. The database checks the form too."""
    return _KEY.fullmatch(text) is not None and not detection.found(text)
