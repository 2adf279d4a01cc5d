"""The private parts of Strawberry that kist uses: graphql-core's schema, an operation's steps, and a field's parts."""

from collections.abc import Callable, Iterable
from typing import Any

import strawberry
from graphql import FieldNode, GraphQLField, GraphQLResolveInfo, GraphQLSchema
from strawberry.schema.schema_converter import GraphQLCoreConverter
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


def has_extensions(field: GraphQLField) -> bool:
    """Whether Strawberry calls extensions around the field's resolver."""
    return bool(_definition(field) and _definition(field).extensions)


def attribute(field: GraphQLField) -> str | None:
    """The attribute that a field without a resolver reads from its object; None for any other field."""
    definition = _definition(field)
    name: str | None = definition.python_name if definition and definition.is_basic_field else None
    return name


def function_of(field: GraphQLField) -> tuple[Callable[..., Any], bool] | None:
    """The function behind a resolver that takes the object, and whether it takes an info after it.

    None for any other resolver, e.g. one with arguments, whose values Strawberry converts.
    """
    resolver: Any = getattr(_definition(field), "base_resolver", None)
    if resolver is None or resolver.arguments or not callable(resolver.wrapped_func):
        return None
    sources = {one.name for one in (resolver.self_parameter, resolver.parent_parameter, resolver.root_parameter) if one}
    infos = {resolver.info_parameter.name} if resolver.info_parameter else set()
    match list(resolver.signature.parameters):
        case [source] if source in sources:
            return resolver.wrapped_func, False
        case [source, info] if source in sources and info in infos:
            return resolver.wrapped_func, True
    return None


def info_of(info: GraphQLResolveInfo[Any], field: GraphQLField) -> strawberry.Info[Any, Any]:
    """Strawberry's info around graphql-core's."""
    return strawberry.Info(_raw_info=info, _field=_definition(field))


def _definition(field: GraphQLField) -> Any:
    """Strawberry's definition of a field; None for those of graphql-core, such as __typename."""
    return (field.extensions or {}).get(GraphQLCoreConverter.DEFINITION_BACKREF)
