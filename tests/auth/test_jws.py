"""A token as kist writes it takes the short way, and no token that PyJWT refuses takes it."""

import base64
import hmac
import json
import time
from datetime import timedelta
from typing import Any

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auth import jws, tokens
from schema.users import Role
from settings import Settings
from tests.builders import key

NEW, OLD, FOREIGN = b"n" * 32, b"o" * 32, b"f" * 32
# The token lives longer than a run of all tests.
SETTINGS = Settings(_env_file=None, signing_keys=key("n"), signing_key=key("o"), access_token_minutes=24 * 60)  # type: ignore[call-arg]
BEARER = tokens.Bearer(7, Role.BORROWER, "5f0c5a4e-6c0e-4d0b-9b0a-0c7d6f3a1b2c", b"digest")
TOKEN, _ = tokens.issue(SETTINGS, BEARER)
HEADER, PAYLOAD, SIGNATURE = TOKEN.split(".")
CLAIMS: dict[str, Any] = jwt.decode(TOKEN, options={"verify_signature": False})
KIDS = {NEW: jwt.get_unverified_header(TOKEN)["kid"]}
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
SECOND = int(time.time())


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(payload: bytes | str, *, header: str = HEADER, secret: bytes = NEW) -> str:
    """A token with a valid signature of `secret`. A payload that is text is encoded already."""
    head = f"{header}.{payload if isinstance(payload, str) else encoded(payload)}"
    return f"{head}.{encoded(hmac.digest(secret, head.encode(), 'sha256'))}"


def claiming(**changed: object) -> str:
    return signed(json.dumps({**CLAIMS, **changed}).encode())


def lacking(name: str) -> str:
    return signed(json.dumps({claim: value for claim, value in CLAIMS.items() if claim != name}).encode())


def short(token: str) -> dict[str, Any] | None:
    """The claims by the short way."""
    try:
        return jws.claims_as_written(token, {HEADER: NEW}, issuer="kist", audience="kist-api", skew=10)
    except (ValueError, RecursionError):
        return None


