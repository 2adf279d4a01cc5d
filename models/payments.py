"""Payments and their allocations; two unique indexes ensure that the same payment is taken once."""

from datetime import date, datetime

from tortoise import fields
from tortoise.models import Model

from models.bills import Bill
from models.loans import Loan
from models.operators import Operator
from models.paged_rows import PagedRows
from models.users import User
from rules import receipts


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
    # At the counter only: the way in which the money came, and the number of a cheque or a transfer.
    mode: str | None = fields.TextField(null=True)
    reference: str | None = fields.TextField(null=True)
    created_at: datetime = fields.DatetimeField(auto_now_add=True)

    loan_id: int
    user_id: int

    class Meta:
        table = "payments"

    @property
    def payment_date(self) -> date:
        return self.paid_on

    @property
    def receipt_number(self) -> str:
        return receipts.number(self.id)


class Allocation(Model):
    """A part of a payment: for a bill, or, without one, for interest and principal that are not billed yet."""

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


OF_LOANS = PagedRows(Payment, table="payments", parent="loan_id", key="id")


async def allocations_of(payment_ids: list[int]) -> list[Allocation]:
    """The allocations of several payments, each with its bill."""
    return await Allocation.filter(payment_id__in=payment_ids).order_by("id").prefetch_related("bill")
