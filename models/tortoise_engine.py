"""Tortoise's client for PostgreSQL, which raises asyncpg's own errors for the ORM as for hand-written SQL.

Tortoise replaces some of them. A server that is now a standby (ReadOnlySQLTransactionError) would be a
TransactionManagementError then, and no longer an error that goes away. Tested with tortoise-orm 1.1.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import NestedTransactionContext, TransactionContext, TransactionContextPooled


class _Transaction(TransactionWrapper):
    async def _translate_exceptions(self, func: Callable[..., Awaitable[Any]], *args: Any, **options: Any) -> Any:
        return await func(self, *args, **options)

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(_Transaction(self))


class Client(AsyncpgDBClient):
    async def _translate_exceptions(self, func: Callable[..., Awaitable[Any]], *args: Any, **options: Any) -> Any:
        return await func(self, *args, **options)

    def _in_transaction(self) -> TransactionContext:
        return TransactionContextPooled(_Transaction(self), self._pool_init_lock)


# The name by which Tortoise finds the client of an engine.
client_class = Client
