"""The private parts of Tortoise that kist uses: its pool, a transaction's connection, and instances made from rows."""

import asyncio
from collections.abc import Mapping
from typing import Any, TypeVar

import asyncpg
from tortoise import Tortoise
from tortoise.connection import get_connections
from tortoise.models import Model

from models.asyncpg_seam import Connection

VERSION = "1.1.9"

Row = TypeVar("Row", bound=Model)


async def open_everywhere(configuration: Mapping[str, Any]) -> None:
    """Initialize Tortoise so that every task sees it. By default only the task that calls `init` does, and its
    children; the server's requests are no children of its lifespan.
    """
    await Tortoise.init(config=dict(configuration), _enable_global_fallback=True)


def pool() -> Any:
    """The asyncpg pool of the default connection, or None before it is opened. Tortoise publishes no pool."""
    client: Any = get_connections().get("default")
    return client._pool


def connection(transaction: Any) -> Connection:
    """The asyncpg connection of an entered transaction: Tortoise's own methods add 400 microseconds to a statement."""
    found: Connection = transaction.client._connection
    return found


async def release(transaction: Any) -> None:
    """Return the connection of a transaction that was not entered to the pool.

    `TransactionContextPooled.__aenter__` does not when BEGIN fails or is cancelled, and the pool runs empty.
    """
    held = transaction.client.__dict__.get("_connection")
    if held is None:
        return
    lender = transaction.client._parent._pool
    transaction.client._connection = None
    if hasattr(transaction, "token"):
        get_connections().reset(transaction.token)
    await asyncio.shield(lender.release(held))


def instance(model: type[Row], row: Mapping[str, Any] | asyncpg.Record) -> Row:
    """A saved instance of a model, from a row of a hand-written statement that has every column of its table.

    Raises:
        KeyError: a column is missing.
    """
    return model._init_from_db(**row)
