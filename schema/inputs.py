"""An input of scalars is made in one step from their values, which graphql-core has converted already."""

from collections.abc import Mapping
from dataclasses import MISSING
from typing import Any, TypeVar

from strawberry.types import get_object_definition
from strawberry.types.base import StrawberryOptional, StrawberryType, has_object_definition
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.utils.str_converters import to_camel_case

Input = TypeVar("Input", bound=type[Any])


def made_of_scalars(kind: Input) -> Input:
    """Make an input from the values of its fields. Strawberry would look up the type of each field for each request,
    which takes a twelfth of a payment.

    Raises:
        TypeError: a field is neither a scalar nor an enumeration, so that Strawberry has to convert it, or it may be
            omitted without a default.
    """
    definition = get_object_definition(kind, strict=True)
    for field in definition.fields:
        type_: Any = field.type
        is_optional = isinstance(type_, StrawberryOptional)
        type_ = type_.of_type if is_optional else type_
        # The schema's own type of an enumeration makes its members.
        is_enumeration = isinstance(type_, StrawberryEnumDefinition)
        if not is_enumeration and (isinstance(type_, StrawberryType) or has_object_definition(type_)):
            raise TypeError(f"{kind.__name__}.{field.python_name} is not a scalar")
        if is_optional and field.default is MISSING:
            raise TypeError(f"{kind.__name__}.{field.python_name} has no default")
    names = {field.graphql_name or to_camel_case(field.python_name): field.python_name for field in definition.fields}

    def made(input_type: type[Any], values: Mapping[str, Any], _: object) -> Any:
        return input_type(**{names[name]: value for name, value in values.items()})

    definition.from_input = made
    return kind
