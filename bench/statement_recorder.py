"""The statements that a request sends to PostgreSQL are recorded, so that the bound always uses the same statements."""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from tortoise.connection import get_connections

from api.graphql.root import schema
from models import database
from resolvers.context import RequestContext
from settings import Settings

# A statement that stores rows only if their versions are still those that another statement has read.
_VERSIONS = re.compile(r"\$(\d+)::xid\[\]")


class RecordedStatement(NamedTuple):
    statement: str
    values: tuple[object, ...]


@asynccontextmanager
async def recording(settings: Settings) -> AsyncIterator[list[RecordedStatement]]:
    """Open a pool of one connection and record every statement that it sends."""
    async with database.connected(settings.database_url, 1):
        statements: list[RecordedStatement] = []
        pool: Any = get_connections().get("default")
        async with pool.acquire_connection() as connection:
            connection.add_query_logger(
                lambda statement: statements.append(RecordedStatement(statement.query, tuple(statement.args or ())))
            )
        yield statements


async def ask(settings: Settings, token: str, query: str, variables: Mapping[str, object]) -> Any:
    """Execute an operation without HTTP and return the value of its only field."""
    context = RequestContext(settings, f"Bearer {token}", "127.0.0.1")
    result = await schema.execute(query, variable_values=dict(variables), context_value=context)
    assert not result.errors, result.errors
    (field,) = result.data.values()
    return field


async def replayed(
    connection: database.Connection, statements: list[RecordedStatement], swapped: Callable[[object], object]
) -> None:
    """Send the statements again on a connection, with other values, and with the versions that they read themselves."""
    versions: list[object] = []
    for statement, values in statements:
        if not values:
            await connection.execute(statement)
            continue
        own = [*map(swapped, values)]
        if parameter := _VERSIONS.search(statement):
            own[int(parameter[1]) - 1] = versions
        rows = await connection.fetch(statement, *own)
        if rows and "xmin" in rows[0]:
            versions = [row["xmin"] for row in rows]
