"""Each operation's audit entry: the actor, the subject, the address and the request; or no entry."""

import asyncio
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

import app
from auth import sign_in_limit
from models.audit import AuditEntry
from models.operators import Operator
from models.users import User
from resolvers import read_audit as resolvers_reads
from rules.audit import WORKER, Event
from settings import Settings
from tasks import book_heads, key_rotation
from tasks.billing import bill_in_foreground
from tasks.imports import run as imports
from tasks.imports import undo
from tests.builders import (
    APPLY,
    LOGIN,
    OPERATOR_HASH,
    OPERATOR_PASSWORD,
    PAY,
    REFUSAL,
    REGISTER,
    SET_DATE,
    TODAY,
    UPDATE,
    Client,
    billed,
    key,
    lent,
    on,
    operating,
    registered,
    serving,
)
from tests.resolvers.sessions import CHANGE, DELETE, LOGOUT, NEW, REFRESH, SET, change, let_the_grace_pass
from tests.running import run

EMAIL = "asha.234123412346@kist.test"
TRIGGER = f"mutation {{ triggerBilling {{ __typename {REFUSAL} }} }}"
PORTFOLIO = "{ portfolio { asOf } }"
MOMENTS = ("created_at", "assessed_at")
DIGEST = "a digest"
OPERATOR = {"email": DIGEST, "name": None, "password": DIGEST, "active": True}
SECRET = ("asha", "kist.test", "password", "2341", "98765")


class Told(NamedTuple):
    """An entry without the fields that differ in each run."""

    event: str
    actor: str
    about: str
    details: dict[str, Any]


class Log:
    """Reads the audit log from its present end."""

    def __init__(self) -> None:
        self._seen = 0

    async def entries(self) -> list[AuditEntry]:
        """The entries since the last call. It asserts that no entry contains a name or another secret."""
        found = await AuditEntry.filter(id__gt=self._seen).order_by("id")
        # The name of this command contains the word "password", and no secret.
        places = [entry.address.removesuffix("reset-password") for entry in found]
        told = [_readable(json.dumps(entry.details) + place) for entry, place in zip(found, places, strict=True)]
        assert [text for text in told if any(secret in text.lower() for secret in SECRET)] == []
        self._seen = max([self._seen, *(entry.id for entry in found)])
        return found

    async def told(self) -> list[Told]:
        return [
            Told(
                entry.event,
                entry.actor if entry.actor_id is None else f"{entry.actor} {entry.actor_id}",
                " ".join(
                    f"{name} {number}"
                    for name in ("user", "operator", "loan", "payment")
                    if (number := getattr(entry, f"{name}_id")) is not None
                ),
                {name: _known(value) for name, value in entry.details.items() if name not in MOMENTS},
            )
            for entry in await self.entries()
        ]


def _readable(text: str) -> str:
    """A text without digests, and without the names of the fields that contain digests of secrets."""
    return re.sub("[0-9a-f]{64}", "", text).replace('"password": ', "")


def _known(value: object) -> object:
    return DIGEST if isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) else value


class Scene(NamedTuple):
    """Borrower 1 with a password and the session of the registration, operator 1, and the log."""

    nobody: Client
    borrower: Client
    operator: Client
    log: Log


@pytest.fixture
async def scene(client: Client) -> Scene:
    borrower, operator, log = await registered(client), await operating(client), Log()
    await User.all().update(password_hash=OPERATOR_HASH)
    await log.entries()
    return Scene(client, borrower, operator, log)


async def test_a_registration_is_told_with_its_consent(client: Client) -> None:
    log = Log()
    await log.entries()
    person = {"name": "Asha", "email": EMAIL, "aadhaarId": "234123412346", "consent": "v2"}
    await client.ask(REGISTER, input=person)
    expected = {"consent": "v2", "identity": DIGEST, "password": None}
    assert await log.told() == [Told("REGISTERED", "NOBODY", "user 1", expected)]
    await client.codes(REGISTER, input=person)
    await client.codes(REGISTER, input=person | {"email": "nobody"})
    assert await log.told() == []


