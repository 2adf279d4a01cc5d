"""Hand-written SQL: a person is stored by one conditional write, which returns nothing if the email or number is taken.

Two registrations at once need no lock: the unique indexes decide.
"""

from decimal import Decimal
from typing import NamedTuple

from models import audit, audit_facts, database
from models.tortoise_seam import instance
from models.users import User
from rules import aadhaar
from rules.audit import WORKER, Event, Origin

_RECORD = audit.insertion(
    Event.REGISTERED,
    "FROM registered",
    origin=12,
    about={"user_id": "id"},
    details=audit_facts.as_json(audit_facts.REGISTRATION, "registered", consent="$16::text"),
)
_REGISTER = f"""
WITH registered AS (
    INSERT INTO users (name, email, aadhaar_digest, aadhaar_ciphertext, aadhaar_last_four, phone, address,
        annual_income, password_hash, aadhaar_keys, consent_version, consented_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, CASE WHEN $11::text IS NOT NULL THEN now() END)
    ON CONFLICT DO NOTHING
    RETURNING *
), recorded AS (
    {_RECORD}
)
SELECT * FROM registered
"""


class Registration(NamedTuple):
    """The values of a registration, normalized, with the Aadhaar number sealed."""

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
    """Store a person with the audit entry; None if the email or the Aadhaar number is another account's."""
    version = registration.consent_version
    consent = aadhaar.hidden(version) if version is not None else None
    row = await database.fetch_one(_REGISTER, *registration, *by, consent)
    return instance(User, row) if row else None


async def taken(email: str, aadhaar_digests: list[bytes]) -> tuple[bool, bool]:
    """Whether an account has an email already, an operator's included, and whether one has an Aadhaar number, by one of
    its digests.
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
