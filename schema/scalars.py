"""Values are parsed once, at the edge. Behind these scalars, money is exact, finite and in range."""

import datetime
import re
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import NewType

import strawberry
from graphql import FloatValueNode, IntValueNode, StringValueNode, ValueNode
from strawberry.schema.types.base_scalars import DateTimeDefinition
from strawberry.types.scalar import ScalarDefinition

from rules.money import RATE_STEP, parse_money, parse_rate

# fromisoformat() would also accept a week, and a day without hyphens.
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

Money = NewType("Money", Decimal)
Percent = NewType("Percent", Decimal)


def _written(value: object) -> str | Decimal:
    """The client's text of a number. JSON numbers arrive as int or Decimal, never as float."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str | Decimal):
        return value
    raise ValueError("write it as a string or a number")


def _written_literal(node: ValueNode) -> str | Decimal:
    if isinstance(node, StringValueNode):
        return node.value
    if not isinstance(node, IntValueNode | FloatValueNode):
        raise ValueError("write it as a string or a number")
    try:
        return Decimal(node.value)
    except InvalidOperation:  # an exponent of more digits than Decimal has
        raise ValueError("that number is out of range") from None


def _money(value: object) -> Decimal:
    return parse_money(_written(value))


def _money_literal(node: ValueNode, variables: object = None) -> Decimal:
    return parse_money(_written_literal(node))


def _money_text(value: Decimal) -> str:
    # Stored amounts have two decimals already. str() writes them in a third of the time of a format.
    text = str(value)
    return text if text[-3:-2] == "." else f"{value:.2f}"


def _percent(value: object) -> Decimal:
    return parse_rate(_written(value))


def _percent_literal(node: ValueNode, variables: object = None) -> Decimal:
    return parse_rate(_written_literal(node))


def _parse_date(value: object) -> datetime.date:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise ValueError("write a date as a string, year first: 2026-01-31")
    try:
        return datetime.date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"there is no {value} in the calendar") from None


SCALARS: dict[object, ScalarDefinition] = {
    Money: strawberry.scalar(
        name="Money",
        description=(
            'Rupees. Output: a string with two decimals, "4406.03". Input: a string or a number, at most two'
            " decimals, finite, below 10^12; other values are validation errors. A string is a plain decimal:"
            ' digits, a minus in front if needed, and a point between digits; "1e3" and "+5" are refused. Keep it'
            " a string: a float cannot represent it."
        ),
        serialize=_money_text,
        parse_value=_money,
        parse_literal=_money_literal,
    ),
    Percent: strawberry.scalar(
        name="Percent",
        description=(
            'Percent, e.g. "10.500". Input: a string or a number, at most three decimals, finite, below 10^6;'
            " other values are validation errors. A string is a plain decimal, as for Money."
        ),
        serialize=lambda value: str(value.quantize(RATE_STEP)),
        parse_value=_percent,
        parse_literal=_percent_literal,
    ),
    datetime.date: strawberry.scalar(
        name="Date",
        description=(
            'A calendar date in the lender\'s time zone, "2026-01-31". It has no time. Do not convert it to a'
            " moment, which may fall on another day in the reader's time zone."
        ),
        serialize=lambda value: value.isoformat(),
        parse_value=_parse_date,
    ),
    datetime.datetime: replace(
        DateTimeDefinition,
        description=('A moment in UTC in ISO 8601: "2026-01-31T04:12:09.120417+00:00". The fraction may be missing.'),
    ),
}