async def test_a_session_is_told_from_its_beginning_to_its_end(scene: Scene) -> None:
    opened = await scene.nobody.ask(LOGIN, input={"email": EMAIL, "password": OPERATOR_PASSWORD})
    refreshed = await scene.nobody.ask(REFRESH, input={"refreshToken": opened["refreshToken"]})
    again = await scene.nobody.ask(REFRESH, input={"refreshToken": opened["refreshToken"]})  # another tab
    assert again["refreshToken"] == refreshed["refreshToken"]
    assert await scene.nobody.signed_in(refreshed["accessToken"]).ask(LOGOUT) is True
    await scene.nobody.codes(REFRESH, input={"refreshToken": refreshed["refreshToken"]})
    await scene.nobody.codes(REFRESH, input={"refreshToken": "nonsense"})
    assert await scene.log.told() == [
        Told(event, "BORROWER 1", "user 1", {}) for event in ("SIGNED_IN", "SESSION_REFRESHED", "SIGNED_OUT")
    ]


async def test_an_operators_session_is_told_as_theirs(scene: Scene) -> None:
    opened = await scene.nobody.ask(LOGIN, input={"email": "operator@kist.test", "password": OPERATOR_PASSWORD})
    await scene.nobody.signed_in(opened["accessToken"]).ask(LOGOUT)
    assert await scene.log.told() == [
        Told(event, "OPERATOR 1", "operator 1", {}) for event in ("SIGNED_IN", "SIGNED_OUT")
    ]


async def test_a_token_that_comes_back_ends_its_family_and_is_told_once(scene: Scene) -> None:
    opened = await scene.nobody.ask(LOGIN, input={"email": EMAIL, "password": OPERATOR_PASSWORD})
    await scene.nobody.ask(REFRESH, input={"refreshToken": opened["refreshToken"]})
    await let_the_grace_pass()
    await scene.log.entries()
    for _ in range(3):
        await scene.nobody.codes(REFRESH, input={"refreshToken": opened["refreshToken"]})
    assert await scene.log.told() == [Told("SESSION_REVOKED", "NOBODY", "user 1", {})]


async def test_failures_are_told_without_the_email_and_a_shut_door_once(person: Client) -> None:
    log = Log()
    await log.entries()
    await asyncio.gather(
        *(
            person.codes(LOGIN, input={"email": EMAIL, "password": "wrong"})
            for _ in range(sign_in_limit.MOST_FOR_AN_ACCOUNT)
        )
    )
    for _ in range(5):  # an attempt beyond the limit
        assert await person.codes(LOGIN, input={"email": EMAIL, "password": "wrong"}) == ["TOO_MANY_ATTEMPTS"]
    told = await log.told()
    assert Counter(told_of.event for told_of in told) == {"SIGN_IN_FAILED": 10, "LOCKED_OUT": 1}
    assert {(one.actor, one.about) for one in told} == {("NOBODY", "user 1")}
    await person.codes(LOGIN, input={"email": "nobody@kist.test", "password": "wrong"})
    assert await log.told() == [Told("SIGN_IN_FAILED", "NOBODY", "", {})]


async def test_an_address_that_is_shut_is_told_once(person: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in_limit, "MOST_FROM_AN_ADDRESS", 3)
    log = Log()
    await log.entries()
    for number in range(6):
        await person.codes(LOGIN, input={"email": f"{number}@kist.test", "password": "wrong"})
    assert [one.event for one in await log.told()] == ["SIGN_IN_FAILED"] * 3 + ["LOCKED_OUT"]


RESET = f"mutation ($input: ResetPasswordInput!) {{ resetPassword(input: $input) {{ __typename {REFUSAL} }} }}"
REQUEST = f"mutation ($email: String!) {{ requestPasswordReset(email: $email) {{ __typename {REFUSAL} }} }}"
ISSUE = f"mutation {{ issuePasswordReset(userId: 1) {{ __typename {REFUSAL} ... on PasswordResetCode {{ code }} }} }}"


