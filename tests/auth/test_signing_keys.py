"""Signing keys: each has an id, the newest signs, those before it still verify, and Ed25519 lets others verify too."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from pydantic import SecretStr

from auth import tokens
from schema.users import Role
from settings import Settings, SettingsError, load
from tests.builders import Client, key, registered, serving

FAMILY = "00000000-0000-0000-0000-000000000001"
ALGORITHMS = ["HS256", "EdDSA"]


def with_keys(settings: Settings, *letters: str, algorithm: str = "HS256") -> Settings:
    several = SecretStr(",".join(key(letter).get_secret_value() for letter in letters))
    return settings.model_copy(
        update={"signing_keys": several, "signing_key": SecretStr(""), "signing_algorithm": algorithm}
    )


def bare() -> Settings:
    return Settings(_env_file=None)  # type: ignore[call-arg]  # pydantic-settings takes it


def token(settings: Settings) -> str:
    return tokens.issue(settings, tokens.Bearer(1, Role.OPERATOR, FAMILY, None))[0]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_newest_signs_and_those_before_it_verify(algorithm: str) -> None:
    first, both, second, neither = (
        with_keys(bare(), *letters, algorithm=algorithm) for letters in ("a", "ba", "b", "c")
    )
    old, new = token(first), token(both)
    assert jwt.get_unverified_header(old)["kid"] != jwt.get_unverified_header(new)["kid"]
    assert jwt.get_unverified_header(new)["kid"] == jwt.get_unverified_header(token(second))["kid"]
    assert tokens.read(both, old) is not None
    assert tokens.read(both, new) is not None
    assert tokens.read(second, new) is not None
    assert tokens.read(first, new) is None
    assert tokens.read(second, old) is None
    assert tokens.read(neither, old) is None


def test_the_key_of_the_single_setting_is_the_oldest() -> None:
    alone = bare().model_copy(update={"signing_key": key("a")})
    joined = with_keys(bare(), "b").model_copy(update={"signing_key": key("a")})
    assert joined.keys("signing_key") == (b"b" * 32, b"a" * 32)
    assert tokens.read(joined, token(alone)) is not None
    assert tokens.read(alone, token(joined)) is None


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_header_cannot_choose_the_key_or_the_algorithm(algorithm: str) -> None:
    settings = with_keys(bare(), "b", "a", algorithm=algorithm)
    good = token(settings)
    claims: dict[str, Any] = jwt.decode(good, options={"verify_signature": False})
    kid = jwt.get_unverified_header(good)["kid"]
    older = jwt.get_unverified_header(token(with_keys(bare(), "a", algorithm=algorithm)))["kid"]
    head, body, signature = good.split(".")
    renamed = base64.urlsafe_b64encode(json.dumps({"alg": algorithm, "kid": older}).encode()).decode().rstrip("=")
    forged = [
        jwt.encode(claims, b"x" * 32, algorithm="HS256", headers={"kid": kid}),
        jwt.encode(claims, "", algorithm="none", headers={"kid": kid}),
        jwt.encode(claims, b"b" * 64, algorithm="HS512", headers={"kid": kid}),
        f"{renamed}.{body}.{signature}",
        f"{head}.{body}.",
    ]
    if algorithm == "EdDSA":
        # The public key, which everybody has, taken for the secret of an HMAC.
        public = tokens.key_set(settings)["keys"][0]["x"]
        for secret in (public.encode(), base64.urlsafe_b64decode(f"{public}=")):
            forged.append(jwt.encode(claims, secret, algorithm="HS256", headers={"kid": kid}))
        forged.append(jwt.encode(claims, b"b" * 32, algorithm="HS256", headers={"kid": kid}))
    forged += [jwt.encode(claims, b"x" * 32, algorithm="HS256", headers={"kid": "x" * 1000})]
    assert tokens.read(settings, good) is not None
    for each in forged:
        assert tokens.read(settings, each) is None, jwt.get_unverified_header(each)


async def test_others_verify_our_tokens_by_the_key_set(settings: Settings) -> None:
    async with serving(with_keys(settings, "b", "a", algorithm="EdDSA")) as client:
        borrower = await registered(client)
        answer = await client.http.get("/.well-known/jwks.json")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
        assert [sorted(each) for each in answer.json()["keys"]] == [["alg", "crv", "kid", "kty", "use", "x"]] * 2
        kid = jwt.get_unverified_header(borrower.token)["kid"]
        (known,) = (each for each in jwt.PyJWKSet.from_dict(answer.json()).keys if each.key_id == kid)
        claims = jwt.decode(borrower.token, known, algorithms=["EdDSA"], audience="kist-api", issuer="kist")
        assert claims["sub"] == (await borrower.ask("{ me { id } }"))["id"]


async def test_of_hmac_keys_nothing_is_told(client: Client) -> None:
    assert (await client.http.get("/.well-known/jwks.json")).json() == {"keys": []}


async def test_a_token_from_before_keys_had_ids_is_good_until_it_expires() -> None:
    settings = with_keys(bare(), "b", "a")
    claims = jwt.decode(token(settings), options={"verify_signature": False})
    for letter, good in (("b", True), ("a", True), ("c", False)):
        nameless = jwt.encode(claims, letter.encode() * 32, algorithm="HS256")
        assert (tokens.read(settings, nameless) is not None) is good
    late = {**claims, "exp": datetime.now(UTC) - timedelta(seconds=1)}
    assert tokens.read(settings, jwt.encode(late, b"b" * 32, algorithm="HS256")) is None


@pytest.mark.parametrize("value", ["x", "eHg=", f"{key('a').get_secret_value()},", f",{key('a').get_secret_value()}"])
def test_a_key_that_is_none_is_refused_without_being_shown(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("KIST_SIGNING_KEYS", value)
    with pytest.raises(SettingsError, match="KIST_SIGNING_KEYS") as refusal:
        load()
    assert value not in str(refusal.value)


@pytest.mark.parametrize("value", ["*", "proxy", "10.0.0.0/8,x"])
def test_a_proxy_is_trusted_by_its_address(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("KIST_TRUSTED_PROXIES", value)
    with pytest.raises(SettingsError, match="KIST_TRUSTED_PROXIES takes addresses"):
        load()
