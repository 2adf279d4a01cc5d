"""Real servers for the whole run, and for every test a database of its own: a copy of the migrated one."""

import asyncio
import base64
import itertools
from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest
from pydantic import SecretStr

from models import business_date, database
from server import postgres, valkey
from settings import Settings

TODAY = date(2026, 1, 1)
TEMPLATE = "kist_template"

_numbers = itertools.count(1)


class Servers(NamedTuple):
    """The URLs of the run's PostgreSQL (database `kist`) and Valkey."""

    database_url: str
    redis_url: str

    def database(self, name: str) -> str:
        return self.database_url.replace("/kist?", f"/{name}?")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    home = tmp_path_factory.mktemp("servers")
    with postgres.running(home / "postgres") as database_url, valkey.running(home / "valkey") as redis_url:
        running = Servers(database_url, redis_url)
        asyncio.run(_prepare(running))
        yield running


async def _prepare(servers: Servers) -> None:
    # A crash of the machine may lose what a test wrote; a crash of the server, which tests provoke, may not.
    await administer(servers, "ALTER SYSTEM SET fsync = off")
    await administer(servers, "ALTER SYSTEM SET synchronous_commit = off")
    await administer(servers, "SELECT pg_reload_conf()")
    await administer(servers, f"CREATE DATABASE {TEMPLATE}")
    await database.migrate(servers.database(TEMPLATE))


async def administer(servers: Servers, statement: str) -> None:
    connection = await asyncpg.connect(**database.arguments(servers.database_url))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def key(letter: str) -> SecretStr:
    return SecretStr(base64.b64encode(letter.encode() * 32).decode())


@pytest.fixture
async def settings(servers: Servers, tmp_path: Path) -> AsyncIterator[Settings]:
    """The settings of a sandbox on a fresh migrated database and an empty queue."""
    name = f"test_{next(_numbers)}"
    await administer(servers, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    yield Settings(
        _env_file=None,
        home=tmp_path,
        database_url=servers.database(name),
        redis_url=servers.redis_url,
        queue=name,
        sandbox=True,
        signing_key=key("s"),
        aadhaar_digest_key=key("d"),
        aadhaar_cipher_key=key("c"),
    )
    await administer(servers, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def memory(settings: Settings) -> AsyncIterator[Settings]:
    """The pool of the test's database, whose business date is the first of January 2026."""
    async with database.connected(settings.database_url, settings.database_connections):
        await business_date.begin(TODAY)
        yield settings
