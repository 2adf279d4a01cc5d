"""A sandbox has sample accounts with public passwords; outside a sandbox they do not exist, and cannot sign in."""

import asyncio
from datetime import date, timedelta
from typing import Any

from auth.sample_accounts import OPERATOR
from models import business_date, password_resets
from models.audit import AuditEntry
from models.operators import Operator
from models.users import User
from rules.product_checks import problems
from rules.sample_products import SAMPLES
from settings import Settings
from tasks import audit_verification, verification
from tests.builders import LOGIN, REFUSAL, TODAY, Client, serving
from tests.resolvers.sessions import CHANGE, change

CREATE = f"""mutation {{ createSampleAccounts {{ __typename {REFUSAL}
  ... on SampleAccounts {{ borrower {{ email password }} operator {{ email password }} }} }} }}"""
LOANS = """{ me { name creditScore loans { edges { node {
  status amountDue minimumDue pastDue daysPastDue payoff payments { totalCount } } } } } }"""
RESET = f"""mutation ($input: ResetPasswordInput!) {{ resetPassword(input: $input) {{ __typename {REFUSAL} }} }}"""
REQUEST = f"""mutation ($email: String!) {{ requestPasswordReset(email: $email) {{ __typename {REFUSAL} }} }}"""
REFRESH = f"""mutation ($input: RefreshSessionInput!) {{ refreshSession(input: $input) {{ __typename {REFUSAL} }} }}"""


async def signed_in(client: Client, account: dict[str, Any]) -> Client:
    session = await client.ask(LOGIN, input=account)
    return client.signed_in(session["accessToken"])


async def loans_of(borrower: Client) -> list[dict[str, Any]]:
    me = await borrower.ask(LOANS)
    return [edge["node"] for edge in me["loans"]["edges"]]


async def test_the_sample_borrower_has_a_closed_a_past_due_and_a_current_loan(client: Client) -> None:
    accounts = await client.ask(CREATE)
    closed, late, current = await loans_of(await signed_in(client, accounts["borrower"]))
    assert (closed["status"], closed["payoff"], closed["payments"]["totalCount"]) == ("CLOSED", "0.00", 3)
    assert (late["status"], late["daysPastDue"]) == ("ACTIVE", 35)
    assert float(late["pastDue"]) > 0
    # The minimum of the newest bill is paid, and the rest of its installment is not due yet.
    assert (current["status"], current["daysPastDue"], current["minimumDue"]) == ("ACTIVE", 0, "0.00")
    assert float(current["amountDue"]) > 0
    assert (await client.ask("{ businessDate }")) == str(TODAY)


async def test_the_sample_operator_reads_the_book(client: Client) -> None:
    accounts = await client.ask(CREATE)
    operator = await signed_in(client, accounts["operator"])
    assert await operator.ask("{ portfolio { activeLoans } }") == {"activeLoans": 2}


async def test_the_samples_are_made_once_however_often_they_are_asked_for(client: Client) -> None:
    answers = await asyncio.gather(*(client.ask(CREATE) for _ in range(3)))
    assert answers == [await client.ask(CREATE)] * 3
    assert (await User.all().count(), await Operator.all().count()) == (1, 1)
    assert len(await loans_of(await signed_in(client, answers[0]["borrower"]))) == 3


async def test_the_products_of_the_worked_lives_are_added_once_and_are_valid(client: Client) -> None:
    await asyncio.gather(*(client.ask(CREATE) for _ in range(3)))
    assert await client.ask(CREATE)
    found = await client.ask("{ products { name version prepaymentRate cycleKind charges { kind } } }")
    kinds = [{"kind": kind} for kind in ("fee", "penal", "bounce")]
    one = {"version": 1, "prepaymentRate": "0.000", "cycleKind": "DAYS"}
    assert found == [
        one | {"name": "card", "charges": []},
        one | {"name": "emi", "cycleKind": "MONTHS", "charges": kinds},
        one | {"name": "plus", "prepaymentRate": "3.000", "charges": kinds},
    ]
    assert [problem for product in SAMPLES for problem in problems(product)] == []
    assert (await audit_verification.verify()).faults == []


