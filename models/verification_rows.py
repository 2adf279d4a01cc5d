"""Hand-written SQL: verification replays every loan of the book, and reads its rows a thousand loans at a time."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from tortoise.expressions import Q
from tortoise.functions import Count, Sum
from tortoise.models import Model

from models import database, snapshots
from models.billing_chunks import BillingChunk
from models.billing_runs import BillingRun
from models.bills import Bill
from models.ledger import LedgerEntry
from models.loans import Loan
from models.payments import Allocation, Payment
from rules import ledger
from rules.ledger import Account
from rules.payments import Allocation as AllocatedPart
from rules.replay import History, Source, StoredBill, StoredEntry, StoredLoan, StoredPayment


async def hold_still() -> int:
    """Give the transaction that has just begun a snapshot of the book, and return the number of its loans."""
    await snapshots.begin()
    return await Loan.all().count()


# The columns of each statement are the loan's id and the fields of its row in `rules.replay`, in their order.
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
# Each payment of a loan locks the loan's row, so the order of their ids is the order in which they were taken.
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
    """The histories of the first `limit` loans after an id, in five statements."""
    loans = [StoredLoan._make(row) for row in await database.fetch(_LOANS, loan_id, limit)]
    if not loans:
        return []
    span = loans[0].id, loans[-1].id
    bills: dict[int, dict[int, StoredBill]] = defaultdict(dict)
    payments: dict[int, list[StoredPayment]] = defaultdict(list)
    allocations: dict[int, dict[int, list[AllocatedPart]]] = defaultdict(dict)
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
        allocations[owner].setdefault(payment_id, []).append(AllocatedPart(cycle, interest, principal))
    for owner, bill_id, payment_id, *columns in await database.fetch(_ENTRIES, *span):
        cycle = 0 if bill_id is None else cycles.get((owner, bill_id), -bill_id)
        entries[owner].setdefault(Source(cycle, payment_id or 0), []).append(StoredEntry._make(columns))
    return [History(loan, bills[loan.id], payments[loan.id], allocations[loan.id], entries[loan.id]) for loan in loans]


async def ledger_balances() -> dict[Account, Decimal]:
    """The balance of every account over the whole ledger, by one pass over its rows."""
    pairs = LedgerEntry.all().annotate(total=Sum("amount")).group_by("debit", "credit")
    rows = await pairs.values_list("debit", "credit", "total")
    return ledger.balances((Account(debit), Account(credit), amount) for debit, credit, amount in rows)


async def book_balances() -> dict[Account, Decimal]:
    """The balances that the accounts must have, from loans, bills, payments and allocations alone."""
    billed, unbilled = await _sum(Bill, "interest"), await _sum(Allocation, "interest", bill_id=None)
    return {
        Account.CASH: await _sum(Payment, "amount") - await _sum(Loan, "amount"),
        Account.PRINCIPAL: await _sum(Loan, "principal_balance"),
        Account.INTEREST_RECEIVABLE: await _sum(Loan, "interest_due"),
        Account.INTEREST_INCOME: -billed - unbilled,
    }


async def _sum(model: type[Model], column: str, **only: object) -> Decimal:
    ((total,),) = await model.filter(**only).annotate(total=Sum(column)).values_list("total")
    return total or Decimal(0)


class Totals(NamedTuple):
    """Numbers of loans and bills, and the interest in rupees."""

    loans_due: int
    loans_billed: int
    bills_issued: int
    interest_billed: Decimal


class BilledRun(NamedTuple):
    """A billing run's own totals, the sums of its chunks, and the number of chunks that are not done."""

    as_of: date
    status: str
    totals: Totals
    chunk_totals: Totals
    pending_chunks: int


async def billed_runs() -> list[BilledRun]:
    """Every billing run, oldest date first."""
    done, sums = Q(done_at__not_isnull=True), ("due", "billed", "bills", "interest", "pending")
    chunks = BillingChunk.all().annotate(
        due=Sum("loans_due"),
        billed=Sum("loans_due", _filter=done),
        bills=Sum("bills_issued"),
        interest=Sum("interest_billed"),
        pending=Count("id", _filter=Q(done_at=None)),
    )
    of_runs = {run_id: found for run_id, *found in await chunks.group_by("run_id").values_list("run_id", *sums)}
    found = []
    for run in await BillingRun.all().order_by("as_of"):
        due, billed, bills, interest, pending = of_runs.get(run.id, [0] * len(sums))
        own = Totals(run.loans_due, run.loans_billed, run.bills_issued, run.interest_billed)
        found.append(BilledRun(run.as_of, run.status, own, Totals(due, billed or 0, bills, interest), pending))
    return found
