"""What a client sends, read once: JSON with exact numbers and storable strings, and which answer it takes."""

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import NoReturn

from resolvers.literals import storable

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
# What either kind of answer to this request may be called for; a stream and a page are others' business.
_JSON_RANGES = {JSON: JSON, GRAPHQL: GRAPHQL, "*/*": JSON, "application/*": JSON}


def read_json(data: str | bytes) -> object:
    """JSON with exact numbers and storable strings; anything else is a JSONDecodeError, whatever is wrong."""
    try:
        text = data.decode() if isinstance(data, bytes) else data
        value: object = json.loads(text, parse_float=_exact, parse_constant=_not_a_number)
        if "\\u" in text and not all(map(storable, _strings(value))):
            raise ValueError("a string holds NUL or half of a surrogate pair")
    except (ValueError, RecursionError) as error:
        raise json.JSONDecodeError(str(error), "", 0) from None
    return value


def ranges(accept: str) -> dict[str, float]:
    """The media types a header accepts, with how much they are liked, in its order. None at all means any."""
    liked: dict[str, float] = {}
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((one[2:] for one in parameters if one.startswith("q=")), "1")
        if name:
            liked[name] = float(quality) if quality.replace(".", "", 1).isdecimal() and quality.isascii() else 0.0
    return liked or {"*/*": 1.0}


def media_type(accept: str) -> str | None:
    """Which of the two JSON answers is liked best; None where neither is taken."""
    liked = {name: quality for name, quality in ranges(accept).items() if quality > 0 and name in _JSON_RANGES}
    return _JSON_RANGES[max(liked, key=lambda name: liked[name])] if liked else None


def _exact(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent of more digits than Decimal has
        raise ValueError("a number is out of range") from None


def _not_a_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from _strings(member)
    elif isinstance(value, list):
        for member in value:
            yield from _strings(member)
