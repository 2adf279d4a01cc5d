"""How far the import of a file has come: each part of it that is stored is a row, stored with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import NamedTuple

import asyncpg
from tortoise import fields
from tortoise.models import Model

from models import database


class Import(Model):
    """The storing of one file's rows, told by a fingerprint of all they follow from. Unfinished, it is gone on with."""

    id = fields.BigIntField(primary_key=True)
    fingerprint = fields.BinaryField()
    newest_user_id = fields.BigIntField()
    started_at: datetime = fields.DatetimeField(auto_now_add=True)
    finished_at: datetime | None = fields.DatetimeField(null=True)

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

    class Meta:
        table = "import_parts"


class Stored(NamedTuple):
    """What storing some rows came to."""

    added: int = 0
    there: int = 0
    rescored: int = 0


class Started(NamedTuple):
    """An import that is not finished. Whoever has an id above `newest_user_id` registered after its beginning."""

    id: int
    newest_user_id: int


# Any numbers will do. The first is held for as long as an import stores: two would only wait for one another's rows,
# and the second finds what the first has added. The other is shared by the transactions of the parts.
_IMPORT_LOCK = 0x696D706F
_PART_LOCK = 0x696D7070


@asynccontextmanager
async def turn(url: str) -> AsyncIterator[None]:
    """One import at a time, on a connection of its own: the pool's may be one, and they end many transactions."""
    connection = await asyncpg.connect(**database.arguments(url))
    try:
        # Ended by the connection's end, which needs no server that still answers.
        await connection.execute("BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0")
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _IMPORT_LOCK)
        # The server may notice only at the end of a statement that a client was killed: its parts end first.
        await database.execute("SELECT pg_advisory_xact_lock($1)", _PART_LOCK)
        yield
    finally:
        await connection.close()


async def hold_turn(connection: database.Connection) -> None:
    """In the transaction of a part: no other import begins to store before its end.

    Its commit does not wait for the disk. A crash may lose it, note and rows together; `finish` does wait, and what
    was committed before it is on the disk by then.
    """
    await connection.execute("SET LOCAL synchronous_commit = off")
    await connection.execute("SELECT pg_advisory_xact_lock_shared($1)", _PART_LOCK)


async def begin(fingerprint: bytes) -> Started:
    """Begin an import, or find the one that was begun with this fingerprint and not finished."""
    await database.execute(
        "INSERT INTO imports (fingerprint, newest_user_id) SELECT $1, coalesce(max(id), 0) FROM users"
        " ON CONFLICT (fingerprint) WHERE finished_at IS NULL DO NOTHING",
        fingerprint,
    )
    row = await database.fetch_one(
        "SELECT id, newest_user_id FROM imports WHERE fingerprint = $1 AND finished_at IS NULL", fingerprint
    )
    assert row is not None
    return Started(*row)


async def stored_parts(import_id: int) -> dict[int, Stored]:
    """The parts that are stored, by their number."""
    rows = await database.fetch(
        "SELECT part, rows_added, rows_there, people_rescored FROM import_parts WHERE import_id = $1", import_id
    )
    return {part: Stored(*stored) for part, *stored in rows}


async def store_part(import_id: int, part: int, stored: Stored) -> None:
    """Note a part as stored, in the transaction that stores it."""
    await database.execute(
        "INSERT INTO import_parts (import_id, part, rows_added, rows_there, people_rescored)"
        " VALUES ($1, $2, $3, $4, $5)",
        import_id,
        part,
        *stored,
    )


async def finish(import_id: int) -> None:
    await database.execute("UPDATE imports SET finished_at = now() WHERE id = $1", import_id)
