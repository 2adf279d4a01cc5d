"""The private parts of Tortoise that kist uses: its pool, connections, instances made from rows, and a client."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import asyncpg
from tortoise import Tortoise
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import NestedTransactionContext, TransactionContext, TransactionContextPooled
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


class _Transaction(TransactionWrapper):
    async def _translate_exceptions(self, func: Callable[..., Awaitable[Any]], *args: Any, **options: Any) -> Any:
        return await func(self, *args, **options)

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(_Transaction(self))


class Client(AsyncpgDBClient):
    """A client whose queries raise asyncpg's errors, as hand-written statements do.

    Tortoise replaces some of them. A server that has become a standby (ReadOnlySQLTransactionError) would raise a
    TransactionManagementError, which is no longer known as an error that passes.
    """

    async def _translate_exceptions(self, func: Callable[..., Awaitable[Any]], *args: Any, **options: Any) -> Any:
        return await func(self, *args, **options)

    def _in_transaction(self) -> TransactionContext:
        return TransactionContextPooled(_Transaction(self), self._pool_init_lock)


# Tortoise looks for the client of an engine under this name.
client_class = Client
