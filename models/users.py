"""A borrower. The Aadhaar number is stored as a digest, to find the borrower by, and as a ciphertext, never as text."""

import hashlib
import hmac
from contextlib import suppress
from datetime import datetime
from decimal import Decimal

from cryptography.exceptions import InvalidTag
from tortoise import fields
from tortoise.functions import Lower
from tortoise.models import Model

from models import aes_gcm
from models.expressions import lowered
from rules import aadhaar


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
    # The mark of the keys of the digest and the ciphertext, see `mark`; null if it was not stored yet.
    aadhaar_keys: str | None = fields.TextField(null=True)
    consent_version: str | None = fields.TextField(null=True)
    consented_at: datetime | None = fields.DatetimeField(null=True)
    erased_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "users"

    @property
    def aadhaar_masked(self) -> str:
        return aadhaar.masked(self.aadhaar_last_four)


def digest(key: bytes, number: str) -> bytes:
    """HMAC-SHA-256 of twelve digits: 32 bytes, the same for the same number and key."""
    return hmac.digest(key, number.encode(), hashlib.sha256)


def seal(key: bytes, number: str) -> bytes:
    """AES-256-GCM of twelve digits: 12 bytes of nonce, the ciphertext, 16 bytes of tag."""
    return aes_gcm.encrypt(key, number)


def unseal(key: bytes, ciphertext: bytes) -> str:
    """The twelve digits that were sealed.

    Raises:
        cryptography.exceptions.InvalidTag: the key is another, or the ciphertext was changed.
    """
    return aes_gcm.decrypt(key, ciphertext)


def unseal_by(keys: tuple[bytes, ...], ciphertext: bytes) -> str:
    """The twelve digits that were sealed with one of several keys.

    Raises:
        cryptography.exceptions.InvalidTag: none of the keys is the one.
    """
    for key in keys[:-1]:
        with suppress(InvalidTag):
            return unseal(key, ciphertext)
    return unseal(keys[-1], ciphertext)


# The mark of people whose keys are lost: `restore --any-keys` went on without them.
LOST = "0" * 16


def mark(digest_key: bytes, cipher_key: bytes) -> str:
    """A name for a pair of keys. It reveals nothing about them, because they are random."""
    return hashlib.sha256(b"aadhaar keys" + digest_key + cipher_key).hexdigest()[:16]


async def unscored(limit: int) -> list[int]:
    """The ids of people whose score is not computed yet, oldest first."""
    people = User.filter(credit_scored_at=None, erased_at=None).order_by("id").limit(limit)
    return [one.id for one in await people.only("id")]


async def by_email(email: str) -> User | None:
    """A borrower by email, whatever its case."""
    return await User.annotate(lowered=Lower("email")).filter(lowered=lowered(email)).first()
