"""Hand-written SQL: the bills of a chunk are stored by COPY, and those of a payment by one statement that returns them.

A loan has one bill for each cycle: the amounts of its issue, and what has been paid of them since.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from tortoise import fields
from tortoise.models import Model

from models import database
from models.loans import Loan
from models.paged_rows import PagedRows
from rules import ledger
from rules.billing import IssuedBill
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
    interest_paid = fields.DecimalField(max_digits=14, decimal_places=2, default=0)
    principal_paid = fields.DecimalField(max_digits=14, decimal_places=2, default=0)
    created_at = fields.DatetimeField(auto_now_add=True)

    loan_id: int

    class Meta:
        table = "bills"

    @property
    def total_due(self) -> Decimal:
        return self.past_due + self.minimum_due


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
    interest_paid: Decimal
    principal_paid: Decimal

    @property
    def total_due(self) -> Decimal:
        return self.past_due + self.minimum_due

    def settle(self, part: Allocation) -> "BillRow":
        """Return the bill after a part of a payment. The statement that stores the part does not return the bill."""
        return self._replace(
            interest_paid=self.interest_paid + part.interest, principal_paid=self.principal_paid + part.principal
        )


COLUMNS = ", ".join(f"bill.{name}" for name in BillRow._fields)


_RESERVE = "SELECT nextval('bills_id_seq') FROM generate_series(1, $1::int)"
_OF_A_BILL = ("id", "loan_id", *IssuedBill._fields)
_OF_AN_ENTRY = ("bill_id", "loan_id", "posted_on", *ledger.Entry._fields)


async def issue(issued: Sequence[tuple[int, IssuedBill]]) -> None:
    """Store bills and their ledger entries by COPY, which is the fastest way. A tuple is (loan id, bill).

    Raises:
        asyncpg.UniqueViolationError: a cycle has a bill already.
    """
    ids = [bill_id for (bill_id,) in await database.fetch(_RESERVE, len(issued))]
    rows = [(bill_id, loan_id, *bill) for bill_id, (loan_id, bill) in zip(ids, issued, strict=True)]
    entries = [
        (bill_id, loan_id, bill.billing_date, *entry)
        for bill_id, (loan_id, bill) in zip(ids, issued, strict=True)
        for entry in ledger.of_bill(bill.interest)
    ]
    await database.copy("bills", _OF_A_BILL, rows)
    await database.copy("ledger_entries", _OF_AN_ENTRY, entries)


_ISSUE = f"""
WITH issued AS (
    INSERT INTO bills (loan_id, cycle, billing_date, due_date, principal_balance, interest, minimum_due,
        installment, past_due)
    SELECT $1, * FROM unnest($2::int[], $3::date[], $4::date[], $5::numeric[], $6::numeric[],
        $7::numeric[], $8::numeric[], $9::numeric[])
    RETURNING *
), posted AS (
    INSERT INTO ledger_entries (loan_id, posted_on, event, debit, credit, amount, bill_id)
    SELECT $1, issued.billing_date, e.event, e.debit, e.credit, e.amount, issued.id
    FROM unnest($10::int[], $11::text[], $12::text[], $13::text[], $14::numeric[])
        AS e (cycle, event, debit, credit, amount)
    JOIN issued USING (cycle)
)
SELECT {COLUMNS} FROM issued bill ORDER BY bill.cycle
"""


async def issue_and_read(loan_id: int, issued: Sequence[IssuedBill]) -> list[BillRow]:
    """Store the bills of one loan as `issue` does, in one statement, and return their rows."""
    entries = [(bill.cycle, *entry) for bill in issued for entry in ledger.of_bill(bill.interest)]
    bills = map(list, zip(*issued, strict=True))
    posted = map(list, zip(*entries, strict=True) if entries else [()] * 5)
    return [BillRow(*row) for row in await database.fetch(_ISSUE, loan_id, *bills, *posted)]


OF_LOANS = PagedRows(Bill, table="bills", parent="loan_id", key="cycle")
