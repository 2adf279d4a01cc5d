"""Access tokens: what they say, and everything that is not one."""

import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from models import database
from settings import Settings
from tests.conftest import LOGIN, Client, operating, registered

CLAIMS = ["iss", "aud", "exp", "iat", "jti", "sub", "role", "use", "family", "aadhaar"]
ME = "{ me { id } }"


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def signed(settings: Settings, claims: dict[str, Any]) -> str:
    return jwt.encode(claims, settings.key("signing_key"), algorithm="HS256")


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
