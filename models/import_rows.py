"""The rows of an import are merged with those that are there: a hot path, by hand-written SQL and COPY."""

from collections.abc import AsyncIterable
from decimal import Decimal
from typing import Literal, NamedTuple

from models import database

_STAGED = """
CREATE TEMP TABLE staged (aadhaar_digest bytea, occurred_on date, kind text, amount numeric(14,2), ordinal int,
    import_id bigint) ON COMMIT DROP
"""
_GAINED = """
CREATE TEMP TABLE gained (aadhaar_digest bytea PRIMARY KEY, transaction_count bigint, credit numeric(20,2),
    debit numeric(20,2)) ON COMMIT DROP
"""
_MERGE = """
WITH added AS (
    INSERT INTO transactions (aadhaar_digest, occurred_on, kind, amount, ordinal, import_id)
    SELECT aadhaar_digest, occurred_on, kind, amount, ordinal, import_id FROM staged
    ON CONFLICT (aadhaar_digest, occurred_on, kind, amount, ordinal) DO NOTHING
    RETURNING aadhaar_digest, kind, amount
)
INSERT INTO gained (aadhaar_digest, transaction_count, credit, debit)
SELECT aadhaar_digest, count(*), coalesce(sum(amount) FILTER (WHERE kind = 'CREDIT'), 0),
    coalesce(sum(amount) FILTER (WHERE kind = 'DEBIT'), 0)
FROM added GROUP BY 1
"""
_TOTALS = """
SELECT coalesce(sum(transaction_count), 0)::bigint, coalesce(sum(credit), 0)::numeric(20,2),
    coalesce(sum(debit), 0)::numeric(20,2)
FROM gained
"""
# Rows of an unknown import are never undone, and nothing has to be known of who else has them.
_NOTE_REPEATS = """
INSERT INTO import_repeats (import_id, transaction_id)
SELECT s.import_id, t.id FROM staged s JOIN transactions t USING (aadhaar_digest, occurred_on, kind, amount, ordinal)
WHERE t.import_id <> s.import_id
ON CONFLICT (transaction_id, import_id) DO NOTHING
"""


class People(NamedTuple):
    """Everybody whose digest is in a range: from `first` to before `end`."""

    first: bytes
    end: bytes


class Sums(NamedTuple):
    """Credits and debits, in rupees."""

    credit: Decimal
    debit: Decimal


class Addition(NamedTuple):
    """How many rows were new, their sums unless they are all of the source's, and the relation with the digests of
    everyone who has one.
    """

    added: int
    sums: Sums | None
    gained: Literal["transactions", "gained"]


async def add(
    connection: database.Connection, people: People, source: AsyncIterable[bytes], columns: list[str]
) -> Addition:
    """Add the rows of some people that are not stored yet. `source` yields COPY's binary format.

    Where these people have no row there is nothing to merge with, and the rows are copied as they are. Otherwise they
    are staged and merged by one statement, and those that another import has too are noted as repeats. They should be
    in the order of the unique index, which then grows at one place. To be called in a transaction, until the end of
    which no other import adds anything.
    """
    await _join_by_index(connection)
    if not await _has_rows(connection, people):
        return Addition(await _copy(connection, "transactions", source, columns), None, "transactions")
    await connection.execute(_STAGED)
    await connection.execute(_GAINED)
    staged = await _copy(connection, "staged", source, columns)
    await connection.execute(_MERGE)
    totals = await connection.fetchrow(_TOTALS)
    assert totals is not None
    added, credit, debit = totals
    if added < staged:
        await connection.execute(_NOTE_REPEATS)
    return Addition(added, Sums(credit, debit), "gained")


class Comparison(NamedTuple):
    """Of rows that are not added: how many would be new, and how many registered people would be rescored."""

    added: int
    rescored: int


_COMPARE = """
WITH fresh AS (
    SELECT aadhaar_digest FROM staged s WHERE NOT EXISTS (
        SELECT FROM transactions t WHERE t.aadhaar_digest = s.aadhaar_digest AND t.occurred_on = s.occurred_on
            AND t.kind = s.kind AND t.amount = s.amount AND t.ordinal = s.ordinal
    )
)
SELECT count(*), count(DISTINCT u.id) FROM fresh LEFT JOIN users u ON u.aadhaar_digest = fresh.aadhaar_digest
"""


async def compare(connection: database.Connection, source: AsyncIterable[bytes], columns: list[str]) -> Comparison:
    """What `add` would add of some people's rows. To be called in a transaction, where it stages them."""
    await _join_by_index(connection)
    await connection.execute(_STAGED)
    await _copy(connection, "staged", source, columns)
    found = await connection.fetchrow(_COMPARE)
    assert found is not None
    await connection.execute("DROP TABLE staged")
    return Comparison(*found)


async def _join_by_index(connection: database.Connection) -> None:
    # The statistics know nothing yet of what is added, and by them the whole table might be read for each person.
    for way in ("hashjoin", "mergejoin"):
        await connection.execute(f"SET LOCAL enable_{way} = off")


async def _has_rows(connection: database.Connection, people: People) -> bool:
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM transactions WHERE aadhaar_digest >= $1 AND aadhaar_digest < $2)", *people
    )
    return found


async def _copy(connection: database.Connection, table: str, source: AsyncIterable[bytes], columns: list[str]) -> int:
    status = await connection.copy_to_table(table, source=source, columns=columns, format="binary")
    return int(status.removeprefix("COPY "))


async def people_who_gained(addition: Addition, people: People, *, after: int, limit: int) -> list[int]:
    """Return the ids, in order, of the registered people in a range who gained a row by an addition."""
    rows = await database.fetch(
        f"SELECT id FROM users u WHERE aadhaar_digest >= $1 AND aadhaar_digest < $2 AND id > $3 AND EXISTS"
        f" (SELECT FROM {addition.gained} t WHERE t.aadhaar_digest = u.aadhaar_digest) ORDER BY id LIMIT $4",
        *people,
        after,
        limit,
    )
    return [row["id"] for row in rows]
