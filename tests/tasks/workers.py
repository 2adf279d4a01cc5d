"""Workers for tests, in this process or in a separate one, and ways to observe and delay their work."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any

import asyncpg
from redis.asyncio import Redis
from redis.exceptions import ResponseError
from taskiq import AsyncBroker

from broker import connection, stream
from models import database
from settings import Settings
from tasks import worker
from tests.servers import tamper


@asynccontextmanager
async def working(settings: Settings, reclaim_after_ms: int = stream.RECLAIM_AFTER_MS) -> AsyncIterator[AsyncBroker]:
    """Run a worker in this process, on the test's own pool."""
    finish = asyncio.Event()
    async with worker.opened(settings, reclaim_after_ms) as opened:
        listening = asyncio.create_task(worker.work(opened, finish))
        try:
            yield opened
        finally:
            finish.set()
            await listening


@asynccontextmanager
async def holding(settings: Settings, rows: str) -> AsyncIterator[asyncpg.Connection]:
    """Lock some rows, so that a change of them waits; on a connection of its own."""
    connection = await asyncpg.connect(**database.arguments(settings.database_url))
    try:
        async with connection.transaction():
            await connection.execute(f"SELECT FROM {rows} FOR UPDATE")
            yield connection
    finally:
        await connection.close()


async def waiting() -> int:
    """The number of statements that wait for a lock."""
    row = await database.fetch_one(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    assert row is not None
    return int(row["count"])


def speaking_to(settings: Settings) -> AbstractAsyncContextManager[Redis]:
    """A client of the broker's present server."""
    return connection.connected(settings.redis_url, settings.queue, answer_seconds=stream.ANSWER_SECONDS)


async def messages(settings: Settings) -> tuple[int, int]:
    """The number of messages in the queue, and the number of those that a worker has taken."""
    async with speaking_to(settings) as valkey:
        taken: Any = {"pending": 0}
        with suppress(ResponseError):  # before the first worker there is no group
            taken = await valkey.xpending(settings.queue, settings.queue)
        return await valkey.xlen(settings.queue), int(taken["pending"])


async def is_idle(settings: Settings) -> bool:
    return await messages(settings) == (0, 0)


async def let_time_pass() -> None:
    """Make every unfinished run look idle for a minute."""
    await tamper(
        "UPDATE billing_runs SET created_at = created_at - interval '1 minute',"
        " started_at = started_at - interval '1 minute' WHERE status IN ('QUEUED', 'RUNNING')"
    )
    await database.execute("UPDATE billing_chunks SET done_at = done_at - interval '1 minute'")


RECLAIM_AFTER_MS = 300