async def test_a_reset_is_told_from_the_request_to_the_new_password(scene: Scene) -> None:
    await scene.nobody.ask(REQUEST, email=EMAIL)
    await scene.nobody.ask(REQUEST, email="nobody@kist.test")
    code = (await scene.operator.ask(ISSUE))["code"]
    guess = {"email": EMAIL, "password": NEW, "code": f"{(int(code) + 1) % 10**8:08}"}
    await scene.nobody.codes(RESET, input=guess)
    await scene.nobody.codes(RESET, input=guess | {"email": "nobody@kist.test"})
    await scene.nobody.ask(RESET, input=guess | {"code": code})
    assert await scene.log.told() == [
        Told("PASSWORD_RESET_REQUESTED", "NOBODY", "user 1", {}),
        Told("PASSWORD_RESET_REQUESTED", "NOBODY", "", {}),
        Told("PASSWORD_RESET_ISSUED", "OPERATOR 1", "user 1", {}),
        Told("PASSWORD_RESET_FAILED", "NOBODY", "user 1", {}),
        Told("PASSWORD_RESET_FAILED", "NOBODY", "", {}),
        Told("PASSWORD_RESET", "BORROWER 1", "user 1", {}),
        Told("PASSWORD_CHANGED", "BORROWER 1", "user 1", {"password": DIGEST}),
    ]


async def test_passwords_are_told_as_set_changed_and_refused(scene: Scene) -> None:
    await User.all().update(password_hash=None)
    await scene.borrower.ask(SET, input={"password": OPERATOR_PASSWORD})
    await scene.borrower.codes(SET, input={"password": NEW})
    await scene.borrower.codes(CHANGE, input=change("wrong"))
    await scene.borrower.ask(CHANGE, input=change(OPERATOR_PASSWORD))
    await scene.operator.ask(CHANGE, input=change(OPERATOR_PASSWORD))
    assert await scene.log.told() == [
        Told("PASSWORD_SET", "BORROWER 1", "user 1", {"password": DIGEST}),
        Told("PASSWORD_REFUSED", "BORROWER 1", "user 1", {}),
        Told("PASSWORD_CHANGED", "BORROWER 1", "user 1", {"password": DIGEST}),
        Told("PASSWORD_CHANGED", "OPERATOR 1", "operator 1", OPERATOR),
    ]


async def test_a_change_of_personal_data_is_told_by_its_fields(scene: Scene) -> None:
    for income in ("700000", "700000.00"):  # the second one changes nothing
        await scene.borrower.ask(UPDATE, input={"phone": "9876543210", "annualIncome": income})
    await scene.borrower.codes(UPDATE, input={"phone": "12345"})
    changed = {"identity": DIGEST, "changed": ["annual_income", "phone"]}
    assert await scene.log.told() == [Told("PERSON_CHANGED", "BORROWER 1", "user 1", changed)]


async def test_an_erasure_is_told_and_one_that_is_refused_is_not(scene: Scene) -> None:
    loan_id = await lent(scene.borrower, "1000", 1)
    await scene.log.entries()
    assert await scene.borrower.codes(DELETE, password=OPERATOR_PASSWORD) == ["LOANS_OPEN"]
    assert await scene.log.told() == []
    await scene.borrower.ask(PAY, input={"loanId": loan_id, "amount": "1000"})
    await scene.log.entries()
    await scene.borrower.codes(DELETE, password="wrong")
    await scene.borrower.ask(DELETE, password=OPERATOR_PASSWORD)
    assert await scene.log.told() == [
        Told("PASSWORD_REFUSED", "BORROWER 1", "user 1", {}),
        Told("ACCOUNT_ERASED", "BORROWER 1", "user 1", {"identity": DIGEST, "password": None}),
    ]


async def test_who_knocks_at_the_door_of_another_role_is_told_once_a_session(scene: Scene) -> None:
    for _ in range(3):
        assert await scene.borrower.error(PORTFOLIO) == "FORBIDDEN"
    await scene.borrower.error(TRIGGER)
    assert await scene.operator.error("{ me { id } }") == "FORBIDDEN"
    assert await scene.nobody.error(PORTFOLIO) == "UNAUTHENTICATED"
    told = await scene.log.told()
    assert [(one.event, one.actor) for one in told] == [
        ("ACCESS_FORBIDDEN", "BORROWER 1"),
        ("ACCESS_FORBIDDEN", "OPERATOR 1"),
    ]


