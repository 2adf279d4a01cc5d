"""Hand-written SQL: it goes through one pool and one kind of transaction, and migrations take an advisory lock.

Whatever happens in a transaction, its connection returns to the pool.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeAlias, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

import asyncpg
from tortoise import Tortoise
from tortoise.connection import get_connections
from tortoise.transactions import in_transaction

import telemetry
from models import asyncpg_seam, connection_options, event_numbers, grants, tortoise_seam
from models.advisory_locks import AdvisoryLock
from models.database_errors import IN_CONFLICT, UNAVAILABLE, InUseError, NotOwnerError
from models.event_numbers import Progress, unreported
from models.pool import Telling

T = TypeVar("T")
Connection: TypeAlias = asyncpg_seam.Connection

MODULES = [
    f"models.{name}"
    for name in (
        *("users", "user_changes", "operators", "sessions", "password_resets", "transactions", "imports", "loans"),
        *("bills", "payments", "loan_events", "ledger", "billing_chunks", "billing_runs", "business_date", "audit"),
        *("book_heads", "products", "key_facts", "class_changes"),
    )
]
MIGRATIONS = Path(__file__).parent.parent / "migrations"

# A server that hangs does not close its connections, and a process has 15 seconds to stop.
_CLOSE_SECONDS = 3

# A migration that waits for a table blocks all later statements on that table.
_MIGRATION_WAITS = "5s"

# Deadlocks and lock timeouts are transient. A transaction that fails five times has another problem.
_TRIES = 5


def arguments(url: str) -> dict[str, Any]:
    """Return the arguments of `asyncpg.connect` for a PostgreSQL URL. `?host=` names the folder of a Unix socket.
    `?sslmode=` has libpq's meaning. All other parameters are server settings for kist's sessions.
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "host": query.pop("host", None) or parts.hostname or "localhost",
        "port": int(query.pop("port", None) or parts.port or 5432),
        "user": unquote(parts.username or "postgres"),
        "password": unquote(parts.password) if parts.password else None,
        "database": unquote(parts.path.lstrip("/")) or "kist",
        "ssl": query.pop("sslmode", None),
        "server_settings": {"application_name": "kist", **query},
    }


def configuration(url: str, connections: int = 10, *, pooler: bool = False, migrating: bool = True) -> dict[str, Any]:
    """Tortoise's configuration for the URL of PostgreSQL or of a pooler. `connections` is the pool's maximum.

    Only migrations import aerich, which is slow to import. It expects the errors that Tortoise puts in asyncpg's place.
    """
    modules = [*MODULES, "aerich.models"] if migrating else MODULES
    engine = "tortoise.backends.asyncpg" if migrating else "models.tortoise_seam"
    credentials = {
        **arguments(url),
        "minsize": 1,
        "maxsize": connections,
        "connection_class": Telling if telemetry.listeners else asyncpg_seam.CancellingConnection,
        "init": connection_options.begin,
        "reset": connection_options.leave,
    }
    if pooler:
        credentials |= {"init": connection_options.begin_behind_a_pooler, "statement_cache_size": 0}
    return {
        "connections": {"default": {"engine": engine, "credentials": credentials}},
        "apps": {"models": {"models": modules, "default_connection": "default"}},
        "use_tz": True,
        "timezone": "UTC",
    }


@asynccontextmanager
async def connected(url: str, connections: int = 10, *, pooler_url: str = "") -> AsyncIterator[None]:
    """Open the pool until the block ends; the models find it from any task. With `pooler_url`, the pool connects to a
    pooler in transaction mode in front of the database.

    Raises:
        OSError, asyncpg.PostgresError: the server cannot be reached, or rejects the connection.
    """
    given = configuration(pooler_url or url, connections, pooler=bool(pooler_url), migrating=False)
    await tortoise_seam.open_everywhere(given)
    try:
        await fetch("SELECT 1")  # Tortoise opens its pool lazily, and a wrong URL must fail here
        yield
    finally:
        with suppress(TimeoutError):  # the process ends without closing the others
            async with asyncio.timeout(_CLOSE_SECONDS):
                await Tortoise.close_connections()


@asynccontextmanager
async def transaction() -> AsyncIterator[Connection]:
    """Begin a transaction, which the ORM and hand-written statements share."""
    context: Any = in_transaction()
    entered = False
    try:
        await context.__aenter__()
        entered = True
    finally:
        if not entered:
            await tortoise_seam.release(context)
    try:
        yield tortoise_seam.connection(context)
    except BaseException as error:
        # If the connection is lost, the rollback fails too. The caller needs the first error, which has the reason.
        with suppress(*UNAVAILABLE):
            await context.__aexit__(type(error), error, error.__traceback__)
        raise
    else:
        await context.__aexit__(None, None, None)


