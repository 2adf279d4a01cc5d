"""How much one request may ask for. Judged before the schema's own rules, in time that grows with the text alone."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    VariableNode,
    get_named_type,
    is_list_type,
    is_non_null_type,
)

from resolvers.errors import bad_input
from resolvers.pages import DEFAULT_LENGTH, LONGEST

# A front end's longest query has some 300 tokens, and the explorer's question for the schema 600.
MOST_TOKENS = 5_000
# The explorer's question for the schema is 15 deep; nothing of ours is deeper than 11.
DEEPEST = 16
MOST_ALIASES = 50
MOST_FIELDS = 1_000
MOST_ROOT_QUERIES = 20
# Whether fields of one name can be merged is asked of every two of them, which takes the square of their number.
MOST_FRAGMENTS = 100
MOST_REPEATED = 20
# Fields of an answer that are values or objects. At four microseconds each, half a second of one processor.
MOST_COST = 100_000
# What a list without pages is taken for: a plan has 60 installments at most, and most have 12.
_UNPAGED = 20
# Fragments within fragments count as depth too where nothing is selected between them, up to the stack's patience.
_DEEPEST_WITH_FRAGMENTS = 64

# The schema's questions about itself have a rule of their own in the library, and their lists are of one size for all.
_INTROSPECTION = {"__schema", "__type"}


class Measure(NamedTuple):
    """What is below a selection. All of it adds up but the depth, of which the greatest counts."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    roots: int = 0
    cost: int = 0
    fragments: int = 0
    repeated: int = 0
    introspects: bool = False
    has_variable_pages: bool = False

    def beside(self, other: "Measure") -> "Measure":
        return Measure(
            max(self.depth, other.depth),
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.roots + other.roots,
            self.cost + other.cost,
            self.fragments + other.fragments,
            self.repeated + other.repeated,
            self.introspects or other.introspects,
            self.has_variable_pages or other.has_variable_pages,
        )


class _TooDeepError(Exception):
    """Deeper than is looked; how deep is not known."""


