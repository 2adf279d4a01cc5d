"""`verify` or `verify --audit` reports every change in the database past kist, by the owner and without triggers.

These are deliberately not covered, for these reasons:

- refresh_tokens, sign_in_failures: they last for minutes or days. A session that is inserted by hand acts under its
  account's name, and its acts are in the log.
- user_changes: the values before a change. Nothing follows from them, and applications keep the income they had.
- created_at of bills, allocations' ids, created_at of ledger entries: nothing follows from them.
- attempts of a chunk, started_at, finished_at, created_at of runs and imports: the duration, not the result.
- fingerprint, newest_user_id of imports: they decide whether it may continue. Its rows count once in any case.
- transactions of people who are not registered: no score follows from them yet.
- business_date of a sandbox that was never set: there is no entry to compare it with.
- an entry that a tamperer adds to the log for their own change: it is chained, and a reader of the log sees it.
"""

import re
from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest

from models import audit_facts, database
from settings import Settings
from tasks import audit_verification, verification
from tasks.imports import run
from tests.builders import APPLY, PAY, REGISTER, UPDATE, Client, billed, lent, on, operating, registered
from tests.tasks.loan_rows import unguarded

PASSWORD = "quiet otters mend 7 kettles"
DELETE = "mutation ($password: String!) { deleteMe(password: $password) { __typename } }"
PERSON = {
    "name": "Babu Iyer",
    "email": "babu@kist.test",
    "aadhaarId": "234123412347",
    "phone": "9876543210",
    "address": "1 Mill Road",
    "annualIncome": "500000",
    "password": PASSWORD,
    "consent": "v1",
}


class Tampering(NamedTuple):
    """A statement, and words that the report must contain."""

    statement: str
    named: str


def _set(table: str, row: int, change: str, named: str) -> Tampering:
    return Tampering(f"UPDATE {table} SET {change} WHERE id = {row}", named)


def _copied(table: str, row: int, **changes: str) -> str:
    """A statement that inserts a copy of a row with other values."""
    # jsonb_populate_record needs all columns. The unchanged ones come from the row.
    changed = ", ".join(f"'{name}', {value}" for name, value in changes.items())
    return (
        f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, to_jsonb(r) ||"
        f" jsonb_build_object({changed}))).* FROM {table} r WHERE r.id = {row}"
    )


