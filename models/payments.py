"""Money received and where it went; two unique indexes make sure that the same payment is taken once."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from tortoise import fields
from tortoise.models import Model

from models import database
from models.bills import Bill
from models.loans import Loan
from models.operators import Operator
from models.users import User
from rules import ledger
from rules.payments import Posting


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


class Receipt(NamedTuple):
    """What is written on a payment before anything is decided about it."""

    loan_id: int
    user_id: int
    taken_by_id: int | None
    transaction_id: str
    transaction_id_given: bool
    paid_on: date
    amount: Decimal


_EARLIER_BY_ID = "SELECT * FROM payments WHERE user_id = $1 AND transaction_id = $2"
_EARLIER_ALIKE = """
SELECT * FROM payments WHERE loan_id = $1 AND paid_on = $2 AND amount = $3 AND NOT transaction_id_given
"""


async def earlier(receipt: Receipt) -> Payment | None:
    """The payment that this one would repeat: of the same transaction id, or, where none was given, alike."""
    if receipt.transaction_id_given:
        row = await database.fetch_one(_EARLIER_BY_ID, receipt.user_id, receipt.transaction_id)
    else:
        row = await database.fetch_one(_EARLIER_ALIKE, receipt.loan_id, receipt.paid_on, receipt.amount)
    return Payment._init_from_db(**row) if row else None


_STORE = """
WITH paid AS (
    INSERT INTO payments (loan_id, user_id, taken_by_id, transaction_id, transaction_id_given, paid_on, amount,
        interest, principal, emi_before, emi_after)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    RETURNING *
), part AS (
    SELECT * FROM unnest($12::int[], $13::numeric[], $14::numeric[]) WITH ORDINALITY
        AS p (cycle, interest, principal, position)
), settled AS (
    UPDATE bills SET interest_paid = interest_paid + part.interest, principal_paid = principal_paid + part.principal
    FROM part WHERE bills.loan_id = $1 AND bills.cycle = part.cycle
    RETURNING bills.id, bills.cycle
), allocated AS (
    INSERT INTO allocations (payment_id, bill_id, interest, principal)
    SELECT paid.id, settled.id, part.interest, part.principal
    FROM paid CROSS JOIN part LEFT JOIN settled ON settled.cycle = part.cycle
    ORDER BY part.position
), posted AS (
    INSERT INTO ledger_entries (loan_id, posted_on, event, debit, credit, amount, payment_id)
    SELECT $1, $6, e.event, e.debit, e.credit, e.amount, paid.id
    FROM paid, unnest($15::text[], $16::text[], $17::text[], $18::numeric[]) AS e (event, debit, credit, amount)
), stood AS (
    UPDATE loans SET emi = $11, principal_balance = $19, interest_due = $20, accrued_interest = $21,
        accrued_through = $22, cycles_billed = $23, past_due = $24, installment_due = $25, minimum_due = $26,
        oldest_due_on = $27, closed_on = $28, next_billing_on = $29
    WHERE id = $1
)
SELECT * FROM paid
"""


async def store(receipt: Receipt, posting: Posting, next_billing_on: date | None) -> Payment:
    """Store a payment, what it settled, its ledger entries and the loan's new standing, in one statement.

    The bills it settles must be there.

    Raises:
        asyncpg.UniqueViolationError: the same payment was taken meanwhile.
    """
    entries = ledger.of_payment(
        interest=posting.interest, principal=posting.principal, unbilled_interest=posting.unbilled_interest
    )
    row = await database.fetch_one(
        _STORE,
        *receipt,
        posting.interest,
        posting.principal,
        posting.emi_before,
        posting.standing.emi,
        *(list(column) for column in zip(*posting.allocations, strict=True)),
        [str(entry.event) for entry in entries],
        [str(entry.debit) for entry in entries],
        [str(entry.credit) for entry in entries],
        [entry.amount for entry in entries],
        *posting.standing[1:],
        next_billing_on,
    )
    assert row is not None
    return Payment._init_from_db(**row)


_PAGE = """
SELECT page.*
FROM unnest($1::bigint[]) AS owner (id)
CROSS JOIN LATERAL (
    SELECT * FROM payments WHERE loan_id = owner.id AND id > $2 ORDER BY loan_id, id LIMIT $3
) AS page
"""


async def page(loan_ids: list[int], *, after: int, limit: int) -> list[Payment]:
    """The first `limit` payments after an id, oldest first, of each of several loans, in one statement."""
    return [Payment._init_from_db(**row) for row in await database.fetch(_PAGE, loan_ids, after, limit)]


async def count(loan_ids: list[int]) -> dict[int, int]:
    """How many payments each loan has; nothing for one that has none."""
    rows = await database.fetch(
        "SELECT loan_id, count(*) FROM payments WHERE loan_id = ANY($1::bigint[]) GROUP BY loan_id", loan_ids
    )
    return {row["loan_id"]: row["count"] for row in rows}


async def allocations_of(payment_ids: list[int]) -> list[Allocation]:
    """Where several payments went, each with its bill."""
    return await Allocation.filter(payment_id__in=payment_ids).order_by("id").prefetch_related("bill")
