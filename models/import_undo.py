"""An import is undone: its rows go, except those that another import has too, and which belong to that one then.

Afterwards the table is as if the other imports alone had been there. Nothing here is a hot path.
"""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from models import database


class Summary(NamedTuple):
    """An import as it is listed: rows as they were added by it and by later imports of the same file."""

    id: int
    started_at: datetime
    finished_at: datetime | None
    undone_at: datetime | None
    file_name: str
    again_of_id: int | None
    knows_its_rows: bool
    rows_read: int | None
    rows_rejected: int | None
    rows_added: int
    credit_added: Decimal
    debit_added: Decimal


class Heir(NamedTuple):
    """An import that keeps rows of one that is undone, and their sums in rupees."""

    import_id: int
    rows: int
    credit: Decimal
    debit: Decimal


class Undone(NamedTuple):
    """What was removed, in rows and rupees, and what went over to other imports."""

    removed: int
    credit: Decimal
    debit: Decimal
    heirs: list[Heir]


_SUMMARIES = """
SELECT i.id, started_at, finished_at, undone_at, file_name, again_of_id, knows_its_rows, rows_read, rows_rejected,
    coalesce(sum(rows_added), 0)::bigint, coalesce(sum(credit_added), 0)::numeric(20,2),
    coalesce(sum(debit_added), 0)::numeric(20,2)
FROM imports i LEFT JOIN import_parts p ON p.import_id = i.id
"""


async def latest(limit: int) -> list[Summary]:
    """The newest imports, newest first."""
    rows = await database.fetch(f"{_SUMMARIES} GROUP BY i.id ORDER BY i.id DESC LIMIT $1", limit)
    return [Summary(*row) for row in rows]


async def find(import_id: int) -> Summary | None:
    row = await database.fetch_one(f"{_SUMMARIES} WHERE i.id = $1 GROUP BY i.id", import_id)
    return Summary(*row) if row else None


async def of_fingerprints(fingerprints: list[bytes]) -> list[int]:
    """The ids of imports with one of these fingerprints that are not repetitions of others, newest first."""
    rows = await database.fetch(
        "SELECT id FROM imports WHERE fingerprint = ANY($1::bytea[]) AND again_of_id IS NULL"
        " ORDER BY undone_at IS NULL DESC, id DESC",
        fingerprints,
    )
    return [row["id"] for row in rows]


_PASS_ON = """
WITH heirs AS (
    SELECT t.id, min(r.import_id) AS heir FROM transactions t JOIN import_repeats r ON r.transaction_id = t.id
    WHERE t.import_id = $1 AND r.import_id <> $1 GROUP BY t.id
), passed AS (
    UPDATE transactions t SET import_id = h.heir FROM heirs h WHERE t.id = h.id
    RETURNING t.id, t.import_id, t.kind, t.amount
), noted AS (
    DELETE FROM import_repeats r USING heirs h WHERE r.transaction_id = h.id AND r.import_id = h.heir
)
SELECT import_id, count(*), coalesce(sum(amount) FILTER (WHERE kind = 'CREDIT'), 0)::numeric(20,2),
    coalesce(sum(amount) FILTER (WHERE kind = 'DEBIT'), 0)::numeric(20,2)
FROM passed GROUP BY 1 ORDER BY 1
"""

_REMOVE = """
WITH removed AS (
    DELETE FROM transactions WHERE import_id = $1 RETURNING aadhaar_digest, kind, amount
)
INSERT INTO lost (aadhaar_digest, transaction_count, credit, debit)
SELECT aadhaar_digest, count(*), coalesce(sum(amount) FILTER (WHERE kind = 'CREDIT'), 0),
    coalesce(sum(amount) FILTER (WHERE kind = 'DEBIT'), 0)
FROM removed GROUP BY 1
"""


async def undo(import_id: int) -> Undone:
    """Undo an import, in the caller's transaction, until the end of which the relation `lost` has the digests of the
    people who lost a row.
    """
    await database.execute(
        "CREATE TEMP TABLE lost (aadhaar_digest bytea PRIMARY KEY, transaction_count bigint, credit numeric(20,2),"
        " debit numeric(20,2)) ON COMMIT DROP"
    )
    heirs = [Heir(*row) for row in await database.fetch(_PASS_ON, import_id)]
    await database.execute("DELETE FROM import_repeats WHERE import_id = $1", import_id)
    await database.execute(_REMOVE, import_id)
    await database.execute("UPDATE imports SET undone_at = now() WHERE id = $1 OR again_of_id = $1", import_id)
    row = await database.fetch_one(
        "SELECT coalesce(sum(transaction_count), 0)::bigint, coalesce(sum(credit), 0)::numeric(20,2),"
        " coalesce(sum(debit), 0)::numeric(20,2) FROM lost"
    )
    assert row is not None
    removed, credit, debit = row
    return Undone(removed, credit, debit, heirs)


async def people_who_lost(*, after: int, limit: int) -> list[int]:
    """The ids, in order, of registered people in `lost`."""
    rows = await database.fetch(
        "SELECT id FROM users u WHERE id > $1 AND EXISTS"
        " (SELECT FROM lost WHERE lost.aadhaar_digest = u.aadhaar_digest) ORDER BY id LIMIT $2",
        after,
        limit,
    )
    return [row["id"] for row in rows]
