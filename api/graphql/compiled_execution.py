"""Operations run as compiled programs; graphql-core executes each that does not go well, without a second effect.

The resolvers of the root fields are called once: what they returned or raised is kept, and graphql-core gets it again.
So the texts and paths of errors and the propagation of null are graphql-core's own, and a mutation never runs twice.
Resolvers below the root may run twice, so they only read.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from inspect import isawaitable
from typing import Any, NamedTuple

from graphql import ExecutionResult, MiddlewareManager, get_variable_values
from graphql.pyutils import Path

from api.graphql.completers import Run, UnexpectedValueError, is_plain
from api.graphql.plans import Plan, Program

logger = logging.getLogger("kist.api")


class DifferentAnswerError(Exception):
    """A compiled program and graphql-core answer an operation differently: a defect of the compiled execution."""


class Outcome(NamedTuple):
    """The value that the resolver of a root field returned, or the exception it raised, at once or once awaited."""

    value: Any
    error: Exception | None
    is_late: bool

    def again(self) -> Any:
        """Return or raise it again."""
        if self.error is not None:
            raise self.error
        return self.value

    async def again_late(self) -> Any:
        return self.again()


Outcomes = dict[str, Outcome]


async def execute(
    plan: Plan, library: Callable[..., Any], *arguments: Any, comparing: bool = False, **options: Any
) -> ExecutionResult:
    """Execute an operation by its plan, or by the `library`: graphql-core's `execute`, whose arguments follow.

    Raises:
        DifferentAnswerError: `comparing`, and graphql-core's answer is a different one.
    """
    outcomes: Outcomes = {}
    result = await _compiled(plan, options, outcomes)
    if result is None or comparing:
        expected = library(*arguments, **{**options, "middleware": MiddlewareManager(_replaying(outcomes))})
        if isawaitable(expected):
            expected = await expected
        if result is not None and (expected.errors or json.dumps(result.data) != json.dumps(expected.data)):
            raise DifferentAnswerError(f"{result.data} instead of {expected}")
        result = expected
    return result


async def _compiled(plan: Plan, options: dict[str, Any], outcomes: Outcomes) -> ExecutionResult | None:
    """The result of the operation's program, or None if the operation is not one for a program, or did not go well."""
    schema, node, _ = plan.operation
    variables = get_variable_values(schema, node.variable_definitions or (), options["variable_values"] or {})
    if isinstance(variables, list) or (program := plan.program(variables)) is None:
        return None
    run = Run(plan.operation, variables, options["root_value"], options["context_value"])
    try:
        await _resolve(program, run, outcomes)
        data: dict[str, Any] = {}
        for field, complete in program.roots:
            outcome = outcomes[field.key]
            value = _awaited_once(outcome.again()) if outcome.is_late else outcome.again()
            data[field.key] = complete(value, run, data, field.key)
        while run.pending:
            await _settle(run)
    except Exception:
        run.close()
        return None
    return ExecutionResult(data, None)


async def _resolve(program: Program, run: Run, outcomes: Outcomes) -> None:
    """Call the resolvers of the root fields, wait for them side by side, and keep their outcomes."""
    late: dict[str, Any] = {}
    # No resolver is called where graphql-core has an argument to refuse.
    calls = [(root.field, run.arguments(root.field)) for root in program.roots]
    for field, arguments in calls:
        resolve: Any = field.definition.resolve
        info = run.info(field, Path(None, field.key, field.parent.name))
        try:
            value = resolve(info.root_value, info, **arguments)
        except Exception as error:
            outcomes[field.key] = Outcome(None, error, is_late=False)
            continue
        if isawaitable(value):
            late[field.key] = value
        else:
            outcomes[field.key] = Outcome(value, None, is_late=False)
    waiting = [_outcome(value) for value in late.values()]
    # A task for each of several; a single one needs none.
    found = await asyncio.gather(*waiting) if len(waiting) > 1 else [await one for one in waiting]
    outcomes.update(zip(late, found, strict=True))


async def _outcome(value: Any) -> Outcome:
    try:
        return Outcome(await value, None, is_late=True)
    except Exception as error:
        return Outcome(None, error, is_late=True)


async def _settle(run: Run) -> None:
    """Wait for all pending values side by side, and complete them. That may leave further values to wait for."""
    pending, run.pending = run.pending, []
    if len(pending) == 1:
        values = [await pending[0][2]]
    else:
        # Cancelled futures of a loader would fail the operation when graphql-core executes it: none is cancelled.
        values = await asyncio.gather(*(value for _, _, value, _ in pending), return_exceptions=True)
    for (place, key, _, complete), value in zip(pending, values, strict=True):
        place[key] = complete(_awaited_once(value), run, place, key)


def _awaited_once(value: Any) -> Any:
    # graphql-core does not await what a coroutine returns.
    if value is not None and not is_plain(value.__class__):
        raise UnexpectedValueError
    return value


def _replaying(outcomes: Outcomes) -> Callable[..., Any]:
    """A middleware of graphql-core that answers root fields by their outcomes."""

    def replay(resolve: Callable[..., Any], source: Any, info: Any, **arguments: Any) -> Any:
        outcome = outcomes.get(info.path.key) if info.path.prev is None else None
        if outcome is None:
            return resolve(source, info, **arguments)
        return outcome.again_late() if outcome.is_late else outcome.again()

    return replay
