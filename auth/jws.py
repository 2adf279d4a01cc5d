"""A token in exactly the form in which kist writes it is verified in few steps; PyJWT decides about any other token.

PyJWT takes five times as long: it accepts every form of a JSON Web Signature, and kist writes one.
"""

import base64
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

# The claims that every access token has. One with others, or without some, is left to PyJWT.
CLAIMS = frozenset({"iss", "aud", "iat", "exp", "jti", "sub", "role", "use", "family", "aadhaar"})


def claims_as_written(
    token: str, secrets: Mapping[str, bytes], *, issuer: str, audience: str, skew: float
) -> dict[str, Any] | None:
    """The claims of an HS256 token whose every character is the one that kist would write.

    `secrets` are the keys by the encoded header that kist writes with them. `skew` is in seconds, and holds for the
    time of issue alone. None says nothing about the token: PyJWT may still accept it.

    Raises:
        ValueError, RecursionError: the token is signed, and its claims are not JSON.
    """
    header, _, rest = token.partition(".")
    secret = secrets.get(header)
    if secret is None or not token.isascii():
        return None
    payload, _, signature = rest.partition(".")
    signed = token[: len(header) + 1 + len(payload)].encode()
    # The texts are compared, so that another encoding of the same signature is not the one that kist writes.
    if not hmac.compare_digest(_base64url(hmac.digest(secret, signed, "sha256")), signature.encode()):
        return None
    # Behind a valid signature is a text that a holder of the key has signed.
    decoded = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    if _base64url(decoded) != payload.encode():
        return None
    claims = json.loads(decoded)
    if not isinstance(claims, dict) or claims.keys() != CLAIMS or not _types_are_ours(claims):
        return None
    now = time.time()
    is_valid_now = claims["iat"] <= now + skew and claims["exp"] > now
    return claims if is_valid_now and claims["iss"] == issuer and claims["aud"] == audience else None


def _types_are_ours(claims: dict[str, Any]) -> bool:
    """Whether the times are integers and all other claims are texts."""
    types = [type(value) for value in claims.values()]
    return types.count(str) == len(types) - 2 and type(claims["iat"]) is int and type(claims["exp"]) is int


def _base64url(data: bytes) -> bytes:
    """Base64url without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=")