OPERATORS = [
    Tampering(_copied("operators", 1, id="99", email="'mallory@kist.test'"), "operator 99 is not in the log"),
    _set("operators", 1, "password_hash = 'mine'", "operator 1: password differs between log and book"),
    _set("operators", 1, "email = 'mallory@kist.test'", "operator 1: email differs between log and book"),
    _set("operators", 1, "name = 'Mallory'", "operator 1: name differs between log and book"),
    _set("operators", 1, "is_active = NOT is_active", "operator 1: active is true in the log, and false in the book"),
    _set("operators", 1, "created_at = created_at - interval '1 day'", "operator 1: created_at is"),
    Tampering("DELETE FROM operators WHERE id = 1", "operator 1 is in the log, and not in the book"),
]
PEOPLE = [
    Tampering(
        _copied("users", 1, id="99", email="'m@kist.test'", aadhaar_digest="'\\x" + "0f" * 32 + "'"),
        "user 99 is not in the log",
    ),
    Tampering("DELETE FROM users WHERE id = 2", "user 2 is in the log, and not in the book"),
    *(
        _set("users", 2, change, "user 2: identity differs between log and book")
        for change in (
            "email = 'mallory@kist.test'",
            "name = 'Mallory'",
            "phone = '9876543211'",
            "address = NULL",
            "annual_income = annual_income * 10",
            "aadhaar_digest = sha256('other')",
            "aadhaar_ciphertext = decode(repeat('07', 40), 'hex')",
            "aadhaar_last_four = '0000'",
            "aadhaar_keys = NULL",
            "is_active = FALSE",
            "consent_version = NULL, consented_at = NULL",
            "consented_at = consented_at - interval '1 day'",
            "created_at = created_at - interval '1 day'",
        )
    ),
    _set("users", 3, "is_active = TRUE, erased_at = NULL", "user 3: identity differs between log and book"),
    _set("users", 3, "erased_at = erased_at - interval '1 day'", "user 3: identity differs between log and book"),
    _set(
        "users",
        3,
        "is_active = TRUE, erased_at = NULL, password_hash = 'mine'",
        "password of user 3: password differs between log and book",
    ),
    _set("users", 2, "password_hash = 'mine'", "password of user 2: password differs between log and book"),
    _set("users", 2, "password_hash = NULL", "password of user 2: password differs between log and book"),
]
RAISED = "UPDATE users SET credit_score = 900 WHERE id = 1"
NEWER = _copied("credit_assessments", 1, id="99", score="900", assessed_at="now()")
SCORES = [
    Tampering(RAISED, "user 1: credit_score is 900"),
    _set("users", 1, "credit_scored_at = credit_scored_at - interval '1 day'", "user 1: credit_score is"),
    Tampering(
        f"{RAISED}; UPDATE credit_assessments SET score = 900 WHERE user_id = 1",
        "score is 690 in the log, and 900 in the book",
    ),
    Tampering(
        f"{NEWER}; UPDATE users SET credit_score = 900, credit_scored_at = now() WHERE id = 1",
        "assessment 99 is not in the log",
    ),
    Tampering("DELETE FROM credit_assessments WHERE user_id = 1", "assessment 1 is in the log, and not in the book"),
    _set("credit_assessments", 1, "user_id = 2", "assessment 1: user is 1 in the log, and 2 in the book"),
    _set("credit_assessments", 1, "assessed_at = assessed_at - interval '1 day'", "assessment 1: assessed_at is"),
    Tampering(
        "INSERT INTO transactions (aadhaar_digest, occurred_on, kind, amount, ordinal)"
        " SELECT aadhaar_digest, '2025-01-01', 'CREDIT', 900000, 1 FROM users WHERE id = 1",
        "user 1: the book has 3 transactions with credits of",
    ),
    Tampering(
        "UPDATE transactions SET amount = amount * 2 WHERE amount > 100", "user 1: the book has 2 transactions with"
    ),
    Tampering(
        "UPDATE transactions SET kind = 'CREDIT' WHERE kind = 'DEBIT'", "user 1: the book has 2 transactions with"
    ),
    Tampering("DELETE FROM transactions WHERE kind = 'DEBIT'", "user 1: the book has 1 transactions with credits of"),
    Tampering("UPDATE import_parts SET rows_added = rows_added + 1", "import 1 is 1 added"),
    Tampering("DELETE FROM import_parts; DELETE FROM imports", "import 1 is 1 added, 0 there in the log"),
]
# The second loan, at 24 %, has no event after its disbursal.
FREE = (
    "UPDATE loans SET interest_rate = 0, daily_rate = 0, emi = round(amount / loan_term, 2)"
    " WHERE id = (SELECT max(id) FROM loans)"
)
LOANS = [
    Tampering(FREE, "interest_rate is 24.000 in the log, and 0.000 in the book"),
    _set("loans", 2, "minimum_due_rate = 0", "loan 2: minimum_due_rate is 3.000 in the log, and 0.000 in the book"),
    _set("loans", 2, "due_days = 29", "loan 2: due_days is 15 in the log, and 29 in the book"),
    _set("loans", 2, "user_id = 2", "loan 2: user is 1 in the log, and 2 in the book"),
    _set("loans", 2, "application_id = 3", "loan 2: application is 2 in the log, and 3 in the book"),
    _set("loans", 2, "created_at = created_at - interval '1 day'", "loan 2: created_at is"),
    _set(
        *("loans", 2, "disbursed_on = disbursed_on + 5, accrued_through = accrued_through + 5"),
        "loan 2: disbursed_on is 2026-01-31 in the log, and 2026-02-05 in the book",
    ),
    _set("loans", 2, "cycle_days = 60, next_billing_on = disbursed_on + 60", "loan 2: cycle_days is 30 in the log"),
    Tampering("DELETE FROM loans WHERE id = 2", "loan 2 is in the log, and not in the book"),
]
APPLICATIONS = [
    _set("loan_applications", 3, "amount = 100", "application 3: amount is 9000000.00 in the log, and 100.00"),
    _set("loan_applications", 3, "decision = 'APPROVED', reasons = '{}'", "application 3: decision is REFUSED in"),
    _set("loan_applications", 3, "reasons = '{INCOME_TOO_LOW}'", 'application 3: reasons is ["AMOUNT_TOO_HIGH"] in'),
    _set("loan_applications", 1, "credit_score = 450", "application 1: credit_score is 690 in the log, and 450"),
    _set("loan_applications", 1, "annual_income = 150000", "application 1: annual_income is 600000.00 in the log"),
    _set("loan_applications", 1, "interest_rate = 36", "application 1: interest_rate is 10.500 in the log"),
    _set("loan_applications", 1, "loan_term = 60", "application 1: loan_term is 12 in the log, and 60 in the book"),
    _set("loan_applications", 1, "request_id = 'other'", "application 1: request_id is null in the log, and other in"),
    _set("loan_applications", 1, "decided_on = '2025-01-01'", "application 1: decided_on is 2026-01-01 in the log"),
    _set("loan_applications", 1, "user_id = 2", "application 1: user is 1 in the log, and 2 in the book"),
    _set("loan_applications", 1, "created_at = now()", "application 1: created_at is"),
    Tampering(_copied("loan_applications", 1, id="99"), "application 99 is not in the log"),
    Tampering("DELETE FROM loan_applications WHERE id = 3", "application 3 is in the log, and not in the book"),
]
PAYMENTS = [
    _set(
        "payments",
        1,
        "transaction_id = 'other'",
        "payment 1: transaction_id is first in the log, and other",
    ),
    _set("payments", 1, "transaction_id_given = FALSE", "payment 1: transaction_id_given is true in the log"),
    _set(
        *("payments", 2, "taken_by_id = NULL, mode = NULL, reference = NULL"),
        "taken_by is 1 in the log, and null in the book",
    ),
    _set("payments", 1, "taken_by_id = 1", "payment 1: taken_by is null in the log, and 1 in the book"),
    _set("payments", 1, "created_at = created_at - interval '1 hour'", "payment 1: created_at is"),
    _set("payments", 2, "paid_on = '2026-01-30'", "payment 2: paid_on is 2026-01-31 in the log, and 2026-01-30"),
    _set("payments", 1, "user_id = 2", "payment 1: user is 1 in the log, and 2 in the book"),
    _set("payments", 2, "mode = 'CASH'", "payment 2: mode is UPI in the log, and CASH in the book"),
    _set("payments", 2, "reference = NULL", "payment 2: reference is 612345678901 in the log, and null in the book"),
    _set("payments", 1, "emi_after = 1", "payment 1: emi_after is"),
    Tampering(_copied("payments", 1, id="99", sequence="9", transaction_id="'other'"), "payment 99 is not in the log"),
    Tampering("DELETE FROM payments WHERE id = 2", "payment 2 is in the log, and not in the book"),
]
THE_REST = [
    _set("billing_chunks", 1, "bills_issued = 0", "chunk of billing run 1 from loan 1 is to loan 1, 1 loans, 1 bills"),
    Tampering("DELETE FROM billing_chunks", "is to loan 1, 1 loans, 1 bills, interest 435.00 in the log"),
    _set("billing_runs", 1, "as_of = '2026-01-30'", "billing run 1 is DONE of 2026-01-31"),
    _set("billing_runs", 1, "status = 'FAILED'", "billing run 1 is DONE of 2026-01-31"),
    Tampering("UPDATE business_date SET date = '2026-01-02'", "the business date is 2026-01-31 in the log"),
    _set("bills", 1, "due_date = due_date + 30", "bill 1 due_date is"),
    Tampering("UPDATE bills SET interest_paid = 0 WHERE id = 1", "bill 1 interest_paid is"),
    Tampering("DELETE FROM allocations WHERE payment_id = 1", "event 2 allocation"),
    Tampering("UPDATE ledger_entries SET amount = amount + 1 WHERE id = 1", "ledger of the disbursal"),
    Tampering("DELETE FROM audit_entries WHERE event = 'PERSON_READ'", "is missing"),
    Tampering("UPDATE audit_entries SET actor_id = 7 WHERE event = 'PERSON_READ'", "was changed after it was written"),
]
TAMPERINGS = [*OPERATORS, *PEOPLE, *SCORES, *LOANS, *APPLICATIONS, *PAYMENTS, *THE_REST]


