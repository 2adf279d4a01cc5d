"""The pool's connections, over a network as on one machine."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from datetime import date
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest
from tortoise.connection import get_connections

from models import business_date, database
from models.business_date import BusinessDate
from settings import Settings


@contextlib.asynccontextmanager
async def over_tcp(settings: Settings) -> AsyncIterator[str]:
    """The URL of the test's database behind a port."""
    place = urlsplit(settings.database_url)
    server = parse_qs(place.query)
    path = f"{server['host'][0]}/.s.PGSQL.{server['port'][0]}"

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer):
            while said := await reader.read(65536):
                writer.write(said)

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_unix_connection(path)
        await asyncio.gather(pass_on(reader, to_server), pass_on(from_server, writer))

    async with await asyncio.start_server(connect, "127.0.0.1", 0) as opened:
        port = opened.sockets[0].getsockname()[1]
        yield f"postgresql://kist_application@127.0.0.1:{port}{place.path}"


async def test_the_end_of_the_servers_machine_is_noticed_within_a_minute(settings: Settings) -> None:
    names = ("TCP_KEEPIDLE" if hasattr(socket, "TCP_KEEPIDLE") else "TCP_KEEPALIVE", "TCP_KEEPINTVL", "TCP_KEEPCNT")
    async with (
        over_tcp(settings) as url,
        database.connected(url),
        get_connections().get("default").acquire_connection() as connection,
    ):
        end = connection._transport.get_extra_info("socket")
        assert end.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        idle, every, times = (end.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)) for name in names)
        assert idle + every * times <= 60


async def test_the_orm_raises_the_errors_of_hand_written_sql(memory: Settings) -> None:
    """Tortoise would hide from a resolver that a server is a standby by now."""
    with pytest.raises(asyncpg.UniqueViolationError):
        await BusinessDate.create(id=1, date=date(2026, 1, 1))

    async def write_to_a_standby() -> None:
        async with database.transaction():
            await database.execute("SET TRANSACTION READ ONLY")
            await BusinessDate.filter(id=1).update(date=date(2026, 1, 2))

    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await write_to_a_standby()
    # The connection is free again, and outside of any transaction.
    assert await business_date.move_to(date(2026, 1, 2))
