"""A book of any size is made by simulating a few lives with the rules and copying them with one statement per table.

A loan, its application and its borrower have the same id. The rows of a loan have ids from a range of their own, in
the order of its events. Every borrower has a session.
"""

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from bench import environment, lives, measure
from bench.environment import DAY
from models import database, loan_columns
from models.users import LOST
from rules.events import Paid
from rules.loan import Bill
from rules.verify import History, StoredPayment
from settings import Settings

# Loans made in one transaction: enough to spread a statement's fixed cost, few enough for the progress bar to move.
_LOANS_AT_ONCE = 20_000

# Ids reserved in each table for the rows of one loan: more than the longest life has.
_IDS = 4096

# Apart from the ids, the copies of a life do not differ.
_LIFE_TABLES = """
CREATE TEMP TABLE life_loans AS SELECT 0 AS life, * FROM loans WHERE false;
CREATE TEMP TABLE life_bills AS SELECT 0 AS life, * FROM bills WHERE false;
CREATE TEMP TABLE life_payments AS SELECT 0 AS life, * FROM payments WHERE false;
CREATE TEMP TABLE life_allocations AS SELECT 0 AS life, * FROM allocations WHERE false;
CREATE TEMP TABLE life_entries AS SELECT 0 AS life, * FROM ledger_entries WHERE false;
"""

# The Aadhaar numbers are random bytes that no key decrypts, so the rows are marked as `LOST`.
_BORROWERS = f"""
INSERT INTO users (id, name, email, aadhaar_digest, aadhaar_ciphertext, aadhaar_last_four, annual_income,
    credit_score, credit_scored_at, aadhaar_keys)
SELECT i, 'Borrower ' || i, 'borrower.' || i || '@kist.test', sha256(int8send(i)),
    substring(sha512(int8send(i)) FOR 40), lpad((i % 10000)::text, 4, '0'), 600000, 700, now(), '{LOST}'
FROM generate_series($1::bigint, $2::bigint) AS i
"""
_SESSIONS = """
INSERT INTO refresh_tokens (family, user_id, token_hash, expires_at)
SELECT lpad(i::text, 32, '0')::uuid, i, sha256('token'::bytea || int8send(i)), now() + interval '30 days'
FROM generate_series($1::bigint, $2::bigint) AS i
"""
_APPLICATIONS = """
INSERT INTO loan_applications (id, user_id, amount, loan_term, interest_rate, decision, reasons, credit_score,
    annual_income, decided_on)
SELECT i, i, l.amount, l.loan_term, l.interest_rate, 'APPROVED', '{}', 700, 600000, l.disbursed_on
FROM generate_series($1::bigint, $2::bigint) AS i JOIN life_loans l ON l.life = i % $3
"""

_LOAN = ", ".join(("sequence", "next_billing_on", *loan_columns.TERMS_AND_STANDING))
_BILL = ", ".join(Bill._fields)
_PAYMENT = ", ".join(("sequence", "paid_on", "amount", *StoredPayment._fields))
_ENTRY = "posted_on, event, debit, credit, amount"

_COPIES = (
    _BORROWERS,
    _SESSIONS,
    _APPLICATIONS,
    f"INSERT INTO loans (id, user_id, application_id, {_LOAN}) SELECT i, i, i, {_LOAN}"
    " FROM generate_series($1::bigint, $2::bigint) AS i JOIN life_loans l ON l.life = i % $3",
    f"INSERT INTO bills (id, loan_id, {_BILL}) SELECT i * {_IDS} + l.id, i, {_BILL}"
    " FROM generate_series($1::bigint, $2::bigint) AS i JOIN life_bills l ON l.life = i % $3 ORDER BY i, l.id",
    f"INSERT INTO payments (id, loan_id, user_id, transaction_id, transaction_id_given, {_PAYMENT})"
    f" SELECT i * {_IDS} + l.id, i, i, 'past-' || l.id, true, {_PAYMENT}"
    " FROM generate_series($1::bigint, $2::bigint) AS i JOIN life_payments l ON l.life = i % $3 ORDER BY i, l.id",
    f"INSERT INTO allocations (id, payment_id, bill_id, interest, principal) SELECT i * {_IDS} + l.id,"
    f" i * {_IDS} + l.payment_id, i * {_IDS} + l.bill_id, interest, principal"
    " FROM generate_series($1::bigint, $2::bigint) AS i JOIN life_allocations l ON l.life = i % $3",
    f"INSERT INTO ledger_entries (id, loan_id, bill_id, payment_id, {_ENTRY}) SELECT i * {_IDS} + l.id, i,"
    f" i * {_IDS} + l.bill_id, i * {_IDS} + l.payment_id, {_ENTRY}"
    " FROM generate_series($1::bigint, $2::bigint) AS i JOIN life_entries l ON l.life = i % $3 ORDER BY i, l.id",
)
_COUNTED = (
    "users",
    "refresh_tokens",
    "loan_applications",
    "loans",
    "bills",
    "payments",
    "allocations",
    "ledger_entries",
)


