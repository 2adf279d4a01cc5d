"""The ledger is append-only double-entry bookkeeping; a trigger rejects updates and deletes."""

from tortoise import fields
from tortoise.models import Model

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
