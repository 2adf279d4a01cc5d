"""Hand-written SQL: loans are listed by the due date of their oldest unpaid minimum, in pages that an index serves.

That minimum is one of a bill, or of the next bill if no other is unpaid. The same date decides whether a loan is past
due, whether or not its cycles that have come are billed.
"""

from datetime import date
from typing import NamedTuple

from models import database
from models.loans import Loan
from models.tortoise_seam import instance
from rules.plan import days

# As the index `loans_by_due_date` has it.
_DUE_ON = "coalesce(oldest_due_on, next_billing_on + due_days)"


class Position(NamedTuple):
    """The place of an open loan in the list: `due_on` is the date by which it is sorted."""

    due_on: date
    loan_id: int


_BY_DUE_DATE = f"""
SELECT loans.* FROM loans
WHERE closed_on IS NULL AND ({_DUE_ON}, id) > ($1::date, $2::bigint) AND {_DUE_ON} <= $3
ORDER BY {_DUE_ON}, id LIMIT $4
"""
_DUE_BETWEEN = f"SELECT count(*) FROM loans WHERE closed_on IS NULL AND {_DUE_ON} BETWEEN $1 AND $2"


async def by_due_date(after: Position, until: date, limit: int) -> list[Loan]:
    """The first open loans after a place, up to a due date."""
    rows = await database.fetch(_BY_DUE_DATE, after.due_on, after.loan_id, until, limit)
    return [instance(Loan, row) for row in rows]


async def count_due(since: date, until: date) -> int:
    """The number of open loans with a due date from `since` to `until`."""
    row = await database.fetch_one(_DUE_BETWEEN, since, until)
    assert row is not None
    count: int = row[0]
    return count


def position(loan: Loan) -> Position:
    """The place of an open loan in the list."""
    assert loan.next_billing_on is not None, "an open loan is billed again"
    return Position(loan.oldest_due_on or loan.next_billing_on + days(loan.due_days), loan.id)
