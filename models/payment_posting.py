"""Hand-written SQL: a payment is two statements, because each round trip counts and no lock is needed.

The first reads all that the payment depends on. The second stores all of it, if the loan's row is unchanged.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import asyncpg

from models import audit, audit_facts, bills, database, loans
from models.bills import BillRow
from models.loans import Loan, LoanRow
from models.reads import Read
from rules import ledger, receipts
from rules.audit import Event, Origin
from rules.payments import AppliedPayment


class PaymentRecord(NamedTuple):
    """The columns of a payment that are known before the rules apply it."""

    loan_id: int
    user_id: int
    taken_by_id: int | None
    transaction_id: str
    transaction_id_given: bool
    paid_on: date
    amount: Decimal
    mode: str | None = None
    reference: str | None = None


class PaymentRow(NamedTuple):
    """A payment as the hot path reads it, without the cost of an ORM object."""

    id: int
    loan_id: int
    transaction_id: str
    paid_on: date
    amount: Decimal
    interest: Decimal
    principal: Decimal
    emi_before: Decimal
    emi_after: Decimal
    created_at: datetime
    mode: str | None
    reference: str | None

    @property
    def payment_date(self) -> date:
        return self.paid_on

    @property
    def receipt_number(self) -> str:
        return receipts.number(self.id)


class AllocationRow(NamedTuple):
    """A part of a payment as stored, with its bill after the payment."""

    bill: BillRow | None
    interest: Decimal
    principal: Decimal


class PayableLoan(NamedTuple):
    """All rows that the rules need to apply a payment, from one snapshot.

    `version` is the `xmin` of the loan's row. Every change of a loan or its bills writes that row, and so changes it.
    `unpaid` has the bills whose installment is not fully paid, oldest first. `earlier` is the payment that this one
    would repeat: the one with the same transaction id or, without an id, the first with the same date and amount.
    """

    version: int
    loan: LoanRow
    unpaid: list[BillRow]
    earlier: PaymentRow | None


_LOAN = slice(1, 1 + len(LoanRow._fields))
_BILL = slice(_LOAN.stop, _LOAN.stop + len(BillRow._fields))
_PAYMENT = slice(_BILL.stop, _BILL.stop + len(PaymentRow._fields))

# The statement also reads superseded bills whose minimum is paid. The rules ignore them, so the index stays simple.
_READ = f"""
SELECT loan.xmin, {loans.COLUMNS}, {bills.COLUMNS}, {", ".join(f"earlier.{name}" for name in PaymentRow._fields)}
FROM loans loan
LEFT JOIN bills bill
    ON bill.loan_id = loan.id AND bill.interest_paid + bill.principal_paid < bill.installment
LEFT JOIN LATERAL (
    SELECT * FROM payments payment WHERE %s ORDER BY payment.id LIMIT 1
) earlier ON true
WHERE loan.id = $1 AND ($2::bigint IS NULL OR loan.user_id = $2)
"""
_READ_BY_ID = _READ % "payment.user_id = loan.user_id AND payment.transaction_id = $3"
_READ_ALIKE = _READ % "payment.loan_id = loan.id AND payment.paid_on = $3 AND payment.amount = $4"


def reading(
    loan_id: int, *, owner_id: int | None, transaction_id: str | None, paid_on: date | None, amount: Decimal
) -> Read[PayableLoan | None]:
    """The read of the rows for a payment: None if the loan does not exist or is not owned by `owner_id`.

    The date is needed only without a transaction id.
    """
    if transaction_id is not None:
        return Read(_READ_BY_ID, (loan_id, owner_id, transaction_id), _result)
    return Read(_READ_ALIKE, (loan_id, owner_id, paid_on, amount), _result)


def _result(rows: Sequence[Sequence[Any]]) -> PayableLoan | None:
    if not rows:
        return None
    first = rows[0]
    unpaid = [BillRow(*row[_BILL]) for row in rows if row[_BILL.start] is not None]
    return PayableLoan(
        version=first[0],
        loan=LoanRow(*first[_LOAN]),
        unpaid=sorted(unpaid, key=lambda bill: bill.cycle),
        earlier=PaymentRow(*first[_PAYMENT]) if first[_PAYMENT.start] is not None else None,
    )


async def lock(loan_id: int) -> None:
    """Lock a loan's row until the transaction ends: what is read of the loan afterwards stays as it is."""
    await Loan.filter(id=loan_id).select_for_update().only("id").first()


