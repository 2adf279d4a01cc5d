"""An access token says who its bearer was a few minutes ago; whether they still are, the account says."""

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from models.loans import parse_id
from schema.users import Role
from settings import Settings

ISSUER = "kist"
AUDIENCE = "kist-api"
ACCESS = "access"

# A token of ours has 530 characters at the most. Longer text is not read, and so never kept.
LONGEST = 1_000

# How far the clock of another server that signs with our keys may be ahead of ours.
CLOCK_SKEW = timedelta(seconds=10)

# In the year 2242, which datetime can hold.
_LAST_SECOND = 2**33

_REQUIRED = ["iss", "aud", "exp", "iat", "jti", "sub", "role", "use", "family"]


class Claims(NamedTuple):
    """Who a token says its bearer is. `account` is the id of a user or, by its role, of an operator."""

    account: int
    role: Role
    family: str
    aadhaar: str
    expires_at: datetime


class Bearer(NamedTuple):
    """Whom a token is issued to: the id of a user or an operator, the session, and the user's Aadhaar digest."""

    account: int
    role: Role
    family: str
    digest: bytes | None


class _Key(NamedTuple):
    """One of our keys, by either algorithm: what signs, what verifies, and what others may know of it."""

    kid: str
    signing: Any
    verifying: Any
    public: dict[str, str] | None


# By the keys of the settings, of which a process has one tuple.
@lru_cache(maxsize=16)
def _keys(material: tuple[bytes, ...], algorithm: str) -> dict[str, _Key]:
    """The keys by their id, the newest first. An id follows from its key: nobody has to agree on one."""
    of_algorithm = _ed25519 if algorithm == "EdDSA" else _hmac
    return {key.kid: key for key in map(of_algorithm, material)}


def _hmac(secret: bytes) -> _Key:
    return _Key(_text(hashlib.sha256(b"kid" + secret).digest()[:12]), secret, secret, None)


def _ed25519(secret: bytes) -> _Key:
    """The 32 bytes are the seed of the private key (RFC 8032, 5.1.5); the id is the thumbprint of RFC 7638."""
    private = Ed25519PrivateKey.from_private_bytes(secret)
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    public = {"crv": "Ed25519", "kty": "OKP", "x": _text(raw)}
    kid = _text(hashlib.sha256(json.dumps(public, separators=(",", ":"), sort_keys=True).encode()).digest())
    return _Key(kid, private, private.public_key(), {**public, "kid": kid, "alg": "EdDSA", "use": "sig"})


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def key_set(settings: Settings) -> dict[str, list[dict[str, str]]]:
    """What others need to verify our tokens (RFC 7517). Of keys that sign by HMAC there is nothing to be told."""
    keys = _keys(settings.keys("signing_key"), settings.signing_algorithm)
    return {"keys": [key.public for key in keys.values() if key.public]}


def aadhaar_claim(digest: bytes | None) -> str:
    """What of an Aadhaar digest a token carries: enough to see it change, too little to find anybody by."""
    return base64.urlsafe_b64encode(hashlib.sha256(b"claim" + digest).digest()[:16]).decode() if digest else ""


def issue(settings: Settings, bearer: Bearer, session_ends_at: datetime | None = None) -> tuple[str, datetime]:
    """An access token, and when it ends: never after its session."""
    now = datetime.now(UTC).replace(microsecond=0)
    expires_at = now + settings.access_token_life()
    if session_ends_at is not None:
        expires_at = min(expires_at, session_ends_at.replace(microsecond=0))
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": now,
        "exp": expires_at,
        "jti": uuid4().hex,
        "sub": str(bearer.account),
        "role": bearer.role.value,
        "use": ACCESS,
        "family": bearer.family,
        "aadhaar": aadhaar_claim(bearer.digest),
    }
    newest = next(iter(_keys(settings.keys("signing_key"), settings.signing_algorithm).values()))
    return jwt.encode(
        claims, newest.signing, algorithm=settings.signing_algorithm, headers={"kid": newest.kid}
    ), expires_at


