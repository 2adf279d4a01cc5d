"""Sign-in, refresh of a session, and sign-out."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import database, sessions
from models.operators import Operator
from models.sessions import RefreshToken
from models.users import User
from tests.auth.sign_ins import attempts_of, let_a_quarter_of_an_hour_pass
from tests.builders import LOGIN, REGISTER, Client
from tests.resolvers.sessions import LOGOUT, REFRESH, is_signed_in, let_the_grace_pass
from tests.servers import contents, tamper

PASSWORD = "correct horse battery"
EMAIL = "asha@kist.test"


@pytest.fixture
async def session(client: Client) -> dict[str, Any]:
    """The session of a fresh account with a password."""
    person = {"name": "Asha", "email": EMAIL, "aadhaarId": "234123412346", "password": PASSWORD}
    answer: dict[str, Any] = await client.ask(REGISTER, input=person)
    return answer


def credentials(email: str = EMAIL, password: str = PASSWORD) -> dict[str, str]:
    return {"email": email, "password": password}


@pytest.mark.parametrize("email", [EMAIL, "ASHA@kist.TEST", f"  {EMAIL} "])
async def test_the_right_password_opens_a_session(client: Client, session: dict[str, Any], email: str) -> None:
    opened = await client.ask(LOGIN, input=credentials(email))
    assert opened["user"]["id"] == session["user"]["id"]
    assert await is_signed_in(client, opened["accessToken"])
    ends_in = datetime.fromisoformat(opened["expiresAt"]) - datetime.now(UTC)
    assert timedelta(minutes=14) < ends_in <= timedelta(minutes=15)


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize(
    ("email", "password"),
    [(EMAIL, "wrong horse battery"), (EMAIL, ""), ("nobody@kist.test", PASSWORD), ("not an email", PASSWORD)],
)
async def test_wrong_credentials_are_refused_alike(client: Client, email: str, password: str) -> None:
    assert await client.codes(LOGIN, input=credentials(email, password)) == ["BAD_CREDENTIALS"]


async def test_an_account_without_a_password_has_no_way_in(client: Client) -> None:
    await client.ask(REGISTER, input={"name": "Asha", "email": EMAIL, "aadhaarId": "234123412346"})
    for password in ("", "the password of no account", "None"):
        assert await client.codes(LOGIN, input=credentials(password=password)) == ["BAD_CREDENTIALS"]


async def test_an_inactive_account_is_signed_out_and_stays_out(client: Client, session: dict[str, Any]) -> None:
    await User.filter(email=EMAIL).update(is_active=False)
    assert not await is_signed_in(client, session["accessToken"])
    assert await client.codes(LOGIN, input=credentials()) == ["BAD_CREDENTIALS"]
    token = {"refreshToken": session["refreshToken"]}
    assert await client.codes(REFRESH, input=token) == ["SESSION_EXPIRED"]


async def test_an_operator_signs_in_by_the_same_door(operator: Client, client: Client) -> None:
    opened = await client.ask(LOGIN, input=credentials("Operator@kist.test", "a long password"))
    assert opened["role"] == "OPERATOR"
    assert opened["user"] is None
    assert await client.signed_in(opened["accessToken"]).ask('{ user(id: "1") { id } }') is None
    refreshed = await client.ask(REFRESH, input={"refreshToken": opened["refreshToken"]})
    assert refreshed["role"] == "OPERATOR"
    await Operator.all().update(is_active=False)
    assert await operator.error('{ user(id: "1") { id } }') == "UNAUTHENTICATED"
    again = {"refreshToken": refreshed["refreshToken"]}
    assert await client.codes(REFRESH, input=again) == ["SESSION_EXPIRED"]


@pytest.mark.usefixtures("session")
async def test_ten_failures_shut_the_door_for_a_quarter_of_an_hour(client: Client) -> None:
    for _ in range(10):
        assert await client.codes(LOGIN, input=credentials(password="wrong")) == ["BAD_CREDENTIALS"]
    assert await client.codes(LOGIN, input=credentials()) == ["TOO_MANY_ATTEMPTS"]
    assert await client.codes(LOGIN, input=credentials(EMAIL.upper(), "wrong")) == ["TOO_MANY_ATTEMPTS"]
    assert await client.codes(LOGIN, input=credentials("other@kist.test")) == ["BAD_CREDENTIALS"]
    await let_a_quarter_of_an_hour_pass()
    assert (await client.ask(LOGIN, input=credentials()))["__typename"] == "Session"


@pytest.mark.pooled
@pytest.mark.usefixtures("session")
async def test_the_right_password_forgets_the_failures(client: Client) -> None:
    for _ in range(9):
        await client.codes(LOGIN, input=credentials(password="wrong"))
    await client.ask(LOGIN, input=credentials())
    assert await attempts_of(EMAIL) == 0
    assert await client.codes(LOGIN, input=credentials(password="wrong")) == ["BAD_CREDENTIALS"]
    assert (await client.ask(LOGIN, input=credentials()))["__typename"] == "Session"


async def test_a_refreshed_session_goes_on_with_new_tokens(client: Client, session: dict[str, Any]) -> None:
    fresh = await client.ask(REFRESH, input={"refreshToken": session["refreshToken"]})
    assert fresh["user"] == {"id": session["user"]["id"], "loans": {"totalCount": 0}}
    assert fresh["refreshToken"] != session["refreshToken"]
    assert await is_signed_in(client, fresh["accessToken"])
    newer = await client.ask(REFRESH, input={"refreshToken": fresh["refreshToken"]})
    assert await is_signed_in(client, newer["accessToken"])


async def test_a_refresh_token_used_again_later_ends_its_family(client: Client, session: dict[str, Any]) -> None:
    fresh = await client.ask(REFRESH, input={"refreshToken": session["refreshToken"]})
    await let_the_grace_pass()
    assert await client.codes(REFRESH, input={"refreshToken": session["refreshToken"]}) == ["SESSION_EXPIRED"]
    assert await client.codes(REFRESH, input={"refreshToken": fresh["refreshToken"]}) == ["SESSION_EXPIRED"]
    assert not await is_signed_in(client, fresh["accessToken"])
    assert not await is_signed_in(client, session["accessToken"])


@pytest.mark.pooled
async def test_tabs_that_refresh_at_once_all_go_on_with_the_same_token(client: Client, session: dict[str, Any]) -> None:
    token = {"refreshToken": session["refreshToken"]}
    answers = await asyncio.gather(*(client.ask(REFRESH, input=token) for _ in range(8)))
    assert {answer["__typename"] for answer in answers} == {"Session"}
    for answer in answers:
        assert await is_signed_in(client, answer["accessToken"])
    (fresh,) = {answer["refreshToken"] for answer in answers}
    newer = await client.ask(REFRESH, input={"refreshToken": fresh})
    # A slow tab receives the newest token, not one that has been used in the meantime.
    late = await client.ask(REFRESH, input=token)
    assert late["refreshToken"] == newer["refreshToken"]
    assert await is_signed_in(client, late["accessToken"])
    await let_the_grace_pass()
    assert (await client.ask(REFRESH, input={"refreshToken": newer["refreshToken"]}))["__typename"] == "Session"


async def test_a_thief_within_the_grace_is_found_out_at_the_next_refresh(
    client: Client, session: dict[str, Any]
) -> None:
    token = {"refreshToken": session["refreshToken"]}
    owner, thief = [await client.ask(REFRESH, input=token) for _ in range(2)]
    await client.ask(REFRESH, input={"refreshToken": thief["refreshToken"]})
    await let_the_grace_pass()
    assert await client.codes(REFRESH, input={"refreshToken": owner["refreshToken"]}) == ["SESSION_EXPIRED"]
    assert not await is_signed_in(client, thief["accessToken"])


async def test_the_grace_is_none_for_a_session_that_has_ended(client: Client, session: dict[str, Any]) -> None:
    token = {"refreshToken": session["refreshToken"]}
    fresh = await client.ask(REFRESH, input=token)
    await client.signed_in(fresh["accessToken"]).ask(LOGOUT)
    assert await client.codes(REFRESH, input=token) == ["SESSION_EXPIRED"]


async def test_what_a_token_led_to_is_readable_for_its_holder_only_and_not_for_long(
    client: Client, session: dict[str, Any]
) -> None:
    fresh = await client.ask(REFRESH, input={"refreshToken": session["refreshToken"]})
    stored = "\n".join(text for rows in (await contents()).values() for text in rows)
    assert fresh["refreshToken"].encode().hex() not in stored
    await database.execute("UPDATE refresh_tokens SET rotated_at = rotated_at - interval '2 minutes'")
    await sessions.forget_the_old()
    assert await RefreshToken.filter(successor__not_isnull=True).count() == 0


async def test_an_expired_refresh_token_is_expired_and_harms_nobody(client: Client, session: dict[str, Any]) -> None:
    fresh = await client.ask(REFRESH, input={"refreshToken": session["refreshToken"]})
    await tamper("UPDATE refresh_tokens SET expires_at = now() WHERE rotated_at IS NULL")
    assert await client.codes(REFRESH, input={"refreshToken": fresh["refreshToken"]}) == ["SESSION_EXPIRED"]
    assert await is_signed_in(client, fresh["accessToken"])


async def let_days_pass(days: int) -> None:
    """Move the beginning of all sessions this many days back, without a change of the tokens' own expiry."""
    await tamper("UPDATE refresh_tokens SET family_began_at = family_began_at - make_interval(days => $1)", days)


