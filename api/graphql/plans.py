"""A plan compiles an operation into programs: one for each setting of the variables of its @skip and @include.

A program is built of completers once, and runs at every later request with the same text. graphql-core collects the
fields, so that fragments, merged fields, type conditions and directives are its own.
"""

from collections.abc import Iterable
from operator import attrgetter
from typing import Any, NamedTuple

from graphql import (
    DirectiveNode,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    Visitor,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    visit,
)
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_fields, collect_subfields

from api.graphql import completers
from api.graphql.completers import Completer, Field, Operation, Run, Step
from schema import strawberry_seam

# Each variable of a condition doubles the programs; two or three of them are usual.
MOST_PROGRAMS = 8

_CONDITIONS = {"skip", "include"}


class UnsupportedError(Exception):
    """The operation is left to graphql-core."""


class Root(NamedTuple):
    """A field of Query or Mutation, and the completer of what its resolver answers."""

    field: Field
    complete: Completer


class Program(NamedTuple):
    """A compiled operation."""

    operation: Operation
    roots: tuple[Root, ...]


class Plan:
    """The programs of one operation, compiled at their first use."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, node: OperationDefinitionNode, most: int = MOST_PROGRAMS
    ) -> None:
        """Compile at most `most` programs; other settings are left to graphql-core."""
        fragments = [one for one in document.definitions if isinstance(one, FragmentDefinitionNode)]
        self.operation = Operation(schema, node, {one.name.value: one for one in fragments})
        self.document = document
        self._conditions = _Conditions()
        visit(document, self._conditions)
        self._is_supported = (
            not self._conditions.has_others
            and node.operation is not OperationType.SUBSCRIPTION
            and not any(one.variable_definitions for one in fragments)
        )
        self._most = min(most, MOST_PROGRAMS)
        self._programs: dict[tuple[object, ...], Program | None] = {}

    @property
    def number_of_programs(self) -> int:
        return len(self._programs)

    def program(self, variables: Any) -> Program | None:
        """The program for the coerced variables; None if graphql-core has to execute the operation."""
        if not self._is_supported:
            return None
        setting = tuple(variables.coerced.get(name) for name in self._conditions.names)
        if setting not in self._programs:
            if len(self._programs) >= self._most:
                return None
            self._programs[setting] = _compiled(self.operation, variables)
        return self._programs[setting]


class _Conditions(Visitor):
    """The variables of all @skip and @include, and whether there are other directives."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.has_others = False

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        if node.name.value not in _CONDITIONS:
            self.has_others = True
        for argument in node.arguments or ():
            if isinstance(argument.value, VariableNode) and argument.value.name.value not in self.names:
                self.names.append(argument.value.name.value)


def _compiled(operation: Operation, variables: Any) -> Program | None:
    try:
        return _Compiler(operation, variables).program()
    except (UnsupportedError, GraphQLError):
        return None


class _Compiler:
    """Builds the completers of a program, from the root fields down."""

    def __init__(self, operation: Operation, variables: Any) -> None:
        self._operation, self._variables = operation, variables
        self._fragments = {name: FragmentDetails(node) for name, node in operation.fragments.items()}

    def program(self) -> Program:
        schema, node, _ = self._operation
        root = schema.get_root_type(node.operation)
        if root is None:
            raise UnsupportedError
        collected = collect_fields(schema, self._fragments, self._variables, root, node)
        fields = list(self._fields(root, collected.grouped_field_set))
        # graphql-core executes mutations one after the other; more than one of them is refused before.
        if node.operation is OperationType.MUTATION and len(fields) > 1:
            raise UnsupportedError
        roots = (Root(field, self._completer(field.definition.type, field, details)) for field, details in fields)
        return Program(self._operation, tuple(roots))

    def _fields(
        self, parent: GraphQLObjectType, collected: dict[str, list[FieldDetails]]
    ) -> Iterable[tuple[Field, list[FieldDetails]]]:
        for key, details in collected.items():
            nodes = [one.node for one in details]
            definition = self._operation.schema.get_field(parent, nodes[0].name.value)
            if (
                definition is None
                or get_named_type(definition.type).name.startswith("__")
                or strawberry_seam.has_extensions(definition)
            ):
                raise UnsupportedError
            yield Field(key, definition, nodes, parent), details

    def _completer(
        self, type_: GraphQLOutputType, field: Field, details: list[FieldDetails], *, nullable: bool = True
    ) -> Completer:
        if is_non_null_type(type_):
            return self._completer(type_.of_type, field, details, nullable=False)
        if is_list_type(type_):
            return completers.list_of(self._completer(type_.of_type, field, details), nullable=nullable)
        if is_leaf_type(type_):
            return completers.leaf(type_, nullable=nullable)
        if is_abstract_type(type_):
            possible = self._operation.schema.get_possible_types(type_)
            members = {one.name: self._object(one, details, nullable=False) for one in possible}
            return completers.member_of(type_, field, members, nullable=nullable)
        assert isinstance(type_, GraphQLObjectType)
        return self._object(type_, details, nullable=nullable)

    def _object(self, type_: GraphQLObjectType, details: list[FieldDetails], *, nullable: bool) -> Completer:
        if type_.is_type_of is not None:
            raise UnsupportedError
        schema, node, _ = self._operation
        collected = collect_subfields(schema, self._fragments, self._variables, node, type_, details)
        fields = self._fields(type_, collected.grouped_field_set)
        return completers.object_of([self._step(field, below) for field, below in fields], nullable=nullable)

    def _step(self, field: Field, details: list[FieldDetails]) -> Step:
        if field.nodes[0].name.value == "__typename":
            name = field.parent.name
            return Step(field.key, None, None, str, lambda *_: name)
        type_ = field.definition.type
        complete = self._completer(type_, field, details)
        attribute = strawberry_seam.attribute(field.definition)
        if attribute is None or is_abstract_type(get_named_type(type_)):
            return Step(field.key, None, None, str, _resolved(field, complete))
        bare = type_.of_type if is_non_null_type(type_) else type_
        kind, write = completers.usual(bare) if is_leaf_type(bare) else (None, str)
        return Step(field.key, attrgetter(attribute), kind, write, complete)


def _resolved(field: Field, complete: Completer) -> Completer:
    """Completes what the field's resolver returns for an object."""
    if function := strawberry_seam.function_of(field.definition):
        call, takes_info = function

        if takes_info:

            def finish(source: Any, run: Run, place: Any, key: Any) -> Any:
                return complete(call(source, run.strawberry_info(field)), run, place, key)
        else:

            def finish(source: Any, run: Run, place: Any, key: Any) -> Any:
                return complete(call(source), run, place, key)

        return finish
    resolve: Any = field.definition.resolve
    if resolve is None:
        raise UnsupportedError

    def finish_resolved(source: Any, run: Run, place: Any, key: Any) -> Any:
        return complete(resolve(source, run.info(field), **run.arguments(field)), run, place, key)

    return finish_resolved
