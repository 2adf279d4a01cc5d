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


_MERGE = """
WITH added AS (
    INSERT INTO transactions (aadhaar_digest, occurred_on, kind, amount, ordinal)
    SELECT aadhaar_digest, occurred_on, kind, amount, ordinal FROM staged
    ON CONFLICT (aadhaar_digest, occurred_on, kind, amount, ordinal) DO NOTHING
    RETURNING aadhaar_digest
)
INSERT INTO gained (aadhaar_digest, transaction_count) SELECT aadhaar_digest, count(*) FROM added GROUP BY 1
"""


class People(NamedTuple):
    """Everybody whose digest is in a range: from `first` to before `end`."""

    first: bytes
    end: bytes


class Addition(NamedTuple):
    """How many rows were new, and the relation that holds the digests of everyone who has one."""

    added: int
    gained: Literal["transactions", "gained"]


async def add(
    connection: database.Connection, people: People, source: AsyncIterable[bytes], columns: list[str]
) -> Addition:
    """Add the rows of some people that are not there yet; `source` is what COPY takes in its binary format.

    Where these people have no row there is nothing to merge with, and the rows are copied as they are. Otherwise they
    are staged and merged by one statement. They should be in the order of the unique index, which then grows at one
    place. To be called in a transaction, until the end of which no other import adds anything.
    """
    # The statistics know nothing yet of what is added, and by them the whole table might be read for each person.
    for way in ("hashjoin", "mergejoin"):
        await connection.execute(f"SET LOCAL enable_{way} = off")
    if not await connection.fetchval(
        "SELECT EXISTS (SELECT FROM transactions WHERE aadhaar_digest >= $1 AND aadhaar_digest < $2)", *people
    ):
        return Addition(await _copy(connection, "transactions", source, columns), "transactions")
    await connection.execute(
        "CREATE TEMP TABLE staged (aadhaar_digest bytea, occurred_on date, kind text, amount numeric(14,2),"
        " ordinal int) ON COMMIT DROP"
    )
    await connection.execute(
        "CREATE TEMP TABLE gained (aadhaar_digest bytea PRIMARY KEY, transaction_count bigint) ON COMMIT DROP"
    )
    await _copy(connection, "staged", source, columns)
    await connection.execute(_MERGE)
    added = await connection.fetchval("SELECT coalesce(sum(transaction_count), 0)::bigint FROM gained")
    return Addition(added, "gained")


async def _copy(connection: database.Connection, table: str, source: AsyncIterable[bytes], columns: list[str]) -> int:
    status = await connection.copy_to_table(table, source=source, columns=columns, format="binary")
    return int(status.removeprefix("COPY "))


async def people_who_gained(addition: Addition, people: People, *, after: int, limit: int) -> list[int]:
    """The ids, in order, of those of these people who have a row in the relation of an addition."""
    rows = await database.fetch(
        f"SELECT id FROM users u WHERE aadhaar_digest >= $1 AND aadhaar_digest < $2 AND id > $3 AND EXISTS"
        f" (SELECT FROM {addition.gained} t WHERE t.aadhaar_digest = u.aadhaar_digest) ORDER BY id LIMIT $4",
        *people,
        after,
        limit,
    )
    return [row["id"] for row in rows]


async def people_after(user_id: int, limit: int) -> list[int]:
    """The ids, in order, of people with a higher id who have a transaction."""
    rows = await database.fetch(
        "SELECT id FROM users u WHERE id > $1 AND EXISTS"
        " (SELECT FROM transactions t WHERE t.aadhaar_digest = u.aadhaar_digest) ORDER BY id LIMIT $2",
        user_id,
        limit,
    )
    return [row["id"] for row in rows]


_MOVE = """
WITH moved AS (
    DELETE FROM transactions WHERE aadhaar_digest = ANY($2::bytea[]) RETURNING occurred_on, kind, amount, ordinal
)
INSERT INTO transactions (aadhaar_digest, occurred_on, kind, amount, ordinal)
SELECT $1, occurred_on, kind, amount, ordinal FROM moved
ON CONFLICT (aadhaar_digest, occurred_on, kind, amount, ordinal) DO NOTHING
"""


async def move(aadhaar_digest: bytes, former: list[bytes]) -> None:
    """Bring a person's rows from the digests of former keys under theirs. A row that is there already, because its
    file was imported again since, counts once as it always does.
    """
    await database.execute(_MOVE, aadhaar_digest, former)


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
    await database.execute("DELETE FROM transactions WHERE aadhaar_digest = ANY($1::bytea[])", aadhaar_digests)


async def analyze() -> None:
    """Let the planner know of what was added; whoever does not own the table is only warned."""
    await database.execute("ANALYZE transactions")
