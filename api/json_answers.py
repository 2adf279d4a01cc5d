"""Answers are written as JSON by orjson, and by the standard library where orjson refuses a value that JSON has.

Events and messages of a WebSocket stay ASCII: some clients split an event at U+2028, which orjson does not escape.
"""

import json
from typing import Any

import orjson
from starlette.responses import JSONResponse

# orjson would also write dates and dataclasses. Scalars have made strings of them before: one that is left is an error,
# as it is for the standard library.
_STRICT = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME


def json_bytes(value: object) -> bytes:
    """JSON without blanks, in UTF-8.

    Raises:
        TypeError, ValueError: JSON has no such value.
    """
    try:
        return orjson.dumps(value, option=_STRICT)
    except orjson.JSONEncodeError:
        # A number of more than 64 bits, a name that is no string, or a lone surrogate, which needs an escape.
        return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()


class JsonResponse(JSONResponse):
    """Starlette's JSON response, written by `json_bytes`."""

    def render(self, content: Any) -> bytes:
        return json_bytes(content)
