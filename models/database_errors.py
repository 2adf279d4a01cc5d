"""What a statement may hear that is not about itself: its server is away, or did not let it go on."""

import asyncpg
from tortoise.exceptions import DBConnectionError

# Of a server that is restarted, cannot be reached, has no room left or is the standby of another by now, or that took a
# process of ours which stood still for dead.
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
    # Between a session's end and that of its connection the library does not know what to make of either.
    asyncpg.InternalClientError,
    DBConnectionError,
)

# Of a server that broke a transaction off for the sake of another: again, it may go through.
IN_CONFLICT = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError, asyncpg.LockNotAvailableError)

# Of a server with a limit of its own (`statement_timeout` and its kin), or of somebody who ended the statement there.
CANCELED = (asyncpg.QueryCanceledError, asyncpg.TransactionTimeoutError)


class MigrationError(Exception):
    """The migrations cannot go on. Its text is one line."""


class InUseError(MigrationError):
    """A migration could not have a table within its time."""


class NotOwnerError(MigrationError):
    """The role may not change the tables."""
