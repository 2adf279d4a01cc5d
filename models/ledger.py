"""The ledger is append-only double-entry bookkeeping; a trigger rejects updates and deletes."""

from datetime import date

from tortoise import fields
from tortoise.models import Model

from models.bills import Bill
from models.loan_events import LoanEvent
from models.loans import Loan
from models.payments import Payment


class LedgerEntry(Model):
    id = fields.BigIntField(primary_key=True)
    loan: fields.ForeignKeyRelation[Loan] = fields.ForeignKeyField(
        "models.Loan", related_name=False, on_delete=fields.RESTRICT
    )
    posted_on = fields.DateField()
    # The date of its source, if the entry was posted later; null if it is `posted_on`.
    effective_on: date | None = fields.DateField(null=True)
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
    # The source of a refund.
    loan_event: fields.ForeignKeyNullableRelation[LoanEvent] = fields.ForeignKeyField(
        "models.LoanEvent", related_name=False, null=True, on_delete=fields.RESTRICT, source_field="event_id"
    )
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "ledger_entries"
