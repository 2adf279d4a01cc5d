"""A billing run reports its rate and its remaining time, which PostgreSQL measures."""

from datetime import date

from models import billing_runs, database
from models.billing_runs import BillingRun
from rules.audit import WORKER
from settings import Settings
from tasks.billing import bill_chunk
from tests.tasks.loan_rows import borrow

FIRST = date(2026, 1, 31)


async def begun(loans: int) -> BillingRun:
    """A run of chunks of one loan each."""
    for number in range(1, loans + 1):
        await borrow(number)
    run = await billing_runs.begin(FIRST, WORKER)
    await billing_runs.plan(run.id, chunk_bills=1)
    return run


async def bill(run: BillingRun, chunks: int) -> BillingRun:
    for chunk_id in (await billing_runs.plan(run.id))[:chunks]:
        await bill_chunk.original_func(chunk_id)
    return await now(run)


async def now(run: BillingRun) -> BillingRun:
    found = await billing_runs.find(run.id)
    assert found
    return found


async def shift(run: BillingRun, seconds: int) -> None:
    """Move the times of a run and its chunks this many seconds back."""
    for statement in (
        "UPDATE billing_runs SET started_at = started_at - $2::int * interval '1 second',"
        " finished_at = finished_at - $2::int * interval '1 second' WHERE id = $1",
        "UPDATE billing_chunks SET done_at = done_at - $2::int * interval '1 second' WHERE run_id = $1",
    ):
        await database.execute(statement, run.id, seconds)


async def test_nothing_is_said_before_something_is_billed(memory: Settings) -> None:
    run = await billing_runs.begin(FIRST, WORKER)
    assert (run.loans_per_second, run.seconds_left) == (None, None)
    run = await now(await begun(1))
    assert (run.status, run.loans_per_second, run.seconds_left) == ("RUNNING", None, None)


async def test_a_run_that_goes_on_has_a_pace_and_a_time_left(memory: Settings) -> None:
    run = await bill(await begun(5), 2)
    assert (run.loans_billed, run.loans_per_second is None) == (2, False)
    await shift(run, 10)
    run = await now(run)
    assert run.loans_per_second == 0  # two loans in ten seconds
    assert run.seconds_left in range(15, 25)  # three more loans at that rate, and the time of the test itself


async def test_a_night_of_standing_still_does_not_slow_the_pace(memory: Settings) -> None:
    run = await bill(await begun(5), 2)
    await shift(run, 36_000)
    assert (await now(run)).seconds_left is None
    run = await bill(run, 2)
    assert run.loans_billed == 4
    assert run.seconds_left in {30, 31}  # one more loan, at a rate of two a minute


async def test_a_run_that_is_done_says_how_fast_it_went(memory: Settings) -> None:
    run = await begun(4)
    await database.execute("UPDATE billing_runs SET started_at = now() - interval '2 seconds' WHERE id = $1", run.id)
    run = await bill(run, 4)
    await shift(run, 36_000)
    run = await now(run)
    assert (run.status, run.seconds_left) == ("DONE", 0)
    assert run.loans_per_second in {1, 2}
