"""Workers to test with, in this process or in one that can be killed, and ways to catch them at their work."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from time import monotonic
from typing import Any, TypeVar

import asyncpg
from redis.asyncio import Redis
from redis.exceptions import ResponseError
from taskiq import AsyncBroker

from broker import connection, stream
from models import database
from ops.commands.child_processes import environment
from settings import ROOT, Settings
from tasks import worker
from tests.conftest import tamper

T = TypeVar("T")

# A process has its modules to read first, on a machine that may have a great many other things to do.
PATIENCE_SECONDS = 60


@asynccontextmanager
async def working(settings: Settings, reclaim_after_ms: int = stream.RECLAIM_AFTER_MS) -> AsyncIterator[AsyncBroker]:
    """A worker in this process, on the test's own pool."""
    finish = asyncio.Event()
    async with worker.opened(settings, reclaim_after_ms) as opened:
        listening = asyncio.create_task(worker.listen(opened, finish))
        try:
            yield opened
        finally:
            finish.set()
            await listening


@contextmanager
def process(settings: Settings, part: str = "worker") -> "Iterator[subprocess.Popen[bytes]]":
    """A `kist worker` or `kist scheduler`, killed at the end of the block if it is still there."""
    variables = {**environment(settings), "KIST_QUEUE": settings.queue}
    command = [sys.executable, str(ROOT / "cli.py"), part]
    with subprocess.Popen(command, env=variables, cwd=settings.home, start_new_session=True) as started:
        try:
            yield started
        finally:
            started.kill()


async def ended(started: "subprocess.Popen[bytes]") -> int:
    """The exit code of a process that was asked to end."""
    return await asyncio.to_thread(started.wait, PATIENCE_SECONDS)


@asynccontextmanager
async def holding(settings: Settings, rows: str) -> AsyncIterator[asyncpg.Connection]:
    """Hold some rows, so that whoever changes them waits; on a connection that is nobody else's."""
    connection = await asyncpg.connect(**database.arguments(settings.database_url))
    try:
        async with connection.transaction():
            await connection.execute(f"SELECT FROM {rows} FOR UPDATE")
            yield connection
    finally:
        await connection.close()


async def until(holds: Callable[[], Awaitable[T]], seconds: float = PATIENCE_SECONDS) -> T:
    """Wait for something to be true, and return it."""
    # Not by a cancellation: the clients of the servers swallow one now and then.
    deadline = monotonic() + seconds
    while not (found := await holds()):
        assert monotonic() < deadline, f"it does not come true within {seconds} seconds"
        await asyncio.sleep(0.02)
    return found


async def waiting() -> int:
    """How many statements wait for a lock."""
    row = await database.fetch_one(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    assert row is not None
    return int(row["count"])


def speaking_to(settings: Settings) -> AbstractAsyncContextManager[Redis]:
    """A client of the broker's server, whichever that is now."""
    return connection.connected(settings.redis_url, settings.queue, answer_seconds=stream.ANSWER_SECONDS)


async def messages(settings: Settings) -> tuple[int, int]:
    """How many messages the queue keeps, and how many of them a worker has taken."""
    async with speaking_to(settings) as valkey:
        taken: Any = {"pending": 0}
        with suppress(ResponseError):  # before the first worker there is no group
            taken = await valkey.xpending(settings.queue, settings.queue)
        return await valkey.xlen(settings.queue), int(taken["pending"])


async def is_idle(settings: Settings) -> bool:
    return await messages(settings) == (0, 0)


async def let_time_pass() -> None:
    """Make every unfinished run look as if nothing had happened on it for a minute."""
    await tamper(
        "UPDATE billing_runs SET created_at = created_at - interval '1 minute',"
        " started_at = started_at - interval '1 minute' WHERE status IN ('QUEUED', 'RUNNING')"
    )
    await database.execute("UPDATE billing_chunks SET done_at = done_at - interval '1 minute'")
