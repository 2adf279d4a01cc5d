"""Hand-written SQL: a statement reads all it needs of a loan by one statement, and so from one snapshot."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from models import loans, recorded_times
from models.loans import LoanRow
from models.reads import Read
from rules.money import ZERO
from rules.statement import LineKind, Posted


class BillBalanceRow(NamedTuple):
    """A bill whose installment is not fully paid, with the columns that the rules use."""

    cycle: int
    due_date: date
    interest: Decimal
    minimum_due: Decimal
    installment: Decimal
    interest_paid: Decimal
    principal_paid: Decimal


class PostedBill(NamedTuple):
    """The columns of a bill that its line of a statement needs."""

    posted_on: date
    interest: Decimal


class PostedPayment(NamedTuple):
    """The columns of a payment that its line needs, in their order there."""

    posted_on: date
    sequence: int
    interest: Decimal
    principal: Decimal
    credit: Decimal
    reversed_on: date | None
    charges: Decimal


class StatementRows(NamedTuple):
    """A loan with its unpaid bills, and all its bills and events, which are in no order.

    `posted` is empty if the caller did not request it. It is incomplete if the statement has more than `MOST_LINES`
    lines. `cancelled_on` is the date of the disbursal's reversal. `known_at` is the newest time of all that is recorded
    of the loan, if the caller requested it.
    """

    loan: LoanRow
    posted: Sequence[Posted]
    cancelled_on: date | None
    known_at: datetime | None


# Clients must read longer statements in pages.
MOST_LINES = 1_000


def _arrays(row: type[Any]) -> str:
    """The columns of a row, each as an array."""
    # asyncpg decodes an array of texts in a third of the time that an array of numerics takes.
    casts = {name: "::text" if kind is Decimal else "" for name, kind in row.__annotations__.items()}
    return ", ".join(f"array_agg({name}{cast})" for name, cast in casts.items())


def _values(row: type[Any], arrays: Iterable[Sequence[Any] | None]) -> Iterator[tuple[Any, ...]]:
    """The values of rows from `_arrays`, in the order of the arrays. The aggregate of no rows is NULL."""
    columns = [
        map(Decimal, array or ()) if kind is Decimal else array or ()
        for kind, array in zip(row.__annotations__.values(), arrays, strict=True)
    ]
    return zip(*columns, strict=True)


_LOAN = slice(0, loans.WIDTH)
_UNPAID = slice(_LOAN.stop, _LOAN.stop + len(BillBalanceRow._fields))
_BILLS = slice(_UNPAID.stop, _UNPAID.stop + len(PostedBill._fields))
_PAYMENTS = slice(_BILLS.stop, _BILLS.stop + len(PostedPayment._fields))
_EVENTS = _PAYMENTS.stop

# Arrays, because one row of a statement and its loan cost less than a row for each event. Nearly all loans have no
# other event, recovery or loss: one array of records costs them less than an array for each column, and than a join.
_READ = f"""
SELECT {loans.COLUMNS}, unpaid.*, billed.*, paid.*, ARRAY(
    SELECT ROW (
        kind, effective_on, sequence, CASE WHEN kind IN ('REFUND', 'WAIVER') THEN amount ELSE 0.00 END::text,
        recorded_on, CASE WHEN counts THEN reverses END
    )
    FROM loan_events WHERE loan_id = loan.id AND kind <> 'BORROWER_NPA' AND $3 LIMIT {MOST_LINES}
), ARRAY(
    SELECT ROW (sequence, recovery::text, written_off::text)
    FROM payments WHERE loan_id = loan.id AND $3 AND loan.special IS NOT NULL LIMIT {MOST_LINES}
), %s
FROM loans loan
CROSS JOIN LATERAL (
    SELECT {_arrays(BillBalanceRow)} FROM (
        SELECT * FROM bills WHERE loan_id = loan.id AND interest_paid + principal_paid < installment
            AND known_until IS NULL AND NOT withdrawn
        ORDER BY loan_id, cycle
    ) AS bill
) AS unpaid
CROSS JOIN LATERAL (
    SELECT {_arrays(PostedBill)} FROM (
        SELECT billing_date AS posted_on, interest FROM bills WHERE loan_id = loan.id AND $3 AND known_until IS NULL
        ORDER BY loan_id, cycle LIMIT {MOST_LINES}
    ) AS bill
) AS billed
CROSS JOIN LATERAL (
    SELECT {_arrays(PostedPayment)} FROM (
        SELECT paid_on AS posted_on, sequence, interest, principal, credit, reversed_on, charges
        FROM payments WHERE loan_id = loan.id AND $3
        ORDER BY loan_id, id LIMIT {MOST_LINES}
    ) AS payment
) AS paid
WHERE loan.id = $1 AND ($2::bigint IS NULL OR loan.user_id = $2)
"""
_READ_UNTIMED, _READ_TIMED = _READ % "NULL", _READ % recorded_times.NEWEST


def reading(
    loan_id: int, *, owner_id: int | None, posted: bool = True, timed: bool = False
) -> Read[StatementRows | None]:
    """The read of a loan's rows: None if it does not exist or does not belong to the borrower `owner_id`.

    Without `posted`, no bill but the unpaid ones and no event is read. With `timed`, the newest time is read.
    """
    return Read(_READ_TIMED if timed else _READ_UNTIMED, (loan_id, owner_id, posted), _result)


def _result(rows: Sequence[Sequence[Any]]) -> StatementRows | None:
    if not rows:
        return None
    (row,) = rows
    unpaid = [BillBalanceRow(*values) for values in _values(BillBalanceRow, row[_UNPAID])]
    # A bill is never reversed: a correction restates it, or withdraws it. It moves no principal.
    bills = [Posted(LineKind.BILL, on, 0, interest) for on, interest in _values(PostedBill, row[_BILLS])]
    payments = [Posted(LineKind.PAYMENT, *values) for values in _values(PostedPayment, row[_PAYMENTS])]
    if row[_EVENTS + 1]:
        ends = {sequence: (Decimal(recovery), Decimal(lost)) for sequence, recovery, lost in row[_EVENTS + 1]}
        payments = [Posted(*one[:-2], *ends[one.sequence]) for one in payments]
    reversed_on = {reverses: recorded_on for *_, recorded_on, reverses in row[_EVENTS]}
    others = [
        posted_event(LineKind(kind), on, sequence, Decimal(amount), reversed_on.get(sequence))
        for kind, on, sequence, amount, *_ in row[_EVENTS]
    ]
    return StatementRows(
        loan=loans.row_of(row[_LOAN], unpaid),
        posted=[*bills, *payments, *others],
        cancelled_on=reversed_on.get(1),
        known_at=row[_EVENTS + 2],
    )


def posted_event(kind: LineKind, on: date, sequence: int, amount: Decimal, reversed_on: date | None) -> Posted:
    """An event that is neither disbursal nor payment: a refund pays credit out, and a waiver of card is of interest."""
    credit = -amount if kind is LineKind.REFUND else ZERO
    interest = amount if kind is LineKind.WAIVER else ZERO
    return Posted(kind, on, sequence, interest, ZERO, credit, reversed_on)
