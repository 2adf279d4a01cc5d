"""Hand-written SQL: the times by which all that is recorded of a loan can be read, now and at any later time.

Each transaction that changes a loan locks its row, and takes the time of what it records from the clock afterwards. So
what is recorded later has a later time than all that can be read now.
"""

from datetime import datetime

from models import database

# The newest time of all that is recorded of a loan. An event that withdraws a bill has a later time than the bill.
NEWEST = """greatest(
    loan.created_at,
    (SELECT max(created_at) FROM payments WHERE loan_id = loan.id),
    (SELECT max(recorded_at) FROM loan_events WHERE loan_id = loan.id),
    (SELECT max(created_at) FROM bills WHERE loan_id = loan.id AND known_until IS NULL)
)"""
_NEWEST = f"SELECT {NEWEST} FROM loans loan WHERE id = $1"
# A transaction that holds the lock may have recorded something at an earlier time, which cannot be read yet. The time
# of the statement is that of its start, before it waits.
_SETTLED = "SELECT statement_timestamp() FROM loans WHERE id = $1 FOR SHARE"


async def now() -> datetime:
    """The time on PostgreSQL's clock. Under the locks of loans it is after all that is recorded of them.

    The time of the transaction would not be: another transaction may have begun later, and have had the locks before.
    """
    row = await database.fetch_one("SELECT clock_timestamp()")
    assert row is not None
    moment: datetime = row[0]
    return moment


async def newest(loan_id: int) -> datetime:
    """The newest time of all that is recorded of a loan. Nothing will be recorded with an earlier one."""
    return await _time(_NEWEST, loan_id)


async def settled(loan_id: int) -> datetime:
    """The time on PostgreSQL's clock, after a wait for the transactions that change the loan.

    Nothing will be recorded of the loan with an earlier time.
    """
    return await _time(_SETTLED, loan_id)


async def _time(statement: str, loan_id: int) -> datetime:
    row = await database.fetch_one(statement, loan_id)
    assert row is not None
    moment: datetime = row[0]
    return moment
