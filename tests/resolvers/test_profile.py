"""A borrower's changes of their own account: a first password, another one, and the erasure."""

import asyncio
import hashlib
from typing import Any

import pytest
from argon2 import PasswordHasher

from models import database, transaction_merge, users
from models.loans import LoanApplication
from models.transactions import Transaction
from models.user_changes import UserChange
from models.users import User
from resolvers.session_opening import open_session
from settings import Settings
from tasks import audit_verification, verification
from tests.builders import (
    APPLY,
    LOGIN,
    OPERATOR_HASH,
    OPERATOR_PASSWORD,
    PAY,
    REGISTER,
    UPDATE,
    Client,
    lent,
    on,
    registered,
)
from tests.resolvers.sessions import CHANGE, DELETE, NEW, REFRESH, SET, change, is_signed_in
from tests.servers import contents

EMAIL = "asha.234123412346@kist.test"


@pytest.fixture
async def known(borrower: Client) -> Client:
    """A borrower with a password, whose hash is cheap to compute."""
    await User.all().update(password_hash=OPERATOR_HASH)
    return borrower


async def entered(client: Client, password: str) -> dict[str, Any]:
    session: dict[str, Any] = await client.ask(LOGIN, input={"email": EMAIL, "password": password})
    return session


async def test_a_password_is_set_once_and_is_a_way_in(borrower: Client) -> None:
    assert await borrower.codes(SET, input={"password": "short"}) == ["WEAK_PASSWORD"]
    done = await asyncio.gather(*(borrower.ask(SET, input={"password": NEW}) for _ in range(2)))
    assert sorted(answer["__typename"] for answer in done) == ["PasswordChange", "Refusal"]
    assert await borrower.codes(SET, input={"password": NEW}) == ["PASSWORD_ALREADY_SET"]
    assert (await entered(borrower, NEW))["__typename"] == "Session"


async def test_a_first_password_ends_every_other_session(borrower: Client, settings: Settings) -> None:
    user = await User.get()
    others = [await open_session(settings, user) for _ in range(2)]
    assert (await borrower.ask(SET, input={"password": NEW}))["__typename"] == "PasswordChange"
    assert await is_signed_in(borrower, borrower.token)
    for session in others:
        assert not await is_signed_in(borrower, session.access_token)
        assert await borrower.codes(REFRESH, input={"refreshToken": session.refresh_token}) == ["SESSION_EXPIRED"]
    # A refused change ends no session.
    session = await open_session(settings, user)
    assert await borrower.codes(SET, input={"password": NEW}) == ["PASSWORD_ALREADY_SET"]
    assert await is_signed_in(borrower, session.access_token)
    (noted,) = await database.fetch("SELECT user_id FROM audit_entries WHERE event = 'PASSWORD_SET'")
    assert noted["user_id"] == user.id


GUESSED = [
    "aaaaaaaaaa",
    "1234567890",
    "password123",
    "qwertyuiop",
    "Password@123",
    "iloveyou123",
    "asha rao 1990",
    EMAIL,
]


@pytest.mark.parametrize("password", GUESSED)
async def test_a_password_that_is_soon_guessed_is_weak(known: Client, password: str) -> None:
    person = {"name": "Asha Rao", "email": EMAIL, "aadhaarId": "999941057058", "password": password}
    assert "WEAK_PASSWORD" in await known.codes(REGISTER, input=person)
    assert await known.codes(CHANGE, input=change(OPERATOR_PASSWORD, password)) == ["WEAK_PASSWORD"]
    await User.all().update(password_hash=None)
    assert await known.codes(SET, input={"password": password}) == ["WEAK_PASSWORD"]


TYPED = "e\u0301te\u0301 \ufb01ve \uff54rees"
COMPOSED = "\u00e9t\u00e9 five trees"


async def test_a_password_is_the_same_from_every_keyboard(borrower: Client) -> None:
    await borrower.ask(SET, input={"password": TYPED})
    for password in (COMPOSED, TYPED):
        assert (await entered(borrower, password))["__typename"] == "Session"
    assert (await borrower.ask(CHANGE, input=change(COMPOSED)))["__typename"] == "PasswordChange"


