"""What a client sends, read once: JSON with exact numbers and storable strings, and which answer it takes."""

import json
from decimal import Decimal, InvalidOperation
from typing import NoReturn

from resolvers.literals import storable

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
# A request of ours has some twenty. What is wrong with one member of an input is told with all of the input.
MOST_VALUES = 2_000
# What either kind of answer to this request may be called for; a stream and a page are others' business.
_JSON_RANGES = {JSON: JSON, GRAPHQL: GRAPHQL, "*/*": JSON, "application/*": JSON}


def read_json(data: str | bytes, *, named_once: bool = False) -> object:
    """JSON with exact numbers and storable strings; anything else is a JSONDecodeError, whatever is wrong.

    With `named_once` so is an object with two members of one name, of which a parser keeps whichever it likes.
    """
    pairs = _once if named_once else None
    try:
        text = data.decode() if isinstance(data, bytes) else data
        value: object = json.loads(text, parse_float=_exact, parse_constant=_not_a_number, object_pairs_hook=pairs)
        _check(value, strings="\\u" in text)
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


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    named = dict(pairs)
    if len(named) < len(pairs):
        raise ValueError("a member of an object stands in it twice")
    return named


def _check(value: object, *, strings: bool) -> None:
    """Raises: ValueError: more values than anybody needs, or a string that cannot be stored; those are looked at only
    where the text has an escape in it, without which there is none.
    """
    waiting, seen = [value], 0
    while waiting:
        one = waiting.pop()
        seen += 1
        if isinstance(one, dict):
            waiting += one.values()
            if strings:
                waiting += one
        elif isinstance(one, list):
            waiting += one
        elif strings and isinstance(one, str) and not storable(one):
            raise ValueError("a string holds NUL or half of a surrogate pair")
        if seen + len(waiting) > MOST_VALUES:
            raise ValueError(f"there are more than {MOST_VALUES} values")
