"""An input that is made in one step equals the one that Strawberry makes field by field."""

import dataclasses
import datetime
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
import strawberry
from strawberry.types.arguments import convert_argument

from api.graphql.root import schema
from rules.counter import PaymentMode
from rules.loan import PrepaymentChoice
from schema.inputs import made_of_scalars
from schema.payments import MakePaymentInput
from schema.scalars import Money


@strawberry.input
class FieldByField:
    """The fields of MakePaymentInput."""

    loan_id: strawberry.ID
    amount: Money
    payment_date: datetime.date | None = None
    transaction_id: str | None = None
    mode: PaymentMode | None = None
    reference: str | None = None
    prepayment: PrepaymentChoice | None = PrepaymentChoice.REDUCE_EMI
    backdate: bool | None = False
    reason: str | None = None


VALUES: dict[str, Any] = {
    "loanId": "7",
    "amount": Decimal("1.00"),
    "paymentDate": datetime.date(2026, 1, 31),
    "transactionId": "t",
    "mode": PaymentMode.UPI,
    "reference": "r",
    "prepayment": PrepaymentChoice.REDUCE_TERM,
    "backdate": True,
    "reason": "found",
}
OPTIONAL = ("paymentDate", "mode", "prepayment")


def converted(kind: type[Any], values: dict[str, Any]) -> dict[str, Any]:
    return vars(convert_argument(values, kind, schema.schema_converter.scalar_registry, schema.config))


def test_the_fields_of_both_are_the_same() -> None:
    names = [[field.name for field in dataclasses.fields(kind)] for kind in (MakePaymentInput, FieldByField)]
    assert names[0] == names[1]


@pytest.mark.parametrize("left_out", [(), *combinations(OPTIONAL, 1), OPTIONAL])
@pytest.mark.parametrize("null", [(), *combinations(OPTIONAL, 1), OPTIONAL])
def test_an_input_of_scalars_is_the_one_that_strawberry_makes(left_out: tuple[str], null: tuple[str]) -> None:
    values = {name: value for name, value in VALUES.items() if name not in left_out}
    values |= {name: None for name in null if name in values}
    made = converted(MakePaymentInput, values)
    assert made == converted(FieldByField, values)
    assert made["loan_id"] == "7"


def test_an_input_with_a_list_or_an_input_is_left_to_strawberry() -> None:
    @strawberry.input
    class WithList:
        names: list[str] | None = None

    @strawberry.input
    class WithInput:
        inner: MakePaymentInput

    @strawberry.input
    class WithoutDefault:
        name: str | None

    for kind in (WithList, WithInput, WithoutDefault):
        with pytest.raises(TypeError):
            made_of_scalars(kind)