async def test_a_sample_that_has_another_password_gets_its_public_one_again(client: Client) -> None:
    accounts = await client.ask(CREATE)
    for account in (accounts["borrower"], accounts["operator"]):
        changed = change(account["password"], "slow lanterns cross 9 bridges")
        viewer = await signed_in(client, account)
        assert (await viewer.ask(CHANGE, input=changed))["__typename"] == "PasswordChange"
        assert await client.codes(LOGIN, input=account) == ["BAD_CREDENTIALS"]
        assert await client.ask(CREATE) == accounts
        assert (await client.ask(LOGIN, input=account))["__typename"] == "Session"
    assert (await audit_verification.verify()).faults == []


async def test_the_book_of_the_samples_agrees_with_its_history_and_its_log(client: Client) -> None:
    await business_date.move_to(date(2026, 1, 1) + timedelta(days=45))
    await client.ask(CREATE)
    assert await verification.verify() == []
    assert (await audit_verification.verify()).faults == []


async def test_the_lenders_policy_does_not_refuse_the_samples(settings: Settings) -> None:
    strict = {"maximum_amount": 1, "minimum_score": 900, "maximum_loans": 0, "maximum_term": 1, "due_days": 1}
    async with serving(settings.model_copy(update=strict)) as client:
        assert (await client.ask(CREATE))["__typename"] == "SampleAccounts"


async def test_outside_a_sandbox_the_samples_do_not_exist(settings: Settings) -> None:
    # Nothing that the lender sets makes them possible.
    real = settings.model_copy(update={"sandbox": False, "sample_accounts": True})
    async with serving(real) as client:
        assert await client.codes(CREATE) == ["NOT_A_SANDBOX"]
        assert (await client.ask("{ policy { sampleAccounts } }")) == {"sampleAccounts": False}
        assert await User.all().count() == 0


async def test_the_samples_of_a_former_sandbox_cannot_sign_in(settings: Settings) -> None:
    async with serving(settings) as client:
        accounts = await client.ask(CREATE)
        both = [accounts["borrower"], accounts["operator"]]
        sessions = [await client.ask(LOGIN, input=account) for account in both]
    async with serving(settings.model_copy(update={"sandbox": False})) as client:
        for account, session in zip(both, sessions, strict=True):
            assert await client.codes(LOGIN, input=account) == ["BAD_CREDENTIALS"]
            assert await client.codes(REFRESH, input={"refreshToken": session["refreshToken"]}) == ["SESSION_EXPIRED"]


async def test_no_code_opens_a_sample_of_a_former_sandbox(settings: Settings) -> None:
    async with serving(settings) as client:
        await client.ask(CREATE)
    # In a sandbox that other machines reach, the log has codes, and the samples do not work either.
    for given in ({"sandbox": False}, {"host": "0.0.0.0"}):
        async with serving(settings.model_copy(update=given)) as client:
            for account in (await User.get(), await Operator.get()):
                issued = await password_resets.issue(settings.key("signing_key"), account)
                assert issued is not None
                reset = {"email": account.email, "code": issued.code, "password": "slow lanterns cross 9 bridges"}
                assert await client.codes(RESET, input=reset) == ["INVALID_RESET_CODE"]
            if settings.model_copy(update=given).sends_messages():
                assert (await client.ask(REQUEST, email=OPERATOR.email))["__typename"] == "PasswordResetRequest"
                entry = await AuditEntry.get(event="PASSWORD_RESET_REQUESTED")
                assert (entry.user_id, entry.operator_id) == (None, None)


async def test_a_sandbox_that_other_machines_reach_has_samples_only_if_a_setting_says_so(settings: Settings) -> None:
    assert settings.has_sample_accounts
    for reached in ({"host": "0.0.0.0"}, {"trusted_proxies": "127.0.0.1"}):
        for given, exist in (({}, False), ({"sample_accounts": True}, True)):
            async with serving(settings.model_copy(update={**reached, **given})) as client:
                assert (await client.ask("{ policy { sampleAccounts } }")) == {"sampleAccounts": exist}
    assert not settings.model_copy(update={"sample_accounts": False}).has_sample_accounts


async def test_another_account_with_the_samples_number_is_not_replaced(client: Client) -> None:
    person = {"name": "Asha", "email": "other@kist.test", "aadhaarId": "960910784850"}
    await client.ask(
        "mutation ($input: RegisterUserInput!) { registerUser(input: $input) { __typename } }", input=person
    )
    assert await client.codes(CREATE) == ["AADHAAR_TAKEN"]
    assert await Operator.all().count() == 0
