"""What is explained by more than its own line: the values of enumerations, and arguments that are a whole input."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar

import strawberry
from graphql import GraphQLInputObjectType, GraphQLSchema, get_named_type

Kind = TypeVar("Kind", bound=Enum)


def explain(kind: type[Kind], description: str, meanings: Mapping[Kind, str], *, name: str | None = None) -> None:
    """Make an enumeration, of ours or of the rules, known to the schema.

    Raises:
        KeyError: a value has no meaning.
    """
    known: Any = strawberry.enum(kind, name=name, description=description)
    for value in known.__strawberry_definition__.values:
        value.description = meanings[kind(value.value)]


def explain_inputs(schema: GraphQLSchema) -> None:
    """Let an argument that is a whole input say what its type says: a mutation has no other."""
    for field in schema.mutation_type.fields.values() if schema.mutation_type else ():
        for argument in field.args.values():
            kind = get_named_type(argument.type)
            if isinstance(kind, GraphQLInputObjectType):
                argument.description = kind.description
