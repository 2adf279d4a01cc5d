"""Checks before a part starts: each problem is one line that names the setting to change."""

import contextlib
import errno
import logging
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import asyncpg
from redis.exceptions import RedisError

from broker.connection import connected
from models import class_history, database, event_numbers, grants
from ops.embedded.home import KEY_NAMES
from settings import Settings, SettingsError

logger = logging.getLogger("kist.ops")

# Long enough for a server on another continent, short enough for a person at a prompt.
ANSWER_SECONDS = 10
# A request holds a connection during its statements only, so that a process is rarely out of four.
GOOD_CONNECTIONS = 4


def port_is_free(settings: Settings) -> None:
    """Raises SettingsError: the process cannot listen on KIST_HOST:KIST_PORT."""
    _can_listen(settings.host, settings.port, "KIST")


def processes_can_share(settings: Settings) -> None:
    """Raises SettingsError: KIST_API_PROCESSES cannot share a port on this system, or are more than the connections."""
    processes, connections = settings.api_processes, settings.database_connections
    if processes > 1 and not hasattr(socket, "SO_REUSEPORT"):
        raise SettingsError("KIST_API_PROCESSES must be 1: processes cannot share a port of this system (SO_REUSEPORT)")
    if processes > connections:
        raise SettingsError(
            f"KIST_DATABASE_CONNECTIONS of {connections} is too small: {processes} API processes share it, so set it to"
            f" {processes * GOOD_CONNECTIONS} or lower KIST_API_PROCESSES"
        )


def with_port(settings: Settings) -> Settings:
    """Replace port 0 by a free port, which must be known to print it or to share it."""
    if settings.port:
        return settings
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return settings.model_copy(update={"port": probe.getsockname()[1]})


def metrics_port_is_free(settings: Settings, parts: int = 1) -> None:
    """Raises SettingsError: the parts cannot listen on KIST_METRICS_HOST:KIST_METRICS_PORT or the next ports."""
    for part in range(parts if settings.metrics_port else 0):
        _can_listen(settings.metrics_host, settings.metrics_port + part, "KIST_METRICS")


def shared_sockets(settings: Settings) -> list[socket.socket]:
    """Sockets for KIST_HOST:KIST_PORT. Linux distributes connections over all processes that listen on such sockets.

    Raises:
        SettingsError: the process cannot listen there.
    """
    sockets = []
    with _refused(settings.host, settings.port, "KIST"):
        for family, kind, protocol, address in _addresses(settings.host, settings.port):
            sockets.append(shared := socket.socket(family, kind, protocol))
            shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            if family == socket.AF_INET6:
                # An address of IPv4 has a socket of its own, as in asyncio.
                shared.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            shared.bind(address)
    return sockets


def _can_listen(host: str, port: int, setting: str) -> None:
    with _refused(host, port, setting):
        family, kind, protocol, address = _addresses(host, port)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)


def _addresses(host: str, port: int) -> list[tuple[int, int, int, Any]]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return [(family, kind, protocol, address) for family, kind, protocol, _, address in found]


@contextlib.contextmanager
def _refused(host: str, port: int, setting: str) -> Iterator[None]:
    """Turn an error of a socket into a line that names the setting."""
    try:
        yield
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
    if await _is_half_migrated(settings):
        raise SettingsError("a migration was interrupted before it changed all loans: run ./kist migrate")
    if excess := await excess_of_role(settings):
        logger.warning(excess)


async def _is_half_migrated(settings: Settings) -> bool:
    connection = await asyncpg.connect(**database.arguments(settings.require_database()), timeout=ANSWER_SECONDS)
    try:
        return await event_numbers.is_pending(connection) or await class_history.is_pending(connection)
    finally:
        await connection.close()


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
