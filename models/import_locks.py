"""Hand-written SQL: the advisory locks by which one import at a time stores, and the options of its transactions."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from models import database
from models.advisory_locks import AdvisoryLock


@asynccontextmanager
async def turn(url: str) -> AsyncIterator[None]:
    """Let one import at a time store. The lock has a connection of its own: the pool may have only one, and an import
    commits many transactions.
    """
    connection = await asyncpg.connect(**database.arguments(url))
    try:
        # The lock ends with the connection, even if the server no longer answers.
        await connection.execute("BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0")
        await connection.execute("SELECT pg_advisory_xact_lock($1)", AdvisoryLock.IMPORT)
        # The server may notice only at the end of a statement that a client was killed: wait for its parts.
        await database.execute("SELECT pg_advisory_xact_lock($1)", AdvisoryLock.IMPORT_PART)
        yield
    finally:
        await connection.close()


async def hold_turn(connection: database.Connection, *, durable: bool = False) -> None:
    """In the transaction of a part: no other import begins to store before the transaction ends.

    Unless it is durable, its commit does not wait for the disk. A crash may lose the part, rows and note together. The
    commit of `imports.finish` does wait, and writes everything that was committed before.
    """
    if not durable:
        await connection.execute("SET LOCAL synchronous_commit = off")
    await connection.execute("SELECT pg_advisory_xact_lock_shared($1)", AdvisoryLock.IMPORT_PART)
