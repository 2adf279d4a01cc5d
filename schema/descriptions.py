"""Descriptions of enumeration values and of arguments that are whole inputs."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar

import strawberry
from graphql import GraphQLInputObjectType, GraphQLSchema, get_named_type

Kind = TypeVar("Kind", bound=Enum)


def explain(kind: type[Kind], description: str, meanings: Mapping[Kind, str], *, name: str | None = None) -> None:
    """Register an enumeration, of the schema or of the rules, with its descriptions.

    Raises:
        KeyError: a value has no description.

    """
    known: Any = strawberry.enum(kind, name=name, description=description)
    for value in known.__strawberry_definition__.values:
        value.description = meanings[kind(value.value)]


def explain_inputs(schema: GraphQLSchema) -> None:
    """Give each input argument of a mutation the description of its input type."""
    for field in schema.mutation_type.fields.values() if schema.mutation_type else ():
        for argument in field.args.values():
            kind = get_named_type(argument.type)
            if isinstance(kind, GraphQLInputObjectType):
                argument.description = kind.description
