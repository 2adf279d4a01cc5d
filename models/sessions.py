"""Refresh tokens: each is used once, its successor is in the same family, and a second use ends the family."""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from tortoise import fields
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models import database, session_locks
from models.audit import Subject
from models.expressions import Now
from models.operators import Operator
from models.users import User


class RefreshToken(Model):
    id = fields.BigIntField(primary_key=True)
    family: UUID = fields.UUIDField()
    user: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    operator: fields.ForeignKeyNullableRelation[Operator] = fields.ForeignKeyField(
        "models.Operator", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    token_hash = fields.BinaryField()
    expires_at = fields.DatetimeField()
    rotated_at: datetime | None = fields.DatetimeField(null=True)
    revoked_at: datetime | None = fields.DatetimeField(null=True)
    # The successor's text, encrypted with this token (see auth/tokens): it is kept for a minute after the rotation.
    successor: bytes | None = fields.BinaryField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    # When the first token of the family was issued. The session's length counts from here, however often it refreshes.
    family_began_at: datetime = fields.DatetimeField(auto_now_add=True)

    user_id: int | None
    operator_id: int | None

    class Meta:
        table = "refresh_tokens"


def _usable(token_hash: bytes, session_days: int) -> QuerySet[RefreshToken]:
    return RefreshToken.filter(
        token_hash=token_hash,
        revoked_at=None,
        expires_at__gt=Now(),
        family_began_at__gt=Now(less=timedelta(days=session_days)),
    )


async def usable(token_hash: bytes, session_days: int) -> RefreshToken | None:
    """A token that is neither expired nor revoked, of a session that has not ended; it may be used already."""
    return await _usable(token_hash, session_days).first()


async def was_just_rotated(token_hash: bytes, seconds: int) -> bool:
    recent = Now(less=timedelta(seconds=seconds))
    return await RefreshToken.filter(token_hash=token_hash, rotated_at__gt=recent).exists()


async def owner_of(token_hash: bytes) -> tuple[str, Subject] | None:
    """The family and the owner of a token in any state; None if there is no such token."""
    token = await RefreshToken.get_or_none(token_hash=token_hash)
    return (str(token.family), Subject(token.user_id, token.operator_id)) if token else None


async def end_family_of(token_hash: bytes) -> Subject | None:
    """End the family of a token that is used a second time, because a copy of it may be stolen.

    Returns the family's owner; None if the token is not used yet, or its family has ended. The family must be locked.
    """
    token = await RefreshToken.get_or_none(token_hash=token_hash, rotated_at__not_isnull=True)
    if token is None or not await _end(RefreshToken.filter(family=token.family)):
        return None
    return Subject(token.user_id, token.operator_id)


async def end_family(family: str) -> bool:
    """End a family, with the tokens that are being added to it; False if it has ended. Call it in a transaction."""
    await session_locks.hold_family(family)
    return await _end(RefreshToken.filter(family=family)) > 0


async def end_all_of(column: Literal["user_id", "operator_id"], account: int, *, but: str | None = None) -> None:
    """End every family of an account, or all but one. Call it in a transaction that keeps new ones from being opened.

    The families are locked in the order of their ids: two calls at once cannot deadlock.
    """
    others = RefreshToken.filter(**{column: account}, revoked_at=None)
    if but is not None:
        others = others.exclude(family=but)
    for family in sorted(map(str, await others.distinct().values_list("family", flat=True))):
        await session_locks.hold_family(family)
    await _end(others)


async def _end(tokens: QuerySet[RefreshToken]) -> int:
    return await tokens.filter(revoked_at=None).update(revoked_at=Now())


class SignInFailure(Model):
    """One failed sign-in of an account or from an address, stored as a digest only."""

    id = fields.BigIntField(primary_key=True)
    account_digest = fields.BinaryField()
    failed_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "sign_in_failures"


class CountedAttempt(NamedTuple):
    """The ids of an attempt's rows, whether it is the last that a limit allows, and the number of the last digest."""

    rows: tuple[int, ...]
    is_last: bool
    tries: int


async def count_attempt(limits: dict[bytes, int], minutes: int) -> CountedAttempt | None:
    """Count an attempt as failed under each digest, until it succeeds. None, and nothing is counted, if a digest has
    reached its limit.

    A digest is locked while it is counted, so that concurrent attempts cannot exceed its limit. Every caller locks the
    digests of one kind in the same order.
    """
    rows, is_last, tries = [], False, 0
    recent = Now(less=timedelta(minutes=minutes))
    async with database.transaction():
        for digest, most in limits.items():
            await session_locks.hold_digest(digest)
            counted = await SignInFailure.filter(account_digest=digest, failed_at__gt=recent).count()
            if counted >= most:
                return None
            tries = counted + 1
            is_last = is_last or tries >= most
        for digest in limits:
            rows.append(await SignInFailure.create(account_digest=digest))
    return CountedAttempt(tuple(row.id for row in rows), is_last, tries)


async def forget_attempt(attempt: int) -> None:
    await SignInFailure.filter(id=attempt).delete()


async def forget_attempts(digest: bytes) -> None:
    await SignInFailure.filter(account_digest=digest).delete()


async def forget_the_old() -> None:
    """Delete what no session and no limit reads any more: expired tokens, old failures, and old successors."""
    a_day_ago = Now(less=timedelta(days=1))
    await RefreshToken.filter(expires_at__lt=a_day_ago).delete()
    await SignInFailure.filter(failed_at__lt=a_day_ago).delete()
    rotated = RefreshToken.filter(successor__not_isnull=True, rotated_at__lt=Now(less=timedelta(minutes=1)))
    await rotated.update(successor=None)