async def test_an_operator_who_reads_of_a_person_is_told_once_a_day(scene: Scene) -> None:
    loan_id = await lent(scene.borrower)
    await scene.log.entries()
    reads = {
        "query ($id: ID!) { loan(id: $id) { payoff } }": loan_id,
        "query ($id: ID!) { statement(loanId: $id) { asOf } }": loan_id,
        "query ($id: ID!) { user(id: $id) { name loans { totalCount } } }": "1",
    }
    for query, of in reads.items():
        for _ in range(2):
            assert await scene.operator.ask(query, id=of)
            if "user(" not in query:
                assert await scene.borrower.ask(query, id=of)
        assert await scene.operator.ask(query, id="999") is None
    await scene.operator.ask(PORTFOLIO)
    read = ("PERSON_READ", "OPERATOR 1", "user 1")
    assert await scene.log.told() == [Told(*read, {"day": "2026-01-01"})]
    # The cache of this process is bounded. If it has lost a note, the database finds the entry.
    resolvers_reads._noted.clear()
    await scene.operator.ask(next(iter(reads)), id=loan_id)
    assert await scene.log.told() == []
    await on(scene.operator, "2026-01-02")
    await scene.log.entries()
    rest = scene.operator.http.get
    for _ in range(2):
        headers = {"Authorization": f"Bearer {scene.operator.token}"}
        assert (await rest(f"/api/get-statement/?loan={loan_id}", headers=headers)).status_code == 200
    assert await scene.log.told() == [Told(*read, {"day": "2026-01-02"})]


async def test_an_operator_who_reads_the_borrower_of_a_loan_is_told_too(scene: Scene) -> None:
    loan_id = await lent(scene.borrower)
    await scene.log.entries()
    paid = "mutation ($input: MakePaymentInput!) { makePayment(input: $input) { ... on PaymentReceipt {"
    query = f"{paid} loan {{ borrower {{ name }} }} }} }} }}"
    for caller in (scene.borrower, scene.operator):
        await caller.ask(query, input={"loanId": loan_id, "amount": "1", "transactionId": "t"})
    taken, read = await scene.log.told()
    assert taken.event == "PAYMENT_TAKEN"
    assert read == Told("PERSON_READ", "OPERATOR 1", "user 1", {"day": "2026-01-01"})


async def test_a_search_is_told_without_its_text_and_with_the_people_whom_it_shows(scene: Scene) -> None:
    search = "query ($text: String!) { search(text: $text) { user { id } } }"
    await scene.operator.ask(search, text="2341 2341 2346")
    await scene.operator.ask(search, text="Asha")
    assert await scene.log.told() == [
        Told("SEARCHED", "OPERATOR 1", "", {"kinds": ["aadhaar"], "found": 1}),
        Told("PERSON_READ", "OPERATOR 1", "user 1", {"day": "2026-01-01"}),
        Told("SEARCHED", "OPERATOR 1", "", {"kinds": ["transaction", "words"], "found": 1}),
    ]


async def test_what_is_remembered_of_reads_is_bounded(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolvers_reads, "MOST_REMEMBERED", 2)
    loans = [await lent(await registered(scene.nobody, aadhaar_id=f"23412341235{n}")) for n in range(4)]
    for loan_id in loans * 2:
        await scene.operator.ask("query ($id: ID!) { loan(id: $id) { id } }", id=loan_id)
    assert len(resolvers_reads._noted) <= 2
    assert [one.about for one in await scene.log.told() if one.event == "PERSON_READ"] == [
        f"user {number}" for number in (2, 3, 4, 5)
    ]


