"""Access tokens: what they say, and everything that is not one."""

import asyncio
import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from models import database
from settings import Settings
from tests.builders import LOGIN, Client, operating, registered

CLAIMS = ["iss", "aud", "exp", "iat", "jti", "sub", "role", "use", "family", "aadhaar"]
ME = "{ me { id } }"


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def signed(settings: Settings, claims: dict[str, Any]) -> str:
    return jwt.encode(claims, settings.key("signing_key"), algorithm="HS256")


def handmade(settings: Settings, claims: dict[str, Any] | bytes, header: dict[str, Any] | None = None) -> str:
    """A token with our signature, whatever its claims and header are: no library would make it."""
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    parts = [json.dumps(header or {"alg": "HS256", "typ": "JWT"}).encode(), payload]
    head = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    signature = hmac.digest(settings.key("signing_key"), head, "sha256")
    return (head + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


async def test_a_token_says_who_its_bearer_is_for_a_quarter_of_an_hour(borrower: Client) -> None:
    claims = claims_of(borrower.token)
    assert sorted(claims) == sorted(CLAIMS)
    assert (claims["iss"], claims["aud"], claims["use"], claims["role"]) == ("kist", "kist-api", "access", "BORROWER")
    assert claims["exp"] - claims["iat"] == 15 * 60
    assert claims["sub"] == (await borrower.ask(ME))["id"]
    assert len(claims["aadhaar"]) == 24
    header = jwt.get_unverified_header(borrower.token)
    assert header["alg"] == "HS256"
    assert header["kid"]


async def test_no_two_tokens_are_alike(client: Client) -> None:
    await operating(client)
    input_ = {"email": "operator@kist.test", "password": "a long password"}
    claims = [claims_of((await client.ask(LOGIN, input=input_))["accessToken"]) for _ in range(2)]
    assert claims[0]["jti"] != claims[1]["jti"]
    assert claims[0]["family"] != claims[1]["family"]
    assert claims[0]["aadhaar"] == ""


async def test_a_token_without_a_claim_is_none(borrower: Client, settings: Settings) -> None:
    claims = claims_of(borrower.token)
    for claim in CLAIMS:
        token = signed(settings, {name: value for name, value in claims.items() if name != claim})
        assert await borrower.signed_in(token).error(ME) == "UNAUTHENTICATED", claim


async def test_a_token_with_a_wrong_claim_is_none(borrower: Client, settings: Settings) -> None:
    changes: list[dict[str, Any]] = [
        {"exp": datetime.now(UTC) - timedelta(seconds=1)},
        {"exp": "soon"},
        {"iat": datetime.now(UTC) + timedelta(hours=1)},
        {"aud": "another-api"},
        {"iss": "another"},
        {"use": "refresh"},
        {"role": "OPERATOR"},
        {"role": "ADMIN"},
        {"sub": "999999"},
        {"sub": "x"},
        {"sub": "9" * 30},
        {"family": "00000000-0000-0000-0000-000000000000"},
        {"family": "x"},
        {"aadhaar": ""},
        {"aadhaar": "A" * 24},
    ]
    for change in changes:
        token = signed(settings, {**claims_of(borrower.token), **change})
        assert await borrower.signed_in(token).error(ME) == "UNAUTHENTICATED", change


SECOND = int(datetime.now(UTC).timestamp())
ODD: list[Any] = [
    *("", "soon", "1", True, False, None, -1, 0, 1.5, SECOND + 600.5, 1e300, float("nan"), float("inf")),
    *(
        2**31,
        2**63,
        10**18,
        10**400,
        -(10**400),
        -(2**63),
        "9" * 5000,
        "\x00",
        "\ud800",
        [],
        [1],
        {},
        {"a": {"b": [1]}},
    ),
]


@pytest.mark.parametrize("claim", CLAIMS)
async def test_an_odd_claim_is_a_token_of_nobody(borrower: Client, settings: Settings, claim: str) -> None:
    good = claims_of(borrower.token)
    # A later second is a good end, and what an id is made of is the issuer's.
    fine = [
        ("exp", 2**31),
        ("iat", 0),
        ("sub", good["sub"]),
        *(("jti", text) for text in ("", "soon", "1", "9" * 5000)),
    ]
    for odd in ODD:
        if (claim, odd) in [*fine, ("jti", "\x00")]:
            continue
        token = handmade(settings, {**good, claim: odd})
        assert await borrower.signed_in(token).error(ME) == "UNAUTHENTICATED", repr(odd)[:50]


@pytest.mark.parametrize("header", ["kid", "alg", "crit"])
async def test_an_odd_header_is_a_token_of_nobody(borrower: Client, settings: Settings, header: str) -> None:
    good = claims_of(borrower.token)
    known = jwt.get_unverified_header(borrower.token)
    odd_ones = [*ODD, "none", "None", "HS512", "RS256", ["HS256"], "../key", [known["kid"]], {"kid": known["kid"]}]
    for odd in odd_ones:
        if (header, odd) == ("kid", None):  # as from before keys had names
            continue
        token = handmade(settings, good, {**known, header: odd})
        assert await borrower.signed_in(token).error(ME) == "UNAUTHENTICATED", repr(odd)[:50]


async def test_what_is_signed_and_no_object_is_a_token_of_nobody(borrower: Client, settings: Settings) -> None:
    for payload in (
        b"",
        b"null",
        b"[]",
        b"1",
        b'"a"',
        b"{",
        b"\xff",
        b"[" * 50_000,
        b'{"exp":' + b"9" * 100_000 + b"}",
    ):
        assert await borrower.signed_in(handmade(settings, payload)).error(ME) == "UNAUTHENTICATED", payload[:20]


async def test_the_clock_of_another_server_may_be_some_seconds_ahead(borrower: Client, settings: Settings) -> None:
    now = int(datetime.now(UTC).timestamp())
    for seconds, code in ((8, None), (-300, None), (60, "UNAUTHENTICATED"), (3600, "UNAUTHENTICATED")):
        token = signed(settings, {**claims_of(borrower.token), "iat": now + seconds})
        answer = await borrower.signed_in(token).post(ME)
        assert [error["extensions"]["code"] for error in answer.get("errors", [])] == ([code] if code else []), seconds
    # Its end is the end all the same.
    token = signed(settings, {**claims_of(borrower.token), "exp": now - 1})
    assert await borrower.signed_in(token).error(ME) == "UNAUTHENTICATED"


async def test_a_token_that_was_good_ends_when_it_expires(borrower: Client, settings: Settings) -> None:
    expires_at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=3)
    shortly = borrower.signed_in(signed(settings, {**claims_of(borrower.token), "exp": expires_at}))
    assert (await shortly.ask(ME))["id"]
    await asyncio.sleep((expires_at - datetime.now(UTC)).total_seconds())
    assert await shortly.error(ME) == "UNAUTHENTICATED"
    assert (await borrower.ask(ME))["id"]