async def test_a_password_from_before_it_was_normalised_still_opens_and_is_hashed_again(borrower: Client) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(TYPED)
    await User.all().update(password_hash=old)
    assert (await entered(borrower, COMPOSED))["__typename"] == "Refusal"
    assert (await User.get()).password_hash == old
    assert (await entered(borrower, TYPED))["__typename"] == "Session"
    assert (await User.get()).password_hash != old
    assert len(await database.fetch("SELECT FROM audit_entries WHERE event = 'PASSWORD_CHANGED'")) == 1
    for password in (COMPOSED, TYPED):
        assert (await entered(borrower, password))["__typename"] == "Session"
    await User.all().update(password_hash=old)
    assert (await borrower.ask(CHANGE, input=change(TYPED)))["__typename"] == "PasswordChange"


async def test_a_changed_password_ends_every_other_session(known: Client) -> None:
    other = await entered(known, OPERATOR_PASSWORD)
    refreshed = await known.ask(REFRESH, input={"refreshToken": other["refreshToken"]})
    assert (await known.ask(CHANGE, input=change(OPERATOR_PASSWORD)))["__typename"] == "PasswordChange"
    assert await is_signed_in(known, known.token)
    for session in (other, refreshed):
        assert not await is_signed_in(known, session["accessToken"])
        assert await known.codes(REFRESH, input={"refreshToken": session["refreshToken"]}) == ["SESSION_EXPIRED"]
    assert (await entered(known, OPERATOR_PASSWORD))["__typename"] == "Refusal"
    assert (await entered(known, NEW))["__typename"] == "Session"


async def test_an_operator_changes_theirs_too(operator: Client, known: Client) -> None:
    assert (await operator.ask(CHANGE, input=change(OPERATOR_PASSWORD)))["__typename"] == "PasswordChange"
    assert await is_signed_in(known, known.token)
    assert await operator.ask('{ user(id: "0") { id } }') is None
    assert await operator.codes(CHANGE, input=change(OPERATOR_PASSWORD)) == ["BAD_CREDENTIALS"]


async def test_a_password_is_changed_by_whoever_knows_the_old_one(known: Client) -> None:
    before = await contents()
    assert await known.codes(CHANGE, input=change(OPERATOR_PASSWORD, "short")) == ["WEAK_PASSWORD"]
    for _ in range(10):
        assert await known.codes(CHANGE, input=change("wrong")) == ["BAD_CREDENTIALS"]
    # A stolen token allows no guesses beyond the limit, and does not prevent the owner from signing in.
    assert await known.codes(CHANGE, input=change(OPERATOR_PASSWORD)) == ["TOO_MANY_ATTEMPTS"]
    # The log contains the attempts.
    log: dict[str, list[str]] = {"audit_entries": []}
    assert await contents() | log == before | log
    assert (await entered(known, OPERATOR_PASSWORD))["__typename"] == "Session"


async def test_an_account_without_a_password_has_none_to_change(borrower: Client) -> None:
    assert await borrower.codes(CHANGE, input=change("")) == ["BAD_CREDENTIALS"]


async def test_a_session_opened_with_the_old_password_at_that_moment_ends_as_well(known: Client) -> None:
    password = OPERATOR_PASSWORD
    for number in range(5):
        fresh = f"a long password {number}"
        answers = await asyncio.gather(
            known.ask(CHANGE, input=change(password, fresh)), *(entered(known, password) for _ in range(3))
        )
        assert answers[0]["__typename"] == "PasswordChange"
        for opened in answers[1:]:
            assert opened["__typename"] == "Refusal" or not await is_signed_in(known, opened["accessToken"])
        password = fresh


async def test_consent_is_kept_with_its_time_and_version(client: Client) -> None:
    person = {"name": "Asha", "email": EMAIL, "aadhaarId": "234123412346"}
    for nonsense in ("", "  ", "x" * 101, "a\nb"):
        assert await client.codes(REGISTER, input={**person, "consent": nonsense}) == ["INVALID_CONSENT"]
    session = await client.ask(REGISTER, input={**person, "consent": "2026-01"})
    me = await client.signed_in(session["accessToken"]).ask("{ me { consentVersion consentedAt createdAt } }")
    assert (me["consentVersion"], me["consentedAt"]) == ("2026-01", me["createdAt"])
    other = {"name": "Asha", "email": "b@kist.test", "aadhaarId": "999941057058"}
    session = await client.ask(REGISTER, input=other)
    me = await client.signed_in(session["accessToken"]).ask("{ me { consentVersion consentedAt } }")
    assert me == {"consentVersion": None, "consentedAt": None}


