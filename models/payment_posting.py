"""Hand-written SQL: a payment is two statements, because each round trip counts and no lock is needed.

The first, which is here, reads all that the payment depends on. The second, in `models.outcomes`, stores all of it, if
the loan's row is unchanged.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from models import bills, loans
from models.bills import BillRow
from models.loans import Loan, LoanRow
from models.reads import Read
from rules import charges, receipts
from rules.loan import Charge, PrepaymentChoice
from rules.money import ZERO
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
    recorded_on: date
    prepayment: str = PrepaymentChoice.REDUCE_EMI.value
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
    prepayment: str
    mode: str | None
    reference: str | None
    user_id: int
    sequence: int
    credit: Decimal
    reversed_on: date | None
    charges: Decimal
    charge_parts: str | None
    recovery: Decimal

    @property
    def payment_date(self) -> date:
        return self.paid_on

    @property
    def receipt_number(self) -> str:
        return receipts.number(self.id)


class Stored(NamedTuple):
    """The id, the time and the sequence of an event that was stored."""

    id: int
    at: datetime
    sequence: int


class AllocationRow(NamedTuple):
    """A part of a payment as stored, with its bill after the payment."""

    bill: BillRow | None
    interest: Decimal
    principal: Decimal
    credit: Decimal = ZERO
    charge: Charge | None = None
    charge_paid: Decimal = ZERO
    recovery: Decimal = ZERO


class PayableLoan(NamedTuple):
    """All rows that the rules need to apply a payment, from one snapshot.

    `version` is the `xmin` of the loan's row. Every change of a loan or its bills writes that row, and so changes it.
    `unpaid` has the bills whose installment is not fully paid, oldest first; the loan has them too. `earlier` is the
    payment that this one would repeat: the one with the same transaction id or, without an id, the first with the same
    date and amount that counts.
    """

    version: int
    loan: LoanRow
    unpaid: list[BillRow]
    earlier: PaymentRow | None


_LOAN = slice(1, 1 + loans.WIDTH)
_BILL = slice(_LOAN.stop, _LOAN.stop + len(BillRow._fields))
_PAYMENT = slice(_BILL.stop, _BILL.stop + len(PaymentRow._fields))

# The statement also reads superseded bills whose minimum is paid. The rules ignore them, so the index stays simple.
_READ = f"""
SELECT loan.xmin, {loans.COLUMNS}, {bills.COLUMNS}, {", ".join(f"earlier.{name}" for name in PaymentRow._fields)}
FROM loans loan
LEFT JOIN bills bill
    ON bill.loan_id = loan.id AND bill.interest_paid + bill.principal_paid < bill.installment
        AND bill.known_until IS NULL AND NOT bill.withdrawn
LEFT JOIN LATERAL (
    SELECT * FROM payments payment WHERE %s ORDER BY payment.id LIMIT 1
) earlier ON true
WHERE loan.id = $1 AND ($2::bigint IS NULL OR loan.user_id = $2)
"""
_READ_BY_ID = _READ % "payment.user_id = loan.user_id AND payment.transaction_id = $3"
_READ_ALIKE = (
    _READ % "payment.loan_id = loan.id AND payment.paid_on = $3 AND payment.amount = $4 AND payment.reversed_on IS NULL"
)


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
    unpaid.sort(key=lambda bill: bill.cycle)
    return PayableLoan(
        version=first[0],
        loan=loans.row_of(first[_LOAN], unpaid),
        unpaid=unpaid,
        earlier=PaymentRow(*first[_PAYMENT]) if first[_PAYMENT.start] is not None else None,
    )


async def lock(loan_id: int) -> None:
    """Lock a loan's row until the transaction ends: what is read of the loan afterwards stays as it is."""
    await Loan.filter(id=loan_id).select_for_update().only("id").first()


def row_of(stored: Stored, record: PaymentRecord, applied: AppliedPayment) -> PaymentRow:
    """The row of a payment that was stored. The statement that stores it does not return all of it."""
    return PaymentRow(
        id=stored.id,
        loan_id=record.loan_id,
        transaction_id=record.transaction_id,
        paid_on=record.paid_on,
        amount=record.amount,
        interest=applied.interest,
        principal=applied.principal,
        emi_before=applied.emi_before,
        emi_after=applied.standing.emi,
        created_at=stored.at,
        prepayment=record.prepayment,
        mode=record.mode,
        reference=record.reference,
        user_id=record.user_id,
        sequence=stored.sequence,
        credit=applied.credit,
        charges=applied.charges,
        charge_parts=charges.text_of_parts(applied.charged),
        reversed_on=None,
        recovery=applied.recovery,
    )
