"""Hand-written SQL: the classes of a book from before the log of classes are found, in batches that each commit.

The check of the log is not validated until that is done. A batch that is interrupted is rolled back, and the next
`migrate` begins again: a loan whose classes are found changes nothing.
"""

from datetime import date

from models import billing_runs, class_changes, corrections, database, loan_columns, open_loans, recorded_times
from models.asyncpg_seam import Connection
from models.event_numbers import Progress
from models.loans import Loan
from models.open_loans import OpenLoan
from rules import verify

# Loans in a transaction: payments of a loan wait for it, about a second.
_AT_ONCE = 100

_PENDING = """
SELECT EXISTS (SELECT FROM pg_constraint WHERE conname = 'class_changes_known_check' AND NOT convalidated)
"""
_FOUND = "ALTER TABLE class_changes VALIDATE CONSTRAINT class_changes_known_check"
# The loans that may ever have had another class: something is unpaid, was paid after its due date, or is special.
_LATE = """
SELECT id FROM loans WHERE id > $1 AND (oldest_due_on IS NOT NULL OR special IS NOT NULL OR EXISTS (
    SELECT FROM bills JOIN allocations ON bill_id = bills.id JOIN payments ON payments.id = payment_id
    WHERE bills.loan_id = loans.id AND bills.known_until IS NULL AND allocations.known_until IS NULL
        AND paid_on > due_date
)) ORDER BY id LIMIT $2
"""


async def is_pending(owner: Connection) -> bool:
    """Whether the classes of a book are not found yet."""
    return bool(await owner.fetchval(_PENDING))


async def complete(owner: Connection) -> None:
    """Note that the classes of the book are found, as the owner of the tables."""
    await owner.execute(_FOUND)


async def find(report: Progress) -> None:
    """Find the classes of all loans, and post what an NPA owes to suspense.

    `report` gets the number of finished loans and the number of all loans, after each batch.
    """
    classed, last_id = await billing_runs.classed(), -(2**63)
    loans = await Loan.all().count()
    while ids := [row["id"] for row in await database.fetch(_LATE, last_id, _AT_ONCE)]:
        async with database.transaction():
            for opened in (await open_loans.locked(ids)).values():
                await _find(opened, classed)
        last_id = max(ids)
        report(await Loan.filter(id__lte=last_id).count(), loans)


async def _find(opened: OpenLoan, classed: date) -> None:
    loan, stored, ids = opened.loan, opened.history, opened.ids
    lived = verify.lived_of(stored.loan, stored.events, stored.loan.standing.cycles_billed, classed)
    differences = list(corrections.differences(stored, lived, stored.events))
    special = loan_columns.standing_values(lived.standing)[-1]
    if lived.standing.special != stored.loan.standing.special:
        await Loan.filter(id=loan.id).update(special=special)
    at, on = await recorded_times.now(), max(classed, lived.standing.accrued_through)
    await class_changes.restate(loan.id, stored.classes, lived.classes.changes, at)
    await corrections.post(ids, stored.events, differences, corrections.Recorded(loan.id, at, on))
