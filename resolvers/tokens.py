"""An access token says who its bearer was a few minutes ago; whether they still are, the account says."""

import base64
import hashlib
import hmac
import secrets
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import jwt

from models.loans import parse_id
from schema.users import Role
from settings import Settings

ALGORITHM = "HS256"
ISSUER = "kist"
AUDIENCE = "kist-api"
ACCESS = "access"

_REQUIRED = ["iss", "aud", "exp", "iat", "jti", "sub", "role", "use", "family"]


class Claims(NamedTuple):
    """Who a token says its bearer is. `account` is the id of a user or, by its role, of an operator."""

    account: int
    role: Role
    family: str
    aadhaar: str
    expires_at: datetime


def aadhaar_claim(digest: bytes | None) -> str:
    """What of an Aadhaar digest a token carries: enough to see it change, too little to find anybody by."""
    return base64.urlsafe_b64encode(hashlib.sha256(b"claim" + digest).digest()[:16]).decode() if digest else ""


def issue(settings: Settings, *, account: int, role: Role, family: str, digest: bytes | None) -> tuple[str, datetime]:
    """An access token, and when it ends."""
    now = datetime.now(UTC).replace(microsecond=0)
    expires_at = now + settings.access_token_life()
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": now,
        "exp": expires_at,
        "jti": uuid4().hex,
        "sub": str(account),
        "role": role.value,
        "use": ACCESS,
        "family": family,
        "aadhaar": aadhaar_claim(digest),
    }
    return jwt.encode(claims, settings.key("signing_key"), algorithm=ALGORITHM), expires_at


def read(settings: Settings, token: str) -> Claims | None:
    """The claims of an access token of ours; None for anything else. Whether it has expired, its claims say."""
    try:
        return _verified(settings.key("signing_key"), token)
    except (jwt.InvalidTokenError, ValueError, UnicodeError):
        return None


# A session says the same token for a quarter of an hour, and what it says does not change. Whether its bearer may
# still come in is asked each time: of the clock, and of the account.
@lru_cache(maxsize=4096)
def _verified(key: bytes, token: str) -> Claims:
    """The claims of an access token.

    Raises:
        jwt.InvalidTokenError, ValueError: not one of ours, or one that has expired. Only what is good is kept.
    """
    claims = jwt.decode(
        token, key, algorithms=[ALGORITHM], issuer=ISSUER, audience=AUDIENCE, options={"require": _REQUIRED}
    )
    account = parse_id(claims["sub"])
    if claims["use"] != ACCESS or account is None:
        raise ValueError("not an access token")
    return Claims(
        account=account,
        role=Role(claims["role"]),
        family=str(UUID(str(claims["family"]))),
        aadhaar=str(claims.get("aadhaar", "")),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
    )


def matches(claims: Claims, digest: bytes | None) -> bool:
    """Whether a token's Aadhaar claim is that of the account as it is now."""
    return hmac.compare_digest(claims.aadhaar.encode(), aadhaar_claim(digest).encode())


def new_refresh_token() -> str:
    return secrets.token_urlsafe(32)


def refresh_token_hash(token: str) -> bytes:
    """What is stored of a refresh token. It has 256 random bits, so a plain SHA-256 does."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
