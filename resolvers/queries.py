"""A query's text is read once: parsed, and judged by the schema and by us. After that it is only executed."""

from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any

from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    parse,
    validate,
)
from graphql.validation.rules import overlapping_fields_can_be_merged
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError

from resolvers import limits
from resolvers.errors import bad_input
from resolvers.literals import StorableStrings

RULES: tuple[type[ASTValidationRule], ...] = (StorableStrings,)

# Front ends have dozens of queries; what is kept of one takes a hundred times its text, so long ones are not kept.
PARSING: Any = {"max_lexical_tokens": limits.MOST_TOKENS, "max_comments": limits.MOST_TOKENS}

# Enough to mend a query by; each is told with the place it stands at, and some with all of the input they are in.
MOST_ERRORS = 20

# Two fields that might be merged are compared, and each two fragments; the library's own bound is seconds away.
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = 100_000

_MOST_KEPT = 256
_LONGEST_KEPT = 10_000


class _Query:
    """What is known of a text; `errors` is None until it has been judged, by the limits first."""

    def __init__(self, text: str, schema: GraphQLSchema) -> None:
        self.document: DocumentNode = parse(text, **PARSING)
        self.measure, excesses = limits.judge(schema, self.document)
        self.errors: tuple[GraphQLError, ...] | None = tuple(excesses) or None
        operations = [one for one in self.document.definitions if isinstance(one, OperationDefinitionNode)]
        self.has_several_operations = len(operations) > 1


_kept = lru_cache(_MOST_KEPT)(_Query)


class Known(SchemaExtension):
    """Gives each operation a context of its own, and what is known of its query.

    One extension for everything, because the library's way around each costs as much as what most of them do.
    """

    _query: _Query | None = None
    _is_refused = False

    def on_operation(self) -> Iterator[None]:
        operation = self.execution_context
        operation.context = operation.context.fresh()
        operation.validation_rules += RULES
        operation.parse_options.update(PARSING)
        # What cannot be parsed is left to the schema: what is raised here, no stream survives.
        with suppress(GraphQLError, RecursionError):
            if text := operation.query:
                known = _kept if len(text) <= _LONGEST_KEPT else _Query
                self._query = known(text, operation.schema._schema)
                operation.graphql_document = self._query.document
                errors = self._query.errors
                if not errors and (refused := tuple(self._of_this_request(self._query))):
                    self._is_refused, errors = True, refused
                if errors is not None:
                    operation.pre_execution_errors = list(errors)
        yield

    def _of_this_request(self, query: _Query) -> Iterator[GraphQLError]:
        """What is wrong with a query that is well in itself."""
        operation = self.execution_context
        if query.measure.introspects and not operation.context.settings.introspection:
            yield bad_input("Introspection is switched off.")
        if query.measure.has_variable_pages:
            _, excesses = limits.judge(operation.schema._schema, query.document, operation.variables or {})
            yield from excesses

    def on_validate(self) -> Iterator[None]:
        # Of several operations the client names one; the library would run the first, and calls it by its name.
        query, operation = self._query, self.execution_context
        if query and query.has_several_operations and operation._provided_operation_name is None:
            raise CannotGetOperationTypeError(None)
        if operation.pre_execution_errors is None and operation.graphql_document:
            # As the library would, but for the number of errors.
            operation.pre_execution_errors = validate(
                operation.schema._schema, operation.graphql_document, operation.validation_rules, MOST_ERRORS
            )
        yield
        # What was found of this request alone says nothing about the next one's.
        if query and not self._is_refused:
            query.errors = tuple(operation.pre_execution_errors or ())
