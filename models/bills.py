"""Hand-written SQL: the bills of a chunk are stored by COPY, and those of a payment by one statement that returns them.

A loan has one bill for each cycle: its amounts, and what has been paid of them. A correction keeps a copy of the former
values as a superseded row: only rows without `known_until` are valid, and a valid row keeps its id.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from tortoise import fields
from tortoise.expressions import F, Q
from tortoise.models import Model

from models import database
from models.loans import Loan
from models.paged_rows import PagedRows
from rules import ledger
from rules.loan import ISSUED
from rules.loan import Bill as IssuedBill
from rules.payments import Allocation


class Bill(Model):
    id = fields.BigIntField(primary_key=True)
    loan: fields.ForeignKeyRelation[Loan] = fields.ForeignKeyField(
        "models.Loan", related_name=False, on_delete=fields.RESTRICT
    )
    cycle = fields.IntField()
    billing_date = fields.DateField()
    due_date = fields.DateField()
    principal_balance = fields.DecimalField(max_digits=14, decimal_places=2)
    interest = fields.DecimalField(max_digits=14, decimal_places=2)
    minimum_due = fields.DecimalField(max_digits=14, decimal_places=2)
    installment = fields.DecimalField(max_digits=14, decimal_places=2)
    past_due = fields.DecimalField(max_digits=14, decimal_places=2)
    charges = fields.DecimalField(max_digits=14, decimal_places=2, default=0)
    deferred_share = fields.DecimalField(max_digits=14, decimal_places=2, default=0)
    deferred = fields.DecimalField(max_digits=14, decimal_places=2, default=0)
    interest_paid = fields.DecimalField(max_digits=14, decimal_places=2, default=0)
    principal_paid = fields.DecimalField(max_digits=14, decimal_places=2, default=0)
    # A restructuring withdraws the bills that it defers: they demand nothing.
    withdrawn = fields.BooleanField(default=False)
    # The times at which a correction wrote these values, and at which the next one replaced them. The values of the
    # issue are known from `created_at` on.
    known_from: datetime | None = fields.DatetimeField(null=True)
    known_until: datetime | None = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    loan_id: int

    class Meta:
        table = "bills"

    @property
    def total_due(self) -> Decimal:
        return self.past_due + self.minimum_due + self.charges


class BillRow(NamedTuple):
    """A bill as a payment reads it: all that the rules and the schema need, without the cost of an ORM object."""

    id: int
    loan_id: int
    cycle: int
    billing_date: date
    due_date: date
    principal_balance: Decimal
    interest: Decimal
    minimum_due: Decimal
    installment: Decimal
    past_due: Decimal
    charges: Decimal
    deferred_share: Decimal
    deferred: Decimal
    interest_paid: Decimal
    principal_paid: Decimal
    withdrawn: bool
    known_from: datetime | None
    known_until: datetime | None
    created_at: datetime

    @property
    def total_due(self) -> Decimal:
        return self.past_due + self.minimum_due + self.charges

    def settle(self, part: Allocation) -> "BillRow":
        """Return the bill after a part of a payment. The statement that stores the part does not return the bill."""
        return self._replace(
            interest_paid=self.interest_paid + part.interest, principal_paid=self.principal_paid + part.principal
        )


# The condition for the rows that are valid now.
VALID = "known_until IS NULL"
# All rows satisfy this one. The valid rows and the former ones have an index each, and PostgreSQL would use neither.
ANY_VERSION = "(known_until IS NULL OR known_until IS NOT NULL)"
_ANY_VERSION = Q(known_until=None) | Q(known_until__not_isnull=True)

COLUMNS = ", ".join(f"bill.{name}" for name in BillRow._fields)


# The bills' time is that of the clock under the lock of their loans. The transaction has begun before the lock.
_RESERVE = "SELECT nextval('bills_id_seq'), statement_timestamp() FROM generate_series(1, $1::int)"
_OF_A_BILL = ("id", "loan_id", "created_at", *ISSUED)
# Few bills defer interest. The others have the defaults of these columns, which costs them nothing.
_DEFERRING = ("deferred_share", "deferred")
_ORDINARY = tuple(name for name in _OF_A_BILL if name not in _DEFERRING)
assert (*_ORDINARY, *_DEFERRING) == _OF_A_BILL
_OF_AN_ENTRY = ("bill_id", "loan_id", "posted_on", "effective_on", *ledger.Entry._fields)


async def issue(
    issued: Sequence[tuple[int, IssuedBill]], today: date, suspended: Collection[tuple[int, int]] = ()
) -> None:
    """Store bills and their ledger entries by COPY, which is the fastest way. A tuple is (loan id, bill).

    The entries are posted `today`, and effective on the billing dates, which may be earlier. `suspended` are the bills
    of loans that were NPA on their days: (loan id, cycle).

    Raises:
        asyncpg.UniqueViolationError: a cycle has a bill already.
    """
    reserved = await database.fetch(_RESERVE, len(issued))
    ids, at = [row[0] for row in reserved], reserved[0][1] if reserved else None
    ordinary, deferring = [], []
    for bill_id, (loan_id, bill) in zip(ids, issued, strict=True):
        if bill.deferred or bill.deferred_share:
            deferring.append((bill_id, loan_id, at, *bill[: len(ISSUED)]))
        else:
            ordinary.append((bill_id, loan_id, at, *bill[: len(ISSUED) - len(_DEFERRING)]))
    entries = [
        (bill_id, loan_id, today, None if bill.billing_date == today else bill.billing_date, *entry)
        for bill_id, (loan_id, bill) in zip(ids, issued, strict=True)
        for entry in ledger.of_bill(bill.own_interest, is_npa=bool(suspended) and (loan_id, bill.cycle) in suspended)
    ]
    if ordinary:
        await database.copy("bills", _ORDINARY, ordinary)
    if deferring:
        await database.copy("bills", _OF_A_BILL, deferring)
    await database.copy("ledger_entries", _OF_AN_ENTRY, entries)


_ISSUE = f"""
WITH issued AS (
    INSERT INTO bills (loan_id, created_at, {", ".join(ISSUED)})
    SELECT $1, clock_timestamp(), * FROM unnest($2::int[], $3::date[], $4::date[], $5::numeric[], $6::numeric[],
        $7::numeric[], $8::numeric[], $9::numeric[], $10::numeric[], $11::numeric[], $12::numeric[])
    RETURNING *
), posted AS (
    INSERT INTO ledger_entries (loan_id, posted_on, effective_on, event, debit, credit, amount, bill_id)
    SELECT $1, $18, nullif(issued.billing_date, $18), e.event, e.debit, e.credit, e.amount, issued.id
    FROM unnest($13::int[], $14::text[], $15::text[], $16::text[], $17::numeric[])
        AS e (cycle, event, debit, credit, amount)
    JOIN issued USING (cycle)
)
SELECT {COLUMNS} FROM issued bill ORDER BY bill.cycle
"""


async def issue_and_read(
    loan_id: int, issued: Sequence[IssuedBill], today: date, *, is_npa: bool = False
) -> list[BillRow]:
    """Store the bills of one loan as `issue` does, in one statement, and return their rows."""
    entries = [(bill.cycle, *entry) for bill in issued for entry in ledger.of_bill(bill.own_interest, is_npa=is_npa)]
    bills = [list(column) for column in zip(*issued, strict=True)][: len(ISSUED)]
    posted = map(list, zip(*entries, strict=True) if entries else [()] * 5)
    return [BillRow(*row) for row in await database.fetch(_ISSUE, loan_id, *bills, *posted, today)]


async def attach(rows: Iterable[Loan]) -> None:
    """Give loans with a bill that is due again their unpaid bills, which the rules need (lending rules, 9.4)."""
    again = {loan.id: loan for loan in rows if loan.due_again_on is not None}
    if again:
        unpaid = Bill.filter(loan_id__in=list(again), known_until=None, withdrawn=False).order_by("loan_id", "cycle")
        for loan in again.values():
            loan.unpaid_bills = []
        async for bill in unpaid.filter(installment__gt=F("interest_paid") + F("principal_paid")):
            again[bill.loan_id].unpaid_bills = [*again[bill.loan_id].unpaid_bills, bill]


async def versions(keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], list[Bill]]:
    """All versions of bills by loan id and cycle, oldest first."""
    found: dict[tuple[int, int], list[Bill]] = {key: [] for key in keys}
    loan_ids, cycles = ({key[place] for key in keys} for place in (0, 1))
    rows = Bill.filter(_ANY_VERSION, loan_id__in=loan_ids, cycle__in=cycles)
    # PostgreSQL puts the valid version, which has no `known_until`, last.
    for bill in await rows.order_by("loan_id", "cycle", "known_until", "id"):
        if (bill.loan_id, bill.cycle) in found:
            found[bill.loan_id, bill.cycle].append(bill)
    return found


async def versions_of_loan(loan_id: int) -> dict[int, list[Bill]]:
    """All versions of a loan's bills by cycle, oldest first. A cycle without a bill has none."""
    found: dict[int, list[Bill]] = defaultdict(list)
    for bill in await Bill.filter(_ANY_VERSION, loan_id=loan_id).order_by("cycle", "known_until", "id"):
        found[bill.cycle].append(bill)
    return found


OF_LOANS = PagedRows(Bill, table="bills", parent="loan_id", key="cycle", only=VALID)
