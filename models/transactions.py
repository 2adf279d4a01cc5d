"""The imported history a score is computed from, and every score ever computed."""

from collections.abc import AsyncIterable
from datetime import datetime
from typing import Literal, NamedTuple

from tortoise import fields
from tortoise.models import Model

from models import database
from models.users import User


class Transaction(Model):
    """One CREDIT or DEBIT. `ordinal` tells equal rows of one file apart, so that importing it again adds nothing."""

    id = fields.BigIntField(primary_key=True)
    aadhaar_digest = fields.BinaryField()
    occurred_on = fields.DateField()
    kind = fields.TextField()
    amount = fields.DecimalField(max_digits=14, decimal_places=2)
    ordinal = fields.IntField()

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
    return await database.fetch_one("SELECT FROM transactions LIMIT 1") is None


# One import at a time: two would only wait for one another's rows, and the second finds what the first has added.
_IMPORT_LOCK = 0x696D706F

_COLUMNS = ["aadhaar_digest", "occurred_on", "kind", "amount", "ordinal"]

# Sorting for the index is the longest part of a first load; PostgreSQL's default of 64 MB is for small servers.
_INDEX_MEMORY = "256MB"

_UNIQUENESS = """
SELECT pg_get_constraintdef(c.oid) AS definition FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
WHERE c.conname = 'transactions_once' AND t.oid = 'transactions'::regclass AND pg_has_role(t.relowner, 'MEMBER')
"""

_MERGE = """
WITH added AS (
    INSERT INTO transactions (aadhaar_digest, occurred_on, kind, amount, ordinal)
    SELECT aadhaar_digest, occurred_on, kind, amount, ordinal FROM staged
    ON CONFLICT (aadhaar_digest, occurred_on, kind, amount, ordinal) DO NOTHING
    RETURNING aadhaar_digest
)
INSERT INTO gained (aadhaar_digest, transaction_count) SELECT aadhaar_digest, count(*) FROM added GROUP BY 1
"""


class Addition(NamedTuple):
    """How many rows were new, and the relation that holds the digests of everyone who has one."""

    added: int
    people: Literal["transactions", "gained"]


async def add(connection: database.Connection, source: AsyncIterable[bytes]) -> Addition:
    """Add the rows that are not there yet; `source` is CSV of digest, date, kind, amount and ordinal.

    Into an empty table they are copied as they are: there is nothing to merge them with, and the index is built
    after them in a fraction of the time. Otherwise they are staged and merged by one statement.
    To be called in a transaction, until the end of which no other import adds anything.
    """
    await connection.execute("SELECT pg_advisory_xact_lock($1)", _IMPORT_LOCK)
    uniqueness = await connection.fetchval(_UNIQUENESS)
    # Without the table's ownership its constraint cannot be taken down; merging is slower and always right.
    if uniqueness and await is_empty():
        return await _load(connection, source, uniqueness)
    return await _merge(connection, source)


async def _load(connection: database.Connection, source: AsyncIterable[bytes], uniqueness: str) -> Addition:
    # Whoever computes a score holds the person first and reads transactions then. In the other order the two would
    # wait for one another: the import has the table to itself, and scores people at its end.
    await connection.execute("LOCK TABLE users IN EXCLUSIVE MODE")
    await connection.execute("ALTER TABLE transactions DROP CONSTRAINT transactions_once")
    added = await _copy(connection, "transactions", source)
    await connection.execute(f"SET LOCAL maintenance_work_mem = '{_INDEX_MEMORY}'")
    await connection.execute(f"ALTER TABLE transactions ADD CONSTRAINT transactions_once {uniqueness}")
    await connection.execute("ANALYZE transactions")
    return Addition(added, "transactions")


async def _merge(connection: database.Connection, source: AsyncIterable[bytes]) -> Addition:
    await connection.execute(
        "CREATE TEMP TABLE staged (aadhaar_digest bytea, occurred_on date, kind text, amount numeric(14,2),"
        " ordinal int) ON COMMIT DROP"
    )
    await connection.execute(
        "CREATE TEMP TABLE gained (aadhaar_digest bytea PRIMARY KEY, transaction_count bigint) ON COMMIT DROP"
    )
    await _copy(connection, "staged", source)
    await connection.execute(_MERGE)
    await connection.execute("ANALYZE gained")
    return Addition(
        await connection.fetchval("SELECT coalesce(sum(transaction_count), 0)::bigint FROM gained"), "gained"
    )


async def _copy(connection: database.Connection, table: str, source: AsyncIterable[bytes]) -> int:
    status = await connection.copy_to_table(table, source=source, columns=_COLUMNS, format="csv")
    return int(status.removeprefix("COPY "))


async def people_of(people: Literal["transactions", "gained"], *, after: int, limit: int) -> list[int]:
    """The ids, in order, of the people who have a row in this relation."""
    rows = await database.fetch(
        f"SELECT id FROM users u WHERE id > $1 AND EXISTS"
        f" (SELECT FROM {people} t WHERE t.aadhaar_digest = u.aadhaar_digest) ORDER BY id LIMIT $2",
        after,
        limit,
    )
    return [row["id"] for row in rows]


async def newest_person() -> int:
    """The highest id of a person, 0 where there is none: whoever has a higher one came later."""
    row = await database.fetch_one("SELECT coalesce(max(id), 0) AS newest FROM users")
    assert row is not None
    return int(row["newest"])
