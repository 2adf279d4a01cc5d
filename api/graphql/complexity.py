"""The complexity of a query is measured from its text and its page lengths; each fragment is measured once."""

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

# The assumed length of a list without pages: a plan has at most 60 installments, and most plans have 12.
_UNPAGED = 20
# Fragments nested directly in fragments add no field depth, but each level is a recursion: this protects the stack.
_DEEPEST_WITH_FRAGMENTS = 64
# The introspection fields, whose depth a rule of graphql-core bounds. _OF_A_TYPE is the assumed length of their lists:
# a few types have twenty fields. _OF_A_FIELD is that of arguments, which most fields do not have.
_INTROSPECTION = {"__schema", "__type"}
_OF_A_TYPE = 3
_OF_A_FIELD = 1


class Complexity(NamedTuple):
    """The counts below a selection. Counts of neighbours are added, except for the depth: the greatest counts."""

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
    """The query is deeper than the analysis goes."""


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
        """The counts of the fragments that no operation uses."""
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
            # Ends the recursion of a fragment within itself, which the validation rules refuse later.
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
        """The assumed number of rows of a field, and whether a variable decides it."""
        if field is None or "first" not in field.args:
            kind = field.type.of_type if field is not None and is_non_null_type(field.type) else field and field.type
            paged = isinstance(parent, GraphQLObjectType) and parent.name.endswith("Connection")
            if paged or not is_list_type(kind):
                return 1, False
            if isinstance(parent, GraphQLObjectType) and parent.name.startswith("__"):
                if node.name.value == "types":
                    return len(self._schema.type_map), False
                return _OF_A_FIELD if node.name.value == "args" else _OF_A_TYPE, False
            return _UNPAGED, False
        given = next((one.value for one in node.arguments or () if one.name.value == "first"), None)
        if isinstance(given, VariableNode):
            return _within(self._variables.get(given.name.value, DEFAULT_LENGTH)), True
        return _within(number(given) if isinstance(given, IntValueNode) else DEFAULT_LENGTH), False


def _values(arguments: Sequence[ArgumentNode] | None, directives: Sequence[DirectiveNode] | None) -> int:
    """The number of values in arguments and directives; a directive itself counts as one."""
    given = sum(_size(one.value) for one in arguments or ())
    return given + sum(1 + _values(one.arguments, ()) for one in directives or ())


def _size(value: ValueNode) -> int:
    # The recursion is bounded: the parser refuses values that are nested too deeply.
    members: Sequence[ValueNode] = ()
    if isinstance(value, ListValueNode):
        members = value.values
    elif isinstance(value, ObjectValueNode):
        members = [field.value for field in value.fields]
    return 1 + sum(map(_size, members))


def number(node: IntValueNode) -> int:
    # int() refuses thousands of digits. A number of more than 10 digits is too long for a page anyway.
    return int(node.value) if len(node.value) <= 10 else LONGEST


def _within(length: object) -> int:
    # The resolver refuses an invalid page length.
    return min(max(length, 1), LONGEST) if isinstance(length, int) else DEFAULT_LENGTH
