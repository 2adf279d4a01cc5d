"""The imported transactions that a score is computed from, and every score that was computed."""

from datetime import datetime

from tortoise import fields
from tortoise.expressions import Subquery
from tortoise.models import Model

from models.imports import Import, ImportRepeat
from models.users import User


class Transaction(Model):
    """One CREDIT or DEBIT. `ordinal` numbers equal rows of one file, so that importing it again adds nothing.

    `import_id` is the import that added it, and null in rows from before imports could be undone. It is no foreign key,
    because PostgreSQL would check that for each of millions of rows.
    """

    id = fields.BigIntField(primary_key=True)
    aadhaar_digest = fields.BinaryField()
    occurred_on = fields.DateField()
    kind = fields.TextField()
    amount = fields.DecimalField(max_digits=14, decimal_places=2)
    ordinal = fields.IntField()
    import_id: int | None = fields.BigIntField(null=True)

    class Meta:
        table = "transactions"


class CreditAssessment(Model):
    """One computed score, with the balance, totals and count that it was computed from."""

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
    """Whether there is no row, and no import was undone: a book whose import was undone must stay as it is."""
    return not (await Transaction.exists() or await Import.filter(undone_at__not_isnull=True).exists())


async def with_rows(aadhaar_digests: list[bytes]) -> set[bytes]:
    """The digests under which there are rows."""
    found = Transaction.filter(aadhaar_digest__in=aadhaar_digests).distinct()
    return {digest for (digest,) in await found.values_list("aadhaar_digest")}


async def forget(aadhaar_digests: list[bytes]) -> None:
    """Delete the imported rows of a person."""
    theirs = Transaction.filter(aadhaar_digest__in=aadhaar_digests)
    await ImportRepeat.filter(transaction_id__in=Subquery(theirs.values("id"))).delete()
    await theirs.delete()
