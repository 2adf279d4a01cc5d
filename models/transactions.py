"""The imported history a score is computed from, and every score ever computed."""

from datetime import datetime

from tortoise import fields
from tortoise.models import Model

from models import database
from models.users import User


class Transaction(Model):
    """One CREDIT or DEBIT. `ordinal` tells equal rows of one file apart, so that importing it again adds nothing.

    `import_id` is the import that added it, and null in rows from before imports could be undone. It is no foreign key,
    which would be checked for each of millions of rows.
    """

    id = fields.BigIntField(primary_key=True)
    aadhaar_digest = fields.BinaryField()
    occurred_on = fields.DateField()
    kind = fields.TextField()
    amount = fields.DecimalField(max_digits=14, decimal_places=2)
    ordinal = fields.IntField()
    import_id: int | None = fields.BigIntField(null=True)

    class Meta:
        table = "transactions"


class CreditAssessment(Model):
    """One computed score with the balance, totals and count it came from."""

    id = fields.BigIntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.RESTRICT
    )
    score = fields.SmallIntField()
    balance = fields.DecimalField(max_digits=20, decimal_places=2)
    credit_total = fields.DecimalField(max_digits=20, decimal_places=2)
    debit_total = fields.DecimalField(max_digits=20, decimal_places=2)
    transaction_count = fields.IntField()
    assessed_at: datetime = fields.DatetimeField(auto_now_add=True)

    user_id: int

    class Meta:
        table = "credit_assessments"


async def is_empty() -> bool:
    """Whether there is no row, and none was taken back: a book whose import was undone is to stay as it is."""
    row = await database.fetch_one(
        "SELECT WHERE EXISTS (SELECT FROM transactions) OR EXISTS (SELECT FROM imports WHERE undone_at IS NOT NULL)"
    )
    return row is None


async def people_after(user_id: int, limit: int) -> list[int]:
    """The ids, in order, of people with a higher id who have a transaction."""
    rows = await database.fetch(
        "SELECT id FROM users u WHERE id > $1 AND EXISTS"
        " (SELECT FROM transactions t WHERE t.aadhaar_digest = u.aadhaar_digest) ORDER BY id LIMIT $2",
        user_id,
        limit,
    )
    return [row["id"] for row in rows]


# A row that is under the new digest already stays, and the other one's import is noted as having it too.
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
    """Bring a person's rows from the digests of former keys under theirs. A row that is there already, because its
    file was imported again since, counts once as it always does. To be called in a transaction.
    """
    doubles = await database.fetch(_MOVE, aadhaar_digest, former)
    if not doubles:
        return
    await database.execute(_MERGE_REPEATS, aadhaar_digest, *(list(column) for column in zip(*doubles, strict=True)))
    # An unknown import has the row too, and cannot be undone: no other may take the row away.
    unknown = [(*double,)[1:5] for double in doubles if double["import_id"] is None]
    if unknown:
        await database.execute(_MERGE_UNKNOWN, aadhaar_digest, *(list(column) for column in zip(*unknown, strict=True)))


async def with_rows(aadhaar_digests: list[bytes]) -> set[bytes]:
    """Those of the digests under which there are rows."""
    rows = await database.fetch(
        "SELECT digest FROM unnest($1::bytea[]) AS digest"
        " WHERE EXISTS (SELECT FROM transactions t WHERE t.aadhaar_digest = digest)",
        aadhaar_digests,
    )
    return {row["digest"] for row in rows}


async def forget(aadhaar_digests: list[bytes]) -> None:
    """Drop what was imported about a person."""
    await database.execute(
        "DELETE FROM import_repeats r USING transactions t"
        " WHERE t.id = r.transaction_id AND t.aadhaar_digest = ANY($1::bytea[])",
        aadhaar_digests,
    )
    await database.execute("DELETE FROM transactions WHERE aadhaar_digest = ANY($1::bytea[])", aadhaar_digests)


async def analyze() -> None:
    """Let the planner know of what was added; whoever does not own the table is only warned."""
    await database.execute("ANALYZE transactions")
