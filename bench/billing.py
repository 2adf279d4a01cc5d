"""Billing by worker processes. The bound is one set-based statement per chunk that writes the same rows."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

from bench import environment, loan_book, measure
from bench.environment import DAY
from bench.errors import BenchmarkError
from bench.measure import PeakMemory, Result
from broker.stream import enqueue
from models import billing_runs, database
from models.billing_runs import CHUNK_BILLS, BillingRun
from rules.audit import WORKER
from settings import Settings
from tasks import worker
from tasks.billing import run_billing
from tasks.verification import verify

# Books of up to this size are verified completely. A replay of one loan takes a third of a millisecond.
_VERIFIED_WHOLE = 200_000

# Short beside a run of several seconds, and rare enough not to load PostgreSQL.
_POLL_SECONDS = 0.05

# The first bill of a loan without payments: this book needs no more of rules.billing.
_BOUND = """
WITH due AS MATERIALIZED (
    SELECT id, principal_balance, emi, cycles_billed, next_billing_on, due_days, cycle_days, minimum_due_rate,
        round(accrued_interest + principal_balance * daily_rate / 100 * (next_billing_on - accrued_through), 2)
            AS interest
    FROM loans WHERE id BETWEEN $1 AND $2 AND closed_on IS NULL AND next_billing_on <= $3 ORDER BY id FOR UPDATE
), asked AS MATERIALIZED (
    SELECT *, least(greatest(emi, interest), principal_balance + interest) AS installment FROM due
), billed AS MATERIALIZED (
    SELECT *, least(round(principal_balance * minimum_due_rate / 100, 2) + interest, installment) AS minimum FROM asked
), issued AS (
    INSERT INTO bills (loan_id, cycle, billing_date, due_date, principal_balance, interest, minimum_due, installment,
        past_due)
    SELECT id, cycles_billed + 1, next_billing_on, next_billing_on + due_days, principal_balance, interest, minimum,
        installment, 0
    FROM billed RETURNING id, loan_id, billing_date, interest
), posted AS (
    INSERT INTO ledger_entries (loan_id, posted_on, effective_on, event, debit, credit, amount, bill_id)
    SELECT loan_id, $3, nullif(billing_date, $3), 'BILL', 'INTEREST_RECEIVABLE', 'INTEREST_INCOME', interest, id
    FROM issued
)
UPDATE loans SET interest_due = interest_due + b.interest, accrued_interest = 0, accrued_through = b.next_billing_on,
    cycles_billed = b.cycles_billed + 1, installment_due = b.installment, minimum_due = b.minimum,
    oldest_due_on = b.next_billing_on + b.due_days, next_billing_on = b.next_billing_on + b.cycle_days
FROM billed b WHERE loans.id = b.id AND loans.id BETWEEN $1 AND $2
"""

# Sums that differ whenever the two books differ in a bill, a ledger entry or a loan.
_WRITTEN = """
SELECT (SELECT (count(*), sum(cycle), sum(interest), sum(minimum_due), sum(installment), max(due_date))::text
    FROM bills) AS bills,
    (SELECT (count(*), sum(amount), max(posted_on), max(effective_on))::text FROM ledger_entries) AS ledger,
    (SELECT (sum(emi), sum(interest_due), sum(installment_due), sum(minimum_due), max(next_billing_on))::text
    FROM loans) AS loans
"""


async def measured(settings: Settings, loans: int, workers: int) -> Result:
    """Measure loans per second, from the message to the run's end.

    Raises:
        BenchmarkError: the run fails, the two books differ, or verification finds a disagreement.
    """
    await environment.prepare(settings)
    await loan_book.make(settings, loans, loan_book.due())
    await environment.settle(settings)
    twin = await environment.copied(settings, "twin")
    best = loans / await _set_based(twin, loans, workers)
    # The twin is settled too: its autovacuum would run beside the workers.
    for book in (twin, settings):
        await environment.settle(book)
    seconds, memory = await _by_workers(settings, loans, workers)
    await _agree(settings, twin)
    notes = (f"peak {memory}", await _verification_note(settings, loans))
    return Result(f"billing, {loans:,} loans, {workers} workers", loans / seconds, "loans/s", best, notes)


async def _set_based(settings: Settings, loans: int, connections: int) -> float:
    """Return the seconds that PostgreSQL alone needs, one chunk per transaction, on `connections` connections."""
    chunks = iter(measure.steps(range(1, loans + 1, CHUNK_BILLS), "billing in SQL alone"))

    async def bill(chunks: Iterator[int]) -> None:
        async with environment.connection(settings) as connection:
            # A generic plan does not know how few loans a chunk has, and joins every loan with every other.
            await connection.execute("SET plan_cache_mode = force_custom_plan")
            for first in chunks:
                await connection.execute(_BOUND, first, min(first + CHUNK_BILLS - 1, loans), DAY)

    started = time.perf_counter()
    await asyncio.gather(*(bill(chunks) for _ in range(connections)))
    return time.perf_counter() - started


async def _by_workers(settings: Settings, loans: int, count: int) -> tuple[float, PeakMemory]:
    with PeakMemory() as memory, environment.workers(settings, count):
        async with database.connected(settings.database_url), worker.opened(settings):
            started = time.perf_counter()
            run = await billing_runs.begin(DAY, WORKER)
            await enqueue(run_billing, run.id)
            run = await _finished(run)
            seconds = time.perf_counter() - started
    if (run.status, run.bills_issued) != ("DONE", loans):
        raise BenchmarkError(f"the billing run is {run.status} after {run.bills_issued} bills, expected {loans}")
    return seconds, memory


async def _finished(run: BillingRun) -> BillingRun:
    with measure.bar("billing by workers") as report:
        while run.status in {"QUEUED", "RUNNING"}:
            await asyncio.sleep(_POLL_SECONDS)
            found = await billing_runs.find(run.id)
            assert found is not None
            run = found
            report(run.loans_billed, run.loans_due)
    return run


async def _agree(*both: Settings) -> None:
    written: list[Any] = []
    for settings in both:
        async with environment.connection(settings) as connection:
            written.append(tuple(await connection.fetchrow(_WRITTEN) or ()))
    if written[0] != written[1]:
        raise BenchmarkError(f"the workers' book and the bound's book differ: {written}")


async def _verification_note(settings: Settings, loans: int) -> str:
    if loans > _VERIFIED_WHOLE:
        return "the same sums as in SQL"
    async with database.connected(settings.database_url):
        with measure.bar("verifying") as report:
            found = await verify(report)
    if found:
        raise BenchmarkError(f"verification found {len(found)} disagreements, the first: {found[0]}")
    return "verified"
