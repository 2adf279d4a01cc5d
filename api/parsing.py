"""A client's JSON is parsed once, with exact numbers and with strings that PostgreSQL can store."""

import json
from decimal import Decimal, InvalidOperation
from typing import NoReturn

from api.graphql.strings import storable
from resolvers.error_values import LiteralDecimal, LiteralInt

# A request of the console has some twenty. The bound matters because graphql-core quotes the whole input in each error
# about a member of it.
MOST_VALUES = 2_000
_TOO_MANY = f"there are more than {MOST_VALUES} values"
# The exponent of the greatest double. A greater number is not expanded into its digits.
_LARGEST_EXPONENT = 308


def read_json(data: str | bytes, *, named_once: bool = False) -> object:
    """Parse JSON with exact numbers and storable strings.

    Raises:
        JSONDecodeError: the text is not such JSON. With `named_once`, also for an object with two members of one name,
            of which parsers keep the first or the last.
    """
    pairs = _once if named_once else None
    try:
        text = data.decode() if isinstance(data, bytes) else data
        # RFC 8259 lets a parser ignore a byte order mark, which editors and .NET write.
        text = text.removeprefix("\ufeff")
        value: object = json.loads(text, parse_float=_Numbers(), parse_constant=_not_a_number, object_pairs_hook=pairs)
        _check(value, strings="\\u" in text)
    except (ValueError, RecursionError) as error:
        raise json.JSONDecodeError(str(error), "", 0) from None
    return value


class _Numbers:
    """Parses the numbers of one text that have a point or an exponent, at most MOST_VALUES of them.

    A number without a fraction becomes an int, as in JSON Schema: 12.0 is 12.
    """

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, text: str) -> Decimal | int:
        self._count += 1
        if self._count > MOST_VALUES:
            raise ValueError(_TOO_MANY)
        try:
            value = Decimal(text)
        except InvalidOperation:  # the exponent is too large for Decimal
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
    r"""Raises: ValueError: more than MOST_VALUES values, or a string that PostgreSQL cannot store.

    Such a string needs an escape such as \u0000, so that strings are checked only if the text has escapes.
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
