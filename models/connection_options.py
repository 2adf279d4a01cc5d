"""What a connection of ours is: either side is to notice when the other is gone, and none waits for it for ever."""

import asyncio
import socket
from decimal import Decimal
from typing import Any, TypeAlias

import asyncpg

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"  # generic in its stubs only


# A server that is well stops at what it is told to in milliseconds.
_CANCEL_SECONDS = 3


class Impatient(asyncpg.Connection):
    """A connection that is dropped where its server does not hear that a statement is not wanted any more.

    By itself asyncpg waits for that without end, and whoever was to be told that it took too long waits with it.
    """

    async def _cancel(self, *waiters: Any) -> None:
        async with asyncio.timeout(_CANCEL_SECONDS) as limit:
            # It takes the end of this for one that somebody else wants, and says nothing.
            await super()._cancel(*waiters)  # type: ignore[misc]
        if limit.expired():
            self.terminate()


async def leave(connection: Connection) -> None:
    """No session of ours changes its connection beyond a transaction, so there is nothing to sweep out of it when it
    goes back to the pool: two statements fewer for a payment.
    """


# By itself a server takes two hours to find that a machine is gone, and a statement that waits for a lock never looks:
# meanwhile what a dead worker held would be nobody's.
_LOOK_FOR_US = """
SET client_connection_check_interval = '2s'; SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10;
SET tcp_keepalives_count = 3
"""


# And a task whose server's machine is gone would wait for its answer for ever. macOS calls the first one otherwise.
_LOOK_FOR_IT = {"TCP_KEEPIDLE": 30, "TCP_KEEPALIVE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3}


async def begin(connection: Connection) -> None:
    """Let either side notice when the other is gone."""
    _watch(connection)
    await connection.execute(_LOOK_FOR_US)
    await _agree(connection)


def _watch(connection: Connection) -> None:
    end: socket.socket = connection._transport.get_extra_info("socket")  # type: ignore[attr-defined]
    if end.family in {socket.AF_INET, socket.AF_INET6}:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _LOOK_FOR_IT.items():
            if hasattr(socket, name):
                end.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


async def _agree(connection: Connection) -> None:
    """Money travels as the text it is: binary numerics are put together digit by digit, at twice the cost."""
    await connection.set_type_codec("numeric", schema="pg_catalog", encoder=str, decoder=Decimal, format="text")


async def begin_behind_a_pooler(connection: Connection) -> None:
    """Only what is ours alone: the server's session behind a pooler is somebody else's after each transaction.

    For the same reason a statement is prepared anew each time (`statement_cache_size=0`), and the pooler itself has to
    notice who is gone.
    """
    _watch(connection)
    await _agree(connection)
