"""An access token proves an identity at its time of issue; the account's row decides whether it is still valid."""

import base64
import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm
from jwt.utils import base64url_encode

from auth import jws
from models import aes_gcm
from models.loans import parse_id
from schema.users import Role
from settings import Settings

ISSUER = "kist"
AUDIENCE = "kist-api"
ACCESS = "access"
HS256 = "HS256"

# An access token of kist has at most 530 characters. Longer text is not parsed and does not enter the cache.
LONGEST = 1_000

# The clock of another server that signs with the same keys may be ahead by this much.
CLOCK_SKEW = timedelta(seconds=10)

# A second in the year 2242, which datetime can represent.
_LAST_SECOND = 2**33

_REQUIRED = ["iss", "aud", "exp", "iat", "jti", "sub", "role", "use", "family"]


class Claims(NamedTuple):
    """The claims of an access token. `account` is the id of a user or an operator, depending on `role`."""

    account: int
    role: Role
    family: str
    aadhaar: str
    expires_at: datetime


class Bearer(NamedTuple):
    """The bearer of a new token: the id of a user or an operator, the session, and the user's Aadhaar digest."""

    account: int
    role: Role
    family: str
    digest: bytes | None


class _Key(NamedTuple):
    """A signing key of either algorithm: its private part, its verifying part, and its public JWK, if it has one."""

    kid: str
    signing: Any
    verifying: Any
    public: dict[str, str] | None


# The cache key is the settings' tuple of keys, of which a process has one.
@lru_cache(maxsize=16)
def _keys(material: tuple[bytes, ...], algorithm: str) -> dict[str, _Key]:
    """The keys by their id, the newest first. An id is derived from its key, so it needs no configuration."""
    of_algorithm = _ed25519 if algorithm == "EdDSA" else _hmac
    return {key.kid: key for key in map(of_algorithm, material)}


@lru_cache(maxsize=16)
def _secrets_by_header(material: tuple[bytes, ...], algorithm: str) -> dict[str, bytes]:
    """The HMAC secrets by the first part of every token that they sign; none for another algorithm."""
    if algorithm != HS256:
        return {}
    return {
        jwt.encode({}, key.signing, algorithm=HS256, headers={"kid": kid}).partition(".")[0]: key.signing
        for kid, key in _keys(material, algorithm).items()
    }


def _hmac(secret: bytes) -> _Key:
    return _Key(base64url_encode(hashlib.sha256(b"kid" + secret).digest()[:12]).decode(), secret, secret, None)


def _ed25519(secret: bytes) -> _Key:
    """The key of a 32-byte seed (RFC 8032, 5.1.5). Its id is the JWK thumbprint (RFC 7638)."""
    private = Ed25519PrivateKey.from_private_bytes(secret)
    public = OKPAlgorithm.to_jwk(private.public_key(), as_dict=True)
    thumbprint = hashlib.sha256(json.dumps(public, separators=(",", ":"), sort_keys=True).encode()).digest()
    kid = base64url_encode(thumbprint).decode()
    return _Key(kid, private, private.public_key(), {**public, "kid": kid, "alg": "EdDSA", "use": "sig"})


def key_set(settings: Settings) -> dict[str, list[dict[str, str]]]:
    """The JSON Web Key Set that other services need to verify access tokens (RFC 7517). It has no HMAC keys."""
    keys = _keys(settings.keys("signing_key"), settings.signing_algorithm)
    return {"keys": [key.public for key in keys.values() if key.public]}


def aadhaar_claim(digest: bytes | None) -> str:
    """The claim derived from an Aadhaar digest. It reveals a change of the digest, but does not identify the person."""
    return base64.urlsafe_b64encode(hashlib.sha256(b"claim" + digest).digest()[:16]).decode() if digest else ""


