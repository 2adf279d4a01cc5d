"""Money received and where it went; two unique indexes make sure that the same payment is taken once."""

from datetime import date, datetime

from tortoise import fields
from tortoise.models import Model

from models import database
from models.bills import Bill
from models.loans import Loan
from models.operators import Operator
from models.tortoise_seam import instance
from models.users import User


class Payment(Model):
    id = fields.BigIntField(primary_key=True)
    loan: fields.ForeignKeyRelation[Loan] = fields.ForeignKeyField(
        "models.Loan", related_name=False, on_delete=fields.RESTRICT
    )
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.RESTRICT
    )
    taken_by: fields.ForeignKeyNullableRelation[Operator] = fields.ForeignKeyField(
        "models.Operator", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    transaction_id = fields.TextField()
    transaction_id_given = fields.BooleanField()
    paid_on = fields.DateField()
    amount = fields.DecimalField(max_digits=14, decimal_places=2)
    interest = fields.DecimalField(max_digits=14, decimal_places=2)
    principal = fields.DecimalField(max_digits=14, decimal_places=2)
    emi_before = fields.DecimalField(max_digits=14, decimal_places=2)
    emi_after = fields.DecimalField(max_digits=14, decimal_places=2)
    created_at: datetime = fields.DatetimeField(auto_now_add=True)

    loan_id: int
    user_id: int

    class Meta:
        table = "payments"

    @property
    def payment_date(self) -> date:
        return self.paid_on


class Allocation(Model):
    """A part of a payment: of a bill, or, without one, of what no bill asked for yet."""

    id = fields.BigIntField(primary_key=True)
    payment: fields.ForeignKeyRelation[Payment] = fields.ForeignKeyField(
        "models.Payment", related_name=False, on_delete=fields.RESTRICT
    )
    bill: fields.ForeignKeyNullableRelation[Bill] = fields.ForeignKeyField(
        "models.Bill", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    interest = fields.DecimalField(max_digits=14, decimal_places=2)
    principal = fields.DecimalField(max_digits=14, decimal_places=2)

    payment_id: int
    bill_id: int | None

    class Meta:
        table = "allocations"


_PAGE = """
SELECT page.*
FROM unnest($1::bigint[]) AS owner (id)
CROSS JOIN LATERAL (
    SELECT * FROM payments WHERE loan_id = owner.id AND id > $2 ORDER BY loan_id, id LIMIT $3
) AS page
"""


async def page(loan_ids: list[int], *, after: int, limit: int) -> list[Payment]:
    """The first `limit` payments after an id, oldest first, of each of several loans, in one statement."""
    return [instance(Payment, row) for row in await database.fetch(_PAGE, loan_ids, after, limit)]


async def count(loan_ids: list[int]) -> dict[int, int]:
    """How many payments each loan has; nothing for one that has none."""
    rows = await database.fetch(
        "SELECT loan_id, count(*) FROM payments WHERE loan_id = ANY($1::bigint[]) GROUP BY loan_id", loan_ids
    )
    return {row["loan_id"]: row["count"] for row in rows}


async def allocations_of(payment_ids: list[int]) -> list[Allocation]:
    """Where several payments went, each with its bill."""
    return await Allocation.filter(payment_id__in=payment_ids).order_by("id").prefetch_related("bill")
