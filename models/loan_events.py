"""The events of a loan that are neither its disbursal nor a payment. They are append-only, like the ledger.

The events of a loan are numbered together with its payments: the disbursal is 1. Each transaction that records an event
increases `loans.sequence` by one and takes the result. It thereby locks the loan's row, so two events never have the
same number.
"""

from datetime import datetime
from decimal import Decimal

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model

from models.loans import Loan
from models.operators import Operator


class LoanEvent(Model):
    id = fields.BigIntField(primary_key=True)
    loan: fields.ForeignKeyRelation[Loan] = fields.ForeignKeyField(
        "models.Loan", related_name=False, on_delete=fields.RESTRICT
    )
    sequence = fields.IntField()
    kind = fields.TextField()
    effective_on = fields.DateField()
    # The business date at the moment of recording.
    recorded_on = fields.DateField()
    recorded_at: datetime = fields.DatetimeField(auto_now_add=True)
    # A refund, a charge and a waiver have an amount.
    amount: Decimal | None = fields.DecimalField(max_digits=14, decimal_places=2, null=True)
    # A reversal has the sequence of the reversed event, the cause, and the cycles that are due again.
    reverses: int | None = fields.IntField(null=True)
    cause: str | None = fields.TextField(null=True)
    # JSON of the values that only its kind has.
    details: str | None = fields.TextField(null=True)
    due_again: list[int] = ArrayField(element_type="int", default=list)
    reason = fields.TextField()
    # Null for a bounce charge, which belongs to the request of its reversal.
    request_id: str | None = fields.TextField(null=True)
    # Null if the server recorded it: that the borrower's other loans make the loan NPA, or no longer do.
    operator: fields.ForeignKeyNullableRelation[Operator] = fields.ForeignKeyField(
        "models.Operator", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    # False while a later reversal makes the event void.
    counts = fields.BooleanField(default=True)

    loan_id: int
    operator_id: int | None

    class Meta:
        table = "loan_events"
