"""An attribute that is only shown looks the same by the short way and by the executor's own."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
import strawberry
from strawberry.schema.config import StrawberryConfig

from resolvers.plain import PlainFieldsFirst
from rules.ledger import Event
from schema.scalars import SCALARS, Money

strawberry.enum(Event)


@strawberry.type
class Line:
    id: strawberry.ID
    kind: Event
    amount: Money
    paid_on: date | None


class Row(NamedTuple):
    id: int
    kind: Any
    amount: Any
    paid_on: date | None


@strawberry.type
class Query:
    @strawberry.field
    def lines(self, info: strawberry.Info) -> list[Line | None]:
        rows: Any = info.context
        return list(rows)


def answer(rows: list[Row], execution_context_class: Any) -> Any:
    schema = strawberry.Schema(
        Query, config=StrawberryConfig(scalar_map=SCALARS), execution_context_class=execution_context_class
    )
    result = schema.execute_sync("{ lines { id kind sum: amount paidOn } }", context_value=rows)
    return result.data, [(error.message, error.path) for error in result.errors or []]


@pytest.mark.parametrize(
    "row",
    [
        Row(1, Event.BILL, Decimal("1.5"), date(2026, 1, 31)),
        Row(2, Event.PAYMENT, Decimal("0.00"), None),
        Row(3, Event.BILL, None, None),
        Row(4, "no event", Decimal(1), None),
        Row(5, Event.BILL, "no money", None),
        Row(6, Event.BILL, ValueError("a row holds no errors"), None),
    ],
)
def test_a_row_looks_as_the_executor_itself_shows_it(row: Row) -> None:
    assert answer([row, row], PlainFieldsFirst) == answer([row, row], None)
