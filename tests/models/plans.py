"""A book of some size, and the plans that PostgreSQL has for the statements that are sent to it."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import asyncpg

from models import (
    bills,
    database,
    due_loans,
    loans,
    outcomes,
    payment_posting,
    payments,
    reads,
    scores,
    statement_pages,
    statements,
    viewers,
)
from models.outcomes import TakenPayment
from models.payment_posting import PaymentRecord
from models.statement_pages import Position
from rules import payments as rules
from rules.audit import WORKER
from rules.loan import Loan
from rules.payments import Payer, PaymentOrder
from tests.servers import tamper

# Enough for PostgreSQL to prefer an index wherever a statement has one.
LOANS = 1000

# Table after table, as a year of business would leave them; what the numbers are does not matter to a plan.
BOOK = (
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
    INSERT INTO credit_assessments (user_id, score, balance, credit_total, debit_total, transaction_count)
    SELECT n, 700, 2000, 2000, 0, 20 FROM generate_series(1, $1::bigint) AS n
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
    INSERT INTO loan_heads (loan_id, sequence, head, published_on)
    SELECT id, 1, sha256(int8send(id)), '2025-01-01' FROM loans WHERE $1::bigint > 0
    """,
    """
    INSERT INTO operators (email, password_hash) SELECT 'operator@kist.test', '-' WHERE $1::bigint > 0
    """,
    """
    INSERT INTO loan_events (loan_id, sequence, kind, effective_on, recorded_on, reverses, cause, reason, request_id,
        operator_id)
    SELECT n, 9999, 'REVERSAL', date '2025-02-15', date '2025-03-01', 2, 'BOUNCED', 'returned', 'bounce-' || n,
        operators.id
    FROM generate_series(1, $1::bigint) AS n, operators
    """,
    """
    INSERT INTO class_changes (loan_id, changed_on, asset_class, known_from)
    SELECT n, date '2025-01-16' + 30 * late, CASE late % 2 WHEN 0 THEN 'STANDARD' ELSE 'SMA_0' END, now()
    FROM generate_series(1, $1::bigint) AS n, generate_series(1, 6) AS late
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
    for first in (
        statements.reading(7, owner_id=7),
        payment_posting.reading(9, owner_id=9, transaction_id="again", paid_on=None, amount=Decimal(1)),
        payment_posting.reading(9, owner_id=9, transaction_id=None, paid_on=date(2026, 1, 1), amount=Decimal(1)),
    ):
        await viewers.borrower(7, FAMILY, first)
    await scores.transaction_totals([7])
    await reads.run(statements.reading(7, owner_id=7))
    await statement_pages.page(7, after=Position(date(2025, 4, 16), 3, 3), limit=21)
    await statement_pages.count(7)
    await loans.find(8, owner_id=None)
    await loans.OF_BORROWERS.page([7, 8], after=0, limit=21)
    await bills.OF_LOANS.page([7, 8], after=0, limit=21)
    await payments.OF_LOANS.page([7, 8], after=0, limit=21)
    await payments.OF_LOANS.count([7, 8])
    await payments.allocations_of([1, 2])
    await due_loans.lock(100, 400, date(2026, 1, 26))
    await payment_posting.lock(9)
    for transaction_id, amount in (("again", Decimal("100.00")), (None, Decimal("101.00"))):
        day = date(2026, 1, 1)
        account = await reads.run(
            payment_posting.reading(9, owner_id=9, transaction_id=transaction_id, paid_on=day, amount=amount)
        )
        assert account is not None
        assert account.earlier is None
        receipt = PaymentRecord(9, 9, None, transaction_id or "made", transaction_id is not None, day, amount, day)
        applied = rules.take(Loan.of(account.loan), PaymentOrder(amount, day, Payer.BORROWER), today=day)
        assert await outcomes.store(account.loan.terms, account.version, TakenPayment(receipt, applied), WORKER)


class Explained(NamedTuple):
    """A statement that was sent, and its plan."""

    query: str
    plan: dict[str, Any]


async def fill() -> None:
    """Make the book, and let the planner know of it."""
    for table in BOOK:
        await database.execute(table, LOANS)
    await tamper("VACUUM ANALYZE")


async def explained(
    work: Callable[[], Awaitable[object]],
    begin: Callable[[], AbstractAsyncContextManager[object]] = database.transaction,
) -> list[Explained]:
    """The plans of every query that some work sends, in its own transaction, before its temporary tables are gone."""
    heard: list[tuple[str, tuple[object, ...]]] = []

    def listen(sent: asyncpg.connection.LoggedQuery) -> None:
        if sent.query.lstrip().split()[0] in {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE"}:
            heard.append((sent.query, tuple(sent.args)))

    async with begin():
        async with database.connection() as connection:
            pass  # the transaction's own, which lends it to one statement at a time
        connection.add_query_logger(listen)
        await work()
        await asyncio.sleep(0)  # asyncpg calls a logger in the next turn of the event loop
        connection.remove_query_logger(listen)
        plans = []
        for query, values in heard:
            if "typeinfo_tree" in query:  # asyncpg's own, once for each connection
                continue
            text = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {query}", *values)
            plans += [Explained(query, plan["Plan"]) for plan in json.loads(text)]
        return plans


# A few rows, however large the book is.
_SMALL = {"business_date", "operators", "imports", "import_parts", "import_repeats", "billing_runs", "billing_chunks"}


def faults(plan: dict[str, Any]) -> Iterator[str]:
    """The parts of a plan that grow with the book, or with a loan's history, beyond what is asked for."""
    if plan["Node Type"] == "Seq Scan" and plan["Relation Name"] not in _SMALL:
        yield f"a scan of all {plan['Relation Name']}"
    if "Sort" in plan["Node Type"] and plan["Plan Rows"] > 100:
        yield f"a sort of {plan['Plan Rows']} rows"
    if "Index" in plan["Node Type"] and "Index Cond" not in plan and "Relation Name" in plan:
        yield f"all of the index {plan['Index Name']}"
    for part in plan.get("Plans", ()):
        yield from faults(part)


def repeated_scans(plan: dict[str, Any], *, repeated: bool = False) -> Iterator[str]:
    """The tables of which a plan reads all rows again for each of other rows."""
    if (
        repeated
        and plan["Node Type"] == "Seq Scan"
        and plan["Relation Name"] not in _SMALL | {"staged", "lost", "standings"}
    ):
        yield f"{plan['Relation Name']}, again and again"
    for part in plan.get("Plans", ()):
        inner = plan["Node Type"] == "Nested Loop" and part.get("Parent Relationship") == "Inner"
        # A subplan without parameters is hashed, and an inner side that is materialized is read once.
        yield from repeated_scans(part, repeated=(repeated or inner) and part["Node Type"] != "Materialize")
