"""Payments and their allocations; two unique indexes ensure that the same payment is taken once."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.functions import Sum
from tortoise.models import Model

from models.bills import Bill
from models.loans import Loan
from models.operators import Operator
from models.paged_rows import PagedRows
from models.users import User
from rules import receipts
from rules.money import ZERO
from rules.repayments import Repaid


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
    # The sequence of the event in its loan, and the business date of its recording, which is `paid_on` if it is null.
    sequence: int | None = fields.IntField(null=True)
    recorded_on: date | None = fields.DateField(null=True)
    prepayment = fields.TextField(default="REDUCE_EMI")
    credit = fields.DecimalField(max_digits=14, decimal_places=2, default=0)
    # The part that paid charges, and JSON of it by the charges' keys.
    charges = fields.DecimalField(max_digits=14, decimal_places=2, default=0)
    charge_parts: str | None = fields.TextField(null=True)
    # The part that reduced the claim of a written-off loan, and the principal that was written off with this payment.
    recovery = fields.DecimalField(max_digits=14, decimal_places=2, default=0)
    written_off = fields.DecimalField(max_digits=14, decimal_places=2, default=0)
    # A backdated payment has a reason, and the cycles that it makes due again.
    reason: str | None = fields.TextField(null=True)
    due_again: list[int] = ArrayField(element_type="int", default=list)
    # The business date of its reversal; null while the payment counts.
    reversed_on: date | None = fields.DateField(null=True)
    moved_from: fields.ForeignKeyNullableRelation["Payment"] = fields.ForeignKeyField(
        "models.Payment", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    # At the counter only: the way in which the money came, and the number of a cheque or a transfer.
    mode: str | None = fields.TextField(null=True)
    reference: str | None = fields.TextField(null=True)
    created_at: datetime = fields.DatetimeField(auto_now_add=True)

    loan_id: int
    user_id: int
    taken_by_id: int | None
    moved_from_id: int | None

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
    # The time at which a correction replaced it; null while it is valid.
    known_until: datetime | None = fields.DatetimeField(null=True)

    payment_id: int
    bill_id: int | None
    # An allocation row has no credit and no charge: these belong to no bill.
    credit = ZERO
    charge: None = None
    charge_paid = ZERO
    recovery = ZERO

    class Meta:
        table = "allocations"


OF_LOANS = PagedRows(Payment, table="payments", parent="loan_id", key="id")


async def allocations_of(payment_ids: list[int]) -> list[Allocation]:
    """The valid allocations of several payments, each with its bill."""
    valid = Allocation.filter(payment_id__in=payment_ids, known_until=None)
    return await valid.order_by("id").prefetch_related("bill")


async def moved_from(payment_ids: list[int]) -> dict[int, Payment]:
    """The newest payment that counts and was moved from each of several payments."""
    moved = Payment.filter(moved_from_id__in=payment_ids, reversed_on=None).order_by("id")
    return {one.moved_from_id: one for one in await moved if one.moved_from_id is not None}


async def ended_parts(payment_ids: list[int]) -> dict[tuple[int, datetime], tuple[Decimal, Decimal]]:
    """The sums of the interest and the principal that payments had paid until a correction changed it.

    They are by payment id and the time of the correction.
    """
    if not payment_ids:
        return {}
    found: dict[tuple[int, datetime], tuple[Decimal, Decimal]] = {}
    ended = Allocation.filter(payment_id__in=payment_ids, known_until__not_isnull=True)
    for payment_id, until, *parts in await ended.values_list("payment_id", "known_until", "interest", "principal"):
        interest, principal = found.get((payment_id, until), (ZERO, ZERO))
        found[payment_id, until] = interest + parts[0], principal + parts[1]
    return found


async def repaid(loan_ids: Sequence[int]) -> dict[int, Repaid]:
    """The sums that payments which count have paid, for each loan with any."""
    sums = Payment.filter(loan_id__in=loan_ids, reversed_on=None).group_by("loan_id")
    rows = await sums.annotate(repaid=Sum("principal"), earned=Sum("interest")).values_list(
        "loan_id", "repaid", "earned"
    )
    return {loan_id: Repaid(principal, interest) for loan_id, principal, interest in rows}
