"""The sums and counts of the whole book that verification compares."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from tortoise.expressions import Q
from tortoise.functions import Count, Sum
from tortoise.models import Model

from models import bills as bill_rows
from models import charge_sums, loan_columns, snapshots
from models.billing_chunks import BillingChunk
from models.billing_runs import BillingRun
from models.ledger import LedgerEntry
from models.loan_events import LoanEvent
from models.loans import Loan
from models.payments import Allocation, Payment
from rules import ledger
from rules.ledger import Account
from rules.loan import Status


async def hold_still() -> int:
    """Give the transaction that has just begun a snapshot of the book, and return the number of its loans."""
    await snapshots.begin()
    return await Loan.all().count()


async def ledger_balances() -> dict[Account, Decimal]:
    """The balance of every account over the whole ledger, by one pass over its rows."""
    pairs = LedgerEntry.all().annotate(total=Sum("amount")).group_by("debit", "credit")
    rows = await pairs.values_list("debit", "credit", "total")
    return ledger.balances((Account(debit), Account(credit), amount) for debit, credit, amount in rows)


async def book_balances() -> dict[Account, Decimal]:
    """The balances that the accounts must have, from loans, bills, payments, allocations and refunds alone."""
    demanded, aside, shares = [
        await _sum(bill_rows.Bill, name, known_until=None) for name in ("interest", "deferred", "deferred_share")
    ]
    billed = demanded + aside - shares
    unbilled = await _sum(Allocation, "interest", bill_id=None, known_until=None)
    paid = await _sum(Payment, "amount", reversed_on=None)
    refunded = await _sum(LoanEvent, "amount", kind="REFUND", counts=True)
    lent = await _sum(Loan, "amount", status__not=Status.CANCELLED)
    charged = await charge_sums.balances()
    suspended = await _sum(Loan, "interest_due", special__contains=loan_columns.NPA)
    found = {
        **charged,
        Account.CASH: paid - refunded - lent + charged[Account.CASH],
        Account.PRINCIPAL: await _sum(Loan, "principal_balance"),
        Account.INTEREST_RECEIVABLE: await _sum(Loan, "interest_due") + charged[Account.INTEREST_RECEIVABLE],
        Account.INTEREST_INCOME: suspended - billed - unbilled + charged[Account.INTEREST_INCOME],
        Account.INTEREST_SUSPENSE: charged[Account.INTEREST_SUSPENSE] - suspended,
        Account.BORROWER_CREDIT: -await _sum(Loan, "credit"),
        Account.RECOVERY_INCOME: -await _sum(Payment, "recovery", reversed_on=None),
    }
    # Losses are what loans owed and nothing else accounts for. Only a write-off or a settlement makes one.
    has_losses = await LoanEvent.filter(kind__in=("WRITE_OFF", "SETTLEMENT")).exists()
    return found | {Account.WRITTEN_OFF: -sum(found.values(), Decimal(0)) if has_losses else Decimal(0)}


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