async def test_an_application_is_told_with_its_decision_and_a_disbursal_with_its_amount(scene: Scene) -> None:
    await lent(scene.borrower, "1000.5", 6)
    await scene.borrower.codes(APPLY, input={"amount": "9000000", "loanTerm": 12, "interestRate": "10.5"})
    judged: dict[str, Any] = {
        "request_id": None,
        "interest_rate": "10.500",
        "annual_income": "600000.00",
        "credit_score": 690,
        "decided_on": "2026-01-01",
        "product": "card",
        "product_version": 1,
        "key_facts": None,
    }
    terms = {"application": 1, "amount": "1000.50", "loan_term": 6, "interest_rate": "10.500"}
    of_the_day = {"daily_rate": "0.029", "minimum_due_rate": "3.000", "cycle_days": 30, "due_days": 15}
    disbursed = {"disbursed_on": "2026-01-01", "first_billing_on": "2026-01-31", "emi": "171.86", "product": None}
    refused = {"application": 2, "amount": "9000000.00", "loan_term": 12}
    assert await scene.log.told() == [
        Told(*("LOAN_DECIDED", "BORROWER 1", "user 1"), judged | terms | {"decision": "APPROVED", "reasons": []}),
        Told(*("LOAN_DISBURSED", "BORROWER 1", "user 1 loan 1"), terms | of_the_day | disbursed),
        Told(
            *("LOAN_DECIDED", "BORROWER 1", "user 1"),
            judged | refused | {"decision": "REFUSED", "reasons": ["AMOUNT_TOO_HIGH"]},
        ),
    ]


async def test_a_product_is_told_with_its_policies(scene: Scene) -> None:
    await scene.operator.ask('mutation { addProduct(input: {name: "ten", dueDays: 10}) { __typename } }')
    await scene.operator.ask('mutation { addProduct(input: {name: "ten", dueDays: 30}) { __typename } }')
    (told,) = await scene.log.told()
    assert (told.event, told.actor) == ("PRODUCT_ADDED", "OPERATOR 1")
    assert json.loads(str(told.details.pop("policies")))["due_days"] == 10
    row = {"product": 1, "name": "ten", "version": 1, "effective_from": "2026-01-01", "operator": 1}
    assert told.details == row


async def test_key_facts_are_told_with_their_terms(scene: Scene) -> None:
    given = '{amount: "10000", loanTerm: 12, interestRate: "10.5"}'
    await scene.borrower.ask(f"mutation {{ issueKeyFacts(input: {given}) {{ __typename }} }}")
    (told,) = await scene.log.told()
    assert (told.event, told.actor, told.about) == ("KEY_FACTS_ISSUED", "BORROWER 1", "user 1")
    assert {name: told.details[name] for name in ("amount", "loan_term", "interest_rate")} == {
        "amount": "10000.00",
        "loan_term": 12,
        "interest_rate": "10.500",
    }


async def test_a_payment_is_told_once_with_who_took_it(scene: Scene) -> None:
    loan_id = await lent(scene.borrower)
    await on(scene.operator, "2026-01-31")
    await scene.log.entries()
    given = {"loanId": loan_id, "amount": "10", "transactionId": "t"}
    for _ in range(3):  # a repeated payment is answered and changes nothing; the first one bills a cycle too
        await scene.borrower.ask(PAY, input=given)
    cheque = {"mode": "CHEQUE", "reference": "000123"}
    await scene.operator.ask(PAY, input={"loanId": loan_id, "amount": "500", **cheque})
    await scene.borrower.codes(PAY, input={"loanId": loan_id, "amount": "500"})
    await scene.borrower.codes(PAY, input={"loanId": loan_id, "amount": "500000"})
    await scene.borrower.codes(PAY, input={"loanId": "999", "amount": "1"})
    told = await scene.log.told()
    generated = str(told[1].details["transaction_id"])
    assert generated.startswith("kist-")
    uncorrected: dict[str, Any] = {
        "credit": "0.00",
        "reason": None,
        "due_again": [],
        "moved_from": None,
        "reversed_on": None,
        "recovery": "0.00",
        "written_off": "0.00",
    }
    of_the_day = {"recorded_on": "2026-01-31", "prepayment": "REDUCE_EMI", **uncorrected}
    assert told == [
        Told(
            *("PAYMENT_TAKEN", "BORROWER 1", "user 1 loan 1 payment 1"),
            {"amount": "10.00", "interest": "10.00", "principal": "0.00", "transaction_id": "t", "taken_by": None}
            | {"mode": None, "reference": None, "sequence": 2}
            | of_the_day
            | {"transaction_id_given": True, "paid_on": "2026-01-31", "emi_before": "4406.03", "emi_after": "4406.03"},
        ),
        Told(
            *("PAYMENT_TAKEN", "OPERATOR 1", "user 1 loan 1 payment 2"),
            {"amount": "500.00", "interest": "425.00", "principal": "75.00", "transaction_id": generated}
            | {"transaction_id_given": False, "paid_on": "2026-01-31", "emi_before": "4406.03", "emi_after": "4406.03"}
            | {"taken_by": 1, "mode": "CHEQUE", "reference": "000123", "sequence": 3}
            | of_the_day,
        ),
    ]


