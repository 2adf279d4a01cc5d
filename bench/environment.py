"""A benchmark runs its own servers in a temporary folder and removes both. After a kill, the next one removes them."""

import asyncio
import contextlib
import os
import shutil
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import asyncpg

from bench.errors import BenchmarkError, last_lines
from models import business_date, database
from ops.commands.child_processes import environment
from ops.commands.supervisor import START_SECONDS, Part, api_names
from ops.embedded import home as homes
from ops.embedded import postgres, servers, valkey
from ops.embedded.process_group import Messages
from settings import ROOT, Settings

T = TypeVar("T")

# The business date of every benchmark. The book's newest cycle is due on it or was due a few days before.
DAY = date(2026, 1, 31)

_FOLDER = "kist-bench-"

# A benchmark sends all its requests from one address and for few accounts, so the rate limits are switched off.
_LIMITS = ("ADDRESS_BUDGET", "ACCOUNT_BUDGET", "REQUESTS_IN_FLIGHT", "SOCKETS_PER_ADDRESS")
_UNLIMITED = {f"KIST_{name}": "0" for name in _LIMITS}


@contextlib.contextmanager
def temporary_environment() -> Iterator[Settings]:
    """Start a PostgreSQL and a Valkey of its own, and yield a sandbox's settings. The database is not migrated yet."""
    remove_abandoned()
    with tempfile.TemporaryDirectory(prefix=_FOLDER, ignore_cleanup_errors=True) as folder, ExitStack() as stack:
        home = Path(folder).resolve()
        stack.enter_context(homes.held(home, "kist bench"))
        keys = servers.keys(home)
        with postgres.running(home / "postgres") as urls, valkey.running(home / "valkey") as redis_url:
            yield Settings(
                _env_file=None,  # type: ignore[call-arg]  # pydantic-settings takes it
                home=home,
                port=free_port(),
                database_url=urls.application,
                database_owner_url=urls.owner,
                redis_url=redis_url,
                sandbox=True,
                api_processes=1,
                **keys,  # type: ignore[arg-type]
            )


def remove_abandoned() -> None:
    """Stop the servers of killed benchmarks, which would slow down later ones, and delete their folders.

    If a lock file is free but still contains its holder's name, the holder was killed.
    """
    for folder in Path(tempfile.gettempdir()).resolve().glob(f"{_FOLDER}*"):
        with contextlib.suppress(OSError, homes.HeldError):
            if folder.stat().st_uid != os.geteuid() or not (folder / "lock").stat().st_size:
                continue
            with homes.held(folder, "kist bench"):
                postgres.end_orphan(folder / "postgres")
                valkey.end_orphan(folder / "valkey")
                shutil.rmtree(folder, ignore_errors=True)


def run_isolated(work: Callable[[Settings], Awaitable[T]]) -> T:
    """Run `work` in a temporary environment of its own and return its result."""

    async def run(settings: Settings) -> T:
        return await work(settings)

    with temporary_environment() as settings:
        return asyncio.run(run(settings))


async def prepare(settings: Settings) -> None:
    """Create the tables and set the business date."""
    await database.migrate(settings.owner_url())
    async with database.connected(settings.database_url):
        await business_date.begin(DAY)


@contextlib.asynccontextmanager
async def connection(settings: Settings) -> AsyncIterator[database.Connection]:
    """Connect as the embedded server's superuser, who may create databases and write checkpoints."""
    superuser = settings.owner_url().replace("//kist_owner@", "//postgres@")
    opened = await asyncpg.connect(**database.arguments(superuser))
    try:
        yield opened
    finally:
        await opened.close()


async def copied(settings: Settings, name: str) -> Settings:
    """Copy the database page for page and return the copy's settings. Its name begins with the original's.

    PostgreSQL refuses the copy while a client is connected to the original.
    """
    own = urlsplit(settings.database_url).path[1:]

    def of(database: str) -> Settings:
        urls = {"database_url": settings.database_url, "database_owner_url": settings.owner_url()}
        return settings.model_copy(
            update={field: url.replace(f"/{own}?", f"/{database}?") for field, url in urls.items()}
        )

    copy = f"{own}_{name}"
    async with connection(of("postgres")) as opened:
        await opened.execute(f"CREATE DATABASE {copy} TEMPLATE {own} OWNER kist_owner STRATEGY file_copy")
    return of(copy)


async def settle(settings: Settings) -> None:
    """Vacuum, analyze and write a checkpoint now, so that earlier work does not slow down the measurement."""
    async with connection(settings) as opened:
        await opened.execute("VACUUM ANALYZE")
        await opened.execute("CHECKPOINT")


@contextlib.contextmanager
def api(settings: Settings, root: Path = ROOT) -> Iterator[int]:
    """Run KIST_API_PROCESSES of the API on KIST_HOST:KIST_PORT, with the code in `root`. Yield the first one's id."""
    names = api_names(settings)

    def answers(_: Part) -> bool:
        with contextlib.suppress(OSError), socket.create_connection((settings.host, settings.port), timeout=1):
            return True
        return False

    # An earlier revision in `root` may not report that it is ready.
    with _started(settings, names, answers if len(names) == 1 else Part.is_ready, root) as parts:
        yield parts[0].process_id


@contextlib.contextmanager
def workers(settings: Settings, count: int) -> Iterator[None]:
    """Run `count` worker processes, all of them ready."""
    with _started(settings, ["worker"] * count, Part.is_ready):
        yield


@contextlib.contextmanager
def _started(
    settings: Settings, names: list[str], ready: Callable[[Part], bool], root: Path = ROOT
) -> Iterator[list[Part]]:
    """Run processes whose log lines stay hidden, unless the block fails: then the error has the last ones as a note.

    Raises:
        BenchmarkError: a process exited before it was ready, or did not start in time.
    """
    with ExitStack() as stack:
        each = settings.database_connections // settings.api_processes
        own = {"KIST_QUEUE": settings.queue, "KIST_DATABASE_CONNECTIONS": str(each)}
        parts, logs = [], []
        for name in names:
            log = stack.enter_context(tempfile.TemporaryFile())
            logs.append((name, Messages(log)))
            parts.append(Part(name, {**environment(settings), **_UNLIMITED, **own}, log, root))
            stack.callback(parts[-1].stop)
        try:
            _wait(parts, ready)
            yield parts
        except Exception as error:
            for name, messages in logs:
                error.add_note(last_lines(f"the log of the {name}", messages.text()))
            raise


def _wait(parts: list[Part], ready: Callable[[Part], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not all(ready(part) for part in parts):
        if exited := [how for part in parts if (how := part.exit_line())]:
            raise BenchmarkError(exited[0])
        if time.monotonic() > deadline:
            raise BenchmarkError(f"{parts[0].name} did not start within {START_SECONDS} seconds")
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
