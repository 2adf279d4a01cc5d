"""Guessing at passwords: at one account, from one address, and while Valkey is away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any

import httpx
import pytest

import app
from auth import emails, passwords, sign_in_limit
from settings import Settings
from tests.auth.sign_ins import let_a_quarter_of_an_hour_pass
from tests.builders import LOGIN, OPERATOR_HASH, OPERATOR_PASSWORD, REFUSAL, REGISTER, Client
from tests.servers import overhear

EMAIL = "asha.234123412346@kist.test"
CHANGE = f"""mutation ($input: ChangePasswordInput!) {{ changePassword(input: $input) {{ __typename {REFUSAL}
  ... on PasswordChange {{ done }} }} }}"""


def attempt(email: str = EMAIL, password: str = "wrong") -> dict[str, str]:
    return {"email": email, "password": password}


@asynccontextmanager
async def coming_from(client: Client, address: str) -> AsyncIterator[Client]:
    """A client of the same application at another address."""
    transport: Any = client.http._transport
    elsewhere = httpx.ASGITransport(transport.app, client=(address, 1))
    async with httpx.AsyncClient(transport=elsewhere, base_url="http://kist.test") as http:
        yield Client(http)


async def guessed(client: Client, address: str, **credentials: str) -> str:
    """The code of a failed sign-in from an address."""
    async with coming_from(client, address) as stranger:
        answer = await stranger.post(LOGIN, input=attempt(**credentials))
    if "errors" in answer:
        return str(answer["errors"][0]["extensions"]["code"])
    (problem,) = answer["data"]["login"]["problems"]
    return str(problem["code"])


async def test_ten_failures_at_once_or_one_by_one_shut_an_account(person: Client) -> None:
    answers = await asyncio.gather(*(person.codes(LOGIN, input=attempt()) for _ in range(16)))
    assert sorted(code for (code,) in answers) == ["BAD_CREDENTIALS"] * 10 + ["TOO_MANY_ATTEMPTS"] * 6
    assert await person.codes(LOGIN, input=attempt(password=OPERATOR_PASSWORD)) == ["TOO_MANY_ATTEMPTS"]
    assert await person.codes(LOGIN, input=attempt("other@kist.test")) == ["BAD_CREDENTIALS"]


def test_many_passwords_at_once_are_compared_in_whatever_event_loop_asks() -> None:
    async def many() -> list[bool]:
        return await asyncio.gather(*(passwords.verify_password(OPERATOR_HASH, OPERATOR_PASSWORD) for _ in range(6)))

    assert [asyncio.run(many()) for _ in range(2)] == [[True] * 6] * 2


# The full stop, the letters and the case of a domain have many spellings, and so has the local part's case.
SPELLINGS = (
    EMAIL, EMAIL.upper(), f"  {EMAIL}", f"{EMAIL}\t", EMAIL.replace("kist.test", "kist\u3002test"),
    EMAIL.replace("kist", "\uff4b\uff49\uff53\uff54"), EMAIL.replace("kist", "KI\u017fT"), EMAIL.title(),
)  # fmt: skip


async def test_the_spellings_of_an_address_share_one_limit(person: Client) -> None:
    answers = [await person.codes(LOGIN, input=attempt(SPELLINGS[n % len(SPELLINGS)])) for n in range(12)]
    assert answers == [["BAD_CREDENTIALS"]] * 10 + [["TOO_MANY_ATTEMPTS"]] * 2
    for spelling in SPELLINGS:
        assert await person.codes(LOGIN, input=attempt(spelling, OPERATOR_PASSWORD)) == ["TOO_MANY_ATTEMPTS"]


@pytest.mark.parametrize("path", ["/api/login/", "/api/login"])
async def test_sign_ins_at_the_rest_path_share_the_limit_of_the_operation(client: Client, path: str) -> None:
    for number in range(10):
        await client.codes(LOGIN, input=attempt(SPELLINGS[number % len(SPELLINGS)]))
    refused = await client.http.post(path, json=attempt(EMAIL.upper()))
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "900"


def test_an_address_is_counted_under_one_name_whatever_lower_case_is() -> None:
    for one, *others in (
        ("\u03b1\u03c3@x", "\u0391\u03a3@x", "\u03b1\u03c2@x"),
        ("i@x", "I@x", "\u0130@x", "\u0131@x"),
    ):
        assert {emails.counted(other) for other in others} == {emails.counted(one)}


async def test_a_strangers_guesses_do_not_keep_the_owner_out(person: Client) -> None:
    codes = [await guessed(person, "10.0.0.1") for _ in range(11)]
    assert codes == ["BAD_CREDENTIALS"] * 10 + ["TOO_MANY_ATTEMPTS"]
    started = perf_counter()
    assert (await person.ask(LOGIN, input=attempt(password=OPERATOR_PASSWORD)))["__typename"] == "Session"
    assert perf_counter() - started < 5
    assert await guessed(person, "10.0.0.1") == "TOO_MANY_ATTEMPTS"


async def test_guesses_from_many_networks_are_delayed_and_not_refused(
    person: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in_limit, "UNDELAYED", 3)
    monkeypatch.setattr(sign_in_limit, "LONGEST_DELAY", 1.0)
    for number in range(5):
        started = perf_counter()
        assert await guessed(person, f"10.0.1.{number}") == "BAD_CREDENTIALS"
        assert number < 3 or perf_counter() - started >= 1.0
    codes = await asyncio.gather(*(guessed(person, "10.0.1.9") for _ in range(6)))
    assert sorted(codes) == ["BAD_CREDENTIALS"] * 2 + ["TOO_MANY_REQUESTS"] * 4
    assert not sign_in_limit._delayed
    # Those that were refused are not counted: the owner of that network still has eight tries.
    assert [await guessed(person, "10.0.1.9") for _ in range(9)] == ["BAD_CREDENTIALS"] * 8 + ["TOO_MANY_ATTEMPTS"]


def test_the_delay_of_a_try_grows_with_the_tries_before_it_up_to_a_bound() -> None:
    assert [sign_in_limit.delay(tries) for tries in (1, 10, 11, 20, 21, 40, 41, 1_000)] == [0, 0, 1, 1, 2, 3, 4, 4]


async def test_a_signed_in_persons_passwords_have_a_count_of_their_own(owner: Client) -> None:
    person = owner.signed_in("")
    for _ in range(11):
        await person.codes(LOGIN, input=attempt())
    change = {"oldPassword": "wrong", "newPassword": "correct horse battery"}
    erase = f'mutation {{ deleteMe(password: "wrong") {{ __typename {REFUSAL} }} }}'
    for _ in range(5):
        assert await owner.codes(CHANGE, input=change) == ["BAD_CREDENTIALS"]
        assert await owner.codes(erase) == ["BAD_CREDENTIALS"]
    assert await owner.codes(CHANGE, input=change) == ["TOO_MANY_ATTEMPTS"]
    assert await owner.codes(erase) == ["TOO_MANY_ATTEMPTS"]
    # Neither another session nor a sign-in pays for that.
    async with coming_from(owner, "10.0.0.2") as elsewhere:
        opened = await elsewhere.ask(LOGIN, input=attempt(password=OPERATOR_PASSWORD))
    right = change | {"oldPassword": OPERATOR_PASSWORD}
    assert (await owner.signed_in(opened["accessToken"]).ask(CHANGE, input=right))["done"]


@pytest.mark.parametrize(
    ("taken", "code"),
    [({"email": EMAIL.upper()}, "EMAIL_TAKEN"), ({"aadhaarId": "2341 2341 2346"}, "AADHAAR_TAKEN")],
)
async def test_a_registration_that_is_told_what_is_taken_counts_as_a_try(
    person: Client, monkeypatch: pytest.MonkeyPatch, taken: dict[str, str], code: str
) -> None:
    monkeypatch.setattr(sign_in_limit, "MOST_FROM_AN_ADDRESS", 3)
    other = {"name": "Ravi", "email": "ravi@kist.test", "aadhaarId": "345634563458"}
    for _ in range(3):
        assert await person.codes(REGISTER, input=other | taken) == [code]
    assert await person.codes(REGISTER, input=other | taken) == ["TOO_MANY_ATTEMPTS"]
    assert await person.codes(REGISTER, input=other) == ["TOO_MANY_ATTEMPTS"]
    assert await person.codes(LOGIN, input=attempt()) == ["TOO_MANY_ATTEMPTS"]
    async with coming_from(person, "10.0.0.2") as elsewhere:
        assert (await elsewhere.ask(REGISTER, input=other))["__typename"] == "Session"


async def test_registrations_that_succeed_are_not_counted(person: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in_limit, "MOST_FROM_AN_ADDRESS", 2)
    for number, aadhaar_id in enumerate(("345634563458", "456745674560", "567856785672", "678967896784")):
        other = {"name": "Ravi", "email": f"ravi.{number}@kist.test", "aadhaarId": aadhaar_id}
        assert (await person.ask(REGISTER, input=other))["__typename"] == "Session"


async def test_the_right_password_gives_everything_back(person: Client) -> None:
    for _ in range(3):
        for _ in range(9):
            await person.codes(LOGIN, input=attempt())
        opened = await person.ask(LOGIN, input=attempt(EMAIL.upper(), OPERATOR_PASSWORD))
        assert opened["__typename"] == "Session"


async def test_an_address_has_its_own_limit_for_all_accounts_together(
    person: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in_limit, "MOST_FROM_AN_ADDRESS", 5)
    for number in range(5):
        assert await person.codes(LOGIN, input=attempt(f"{number}@kist.test")) == ["BAD_CREDENTIALS"]
    assert await person.codes(LOGIN, input=attempt("6@kist.test")) == ["TOO_MANY_ATTEMPTS"]
    assert await person.codes(LOGIN, input=attempt(password=OPERATOR_PASSWORD)) == ["TOO_MANY_ATTEMPTS"]
    await let_a_quarter_of_an_hour_pass()
    assert (await person.ask(LOGIN, input=attempt(password=OPERATOR_PASSWORD)))["__typename"] == "Session"


async def test_an_address_elsewhere_is_not_shut(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in_limit, "MOST_FROM_AN_ADDRESS", 1)
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
    verified = passwords._verify

    def counted(password_hash: str, password: str) -> bool:
        hashes.append(password_hash)
        return verified(password_hash, password)

    monkeypatch.setattr(passwords, "_verify", counted)
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
