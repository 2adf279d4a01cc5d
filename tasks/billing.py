"""A billing run divides the book into chunks, bills each in a transaction, and ends when no chunk is left to bill."""

import asyncio
import logging
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import asyncpg
from taskiq import async_shared_broker

from broker.stream import SENDERS, enqueue
from models import billing_chunks, billing_runs, bills, class_changes, database, due_loans
from models.billing_runs import BillingRun
from models.database_errors import UNAVAILABLE
from models.due_loans import DueLoan
from rules import aadhaar, billing, nights
from rules.audit import WORKER, Origin, by_command
from rules.loan import Bill, Standing
from rules.money import ZERO
from rules.nights import Night
from tasks import borrower_classes

logger = logging.getLogger("kist.tasks")

# A foreground run waits this long before it checks again for chunks that workers have claimed.
_POLL_SECONDS = 0.5

_FOREGROUND = by_command("kist bill")

# PostgreSQL's messages and those of assertions are one short sentence.
_LONGEST_REASON = 300

Report = Callable[[BillingRun], None]


@async_shared_broker.task(task_name="run_billing")
async def run_billing(run_id: int) -> None:
    """Enqueue every pending chunk of a run; any worker may bill it."""
    pending = await billing_runs.plan(run_id)
    # One by one, the messages of a thousand chunks would wait behind the first chunks, which this process bills too.
    for first in range(0, len(pending), SENDERS):
        sent = await asyncio.gather(*(enqueue(bill_chunk, chunk_id) for chunk_id in pending[first : first + SENDERS]))
        if not all(sent):
            break  # the sweep resumes the run; waiting for a timeout on each of a thousand chunks would not help
    await billing_runs.finish(run_id, WORKER)


@async_shared_broker.task(task_name="bill_chunk")
async def bill_chunk(chunk_id: int) -> None:
    """Bill one chunk, unless it is billed or claimed already, and finish its run if it was the last.

    A chunk that fails is logged and halved. In the end the faulty loan is alone, and all other loans are billed.

    Raises:
        OSError, asyncpg.PostgresError, …: the database is unavailable. The chunk is unchanged and does not count as
            failed.
    """
    for half in await _bill_or_halve(chunk_id, WORKER):
        await enqueue(bill_chunk, half)


async def _bill_or_halve(chunk_id: int, by: Origin) -> tuple[int, ...]:
    """Bill a chunk. Return the ids of its halves if billing failed, else an empty tuple."""
    halves: tuple[int, ...] = ()
    try:
        run_id = await database.retried(lambda: _bill_in_one_transaction(chunk_id, by))
    except UNAVAILABLE:
        raise
    except Exception as error:
        logger.exception("billing chunk %d failed", chunk_id)
        failed = await billing_chunks.fail(chunk_id, _reason(error))
        run_id, halves = failed or (None, halves)
    if run_id is not None:
        run = await billing_runs.finish(run_id, by)
        if run.status == "DONE":
            await borrower_classes.compare(run.as_of, by)
    return halves


def _reason(error: Exception) -> str:
    """The reason of a failure in one line, for operators. It may quote a row, so digits that may be an Aadhaar number
    are masked.
    """
    lines = str(error).splitlines() or [type(error).__name__]
    what = "PostgreSQL refused its rows" if isinstance(error, asyncpg.PostgresError) else "The rules failed on it"
    return aadhaar.hidden(f"{what}: {lines[0]}.")[:_LONGEST_REASON]


async def _bill_in_one_transaction(chunk_id: int, by: Origin) -> int | None:
    async with database.transaction():
        chunk = await billing_chunks.claim(chunk_id)
        if chunk is None:
            return None
        due = await due_loans.lock(chunk.first_id, chunk.last_id, chunk.as_of)
        issued, interest = await bill_loans(due, chunk.as_of)
        await billing_chunks.complete(chunk_id, bills_issued=issued, interest_billed=interest, by=by)
        return chunk.run_id


async def bill_loans(due: list[DueLoan], as_of: date) -> tuple[int, Decimal]:
    """Bill every cycle of locked loans that is due by a date, and find the classes of the days before it.

    Return the number of bills and their interest.
    """
    issued: list[tuple[int, Bill]] = []
    standings: list[tuple[int, Standing, date | None]] = []
    classed: list[tuple[int, Night]] = []
    for loan in due:
        night = nights.live(loan.terms, loan.standing, as_of)
        issued.extend((loan.id, bill) for bill in night.bills)
        if night.bills or night.changes:
            standings.append((loan.id, night.standing, billing.next_billing_on(loan.terms, night.standing)))
        if night.changes or night.suspended:
            classed.append((loan.id, night))
    if issued:
        suspended = {(loan_id, cycle) for loan_id, night in classed for cycle in night.suspended}
        await bills.issue(issued, as_of, suspended)
    if standings:
        await due_loans.store_standings(standings)
    if classed:
        await class_changes.log_night(classed, as_of)
    return len(issued), sum((bill.own_interest for _, bill in issued), ZERO)


async def bill_in_foreground(as_of: date, report: Report) -> BillingRun:
    """Bill a date in this process, beside any workers that bill it too. Call `report` after each chunk."""
    run = await billing_runs.begin(as_of, _FOREGROUND)
    while pending := await billing_runs.plan(run.id):
        before = run.bills_issued
        for chunk_id in pending:
            await _bill_or_halve(chunk_id, _FOREGROUND)
            run = await billing_runs.finish(run.id, _FOREGROUND)
            report(run)
        if run.bills_issued == before:
            await asyncio.sleep(_POLL_SECONDS)
    run = await billing_runs.finish(run.id, _FOREGROUND)
    report(run)
    await borrower_classes.compare(as_of, _FOREGROUND)
    return run