async def test_a_session_ends_some_time_after_signing_in_whatever_is_refreshed(
    client: Client, session: dict[str, Any]
) -> None:
    await let_days_pass(89)
    fresh = await client.ask(REFRESH, input={"refreshToken": session["refreshToken"]})
    row = await RefreshToken.get(rotated_at=None)
    assert timedelta(hours=23) < row.expires_at - datetime.now(UTC) <= timedelta(days=1)
    assert row.expires_at == row.family_began_at + timedelta(days=90)
    # This also holds if its tokens would last longer, because the setting was longer at their issue.
    await tamper("UPDATE refresh_tokens SET expires_at = now() + interval '30 days'")
    await let_days_pass(1)
    for token in (fresh["refreshToken"], session["refreshToken"]):
        assert await client.codes(REFRESH, input={"refreshToken": token}) == ["SESSION_EXPIRED"]
    again = await client.ask(LOGIN, input=credentials())
    assert (await client.ask(REFRESH, input={"refreshToken": again["refreshToken"]}))["__typename"] == "Session"


async def test_an_access_token_ends_with_its_session(client: Client, session: dict[str, Any]) -> None:
    await let_days_pass(90)
    await tamper("UPDATE refresh_tokens SET family_began_at = family_began_at + interval '5 seconds'")
    fresh = await client.ask(REFRESH, input={"refreshToken": session["refreshToken"]})
    assert datetime.fromisoformat(fresh["expiresAt"]) - datetime.now(UTC) <= timedelta(seconds=5)


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize("token", ["", "x", "é" * 1000, "a" * 43])
async def test_an_unknown_refresh_token_is_expired(client: Client, token: str) -> None:
    assert await client.codes(REFRESH, input={"refreshToken": token}) == ["SESSION_EXPIRED"]