def read(settings: Settings, token: str) -> Claims | None:
    """The claims of an access token of ours; None for anything else. Whether it has expired, its claims say."""
    if len(token) > LONGEST:
        return None
    try:
        return _verified(settings.keys("signing_key"), settings.signing_algorithm, token)
    except (jwt.PyJWTError, ValueError, TypeError, LookupError, ArithmeticError, OSError, RecursionError):
        # Whatever the claims are: they come from outside until they are read.
        return None


# A session says the same token for a quarter of an hour, and what it says does not change. Whether its bearer may
# still come in is asked each time: of the clock, and of the account. At 1.5 kB each, 6 MB at the most.
@lru_cache(maxsize=4096)
def _verified(material: tuple[bytes, ...], algorithm: str, token: str) -> Claims:
    """The claims of an access token.

    Raises:
        jwt.PyJWTError, ValueError, TypeError, LookupError, ArithmeticError, OSError, RecursionError: not one of ours,
            one that has expired, or claims that no token of ours has. The cache keeps good tokens only.
    """
    keys = _keys(material, algorithm)
    kid = jwt.get_unverified_header(token).get("kid")
    # One that names no key is of before keys had names: any of ours will do.
    candidates = keys.values() if kid is None else [keys[kid]] if kid in keys else []
    claims = _decoded(token, candidates, algorithm)
    account = parse_id(claims["sub"])
    if claims["use"] != ACCESS or account is None:
        raise ValueError("not an access token")
    # A library that is lenient would read true, "1" and 1e9 as times.
    if any(type(claims[name]) is not int or not 0 <= claims[name] < _LAST_SECOND for name in ("iat", "exp")):
        raise ValueError("a time is a whole number of seconds")
    texts = [claims["jti"], claims["role"], claims["family"], claims.get("aadhaar", "")]
    if any(type(text) is not str or not text.isascii() for text in texts):
        raise ValueError("a claim is not plain text")
    # The skew is that of the time of issue: no token is good for longer than it says.
    if claims["exp"] <= datetime.now(UTC).timestamp():
        raise jwt.ExpiredSignatureError("expired")
    return Claims(
        account=account,
        role=Role(claims["role"]),
        family=str(UUID(claims["family"])),
        aadhaar=claims.get("aadhaar", ""),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
    )


def _decoded(token: str, candidates: Iterable[_Key], algorithm: str) -> dict[str, Any]:
    """What a token says that one of these keys signed. The algorithm is ours to choose, never the token's."""
    for key in candidates:
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key.verifying,
                algorithms=[algorithm],
                issuer=ISSUER,
                audience=AUDIENCE,
                options={"require": _REQUIRED},
                leeway=CLOCK_SKEW,
            )
        except jwt.InvalidSignatureError:
            continue
        return claims
    raise jwt.InvalidSignatureError("signed by none of our keys")


def matches(claims: Claims, digest: bytes | None) -> bool:
    """Whether a token's Aadhaar claim is that of the account as it is now."""
    return hmac.compare_digest(claims.aadhaar.encode(), aadhaar_claim(digest).encode())


def new_refresh_token() -> str:
    return secrets.token_urlsafe(32)


def refresh_token_hash(token: str) -> bytes:
    """What is stored of a refresh token. It has 256 random bits, so a plain SHA-256 does."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def hidden_in(token: str, successor: str) -> bytes:
    """A refresh token's successor, to be read by nobody but who has the token: 12 bytes of nonce, then AES-256-GCM."""
    nonce = os.urandom(12)
    return nonce + AESGCM(_key_of(token)).encrypt(nonce, successor.encode(), None)


def found_in(token: str, hidden: bytes) -> str:
    """What `hidden_in` hid."""
    return AESGCM(_key_of(token)).decrypt(hidden[:12], hidden[12:], None).decode()


def _key_of(token: str) -> bytes:
    # Another digest than the one that is stored: who reads the table can open nothing in it.
    return hashlib.sha256(b"successor" + token.encode("utf-8", "replace")).digest()