async def test_a_person_changes_what_they_gave_and_the_lender_keeps_the_earlier_values(
    client: Client, operator: Client
) -> None:
    person = {"name": "Asha", "email": EMAIL, "aadhaarId": "234123412346", "address": "12 Rose Street"}
    session = await client.ask(REGISTER, input=person)
    borrower = client.signed_in(session["accessToken"])
    added = await borrower.ask(UPDATE, input={"phone": "+91 98765 43210", "annualIncome": "600000"})
    assert (added["phone"], added["address"], added["annualIncome"]) == ("9876543210", "12 Rose Street", "600000.00")
    changed = await borrower.ask(UPDATE, input={"address": " 1 Mill Road ", "annualIncome": "700000.5"})
    assert (changed["phone"], changed["address"], changed["annualIncome"]) == ("9876543210", "1 Mill Road", "700000.50")
    removed = await borrower.ask(UPDATE, input={"phone": None, "address": ""})
    assert (removed["phone"], removed["address"], removed["annualIncome"]) == (None, None, "700000.50")
    before = await contents()
    assert (await borrower.ask(UPDATE, input={"phone": "", "annualIncome": "700000.50"})) == removed
    assert (await borrower.ask(UPDATE, input={})) == removed
    assert await contents() == before
    changes = "changes { totalCount edges { node { field oldValue } } }"
    shown = await operator.ask(f"query ($id: ID!) {{ user(id: $id) {{ {changes} }} }}", id=session["user"]["id"])
    assert [tuple(edge["node"].values()) for edge in shown["changes"]["edges"]] == [
        ("PHONE", None),
        ("ANNUAL_INCOME", None),
        ("ADDRESS", "12 Rose Street"),
        ("ANNUAL_INCOME", "600000.00"),
        ("PHONE", "9876543210"),
        ("ADDRESS", "1 Mill Road"),
    ]
    assert (await audit_verification.verify()).faults == []


async def test_a_change_has_the_rules_of_a_registration_and_an_income_stays(borrower: Client) -> None:
    before = await contents()
    sent = {"phone": "12345", "address": "x" * 1001, "annualIncome": "-1"}
    assert await borrower.codes(UPDATE, input=sent) == ["INVALID_ADDRESS", "INVALID_PHONE", "INVALID_INCOME"]
    assert await borrower.codes(UPDATE, input={"address": "2341 2341 2346"}) == ["INVALID_ADDRESS"]
    assert await borrower.codes(UPDATE, input={"phone": None, "annualIncome": None}) == ["INVALID_INCOME"]
    assert await borrower.error(UPDATE, input={"annualIncome": "1.005"}) == "BAD_USER_INPUT"
    assert await borrower.error(UPDATE, input={"name": "Asha"}) == "BAD_USER_INPUT"
    assert await contents() == before


async def test_an_application_is_judged_on_the_new_income(client: Client) -> None:
    borrower = await registered(client, income=None)
    terms = {"amount": "1000", "loanTerm": 1, "interestRate": "10"}
    assert await borrower.codes(APPLY, input=terms) == ["INCOME_MISSING"]
    await borrower.ask(UPDATE, input={"annualIncome": "100000"})
    assert await borrower.codes(APPLY, input=terms) == ["INCOME_TOO_LOW"]
    await borrower.ask(UPDATE, input={"annualIncome": "150000"})
    await lent(borrower, "1000", 1)
    incomes = [one.annual_income for one in await LoanApplication.all().order_by("id")]
    assert [str(income) for income in incomes] == ["None", "100000.00", "150000.00"]


