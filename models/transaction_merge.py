"""Hand-written SQL: statements over the rows of an import or of a person, which join without a foreign key."""

from typing import Literal

from models import database

_PEOPLE = """
SELECT id FROM users u WHERE id > $1 AND EXISTS (SELECT FROM {rows} r WHERE r.aadhaar_digest = u.aadhaar_digest)
ORDER BY id LIMIT $2
"""


async def people_with(rows: Literal["transactions", "lost"], *, after: int, limit: int) -> list[int]:
    """The ids, in order, of the first `limit` people after an id who have a row in a relation."""
    return [row["id"] for row in await database.fetch(_PEOPLE.format(rows=rows), after, limit)]


# A row that the new digest has already stays, and the other row's import is noted as having it too.
_MOVE = """
WITH moved AS (
    DELETE FROM transactions WHERE aadhaar_digest = ANY($2::bytea[])
    RETURNING id, occurred_on, kind, amount, ordinal, import_id
), added AS (
    INSERT INTO transactions (id, aadhaar_digest, occurred_on, kind, amount, ordinal, import_id)
    SELECT DISTINCT ON (occurred_on, kind, amount, ordinal) id, $1, occurred_on, kind, amount, ordinal, import_id
    FROM moved ORDER BY occurred_on, kind, amount, ordinal, id
    ON CONFLICT (aadhaar_digest, occurred_on, kind, amount, ordinal) DO NOTHING
    RETURNING id
)
SELECT id, occurred_on, kind, amount, ordinal, import_id FROM moved WHERE id NOT IN (SELECT id FROM added)
"""
_MERGE_REPEATS = """
WITH dropped AS (
    SELECT d.import_id, d.id, t.id AS kept, t.import_id AS owner
    FROM unnest($2::bigint[], $3::date[], $4::text[], $5::numeric[], $6::int[], $7::bigint[])
        AS d (id, occurred_on, kind, amount, ordinal, import_id)
    JOIN transactions t ON t.aadhaar_digest = $1 AND t.occurred_on = d.occurred_on AND t.kind = d.kind
        AND t.amount = d.amount AND t.ordinal = d.ordinal
), gone AS (
    DELETE FROM import_repeats r USING dropped d WHERE r.transaction_id = d.id RETURNING r.import_id, r.transaction_id
), holders AS (
    SELECT import_id, kept, owner FROM dropped
    UNION SELECT g.import_id, d.kept, d.owner FROM gone g JOIN dropped d ON d.id = g.transaction_id
)
INSERT INTO import_repeats (import_id, transaction_id)
SELECT import_id, kept FROM holders WHERE import_id <> owner
ON CONFLICT (transaction_id, import_id) DO NOTHING
"""
_MERGE_UNKNOWN = """
UPDATE transactions SET import_id = NULL
WHERE aadhaar_digest = $1 AND (occurred_on, kind, amount, ordinal) IN (
    SELECT * FROM unnest($2::date[], $3::text[], $4::numeric[], $5::int[])
)
"""


async def move(aadhaar_digest: bytes, former: list[bytes]) -> None:
    """Move a person's rows from the digests of former keys to the current one. A row that both have, because its file
    was imported again since, counts once. Call it in a transaction.
    """
    doubles = await database.fetch(_MOVE, aadhaar_digest, former)
    if not doubles:
        return
    await database.execute(_MERGE_REPEATS, aadhaar_digest, *(list(column) for column in zip(*doubles, strict=True)))
    # An unknown import has the row too, and cannot be undone: the undoing of another must not delete the row.
    unknown = [(*double,)[1:5] for double in doubles if double["import_id"] is None]
    if unknown:
        await database.execute(_MERGE_UNKNOWN, aadhaar_digest, *(list(column) for column in zip(*unknown, strict=True)))


async def analyze() -> None:
    """Update the planner's statistics after an import. PostgreSQL only warns a role that may not do it."""
    await database.execute("ANALYZE transactions")
