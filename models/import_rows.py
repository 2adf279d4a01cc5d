"""Hand-written SQL: the rows of an import are copied and merged with the stored ones, a million a second."""

from collections.abc import AsyncIterable
from decimal import Decimal
from typing import Literal, NamedTuple

from models import database
from models.transactions import Transaction

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
# Rows of an unknown import are never undone: no repeat of them has to be noted.
_NOTE_REPEATS = """
INSERT INTO import_repeats (import_id, transaction_id)
SELECT s.import_id, t.id FROM staged s JOIN transactions t USING (aadhaar_digest, occurred_on, kind, amount, ordinal)
WHERE t.import_id <> s.import_id
ON CONFLICT (transaction_id, import_id) DO NOTHING
"""


class People(NamedTuple):
    """The people whose digests are in a range: from `first` to before `end`."""

    first: bytes
    end: bytes


class Sums(NamedTuple):
    """Credits and debits, in rupees."""

    credit: Decimal
    debit: Decimal


class Addition(NamedTuple):
    """The number of new rows, their sums or None if all rows of the source are new, and the relation that has the
    digests of the people with a new row.
    """

    added: int
    sums: Sums | None
    gained: Literal["transactions", "gained"]


async def add(
    connection: database.Connection, people: People, source: AsyncIterable[bytes], columns: list[str]
) -> Addition:
    """Add the rows of some people that are not stored yet. `source` yields COPY's binary format.

    If these people have no row yet, the rows are copied into the table. Otherwise they are staged and merged by one
    statement, and those that another import has too are noted as repeats. The rows should be in the order of the unique
    index, which then grows at one place. Call it in a transaction, while no other import can add rows.
    """
    await _join_by_index(connection)
    if not await Transaction.filter(aadhaar_digest__gte=people.first, aadhaar_digest__lt=people.end).exists():
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
    """The number of rows that would be new, and of registered people who would be rescored."""

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
    """Count the rows of some people that `add` would add. Call it in a transaction, in which it stages them."""
    await _join_by_index(connection)
    await connection.execute(_STAGED)
    await _copy(connection, "staged", source, columns)
    found = await connection.fetchrow(_COMPARE)
    assert found is not None
    await connection.execute("DROP TABLE staged")
    return Comparison(*found)


async def _join_by_index(connection: database.Connection) -> None:
    # The statistics do not know the added rows yet. By them the planner might read the whole table for each person.
    for way in ("hashjoin", "mergejoin"):
        await connection.execute(f"SET LOCAL enable_{way} = off")


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
