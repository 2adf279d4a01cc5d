"""Hand-written SQL: a page of a loan's statement, whose lines are rows of three tables."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from models import database
from rules.statement import LineKind, Posted


class Position(NamedTuple):
    """A position in a loan's statement: the date and the sequence of a line; 0 for a bill, whose cycle is billed."""

    posted_on: date
    sequence: int
    cycles: int


class Page(NamedTuple):
    """The lines after a position, in no order, and the principal that was paid before it, or written off by a payment.

    `is_written_off` says whether a write-off came before it.

    `cancelled_on` is the date of the disbursal's reversal.
    """

    rows: list[Posted]
    paid_before: Decimal
    cancelled_on: date | None
    is_written_off: bool


# Each kind of row is read by an index in the order of the statement. Reversals and refunds are few, and are sorted. An
# event has at most one reversal that counts. A cursor may have any number; a parameter has the type of its first use.
_PAGE = """
SELECT * FROM (
    SELECT 'BILL' AS kind, billing_date AS posted_on, 0 AS sequence, interest, 0.00 AS principal, 0.00 AS credit,
        NULL::date AS reversed_on, 0.00 AS charges, 0.00 AS recovery, 0.00 AS written_off
    FROM bills WHERE loan_id = $1 AND cycle > $4 AND known_until IS NULL ORDER BY loan_id, cycle LIMIT $5
) AS bill
UNION ALL
SELECT * FROM (
    SELECT 'PAYMENT', paid_on, sequence, interest, principal, credit, reversed_on, charges, recovery, written_off
    FROM payments WHERE loan_id = $1 AND paid_on >= $2 AND (paid_on > $2 OR sequence > $3::bigint)
    ORDER BY paid_on, sequence LIMIT $5
) AS payment
UNION ALL
SELECT * FROM (
    SELECT one.kind, one.effective_on, one.sequence, CASE one.kind WHEN 'WAIVER' THEN one.amount ELSE 0.00 END, 0.00,
        CASE one.kind WHEN 'REFUND' THEN -one.amount ELSE 0.00 END, reversal.recorded_on, 0.00, 0.00, 0.00
    FROM loan_events one
    LEFT JOIN loan_events reversal ON reversal.loan_id = one.loan_id AND reversal.reverses = one.sequence
        AND reversal.kind = 'REVERSAL' AND reversal.counts
    WHERE one.loan_id = $1 AND one.kind <> 'BORROWER_NPA' AND (one.effective_on, one.sequence) > ($2, $3)
    ORDER BY one.effective_on, one.sequence LIMIT $5
) AS event
UNION ALL
SELECT NULL, NULL, (
    SELECT sequence FROM loan_events WHERE loan_id = $1 AND kind = 'WRITE_OFF' AND (effective_on, sequence) <= ($2, $3)
        AND NOT EXISTS (
            SELECT FROM loan_events reversal WHERE reversal.loan_id = $1 AND reversal.reverses = loan_events.sequence
                AND reversal.kind = 'REVERSAL' AND reversal.counts
        )
    LIMIT 1
), NULL, coalesce(sum(principal + written_off), 0.00), NULL, (
    SELECT recorded_on FROM loan_events WHERE loan_id = $1 AND reverses = 1 AND kind = 'REVERSAL' AND counts
), NULL, NULL, NULL FROM payments
WHERE loan_id = $1 AND paid_on <= $2 AND (paid_on < $2 OR sequence <= $3) AND reversed_on IS NULL
"""


async def page(loan_id: int, *, after: Position, limit: int) -> Page:
    """Return, of the lines after a position, up to `limit` of each kind of row."""
    found = await database.fetch(_PAGE, loan_id, *after, limit)
    (before,) = (row for row in found if row["kind"] is None)
    rows = [Posted(LineKind(row["kind"]), *row[1:]) for row in found if row["kind"] is not None]
    return Page(rows, before["principal"], before["reversed_on"], before["sequence"] is not None)


async def count(loan_id: int) -> int:
    """Return the number of lines of a loan's statement: its disbursal, its bills and its events."""
    row = await database.fetch_one(
        "SELECT 1 + (SELECT count(*) FROM bills WHERE loan_id = $1 AND known_until IS NULL)"
        " + (SELECT count(*) FROM payments WHERE loan_id = $1)"
        " + (SELECT count(*) FROM loan_events WHERE loan_id = $1 AND kind <> 'BORROWER_NPA') AS lines",
        loan_id,
    )
    assert row is not None
    return int(row["lines"])
