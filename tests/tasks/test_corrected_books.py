"""Verification names every change past kist in the rows that a correction leaves: versions, former parts, marks."""

import pytest

from models import database
from settings import Settings
from tasks import audit_verification, verification
from tests.builders import PAY, Client, billed, lent, on
from tests.tasks.loan_rows import unguarded

OPERATE = "mutation ($input: OperateInput!) { operate(input: $input) { __typename } }"

# A statement, and the beginnings of what is reported. Bill 3 has three versions, and event 3 is the bounced payment.
TAMPERINGS = {
    "UPDATE bills SET interest = interest + 1 WHERE known_until IS NOT NULL AND cycle = 3 AND known_from IS NULL": [
        "loan 1: version 1 of bill 3 interest"
    ],
    "UPDATE bills SET due_date = due_date + 1 WHERE known_until IS NOT NULL AND known_from IS NOT NULL": [
        "loan 1: version 2 of bill 3 due_date"
    ],
    "UPDATE bills SET known_until = known_until + interval '1 ms' WHERE known_until IS NOT NULL AND known_from IS NULL"
    " AND cycle = 3": ["loan 1: the versions of bill 3"],
    "UPDATE bills SET known_from = known_from - interval '1 ms' WHERE known_until IS NULL AND cycle = 3": [
        "loan 1: the versions of bill 3"
    ],
    "DELETE FROM bills WHERE known_until IS NOT NULL": ["loan 1: the versions of bill 3"],
    "INSERT INTO bills (loan_id, cycle, billing_date, due_date, principal_balance, interest, minimum_due, installment,"
    " past_due, created_at, known_until) SELECT loan_id, cycle, billing_date, due_date, principal_balance, 1,"
    " minimum_due, installment, past_due, created_at, now() FROM bills WHERE loan_id = 2 AND cycle = 1": [
        "loan 2: the versions of bill 1"
    ],
    "UPDATE allocations SET known_until = NULL WHERE id = (SELECT max(id) FROM allocations WHERE payment_id = 2)": [
        "loan 1: event 3 allocation to"
    ],
    "UPDATE allocations SET known_until = now() WHERE payment_id = 1": ["loan 1: event 2 allocation to bill 1"],
    "UPDATE loan_events SET counts = FALSE WHERE sequence = 6": ["loan 1: event 6 is reversed"],
    "UPDATE payments SET reversed_on = NULL WHERE id = 2": [
        "the book: the balance of CASH",
        "loan 1: event 3 is reversed",
    ],
    "UPDATE payments SET reversed_on = '2026-04-03' WHERE id = 1": [
        "the book: the balance of CASH",
        "loan 1: event 2 is reversed",
    ],
    "UPDATE payments SET reversed_on = reversed_on - 1 WHERE id = 2": ["payment 2: reversed_on is"],
    "UPDATE loan_events SET due_again = '{2}' WHERE sequence = 4": ["loan 1: due_again_on"],
    "UPDATE loans SET due_again_on = '2026-06-01' WHERE id = 1": ["loan 1: due_again_on"],
}


@pytest.fixture
async def book(borrower: Client, operator: Client, memory: Settings) -> Settings:
    """A loan with a cheque that bounces, then counts, then bounces again; and a loan without corrections."""
    loans = [await lent(borrower) for _ in range(2)]
    for day, amount in (("2026-02-10", "1000.00"), ("2026-03-12", "6000.00")):
        await on(operator, day)
        await billed(day)
        await borrower.ask(PAY, input={"loanId": loans[0], "amount": amount})
    await on(operator, "2026-04-03")
    await billed("2026-04-03")
    for number, (sequence, cause) in enumerate(((3, "BOUNCED"), (4, "ERROR"), (3, "BOUNCED"))):
        reverse = {"eventId": f"{loans[0]}-{sequence}", "cause": cause}
        sent = {"loanId": loans[0], "requestId": str(number), "reason": "r", "operation": {"reverse": reverse}}
        assert (await operator.ask(OPERATE, input=sent))["__typename"] == "Change"
    return memory


async def _found() -> list[str]:
    found = [str(one).partition(" is ") for one in await verification.verify()]
    return [*("".join(parts) for parts in found), *(await audit_verification.verify()).faults]


async def test_every_change_in_what_a_correction_leaves_is_named(book: Settings) -> None:
    assert await _found() == []
    tables = ("loans", "bills", "payments", "allocations", "loan_events")
    await unguarded(book, "CREATE SCHEMA kept")
    await unguarded(book, ";".join(f"CREATE TABLE kept.{table} AS TABLE public.{table}" for table in tables))
    restored = ";".join(f"DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept.{table}" for table in tables)
    wrong = {}
    for statement, named in TAMPERINGS.items():
        await unguarded(book, statement)
        found = await _found()
        if not all(any(line.startswith(name) for line in found) for name in named):
            wrong[statement] = found
        await unguarded(book, restored)
    assert wrong == {}
    assert await _found() == []


async def test_a_corrected_bill_has_as_many_versions_as_values(book: Settings) -> None:
    rows = await database.fetch("SELECT count(*) FROM bills WHERE cycle = 3 AND loan_id = 1")
    assert rows[0][0] == 4
