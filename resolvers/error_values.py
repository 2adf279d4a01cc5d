"""A value in an error message is shown in JSON, as the client sent it, and is cut where it is long.

graphql-core 3.3 shows values as Python: `<Decimal instance>`, `None`, single quotes. It has one function for that, and
no option to replace it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sized
from decimal import Decimal
from itertools import islice
from typing import Any, Self

from schema import graphql_core_seam

_LONGEST = 240
_MOST_MEMBERS = 10
_DEEPEST = 4

# Two of the library's messages contain the name of Python's null.
_NONE = re.compile(r"\bnot to be None\.$")


class LiteralDecimal(Decimal):
    """A number with a fraction that keeps its text in JSON."""

    written: str

    @classmethod
    def of(cls, value: Decimal, written: str) -> Self:
        number = cls(value)
        number.written = written
        return number


class LiteralInt(int):
    """A whole number with a point or an exponent in JSON that keeps this text."""

    written: str

    @classmethod
    def of(cls, value: Decimal, written: str) -> Self:
        number = cls(value)
        number.written = written
        return number


def formatted(value: object, depth: int = 0) -> str:
    """A value as JSON, cut where it is long or deep. The library formats a value that JSON does not have."""
    if isinstance(value, dict):
        return _collected(
            "{}", [f"{_leaf(name)}: {formatted(one, depth + 1)}" for name, one in _first(value.items(), depth)], value
        )
    if isinstance(value, list):
        return _collected("[]", [formatted(one, depth + 1) for one in _first(value, depth)], value)
    return _leaf(value)


def _first(members: Iterable[Any], depth: int) -> Iterator[Any]:
    return islice(members, _MOST_MEMBERS if depth < _DEEPEST else 0)


def _collected(brackets: str, members: list[str], value: Sized) -> str:
    rest = ["…"] if len(value) > len(members) else []
    return brackets[0] + ", ".join([*members, *rest]) + brackets[1]


def _leaf(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, str):
        return _cut(json.dumps(value[: _LONGEST + 1], ensure_ascii=False))
    if isinstance(value, int | Decimal):
        return _cut(getattr(value, "written", None) or str(value))
    return graphql_core_seam.inspected(value)


def in_json(message: str) -> str:
    """A message of the library, with null instead of None."""
    return _NONE.sub("not to be null.", message)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


graphql_core_seam.show_values_with(formatted)
