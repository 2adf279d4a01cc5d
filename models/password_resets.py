"""The code that resets the password of an account: one for each account, stored as a keyed digest."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from tortoise import fields
from tortoise.expressions import F
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models import database
from models.expressions import Now
from models.operators import Operator
from models.users import User
from rules.password_resets import DIGITS, LIFE, MOST_TRIES


class PasswordReset(Model):
    id = fields.BigIntField(primary_key=True)
    user: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    operator: fields.ForeignKeyNullableRelation[Operator] = fields.ForeignKeyField(
        "models.Operator", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    code_digest: bytes = fields.BinaryField()
    tries = fields.SmallIntField(default=0)
    expires_at: datetime = fields.DatetimeField()
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "password_resets"


class Issued(NamedTuple):
    """A new code of an account. No row has it: it exists until it is sent or shown."""

    code: str
    expires_at: datetime


async def issue(key: bytes, account: User | Operator) -> Issued | None:
    """Give an account a code in place of the one it has; None if the account is not active any more.

    `key` is the key that signs access tokens.
    """
    issued = Issued(f"{secrets.randbelow(10**DIGITS):0{DIGITS}}", datetime.now(UTC) + LIFE)

    async def replace() -> Issued | None:
        async with database.transaction():
            # A second code at the same time waits here, and replaces the first.
            held = type(account).filter(id=account.id, is_active=True).select_for_update(no_key=True)
            if await held.only("id").first() is None:
                return None
            await _of(account).delete()
            await PasswordReset.create(
                user_id=account.id if isinstance(account, User) else None,
                operator_id=account.id if isinstance(account, Operator) else None,
                code_digest=_digest(key, account, issued.code),
                expires_at=issued.expires_at,
            )
        return issued

    return await database.retried(replace)


async def take_try(account: User | Operator | None) -> PasswordReset | None:
    """The live code of an account, with one try less; None if there is no code, or no try is left.

    Call it in a transaction. It runs the same statements for an account that does not exist or has no code.
    """
    live = _of(account).filter(expires_at__gt=Now(), tries__lt=MOST_TRIES)
    has_try = await live.update(tries=F("tries") + 1)
    reset = await _of(account).first()
    return reset if has_try else None


async def give_back(reset: PasswordReset) -> None:
    """Take a try back: its code was right."""
    await PasswordReset.filter(id=reset.id).update(tries=F("tries") - 1)


async def use_up(reset: PasswordReset) -> bool:
    """Whether a code that was right is still the live one of its account. It can be used once. Call it in the
    transaction that sets the password."""
    return await PasswordReset.filter(id=reset.id, expires_at__gt=Now()).delete() > 0


def is_code_of(keys: Iterable[bytes], account: User | Operator, reset: PasswordReset, code: str) -> bool:
    """Whether a text is the code, under any key that signs access tokens."""
    return any(hmac.compare_digest(_digest(key, account, code), reset.code_digest) for key in keys)


async def withdraw(column: Literal["user_id", "operator_id"], account: int) -> None:
    """Delete the code of an account whose password is changed otherwise: it may be in the hands of an attacker."""
    await PasswordReset.filter(**{column: account}).delete()


async def forget_the_expired() -> None:
    await PasswordReset.filter(expires_at__lt=Now()).delete()


def _of(account: User | Operator | None) -> QuerySet[PasswordReset]:
    if isinstance(account, Operator):
        return PasswordReset.filter(operator_id=account.id)
    # No row has the id 0.
    return PasswordReset.filter(user_id=account.id if account else 0)


def _digest(key: bytes, account: User | Operator, code: str) -> bytes:
    """HMAC-SHA-256 of the account and the code. Without the key, a thief of the table cannot try all codes."""
    own_key = hmac.digest(key, b"password reset", hashlib.sha256)
    return hmac.digest(own_key, f"{type(account).__name__} {account.id} {code}".encode(), hashlib.sha256)
