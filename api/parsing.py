"""JSON that a client sends, read once: with exact numbers and storable strings."""

import json
from decimal import Decimal, InvalidOperation
from typing import NoReturn

from api.graphql.strings import storable
from resolvers.error_values import LiteralDecimal, LiteralInt

# A request of ours has some twenty. What is wrong with one member of an input is told with all of the input.
MOST_VALUES = 2_000
_TOO_MANY = f"there are more than {MOST_VALUES} values"
# That of the greatest double. The digits of a greater number are not written out.
_LARGEST_EXPONENT = 308


def read_json(data: str | bytes, *, named_once: bool = False) -> object:
    """JSON with exact numbers and storable strings; anything else is a JSONDecodeError, whatever is wrong.

    With `named_once` so is an object with two members of one name, of which a parser keeps whichever it likes.
    """
    pairs = _once if named_once else None
    try:
        text = data.decode() if isinstance(data, bytes) else data
        # RFC 8259 lets a reader ignore a byte order mark, which editors and .NET put in front.
        text = text.removeprefix("\ufeff")
        value: object = json.loads(text, parse_float=_Numbers(), parse_constant=_not_a_number, object_pairs_hook=pairs)
        _check(value, strings="\\u" in text)
    except (ValueError, RecursionError) as error:
        raise json.JSONDecodeError(str(error), "", 0) from None
    return value


class _Numbers:
    """Reads the numbers of one text that have a point or an exponent, no more than a request may have values.

    One without a fraction is an int, as in JSON Schema: 12.0 is 12.
    """

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, text: str) -> Decimal | int:
        self._count += 1
        if self._count > MOST_VALUES:
            raise ValueError(_TOO_MANY)
        try:
            value = Decimal(text)
        except InvalidOperation:  # an exponent of more digits than Decimal has
            raise ValueError("a number is out of range") from None
        if value.adjusted() <= _LARGEST_EXPONENT and value == value.to_integral_value():
            return LiteralInt.of(value, text)
        return LiteralDecimal.of(value, text)


def _not_a_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not valid JSON")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    named = dict(pairs)
    if len(named) < len(pairs):
        raise ValueError("an object has two members of one name")
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
            raise ValueError("a string contains NUL or an unpaired surrogate")
        if seen + len(waiting) > MOST_VALUES:
            raise ValueError(_TOO_MANY)
