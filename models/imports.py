"""The imports of files: the parts that are stored, and the rows that each import holds, so that it can be undone.

A row belongs to the import that added it. A later import that has the same row notes it as a repeat: the row then stays
when the first import is undone.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from tortoise import fields
from tortoise.models import Model

from models.expressions import Now
from models.users import User


class Import(Model):
    """The storing of one file's rows, found by a fingerprint of the file and of the settings that its rows depend on.

    An unfinished import is continued. `again_of` is an earlier import of the same file: rows that this one adds belong
    to that one. Imports without `knows_its_rows` did not store which rows they added.
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
    parts: fields.ReverseRelation["ImportPart"]

    class Meta:
        table = "imports"


class ImportPart(Model):
    """A part of an import that is stored, with its people's scores."""

    id = fields.BigIntField(primary_key=True)
    of: fields.ForeignKeyRelation[Import] = fields.ForeignKeyField(
        "models.Import", related_name="parts", on_delete=fields.RESTRICT, source_field="import_id"
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
    """A row that an import has too, and that an earlier import added."""

    id = fields.BigIntField(primary_key=True)
    of: fields.ForeignKeyRelation[Import] = fields.ForeignKeyField(
        "models.Import", related_name=False, on_delete=fields.RESTRICT, source_field="import_id"
    )
    transaction_id = fields.BigIntField()

    class Meta:
        table = "import_repeats"


class Stored(NamedTuple):
    """The result of storing some rows: rows added, rows that existed, people rescored, and the sums of the credits and
    debits added, in rupees.
    """

    added: int = 0
    there: int = 0
    rescored: int = 0
    credit: Decimal = Decimal("0.00")
    debit: Decimal = Decimal("0.00")


def total(parts: Iterable[Stored]) -> Stored:
    """The sum of parts."""
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


async def begin(fingerprint: bytes, file_name: str) -> Started:
    """Begin an import, or find the unfinished one with this fingerprint. Only one process at a time may call it."""
    found = await Import.get_or_none(fingerprint=fingerprint, finished_at=None, undone_at=None)
    if found is None:
        newest = await User.all().order_by("-id").only("id").first()
        found = await Import.create(
            fingerprint=fingerprint,
            file_name=file_name,
            knows_its_rows=True,
            newest_user_id=newest.id if newest else 0,
            again_of=await Import.get_or_none(
                fingerprint=fingerprint, undone_at=None, again_of_id=None, knows_its_rows=True
            ),
        )
    return Started(found.id, found.newest_user_id, found.again_of_id or found.id)


_STORED = ("rows_added", "rows_there", "people_rescored", "credit_added", "debit_added")


async def stored_parts(import_id: int) -> dict[int, Stored]:
    """The parts that are stored, by their number."""
    rows = await ImportPart.filter(of_id=import_id).values_list("part", *_STORED)
    return {part: Stored(*stored) for part, *stored in rows}


async def store_part(import_id: int, part: int, stored: Stored) -> None:
    """Note a part as stored, in the transaction that stores it."""
    columns: dict[str, Any] = dict(zip(_STORED, stored, strict=True))
    await ImportPart.create(of_id=import_id, part=part, **columns)


async def finish(import_id: int, *, rows_read: int, rows_rejected: int) -> None:
    await Import.filter(id=import_id).update(finished_at=Now(), rows_read=rows_read, rows_rejected=rows_rejected)


class Summary(NamedTuple):
    """An import as it is listed, with the rows that it added and their sums in rupees."""

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


def _summary(one: Import) -> Summary:
    zero = Decimal("0.00")
    sums = {
        "rows_added": sum(part.rows_added for part in one.parts),
        "credit_added": sum((part.credit_added for part in one.parts), zero),
        "debit_added": sum((part.debit_added for part in one.parts), zero),
    }
    return Summary(**{name: getattr(one, name) for name in Summary._fields if name not in sums}, **sums)


async def latest(limit: int) -> list[Summary]:
    """The newest imports, newest first."""
    return list(map(_summary, await Import.all().order_by("-id").limit(limit).prefetch_related("parts")))


async def find(import_id: int) -> Summary | None:
    one = await Import.get_or_none(id=import_id).prefetch_related("parts")
    return _summary(one) if one else None


async def of_fingerprints(fingerprints: list[bytes]) -> list[int]:
    """The ids of imports with one of these fingerprints that repeat no other: those that count first, then the newest
    first.
    """
    found = await Import.filter(fingerprint__in=fingerprints, again_of_id=None)
    return [one.id for one in sorted(found, key=lambda one: (one.undone_at is not None, -one.id))]
