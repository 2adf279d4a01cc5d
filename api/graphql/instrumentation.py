"""Each field of Query and Mutation reports its time, and those of Subscription too are named in the request's log line.

The resolvers are wrapped once. A Strawberry extension would cost time for every field of every answer.
"""

from collections.abc import Awaitable, Callable
from inspect import isawaitable
from time import perf_counter
from typing import Any

from graphql import GraphQLSchema

import telemetry
from telemetry import request_summary

Resolve = Callable[..., Any]


def instrument(schema: GraphQLSchema) -> None:
    """Wrap the resolvers of a schema's root fields, so that they report their names and times."""
    for kind, operations in (("query", schema.query_type), ("mutation", schema.mutation_type)):
        for name, field in operations.fields.items() if operations else ():
            assert field.resolve is not None
            field.resolve = _timed(kind, name, field.resolve)
    for name, field in schema.subscription_type.fields.items() if schema.subscription_type else ():
        assert field.subscribe is not None
        field.subscribe = _noted(name, field.subscribe)


def _noted(name: str, resolve: Resolve) -> Resolve:
    def noted(*arguments: Any, **named: Any) -> Any:
        if (about := request_summary.get()) is not None:
            about.fields[name] = None
        return resolve(*arguments, **named)

    return noted


def _timed(kind: str, name: str, resolve: Resolve) -> Resolve:
    resolve = _noted(name, resolve)

    def timed(*arguments: Any, **named: Any) -> Any:
        if not telemetry.listeners:
            return resolve(*arguments, **named)
        started = perf_counter()
        answer = resolve(*arguments, **named)
        if isawaitable(answer):
            return awaited(answer, started)
        ended(started)
        return answer

    async def awaited(answer: Awaitable[Any], started: float) -> Any:
        try:
            return await answer
        finally:
            ended(started)

    def ended(started: float) -> None:
        for listener in telemetry.listeners:
            listener.field_resolved(kind, name, perf_counter() - started)

    return timed
