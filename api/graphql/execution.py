"""Every operation, on every transport, is charged to a budget, counts as a request in progress, and ends in time."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from functools import partial
from typing import Any

from graphql import ExecutionResult, GraphQLError
from strawberry.types import ExecutionContext
from strawberry.types import ExecutionResult as StrawberryResult
from strawberry.types.execution import PreExecutionError

from api.graphql import compiled_execution, query_cache
from api.graphql.query_cache import is_known, parse_and_validate
from resolvers.context import RequestContext
from resolvers.errors import present
from rules import budgets as rules
from schema.errors import timed_out
from schema.strawberry_seam import SteppedSchema


class Schema(SteppedSchema):
    """Strawberry's schema, with budgets, concurrency limits and time limits for each operation."""

    async def prepare_operation(self, context: ExecutionContext, extensions_runner: Any) -> Any:
        # Strawberry would parse a text with a syntax error a second time.
        return parse_and_validate(context) or await super().prepare_operation(context, extensions_runner)

    # Strawberry's two entry points: for one answer, and for a stream of answers. A text is charged before it is parsed.
    async def execute(self, query: str | None, *rest: Any, **named: Any) -> StrawberryResult:
        if refused := self._unpaid(query, named.get("context_value")):
            return refused
        return await super().execute(query, *rest, **named)

    async def stream(self, query: str | None, *rest: Any, **named: Any) -> Any:
        if refused := self._unpaid(query, named.get("context_value"), rules.REQUEST):
            return _once(refused)
        return await super().stream(query, *rest, **named)

    def _unpaid(self, query: str | None, context: RequestContext | None, cost: int = 0) -> PreExecutionError | None:
        if context is None or (budget := context.budget) is None:
            return None
        try:
            if query and not is_known(query):
                cost += min(len(query), rules.MOST_NEW_CHARACTERS) // rules.NEW_CHARACTERS_PER_UNIT
            if cost:
                budget.spend(cost)
        except GraphQLError as error:
            errors = [error]
            self.process_errors(errors)
            return PreExecutionError(data=None, errors=errors)
        return None

    async def execute_operation(self, execution_context: ExecutionContext, *rest: Any) -> Any:
        # Only queries and mutations come here: a subscription may wait without a limit of time.
        context: RequestContext = execution_context.context
        if budget := context.budget:
            try:
                budget.budgets.begin(budget.payer)
            except GraphQLError as error:
                errors = [error]
                self.process_errors(errors)
                return ExecutionResult(data=None, errors=errors)
        try:
            async with asyncio.timeout(context.settings.request_seconds) as limit:
                runner, middleware, library, options = rest
                execute = _by_plan(execution_context, library)
                return await super().execute_operation(execution_context, runner, middleware, execute, options)
        except TimeoutError:
            if not limit.expired():
                raise
            return ExecutionResult(data=None, errors=[timed_out()])
        finally:
            if budget:
                budget.budgets.end(budget.payer)

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        # Every error of every transport passes here. Errors before the execution never reach an extension.
        context = execution_context.context if execution_context else None
        present(errors, suggesting=context is not None and context.settings.sandbox)


def _by_plan(operation: ExecutionContext, library: Callable[..., Any]) -> Callable[..., Any]:
    """A function that executes an operation by its plan, or the library's own without a plan."""
    compiled = operation.context.settings.compiled
    comparing = compiled == "compare"
    if compiled == "0" or (plan := query_cache.plan(operation, at_once=comparing)) is None:
        return library
    return partial(compiled_execution.execute, plan, library, comparing=comparing)


async def _once(result: PreExecutionError) -> AsyncGenerator[PreExecutionError, None]:
    yield result
