"""Hand-written SQL: a migration numbers the events of the loans that exist, in batches that each commit.

The columns of migration 12 have constant values in rows from before it: a loan whose sequence is 0 is not numbered. A
batch that is interrupted is rolled back, and the next `migrate` begins with the first loan that is not numbered.
"""

from collections.abc import Callable

from models.asyncpg_seam import Connection

# Loans in a transaction: payments of a loan wait for it, some tens of milliseconds.
_AT_ONCE = 1_000

Progress = Callable[[int, int], None]


def unreported(done: int, loans: int) -> None:
    """Report nothing."""


_CHECKS = ("last_cycle", "credit", "status", "ended", "sequence")
_PENDING = """
SELECT EXISTS (SELECT FROM pg_constraint WHERE conname = 'loans_sequence_check' AND NOT convalidated)
"""
_COUNT = "SELECT count(*) FROM loans WHERE sequence = 0"
# The trigger `loans_completed` numbers the payments of each loan, and fills its new columns.
_NUMBER = """
UPDATE loans SET sequence = 0
FROM (SELECT id FROM loans WHERE id > $1 AND sequence = 0 ORDER BY id LIMIT $2 FOR UPDATE) batch
WHERE loans.id = batch.id RETURNING loans.id
"""


async def is_pending(connection: Connection) -> bool:
    """Whether the events of some loans are not numbered yet, in a database with all migrations."""
    return bool(await connection.fetchval(_PENDING))


async def fill(connection: Connection, report: Progress = unreported) -> None:
    """Number the events of all loans, and validate the checks of the new columns, as the owner of the tables.

    `report` gets the number of finished loans and the number of all loans, after each batch.
    """
    if not await is_pending(connection):
        return
    loans, done, last_id = await connection.fetchval(_COUNT), 0, -(2**63)
    while ids := await number(connection, last_id, _AT_ONCE):
        done, last_id = done + len(ids), max(ids)
        report(done, loans)
    # This reads the table once, and payments continue.
    checks = ", ".join(f"VALIDATE CONSTRAINT loans_{name}_check" for name in _CHECKS)
    await connection.execute(f"ALTER TABLE loans {checks}")


async def number(connection: Connection, last_id: int, limit: int) -> list[int]:
    """Number the events of the first `limit` loans after an id that are not numbered, and return their ids."""
    return [row["id"] for row in await connection.fetch(_NUMBER, last_id, limit)]