async def test_logging_out_ends_access_and_refresh(client: Client, session: dict[str, Any]) -> None:
    fresh = await client.ask(REFRESH, input={"refreshToken": session["refreshToken"]})
    assert await client.signed_in(fresh["accessToken"]).ask(LOGOUT) is True
    assert not await is_signed_in(client, fresh["accessToken"])
    assert not await is_signed_in(client, session["accessToken"])
    assert await client.codes(REFRESH, input={"refreshToken": fresh["refreshToken"]}) == ["SESSION_EXPIRED"]
    assert await client.signed_in(fresh["accessToken"]).error(LOGOUT) == "UNAUTHENTICATED"


async def test_two_families_know_nothing_of_each_other(client: Client, session: dict[str, Any]) -> None:
    other = await client.ask(LOGIN, input=credentials())
    await client.signed_in(session["accessToken"]).ask(LOGOUT)
    assert not await is_signed_in(client, session["accessToken"])
    assert await is_signed_in(client, other["accessToken"])
    fresh = await client.ask(REFRESH, input={"refreshToken": other["refreshToken"]})
    assert await is_signed_in(client, fresh["accessToken"])


async def test_a_token_that_came_back_ends_its_family_whatever_else_is_going_on(
    client: Client, session: dict[str, Any]
) -> None:
    used = session["refreshToken"]
    for _ in range(8):
        fresh = (await client.ask(LOGIN, input={"email": EMAIL, "password": PASSWORD}))["refreshToken"]
        used, fresh = fresh, (await client.ask(REFRESH, input={"refreshToken": fresh}))["refreshToken"]
        await let_the_grace_pass()
        # A thief uses a copy of the used token, while the owner refreshes the session.
        _, owner = await asyncio.gather(
            client.ask(REFRESH, input={"refreshToken": used}), client.ask(REFRESH, input={"refreshToken": fresh})
        )
        if owner["__typename"] == "Session":
            assert await client.codes(REFRESH, input={"refreshToken": owner["refreshToken"]}) == ["SESSION_EXPIRED"]
            assert await client.signed_in(owner["accessToken"]).error("{ me { id } }") == "UNAUTHENTICATED"
