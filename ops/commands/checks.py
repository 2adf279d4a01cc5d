"""Checks before a part starts: each problem is one line that names the setting to change."""

import errno
import logging
import socket
from urllib.parse import urlsplit

import asyncpg
from redis.exceptions import RedisError

from broker.connection import connected
from models import database, grants
from ops.embedded.home import KEY_NAMES
from settings import Settings, SettingsError

logger = logging.getLogger("kist.ops")

# Long enough for a server on another continent, short enough for a person at a prompt.
ANSWER_SECONDS = 10


def port_is_free(settings: Settings) -> None:
    """Raises SettingsError: the process cannot listen on KIST_HOST:KIST_PORT."""
    _can_listen(settings.host, settings.port, "KIST")


def metrics_port_is_free(settings: Settings, parts: int = 1) -> None:
    """Raises SettingsError: the parts cannot listen on KIST_METRICS_HOST:KIST_METRICS_PORT or the next ports."""
    for part in range(parts if settings.metrics_port else 0):
        _can_listen(settings.metrics_host, settings.metrics_port + part, "KIST_METRICS")


def _can_listen(host: str, port: int, setting: str) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(f"port {port} on {host} is in use: set {setting}_PORT to another port") from None
        raise SettingsError(
            f"cannot listen on {host}:{port} ({setting}_HOST, {setting}_PORT): {error.strerror}"
        ) from None


def keys_are_set(settings: Settings) -> None:
    """Raises SettingsError: one of the three keys is missing."""
    for name in KEY_NAMES:
        settings.key(name)


async def database_answers(settings: Settings) -> None:
    """Raises SettingsError: PostgreSQL refuses the connection or does not answer."""
    await _answers("PostgreSQL", settings.require_database(), "KIST_DATABASE_URL")


async def owner_answers(settings: Settings) -> None:
    """Raises SettingsError: PostgreSQL refuses the connection as the owner of the tables, or does not answer."""
    setting = "KIST_DATABASE_OWNER_URL" if settings.database_owner_url else "KIST_DATABASE_URL"
    await _answers("PostgreSQL", settings.owner_url(), setting)


async def _answers(what: str, url: str, setting: str) -> None:
    try:
        connection = await asyncpg.connect(url, timeout=ANSWER_SECONDS)
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise SettingsError(f"{what} at {_place(url)} ({setting}): {_reason(error)}") from None
    await connection.close()


async def database_is_ready(settings: Settings) -> None:
    """Raises SettingsError: PostgreSQL or its pooler does not answer, or a migration is missing."""
    await database_answers(settings)
    if settings.database_pooler_url:
        await _answers("PgBouncer", settings.database_pooler_url, "KIST_DATABASE_POOLER_URL")
    missing = await database.missing_migrations(settings.require_database())
    if missing:
        raise SettingsError(f"the database lacks {len(missing)} migrations: run ./kist migrate")
    if excess := await excess_of_role(settings):
        logger.warning(excess)


async def excess_of_role(settings: Settings) -> str:
    """A warning if the application's role could change append-only tables; empty otherwise.

    Raises:
        OSError, asyncpg.PostgresError: PostgreSQL does not answer.
    """
    connection = await asyncpg.connect(**database.arguments(settings.require_database()), timeout=ANSWER_SECONDS)
    try:
        excess = await grants.excess(connection)
    finally:
        await connection.close()
    role = database.arguments(settings.database_url)["user"]
    return excess and (
        f"the database role {role} (KIST_DATABASE_URL) {excess}: it could change the ledger and the audit log. Give"
        " the application a role of its own (docs/operations.md, Database roles)"
    )


async def redis_answers(settings: Settings) -> None:
    """Raises SettingsError: Valkey refuses the connection or does not answer."""
    url = settings.require_redis()
    try:
        seconds = ANSWER_SECONDS
        async with connected(url, settings.queue, answer_seconds=seconds, connect_seconds=seconds) as client:
            await client.ping()
    except (OSError, ValueError, RedisError) as error:
        raise SettingsError(f"Valkey at {_place(url)} (KIST_REDIS_URL): {_reason(error)}") from None


def _place(url: str) -> str:
    """The URL without its user, password and options, which must not be printed."""
    parts = urlsplit(url)
    return f"{parts.netloc.rpartition('@')[2]}{parts.path}"


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {ANSWER_SECONDS} seconds"
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
