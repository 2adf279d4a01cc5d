"""The audit log's entries: each is written in the transaction of what it tells, and never changed.

An entry refers to rows by their ids alone: no name, email or Aadhaar number is ever in it, and it is there longer than
they are.
"""

from datetime import datetime
from typing import NamedTuple

from tortoise import fields
from tortoise.models import Model

from models import database
from rules.audit import Event, Origin, written


class AuditEntry(Model):
    id = fields.BigIntField(primary_key=True)
    happened_at: datetime = fields.DatetimeField(auto_now_add=True)
    event = fields.TextField()
    actor = fields.TextField()
    actor_id: int | None = fields.BigIntField(null=True)
    user_id: int | None = fields.BigIntField(null=True)
    operator_id: int | None = fields.BigIntField(null=True)
    loan_id: int | None = fields.BigIntField(null=True)
    payment_id: int | None = fields.BigIntField(null=True)
    request_id = fields.TextField()
    address = fields.TextField()
    details: dict[str, str | int] = fields.JSONField()
    # Of all the others; a trigger computes it.
    digest = fields.BinaryField()

    class Meta:
        table = "audit_entries"


class AuditLink(Model):
    """An entry's place in the chain."""

    position = fields.BigIntField(primary_key=True, generated=False)
    entry: fields.ForeignKeyRelation[AuditEntry] = fields.OneToOneField(
        "models.AuditEntry", related_name=False, on_delete=fields.RESTRICT
    )
    hash = fields.BinaryField()

    class Meta:
        table = "audit_links"


class Subject(NamedTuple):
    """Whom or what an entry is about, beside who did it."""

    user_id: int | None = None
    operator_id: int | None = None
    loan_id: int | None = None


async def note(event: Event, by: Origin, about: Subject = Subject(), **details: object) -> None:  # noqa: B008
    """Write an entry, in the transaction of what it tells."""
    await database.execute(
        "INSERT INTO audit_entries (event, actor, actor_id, request_id, address, user_id, operator_id, loan_id,"
        " details) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        event.value,
        *by,
        *about,
        written(details),
    )


async def note_forbidden(by: Origin, family: str) -> None:
    """Note that somebody knocked at the door of another role: once for each session, however often they do."""
    await database.execute(
        "INSERT INTO audit_entries (event, actor, actor_id, request_id, address, details)"
        " VALUES ('ACCESS_FORBIDDEN', $1, $2, $3, $4, $5)"
        " ON CONFLICT ((details ->> 'family')) WHERE event = 'ACCESS_FORBIDDEN' DO NOTHING",
        *by,
        written({"family": family}),
    )
