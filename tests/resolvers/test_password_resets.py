"""A person who cannot sign in asks for a code, and sets a new password with it."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from auth import reset_limit, sign_in_limit
from models import database, password_resets
from models.audit import AuditEntry
from models.operators import Operator
from models.password_resets import PasswordReset
from models.users import User
from resolvers.session_opening import open_session
from rules.password_resets import MOST_TRIES
from settings import Settings
from tasks import audit_verification
from tests.builders import LOGIN, OPERATOR_HASH, OPERATOR_PASSWORD, REFUSAL, Client, key, operating, registered, serving
from tests.resolvers.sessions import CHANGE, DELETE, NEW, REFRESH, SET, change, is_signed_in
from tests.running import free_port, until
from tests.servers import overhear, tamper
from tests.tasks.workers import is_idle, messages, speaking_to, working

EMAIL = "asha.234123412346@kist.test"
REQUEST = f"""mutation ($email: String!) {{ requestPasswordReset(email: $email) {{ __typename {REFUSAL}
  ... on PasswordResetRequest {{ expiresAt }} }} }}"""
RESET = f"""mutation ($input: ResetPasswordInput!) {{ resetPassword(input: $input) {{ __typename {REFUSAL}
  ... on Session {{ accessToken refreshToken role user {{ id hasPassword loans {{ totalCount }} }} }} }} }}"""
ISSUE = f"""mutation ($id: ID!) {{ issuePasswordReset(userId: $id) {{ __typename {REFUSAL}
  ... on PasswordResetCode {{ code expiresAt }} }} }}"""

Code = Callable[[], Awaitable[str]]


def given(code: str, password: str = NEW, email: str = EMAIL) -> dict[str, str]:
    return {"email": email, "code": code, "password": password}


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08}"


async def session_of(client: Client, password: str, email: str = EMAIL) -> str:
    answer: dict[str, Any] = await client.ask(LOGIN, input={"email": email, "password": password})
    return str(answer["__typename"])


@pytest.fixture
async def known(borrower: Client) -> Client:
    """A client without a token. The one borrower has a password, whose hash is cheap to compute."""
    await User.all().update(password_hash=OPERATOR_HASH)
    return borrower.signed_in("")


@pytest.fixture
def issued(settings: Settings) -> Code:
    """Makes a code of the borrower, as the worker does."""

    async def issue() -> str:
        found = await password_resets.issue(settings.key("signing_key"), await User.get())
        assert found is not None
        return found.code

    return issue


async def test_a_code_from_a_message_opens_the_account_again(
    known: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    sessions = [await open_session(settings, await User.get()) for _ in range(2)]
    with caplog.at_level(logging.INFO, "kist.tasks"):
        async with working(settings):
            assert (await known.ask(REQUEST, email=EMAIL.upper()))["__typename"] == "PasswordResetRequest"
            await until(lambda: _is_true(f"message to {EMAIL}" in caplog.text))
    (code,) = re.findall(r"the code is (\d{8})\.", caplog.text)
    reset = await known.ask(RESET, input=given(f" {code[:4]}-{code[4:]} "))
    with caplog.at_level(logging.INFO, "kist.tasks"):
        async with working(settings):
            await until(lambda: _is_true(f"message to {EMAIL}: Your password was reset" in caplog.text))
    assert (reset["role"], reset["user"]["hasPassword"]) == ("BORROWER", True)
    assert reset["user"]["loans"] == {"totalCount": 0}
    assert await is_signed_in(known, reset["accessToken"])
    for session in sessions:
        assert not await is_signed_in(known, session.access_token)
        assert await known.codes(REFRESH, input={"refreshToken": session.refresh_token}) == ["SESSION_EXPIRED"]
    assert await session_of(known, OPERATOR_PASSWORD) == "Refusal"
    assert await session_of(known, NEW) == "Session"
    assert (await audit_verification.verify()).faults == []


async def _is_true(value: bool) -> bool:
    return value


async def test_the_answer_and_the_work_are_the_same_for_an_unknown_email(
    known: Client, settings: Settings, issued: Code
) -> None:
    heard = await overhear(settings.database_connections)
    told: list[Any] = []
    # Twice, because asyncpg queries a statement's types once for each connection.
    for email in (EMAIL, "nobody@kist.test") * 2:
        heard.clear()
        answer = await known.ask(REQUEST, email=email)
        told.append((answer["__typename"], list(heard)))
    assert told[2] == told[3]
    assert (await messages(settings))[0] == 5  # the registration's score, too
    # A wrong code is compared by the same statements too, whether there is an account with a code, or neither.
    code = await issued()
    told = []
    for email in (EMAIL, "nobody@kist.test") * 2:
        heard.clear()
        assert await known.codes(RESET, input=given(wrong(code), email=email)) == ["INVALID_RESET_CODE"]
        told.append([re.sub("savepoint_[0-9a-f]+", "savepoint", statement) for statement in heard])
    assert told[2] == told[3]


async def test_a_code_works_once(known: Client, issued: Code) -> None:
    code = await issued()
    both = await asyncio.gather(*(known.ask(RESET, input=given(code)) for _ in range(2)))
    assert sorted(answer["__typename"] for answer in both) == ["Refusal", "Session"]
    assert await known.codes(RESET, input=given(code)) == ["INVALID_RESET_CODE"]


async def test_a_new_code_replaces_the_one_before(known: Client, issued: Code) -> None:
    first, second = await issued(), await issued()
    assert await known.codes(RESET, input=given(first)) == ["INVALID_RESET_CODE"]
    assert (await known.ask(RESET, input=given(second)))["__typename"] == "Session"


async def test_a_code_ends_after_a_few_tries_and_after_a_quarter_of_an_hour(known: Client, issued: Code) -> None:
    code = await issued()
    for _ in range(MOST_TRIES):
        assert await known.codes(RESET, input=given(wrong(code))) == ["INVALID_RESET_CODE"]
    assert await known.codes(RESET, input=given(code)) == ["INVALID_RESET_CODE"]
    code = await issued()
    await tamper("UPDATE password_resets SET expires_at = now()")
    assert await known.codes(RESET, input=given(code)) == ["INVALID_RESET_CODE"]
    await password_resets.forget_the_expired()
    assert await PasswordReset.all().count() == 0


async def test_a_code_has_all_its_digits_and_belongs_to_one_account(
    known: Client, settings: Settings, issued: Code
) -> None:
    code, other = await issued(), await registered(known, aadhaar_id="234123412347")
    me = await other.ask("{ me { id email } }")
    assert await password_resets.issue(settings.key("signing_key"), await User.get(id=me["id"]))
    assert await known.codes(RESET, input=given(code, email=me["email"])) == ["INVALID_RESET_CODE"]
    for text in (code[:7], f"{code}0", "", "\u0661" * 8):
        assert await known.codes(RESET, input=given(text)) == ["INVALID_RESET_CODE"]
    assert (await known.ask(RESET, input=given(code)))["__typename"] == "Session"


async def test_a_code_ends_when_the_password_is_changed_or_set_without_it(borrower: Client, issued: Code) -> None:
    """The person may change it because another person reads their mailbox, which has the code."""
    for before, query, sent in (
        (OPERATOR_HASH, CHANGE, change(OPERATOR_PASSWORD)),
        (None, SET, {"password": NEW}),
    ):
        await User.all().update(password_hash=before)
        code = await issued()
        assert (await borrower.ask(query, input=sent))["__typename"] == "PasswordChange"
        assert await borrower.codes(RESET, input=given(code)) == ["INVALID_RESET_CODE"]


async def test_guesses_at_a_code_are_limited_for_each_network(person: Client, settings: Settings) -> None:
    for _ in range(sign_in_limit.MOST_FOR_AN_ACCOUNT):
        assert await person.codes(RESET, input=given("12345678")) == ["INVALID_RESET_CODE"]
    assert await person.codes(RESET, input=given("12345678")) == ["TOO_MANY_ATTEMPTS"]
    # The owner may still sign in.
    assert await session_of(person, OPERATOR_PASSWORD) == "Session"


async def test_failed_sign_ins_do_not_keep_the_owner_from_a_reset(known: Client, issued: Code) -> None:
    for _ in range(sign_in_limit.MOST_FOR_AN_ACCOUNT):
        assert await session_of(known, "wrong") == "Refusal"
    assert await known.codes(LOGIN, input={"email": EMAIL, "password": NEW}) == ["TOO_MANY_ATTEMPTS"]
    assert (await known.ask(RESET, input=given(await issued())))["__typename"] == "Session"
    assert await session_of(known, NEW) == "Session"


async def test_a_mailbox_is_not_filled(known: Client) -> None:
    for _ in range(reset_limit.MOST_MESSAGES_FROM_A_NETWORK):
        assert (await known.ask(REQUEST, email=EMAIL))["__typename"] == "PasswordResetRequest"
    assert await known.codes(REQUEST, email=EMAIL.upper()) == ["TOO_MANY_ATTEMPTS"]
    for _ in range(reset_limit.MOST_MESSAGES_FROM_A_NETWORK):
        assert (await known.ask(REQUEST, email="nobody@kist.test"))["__typename"] == "PasswordResetRequest"
    assert await known.codes(REQUEST, email="nobody@kist.test") == ["TOO_MANY_ATTEMPTS"]
    assert await known.codes(REQUEST, email="nobody") == ["INVALID_EMAIL"]


async def test_a_weak_password_costs_no_try(known: Client, issued: Code) -> None:
    code = await issued()
    for _ in range(MOST_TRIES + 1):
        assert await known.codes(RESET, input=given(code, "short")) == ["WEAK_PASSWORD"]
        # The person's name is known only after the code was right.
        assert await known.codes(RESET, input=given(code, "asha rao 1990")) == ["WEAK_PASSWORD"]
    assert (await PasswordReset.get()).tries == 0
    assert (await known.ask(RESET, input=given(code)))["__typename"] == "Session"


async def test_an_account_without_a_password_gets_one(borrower: Client, issued: Code) -> None:
    reset = await borrower.signed_in("").ask(RESET, input=given(await issued()))
    assert reset["user"]["hasPassword"] is True
    assert await session_of(borrower, NEW) == "Session"


async def test_an_operator_resets_a_password_too(operator: Client, settings: Settings) -> None:
    one = await Operator.get()
    found = await password_resets.issue(settings.key("signing_key"), one)
    assert found is not None
    reset = await operator.signed_in("").ask(RESET, input=given(found.code, email=one.email))
    assert (reset["role"], reset["user"]) == ("OPERATOR", None)
    assert await operator.error("{ portfolio { asOf } }") == "UNAUTHENTICATED"
    assert await session_of(operator, NEW, one.email) == "Session"
    assert (await audit_verification.verify()).faults == []


async def test_a_code_outlives_the_rotation_of_the_signing_key(known: Client, issued: Code, settings: Settings) -> None:
    code = await issued()
    async with serving(settings.model_copy(update={"signing_keys": key("t")})) as rotated:
        assert (await rotated.ask(RESET, input=given(code)))["__typename"] == "Session"


async def test_an_account_that_is_not_active_gets_no_code_and_uses_none(known: Client, issued: Code) -> None:
    code = await issued()
    await User.all().update(is_active=False)
    assert await known.codes(RESET, input=given(code)) == ["INVALID_RESET_CODE"]
    assert await password_resets.issue(b"x" * 32, await User.get()) is None


async def test_an_operator_makes_a_code_for_a_borrower_but_not_after_the_erasure(
    known: Client, settings: Settings
) -> None:
    operator, user = await operating(known), await User.get()
    made = await operator.ask(ISSUE, id=str(user.id))
    (entry,) = await AuditEntry.filter(event="PASSWORD_RESET_ISSUED")
    assert (entry.actor, entry.user_id, made["code"] in str(entry.details)) == ("OPERATOR", user.id, False)
    reset = await known.ask(RESET, input=given(made["code"]))
    await known.signed_in(reset["accessToken"]).ask(DELETE, password=NEW)
    for unknown in (str(user.id), "999999", "x"):
        assert await operator.codes(ISSUE, id=unknown) == ["USER_NOT_FOUND"]


async def test_a_lender_without_a_mail_server_offers_no_messages_but_codes_at_the_counter(
    known: Client, settings: Settings, issued: Code
) -> None:
    async with serving(settings.model_copy(update={"sandbox": False})) as production:
        assert await production.codes(REQUEST, email=EMAIL) == ["RESET_NOT_OFFERED"]
        assert (await production.ask(RESET, input=given(await issued())))["__typename"] == "Session"


async def test_a_request_that_no_worker_can_get_is_to_be_sent_again(settings: Settings) -> None:
    away = settings.model_copy(update={"redis_url": f"redis://127.0.0.1:{free_port()}/0"})
    async with serving(away) as client:
        for _ in range(reset_limit.MOST_MESSAGES_FROM_A_NETWORK + 1):
            assert await client.error(REQUEST, email=EMAIL) == "UNAVAILABLE"


async def test_a_reset_of_which_no_worker_hears_is_valid(known: Client, settings: Settings, issued: Code) -> None:
    away = settings.model_copy(update={"redis_url": f"redis://127.0.0.1:{free_port()}/0"})
    async with serving(away) as client:
        assert (await client.ask(RESET, input=given(await issued())))["__typename"] == "Session"
        assert await session_of(client, NEW) == "Session"


async def test_no_code_is_made_for_a_request_of_long_ago(known: Client, settings: Settings) -> None:
    await known.ask(REQUEST, email=EMAIL)
    async with speaking_to(settings) as valkey:
        queued: Any = await valkey.xrange(settings.queue)
        for name, fields in queued:
            text = fields[b"data"].decode()
            await valkey.xdel(settings.queue, name)
            old = re.sub(r"\b1[0-9]{9}\b", lambda found: str(int(found.group()) - 1000), text)
            await valkey.xadd(settings.queue, {"data": old})
    assert (await messages(settings))[0] == 2
    async with working(settings):
        await until(lambda: is_idle(settings))
    assert await database.fetch("SELECT FROM password_resets") == []
