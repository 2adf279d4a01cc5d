"""What a query asks for, counted: its text as a whole, and its answer by the pages. Each fragment is read once."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from graphql import (
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_list_type,
    is_non_null_type,
)

from resolvers.pagination import DEFAULT_LENGTH, LONGEST

# What a list without pages is taken for: a plan has 60 installments at most, and most have 12.
_UNPAGED = 20
# Fragments within fragments count as depth too where nothing is selected between them, up to the stack's patience.
_DEEPEST_WITH_FRAGMENTS = 64
# The schema's questions about itself, whose depth a rule of the library bounds. What a type has of each kind, and a
# field of arguments: a few have twenty, and most have none.
_INTROSPECTION = {"__schema", "__type"}
_OF_A_TYPE = 3


class Complexity(NamedTuple):
    """What is below a selection. All of it adds up but the depth, of which the greatest counts."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    roots: int = 0
    cost: int = 0
    fragments: int = 0
    repeated: int = 0
    values: int = 0
    introspects: bool = False
    has_variable_pages: bool = False

    def beside(self, other: "Complexity") -> "Complexity":
        return Complexity(
            max(self.depth, other.depth),
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.roots + other.roots,
            self.cost + other.cost,
            self.fragments + other.fragments,
            self.repeated + other.repeated,
            self.values + other.values,
            self.introspects or other.introspects,
            self.has_variable_pages or other.has_variable_pages,
        )


class TooDeepError(Exception):
    """Deeper than is looked; how deep is not known."""


class Analysis:
    """Measures each fragment once, however often it is spread."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, object]) -> None:
        self._schema, self._variables = schema, variables
        self._fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }
        self._measured: dict[str, Complexity] = {}

    def operation(self, node: OperationDefinitionNode) -> Complexity:
        values = _values((), node.directives)
        for one in node.variable_definitions or ():
            values += 1 + _values((), one.directives) + (_size(one.default_value) if one.default_value else 0)
        root = self._schema.get_root_type(node.operation)
        return self._selections(node.selection_set.selections, root, 0).beside(Complexity(values=values))

    def rest(self) -> Complexity:
        """What is in the fragments that no operation has led to."""
        total = Complexity()
        for name in self._fragments:
            if name not in self._measured:
                total = total.beside(self._fragment(name, 0))
        return total

    def _selections(self, nodes: Sequence[SelectionNode], parent: object, level: int) -> Complexity:
        if level > _DEEPEST_WITH_FRAGMENTS:
            raise TooDeepError
        fragments = sum(not isinstance(node, FieldNode) for node in nodes)
        objects = [node for node in nodes if isinstance(node, FieldNode) and node.selection_set]
        names = {(node.alias or node.name).value for node in objects}
        total = Complexity(fragments=fragments, repeated=len(objects) - len(names))
        for node in nodes:
            total = total.beside(Complexity(values=_values(getattr(node, "arguments", None), node.directives)))
            if isinstance(node, FieldNode):
                total = total.beside(self._field(node, parent, level))
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                within = self._schema.get_type(condition.name.value) if condition else parent
                total = total.beside(self._selections(node.selection_set.selections, within, level + 1))
            elif isinstance(node, FragmentSpreadNode):
                total = total.beside(self._fragment(node.name.value, level))
        return total

    def _fragment(self, name: str, level: int) -> Complexity:
        if name not in self._measured:
            # For as long as it is being measured; that a fragment is within itself the schema's rules will say.
            self._measured[name] = Complexity()
            if fragment := self._fragments.get(name):
                within = self._schema.get_type(fragment.type_condition.name.value)
                below = self._selections(fragment.selection_set.selections, within, level + 1)
                self._measured[name] = below.beside(Complexity(values=_values((), fragment.directives)))
        return self._measured[name]

    def _field(self, node: FieldNode, parent: object, level: int) -> Complexity:
        name = node.name.value
        field = self._schema.get_field(parent, name) if isinstance(parent, GraphQLObjectType) else None
        below = Complexity()
        if node.selection_set:
            within = get_named_type(field.type) if field else None
            below = self._selections(node.selection_set.selections, within, level + 1)
        length, varies = self._length(node, field, parent)
        return Complexity(
            below.depth + 1,
            below.fields + 1,
            below.aliases + (node.alias is not None),
            name != "__typename",
            1 + length * below.cost,
            below.fragments,
            below.repeated,
            below.values,
            below.introspects or name in _INTROSPECTION,
            below.has_variable_pages or varies,
        )

    def _length(self, node: FieldNode, field: Any, parent: object) -> tuple[int, bool]:
        """How many rows a field is taken to have, and whether a variable says so."""
        if field is None or "first" not in field.args:
            kind = field.type.of_type if field is not None and is_non_null_type(field.type) else field and field.type
            paged = isinstance(parent, GraphQLObjectType) and parent.name.endswith("Connection")
            if paged or not is_list_type(kind):
                return 1, False
            if isinstance(parent, GraphQLObjectType) and parent.name.startswith("__"):
                return len(self._schema.type_map) if node.name.value == "types" else _OF_A_TYPE, False
            return _UNPAGED, False
        given = next((one.value for one in node.arguments or () if one.name.value == "first"), None)
        if isinstance(given, VariableNode):
            return _within(self._variables.get(given.name.value, DEFAULT_LENGTH)), True
        return _within(number(given) if isinstance(given, IntValueNode) else DEFAULT_LENGTH), False


def _values(arguments: Sequence[ArgumentNode] | None, directives: Sequence[DirectiveNode] | None) -> int:
    """How many values are given to a field and its directives, a directive itself being one."""
    given = sum(_size(one.value) for one in arguments or ())
    return given + sum(1 + _values(one.arguments, ()) for one in directives or ())


def _size(value: ValueNode) -> int:
    # How deep a value can be, the parser has seen to.
    members: Sequence[ValueNode] = ()
    if isinstance(value, ListValueNode):
        members = value.values
    elif isinstance(value, ObjectValueNode):
        members = [field.value for field in value.fields]
    return 1 + sum(map(_size, members))


def number(node: IntValueNode) -> int:
    # Python reads no number of thousands of digits; whatever it is, it is too long for a page.
    return int(node.value) if len(node.value) <= 10 else LONGEST


def _within(length: object) -> int:
    # What is no length of a page is refused where the page is made.
    return min(max(length, 1), LONGEST) if isinstance(length, int) else DEFAULT_LENGTH
