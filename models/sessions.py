"""A refresh token works once. The one after it is of the same family, and a token used again later ends its family."""

from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from models import database
from models.audit import Subject
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
    # The token after this one, to be read with this one only (see resolvers/tokens), for a moment after the rotation.
    successor: bytes | None = fields.BinaryField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    # When the first token of the family was issued: with it the session ends, whatever is refreshed.
    family_began_at: datetime = fields.DatetimeField(auto_now_add=True)

    user_id: int | None
    operator_id: int | None

    class Meta:
        table = "refresh_tokens"


async def hold_family_of(token_hash: bytes) -> None:
    """Hold a token's family until the transaction ends: whoever adds to a family or ends it comes through here."""
    await database.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(family::text, 0)) FROM refresh_tokens WHERE token_hash = $1",
        token_hash,
    )


_IS_GOOD = "revoked_at IS NULL AND expires_at > now() AND family_began_at > now() - make_interval(days => $2)"


async def rotate(token_hash: bytes, session_days: int, successor: bytes) -> RefreshToken | None:
    """Use a token up, atomically: of two at once only one gets it. None where it is not there to be used."""
    row = await database.fetch_one(
        "UPDATE refresh_tokens SET rotated_at = now(), successor = $3 WHERE token_hash = $1 AND rotated_at IS NULL"
        f" AND {_IS_GOOD} RETURNING *",
        token_hash,
        session_days,
        successor,
    )
    return RefreshToken._init_from_db(**row) if row else None


async def good(token_hash: bytes, session_days: int) -> RefreshToken | None:
    """A token that has neither expired nor been revoked, of a session that goes on; used or not."""
    row = await database.fetch_one(
        f"SELECT * FROM refresh_tokens WHERE token_hash = $1 AND {_IS_GOOD}", token_hash, session_days
    )
    return RefreshToken._init_from_db(**row) if row else None


async def was_just_rotated(token_hash: bytes, seconds: int) -> bool:
    row = await database.fetch_one(
        "SELECT FROM refresh_tokens WHERE token_hash = $1 AND rotated_at > now() - make_interval(secs => $2)",
        token_hash,
        seconds,
    )
    return row is not None


async def end_family_of(token_hash: bytes) -> Subject | None:
    """End the family of a token that came back after its use: somebody has a copy.

    Whose it was; None where it had ended already.
    """
    row = await database.fetch_one(
        "UPDATE refresh_tokens SET revoked_at = now() WHERE revoked_at IS NULL AND family ="
        " (SELECT family FROM refresh_tokens WHERE token_hash = $1 AND rotated_at IS NOT NULL)"
        " RETURNING user_id, operator_id",
        token_hash,
    )
    return Subject(*row) if row else None


async def end_family(family: str) -> bool:
    """End a family in a transaction, its tokens that are just being made included; whether it had not ended."""
    await database.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", family)
    row = await database.fetch_one(
        "UPDATE refresh_tokens SET revoked_at = now() WHERE revoked_at IS NULL AND family = $1::text::uuid"
        " RETURNING id",
        family,
    )
    return row is not None


async def end_all_of(column: Literal["user_id", "operator_id"], account: int, *, but: str | None = None) -> None:
    """End every family of an account, perhaps but one; in a transaction that keeps new ones from being opened."""
    others = (
        f"FROM refresh_tokens WHERE {column} = $1 AND revoked_at IS NULL AND family IS DISTINCT FROM $2::text::uuid"
    )
    for row in await database.fetch(f"SELECT DISTINCT family::text {others} ORDER BY 1", account, but):
        await database.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", row["family"])
    await database.execute(
        f"UPDATE refresh_tokens SET revoked_at = now() WHERE id IN (SELECT id {others})", account, but
    )


class SignInFailure(Model):
    """One failed sign-in of an account or from an address, known here by a digest only."""

    id = fields.BigIntField(primary_key=True)
    account_digest = fields.BinaryField()
    failed_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "sign_in_failures"


class CountedAttempt(NamedTuple):
    """The ids of an attempt's rows, whether a limit allows no further one, and how many the last digest has."""

    rows: tuple[int, ...]
    is_last: bool
    tries: int


async def count_attempt(limits: dict[bytes, int], minutes: int) -> CountedAttempt | None:
    """Count an attempt as failed under each digest, until it has succeeded; None, and nothing counted, where a digest
    has as many attempts as its limit.

    A digest is locked while it is counted, so that concurrent attempts cannot exceed its limit. Every caller locks the
    digests of one kind in the same order.
    """
    rows, is_last, tries = [], False, 0
    async with database.transaction():
        for digest, most in limits.items():
            await database.execute("SELECT pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 0))", digest)
            counted = await database.fetch_one(
                "SELECT count(*) FROM sign_in_failures"
                " WHERE account_digest = $1 AND failed_at > now() - make_interval(mins => $2)",
                digest,
                minutes,
            )
            if counted is None or counted["count"] >= most:
                return None
            tries = counted["count"] + 1
            is_last = is_last or tries >= most
        for digest in limits:
            rows.append(await SignInFailure.create(account_digest=digest))
    return CountedAttempt(tuple(row.id for row in rows), is_last, tries)


async def forget_attempt(attempt: int) -> None:
    await database.execute("DELETE FROM sign_in_failures WHERE id = $1", attempt)


async def forget_attempts(digest: bytes) -> None:
    await database.execute("DELETE FROM sign_in_failures WHERE account_digest = $1", digest)


async def forget_the_old() -> None:
    """Drop what no session and no limit asks for any more: tokens long expired, failures long ago, old successors."""
    await database.execute("DELETE FROM refresh_tokens WHERE expires_at < now() - interval '1 day'")
    await database.execute("DELETE FROM sign_in_failures WHERE failed_at < now() - interval '1 day'")
    await database.execute(
        "UPDATE refresh_tokens SET successor = NULL"
        " WHERE successor IS NOT NULL AND rotated_at < now() - interval '1 minute'"
    )