@pytest.fixture
async def book(client: Client, memory: Settings, tmp_path: Path) -> Settings:
    """A borrower with two loans, one of them billed and paid; one with a password; an erased one; an import."""
    borrower, operator = await registered(client), await operating(client)
    await client.ask(REGISTER, input=PERSON)
    left = await client.ask(REGISTER, input=PERSON | {"email": "left@kist.test", "aadhaarId": "234123412348"})
    await client.signed_in(left["accessToken"]).ask(DELETE, password=PASSWORD)
    file = tmp_path / "history.csv"
    file.write_text("aadhaar_id,date,transaction_type,amount\n234123412346,2025-01-01,DEBIT,5\n")
    await run.import_file(file, memory, rejects=tmp_path / "rejects.csv")
    loan = await lent(borrower)
    await on(operator, "2026-01-31")
    await billed("2026-01-31")
    await borrower.ask(PAY, input={"loanId": loan, "amount": "4406.03", "transactionId": "first"})
    transfer = {"mode": "UPI", "reference": "612345678901"}
    await operator.ask(PAY, input={"loanId": loan, "amount": "100", **transfer})
    await borrower.ask(UPDATE, input={"phone": "9876543210", "annualIncome": "700000"})
    await lent(borrower, "20000", rate="24")
    await borrower.codes(APPLY, input={"amount": "9000000", "loanTerm": 12, "interestRate": "10.5"})
    await operator.ask("query ($id: ID!) { loan(id: $id) { id } }", id=loan)
    return memory


