"""The private parts of Strawberry that kist uses: graphql-core's schema, an operation's steps, and a field's nodes."""

from collections.abc import Iterable
from typing import Any

import strawberry
from graphql import FieldNode, GraphQLSchema
from strawberry.types import ExecutionContext

VERSION = "0.341.2"


class SteppedSchema(strawberry.Schema):
    """A schema whose subclasses may override two steps of an operation, whatever its transport.

    An extension would run around every step; at 20 microseconds each that shows in a payment. Overriding methods and
    `super()` reach the library's own methods without another call in between.
    """

    # Parses and validates an operation. Returns the error that ends it, or None.
    prepare_operation: Any = strawberry.Schema._prepare_operation_async
    # Executes a query or a mutation, or one event of a subscription.
    execute_operation: Any = strawberry.Schema._execute_operation

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._prepare_operation_async = cls.prepare_operation  # type: ignore[method-assign]
        cls._execute_operation = cls.execute_operation  # type: ignore[method-assign]

    @property
    def core(self) -> GraphQLSchema:
        """The schema of graphql-core, for validation and for look-ups of types."""
        return self._schema


def core(schema: Any) -> GraphQLSchema:
    """The schema of graphql-core behind any schema of Strawberry's."""
    found: GraphQLSchema = schema._schema
    return found


def asked_operation_name(context: ExecutionContext) -> str | None:
    """The operation name that the client sent. `operation_name` falls back to the first operation's."""
    return context._provided_operation_name


def field_nodes(info: strawberry.Info[Any, Any]) -> Iterable[FieldNode]:
    """The syntax nodes of the field that is being resolved. `info.selected_fields` first converts the whole tree."""
    return info._raw_info.field_nodes
