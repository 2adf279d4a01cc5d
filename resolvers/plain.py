"""A field that only shows an attribute is read and written out: nothing is prepared for a resolver that it has not.

Most of an answer is such fields, and the executor's way to each, which can do everything, costs several times as much.
"""

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from graphql import GraphQLNonNull, GraphQLObjectType, Undefined, is_leaf_type
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter


class _Plain(NamedTuple):
    read: Callable[[Any], Any]
    write: Callable[[Any], Any]
    may_be_null: bool


class PlainFieldsFirst(StrawberryGraphQLCoreExecutionContext):
    """The executor, but for scalars and enums that are attributes. What goes wrong with one, it is left to say."""

    def execute_field(
        self, parent_type: GraphQLObjectType, source: Any, field_details_list: Any, path: Any, position_context: Any
    ) -> Any:
        plain = _plain_fields(parent_type).get(field_details_list[0].node.name.value)
        if plain is not None:
            read, write, may_be_null = plain
            try:
                value = read(source)
                if value is None and may_be_null:
                    return None
                if (written := write(value)) is not None and value is not None and written is not Undefined:
                    return written
            except Exception:
                pass  # an attribute may be read twice
        return super().execute_field(parent_type, source, field_details_list, path, position_context)


@cache
def _plain_fields(parent_type: GraphQLObjectType) -> dict[str, _Plain]:
    plain = {}
    for name, field in parent_type.fields.items():
        must_be_there = isinstance(field.type, GraphQLNonNull)
        leaf: Any = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
        # So Strawberry marks what has neither a resolver nor an extension.
        if is_leaf_type(leaf) and getattr(field.resolve, "_is_default", False):
            attribute = field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF].python_name
            plain[name] = _Plain(attrgetter(attribute), leaf.coerce_output_value, not must_be_there)
    return plain
