"""A REST operation is a GraphQL document; its members and their names are derived from the document."""

from functools import lru_cache
from typing import Any, NamedTuple

from graphql import (
    ArgumentNode,
    DocumentNode,
    GraphQLInputType,
    GraphQLNonNull,
    ObjectFieldNode,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    type_from_ast,
    visit,
)

from api.graphql.root import schema


class Operation(NamedTuple):
    """One method of one path."""

    method: str
    path: str
    document: str
    summary: str
    description: str
    # The status of a success, and those of refusals beside 400 and the statuses that any request may have.
    status: int
    refused: tuple[int, ...]
    given: dict[str, Any]
    # The member that must be the id of the signed-in account.
    own: str | None = None
    # Descriptions of members for which the schema's description does not hold here.
    says: tuple[tuple[str, str], ...] = ()
    # The JSON pointer to the id of the loan whose statement the operation changed.
    loan_at: str = ""

    @property
    def name(self) -> str:
        found = read(self.document)[1].name
        assert found is not None
        return found.value

    @property
    def is_public(self) -> bool:
        return not {403, 404} & set(self.refused)

    @property
    def is_asking(self) -> bool:
        """Whether the request must have a body or parameters."""
        return self.own is not None or any(isinstance(kind, GraphQLNonNull) for kind in self.members.values())

    @property
    def is_replayed(self) -> bool:
        """Whether the answer to a repeated request says that it is a repetition."""
        return "replayed" in self.document

    @property
    def members(self) -> dict[str, GraphQLInputType]:
        """The types of the members that a request may send, by name."""
        return _members(self.document)

    @property
    def spelt(self) -> dict[str, str]:
        """The REST names of the members, by their GraphQL names."""
        return _spelt(self.document)


# The keys of the three caches are the documents of the paths: seven strings.
@lru_cache
def read(document: str) -> tuple[DocumentNode, OperationDefinitionNode]:
    """The syntax tree of a document, and its only operation."""
    parsed = parse(document)
    (operation,) = (node for node in parsed.definitions if isinstance(node, OperationDefinitionNode))
    return parsed, operation


@lru_cache
def _members(document: str) -> dict[str, GraphQLInputType]:
    variables = read(document)[1].variable_definitions or ()
    return {one.variable.name.value: type_from_ast(schema.core, one.type) for one in variables}  # type: ignore[misc]


@lru_cache
def _spelt(document: str) -> dict[str, str]:
    found: dict[str, str] = {}

    class Names(Visitor):
        def enter(self, node: Any, *_: Any) -> None:
            if isinstance(node, ArgumentNode | ObjectFieldNode) and isinstance(node.value, VariableNode):
                found[node.name.value] = node.value.name.value

    visit(read(document)[0], Names())
    return found