async def test_a_reversal_is_told_with_its_reason_and_the_payments_that_it_restates(scene: Scene) -> None:
    loan_id = await lent(scene.borrower)
    for amount in ("10", "20"):
        await scene.borrower.ask(PAY, input={"loanId": loan_id, "amount": amount, "transactionId": f"t{amount}"})
    await scene.log.entries()
    operate = "mutation ($input: OperateInput!) { operate(input: $input) { __typename } }"
    reversal = {"reverse": {"eventId": f"{loan_id}-2", "cause": "BOUNCED"}}
    order = {"loanId": loan_id, "requestId": "r1", "reason": "the bank's letter", "operation": reversal}
    await scene.operator.ask(operate, input=order)
    recorded, *restated = await scene.log.told()
    assert (recorded.event, recorded.actor) == ("LOAN_EVENT_RECORDED", "OPERATOR 1")
    facts = {"kind": "REVERSAL", "reverses": 2, "cause": "BOUNCED", "reason": "the bank's letter", "request": "r1"}
    assert recorded.details | facts == recorded.details
    assert [one.event for one in restated] == ["PAYMENT_RESTATED"] * 2
    assert [(one.details["payment"], one.details["reversed_on"]) for one in restated] == [(1, "2026-01-01"), (2, None)]


async def test_billing_is_told_by_its_chunks_and_its_end(scene: Scene) -> None:
    await lent(scene.borrower)
    await scene.log.entries()
    assert await scene.operator.codes(SET_DATE, input={"date": "2025-12-31"}) == ["BUSINESS_DATE_IN_PAST"]
    assert await scene.log.told() == []
    await on(scene.operator, "2026-01-31")
    await scene.operator.ask(TRIGGER)
    await billed("2026-01-31")
    await scene.operator.ask(TRIGGER)  # the date is billed already: nothing happens
    run = {"run": 1, "as_of": "2026-01-31"}
    assert await scene.log.told() == [
        Told("BUSINESS_DATE_MOVED", "OPERATOR 1", "", {"date": "2026-01-31"}),
        Told("BILLING_TRIGGERED", "OPERATOR 1", "", run),
        Told("BILLING_TRIGGERED", "SYSTEM", "", run),
        Told(
            *("CHUNK_BILLED", "SYSTEM", ""),
            {"run": 1, "first_loan": 1, "last_loan": 1, "loans": 1, "bills": 1, "interest": "435.00"},
        ),
        Told(
            *("BILLING_ENDED", "SYSTEM", ""),
            run | {"status": "DONE", "loans": 1, "bills": 1, "interest": "435.00"},
        ),
    ]
    await bill_in_foreground(TODAY, lambda _: None)  # no loan is due on this date
    assert [one.event for one in await scene.log.told()] == ["BILLING_TRIGGERED", "BILLING_ENDED"]


async def test_what_commands_do_is_told_with_the_commands_name(scene: Scene, settings: Settings) -> None:
    password = {"KIST_OPERATOR_PASSWORD": "a long password"}
    assert (await asyncio.to_thread(run, settings, "operator", "add", "b@kist.test", **password)).returncode == 0
    assert (await asyncio.to_thread(run, settings, "operator", "add", "b@kist.test", **password)).returncode == 2
    added = await Operator.get(email="b@kist.test")
    (entry,) = await scene.log.entries()
    assert (entry.event, entry.actor, entry.operator_id) == ("OPERATOR_ADDED", "SYSTEM", added.id)
    assert (entry.address, entry.request_id) == ("kist operator add", "")
    for command, event in (
        ("disable", "OPERATOR_DISABLED"),
        ("enable", "OPERATOR_ENABLED"),
        ("reset-password", "OPERATOR_PASSWORD_RESET"),
    ):
        done = await asyncio.to_thread(run, settings, "operator", command, "b@kist.test", **password)
        assert done.returncode == 0, done.stderr
        (entry,) = await scene.log.entries()
        assert (entry.event, entry.actor, entry.operator_id) == (event, "SYSTEM", added.id)
        assert entry.address == f"kist operator {command}"


