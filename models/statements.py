"""Hand-written SQL: a statement reads all it needs of a loan by one statement, and so from one snapshot."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from models import database, loans
from models.loans import LoanRow


class BillBalanceRow(NamedTuple):
    """A bill whose installment is not fully paid, with the columns that the rules use."""

    cycle: int
    due_date: date
    interest: Decimal
    minimum_due: Decimal
    installment: Decimal
    interest_paid: Decimal
    principal_paid: Decimal


class EntryRow(NamedTuple):
    """A ledger entry. `source_id` is the id of its bill or payment."""

    posted_on: date
    event: str
    source_id: int | None
    debit: str
    credit: str
    amount: Decimal


class StatementRows(NamedTuple):
    """A loan, its unpaid bills with the oldest first, and its ledger entries in no particular order.

    `posted` is empty if the caller did not request entries. It is incomplete if the statement has more than
    `MOST_LINES` lines.
    """

    loan: LoanRow
    unpaid: list[BillBalanceRow]
    posted: list[EntryRow]


# Clients must read longer statements in pages. A line is the disbursal, a bill, or a payment with up to three entries.
MOST_LINES = 1_000
_MOST_ENTRIES = 3 * MOST_LINES + 1

# A bill without interest has no ledger entry, but it is a line of the statement.
_ACCOUNT = f"""
SELECT {loans.COLUMNS}, unpaid.*, posted.*
FROM loans loan
CROSS JOIN LATERAL (
    SELECT array_agg(cycle) AS unpaid_1, array_agg(due_date) AS unpaid_2, array_agg(interest) AS unpaid_3,
        array_agg(minimum_due) AS unpaid_4, array_agg(installment) AS unpaid_5, array_agg(interest_paid) AS unpaid_6,
        array_agg(principal_paid) AS unpaid_7
    FROM (
        SELECT * FROM bills WHERE loan_id = loan.id AND interest_paid + principal_paid < installment
        ORDER BY loan_id, cycle
    ) AS bill
) AS unpaid
CROSS JOIN LATERAL (
    SELECT array_agg(posted_on) AS posted_1, array_agg(event) AS posted_2, array_agg(source_id) AS posted_3,
        array_agg(debit) AS posted_4, array_agg(credit) AS posted_5, array_agg(amount) AS posted_6
    FROM (
        SELECT posted_on, event, coalesce(payment_id, bill_id) AS source_id, debit, credit, amount
        FROM ledger_entries WHERE loan_id = loan.id AND $3
        UNION ALL
        SELECT billing_date, 'BILL', id, 'INTEREST_RECEIVABLE', 'INTEREST_INCOME', interest
        FROM bills WHERE loan_id = loan.id AND interest = 0 AND $3
        LIMIT {_MOST_ENTRIES}
    ) AS entry
) AS posted
WHERE loan.id = $1 AND ($2::bigint IS NULL OR loan.user_id = $2)
"""


async def read(loan_id: int, *, owner_id: int | None, posted: bool = True) -> StatementRows | None:
    """Return a loan's rows, or None if it does not exist or does not belong to the borrower `owner_id`.

    Without `posted`, ledger entries are not read.
    """
    row = await database.fetch_one(_ACCOUNT, loan_id, owner_id, posted)
    if row is None:
        return None
    unpaid = [row[f"unpaid_{number}"] or [] for number in range(1, 8)]
    entries = [row[f"posted_{number}"] or [] for number in range(1, 7)]
    return StatementRows(
        loan=LoanRow(*row[: len(LoanRow._fields)]),
        unpaid=[BillBalanceRow(*values) for values in zip(*unpaid, strict=True)],
        posted=[EntryRow(*values) for values in zip(*entries, strict=True)],
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