def long(token: str) -> dict[str, Any] | None:
    """The claims by PyJWT, under the same conditions."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            NEW,
            algorithms=["HS256"],
            issuer="kist",
            audience="kist-api",
            options={"require": ["iss", "aud", "exp", "iat", "jti", "sub", "role", "use", "family"]},
            leeway=timedelta(seconds=10),
        )
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError):
        return None
    return claims


def with_other_last_bits(text: str) -> str:
    """Base64url whose last character has other bits behind the last byte: lenient decoders read the same bytes."""
    return text[:-1] + ALPHABET[ALPHABET.index(text[-1]) ^ 1]


def test_a_token_that_kist_issues_takes_the_short_way() -> None:
    assert short(TOKEN) == long(TOKEN) == CLAIMS
    read = tokens.read(SETTINGS, TOKEN)
    assert read is not None
    assert (read.account, read.role, read.family) == BEARER[:3]


def test_a_token_of_an_older_key_takes_the_short_way_too() -> None:
    older = Settings(_env_file=None, signing_key=key("o"))  # type: ignore[call-arg]
    token, _ = tokens.issue(older, BEARER)
    header, _, rest = token.partition(".")
    assert header != HEADER
    assert jws.claims_as_written(token, {HEADER: NEW, header: OLD}, issuer="kist", audience="kist-api", skew=10)
    assert tokens.read(SETTINGS, token) is not None
    # The new key's id with the old key's signature, and the reverse.
    for mixed in (f"{HEADER}.{rest}", f"{header}.{PAYLOAD}.{SIGNATURE}"):
        assert tokens.read(SETTINGS, mixed) is None


# Its JSON has a number of bytes that leaves spare bits in the last character.
PADDED = encoded(json.dumps(CLAIMS).encode() + b" " * ((1 - len(json.dumps(CLAIMS))) % 3))

# Valid, but in another form: PyJWT accepts them.
OTHER_FORMS = {
    "another order of the header": signed(
        PAYLOAD, header=encoded(json.dumps({"typ": "JWT", "kid": KIDS[NEW], "alg": "HS256"}).encode())
    ),
    "a header without a key id": signed(PAYLOAD, header=encoded(b'{"alg":"HS256","typ":"JWT"}')),
    "a further claim": claiming(color="blue"),
    "a list of audiences": claiming(aud=["other", "kist-api"]),
    "padding": f"{TOKEN}{'=' * (-len(SIGNATURE) % 4)}",
}


@pytest.mark.parametrize("form", OTHER_FORMS)
def test_a_valid_token_in_another_form_is_left_to_pyjwt(form: str) -> None:
    token = OTHER_FORMS[form]
    assert short(token) is None
    assert long(token) is not None
    assert tokens.read(SETTINGS, token) is not None


ODD_VALUES: list[Any] = [None, 1.5, [], {}, True]
HOSTILE = {
    "no signature": f"{HEADER}.{PAYLOAD}.",
    "two parts": f"{HEADER}.{PAYLOAD}",
    "four parts": f"{TOKEN}.{SIGNATURE}",
    "five parts": f"{HEADER}.{PAYLOAD}..{SIGNATURE}",
    "nothing": "",
    "the header alone": HEADER,
    "dots alone": "..",
    "alg none": signed(PAYLOAD, header=encoded(b'{"alg":"none","typ":"JWT"}')),
    "alg none without a signature": encoded(b'{"alg":"none"}') + f".{PAYLOAD}.",
    "alg HS512": jwt.encode(CLAIMS, NEW * 2, algorithm="HS512", headers={"kid": KIDS[NEW]}),
    "another key": signed(PAYLOAD, secret=FOREIGN),
    "an empty key": signed(PAYLOAD, secret=b""),
    "an unknown key id": jwt.encode(CLAIMS, NEW, algorithm="HS256", headers={"kid": "unknown"}),
    "a header with a comma more": signed(PAYLOAD, header=encoded(b'{"alg":"HS256",}')),
    "other last bits of the signature": f"{HEADER}.{PAYLOAD}.{with_other_last_bits(SIGNATURE)}",
    "other last bits of the payload": signed(with_other_last_bits(PADDED)),
    "padding within": f"{HEADER}.{PAYLOAD}=.{SIGNATURE}",
    "too much padding": f"{TOKEN}===",
    "a blank at the end": f"{TOKEN} ",
    "a line break at the end": f"{TOKEN}\n",
    "a blank before": f" {TOKEN}",
    "a blank within the payload": signed(f"{PAYLOAD[:8]} {PAYLOAD[8:]}"),
    "plain base64": TOKEN.replace("-", "+").replace("_", "/") + "+",
    "a letter that is not ASCII": f"{TOKEN[:-1]}é",
    "a signed letter that is not ASCII": f"{HEADER}.é.{SIGNATURE}",
    "a lone surrogate": f"{HEADER}.\ud800.{SIGNATURE}",
    "a truncated signature": TOKEN[:-1],
    "a truncated payload": f"{HEADER}.{PAYLOAD[:-4]}.{SIGNATURE}",
    "the signature in hexadecimal": (
        f"{HEADER}.{PAYLOAD}.{hmac.digest(NEW, f'{HEADER}.{PAYLOAD}'.encode(), 'sha256').hex()}"
    ),
    "no JSON": signed(b"{"),
    "no object": signed(b"[]"),
    "null": signed(b"null"),
    "no UTF-8": signed(b"\xff"),
    "deep JSON": signed(b"[" * 100_000),
    "a number of many digits": signed(b'{"exp":' + b"9" * 5_000 + b"}"),
    "expired": claiming(exp=SECOND - 1),
    "expired within the skew": claiming(exp=SECOND - 5),
    "issued in the future": claiming(iat=SECOND + 3_600),
    "not before the future": claiming(nbf=SECOND + 3_600),
    "an infinite expiry": signed(json.dumps({**CLAIMS, "exp": float("inf")}).encode()),
    "an expiry that is no number": signed(json.dumps({**CLAIMS, "exp": float("nan")}).encode()),
    "a large expiry": claiming(exp=2**64),
    "a later expired twin": signed(json.dumps(CLAIMS).encode()[:-1] + b', "exp": 1}'),
    **{
        f"{name} is {value!r}": claiming(**{name: value})
        for name in sorted(jws.CLAIMS)
        for value in ODD_VALUES
        if (name, value) != ("aud", ["kist-api"])
    },
    **{f"without {name}": lacking(name) for name in sorted(jws.CLAIMS - {"aadhaar"})},
}


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_hostile_token_is_refused(attack: str) -> None:
    token = HOSTILE[attack]
    assert short(token) in (None, long(token))
    assert tokens.read(SETTINGS, token) is None


def test_the_last_of_two_equal_claims_counts_as_for_pyjwt() -> None:
    token = signed(b'{"exp": 1, ' + json.dumps(CLAIMS).encode()[1:])
    assert short(token) == long(token) == CLAIMS


ANY_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from([*CLAIMS.values()]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@st.composite
def changed(draw: st.DrawFn) -> str:
    """The issued token with a few of its characters changed, removed, added, or moved."""
    text = TOKEN
    for _ in range(draw(st.integers(1, 3))):
        at, more = draw(st.integers(0, len(text))), draw(st.sampled_from([*ALPHABET, *".=+/ \n\x00é", ""]))
        text = text[:at] + more + text[at + draw(st.integers(0, 2)) :]
    return text


@st.composite
def signed_anyhow(draw: st.DrawFn) -> str:
    """A token with a valid signature, and with other claims, members or encodings than kist writes."""
    claims = {**CLAIMS, **draw(st.dictionaries(st.sampled_from([*CLAIMS, "nbf", "crit"]), ANY_VALUE, max_size=3))}
    for name in draw(st.lists(st.sampled_from([*CLAIMS]), max_size=1)):
        claims.pop(name)
    payload = json.dumps(claims, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")
    payload = draw(st.sampled_from([payload, payload.decode("utf-8", "replace").encode("utf-16")]))
    text = encoded(payload)
    return signed(draw(st.sampled_from([text, with_other_last_bits(text), text + "=", text + "!"])))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(changed() | signed_anyhow())
def test_the_short_way_accepts_nothing_that_pyjwt_refuses(token: str) -> None:
    found = short(token)
    if found is not None:
        assert found == long(token)
    elif long(token) is None:
        assert tokens.read(SETTINGS, token) is None
