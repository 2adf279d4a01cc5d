"""Completers write resolved values as JSON values; a compiled program consists of them.

They know only how things go well. Anything else raises an exception, and graphql-core executes the operation instead:
an error, null where the schema forbids it, a list that is no list, a value that a scalar refuses.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from inspect import iscoroutine
from types import GeneratorType, NoneType
from typing import Any, NamedTuple, TypeAlias

import strawberry
from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLAbstractType,
    GraphQLField,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    get_argument_values,
    is_enum_type,
)
from graphql.pyutils import Path, UndefinedType, is_awaitable
from tortoise.models import Model

from api.graphql.limits import MOST_COST
from schema import strawberry_seam

ResolveInfo: TypeAlias = GraphQLResolveInfo[Any]

# Writes a value, given the run and the value's place: a dict and a key, or a list and an index. A value that has to be
# awaited is noted with its place, and its completer returns None as a placeholder.
Completer = Callable[[Any, "Run", Any, Any], Any]


class UnexpectedValueError(Exception):
    """The answer is left to graphql-core."""


def _integer(value: int) -> int:
    if not GRAPHQL_MIN_INT <= value <= GRAPHQL_MAX_INT:
        raise UnexpectedValueError
    return value


# The class that most values of a scalar have, and a function that writes such values as the scalar does. None stands
# for the scalar's own function. A value of another class takes the way of graphql-core.
_USUAL: Mapping[str, tuple[type, Callable[[Any], Any] | None]] = {
    "String": (str, str),
    "ID": (int, str),
    "Boolean": (bool, bool),
    "Int": (int, _integer),
    "Money": (Decimal, None),
    "Percent": (Decimal, None),
    "Date": (date, date.isoformat),
}


class Field:
    """A field of an operation: its place in the answer, its definition, and its syntax nodes."""

    __slots__ = ("definition", "key", "nodes", "parent")

    def __init__(self, key: str, definition: GraphQLField, nodes: list[FieldNode], parent: GraphQLObjectType) -> None:
        self.key, self.definition, self.nodes, self.parent = key, definition, nodes, parent


class Operation(NamedTuple):
    """An operation and the document's fragments, as GraphQLResolveInfo has them."""

    schema: GraphQLSchema
    node: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]


class Run:
    """One execution: its variables and its context, and the values for which it has to wait."""

    def __init__(self, operation: Operation, variables: Any, root_value: object, context: object) -> None:
        self._operation, self._variables, self._root_value, self._context = operation, variables, root_value, context
        self._infos: dict[Field, ResolveInfo] = {}
        self._strawberry_info: strawberry.Info[Any, Any] | None = None
        self._arguments: dict[Field, dict[str, Any]] = {}
        self.pending: list[tuple[Any, Any, Any, Completer]] = []
        self.answered = 0

    def info(self, field: Field, path: Path | None = None) -> ResolveInfo:
        """The info of a field. It serves all objects that have the field, so that only a root field has a path."""
        if (info := self._infos.get(field)) is None:
            schema, node, fragments = self._operation
            of_field: Any = (field.nodes[0].name.value, field.nodes, field.definition.type, field.parent, path)
            of_run: Any = (schema, fragments, self._root_value, node, self._variables, self._context)
            # Our resolvers use no functions for asynchronous work; a run is stopped by its task, not by a signal.
            info = self._infos[field] = ResolveInfo._make((*of_field, *of_run, is_awaitable, None, None))
        return info

    def strawberry_info(self, field: Field) -> strawberry.Info[Any, Any]:
        """An info for functions that use only its context, which is the same for all of them (the tests see to it)."""
        if self._strawberry_info is None:
            self._strawberry_info = strawberry_seam.info_of(self.info(field), field.definition)
        return self._strawberry_info

    def arguments(self, field: Field) -> dict[str, Any]:
        """The values of a field's arguments, the same for all objects that have the field."""
        if not (field.definition.args or field.nodes[0].arguments):
            return {}
        if (values := self._arguments.get(field)) is None:
            values = get_argument_values(field.definition, field.nodes[0], self._variables)
            self._arguments[field] = values
        return values

    def close(self) -> None:
        """Close the coroutines that nothing will await."""
        for _, _, value, _ in self.pending:
            if iscoroutine(value):
                value.close()
        self.pending.clear()


