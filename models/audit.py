"""Hand-written SQL: every audit entry is written by one text, alone or as a part of the statement that it records.

An entry is written in the transaction of the change that it records, and is never changed. It refers to rows by their
ids: it holds no name, email or Aadhaar number, because it stays longer than they do.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from tortoise import fields
from tortoise.models import Model

from models import audit_facts, database
from models.audit_facts import Facts, Subjects
from rules.audit import Event, Origin, details_json


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
    # The digest of the other columns, which a trigger computes.
    digest = fields.BinaryField()

    class Meta:
        table = "audit_entries"


class AuditLink(Model):
    """An entry's position in the chain."""

    position = fields.BigIntField(primary_key=True, generated=False)
    entry: fields.ForeignKeyRelation[AuditEntry] = fields.OneToOneField(
        "models.AuditEntry", related_name=False, on_delete=fields.RESTRICT
    )
    hash = fields.BinaryField()

    entry_id: int

    class Meta:
        table = "audit_links"


class Subject(NamedTuple):
    """The rows that an entry is about. The actor is apart from them."""

    user_id: int | None = None
    operator_id: int | None = None
    loan_id: int | None = None


def insertion(
    event: Event | None, rows: str = "", *, origin: int, details: str, about: Mapping[str, str] | None = None
) -> str:
    """The SQL that writes an entry: one for each of `rows` (the statement from FROM onwards), or a single one.

    `origin` is the number of the first of the four parameters with the `Origin`. An event that is not known yet is the
    parameter before it. `details` is an expression, and `about` maps the columns of the entry's subjects to theirs.
    """
    named = f"'{event}'" if event else f"${origin - 1}"
    subjects = about or {}
    columns = ", ".join(("event", *Origin._fields, *subjects, "details"))
    values = ", ".join((named, *(f"${origin + n}" for n in range(len(Origin._fields))), *subjects.values(), details))
    return f"INSERT INTO audit_entries ({columns}) SELECT {values} {rows}"


_SUBJECTS = {"user_id": "$6", "operator_id": "$7", "loan_id": "$8"}
_RECORD = insertion(None, origin=2, about=_SUBJECTS, details="$9")


async def record(event: Event, by: Origin, about: Subject = Subject(), **details: object) -> None:  # noqa: B008
    """Write an entry, in the transaction of the change that it records."""
    await database.execute(_RECORD, event.value, *by, *about, details_json(details))


async def record_forbidden(by: Origin, family: str) -> None:
    """Record that a session asked for an operation of another role: once a session, however often it asks."""
    once = " ON CONFLICT ((details ->> 'family')) WHERE event = 'ACCESS_FORBIDDEN' DO NOTHING"
    await database.execute(_RECORD + once, Event.ACCESS_FORBIDDEN, *by, *Subject(), details_json({"family": family}))


_READ = insertion(
    Event.PERSON_READ,
    "FROM unnest($6::bigint[]) AS person (id) ORDER BY person.id",
    origin=1,
    about={"user_id": "person.id"},
    details="$5::jsonb",
)


async def record_reads(by: Origin, user_ids: list[int], day: date) -> None:
    """Record that an operator read data of some people: once a day for each, however often."""
    once = " ON CONFLICT (actor_id, user_id, (details ->> 'day')) WHERE event = 'PERSON_READ' DO NOTHING"
    await database.execute(_READ + once, *by, details_json({"day": day}), user_ids)


async def record_rows(
    event: Event, by: Origin, about: Subjects, facts: Facts, ids: list[int], **details: object
) -> None:
    """Write an entry for each of some rows, with the facts of its present values, in the transaction of the change."""
    statement = insertion(
        None,
        f"FROM {about.table} stored WHERE stored.id = ANY($7::bigint[]) ORDER BY stored.id",
        origin=2,
        details=f"{audit_facts.as_json(facts, 'stored')}::jsonb || $6::jsonb",
        about={about.column: about.value.format(row="stored")} if about.column else None,
    )
    await database.execute(statement, event.value, *by, details_json(details), ids)