async def test_an_import_is_told_when_all_of_it_is_stored(scene: Scene, settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "history.csv"
    file.write_text("aadhaar_id,date,transaction_type,amount\n234123412346,2025-01-01,CREDIT,5\n")
    await imports.import_file(file, settings, rejects=tmp_path / "rejects.csv")
    scored = {"debit_total": "0.00", "score": 690}
    more = {"assessment": 2, "balance": "600005.00", "credit_total": "600005.00", "transaction_count": 2}
    less = {"assessment": 3, "balance": "600000.00", "credit_total": "600000.00", "transaction_count": 1}
    counts = {"rows": 1, "rejected": 0, "added": 1, "there": 0, "rescored": 1}
    expected = {"import_id": 1, "rows_of_import": 1, **counts, "credit": "5.00", "debit": "0.00"}
    assert await scene.log.told() == [
        Told("SCORED", "SYSTEM", "user 1", scored | more),
        Told("IMPORT_FINISHED", "SYSTEM", "", expected),
    ]
    await undo.undo(1, settings)
    gone = {"import_id": 1, "removed": 1, "credit": "5.00", "debit": "0.00", "rescored": 1, "passed_on": []}
    assert await scene.log.told() == [
        Told("SCORED", "SYSTEM", "user 1", scored | less),
        Told("IMPORT_UNDONE", "SYSTEM", "", gone),
    ]


async def test_a_rotation_of_keys_is_told_for_each_transaction(
    scene: Scene, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await registered(scene.nobody, aadhaar_id="234123412347")
    await scene.log.entries()
    monkeypatch.setattr(key_rotation, "BATCH", 1)
    newer = settings.model_copy(update={"aadhaar_digest_keys": key("e")})
    for _ in range(2):  # the second finds nothing to do
        await key_rotation.rotate(newer)
    assert await scene.log.told() == [
        told
        for number in (1, 2)
        for told in (
            Told("KEYS_ROTATED", "SYSTEM", "", {"first_user": number, "last_user": number, "users": 1}),
            Told("PERSON_RESEALED", "SYSTEM", f"user {number}", {"identity": DIGEST}),
        )
    ]


async def test_a_published_head_is_told_once(scene: Scene) -> None:
    await scene.log.entries()
    heads = [await book_heads.publish(TODAY, "Mill Finance", WORKER) for _ in range(2)]
    hashes = {"root": DIGEST, "head": DIGEST}
    details = {"book_head": 1, "date": "2026-01-01", "lender": "Mill Finance", "loans": heads[0].loans, **hashes}
    assert await scene.log.told() == [Told("BOOK_HEAD_PUBLISHED", "SYSTEM", "", details)]


async def test_an_entry_says_from_where_and_in_which_request(settings: Settings) -> None:
    log = Log()
    async with serving(settings) as client:
        await registered(client)
        await User.all().update(password_hash=OPERATOR_HASH)
    application = app.application(settings)
    async with application.router.lifespan_context(application):
        await log.entries()
        transport = httpx.ASGITransport(application, client=("2001:db8::7", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://kist.test") as http:
            for number, name in enumerate(("one", "two")):
                http.headers["X-Request-Id"] = name
                given = {"email": EMAIL, "password": OPERATOR_PASSWORD if number else "wrong"}
                await Client(http).ask(LOGIN, input=given)
        found = [(entry.event, entry.address, entry.request_id) for entry in await log.entries()]
    assert found == [
        ("SIGN_IN_FAILED", "2001:db8::7", "one"),
        ("SIGNED_IN", "2001:db8::7", "two"),
    ]


def test_every_event_is_provoked_by_some_test_here() -> None:
    text = Path(__file__).read_text()
    of_migrations = {Event.LOG_BEGUN, Event.LOG_EXTENDED, Event.OPERATOR_RECORDED}
    assert [event for event in Event if event not in of_migrations and f'"{event}"' not in text] == []
