"""The private parts of asyncpg that kist uses: how a connection cancels a statement, its socket, and a pool's queue."""

import asyncio
import socket
from typing import Any, TypeAlias

import asyncpg

VERSION = "0.32.0"

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"  # only asyncpg's stubs are generic

# A healthy server cancels a statement within milliseconds.
_CANCEL_SECONDS = 3


class CancellingConnection(asyncpg.Connection):
    """A connection that is closed when its server does not answer a request to cancel a statement.

    asyncpg waits for that answer without a limit, so that a client whose statement timed out would never be answered.
    No public method or option sets a limit.
    """

    async def _cancel(self, *waiters: Any) -> None:
        async with asyncio.timeout(_CANCEL_SECONDS) as limit:
            # asyncpg treats this cancellation as one from another task, and swallows it.
            await super()._cancel(*waiters)  # type: ignore[misc]
        if limit.expired():
            self.terminate()


def socket_of(connection: Connection) -> socket.socket:
    """The socket of a connection. asyncpg has no option for TCP keepalive."""
    found: socket.socket = connection._transport.get_extra_info("socket")  # type: ignore[attr-defined]
    return found


def waiting_for(pool: Any) -> int:
    """The number of tasks that wait for a connection of a pool. The pool publishes its sizes only."""
    return len(pool._queue._getters)
