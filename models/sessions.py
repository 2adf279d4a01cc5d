"""A refresh token works once. The one after it is of the same family, and a token used twice ends its family."""

from datetime import datetime
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from models import database
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
    created_at = fields.DatetimeField(auto_now_add=True)

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


async def rotate(token_hash: bytes) -> RefreshToken | None:
    """Use a token up, atomically: of two at once only one gets it. None where it is not there to be used."""
    row = await database.fetch_one(
        "UPDATE refresh_tokens SET rotated_at = now() WHERE token_hash = $1 AND rotated_at IS NULL"
        " AND revoked_at IS NULL AND expires_at > now() RETURNING *",
        token_hash,
    )
    return RefreshToken._init_from_db(**row) if row else None


async def end_family_of(token_hash: bytes) -> None:
    """End the family of a token that came back after its use: somebody has a copy."""
    await database.execute(
        "UPDATE refresh_tokens SET revoked_at = now() WHERE revoked_at IS NULL AND family ="
        " (SELECT family FROM refresh_tokens WHERE token_hash = $1 AND rotated_at IS NOT NULL)",
        token_hash,
    )


async def end_family(family: str) -> None:
    """End a family, its tokens that are just being made included."""
    async with database.transaction():
        await database.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", family)
        await database.execute(
            "UPDATE refresh_tokens SET revoked_at = now() WHERE revoked_at IS NULL AND family = $1::text::uuid", family
        )


class SignInFailure(Model):
    """One failed sign-in of an account, which is known here by a digest of its email only."""

    id = fields.BigIntField(primary_key=True)
    account_digest = fields.BinaryField()
    failed_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "sign_in_failures"


async def sign_in_failures(account_digest: bytes, minutes: int) -> int:
    """How often an account's sign-in failed in the last `minutes`."""
    row = await database.fetch_one(
        "SELECT count(*) FROM sign_in_failures"
        " WHERE account_digest = $1 AND failed_at > now() - make_interval(mins => $2)",
        account_digest,
        minutes,
    )
    assert row is not None
    return int(row["count"])


async def record_sign_in_failure(account_digest: bytes) -> None:
    await database.execute("INSERT INTO sign_in_failures (account_digest) VALUES ($1)", account_digest)


async def forget_sign_in_failures(account_digest: bytes) -> None:
    await database.execute("DELETE FROM sign_in_failures WHERE account_digest = $1", account_digest)


async def forget_the_old() -> None:
    """Drop what no session and no limit asks for any more: tokens long expired, failures long ago."""
    await database.execute("DELETE FROM refresh_tokens WHERE expires_at < now() - interval '1 day'")
    await database.execute("DELETE FROM sign_in_failures WHERE failed_at < now() - interval '1 day'")
