"""A person who runs the book: no Aadhaar, no loans, and every borrower's loan to look after."""

from datetime import datetime
from typing import NamedTuple

from tortoise import fields
from tortoise.models import Model

from models import audit_facts, database
from models.users import Account
from rules.audit import Origin


class Operator(Model):
    id = fields.BigIntField(primary_key=True)
    email = fields.TextField()
    name: str | None = fields.TextField(null=True)
    password_hash = fields.TextField()
    is_active = fields.BooleanField(default=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "operators"


_ACCOUNT = """
SELECT NULL::bytea AS aadhaar_digest, is_active,
       EXISTS (SELECT FROM refresh_tokens WHERE family = $2 AND operator_id = $1 AND revoked_at IS NULL)
           AS family_is_live,
       (SELECT date FROM business_date) AS business_date
FROM operators WHERE id = $1
"""


async def account(operator_id: int, family: str) -> Account | None:
    """The account of an operator's token, with the sandbox's date, in one statement."""
    row = await database.fetch_one(_ACCOUNT, operator_id, family)
    return Account(*row) if row else None


async def by_email(email: str) -> Operator | None:
    row = await database.fetch_one("SELECT * FROM operators WHERE lower(email) = lower($1)", email)
    return Operator._init_from_db(**row) if row else None


_ADD = f"""
WITH added AS (
    INSERT INTO operators (email, password_hash, name) VALUES ($1, $2, $7) RETURNING *
), noted AS (
    INSERT INTO audit_entries (event, actor, actor_id, request_id, address, operator_id, details)
    SELECT 'OPERATOR_ADDED', $3, $4, $5, $6, id, {audit_facts.told(audit_facts.OPERATOR, "added")} FROM added
)
SELECT * FROM added
"""


async def add(email: str, password_hash: str, by: Origin, name: str | None = None) -> Operator:
    """Store an operator, with the entry about them.

    Raises:
        asyncpg.UniqueViolationError: another operator has this email.
    """
    row = await database.fetch_one(_ADD, email, password_hash, *by, name)
    assert row is not None
    return Operator._init_from_db(**row)


class Listed(NamedTuple):
    """An operator as `./kist operator list` shows them."""

    email: str
    name: str | None
    is_active: bool
    signed_in_at: datetime | None
    created_at: datetime


async def listing() -> list[Listed]:
    """Every operator, in the order they were added; the last sign-in is that of the audit log."""
    rows = await database.fetch(
        "SELECT email, name, is_active, (SELECT max(happened_at) FROM audit_entries e WHERE e.operator_id = o.id"
        " AND e.event = 'SIGNED_IN') AS signed_in_at, created_at FROM operators o ORDER BY id"
    )
    return [Listed(*row) for row in rows]


async def hold_active() -> list[int]:
    """Hold the rows of all active operators until the transaction ends; their ids."""
    rows = await database.fetch("SELECT id FROM operators WHERE is_active ORDER BY id FOR NO KEY UPDATE")
    return [row["id"] for row in rows]


async def set_active(operator_id: int, *, active: bool) -> None:
    await database.execute("UPDATE operators SET is_active = $2 WHERE id = $1", operator_id, active)


async def set_password(operator_id: int, password_hash: str) -> None:
    await database.execute("UPDATE operators SET password_hash = $2 WHERE id = $1", operator_id, password_hash)
