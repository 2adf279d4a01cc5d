"""Guessing at passwords: at one account, from one address, and while Valkey is away."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from redis.exceptions import RedisError

import app
from models import database
from models.sessions import SignInFailure
from models.users import User
from resolvers import attempts, passwords
from settings import Settings
from tasks import broker
from tests.conftest import LOGIN, OPERATOR_HASH, OPERATOR_PASSWORD, Client, overhear, registered, serving
from tests.tasks.valkeys import free_port

EMAIL = "asha.234123412346@kist.test"


def attempt(email: str = EMAIL, password: str = "wrong") -> dict[str, str]:
    return {"email": email, "password": password}


def _account_key(email: str) -> str:
    return broker.key(f"attempts:{hashlib.sha256(email.encode()).hexdigest()}")


async def attempts_of(email: str) -> int:
    """How many failed tries at an account are counted, wherever."""
    counted: Any = broker.sent_to().client.zcard(_account_key(email))
    digest = hashlib.sha256(email.encode()).digest()
    return int(await counted) + await SignInFailure.filter(account_digest=digest).count()


async def let_a_quarter_of_an_hour_pass() -> None:
    """For every try that has been counted."""
    await database.execute("UPDATE sign_in_failures SET failed_at = failed_at - interval '16 minutes'")
    valkey = broker.sent_to().client
    with suppress(RedisError):  # where it is away, nothing is counted there
        await _age(valkey)


async def _age(valkey: Any) -> None:
    async for key in valkey.scan_iter(match=broker.key("attempts:*")):
        for member, moment in await valkey.zrange(key, 0, -1, withscores=True):
            await valkey.zadd(key, {member: moment - 16 * 60_000})


@pytest.fixture(params=["counted by Valkey", "counted by PostgreSQL"])
async def person(settings: Settings, request: pytest.FixtureRequest) -> AsyncIterator[Client]:
    """Nobody, at the door of an application with one account, that has a cheap password; with and without Valkey."""
    if request.param == "counted by PostgreSQL":
        settings = settings.model_copy(update={"redis_url": f"redis://127.0.0.1:{free_port()}/0"})
    async with serving(settings) as client:
        await registered(client)
        await User.all().update(password_hash=OPERATOR_HASH)
        yield client


async def test_ten_failures_at_once_or_one_by_one_shut_an_account(person: Client) -> None:
    answers = await asyncio.gather(*(person.codes(LOGIN, input=attempt()) for _ in range(16)))
    assert sorted(code for (code,) in answers) == ["BAD_CREDENTIALS"] * 10 + ["TOO_MANY_ATTEMPTS"] * 6
    assert await person.codes(LOGIN, input=attempt(password=OPERATOR_PASSWORD)) == ["TOO_MANY_ATTEMPTS"]
    assert await person.codes(LOGIN, input=attempt("other@kist.test")) == ["BAD_CREDENTIALS"]


def test_many_passwords_at_once_are_compared_in_whatever_event_loop_asks() -> None:
    async def many() -> list[bool]:
        return await asyncio.gather(*(passwords.verified(OPERATOR_HASH, OPERATOR_PASSWORD) for _ in range(6)))

    assert [asyncio.run(many()) for _ in range(2)] == [[True] * 6] * 2


async def test_the_right_password_gives_everything_back(person: Client) -> None:
    for _ in range(3):
        for _ in range(9):
            await person.codes(LOGIN, input=attempt())
        opened = await person.ask(LOGIN, input=attempt(EMAIL.upper(), OPERATOR_PASSWORD))
        assert opened["__typename"] == "Session"


async def test_an_address_has_its_own_limit_for_all_accounts_together(
    person: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "MOST_FROM_AN_ADDRESS", 5)
    for number in range(5):
        assert await person.codes(LOGIN, input=attempt(f"{number}@kist.test")) == ["BAD_CREDENTIALS"]
    assert await person.codes(LOGIN, input=attempt("6@kist.test")) == ["TOO_MANY_ATTEMPTS"]
    assert await person.codes(LOGIN, input=attempt(password=OPERATOR_PASSWORD)) == ["TOO_MANY_ATTEMPTS"]
    await let_a_quarter_of_an_hour_pass()
    assert (await person.ask(LOGIN, input=attempt(password=OPERATOR_PASSWORD)))["__typename"] == "Session"


async def test_an_address_elsewhere_is_not_shut(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "MOST_FROM_AN_ADDRESS", 1)
    application = app.application(settings)
    async with application.router.lifespan_context(application):
        seen = []
        for host in ("10.0.0.1", "10.0.0.1", "10.0.0.2", "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"):
            transport = httpx.ASGITransport(application, client=(host, 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://kist.test") as http:
                seen += await Client(http).codes(LOGIN, input=attempt("nobody@kist.test"))
    shut, open_ = "TOO_MANY_ATTEMPTS", "BAD_CREDENTIALS"
    assert seen == [open_, shut, open_, open_, shut, open_]


async def test_an_unknown_account_costs_what_a_known_one_does(person: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes: list[str] = []
    verified = passwords._verified

    def counted(password_hash: str, password: str) -> bool:
        hashes.append(password_hash)
        return verified(password_hash, password)

    monkeypatch.setattr(passwords, "_verified", counted)
    heard = await overhear(1)
    spoken, refusals = [], []
    for email in (EMAIL, "nobody@kist.test", "nobody@kist.test", EMAIL):
        heard.clear()
        refusals.append(await person.ask(LOGIN, input=attempt(email)))
        spoken.append(list(heard))
    assert refusals[0] == refusals[1] == refusals[2] == refusals[3]
    assert spoken[2] == spoken[3] != []
    # One hash each; the cheap one of the test's account is not what an account of the server's would have.
    assert len(hashes) == 4