def due() -> list[History]:
    """Return loans with different terms, disbursed a cycle ago: all are due for their first bill on `DAY`."""
    terms = itertools.product(
        range(10_000, 50_001, 2_500), ("9.750", "10.500", "14.250", "21.900"), (6, 12, 24, 36, 60)
    )
    disbursed_on = DAY - timedelta(days=lives.CYCLE_DAYS)
    return [lives.fresh(Decimal(f"{amount}.00"), Decimal(rate), term, disbursed_on) for amount, rate, term in terms]


async def make(settings: Settings, loans: int, lived: Sequence[History], *, after: int = 0) -> None:
    """Make `loans` loans with ids from `after` + 1. They copy the lives in turn."""
    async with environment.connection(settings) as connection:
        # The rows are consistent, and foreign keys would be checked row by row. pg_restore can disable them too.
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(_LIFE_TABLES)
        for life, history in enumerate(lived):
            await _copy_life(connection, life, history)
        for name in ("loans", "bills", "payments", "allocations", "entries"):
            await connection.execute(f"ANALYZE life_{name}")
        starts = range(after + 1, after + loans + 1, _LOANS_AT_ONCE)
        for first in measure.steps(starts, f"making a book of {loans:,} loans"):
            span = first, min(first + _LOANS_AT_ONCE - 1, after + loans)
            async with connection.transaction():
                for copy in _COPIES:
                    await connection.execute(copy, *span, *([len(lived)] if "$3" in copy else []))
        for table in _COUNTED:
            await connection.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 1) FROM {table}))"
            )


async def _copy_life(connection: database.Connection, life: int, history: History) -> None:
    async def copy(name: str, columns: str, rows: Iterator[tuple[object, ...]]) -> None:
        await connection.copy_records_to_table(f"life_{name}", records=rows, columns=["life", *columns.split(", ")])

    loan = history.loan
    paid = [
        (event.sequence, event.sequence, event.effective_on, event.act.amount, *history.payments[event.sequence])
        for event in history.events
        if isinstance(event.act, Paid)
    ]
    parts = enumerate(((number, part) for number, of in history.allocations.items() for part in of), 1)
    entries = enumerate(
        (
            (source, day, entry)
            for source, of in history.entries.items()
            for day in of.effective_on
            for entry in of.entries
        ),
        1,
    )
    values = (*loan_columns.terms_values(loan.terms), *loan_columns.standing_values(loan.standing))
    await copy("loans", _LOAN, iter([(life, loan.sequence, loan.next_billing_on, *values)]))
    await copy("bills", f"id, {_BILL}", ((life, bill.cycle, *bill) for bill in history.bills.values()))
    await copy("payments", f"id, {_PAYMENT}", ((life, *row) for row in paid))
    await copy(
        "allocations",
        "id, payment_id, bill_id, interest, principal",
        ((life, place, number, *part) for place, (number, part) in parts),
    )
    await copy(
        "entries",
        f"id, bill_id, payment_id, {_ENTRY}",
        (
            (life, place, source.cycle or None, source.sequence if source.sequence > 1 else None, day, *entry)
            for place, (source, day, entry) in entries
        ),
    )


def family(user_id: int) -> UUID:
    """Return the family of a borrower's session."""
    return UUID(f"{user_id:032}")


def digest(user_id: int) -> bytes:
    """Return a borrower's Aadhaar digest, which no number has."""
    return hashlib.sha256(user_id.to_bytes(8, "big")).digest()