def issue(settings: Settings, bearer: Bearer, session_ends_at: datetime | None = None) -> tuple[str, datetime]:
    """A new access token and its expiry, which is never after the end of its session."""
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
    """The claims of a valid access token; None for any other text. The caller checks `expires_at` of a cached one."""
    if len(token) > LONGEST:
        return None
    try:
        return _verified(settings.keys("signing_key"), settings.signing_algorithm, token)
    except (jwt.PyJWTError, ValueError, TypeError, LookupError, ArithmeticError, OSError, RecursionError):
        # The claims are untrusted input, so any of these exceptions means an invalid token.
        return None


# A session sends the same token for a quarter of an hour, and its claims do not change. Each request still checks the
# expiry and the account. An entry takes 1.5 kB, the cache 6 MB at most.
@lru_cache(maxsize=4096)
def _verified(material: tuple[bytes, ...], algorithm: str, token: str) -> Claims:
    """The claims of an access token.

    Raises:
        jwt.PyJWTError, ValueError, TypeError, LookupError, ArithmeticError, OSError, RecursionError: the token is not
            signed by kist, has expired, or has invalid claims. The cache keeps valid tokens only.
    """
    claims = _claims_as_written(material, algorithm, token) or _decoded(material, algorithm, token)
    account = parse_id(claims["sub"])
    if claims["use"] != ACCESS or account is None:
        raise ValueError("not an access token")
    # PyJWT would accept true, "1" and 1e9 as times.
    if any(type(claims[name]) is not int or not 0 <= claims[name] < _LAST_SECOND for name in ("iat", "exp")):
        raise ValueError("a time must be a whole number of seconds")
    texts = [claims["jti"], claims["role"], claims["family"], claims.get("aadhaar", "")]
    if any(type(text) is not str or not text.isascii() for text in texts):
        raise ValueError("a claim must be ASCII text")
    # PyJWT's leeway is meant for the time of issue only. Without this check a token would be valid beyond its expiry.
    if claims["exp"] <= datetime.now(UTC).timestamp():
        raise jwt.ExpiredSignatureError("expired")
    return Claims(
        account=account,
        role=Role(claims["role"]),
        family=str(UUID(claims["family"])),
        aadhaar=claims.get("aadhaar", ""),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
    )


def _claims_as_written(material: tuple[bytes, ...], algorithm: str, token: str) -> dict[str, Any] | None:
    """The claims of a token in the form in which `issue` writes it with HS256; None for any other token."""
    secrets_by_header = _secrets_by_header(material, algorithm)
    return jws.claims_as_written(
        token, secrets_by_header, issuer=ISSUER, audience=AUDIENCE, skew=CLOCK_SKEW.total_seconds()
    )


def _decoded(material: tuple[bytes, ...], algorithm: str, token: str) -> dict[str, Any]:
    """The claims of a token that a key of kist signed. The server chooses the algorithm, never the token."""
    keys = _keys(material, algorithm)
    kid = jwt.get_unverified_header(token).get("kid")
    # Tokens of earlier releases have no key id: any of the keys may have signed them.
    candidates = keys.values() if kid is None else [keys[kid]] if kid in keys else []
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
    raise jwt.InvalidSignatureError("no key of kist has signed the token")


def matches(claims: Claims, digest: bytes | None) -> bool:
    """Whether a token's Aadhaar claim matches the account's current Aadhaar digest."""
    return hmac.compare_digest(claims.aadhaar.encode(), aadhaar_claim(digest).encode())


def new_refresh_token() -> str:
    return secrets.token_urlsafe(32)


def refresh_token_hash(token: str) -> bytes:
    """The stored hash of a refresh token. The token has 256 random bits, so a plain SHA-256 is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def encrypted_successor(token: str, successor: str) -> bytes:
    """The successor of a refresh token, encrypted with the token: 12 bytes of nonce, then AES-256-GCM."""
    return aes_gcm.encrypt(_successor_key(token), successor)


def decrypted_successor(token: str, hidden: bytes) -> str:
    """The successor that `encrypted_successor` has encrypted."""
    return aes_gcm.decrypt(_successor_key(token), hidden)


def _successor_key(token: str) -> bytes:
    # This digest differs from the stored one, so a reader of the table cannot decrypt the successor.
    return hashlib.sha256(b"successor" + token.encode("utf-8", "replace")).digest()
