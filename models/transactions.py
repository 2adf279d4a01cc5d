"""The imported history a score is computed from, and every score ever computed."""

from datetime import datetime

from tortoise import fields
from tortoise.models import Model

from models import database
from models.users import User


class Transaction(Model):
    """One CREDIT or DEBIT. `ordinal` tells equal rows of one file apart, so that importing it again adds nothing."""

    id = fields.BigIntField(primary_key=True)
    aadhaar_digest = fields.BinaryField()
    occurred_on = fields.DateField()
    kind = fields.TextField()
    amount = fields.DecimalField(max_digits=14, decimal_places=2)
    ordinal = fields.IntField()

    class Meta:
        table = "transactions"


class CreditAssessment(Model):
    """One computed score with the balance, totals and count it came from."""

    id = fields.BigIntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.RESTRICT
    )
    score = fields.SmallIntField()
    balance = fields.DecimalField(max_digits=20, decimal_places=2)
    credit_total = fields.DecimalField(max_digits=20, decimal_places=2)
    debit_total = fields.DecimalField(max_digits=20, decimal_places=2)
    transaction_count = fields.IntField()
    assessed_at: datetime = fields.DatetimeField(auto_now_add=True)

    user_id: int

    class Meta:
        table = "credit_assessments"


async def is_empty() -> bool:
    return await database.fetch_one("SELECT FROM transactions LIMIT 1") is None
