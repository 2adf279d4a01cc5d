"""The ledger: double-entry postings that are added to and never changed; a trigger refuses anything else."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from tortoise import fields
from tortoise.models import Model

from models import database
from models.bills import Bill
from models.loans import Loan
from models.payments import Payment


class LedgerEntry(Model):
    id = fields.BigIntField(primary_key=True)
    loan: fields.ForeignKeyRelation[Loan] = fields.ForeignKeyField(
        "models.Loan", related_name=False, on_delete=fields.RESTRICT
    )
    posted_on = fields.DateField()
    event = fields.TextField()
    debit = fields.TextField()
    credit = fields.TextField()
    amount = fields.DecimalField(max_digits=14, decimal_places=2)
    bill: fields.ForeignKeyNullableRelation[Bill] = fields.ForeignKeyField(
        "models.Bill", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    payment: fields.ForeignKeyNullableRelation[Payment] = fields.ForeignKeyField(
        "models.Payment", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "ledger_entries"


class Posted(NamedTuple):
    """One entry of a statement's past, as `rules.statement` folds it. `source_id` is its bill's or payment's."""

    posted_on: date
    event: str
    source_id: int | None
    debit: str
    credit: str
    amount: Decimal


# A bill without interest moves no money and so posts nothing; it is an event all the same.
_POSTED = """
SELECT posted_on, event, coalesce(payment_id, bill_id) AS source_id, debit, credit, amount
FROM ledger_entries WHERE loan_id = $1
UNION ALL
SELECT billing_date, 'BILL', id, 'INTEREST_RECEIVABLE', 'INTEREST_INCOME', interest
FROM bills WHERE loan_id = $1 AND interest = 0
"""


async def posted(loan_id: int) -> list[Posted]:
    """Everything posted on a loan, in no particular order."""
    return [Posted(*row) for row in await database.fetch(_POSTED, loan_id)]
