"""A benchmark stands on servers of its own, in a temporary folder, and leaves nothing behind, however it ends."""

import contextlib
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import asyncpg

from models import business_date, database
from server import embedded, postgres, valkey
from server.processes import START_SECONDS, FallenError, Part, Parts, environment
from settings import Settings

# The day on which everything happens: the book's newest cycle is due on it, or was a few days before.
DAY = date(2026, 1, 31)


@contextlib.contextmanager
def ground() -> Iterator[Settings]:
    """The settings of a sandbox on a PostgreSQL and a Valkey that nobody else uses; its database is not made yet."""
    with tempfile.TemporaryDirectory(prefix="kist-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder).resolve()
        keys = embedded.keys(home)
        with postgres.running(home / "postgres") as database_url, valkey.running(home / "valkey") as redis_url:
            yield Settings(
                _env_file=None,  # type: ignore[call-arg]  # pydantic-settings takes it
                home=home,
                port=_free_port(),
                database_url=database_url,
                redis_url=redis_url,
                sandbox=True,
                **keys,  # type: ignore[arg-type]
            )


async def prepare(settings: Settings) -> None:
    """Make the tables and set the business date."""
    await database.migrate(settings.database_url)
    async with database.connected(settings.database_url):
        await business_date.begin(DAY)


@contextlib.asynccontextmanager
async def connection(settings: Settings) -> AsyncIterator[database.Connection]:
    opened = await asyncpg.connect(**database.arguments(settings.database_url))
    try:
        yield opened
    finally:
        await opened.close()


async def copied(settings: Settings, name: str) -> Settings:
    """The settings of a copy of the database, row for row and page for page."""
    twin = settings.model_copy(update={"database_url": settings.database_url.replace("/kist?", f"/{name}?")})
    maintenance = settings.model_copy(update={"database_url": settings.database_url.replace("/kist?", "/postgres?")})
    async with connection(maintenance) as opened:
        await opened.execute(f"CREATE DATABASE {name} TEMPLATE kist STRATEGY file_copy")
    return twin


async def settled(settings: Settings) -> None:
    """Let nothing of what was done before be done during the measurement."""
    async with connection(settings) as opened:
        await opened.execute("VACUUM ANALYZE")
        await opened.execute("CHECKPOINT")


@contextlib.contextmanager
def api(settings: Settings) -> Iterator[None]:
    """One API process on KIST_HOST:KIST_PORT."""
    parts = Parts(settings, time.sleep)
    try:
        parts.start("api")
        parts.wait_for_port(settings.host, settings.port)
        yield
    finally:
        parts.stop()


@contextlib.contextmanager
def workers(settings: Settings, count: int) -> Iterator[None]:
    """So many worker processes, all of them listening.

    Raises:
        FallenError: one does not start.
    """
    with ExitStack() as stack:
        started = []
        for _ in range(count):
            started.append(Part("worker", environment(settings)))
            stack.callback(started[-1].stop)
        deadline = time.monotonic() + START_SECONDS
        while not all(part.is_ready() for part in started):
            if time.monotonic() > deadline:
                raise FallenError(f"a worker has not started after {START_SECONDS} seconds")
            time.sleep(0.02)
        if fallen := [how for part in started if (how := part.fell())]:
            raise FallenError(fallen[0])
        yield


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
