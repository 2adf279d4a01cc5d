"""The run's PostgreSQL and Valkey, and statements that only their owner may run."""

from contextlib import AsyncExitStack
from pathlib import Path
from stat import S_IMODE
from typing import Any, NamedTuple
from urllib.parse import quote

import asyncpg
from tortoise.connection import get_connections

from models import database
from settings import Settings

TEMPLATE = "kist_template"


class Servers(NamedTuple):
    """The URLs of the run's PostgreSQL (database `kist`), by role, and of its Valkey."""

    database_url: str
    redis_url: str
    owner_url: str
    superuser_url: str
    # PostgreSQL's log of all tests of the run.
    log: Path = Path()

    def database(self, name: str) -> str:
        """A database for the application's role, which has what models/grants.py says and nothing more."""
        return self.database_url.replace("/kist?", f"/{name}?")

    def owner(self, name: str) -> str:
        return self.owner_url.replace("/kist?", f"/{name}?")

    def settings(self, name: str) -> dict[str, str]:
        """The settings that name a database."""
        return {"database_url": self.database(name), "database_owner_url": self.owner(name)}


async def administer(servers: Servers, statement: str) -> None:
    """Run a statement as the superuser, in the database `kist`."""
    await execute(servers.superuser_url, statement)


async def copy(servers: Servers, name: str) -> None:
    """Make a fresh migrated database."""
    await administer(servers, copied(name))


def copied(name: str, template: str = TEMPLATE) -> str:
    """The statement that copies a database: the migrated one, unless another is given."""
    # Copying the files is quicker than writing each page to PostgreSQL's log: they are in memory.
    return f"CREATE DATABASE {name} TEMPLATE {template} OWNER kist_owner STRATEGY FILE_COPY"


async def tamper(statement: str, *values: object) -> None:
    """Run a statement that the application's role is refused: as the superuser, in the database of the open pool."""
    pool: Any = get_connections().get("default")
    await execute(
        f"postgresql://postgres@/{pool.database}?host={quote(pool.host)}&port={pool.port}", statement, *values
    )


def as_superuser(settings: Settings) -> str:
    """The URL of the test's database for the superuser."""
    return settings.database_owner_url.replace("kist_owner@", "postgres@")


async def execute(url: str, statement: str, *values: object) -> None:
    """Run a statement on a connection of its own, which no pool has."""
    connection = await asyncpg.connect(**database.arguments(url))
    try:
        await connection.execute(statement, *values)
    finally:
        await connection.close()


def passable(folder: Path) -> None:
    """Let another user pass a test's own folder, and those that pytest closes above it."""
    for way in (folder, folder.parent, folder.parent.parent):
        # No permission is taken away: the folder above may be /tmp or /dev/shm, which every user needs.
        mode = S_IMODE(way.stat().st_mode)
        if mode & 0o011 != 0o011:
            way.chmod(mode | 0o011)


async def contents() -> dict[str, list[str]]:
    """Every row of every table, as text; bytes are written in hexadecimal."""
    tables = await database.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    return {
        name: [text for (text,) in await database.fetch(f'SELECT row::text FROM "{name}" AS row ORDER BY 1')]
        for (name,) in tables
    }


async def overhear(connections: int) -> list[str]:
    """The statements that reach PostgreSQL from now on, on any of the pool's connections."""
    pool, heard = get_connections().get("default"), list[str]()
    async with AsyncExitStack() as held:
        for connection in [await held.enter_async_context(pool.acquire_connection()) for _ in range(connections)]:
            connection.add_query_logger(lambda spoken: heard.append(spoken.query))
    heard.clear()
    return heard
