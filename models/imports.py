"""The imports of files: how far each has come, and which rows it holds, so that it can be undone.

A row belongs to the import that added it. Where a later import has the same row, that is noted as a repeat: the row
stays when the first import is undone.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import asyncpg
from tortoise import fields
from tortoise.models import Model

from models import database
from models.advisory_locks import AdvisoryLock


class Import(Model):
    """The storing of one file's rows, found by a fingerprint of all they follow from. Unfinished, it is continued.

    `again_of` is the import of the same file that counts: what is added now belongs to that one. Imports before
    `knows_its_rows` did not keep which rows they added.
    """

    id = fields.BigIntField(primary_key=True)
    fingerprint = fields.BinaryField()
    newest_user_id = fields.BigIntField()
    started_at: datetime = fields.DatetimeField(auto_now_add=True)
    finished_at: datetime | None = fields.DatetimeField(null=True)
    file_name = fields.TextField()
    again_of: fields.ForeignKeyNullableRelation["Import"] = fields.ForeignKeyField(
        "models.Import", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    knows_its_rows = fields.BooleanField()
    rows_read: int | None = fields.BigIntField(null=True)
    rows_rejected: int | None = fields.BigIntField(null=True)
    undone_at: datetime | None = fields.DatetimeField(null=True)

    again_of_id: int | None

    class Meta:
        table = "imports"


class ImportPart(Model):
    """A part of an import that is stored, with its people's scores."""

    id = fields.BigIntField(primary_key=True)
    of: fields.ForeignKeyRelation[Import] = fields.ForeignKeyField(
        "models.Import", related_name=False, on_delete=fields.RESTRICT, source_field="import_id"
    )
    part = fields.IntField()
    rows_added = fields.BigIntField()
    rows_there = fields.BigIntField()
    people_rescored = fields.BigIntField()
    stored_at: datetime = fields.DatetimeField(auto_now_add=True)
    credit_added = fields.DecimalField(max_digits=20, decimal_places=2)
    debit_added = fields.DecimalField(max_digits=20, decimal_places=2)

    class Meta:
        table = "import_parts"


class ImportRepeat(Model):
    """A row that an import has as well as the import before it that added the row."""

    id = fields.BigIntField(primary_key=True)
    of: fields.ForeignKeyRelation[Import] = fields.ForeignKeyField(
        "models.Import", related_name=False, on_delete=fields.RESTRICT, source_field="import_id"
    )
    transaction_id = fields.BigIntField()

    class Meta:
        table = "import_repeats"


class Stored(NamedTuple):
    """The result of storing some rows: how many were added and were there, the people who were rescored, and the sums
    of the credits and debits that were added, in rupees.
    """

    added: int = 0
    there: int = 0
    rescored: int = 0
    credit: Decimal = Decimal("0.00")
    debit: Decimal = Decimal("0.00")


def total(parts: Iterable[Stored]) -> Stored:
    """What parts came to together."""
    all_of_them = Stored()
    for part in parts:
        all_of_them = Stored(
            all_of_them.added + part.added,
            all_of_them.there + part.there,
            all_of_them.rescored + part.rescored,
            all_of_them.credit + part.credit,
            all_of_them.debit + part.debit,
        )
    return all_of_them


class Started(NamedTuple):
    """An import that is not finished. People with an id above `newest_user_id` registered after its beginning.

    Rows that it adds belong to `owner_id`: itself, or the import of the same file that counts.
    """

    id: int
    newest_user_id: int
    owner_id: int


@asynccontextmanager
async def turn(url: str) -> AsyncIterator[None]:
    """One import at a time, on a connection of its own: the pool's may be one, and they end many transactions."""
    connection = await asyncpg.connect(**database.arguments(url))
    try:
        # Ended by the connection's end, which needs no server that still answers.
        await connection.execute("BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0")
        await connection.execute("SELECT pg_advisory_xact_lock($1)", AdvisoryLock.IMPORT)
        # The server may notice only at the end of a statement that a client was killed: its parts end first.
        await database.execute("SELECT pg_advisory_xact_lock($1)", AdvisoryLock.IMPORT_PART)
        yield
    finally:
        await connection.close()


async def hold_turn(connection: database.Connection, *, durable: bool = False) -> None:
    """In the transaction of a part: no other import begins to store before its end.

    Unless it is to be durable, its commit does not wait for the disk. A crash may lose it, note and rows together;
    `finish` does wait, and what was committed before it is on the disk by then.
    """
    if not durable:
        await connection.execute("SET LOCAL synchronous_commit = off")
    await connection.execute("SELECT pg_advisory_xact_lock_shared($1)", AdvisoryLock.IMPORT_PART)


_BEGIN = """
INSERT INTO imports (fingerprint, file_name, knows_its_rows, newest_user_id, again_of_id)
SELECT $1, $2, true, (SELECT coalesce(max(id), 0) FROM users), (
    SELECT id FROM imports WHERE fingerprint = $1 AND undone_at IS NULL AND again_of_id IS NULL AND knows_its_rows
)
ON CONFLICT DO NOTHING
"""


async def begin(fingerprint: bytes, file_name: str) -> Started:
    """Begin an import, or find the one that was begun with this fingerprint and not finished."""
    await database.execute(_BEGIN, fingerprint, file_name)
    row = await database.fetch_one(
        "SELECT id, newest_user_id, coalesce(again_of_id, id) FROM imports"
        " WHERE fingerprint = $1 AND finished_at IS NULL AND undone_at IS NULL",
        fingerprint,
    )
    assert row is not None
    return Started(*row)


async def stored_parts(import_id: int) -> dict[int, Stored]:
    """The parts that are stored, by their number."""
    rows = await database.fetch(
        "SELECT part, rows_added, rows_there, people_rescored, credit_added, debit_added FROM import_parts"
        " WHERE import_id = $1",
        import_id,
    )
    return {part: Stored(*stored) for part, *stored in rows}


async def store_part(import_id: int, part: int, stored: Stored) -> None:
    """Note a part as stored, in the transaction that stores it."""
    await database.execute(
        "INSERT INTO import_parts (import_id, part, rows_added, rows_there, people_rescored, credit_added, debit_added)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        import_id,
        part,
        *stored,
    )


async def finish(import_id: int, *, rows_read: int, rows_rejected: int) -> None:
    await database.execute(
        "UPDATE imports SET finished_at = now(), rows_read = $2, rows_rejected = $3 WHERE id = $1",
        import_id,
        rows_read,
        rows_rejected,
    )
