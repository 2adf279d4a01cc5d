"""The audit log's entries: each is written in the transaction of what it tells, and never changed.

An entry refers to rows by their ids alone: no name, email or Aadhaar number is ever in it, and it is there longer than
they are.
"""

from datetime import date, datetime
from typing import NamedTuple

from tortoise import fields
from tortoise.models import Model

from models import audit_facts, database
from models.audit_facts import Facts, Subjects
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
    details: dict[str, object] = fields.JSONField()
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

    entry_id: int

    class Meta:
        table = "audit_links"


class Subject(NamedTuple):
    """Whom or what an entry is about, beside who did it."""

    user_id: int | None = None
    operator_id: int | None = None
    loan_id: int | None = None


async def record(event: Event, by: Origin, about: Subject = Subject(), **details: object) -> None:  # noqa: B008
    """Write an entry, in the transaction of what it tells."""
    await database.execute(
        "INSERT INTO audit_entries (event, actor, actor_id, request_id, address, user_id, operator_id, loan_id,"
        " details) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        event.value,
        *by,
        *about,
        written(details),
    )


async def record_forbidden(by: Origin, family: str) -> None:
    """Note that somebody knocked at the door of another role: once for each session, however often they do."""
    await database.execute(
        "INSERT INTO audit_entries (event, actor, actor_id, request_id, address, details)"
        " VALUES ('ACCESS_FORBIDDEN', $1, $2, $3, $4, $5)"
        " ON CONFLICT ((details ->> 'family')) WHERE event = 'ACCESS_FORBIDDEN' DO NOTHING",
        *by,
        written({"family": family}),
    )


async def record_rows(
    event: Event, by: Origin, about: Subjects, facts: Facts, ids: list[int], **details: object
) -> None:
    """Write an entry for each of some rows, with facts of it as it now is, in the transaction that made it so."""
    await database.execute(
        f"INSERT INTO audit_entries (event, actor, actor_id, request_id, address, {about.column}, details)"
        f" SELECT $1, $2, $3, $4, $5, {about.value.format(row='stored')},"
        f" {audit_facts.as_json(facts, 'stored')}::jsonb || $6::jsonb"
        f" FROM {about.table} stored WHERE stored.id = ANY($7::bigint[]) ORDER BY stored.id",
        event.value,
        *by,
        written(details),
        ids,
    )


async def record_read(by: Origin, user_id: int, day: date) -> None:
    """Note that an operator read something of a person: once a day, however often they do."""
    await database.execute(
        "INSERT INTO audit_entries (event, actor, actor_id, request_id, address, user_id, details)"
        " VALUES ('PERSON_READ', $1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (actor_id, user_id, (details ->> 'day')) WHERE event = 'PERSON_READ' DO NOTHING",
        *by,
        user_id,
        written({"day": day}),
    )
