"""Database errors are classified by their remedy: the server is unavailable, a conflict, or a canceled statement."""

import asyncpg
from tortoise.exceptions import DBConnectionError

# The server restarts, is unreachable, has no free connection, memory or disk space, or has become a standby. Or it
# ended the session of a suspended process.
UNAVAILABLE = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.InterfaceError,
    # asyncpg raises it when the session has ended and its connection has not yet.
    asyncpg.InternalClientError,
    DBConnectionError,
)

# The server rolled the transaction back in favor of another one. A retry may succeed.
IN_CONFLICT = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError, asyncpg.LockNotAvailableError)

# The server's own limit (`statement_timeout`, `transaction_timeout`) or an administrator canceled the statement.
CANCELED = (asyncpg.QueryCanceledError, asyncpg.TransactionTimeoutError)


class MigrationError(Exception):
    """The migrations cannot continue. The text is one line."""


class InUseError(MigrationError):
    """A migration could not lock a table within its time limit."""


class NotOwnerError(MigrationError):
    """The role does not own the tables and cannot change them."""