async def test_an_unchanged_token_signed_again_is_one(borrower: Client, settings: Settings) -> None:
    token = signed(settings, claims_of(borrower.token))
    assert (await borrower.signed_in(token).ask(ME))["id"]


async def test_a_token_by_another_key_or_algorithm_is_none(borrower: Client, settings: Settings) -> None:
    claims = claims_of(borrower.token)
    key = settings.key("signing_key")
    others = [
        jwt.encode(claims, b"x" * 32, algorithm="HS256"),
        jwt.encode(claims, key + bytes(32), algorithm="HS512"),
        jwt.encode(claims, "", algorithm="none"),
        borrower.token.rsplit(".", 1)[0] + ".",
        borrower.token[:-4] + "AAAA",
    ]
    for token in others:
        assert await borrower.signed_in(token).error(ME) == "UNAUTHENTICATED"


async def test_a_refresh_token_is_no_access_token(client: Client) -> None:
    await operating(client)
    input_ = {"email": "operator@kist.test", "password": "a long password"}
    token = (await client.ask(LOGIN, input=input_))["refreshToken"]
    assert await client.signed_in(token).error('{ user(id: "1") { id } }') == "UNAUTHENTICATED"


async def test_a_garbage_header_is_nobody(borrower: Client) -> None:
    unsigned = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode() + ".e30."
    credentials = ("", "Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "Bearer é", f"Bearer {unsigned}")
    for header in (*credentials, f"Basic {borrower.token}", borrower.token, f"Bearer x {borrower.token}"):
        headers = {b"Authorization": header.encode("latin-1")}
        response = await borrower.http.post("/graphql", json={"query": ME}, headers=headers)
        assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED", header


async def test_the_scheme_is_read_whatever_its_case(borrower: Client) -> None:
    for scheme in ("Bearer", "bearer", "BEARER"):
        headers = {"Authorization": f"{scheme} {borrower.token}"}
        response = await borrower.http.post("/graphql", json={"query": ME}, headers=headers)
        assert "errors" not in response.json()


async def test_a_token_ends_when_the_accounts_aadhaar_number_changes(client: Client, borrower: Client) -> None:
    other = await registered(client, aadhaar_id="999941057058")
    await database.execute(
        "UPDATE users SET aadhaar_digest = sha256(aadhaar_digest) WHERE id = $1", int(claims_of(borrower.token)["sub"])
    )
    assert await borrower.error(ME) == "UNAUTHENTICATED"
    assert await borrower.error("mutation { logout }") == "UNAUTHENTICATED"
    assert (await other.ask(ME))["id"]


async def test_what_is_public_needs_no_token_and_minds_no_bad_one(client: Client) -> None:
    assert await client.signed_in("x").ask("{ businessDate }") == "2026-01-01"
