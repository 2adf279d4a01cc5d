"""The hot statements, as they are really sent, read by index what they need, however large the book is."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import asyncpg
from tortoise.connection import get_connections

from models import bills, database, due_loans, loans, payment_posting, payments, scores, statements, viewers
from models.payment_posting import PaymentRecord
from models.statements import Position
from rules import payments as rules
from rules.audit import WORKER
from rules.payments import Payer, PaymentOrder
from settings import Settings
from tests.servers import tamper

LOANS = 3000

# Table after table, as a year of business would leave them; what the numbers are does not matter to a plan.
_BOOK = (
    """
    INSERT INTO users (name, email, aadhaar_digest, aadhaar_ciphertext, aadhaar_last_four)
    SELECT 'Asha', n || '@kist.test', sha256(int8send(n)), sha256(int8send(n)) || '\\x0000000000000000'::bytea, '0000'
    FROM generate_series(1, $1::bigint) AS n
    """,
    """
    INSERT INTO transactions (aadhaar_digest, occurred_on, kind, amount, ordinal)
    SELECT sha256(int8send(n)), date '2025-01-01' + day, 'CREDIT', 100, 1
    FROM generate_series(1, $1::bigint) AS n, generate_series(1, 20) AS day
    """,
    """
    INSERT INTO loan_applications (user_id, amount, loan_term, interest_rate, decision, reasons, decided_on)
    SELECT n, 50000, 60, 10.5, 'APPROVED', '{}', '2025-01-01' FROM generate_series(1, $1::bigint) AS n
    """,
    """
    INSERT INTO loans (user_id, application_id, amount, interest_rate, daily_rate, loan_term, disbursed_on, cycle_days,
        due_days, minimum_due_rate, emi, principal_balance, interest_due, accrued_interest, accrued_through,
        cycles_billed, past_due, installment_due, minimum_due, next_billing_on)
    SELECT n, n, 50000, 10.5, 0.029, 60, '2025-01-01', 30, 15, 3, 1000, 50000, 0, 0, '2025-12-27', 12, 0, 0, 0,
        date '2026-01-26' + (n % 30)::int
    FROM generate_series(1, $1::bigint) AS n
    """,
    """
    INSERT INTO bills (loan_id, cycle, billing_date, due_date, principal_balance, interest, minimum_due, installment,
        past_due, interest_paid, principal_paid)
    SELECT n, cycle, date '2025-01-01' + 30 * cycle, date '2025-01-16' + 30 * cycle, 50000, 435, 1000, 1000, 0, 435, 565
    FROM generate_series(1, $1::bigint) AS n, generate_series(1, 12) AS cycle
    """,
    """
    INSERT INTO payments (loan_id, user_id, transaction_id, transaction_id_given, paid_on, amount, interest, principal,
        emi_before, emi_after)
    SELECT loan_id, loan_id, 'payment-' || id, true, due_date, 1000, 435, 565, 1000, 1000
    FROM bills WHERE loan_id <= $1
    """,
    """
    INSERT INTO allocations (payment_id, bill_id, interest, principal)
    SELECT payments.id, bills.id, 435, 565
    FROM payments JOIN bills ON payments.transaction_id = 'payment-' || bills.id WHERE bills.loan_id <= $1
    """,
    """
    INSERT INTO ledger_entries (loan_id, posted_on, event, debit, credit, amount, bill_id)
    SELECT loan_id, billing_date, 'BILL', 'INTEREST_RECEIVABLE', 'INTEREST_INCOME', interest, id
    FROM bills WHERE loan_id <= $1
    """,
    """
    INSERT INTO refresh_tokens (family, user_id, token_hash, expires_at)
    SELECT gen_random_uuid(), n, sha256(int8send(n)), now() + interval '1 day' FROM generate_series(1, $1::bigint) AS n
    """,
)
FAMILY = "00000000-0000-0000-0000-000000000000"


async def hot_statements() -> None:
    """Everything a payment, a statement, a chunk of billing and a score send."""
    await viewers.borrower(7, FAMILY)
    await viewers.operator(7, FAMILY)
    await scores.transaction_totals([7])
    await statements.read(7, owner_id=7)
    await statements.page(7, after=Position(3, 3), limit=21)
    await statements.count(7)
    await loans.find(8, owner_id=None)
    await loans.OF_BORROWERS.page([7, 8], after=0, limit=21)
    await bills.OF_LOANS.page([7, 8], after=0, limit=21)
    await payments.OF_LOANS.page([7, 8], after=0, limit=21)
    await payments.allocations_of([1, 2])
    await due_loans.lock(100, 400, date(2026, 1, 26))
    await payment_posting.lock(9)
    for transaction_id, amount in (("again", Decimal("100.00")), (None, Decimal("101.00"))):
        day = date(2026, 1, 1)
        account = await payment_posting.read(9, owner_id=9, transaction_id=transaction_id, paid_on=day, amount=amount)
        assert account is not None
        assert account.earlier is None
        receipt = PaymentRecord(9, 9, None, transaction_id or "made", transaction_id is not None, day, amount)
        applied = rules.apply(account.loan, account.unpaid, PaymentOrder(amount, day, Payer.BORROWER), today=day)
        assert await payment_posting.store(
            receipt, applied, account.loan.next_billing_on, version=account.version, by=WORKER
        )


async def test_no_hot_statement_reads_or_sorts_more_than_it_needs(memory: Settings) -> None:
    for table in _BOOK:
        await database.execute(table, LOANS)
    await tamper("VACUUM ANALYZE")
    heard: list[tuple[str, tuple[object, ...]]] = []
    async with database.transaction() as connection:
        listener = _listener(heard)
        connection.add_query_logger(listener)
        await hot_statements()
        connection.remove_query_logger(listener)
    explained = [query for query, _ in heard if query.lstrip().split()[0] in {"SELECT", "WITH", "INSERT", "UPDATE"}]
    assert len(explained) >= 16
    for query, values in heard:
        async with get_connections().get("default").acquire_connection() as connection:
            (text,) = await connection.fetchrow(f"EXPLAIN (FORMAT JSON) {query}", *values)
        faults = [fault for plan in json.loads(text) for fault in _faults(plan["Plan"])]
        assert faults == [], f"{faults} in {query}"


async def test_a_payment_without_an_id_is_looked_for_among_those_of_its_loan_date_and_amount(memory: Settings) -> None:
    for table in _BOOK:
        await database.execute(table, LOANS)
    # A loan of many payments, one of them on each day: none but those of the day and the amount are read.
    await database.execute(
        "INSERT INTO payments (loan_id, user_id, transaction_id, transaction_id_given, paid_on, amount, interest,"
        " principal, emi_before, emi_after) SELECT 9, 9, 'daily-' || n, n % 2 = 0, date '2026-01-01' + n, 1, 0, 1,"
        " 1000, 1000 FROM generate_series(1, 3000) AS n"
    )
    await database.execute("VACUUM ANALYZE")
    heard: list[tuple[str, tuple[object, ...]]] = []
    async with database.transaction() as connection:
        listener = _listener(heard)
        connection.add_query_logger(listener)
        account = await payment_posting.read(
            9, owner_id=9, transaction_id=None, paid_on=date(2026, 5, 1), amount=Decimal(1)
        )
        connection.remove_query_logger(listener)
    assert account is not None
    assert account.earlier is not None
    assert account.earlier.transaction_id == "daily-120"
    ((query, values),) = heard
    async with get_connections().get("default").acquire_connection() as connection:
        (text,) = await connection.fetchrow(f"EXPLAIN (FORMAT JSON) {query}", *values)
    assert "payments_same" in text
    assert [fault for plan in json.loads(text) for fault in _faults(plan["Plan"])] == []


def _listener(heard: list[tuple[str, tuple[object, ...]]]) -> Any:
    def listen(spoken: asyncpg.connection.LoggedQuery) -> None:
        if "typeinfo_tree" not in spoken.query:  # asyncpg's own, once for each connection
            heard.append((spoken.query, tuple(spoken.args)))

    return listen


# One row, whatever the book.
_TINY = {"business_date", "operators"}


def _faults(plan: dict[str, Any]) -> Iterator[str]:
    """The nodes of a plan that grow with the book, or with a loan's history beyond the requested part."""
    if plan["Node Type"] == "Seq Scan" and plan["Relation Name"] not in _TINY:
        yield f"a scan of all {plan['Relation Name']}"
    if "Sort" in plan["Node Type"] and plan["Plan Rows"] > 100:
        yield f"a sort of {plan['Plan Rows']} rows"
    if "Index" in plan["Node Type"] and "Index Cond" not in plan and "Relation Name" in plan:
        yield f"all of the index {plan['Index Name']}"
    for part in plan.get("Plans", ()):
        yield from _faults(part)
