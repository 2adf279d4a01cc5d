"""Hand-written SQL: a statement reads all it needs of a loan by one statement, and so from one snapshot."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from models import database, loans
from models.loans import LoanRow
from models.reads import Read
from rules.money import ZERO


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
    """A bill as a line of a statement."""

    posted_on: date
    interest: Decimal

    @property
    def principal(self) -> Decimal:
        """A bill moves no principal."""
        return ZERO


class PostedPayment(NamedTuple):
    """A payment as a line of a statement."""

    posted_on: date
    interest: Decimal
    principal: Decimal


class StatementRows(NamedTuple):
    """A loan, its unpaid bills with the oldest first, and all its bills and payments, each in their order.

    `bills` and `payments` are empty if the caller did not request them. They are incomplete if the statement has more
    than `MOST_LINES` lines.
    """

    loan: LoanRow
    unpaid: list[BillBalanceRow]
    bills: list[PostedBill]
    payments: list[PostedPayment]


# Clients must read longer statements in pages.
MOST_LINES = 1_000


def _arrays(row: type[Any]) -> str:
    """The columns of a row, each as an array."""
    # asyncpg decodes an array of texts in a third of the time that an array of numerics takes.
    casts = {name: "::text" if kind is Decimal else "" for name, kind in row.__annotations__.items()}
    return ", ".join(f"array_agg({name}{cast})" for name, cast in casts.items())


def _rows(row: type[Any], arrays: Iterable[Sequence[Any] | None]) -> list[Any]:
    """The rows of `_arrays`, in the order of the arrays. The aggregate of no rows is NULL."""
    columns = [
        map(Decimal, array or ()) if kind is Decimal else array or ()
        for kind, array in zip(row.__annotations__.values(), arrays, strict=True)
    ]
    return [row(*values) for values in zip(*columns, strict=True)]


_LOAN = slice(0, len(LoanRow._fields))
_UNPAID = slice(_LOAN.stop, _LOAN.stop + len(BillBalanceRow._fields))
_BILLS = slice(_UNPAID.stop, _UNPAID.stop + len(PostedBill._fields))
_PAYMENTS = slice(_BILLS.stop, _BILLS.stop + len(PostedPayment._fields))

# Arrays, because one row of a statement and its loan cost less than a row for each event.
_READ = f"""
SELECT {loans.COLUMNS}, unpaid.*, billed.*, paid.*
FROM loans loan
CROSS JOIN LATERAL (
    SELECT {_arrays(BillBalanceRow)} FROM (
        SELECT * FROM bills WHERE loan_id = loan.id AND interest_paid + principal_paid < installment
        ORDER BY loan_id, cycle
    ) AS bill
) AS unpaid
CROSS JOIN LATERAL (
    SELECT {_arrays(PostedBill)} FROM (
        SELECT billing_date AS posted_on, interest FROM bills WHERE loan_id = loan.id AND $3
        ORDER BY loan_id, cycle LIMIT {MOST_LINES}
    ) AS bill
) AS billed
CROSS JOIN LATERAL (
    SELECT {_arrays(PostedPayment)} FROM (
        SELECT paid_on AS posted_on, interest, principal FROM payments WHERE loan_id = loan.id AND $3
        ORDER BY loan_id, id LIMIT {MOST_LINES}
    ) AS payment
) AS paid
WHERE loan.id = $1 AND ($2::bigint IS NULL OR loan.user_id = $2)
"""


def reading(loan_id: int, *, owner_id: int | None, posted: bool = True) -> Read[StatementRows | None]:
    """The read of a loan's rows: None if it does not exist or does not belong to the borrower `owner_id`.

    Without `posted`, only unpaid bills are read.
    """
    return Read(_READ, (loan_id, owner_id, posted), _result)


def _result(rows: Sequence[Sequence[Any]]) -> StatementRows | None:
    if not rows:
        return None
    (row,) = rows
    return StatementRows(
        loan=LoanRow(*row[_LOAN]),
        unpaid=_rows(BillBalanceRow, row[_UNPAID]),
        bills=_rows(PostedBill, row[_BILLS]),
        payments=_rows(PostedPayment, row[_PAYMENTS]),
    )


class Position(NamedTuple):
    """A position in the list of a loan's bills and payments: the last bill and the last payment before it."""

    cycle: int
    payment_id: int


class PageEvent(NamedTuple):
    """A bill or a payment. `number` is the bill's cycle or the payment's id."""

    posted_on: date
    number: int
    interest: Decimal
    principal: Decimal


class Page(NamedTuple):
    """The bills and the payments after a position, each in order, and the principal that was paid before it."""

    bills: list[PageEvent]
    payments: list[PageEvent]
    paid_before: Decimal


# Numbers and dates have the same order: cycles are billed in sequence, and no payment is dated before the loan's latest
# event.
_PAGE = """
SELECT kind, posted_on, number, interest, principal FROM (
    SELECT 1 AS kind, billing_date AS posted_on, cycle::bigint AS number, interest, 0.00 AS principal
    FROM bills WHERE loan_id = $1 AND cycle > $2 ORDER BY loan_id, cycle LIMIT $4
) AS bill
UNION ALL
SELECT kind, posted_on, number, interest, principal FROM (
    SELECT 2 AS kind, paid_on AS posted_on, id AS number, interest, principal
    FROM payments WHERE loan_id = $1 AND id > $3 ORDER BY loan_id, id LIMIT $4
) AS payment
UNION ALL
SELECT 0, NULL, NULL, NULL, coalesce(sum(principal), 0.00) FROM payments WHERE loan_id = $1 AND id <= $3
"""


async def page(loan_id: int, *, after: Position, limit: int) -> Page:
    """Return up to `limit` bills and up to `limit` payments of a loan after a position."""
    rows = await database.fetch(_PAGE, loan_id, after.cycle, after.payment_id, limit)
    bills, payments = ([PageEvent(*row[1:]) for row in rows if row["kind"] == kind] for kind in (1, 2))
    (paid_before,) = (row["principal"] for row in rows if row["kind"] == 0)
    return Page(bills, payments, paid_before)


async def count(loan_id: int) -> int:
    """Return the number of lines of a loan's statement: its disbursal, its bills and its payments."""
    row = await database.fetch_one(
        "SELECT 1 + (SELECT count(*) FROM bills WHERE loan_id = $1)"
        " + (SELECT count(*) FROM payments WHERE loan_id = $1) AS lines",
        loan_id,
    )
    assert row is not None
    return int(row["lines"])
