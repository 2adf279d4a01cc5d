"""`./kist operator` from outside: it manages the people who may run the book."""

import asyncio
import re
from typing import Any

import pytest

from models import credentials, operators, password_resets
from models.audit import AuditEntry
from models.operators import Operator
from models.users import User
from rules.audit import by_command
from settings import Settings
from tasks import audit_verification
from tests.builders import LOGIN, OPERATOR_PASSWORD, REFUSAL, Client, operating, registered
from tests.running import run
from tests.tasks.workers import speaking_to

OTHER = "slow lanterns cross 9 bridges"
PORTFOLIO = "{ portfolio { asOf } }"
LOGGED_IN = {"email": "operator@kist.test", "password": OPERATOR_PASSWORD}
REFRESH = """mutation ($token: String!) { refreshSession(input: {refreshToken: $token}) { __typename
  ... on Refusal { problems { code } } } }"""

RESET = f"mutation ($input: ResetPasswordInput!) {{ resetPassword(input: $input) {{ __typename {REFUSAL} }} }}"


async def told(settings: Settings, *command: str, **more: str) -> tuple[int, str, str]:
    done = await asyncio.to_thread(run, settings, "operator", *command, **more)
    lines = [line for line in done.stderr.splitlines() if line.startswith("kist: ")]
    return done.returncode, done.stdout, "\n".join(lines)


@pytest.fixture
async def operator(client: Client, memory: Settings) -> Client:
    return await operating(client)


async def _code_of_the_operator(settings: Settings) -> dict[str, str]:
    """A code that the operator has asked for, with a new password."""
    issued = await password_resets.issue(settings.key("signing_key"), await Operator.get(email="operator@kist.test"))
    assert issued is not None
    return {"email": "operator@kist.test", "code": issued.code, "password": "quiet rivers find 7 mills"}


async def _another(name: str | None = "Asha Rao") -> None:
    await operators.add("second@kist.test", "none", by_command("a test"), name)


async def test_the_list_shows_who_is_active_and_signed_in_when(operator: Client, memory: Settings) -> None:
    await _another()
    await told(memory, "disable", "second@kist.test")
    code, out, _ = await told(memory, "list")
    head, first, second = (line.split() for line in out.splitlines())
    assert (code, head) == (0, ["email", "name", "active", "last", "sign-in", "created"])
    assert (first[:2], first[2][:2]) == (["operator@kist.test", "yes"], "20")
    assert second[:5] == ["second@kist.test", "Asha", "Rao", "no", "never"]


async def test_a_disabled_operators_sessions_end_at_once(operator: Client, memory: Settings) -> None:
    await _another()
    session = await operator.ask(LOGIN, input=LOGGED_IN)
    assert await operator.ask(PORTFOLIO)
    code = await _code_of_the_operator(memory)
    disabled = (0, "operator@kist.test is disabled\n", "")
    assert await told(memory, "disable", "operator@kist.test") == disabled
    assert await operator.error(PORTFOLIO) == "UNAUTHENTICATED"
    assert await operator.codes(REFRESH, token=session["refreshToken"]) == ["SESSION_EXPIRED"]
    assert await operator.codes(LOGIN, input=LOGGED_IN) == ["BAD_CREDENTIALS"]
    assert (await told(memory, "disable", "operator@kist.test"))[1] == "operator@kist.test was disabled already\n"
    # After `enable` the operator can sign in, and former sessions stay ended.
    assert (await told(memory, "enable", "operator@kist.test"))[1] == "operator@kist.test is enabled\n"
    assert await operator.error(PORTFOLIO) == "UNAUTHENTICATED"
    assert await operator.codes(REFRESH, token=session["refreshToken"]) == ["SESSION_EXPIRED"]
    assert (await operator.ask(LOGIN, input=LOGGED_IN))["__typename"] == "Session"
    assert await operator.codes(RESET, input=code) == ["INVALID_RESET_CODE"]
    entries = await AuditEntry.filter(event__startswith="OPERATOR_", operator_id=1).order_by("id")
    assert [(one.event, one.address, one.details["active"]) for one in entries] == [
        ("OPERATOR_ADDED", "a test", True),
        ("OPERATOR_DISABLED", "kist operator disable", False),
        ("OPERATOR_ENABLED", "kist operator enable", True),
    ]
    assert (await audit_verification.verify()).faults == []


