"""Every operation, on every transport, is charged to a budget, counts as a request in progress, and ends in time."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from functools import partial
from typing import Any

from graphql import ExecutionResult, GraphQLError, execute
from strawberry.execution import optimized_is_awaitable
from strawberry.types import ExecutionContext
from strawberry.types import ExecutionResult as StrawberryResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from api.graphql import compiled_execution, query_cache
from api.graphql.plans import Plan
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
        if not rest and (plan := _ready(query, named)):
            return await self._execute_plan(plan, named)
        return await super().execute(query, *rest, **named)

    async def _execute_plan(self, plan: Plan, named: dict[str, Any]) -> StrawberryResult:
        """Execute a prepared operation. Strawberry's steps around it would take as long as its compiled program."""
        context = named["context_value"].fresh()
        options = {
            "root_value": named.get("root_value"),
            "context_value": context,
            "variable_values": named.get("variable_values"),
            "operation_name": named.get("operation_name"),
            "middleware": None,
            "is_awaitable": optimized_is_awaitable,
            "executor_class": self.execution_context_class,
        }
        comparing = context.settings.compiled == "compare"

        async def run() -> ExecutionResult:
            try:
                result = await compiled_execution.execute(
                    plan, execute, self.core, plan.document, comparing=comparing, **options
                )
            except Exception as error:
                result = ExecutionResult(None, [GraphQLError(str(error), original_error=error)])
            if result.errors:
                present(result.errors, suggesting=context.settings.sandbox)
            return result

        result = await self._limited(context, run)
        return StrawberryResult(data=result.data, errors=result.errors)

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
        runner, middleware, library, options = rest
        function = _by_plan(execution_context, library)
        run = partial(super().execute_operation, execution_context, runner, middleware, function, options)
        return await self._limited(execution_context.context, run)

    async def _limited(self, context: RequestContext, run: Callable[[], Awaitable[Any]]) -> Any:
        """Run a query or a mutation within the limits. A subscription may wait without a limit of time."""
        if budget := context.budget:
            try:
                budget.budgets.begin(budget.payer)
            except GraphQLError as error:
                errors = [error]
                self.process_errors(errors)
                return ExecutionResult(data=None, errors=errors)
        try:
            async with asyncio.timeout(context.settings.request_seconds) as limit:
                return await run()
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


def _ready(text: str | None, named: dict[str, Any]) -> Plan | None:
    """The plan of an operation that needs no preparation; None for any other operation."""
    context: RequestContext | None = named.get("context_value")
    if not text or context is None or context.settings.compiled == "0":
        return None
    plan = query_cache.ready(text, named.get("operation_name"), context.settings, named.get("variable_values"))
    allowed = named.get("allowed_operation_types")
    is_allowed = plan and (allowed is None or OperationType(plan.operation.node.operation.value) in allowed)
    return plan if is_allowed else None


def _by_plan(operation: ExecutionContext, library: Callable[..., Any]) -> Callable[..., Any]:
    """A function that executes an operation; where answers are compared, by its plan from the first time on."""
    comparing = operation.context.settings.compiled == "compare"
    plan = query_cache.plan(operation.query or "", operation.operation_name) if comparing else None
    return partial(compiled_execution.execute, plan, library, comparing=True) if plan else library


async def _once(result: PreExecutionError) -> AsyncGenerator[PreExecutionError, None]:
    yield result