class Step(NamedTuple):
    """How an object writes one field.

    `read` takes the value from the object; None if `complete` takes the object itself. `write` writes a value of the
    `usual` class, without a call of `complete`.
    """

    key: str
    read: Callable[[Any], Any] | None
    usual: type | None
    write: Callable[[Any], Any]
    complete: Completer


def usual(type_: GraphQLLeafType) -> tuple[type | None, Callable[[Any], Any]]:
    """The usual class of a leaf's values, and the function that writes them."""
    if is_enum_type(type_):
        members: Any = getattr(type_, "wrapped_cls", None)
        return members, {member: type_.coerce_output_value(member) for member in members or ()}.__getitem__
    kind, write = _USUAL.get(type_.name, (None, None))
    return kind, write or type_.coerce_output_value


@lru_cache(maxsize=1024)
def is_plain(kind: type) -> bool:
    """Whether values of a class stand for themselves, decided once for each class.

    Coroutines and futures do not. Rows of the ORM do, although they are awaitable: they await themselves.
    """
    if issubclass(kind, Model):
        return True
    return not issubclass(kind, (NoneType, UndefinedType, BaseException, GeneratorType)) and not hasattr(
        kind, "__await__"
    )


def leaf(type_: GraphQLLeafType, *, nullable: bool) -> Completer:
    """The completer of a scalar or an enum."""
    kind, write = usual(type_)
    coerce = type_.coerce_output_value

    def complete(value: Any, run: Run, place: Any, key: Any) -> Any:
        if value.__class__ is kind:
            return write(value)
        if not is_plain(value.__class__):
            return _absent(value, nullable, run, (place, key, value, complete))
        written = coerce(value)
        if written is None or written is Undefined:
            raise UnexpectedValueError
        return written

    return complete


def list_of(item: Completer, *, nullable: bool) -> Completer:
    """The completer of a list."""

    def complete(values: Any, run: Run, place: Any, key: Any) -> Any:
        if values.__class__ is not list and values.__class__ is not tuple:
            if is_plain(values.__class__):
                raise UnexpectedValueError
            return _absent(values, nullable, run, (place, key, values, complete))
        written: list[Any] = []
        for index, value in enumerate(values):
            written.append(item(value, run, written, index))
        return written

    return complete


def object_of(steps: Sequence[Step], *, nullable: bool) -> Completer:
    """The completer of an object: a dict of its fields, in the order of the operation."""
    number = len(steps)

    def complete(source: Any, run: Run, place: Any, key: Any) -> Any:
        if not is_plain(source.__class__):
            return _absent(source, nullable, run, (place, key, source, complete))
        run.answered += number
        if run.answered > MOST_COST:
            raise UnexpectedValueError
        written: dict[str, Any] = {}
        for name, read, kind, write, finish in steps:
            if read is None:
                written[name] = finish(source, run, written, name)
            else:
                value = read(source)
                written[name] = write(value) if value.__class__ is kind else finish(value, run, written, name)
        return written

    return complete


def member_of(
    type_: GraphQLAbstractType, field: Field, members: Mapping[str, Completer], *, nullable: bool
) -> Completer:
    """The completer of a union or an interface, by the completers of its members."""
    resolve_type: Any = type_.resolve_type

    def complete(value: Any, run: Run, place: Any, key: Any) -> Any:
        if not is_plain(value.__class__):
            return _absent(value, nullable, run, (place, key, value, complete))
        return members[resolve_type(value, run.info(field), type_)](value, run, place, key)

    return complete


def _absent(value: object, nullable: bool, run: Run, waiting: tuple[Any, Any, Any, Completer]) -> None:
    """None for null, and for a value that is noted to be awaited."""
    if value is None or value is Undefined:
        if nullable:
            return
    elif is_awaitable(value):
        run.pending.append(waiting)
        return
    raise UnexpectedValueError