async def retried(work: Callable[[], Awaitable[T]]) -> T:
    """Run a whole transaction again if PostgreSQL rolled it back to resolve a conflict."""
    for attempt in range(1, _TRIES):
        try:
            return await work()
        except IN_CONFLICT:
            await asyncio.sleep(random.uniform(0, 0.05) * attempt)
    return await work()


def connection() -> AbstractAsyncContextManager[Connection]:
    """A connection of the pool, or that of the transaction around the caller."""
    client: Any = get_connections().get("default")
    lent: AbstractAsyncContextManager[Connection] = client.acquire_connection()
    return lent


async def fetch(statement: str, *values: object) -> list[asyncpg.Record]:
    """The rows of one hand-written statement, in the transaction around the caller if there is one."""
    async with connection() as lent:
        return await lent.fetch(statement, *values)


async def fetch_one(statement: str, *values: object) -> asyncpg.Record | None:
    async with connection() as lent:
        return await lent.fetchrow(statement, *values)


async def execute(statement: str, *values: object) -> str:
    async with connection() as lent:
        return await lent.execute(statement, *values)


async def copy(table: str, columns: Sequence[str], rows: Iterable[tuple[object, ...]]) -> None:
    """Append rows to a table. No text may be "None", which is NULL, or contain tabs, line breaks or backslashes."""
    # This takes two thirds of the time of a join of strings.
    line = "\t".join(["%s"] * len(columns)) + "\n"
    lines = "".join([line % row for row in rows]).encode()

    # For a file, asyncpg makes a class in a reference cycle, which keeps the lines until the garbage collector runs.
    async def source() -> AsyncIterator[bytes]:
        yield lines

    async with connection() as lent:
        await lent.copy_to_table(table, source=source(), columns=columns, null="None")


async def migrate(url: str, application_url: str = "", report: Progress = unreported) -> list[str]:
    """Apply the missing migrations, grant the roles their privileges, number the events of loans, and return
    the names of the migrations. One process at a time migrates. `application_url` has the application's role.

    Raises:
        InUseError: another session uses a table for too long. The migrations before that one are applied.
        NotOwnerError: the role may not create tables.
    """
    lock = await asyncpg.connect(**arguments(url))
    try:
        await lock.execute("SELECT pg_advisory_lock($1)", AdvisoryLock.MIGRATION)
        if not await lock.fetchval("SELECT has_schema_privilege('public', 'CREATE')"):
            role = arguments(url)["user"]
            raise NotOwnerError(f"the role {role} may not change tables: set KIST_DATABASE_OWNER_URL to their owner's")
        # A task of its own has no Tortoise connection yet. Otherwise aerich would use the connection that is open.
        applied = await asyncio.create_task(_upgrade(url))
        await grants.apply(lock, arguments(application_url)["user"] if application_url else grants.APPLICATION)
        await event_numbers.fill(lock, report)
        return applied
    except asyncpg.LockNotAvailableError:
        raise InUseError(
            "a table is in use, perhaps by a backup or a verification. The migrations stop after"
            f" {_MIGRATION_WAITS}, because other sessions would wait behind them. Run the same command again later"
        ) from None
    finally:
        await lock.close()


async def missing_migrations(url: str) -> list[str]:
    """The names of the migrations that have not been applied."""
    connection = await asyncpg.connect(**arguments(url))
    try:
        return sorted(every_migration() - await applied_migrations(connection))
    finally:
        await connection.close()


async def applied_migrations(connection: Connection) -> set[str]:
    """The names of the migrations that have been applied."""
    try:
        return {row["version"] for row in await connection.fetch("SELECT version FROM aerich")}
    except asyncpg.UndefinedTableError:
        return set()


def every_migration() -> set[str]:
    """Return the names of all migrations, in the form in which the database lists applied ones."""
    return {file.name for file in (MIGRATIONS / "models").glob("[0-9]*.py")}


async def _upgrade(url: str) -> list[str]:
    from aerich import Command

    given = configuration(url)
    given["connections"]["default"]["credentials"]["server_settings"]["lock_timeout"] = _MIGRATION_WAITS
    command = Command(tortoise_config=given, app="models", location=str(MIGRATIONS))
    async with command:
        return await command.upgrade(run_in_transaction=True)


# For the aerich command (see pyproject.toml). It compares the models with the last migration and needs no server.
AERICH_CONFIG = configuration("postgresql:///kist")
