"""A query's text is parsed, validated and measured once; later requests with the same text only execute it."""

import sys
from collections.abc import Iterator, Mapping
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

from api.graphql import limits
from api.graphql.parsing import parsed
from api.graphql.plans import Plan
from api.graphql.strings import StorableStrings
from api.graphql.weighted_cache import WeightedCache
from schema import graphql_core_seam
from schema.errors import bad_input
from schema.strawberry_seam import asked_operation_name, core
from settings import Settings

RULES: tuple[type[ASTValidationRule], ...] = (StorableStrings,)

# Enough to correct a query by. Each error has its location, and some quote the whole input.
MOST_ERRORS = 10

# Validation compares every two fields of one name and every two fragments. A hundred fragments in one place cost 20,000
# comparisons, a document of the console fewer than 1,000. graphql-core's own limit of 500,000 takes seconds to reach.
graphql_core_seam.limit_field_comparisons(25_000)

# Measured for a syntax tree with its tokens and locations (tests/api/test_memory.py). The text is added twice: the
# source has it, and so have the tokens.
_BYTES_OF_A_TOKEN = 700
# Measured for compiled programs; a fragment is compiled at each of its places, and counted so.
_BYTES_OF_A_COMPILED_FIELD = 1_000
# The console's documents weigh 20 to 150 kB each: each process has room for a hundred of them.
MOST_BYTES = 16_000_000
MOST_BYTES_OF_ONE = 1_000_000


class _Query:
    """A text that can be parsed, with its syntax tree and its complexity."""

    def __init__(self, text: str, schema: GraphQLSchema) -> None:
        self.document, tokens = parsed(text)
        self._weight = tokens * _BYTES_OF_A_TOKEN + 2 * sys.getsizeof(text)
        self.measure, self.excesses = limits.check(schema, self.document)
        self._schema = schema
        self._operations = [one for one in self.document.definitions if isinstance(one, OperationDefinitionNode)]
        self._plans: dict[str | None, Plan] = {}
        self.depends_on_request = self.measure.introspects or self.measure.has_variable_pages
        self.is_executed = False

    @property
    def weight(self) -> int:
        """The bytes of the text, its syntax tree and its programs."""
        return self._weight + self._weight_of_a_program * sum(plan.number_of_programs for plan in self._plans.values())

    @property
    def _weight_of_a_program(self) -> int:
        return self.measure.fields * _BYTES_OF_A_COMPILED_FIELD

    @property
    def has_several_operations(self) -> bool:
        return len(self._operations) > 1

    def plan(self, name: str | None) -> Plan | None:
        """The plan of the operation with a name, or of the only operation; None if there is no such operation."""
        if name not in self._plans:
            for one in self._operations:
                own = one.name.value if one.name else None
                if name == own or (name is None and not self.has_several_operations):
                    room = (MOST_BYTES_OF_ONE - self.weight) // (self._weight_of_a_program or 1)
                    self._plans[name] = Plan(self._schema, self.document, one, room)
        return self._plans.get(name)

    def errors(self, settings: Settings, variables: Mapping[str, Any] | None) -> Iterator[GraphQLError]:
        """The errors that depend on a request's settings and variables, not on the text alone."""
        if self.measure.introspects and not settings.introspection:
            yield bad_input("Introspection is disabled.")
        if self.measure.has_variable_pages:
            _, excesses = limits.check(self._schema, self.document, variables or {})
            yield from excesses


# Valid texts within the limits. A refused text is not kept: it costs time at each request, but no memory.
_valid: WeightedCache[_Query] = WeightedCache(MOST_BYTES, MOST_BYTES_OF_ONE)


def is_known(text: str) -> bool:
    """Whether this process has validated a text and still keeps it."""
    return text in _valid


def plan(text: str, name: str | None) -> Plan | None:
    """The plan of an operation in a valid text. A text that is too heavy to be kept has no plan."""
    query = _valid.get(text)
    if query is None:
        return None
    # Its programs are compiled when they first run.
    _valid.reweigh(text, query.weight)
    return query.plan(name)


def ready(text: str, name: str | None, settings: Settings, variables: Mapping[str, Any] | None) -> Plan | None:
    """The plan of an operation that may be executed without preparation, from the second execution of its text on.

    Most texts that are sent once are never sent again, and are not worth compiling.
    """
    query = _valid.get(text)
    if query is None or (query.depends_on_request and any(query.errors(settings, variables))):
        return None
    is_first, query.is_executed = not query.is_executed, True
    return None if is_first else plan(text, name)


def parse_and_validate(operation: Any) -> PreExecutionError | None:
    """The syntax errors of an operation, which Strawberry would otherwise parse a second time; None without any."""
    if operation.graphql_document is None and operation.pre_execution_errors:
        return PreExecutionError(data=None, errors=operation.pre_execution_errors)
    return None


class CachedParsing(SchemaExtension):
    """Gives each operation a fresh context and its cached query.

    One extension does both: Strawberry's overhead for an extension costs as much as the work of most extensions.
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
                # Not raised: Strawberry would break off an event stream.
                operation.pre_execution_errors = [error]
            else:
                self._check(self._query)
        yield

    def _read(self, text: str) -> _Query:
        self._is_new = True
        return _Query(text, core(self.execution_context.schema))

    def _check(self, query: _Query) -> None:
        """Store the errors of a query, or an empty list. A new query without errors is still to be validated."""
        operation = self.execution_context
        operation.graphql_document = query.document
        errors = list(query.excesses) or list(query.errors(operation.context.settings, operation.variables))
        if errors or not self._is_new:
            operation.pre_execution_errors = errors

    def on_validate(self) -> Iterator[None]:
        # With several operations the client must name one. Strawberry would run the first one.
        query, operation = self._query, self.execution_context
        if query and query.has_several_operations and asked_operation_name(operation) is None:
            raise CannotGetOperationTypeError(None)
        if operation.pre_execution_errors is None and query:
            # Strawberry's own step, with a limit on the errors, and without suggestions of names outside a sandbox.
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
