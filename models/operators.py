"""An operator: a person who runs the book, and has no loans and no Aadhaar number here."""

from datetime import datetime
from typing import NamedTuple

from tortoise import fields
from tortoise.functions import Lower, Max
from tortoise.models import Model

from models import audit, audit_facts, database
from models.audit import AuditEntry
from models.expressions import lowered
from rules.audit import Event, Origin


class Operator(Model):
    id = fields.BigIntField(primary_key=True)
    email = fields.TextField()
    name: str | None = fields.TextField(null=True)
    password_hash = fields.TextField()
    is_active = fields.BooleanField(default=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "operators"


async def by_email(email: str) -> Operator | None:
    """An operator by email, whatever its case."""
    return await Operator.annotate(lowered=Lower("email")).filter(lowered=lowered(email)).first()


async def add(email: str, password_hash: str, by: Origin, name: str | None = None) -> Operator:
    """Store an operator and the audit entry of it.

    Raises:
        asyncpg.UniqueViolationError: another operator has this email.
    """
    async with database.transaction():
        operator = await Operator.create(email=email, password_hash=password_hash, name=name)
        await audit.record_rows(Event.OPERATOR_ADDED, by, audit_facts.OPERATORS, audit_facts.OPERATOR, [operator.id])
    return operator


class Listed(NamedTuple):
    """An operator as `./kist operator list` shows one."""

    email: str
    name: str | None
    is_active: bool
    signed_in_at: datetime | None
    created_at: datetime


async def listing() -> list[Listed]:
    """Every operator, in the order they were added, with the last sign-in that the audit log has."""
    signed_in = AuditEntry.filter(event=Event.SIGNED_IN, operator_id__not_isnull=True).annotate(last=Max("happened_at"))
    last = dict(await signed_in.group_by("operator_id").values_list("operator_id", "last"))
    return [
        Listed(one.email, one.name, one.is_active, last.get(one.id), one.created_at)
        for one in await Operator.all().order_by("id")
    ]


async def hold_active() -> list[int]:
    """The ids of all active operators, whose rows are locked until the transaction ends."""
    active = Operator.filter(is_active=True).order_by("id").select_for_update(no_key=True)
    return [one.id for one in await active.only("id")]


async def set_active(operator_id: int, *, active: bool) -> None:
    await Operator.filter(id=operator_id).update(is_active=active)


async def set_password(operator_id: int, password_hash: str) -> None:
    await Operator.filter(id=operator_id).update(password_hash=password_hash)