async def test_changes_at_once_are_all_kept(borrower: Client) -> None:
    incomes = [f"{600001 + number}.00" for number in range(5)]
    await asyncio.gather(*(borrower.ask(UPDATE, input={"annualIncome": income}) for income in incomes))
    kept = [str(one.old_value) for one in await UserChange.all().order_by("id")]
    assert sorted([*kept, str((await User.get()).annual_income)]) == ["600000.00", *incomes]


async def test_an_open_loan_keeps_its_borrower(known: Client) -> None:
    await lent(known, "1000")
    before = await contents()
    assert await known.codes(DELETE, password=OPERATOR_PASSWORD) == ["LOANS_OPEN"]
    assert await contents() == before
    assert await known.codes(DELETE) == ["BAD_CREDENTIALS"]
    assert await known.codes(DELETE, password="wrong") == ["BAD_CREDENTIALS"]
    assert await is_signed_in(known, known.token)


async def test_an_erased_person_is_nowhere_and_the_books_are_as_they_were(
    known: Client, operator: Client, settings: Settings
) -> None:
    await User.all().update(name="Asha Rao", phone="9876543210", address="12 Rose Street")
    await known.ask(UPDATE, input={"phone": None, "address": "1 Mill Road", "annualIncome": "650000"})
    user_id = (await known.ask("{ me { id } }"))["id"]
    other = await entered(known, OPERATOR_PASSWORD)
    loan_id = await lent(known, "1000")
    await on(operator, "2026-01-31")
    payoff = (await known.ask("query ($id: ID!) { loan(id: $id) { payoff } }", id=loan_id))["payoff"]
    await known.ask(PAY, input={"loanId": loan_id, "amount": payoff})
    books = ("loans", "bills", "payments", "allocations", "ledger_entries", "loan_applications")
    before = await contents()
    erased = await known.ask(DELETE, password=OPERATOR_PASSWORD)
    assert erased["erasedAt"]
    after = await contents()
    assert {table: after[table] for table in books} == {table: before[table] for table in books}
    assert await verification.verify() == []
    number, key = "234123412346", settings.key("aadhaar_digest_key")
    digest = users.digest(key, number).hex()
    kept = "\n".join(text for rows in after.values() for text in rows)
    personal_data = ("Asha", EMAIL, "9876543210", "Rose Street", "Mill Road", number, "2346", digest, "600000.00)")
    for personal in personal_data:
        assert personal not in kept, personal
    for token in (known.token, other["accessToken"]):
        assert not await is_signed_in(known, token)
    assert await known.codes(REFRESH, input={"refreshToken": other["refreshToken"]}) == ["SESSION_EXPIRED"]
    assert (await entered(known, OPERATOR_PASSWORD))["problems"][0]["code"] == "BAD_CREDENTIALS"
    shown = await operator.ask("query ($id: ID!) { user(id: $id) { name loans { totalCount } } }", id=user_id)
    assert shown == {"name": "erased", "loans": {"totalCount": 1}}
    assert await users.unscored(10) == []
    # The number is free: its owner may register again as a new person.
    assert (await registered(known)).token


async def test_whoever_is_being_erased_takes_no_loan(borrower: Client) -> None:
    terms = {"amount": "1000", "loanTerm": 1, "interestRate": "0"}
    for number in range(6):
        person = await registered(borrower, aadhaar_id=f"{234123412347 + number}")
        answers = await asyncio.gather(person.post(DELETE), person.post(APPLY, input=terms))
        user = await User.filter(email__contains="erased").count()
        (row,) = await database.fetch(
            "SELECT count(*) FROM loans JOIN users ON users.id = user_id WHERE erased_at IS NOT NULL"
        )
        assert row["count"] == 0, (answers, user)


async def test_what_was_imported_about_them_goes_with_them(borrower: Client, settings: Settings) -> None:
    digest = users.digest(settings.key("aadhaar_digest_key"), "234123412346")
    stranger = hashlib.sha256(b"stranger").digest()
    await transaction_merge.move(stranger, [])
    await Transaction.create(aadhaar_digest=stranger, occurred_on="2026-01-01", kind="CREDIT", amount="1.00", ordinal=1)
    assert await Transaction.filter(aadhaar_digest=digest).count() == 1
    await borrower.ask(DELETE)
    assert [row.aadhaar_digest for row in await Transaction.all()] == [stranger]
