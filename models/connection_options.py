"""Hand-written SQL: the options of a session, by which PostgreSQL notices that its client is gone, and the reverse."""

import socket
from decimal import Decimal

from models.asyncpg_seam import Connection, socket_of


async def leave(connection: Connection) -> None:
    """Skip asyncpg's reset of a connection that returns to the pool, which saves two statements for a payment.

    kist changes the state of a session only within a transaction, so there is nothing to reset.
    """


# By default PostgreSQL notices after two hours that a client's machine is gone, and never while a statement waits for a
# lock. Until then the locks of a dead worker stay held.
_SERVER_KEEPALIVE = """
SET client_connection_check_interval = '2s'; SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10;
SET tcp_keepalives_count = 3
"""


# Without these a task whose server's machine is gone waits without end. macOS has another name for the first one.
_CLIENT_KEEPALIVE = {"TCP_KEEPIDLE": 30, "TCP_KEEPALIVE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3}


async def begin(connection: Connection) -> None:
    """Let client and server notice when the other is gone."""
    _keep_alive(connection)
    await connection.execute(_SERVER_KEEPALIVE)
    await _set_codecs(connection)


def _keep_alive(connection: Connection) -> None:
    end = socket_of(connection)
    if end.family in {socket.AF_INET, socket.AF_INET6}:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _CLIENT_KEEPALIVE.items():
            if hasattr(socket, name):
                end.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


async def _set_codecs(connection: Connection) -> None:
    """Read numerics as text: asyncpg decodes binary numerics digit by digit, which takes twice as long."""
    await connection.set_type_codec("numeric", schema="pg_catalog", encoder=str, decoder=Decimal, format="text")


async def begin_behind_a_pooler(connection: Connection) -> None:
    """Set only what belongs to the client: behind a pooler another client gets the session after each transaction.

    For the same reason statements are prepared each time (`statement_cache_size=0`), and the pooler itself has to
    notice that a client is gone.
    """
    _keep_alive(connection)
    await _set_codecs(connection)
