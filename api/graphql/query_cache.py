"""A query's text is read once: parsed, and judged by the schema and by us. After that it is only executed."""

import sys
from collections.abc import Iterator
from typing import Any

from graphql import (
    ASTValidationRule,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    validate,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.types.execution import PreExecutionError

from api.graphql import graphql_core_seam, limits
from api.graphql.parsing import parsed
from api.graphql.strings import StorableStrings
from api.graphql.weighted_cache import WeightedCache
from schema.errors import bad_input
from schema.strawberry_seam import asked_operation_name, core

RULES: tuple[type[ASTValidationRule], ...] = (StorableStrings,)

# Enough to mend a query by; each is told with the place it stands at, and some with all of the input they are in.
MOST_ERRORS = 10

# Two fields of one name are compared, and each two fragments: a hundred fragments at one place cost 20,000, a document
# of a front end less than 1,000. The library's own bound of 500,000 is seconds away.
graphql_core_seam.limit_field_comparisons(25_000)

# A syntax tree with its tokens and places, as measured (tests/api/test_memory.py); and the text, which stands in the
# source and once more in the tokens.
_BYTES_OF_A_TOKEN = 700
# The documents of a front end weigh 20 to 150 kB each: room for a hundred of them in each process.
MOST_BYTES = 16_000_000
MOST_BYTES_OF_ONE = 1_000_000


class _Query:
    """What is known of a text that can be parsed."""

    def __init__(self, text: str, schema: GraphQLSchema) -> None:
        self.document, tokens = parsed(text)
        self.weight = tokens * _BYTES_OF_A_TOKEN + 2 * sys.getsizeof(text)
        self.measure, self.excesses = limits.check(schema, self.document)
        operations = [one for one in self.document.definitions if isinstance(one, OperationDefinitionNode)]
        self.has_several_operations = len(operations) > 1


# Of texts that are valid and within the limits. A text that is refused costs its reading each time and no memory.
_valid: WeightedCache[_Query] = WeightedCache(MOST_BYTES, MOST_BYTES_OF_ONE)


def is_known(text: str) -> bool:
    """Whether this process has run a text, found it to be valid and within the limits, and keeps it."""
    return text in _valid


def parse_and_validate(operation: Any) -> PreExecutionError | None:
    """What is wrong with an operation whose text could not be parsed: the library would parse it once more."""
    if operation.graphql_document is None and operation.pre_execution_errors:
        return PreExecutionError(data=None, errors=operation.pre_execution_errors)
    return None


class CachedParsing(SchemaExtension):
    """Gives each operation a context of its own, and what is known of its query.

    One extension for everything, because the library's way around each costs as much as what most of them do.
    """

    _query: _Query | None = None
    _is_new = False

    def on_operation(self) -> Iterator[None]:
        operation = self.execution_context
        operation.context = operation.context.fresh()
        operation.validation_rules += RULES
        if text := operation.query:
            self._query = _valid.get(text)
            try:
                self._query = self._query or self._read(text)
            except GraphQLError as error:
                # It is not raised: no stream survives that here.
                operation.pre_execution_errors = [error]
            else:
                self._judge(self._query)
        yield

    def _read(self, text: str) -> _Query:
        self._is_new = True
        return _Query(text, core(self.execution_context.schema))

    def _judge(self, query: _Query) -> None:
        """Say what is wrong, or that nothing is; a new query that is within the limits has still to be validated."""
        operation = self.execution_context
        operation.graphql_document = query.document
        errors = list(query.excesses) or list(self._of_this_request(query))
        if errors or not self._is_new:
            operation.pre_execution_errors = errors

    def _of_this_request(self, query: _Query) -> Iterator[GraphQLError]:
        """What is wrong with a query that is well in itself."""
        operation = self.execution_context
        if query.measure.introspects and not operation.context.settings.introspection:
            yield bad_input("Introspection is disabled.")
        if query.measure.has_variable_pages:
            _, excesses = limits.check(core(operation.schema), query.document, operation.variables or {})
            yield from excesses

    def on_validate(self) -> Iterator[None]:
        # Of several operations the client names one; the library would run the first, and calls it by its name.
        query, operation = self._query, self.execution_context
        if query and query.has_several_operations and asked_operation_name(operation) is None:
            raise CannotGetOperationTypeError(None)
        if operation.pre_execution_errors is None and query:
            # As the library would, but for the number of errors, and for names that would not be told.
            operation.pre_execution_errors = validate(
                core(operation.schema),
                query.document,
                operation.validation_rules,
                MOST_ERRORS,
                hide_suggestions=not operation.context.settings.sandbox,
            )
        yield
        if query and self._is_new and not operation.pre_execution_errors:
            assert operation.query
            _valid.put(operation.query, query, query.weight)
