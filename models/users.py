"""A borrower. Their Aadhaar number is here as a digest to find them by and a ciphertext, never in the clear."""

import hashlib
import hmac
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from tortoise import fields
from tortoise.models import Model

from models import aes_gcm, audit_facts, database
from models.tortoise_seam import instance
from rules import aadhaar
from rules.audit import WORKER, Origin


class User(Model):
    id = fields.BigIntField(primary_key=True)
    name = fields.TextField()
    email = fields.TextField()
    aadhaar_digest = fields.BinaryField()
    aadhaar_ciphertext = fields.BinaryField()
    aadhaar_last_four = fields.TextField()
    phone: str | None = fields.TextField(null=True)
    address: str | None = fields.TextField(null=True)
    annual_income: Decimal | None = fields.DecimalField(max_digits=14, decimal_places=2, null=True)
    password_hash: str | None = fields.TextField(null=True)
    credit_score: int | None = fields.SmallIntField(null=True)
    credit_scored_at: datetime | None = fields.DatetimeField(null=True)
    is_active = fields.BooleanField(default=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    # Under which keys the digest and the ciphertext are, see `mark`; null where nobody noted it yet.
    aadhaar_keys: str | None = fields.TextField(null=True)
    consent_version: str | None = fields.TextField(null=True)
    consented_at: datetime | None = fields.DatetimeField(null=True)
    erased_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "users"

    @property
    def aadhaar_masked(self) -> str:
        return aadhaar.masked(self.aadhaar_last_four)


class UserStatus(NamedTuple):
    """What a request needs to know of the account its token names."""

    aadhaar_digest: bytes | None
    is_active: bool
    family_is_live: bool
    business_date: date | None


def digest(key: bytes, number: str) -> bytes:
    """HMAC-SHA-256 of twelve digits: 32 bytes, the same for the same number and key."""
    return hmac.digest(key, number.encode(), hashlib.sha256)


def seal(key: bytes, number: str) -> bytes:
    """AES-256-GCM of twelve digits: 12 bytes of nonce, the ciphertext, 16 bytes of tag."""
    return aes_gcm.encrypt(key, number)


def unseal(key: bytes, ciphertext: bytes) -> str:
    """The twelve digits of `seal`.

    Raises:
        cryptography.exceptions.InvalidTag: another key, or a ciphertext that was tampered with.
    """
    return aes_gcm.decrypt(key, ciphertext)


def unseal_by(keys: tuple[bytes, ...], ciphertext: bytes) -> str:
    """What one of several keys opens.

    Raises:
        cryptography.exceptions.InvalidTag: none of them.
    """
    for key in keys[:-1]:
        with suppress(InvalidTag):
            return unseal(key, ciphertext)
    return unseal(keys[-1], ciphertext)


# In the place of a mark: the keys of these people are lost, and `restore --any-keys` went on without.
LOST = "0" * 16


def mark(digest_key: bytes, cipher_key: bytes) -> str:
    """What tells a pair of keys from others, and nothing about them: they are random."""
    return hashlib.sha256(b"aadhaar keys" + digest_key + cipher_key).hexdigest()[:16]


_ACCOUNT = """
SELECT aadhaar_digest, is_active,
       EXISTS (SELECT FROM refresh_tokens WHERE family = $2 AND user_id = $1 AND revoked_at IS NULL) AS family_is_live,
       (SELECT date FROM business_date) AS business_date
FROM users WHERE id = $1
"""


async def account(user_id: int, family: str) -> UserStatus | None:
    """The account of a borrower's token, with the sandbox's date, in one statement."""
    row = await database.fetch_one(_ACCOUNT, user_id, family)
    return UserStatus(*row) if row else None


_SCORE = """
WITH totals AS (
    SELECT u.id,
           coalesce(sum(t.amount) FILTER (WHERE t.kind = 'CREDIT'), 0) AS credit_total,
           coalesce(sum(t.amount) FILTER (WHERE t.kind = 'DEBIT'), 0) AS debit_total,
           count(t.amount) AS transaction_count
    FROM users u LEFT JOIN transactions t ON t.aadhaar_digest = u.aadhaar_digest
    WHERE u.id = ANY($1::bigint[]) AND u.erased_at IS NULL
    GROUP BY u.id
)
SELECT id, credit_total, debit_total, transaction_count FROM totals ORDER BY id
"""


class Totals(NamedTuple):
    """The sums of one person's transactions, in rupees."""

    user_id: int
    credit_total: Decimal
    debit_total: Decimal
    transaction_count: int


async def transaction_totals(user_ids: list[int]) -> list[Totals]:
    """What people's transactions come to, each person's read by their digest alone; nothing of who has left."""
    return [Totals(*row) for row in await database.fetch(_SCORE, user_ids)]


_STORE_SCORES = f"""
WITH scored AS (
    SELECT * FROM unnest($1::bigint[], $2::int[], $3::numeric[], $4::numeric[], $5::int[])
        AS s (user_id, score, credit_total, debit_total, transaction_count)
), assessed AS (
    INSERT INTO credit_assessments (user_id, score, balance, credit_total, debit_total, transaction_count)
    SELECT user_id, score, credit_total - debit_total, credit_total, debit_total, transaction_count FROM scored
    RETURNING *
), noted AS (
    INSERT INTO audit_entries (event, actor, actor_id, request_id, address, user_id, details)
    SELECT 'SCORED', $6, $7, $8, $9, user_id, {audit_facts.as_json(audit_facts.ASSESSMENT, "assessed")}
    FROM assessed ORDER BY id
)
UPDATE users SET credit_score = s.score, credit_scored_at = now()
FROM scored s WHERE users.id = s.user_id
"""


async def store_scores(scores: list[tuple[int, Totals]], by: Origin = WORKER) -> None:
    """Keep each computed score with what it came from and its entry, and make it the person's current one."""
    await database.execute(
        _STORE_SCORES,
        [totals.user_id for _, totals in scores],
        [score for score, _ in scores],
        [totals.credit_total for _, totals in scores],
        [totals.debit_total for _, totals in scores],
        [totals.transaction_count for _, totals in scores],
        *by,
    )


async def hold(user_ids: list[int]) -> None:
    """Hold people's rows until the transaction ends, so that two scores of one person come one after the other."""
    await database.execute("SELECT FROM users WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE", user_ids)


async def unscored(limit: int) -> list[int]:
    """People whose score has not been computed, oldest first."""
    rows = await database.fetch(
        "SELECT id FROM users WHERE credit_scored_at IS NULL AND erased_at IS NULL ORDER BY id LIMIT $1", limit
    )
    return [row["id"] for row in rows]


async def by_email(email: str) -> User | None:
    row = await database.fetch_one("SELECT * FROM users WHERE lower(email) = lower($1)", email)
    return instance(User, row) if row else None


_REGISTER = f"""
WITH registered AS (
    INSERT INTO users (name, email, aadhaar_digest, aadhaar_ciphertext, aadhaar_last_four, phone, address,
        annual_income, password_hash, aadhaar_keys, consent_version, consented_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, CASE WHEN $11::text IS NOT NULL THEN now() END)
    ON CONFLICT DO NOTHING
    RETURNING *
), noted AS (
    INSERT INTO audit_entries (event, actor, actor_id, request_id, address, user_id, details)
    SELECT 'REGISTERED', $12, $13, $14, $15, id,
        {audit_facts.as_json(audit_facts.REGISTRATION, "registered", consent="$16::text")}
    FROM registered
)
SELECT * FROM registered
"""


class Registration(NamedTuple):
    """A person as they registered, cleaned and sealed."""

    name: str
    email: str
    aadhaar_digest: bytes
    aadhaar_ciphertext: bytes
    aadhaar_last_four: str
    phone: str | None
    address: str | None
    annual_income: Decimal | None
    password_hash: str | None
    aadhaar_keys: str | None = None
    consent_version: str | None = None


async def register(registration: Registration, by: Origin = WORKER) -> User | None:
    """Store a person, with the entry about them; None where their email or Aadhaar number is another account's."""
    version = registration.consent_version
    consent = aadhaar.hidden(version) if version is not None else None
    row = await database.fetch_one(_REGISTER, *registration, *by, consent)
    return instance(User, row) if row else None


async def taken(email: str, aadhaar_digests: list[bytes]) -> tuple[bool, bool]:
    """Whether an email, and whether an Aadhaar number by one of its digests, is somebody's already.

    An operator's email is too.
    """
    row = await database.fetch_one(
        "SELECT EXISTS (SELECT FROM users WHERE lower(email) = lower($1))"
        " OR EXISTS (SELECT FROM operators WHERE lower(email) = lower($1)) AS email,"
        " EXISTS (SELECT FROM users WHERE aadhaar_digest = ANY($2::bytea[])) AS aadhaar",
        email,
        aadhaar_digests,
    )
    assert row is not None
    return bool(row["email"]), bool(row["aadhaar"])
