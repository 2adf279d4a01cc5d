"""Answers as JSON: the values that the standard library writes, whichever library writes them."""

import dataclasses
import datetime
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.graphql.view import GraphQLView
from api.json_answers import json_bytes
from resolvers.error_values import LiteralDecimal, LiteralInt

TEXTS = st.text(st.characters(codec=None), max_size=8) | st.sampled_from(
    ["\ud800", "नमस्ते", "\u2028</script>", "\x00\x7f"]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**63, 2**64, -(2**63) - 1, 10**400])
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=12
)


@given(VALUES)
def test_a_value_is_read_as_it_was_written(value: Any) -> None:
    assert json.loads(json_bytes(value)) == value


def test_an_answer_has_no_blanks_and_keeps_its_order() -> None:
    assert json_bytes({"data": {"b": [1, 2], "a": "é"}}).decode() == '{"data":{"b":[1,2],"a":"é"}}'


def test_events_and_messages_are_ascii() -> None:
    view = object.__new__(GraphQLView)
    assert view.encode_json({"name": "é\u2028"}) == '{"name":"\\u00e9\\u2028"}'


def test_an_object_has_names_of_any_type_that_json_can_name() -> None:
    assert json_bytes({1: "a", None: "b", 2.5: "c"}).decode() == json.dumps(
        {1: "a", None: "b", 2.5: "c"}, separators=(",", ":")
    )


def test_a_number_with_a_text_of_its_own_is_a_number() -> None:
    assert json_bytes([LiteralInt.of(Decimal("1e3"), "1e3")]) == b"[1000]"


class Row:
    pass


@dataclasses.dataclass
class Data:
    secret: str


@pytest.mark.parametrize(
    "value",
    [
        Decimal("1.50"),
        LiteralDecimal.of(Decimal("1.5"), "1.5"),
        datetime.date(2026, 1, 1),
        datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
        b"bytes",
        {"a": {1, 2}},
        Row(),
        Data("hidden"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_that_json_does_not_have_is_an_error(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        json_bytes(value)
    with pytest.raises((TypeError, ValueError)):
        # The second value is written by the standard library.
        json_bytes([value, 2**70])
