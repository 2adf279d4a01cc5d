"""The book as it stands at one moment, read in ranges of loans: what its verification compares."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from models import database, snapshots
from rules import ledger
from rules.ledger import Account
from rules.payments import Allocation
from rules.replay import History, Source, StoredBill, StoredEntry, StoredLoan, StoredPayment


async def hold_still() -> int:
    """Give the transaction that has just begun one snapshot of the book. Returns the number of loans."""
    await snapshots.begin()
    row = await database.fetch_one("SELECT count(*) FROM loans")
    assert row is not None
    return int(row["count"])


# The columns of each statement are the fields of its row in `rules.replay`, in their order, after the loan's id.
_LOANS = """
SELECT id, amount, interest_rate, daily_rate, loan_term, disbursed_on, cycle_days, due_days, minimum_due_rate,
    emi, principal_balance, interest_due, accrued_interest, accrued_through, cycles_billed, past_due,
    installment_due, minimum_due, oldest_due_on, closed_on, next_billing_on
FROM loans WHERE id > $1 ORDER BY id LIMIT $2
"""
_BILLS = """
SELECT loan_id, id, cycle, billing_date, due_date, principal_balance, interest, minimum_due, installment, past_due,
    interest_paid, principal_paid
FROM bills WHERE loan_id BETWEEN $1 AND $2
"""
# A loan's payments are taken one after the other, its row being held: their ids tell their order.
_PAYMENTS = """
SELECT loan_id, id, paid_on, amount, interest, principal, emi_before, emi_after
FROM payments WHERE loan_id BETWEEN $1 AND $2 ORDER BY loan_id, id
"""
_ALLOCATIONS = """
SELECT p.loan_id, a.payment_id, a.bill_id, a.interest, a.principal
FROM payments p JOIN allocations a ON a.payment_id = p.id WHERE p.loan_id BETWEEN $1 AND $2
"""
_ENTRIES = """
SELECT loan_id, bill_id, payment_id, posted_on, event, debit, credit, amount
FROM ledger_entries WHERE loan_id BETWEEN $1 AND $2 ORDER BY loan_id, id
"""


async def after(loan_id: int, limit: int) -> list[History]:
    """The histories of the first `limit` loans after an id, in five statements, however many."""
    loans = [StoredLoan._make(row) for row in await database.fetch(_LOANS, loan_id, limit)]
    if not loans:
        return []
    span = loans[0].id, loans[-1].id
    bills: dict[int, dict[int, StoredBill]] = defaultdict(dict)
    payments: dict[int, list[StoredPayment]] = defaultdict(list)
    allocations: dict[int, dict[int, list[Allocation]]] = defaultdict(dict)
    entries: dict[int, dict[Source, list[StoredEntry]]] = defaultdict(dict)
    cycles: dict[tuple[int, int], int] = {}
    for owner, bill_id, *columns in await database.fetch(_BILLS, *span):
        bill = StoredBill._make(columns)
        bills[owner][bill.cycle] = bill
        cycles[owner, bill_id] = bill.cycle
    for owner, *columns in await database.fetch(_PAYMENTS, *span):
        payments[owner].append(StoredPayment._make(columns))
    for owner, payment_id, bill_id, interest, principal in await database.fetch(_ALLOCATIONS, *span):
        cycle = None if bill_id is None else cycles.get((owner, bill_id), -bill_id)
        allocations[owner].setdefault(payment_id, []).append(Allocation(cycle, interest, principal))
    for owner, bill_id, payment_id, *columns in await database.fetch(_ENTRIES, *span):
        cycle = 0 if bill_id is None else cycles.get((owner, bill_id), -bill_id)
        entries[owner].setdefault(Source(cycle, payment_id or 0), []).append(StoredEntry._make(columns))
    return [History(loan, bills[loan.id], payments[loan.id], allocations[loan.id], entries[loan.id]) for loan in loans]


# Rows are summed by their pair of accounts: one pass over the ledger, whatever its length.
_LEDGER = "SELECT debit, credit, sum(amount) FROM ledger_entries GROUP BY debit, credit"
_BALANCES = """
SELECT coalesce((SELECT sum(amount) FROM payments), 0) - coalesce(sum(amount), 0) AS "CASH",
    coalesce(sum(principal_balance), 0) AS "PRINCIPAL",
    coalesce(sum(interest_due), 0) AS "INTEREST_RECEIVABLE",
    - coalesce((SELECT sum(interest) FROM bills), 0)
    - coalesce((SELECT sum(interest) FROM allocations WHERE bill_id IS NULL), 0) AS "INTEREST_INCOME"
FROM loans
"""


async def ledger_balances() -> dict[Account, Decimal]:
    """The balance of every account over the whole ledger."""
    rows = await database.fetch(_LEDGER)
    return ledger.balances((Account(debit), Account(credit), amount) for debit, credit, amount in rows)


async def book_balances() -> dict[Account, Decimal]:
    """What the accounts must come to, from loans, bills, payments and allocations alone."""
    row = await database.fetch_one(_BALANCES)
    assert row is not None
    return {account: row[account.value] for account in Account}


class Totals(NamedTuple):
    """What was billed: loans and bills counted, interest in rupees."""

    loans_due: int
    loans_billed: int
    bills_issued: int
    interest_billed: Decimal


class BilledRun(NamedTuple):
    """A billing run's own totals, those of its chunks together, and how many of these are not done."""

    as_of: date
    status: str
    totals: Totals
    chunk_totals: Totals
    pending_chunks: int


_RUNS = """
SELECT r.as_of, r.status, r.loans_due, r.loans_billed, r.bills_issued, r.interest_billed,
    coalesce(sum(c.loans_due), 0), coalesce(sum(c.loans_due) FILTER (WHERE c.done_at IS NOT NULL), 0),
    coalesce(sum(c.bills_issued), 0), coalesce(sum(c.interest_billed), 0),
    count(c.id) FILTER (WHERE c.done_at IS NULL)
FROM billing_runs r LEFT JOIN billing_chunks c ON c.run_id = r.id
GROUP BY r.id ORDER BY r.as_of
"""


async def billed_runs() -> list[BilledRun]:
    """Every billing run, oldest date first."""
    return [
        BilledRun(as_of, status, Totals(*totals[:4]), Totals(*totals[4:8]), totals[8])
        for as_of, status, *totals in await database.fetch(_RUNS)
    ]
