"""Loans to bill on three dates, and the results of a billing run."""

from datetime import date

from models import billing_runs, database
from models.billing_runs import BillingRun
from models.bills import Bill
from rules.audit import WORKER
from tests.builders import TODAY
from tests.tasks.loan_rows import borrow

FIRST = date(2026, 1, 31)


# Three cycles after the first of January.
THIRD = date(2026, 4, 1)


THREE_DATES = [date(2026, 1, 31), date(2026, 3, 2), date(2026, 4, 1)]


async def lend(count: int) -> list[int]:
    """Create loans of 50,000 at 10.5 % for 12 cycles, whose first bill has 435.00 of interest. Returns their ids."""
    return [await borrow(number) for number in range(1, count + 1)]


async def begun(as_of: date, chunk_loans: int = 2) -> BillingRun:
    """Begin a run of small chunks over loans of the first of January, without sending messages."""
    run = await billing_runs.begin(as_of, WORKER)
    await billing_runs.plan(run.id, chunk_loans * ((as_of - TODAY).days // 30))
    return run


async def now(run: BillingRun) -> BillingRun:
    return await BillingRun.get(id=run.id)


async def is_done(run: BillingRun) -> bool:
    return (await now(run)).status == "DONE"


async def cycles() -> dict[int, list[date]]:
    """The dates of each loan's bills, by cycle."""
    found: dict[int, list[date]] = {}
    for bill in await Bill.all().order_by("loan_id", "cycle"):
        found.setdefault(bill.loan_id, []).append(bill.billing_date)
    return found


def each(loan_ids: list[int], dates: list[date]) -> dict[int, list[date]]:
    """The result of `cycles` if every loan has each of these bills once."""
    return {loan_id: dates for loan_id in loan_ids}  # noqa: C420


async def spoil(loan_id: int) -> None:
    """Change a loan so that the rules fail: its interest has accrued beyond its billing date."""
    await database.execute("UPDATE loans SET accrued_through = '2027-01-01' WHERE id = $1", loan_id)


async def mend(loan_id: int) -> None:
    await database.execute("UPDATE loans SET accrued_through = disbursed_on WHERE id = $1", loan_id)