class _Measuring:
    """Measures each fragment once, however often it is spread."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, object]) -> None:
        self._schema, self._variables = schema, variables
        self._fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }
        self._measured: dict[str, Measure] = {}

    def operation(self, node: OperationDefinitionNode) -> Measure:
        return self._selections(node.selection_set.selections, self._schema.get_root_type(node.operation), 0)

    def _selections(self, nodes: Sequence[SelectionNode], parent: object, level: int) -> Measure:
        if level > _DEEPEST_WITH_FRAGMENTS:
            raise _TooDeepError
        fragments = sum(not isinstance(node, FieldNode) for node in nodes)
        objects = [node for node in nodes if isinstance(node, FieldNode) and node.selection_set]
        names = {(node.alias or node.name).value for node in objects}
        total = Measure(fragments=fragments, repeated=len(objects) - len(names))
        for node in nodes:
            if isinstance(node, FieldNode):
                total = total.beside(self._field(node, parent, level))
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                within = self._schema.get_type(condition.name.value) if condition else parent
                total = total.beside(self._selections(node.selection_set.selections, within, level + 1))
            elif isinstance(node, FragmentSpreadNode):
                total = total.beside(self._fragment(node.name.value, level))
        return total

    def _fragment(self, name: str, level: int) -> Measure:
        if name not in self._measured:
            # For as long as it is being measured; that a fragment is within itself the schema's rules will say.
            self._measured[name] = Measure()
            if fragment := self._fragments.get(name):
                within = self._schema.get_type(fragment.type_condition.name.value)
                self._measured[name] = self._selections(fragment.selection_set.selections, within, level + 1)
        return self._measured[name]

    def _field(self, node: FieldNode, parent: object, level: int) -> Measure:
        name = node.name.value
        field = parent.fields.get(name) if isinstance(parent, GraphQLObjectType) else None
        below = Measure()
        if node.selection_set:
            within = get_named_type(field.type) if field else None
            below = self._selections(node.selection_set.selections, within, level + 1)
        length, varies = self._length(node, field, parent)
        return Measure(
            below.depth + 1,
            below.fields + 1,
            below.aliases + (node.alias is not None),
            name != "__typename",
            1 + length * below.cost,
            below.fragments,
            below.repeated,
            below.introspects or name in _INTROSPECTION,
            below.has_variable_pages or varies,
        )

    def _length(self, node: FieldNode, field: Any, parent: object) -> tuple[int, bool]:
        """How many rows a field is taken to have, and whether a variable says so."""
        if field is None or "first" not in field.args:
            kind = field.type.of_type if field is not None and is_non_null_type(field.type) else field and field.type
            paged = isinstance(parent, GraphQLObjectType) and parent.name.endswith("Connection")
            introspection = isinstance(parent, GraphQLObjectType) and parent.name.startswith("__")
            return (_UNPAGED if is_list_type(kind) and not paged and not introspection else 1), False
        given = next((one.value for one in node.arguments or () if one.name.value == "first"), None)
        if isinstance(given, VariableNode):
            return _within(self._variables.get(given.name.value, DEFAULT_LENGTH)), True
        return _within(_number(given) if isinstance(given, IntValueNode) else DEFAULT_LENGTH), False


def _number(node: IntValueNode) -> int:
    # Python reads no number of thousands of digits; whatever it is, it is too long for a page.
    return int(node.value) if len(node.value) <= 10 else LONGEST


def _within(length: object) -> int:
    # What is no length of a page is refused where the page is made.
    return min(max(length, 1), LONGEST) if isinstance(length, int) else DEFAULT_LENGTH


def judge(
    schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, object] | None = None
) -> tuple[Measure, list[GraphQLError]]:
    """What the operations of a document ask for together, and what is too much.

    Pages whose length is a variable are taken for the shortest unless `variables` are given.
    """
    total = Measure()
    errors: list[GraphQLError] = []
    lengths = _Shortest() if variables is None else {**_defaults(document), **variables}
    measuring = _Measuring(schema, document, lengths)
    for node in document.definitions:
        if not isinstance(node, OperationDefinitionNode):
            continue
        try:
            measure = measuring.operation(node)
        except _TooDeepError:
            return total, [bad_input(f"The query is deeper than {DEEPEST} fields.", node)]
        total = total.beside(measure)
        errors += (bad_input(reason, node) for reason in _excesses(measure, node.operation))
    return total, errors


def _defaults(document: DocumentNode) -> dict[str, object]:
    """The greatest number that any operation gives a variable which is not sent."""
    found: dict[str, int] = {}
    for operation in document.definitions:
        for one in (isinstance(operation, OperationDefinitionNode) and operation.variable_definitions) or ():
            if isinstance(one.default_value, IntValueNode):
                name = one.variable.name.value
                found[name] = max(found.get(name, 0), _number(one.default_value))
    return dict(found)


class _Shortest(dict[str, object]):
    def get(self, key: str, default: object = None) -> object:
        return 1


def _excesses(measure: Measure, operation: OperationType) -> list[str]:
    roots = {OperationType.MUTATION: 1, OperationType.SUBSCRIPTION: 1}.get(operation, MOST_ROOT_QUERIES)
    return [
        reason
        for too_much, reason in (
            (
                measure.roots > roots,
                f"A {operation.value} asks for one thing."
                if roots == 1
                else f"A query asks for at most {roots} things.",
            ),
            (measure.depth > DEEPEST, f"The query is deeper than {DEEPEST} fields."),
            (measure.fields > MOST_FIELDS, f"The query has more than {MOST_FIELDS} fields."),
            (measure.aliases > MOST_ALIASES, f"The query has more than {MOST_ALIASES} aliases."),
            (measure.fragments > MOST_FRAGMENTS, f"The query spreads more than {MOST_FRAGMENTS} fragments."),
            (measure.repeated > MOST_REPEATED, f"The query repeats more than {MOST_REPEATED} fields."),
            (measure.cost > MOST_COST, f"The answer could have more than {MOST_COST} fields: ask for shorter pages."),
        )
        if too_much
    ]