_RECORD = audit.insertion(
    Event.PAYMENT_TAKEN,
    "FROM paid",
    origin=33,
    about={"user_id": "user_id", "loan_id": "loan_id", "payment_id": "id"},
    details=audit_facts.as_json(audit_facts.PAYMENT, "paid"),
)
# The loan's row is updated first, and only if its `xmin` is the one that was read. The update waits for a transaction
# that holds the row; if that transaction changed it, nothing is stored. Every payment changes the row. So a payment
# that the read did not find cannot be stored in between, with a transaction id or without.
_STORE = f"""
WITH changed AS (
    UPDATE loans SET emi = $13, principal_balance = $21, interest_due = $22, accrued_interest = $23,
        accrued_through = $24, cycles_billed = $25, past_due = $26, installment_due = $27, minimum_due = $28,
        oldest_due_on = $29, closed_on = $30, next_billing_on = $31
    WHERE id = $1 AND xmin = $32
    RETURNING id
), paid AS (
    INSERT INTO payments (loan_id, user_id, taken_by_id, transaction_id, transaction_id_given, paid_on, amount,
        mode, reference, interest, principal, emi_before, emi_after)
    SELECT id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 FROM changed
    RETURNING *
), recorded AS (
    {_RECORD}
), part AS (
    SELECT * FROM unnest($14::int[], $15::numeric[], $16::numeric[]) WITH ORDINALITY
        AS p (cycle, interest, principal, position)
), settled AS (
    UPDATE bills SET interest_paid = interest_paid + part.interest, principal_paid = principal_paid + part.principal
    FROM changed, part WHERE bills.loan_id = changed.id AND bills.cycle = part.cycle
    RETURNING bills.id, bills.cycle
), allocated AS (
    INSERT INTO allocations (payment_id, bill_id, interest, principal)
    SELECT paid.id, settled.id, part.interest, part.principal
    FROM paid CROSS JOIN part LEFT JOIN settled ON settled.cycle = part.cycle
    ORDER BY part.position
), posted AS (
    INSERT INTO ledger_entries (loan_id, posted_on, event, debit, credit, amount, payment_id)
    SELECT $1, $6, e.event, e.debit, e.credit, e.amount, paid.id
    FROM paid, unnest($17::text[], $18::text[], $19::text[], $20::numeric[]) AS e (event, debit, credit, amount)
)
SELECT id, created_at FROM paid
"""


async def store(
    record: PaymentRecord, applied: AppliedPayment, next_billing_on: date | None, *, version: int, by: Origin
) -> PaymentRow | None:
    """Store a payment, its allocations, its ledger and audit entries and the loan's new standing in one statement.

    The bills of its allocations must exist. Return None and store nothing if the loan's version has changed.

    Raises:
        asyncpg.UniqueViolationError: the same payment was stored meanwhile.
    """
    entries = ledger.of_payment(
        interest=applied.interest, principal=applied.principal, unbilled_interest=applied.unbilled_interest
    )
    row = await database.fetch_one(
        _STORE,
        *record,
        applied.interest,
        applied.principal,
        applied.emi_before,
        applied.standing.emi,
        *(list(column) for column in zip(*applied.allocations, strict=True)),
        [str(entry.event) for entry in entries],
        [str(entry.debit) for entry in entries],
        [str(entry.credit) for entry in entries],
        [entry.amount for entry in entries],
        *applied.standing[1:],
        next_billing_on,
        version,
        *by,
    )
    return _stored_row(row, record, applied) if row else None


def _stored_row(row: asyncpg.Record, record: PaymentRecord, applied: AppliedPayment) -> PaymentRow:
    return PaymentRow(
        id=row["id"],
        loan_id=record.loan_id,
        transaction_id=record.transaction_id,
        paid_on=record.paid_on,
        amount=record.amount,
        interest=applied.interest,
        principal=applied.principal,
        emi_before=applied.emi_before,
        emi_after=applied.standing.emi,
        created_at=row["created_at"],
        mode=record.mode,
        reference=record.reference,
    )