async def test_the_last_active_operator_is_disabled_by_force_only(operator: Client, memory: Settings) -> None:
    await _another()
    await told(memory, "disable", "second@kist.test")
    code, out, error = await told(memory, "disable", "operator@kist.test")
    assert (code, out) == (2, "")
    assert error == "kist: operator@kist.test is the last active operator. Give --force to disable it anyway"
    assert await operator.ask(PORTFOLIO)
    assert (await told(memory, "disable", "operator@kist.test", "--force"))[0] == 0
    assert await operator.error(PORTFOLIO) == "UNAUTHENTICATED"


async def test_of_the_last_two_disabled_at_once_one_stays(operator: Client, memory: Settings) -> None:
    await _another()
    both = await asyncio.gather(*(told(memory, "disable", f"{name}@kist.test") for name in ("operator", "second")))
    assert sorted(code for code, _, _ in both) == [0, 2]


async def test_a_password_is_reset_and_every_session_ends(operator: Client, memory: Settings) -> None:
    code, _, error = await told(memory, "reset-password", "operator@kist.test", KIST_OPERATOR_PASSWORD="short")
    assert code == 2
    assert error
    mailed = await _code_of_the_operator(memory)
    code, out, _ = await told(
        memory, "reset-password", "Operator@Kist.test", KIST_OPERATOR_PASSWORD=OTHER, KIST_QUEUE=memory.queue
    )
    assert (code, out) == (0, "Operator@Kist.test has a new password, and all its sessions are ended\n")
    assert await operator.error(PORTFOLIO) == "UNAUTHENTICATED"
    assert await operator.codes(LOGIN, input=LOGGED_IN) == ["BAD_CREDENTIALS"]
    assert await operator.codes(RESET, input=mailed) == ["INVALID_RESET_CODE"]
    assert (await operator.ask(LOGIN, input=LOGGED_IN | {"password": OTHER}))["__typename"] == "Session"
    entry = await AuditEntry.get(event="OPERATOR_PASSWORD_RESET")
    assert (entry.operator_id, entry.actor, OTHER in str(entry.details)) == (1, "SYSTEM", False)
    # A worker tells the operator.
    async with speaking_to(memory) as valkey:
        queued: Any = await valkey.xrange(memory.queue)
    assert [b'"report_password_reset"' in fields[b"data"] for _, fields in queued] == [True]
    assert (await audit_verification.verify()).faults == []


async def test_a_code_is_printed_for_a_borrower_or_instead_of_a_password(operator: Client, memory: Settings) -> None:
    await registered(operator.signed_in(""))
    person = "asha.234123412346@kist.test"
    for email, words in ((person, (person,)), ("operator@kist.test", ("Operator@kist.test", "--code"))):
        code, out, error = await told(memory, "reset-password", *words)
        assert (code, error) == (0, "")
        found = re.fullmatch(rf"(\d{{4}} \d{{4}}) is the code of {words[0]} until \d\d:\d\d\. .*\n", out)
        assert found
        reset = await operator.ask(RESET, input={"email": email, "code": found[1], "password": OTHER})
        assert reset["__typename"] == "Session"
    entries = await AuditEntry.filter(event="PASSWORD_RESET_ISSUED").order_by("id")
    assert [(one.actor, one.address, one.user_id, one.operator_id) for one in entries] == [
        ("SYSTEM", "kist operator reset-password", 1, None),
        ("SYSTEM", "kist operator reset-password", None, 1),
    ]
    await User.all().update(is_active=False)
    code, out, error = await told(memory, "reset-password", person)
    assert (code, out, error) == (2, "", f"kist: the account {person} is not active")


async def test_a_login_that_was_under_way_is_ended_too(operator: Client, memory: Settings) -> None:
    """The login creates its session while it locks the row. The command waits for the lock, and ends the session."""
    await _another()
    disabling = asyncio.create_task(told(memory, "disable", "operator@kist.test"))
    sessions = await asyncio.gather(*(operator.post(LOGIN, input=LOGGED_IN) for _ in range(3)))
    assert (await disabling)[0] == 0
    for session in sessions:
        if token := session["data"]["login"].get("accessToken"):
            assert await operator.signed_in(token).error(PORTFOLIO) == "UNAUTHENTICATED"
    assert not await credentials.holds_password("operators", 1, "none")


@pytest.mark.parametrize("command", ["disable", "enable", "reset-password"])
async def test_an_operator_that_is_not_there_is_one_line(memory: Settings, command: str) -> None:
    code, out, error = await told(memory, command, "nobody@kist.test", KIST_OPERATOR_PASSWORD=OTHER)
    assert (code, out) == (2, "")
    assert error == "kist: there is no operator nobody@kist.test: see ./kist operator list"
