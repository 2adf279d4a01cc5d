"""A query's text is read once: parsed, and judged by the schema and by us. After that it is only executed."""

from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache

from graphql import ASTValidationRule, DocumentNode, GraphQLError, OperationDefinitionNode, parse
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError

from resolvers.literals import StorableStrings

RULES: tuple[type[ASTValidationRule], ...] = (StorableStrings,)

# Front ends have dozens of queries; what is kept of one takes a hundred times its text, so long ones are not kept.
_MOST_KEPT = 256
_LONGEST_KEPT = 10_000


class _Query:
    """What is known of a text; `errors` is None until it has been judged."""

    def __init__(self, text: str) -> None:
        self.document: DocumentNode = parse(text)
        self.errors: tuple[GraphQLError, ...] | None = None
        operations = [one for one in self.document.definitions if isinstance(one, OperationDefinitionNode)]
        self.has_several_operations = len(operations) > 1


_kept = lru_cache(_MOST_KEPT)(_Query)


class Known(SchemaExtension):
    """Gives each operation a context of its own, and what is known of its query.

    One extension for everything, because the library's way around each costs as much as what most of them do.
    """

    _query: _Query | None = None

    def on_operation(self) -> Iterator[None]:
        operation = self.execution_context
        operation.context = operation.context.fresh()
        operation.validation_rules += RULES
        # What cannot be parsed is left to the schema: what is raised here, no stream survives.
        with suppress(GraphQLError, RecursionError):
            if text := operation.query:
                self._query = _kept(text) if len(text) <= _LONGEST_KEPT else _Query(text)
                operation.graphql_document = self._query.document
                if self._query.errors is not None:
                    operation.pre_execution_errors = list(self._query.errors)
        yield

    def on_validate(self) -> Iterator[None]:
        # Of several operations the client names one; the library would run the first, and calls it by its name.
        query, operation = self._query, self.execution_context
        if query and query.has_several_operations and operation._provided_operation_name is None:
            raise CannotGetOperationTypeError(None)
        yield
        if query:
            query.errors = tuple(operation.pre_execution_errors or ())
