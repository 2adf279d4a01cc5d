"""What is done at a REST path: a document, and what is found in it, such as what comes in and by which names."""

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
    """What is done at a path by a method."""

    method: str
    path: str
    document: str
    summary: str
    description: str
    # Of a success, and of each no beside 400 and those that any request may have.
    status: int
    refused: tuple[int, ...]
    given: dict[str, Any]
    # A member that names whoever asks, and must be the token's own.
    own: str | None = None
    # Of a member, where what the schema says of it does not hold here.
    says: tuple[tuple[str, str], ...] = ()
    # Where in the answer the id of the loan is whose statement has now changed.
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
        """Whether something has to come in."""
        return self.own is not None or any(isinstance(kind, GraphQLNonNull) for kind in self.members.values())

    @property
    def is_replayed(self) -> bool:
        """Whether the same may be asked for again, and be answered as before."""
        return "replayed" in self.document

    @property
    def members(self) -> dict[str, GraphQLInputType]:
        """What may come in, by name, and of which type it is."""
        return _members(self.document)

    @property
    def spelt(self) -> dict[str, str]:
        """What GraphQL's names of what comes in are here."""
        return _spelt(self.document)


# By the documents of the paths, of which there are seven; so are the two caches below.
@lru_cache
def read(document: str) -> tuple[DocumentNode, OperationDefinitionNode]:
    """A document, and the one operation in it."""
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
