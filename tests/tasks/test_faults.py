"""A billing run ends, and bills every cycle once, although servers and workers are killed, emptied or doubled."""

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path

import asyncpg
import pytest

from broker.stream import enqueue
from models import business_date, database
from models.billing_chunks import BillingChunk
from models.billing_runs import BillingRun
from ops.embedded import postgres
from settings import Settings
from tasks.billing import run_billing
from tasks.sweeps import sweep
from tasks.verification import verify
from tasks.worker import opened
from tests.builders import TODAY
from tests.running import ended, process, until
from tests.tasks.billing_runs import FIRST, THIRD, THREE_DATES, begun, cycles, each, is_done, lend
from tests.tasks.valkeys import SERVER, Valkey, started
from tests.tasks.workers import (
    RECLAIM_AFTER_MS,
    holding,
    is_idle,
    let_time_pass,
    messages,
    speaking_to,
    waiting,
    working,
)

LOANS = 12


@pytest.fixture
def own(memory: Settings, tmp_path: Path) -> Iterator[tuple[Valkey, Settings]]:
    """A Valkey that loses everything when it is killed, and settings with its URL."""
    server = Valkey(tmp_path / "valkey", *SERVER)
    with started(server):
        yield server, memory.model_copy(update={"redis_url": f"redis://127.0.0.1:{server.port}/0"})


@asynccontextmanager
async def a_night(settings: Settings) -> AsyncIterator[ExitStack]:
    """A run that a worker is billing, and the list of the processes that take part.

    At the end of the block the loan that blocked the run is unlocked, and the next sweep runs.
    """
    loan_ids = await lend(LOANS)
    await business_date.move_to(THIRD)
    run = await begun(THIRD)
    with ExitStack() as parts:
        parts.enter_context(process(settings))
        async with opened(settings):
            async with holding(settings, f"loans WHERE id = {loan_ids[5]}"):
                assert await enqueue(run_billing, run.id)
                await until(waiting)
                await until(lambda: BillingChunk.filter(done_at__not=None).count())
                yield parts
                assert not await is_done(run)
            await let_time_pass()
            assert await enqueue(sweep)
            await until(lambda: is_done(run))
    assert await cycles() == each(loan_ids, THREE_DATES)
    assert await verify() == []


async def test_a_worker_is_killed_inside_a_chunk_and_nobody_sends_anything_more(memory: Settings) -> None:
    loan_ids = await lend(LOANS)
    run = await begun(THIRD)
    async with opened(memory):
        assert await enqueue(run_billing, run.id)
    with process(memory) as worker:
        async with holding(memory, f"loans WHERE id = {loan_ids[5]}"):
            await until(waiting)
            # Only the waiting chunk is left.
            await until(lambda: is_idle_but_for_one(memory))
            worker.kill()
            assert await ended(worker) == -signal.SIGKILL
    assert not await is_done(run)
    # Without a sweep or any other message, the next worker finds the job of the dead one.
    async with working(memory, RECLAIM_AFTER_MS):
        await until(lambda: is_done(run))
        await until(lambda: is_idle(memory))
    assert await cycles() == each(loan_ids, THREE_DATES)
    assert await verify() == []


async def is_idle_but_for_one(settings: Settings) -> bool:
    return await messages(settings) == (1, 1)


async def test_the_broker_is_emptied_in_the_middle_of_a_run(own: tuple[Valkey, Settings]) -> None:
    _, settings = own
    async with a_night(settings), speaking_to(settings) as client:
        await client.flushall()


async def test_the_broker_is_killed_in_the_middle_of_a_run_and_comes_back_empty(own: tuple[Valkey, Settings]) -> None:
    server, settings = own
    async with a_night(settings):
        server.kill()
        await asyncio.to_thread(server.start)


async def test_everything_is_killed_in_the_middle_of_a_run(own: tuple[Valkey, Settings]) -> None:
    server, settings = own
    async with a_night(settings) as parts:
        server.kill()
        parts.close()
        await asyncio.to_thread(server.start)
        parts.enter_context(process(settings))


async def test_the_database_the_broker_and_the_worker_are_killed_at_once_in_the_middle_of_a_run(
    settings: Settings, tmp_path: Path
) -> None:
    valkey = Valkey(tmp_path / "valkey", *SERVER)
    # A short path for the socket, because the URL contains it and must stay the same.
    with tempfile.TemporaryDirectory(prefix="own-", ignore_cleanup_errors=True) as folder, ExitStack() as parts:
        directory = Path(folder) / "postgres"
        urls = parts.enter_context(postgres.running(directory))
        parts.enter_context(started(valkey))
        await database.migrate(urls.owner)
        redis_url = f"redis://127.0.0.1:{valkey.port}/0"
        its = {"database_url": urls.application, "database_owner_url": urls.owner, "database_pooler_url": ""}
        own = settings.model_copy(update={**its, "redis_url": redis_url})
        async with database.connected(own.database_url):
            await business_date.begin(TODAY)
            loan_ids = await lend(LOANS)
            await business_date.move_to(THIRD)
            run = await begun(THIRD)
            with process(own) as worker, suppress(asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError):
                async with opened(own), holding(own, f"loans WHERE id = {loan_ids[5]}"):
                    assert await enqueue(run_billing, run.id)
                    await until(waiting)
                    await until(lambda: BillingChunk.filter(done_at__not=None).count())
                    worker.kill()
                    valkey.kill()
                    # The shutdown is like a crash: nothing is written, and the next start replays the log.
                    os.kill(int((directory / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
                    await ended(worker)
            await asyncio.to_thread(parts.enter_context, postgres.running(directory))
            await asyncio.to_thread(valkey.start)
            assert not await is_done(run)
            await let_time_pass()
            # Nothing else helps: the scheduler's own sweep finds the run.
            parts.enter_context(process(own))
            parts.enter_context(process(own, "scheduler"))
            await until(lambda: is_done(run))
            assert await cycles() == each(loan_ids, THREE_DATES)
            assert await verify() == []


async def test_two_schedulers_bill_a_missed_date_once(memory: Settings) -> None:
    loan_ids = await lend(LOANS)
    await business_date.move_to(FIRST)
    with process(memory, "scheduler") as one, process(memory, "scheduler") as other:
        # Each scheduler sends a sweep at its start, and another every minute.
        await until(lambda: both_were_heard(memory))
        async with working(memory), working(memory):
            await until(lambda: BillingRun.filter(as_of=FIRST, status="DONE").count())
            await until(lambda: is_idle(memory))
        for scheduler in (one, other):
            scheduler.terminate()
            assert await ended(scheduler) == 0
    assert await BillingRun.all().count() == 1
    assert await cycles() == each(loan_ids, [FIRST])
    assert await verify() == []


async def both_were_heard(settings: Settings) -> bool:
    return (await messages(settings))[0] >= 2