async def _found() -> list[str]:
    """The output of `verify` and `verify --audit`."""
    return [*(str(one) for one in await verification.verify()), *(await audit_verification.verify()).faults]


async def test_every_tampering_is_named(book: Settings) -> None:
    assert len(TAMPERINGS) > 60
    assert await _found() == []
    tables = [row[0] for row in await database.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    await unguarded(book, "CREATE SCHEMA kept")
    await unguarded(book, ";".join(f"CREATE TABLE kept.{table} AS TABLE public.{table}" for table in tables))
    restored = ";".join(f"DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept.{table}" for table in tables)
    unnamed = {}
    for tampering in TAMPERINGS:
        try:
            await unguarded(book, tampering.statement)
            found = await _found()
        except asyncpg.PostgresError as error:
            found = [str(error)]
        if not any(tampering.named in line for line in found):
            unnamed[tampering] = found
        await unguarded(book, restored)
    assert unnamed == {}
    assert await _found() == []


# The columns of a row that no entry contains, with the reason.
STANDING = {
    *("principal_balance", "interest_due", "accrued_interest", "accrued_through", "cycles_billed", "past_due"),
    *("installment_due", "minimum_due", "oldest_due_on", "next_billing_on", "closed_on", "emi"),
    *("last_cycle", "credit", "due_again_on", "status", "sequence", "special"),
}
NOT_TOLD = {
    "users": {"id", "credit_score", "credit_scored_at"},  # compared with the newest assessment
    "operators": {"id"},
    "payments": {"id", "loan_id", "user_id", "charges", "charge_parts"},  # columns of the entry; replayed
    "loan_events": {"loan_id", "counts"},  # a column of the entry; replayed from the other events
    "loans": {"id", "user_id", *STANDING},  # replayed from the terms and payments
    "loan_applications": {"user_id", "problems"},  # the words of the reported reasons
    "credit_assessments": {"user_id"},
}
TOLD = {
    "users": {**audit_facts.PERSON, **audit_facts.PASSWORD},
    "operators": audit_facts.OPERATOR,
    "payments": audit_facts.PAYMENT,
    "loan_events": audit_facts.LOAN_EVENT,
    "loans": audit_facts.LOAN,
    "loan_applications": audit_facts.APPLICATION,
    "credit_assessments": audit_facts.ASSESSMENT,
}


@pytest.mark.parametrize("table", TOLD)
async def test_every_column_is_told_or_has_a_reason_not_to_be(memory: Settings, table: str) -> None:
    expressions = " ".join(TOLD[table].values())
    columns = await database.fetch("SELECT column_name FROM information_schema.columns WHERE table_name = $1", table)
    untold = {row[0] for row in columns if not re.search(rf"\{{row\}}\.{row[0]}\b", expressions)}
    assert untold == NOT_TOLD[table] - ({"id"} if "{row}.id" in expressions else set())


async def test_a_tampered_number_in_an_entry_is_named_and_breaks_nothing(book: Settings) -> None:
    assert await _found() == []
    for event in ("LOAN_DECIDED", "SCORED", "CHUNK_BILLED", "LOG_EXTENDED", "IMPORT_FINISHED"):
        changed = '\'{"application":"x","assessment":{},"run":[],"users":"many"}\''
        await unguarded(book, f"UPDATE audit_entries SET details = {changed} WHERE event = '{event}'")
    assert "application 1 is not in the log" in await _found()


async def test_a_difference_is_found_on_every_page(book: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from models import audit_money, audit_sums

    monkeypatch.setattr(audit_money, "PAGE", 1)
    monkeypatch.setattr(audit_sums, "PAGE", 1)
    assert await _found() == []
    await unguarded(book, "UPDATE payments SET transaction_id = 'x' || id; UPDATE users SET name = 'Mallory'")
    found = [line.split(":")[0] for line in (await audit_verification.verify()).faults]
    assert found == ["payment 1", "payment 2", "user 1", "user 2", "user 3"]
