"""One request may ask for a limited amount; the limits are checked before validation, in time linear in the text."""

from collections.abc import Mapping

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
)

from api.graphql.complexity import Analysis, Complexity, TooDeepError, number
from schema.errors import bad_input

# The explorer's introspection query is 15 deep; no query of the console is deeper than 11.
DEEPEST = 16
MOST_ALIASES = 50
# The console's longest document has 100 fields.
MOST_FIELDS = 500
MOST_ROOT_QUERIES = 20
# Validation compares every two fields of one name, so that its time grows with the square of their number.
MOST_FRAGMENTS = 100
MOST_REPEATED = 20
# Literals and variables in the text. Each error about a member of an input quotes the whole input.
MOST_VALUES = 150
# The fields of an answer. At four microseconds each, they take half a second of one processor.
MOST_COST = 100_000


def check(
    schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, object] | None = None
) -> tuple[Complexity, list[GraphQLError]]:
    """The complexity of a document, and an error for each limit that it exceeds.

    Limits of the answer hold for each operation, limits of the text for the whole document with unused fragments.
    Without `variables`, pages whose length is a variable count with the shortest length.
    """
    if len(document.definitions) > MOST_FRAGMENTS:
        return Complexity(), [bad_input(f"The query has more than {MOST_FRAGMENTS} operations and fragments.")]
    lengths = _Shortest() if variables is None else {**_defaults(document), **variables}
    measuring = Analysis(schema, document, lengths)
    total, errors = Complexity(), list[GraphQLError]()
    try:
        for node in document.definitions:
            if isinstance(node, OperationDefinitionNode):
                measure = measuring.operation(node)
                total = total.beside(measure)
                errors += (bad_input(reason, node) for reason in _excesses_of_the_answer(measure, node.operation))
        total = total.beside(measuring.rest())
    except TooDeepError:
        return total, [bad_input(f"The query is deeper than {DEEPEST} fields.", document.definitions[0])]
    errors += (bad_input(reason, document.definitions[0]) for reason in _excesses_of_the_text(total))
    return total, errors


def _defaults(document: DocumentNode) -> dict[str, object]:
    """The greatest default value of each variable in any operation."""
    found: dict[str, int] = {}
    for operation in document.definitions:
        for one in (isinstance(operation, OperationDefinitionNode) and operation.variable_definitions) or ():
            if isinstance(one.default_value, IntValueNode):
                name = one.variable.name.value
                found[name] = max(found.get(name, 0), number(one.default_value))
    return dict(found)


class _Shortest(dict[str, object]):
    def get(self, key: str, default: object = None) -> object:
        return 1


def _excesses_of_the_answer(measure: Complexity, operation: OperationType) -> list[str]:
    roots = {OperationType.MUTATION: 1, OperationType.SUBSCRIPTION: 1}.get(operation, MOST_ROOT_QUERIES)
    excesses = []
    if measure.roots > roots:
        one = f"A {operation.value} must ask for one field only."
        excesses.append(one if roots == 1 else f"A query must ask for at most {roots} fields of Query.")
    if measure.cost > MOST_COST:
        excesses.append(f"The answer could have more than {MOST_COST} fields. Ask for shorter pages.")
    return excesses


def _excesses_of_the_text(measure: Complexity) -> list[str]:
    return [
        reason
        for too_much, reason in (
            (measure.depth > DEEPEST, f"The query is deeper than {DEEPEST} fields."),
            (measure.fields > MOST_FIELDS, f"The query has more than {MOST_FIELDS} fields."),
            (measure.aliases > MOST_ALIASES, f"The query has more than {MOST_ALIASES} aliases."),
            (measure.fragments > MOST_FRAGMENTS, f"The query uses more than {MOST_FRAGMENTS} fragments."),
            (measure.repeated > MOST_REPEATED, f"The query repeats more than {MOST_REPEATED} fields."),
            (measure.values > MOST_VALUES, f"The query has more than {MOST_VALUES} values."),
        )
        if too_much
    ]
