"""Every loan is billed once, even if a worker is killed, terminated, or loses its database."""

import asyncio
import signal
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from time import monotonic
from typing import Any

import asyncpg
import pytest
from redis.asyncio import Redis

from broker.stream import enqueue
from models import billing_chunks, business_date, database
from models.billing_chunks import BillingChunk
from ops.embedded import postgres
from settings import Settings
from tasks.billing import bill_chunk, run_billing
from tasks.scoring import score_user
from tasks.sweeps import sweep
from tasks.verification import verify
from tasks.worker import DRAIN_SECONDS, opened
from tests.builders import TODAY
from tests.running import ended, process, until
from tests.tasks.billing_runs import FIRST, THIRD, THREE_DATES, begun, cycles, each, is_done, lend, now
from tests.tasks.people import person, score_of
from tests.tasks.workers import holding, is_idle, let_time_pass, messages, waiting, working


@pytest.mark.pooled
async def test_a_worker_killed_in_the_middle_of_a_chunk_costs_nothing_but_time(memory: Settings) -> None:
    loan_ids = await lend(6)
    await business_date.move_to(THIRD)
    run = await begun(THIRD)
    async with opened(memory):
        assert await enqueue(run_billing, run.id)
    with process(memory) as worker:
        async with holding(memory, f"loans WHERE id = {loan_ids[3]}"):
            # Two chunks are done. In the one between, the worker has locked the first loan and waits for the second.
            await until(lambda: BillingChunk.filter(done_at__not=None).count())
            await until(waiting)
            worker.kill()
            assert await ended(worker) == -signal.SIGKILL
    assert not await is_done(run)
    await let_time_pass()
    with process(memory) as another:
        async with opened(memory):
            assert await enqueue(sweep)
        await until(lambda: is_done(run))
        another.terminate()
        assert await ended(another) == 0
    assert (await now(run)).bills_issued == 18
    assert await cycles() == each(loan_ids, THREE_DATES)
    assert await verify() == []


async def test_what_a_killed_worker_held_is_free_although_it_was_waiting_for_somebody(memory: Settings) -> None:
    loan_ids = await lend(2)
    run = await begun(FIRST)
    async with opened(memory):
        assert await enqueue(run_billing, run.id)
    with process(memory) as worker:
        async with holding(memory, f"loans WHERE id = {loan_ids[1]}"):
            await until(waiting)
            worker.kill()
            await ended(worker)
            # A session that waits for a lock does not notice the end of its client.
            await until(nobody_waits)
            async with database.transaction():
                (chunk,) = await BillingChunk.all()
                assert await billing_chunks.claim(chunk.id)


async def nobody_waits() -> bool:
    return await waiting() == 0


async def test_a_run_is_resumed_after_everything_was_lost(memory: Settings) -> None:
    loan_ids = await lend(5)
    run = await begun(THIRD)
    first = await BillingChunk.all().order_by("id").first()
    assert first is not None
    await bill_chunk.original_func(first.id)
    async with Redis.from_url(memory.redis_url) as valkey:
        await valkey.delete(memory.queue)
    await let_time_pass()
    with process(memory), process(memory):
        async with opened(memory):
            # This also holds with two schedulers.
            assert await enqueue(sweep)
            assert await enqueue(sweep)
        await until(lambda: is_done(run))
    assert await cycles() == each(loan_ids, THREE_DATES)
    assert await verify() == []


async def test_a_worker_that_is_asked_to_end_ends_what_it_began(memory: Settings) -> None:
    people = [await person(number) for number in range(2)]
    async with opened(memory):
        for user_id in people:
            assert await enqueue(score_user, user_id)
    with process(memory) as worker:
        async with holding(memory, f"users WHERE id = {people[0]}"):
            await until(waiting)
            await until(lambda: score_of(people[1]))
            worker.terminate()
            await asyncio.sleep(0.3)
            assert worker.poll() is None
            # It takes no further messages.
            async with opened(memory):
                assert await enqueue(score_user, people[1])
        started = monotonic()
        assert await ended(worker) == 0
        assert monotonic() - started < DRAIN_SECONDS / 2
    assert await score_of(people[0]) == 300
    assert await messages(memory) == (1, 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_an_idle_worker_ends_at_once_when_asked_to(memory: Settings, number: signal.Signals) -> None:
    with process(memory) as worker:
        await until(lambda: listens(memory))
        started = monotonic()
        worker.send_signal(number)
        assert await ended(worker) == 0
        assert monotonic() - started < 5


async def listens(settings: Settings) -> bool:
    async with Redis.from_url(settings.redis_url, protocol=2) as valkey:
        return await valkey.exists(settings.queue) == 1 and bool(
            await valkey.xinfo_consumers(settings.queue, settings.queue)
        )


async def test_the_scheduler_sends_a_sweep_and_ends_when_asked_to(memory: Settings) -> None:
    with process(memory, "scheduler") as scheduler:
        async with Redis.from_url(memory.redis_url, protocol=2) as valkey:
            sent: Any = await until(lambda: valkey.xrange(memory.queue))
        scheduler.terminate()
        assert await ended(scheduler) == 0
    assert any(b'"sweep"' in fields[b"data"] for _, fields in sent)
    user_id = await person(1)
    async with working(memory):
        assert await until(lambda: score_of(user_id)) == 300


async def test_a_worker_outlives_a_restart_of_the_database_in_the_middle_of_a_chunk(
    settings: Settings,
) -> None:
    # A short path fits the socket, so that the URL stays the same. Another run may remove pytest's own folder.
    with tempfile.TemporaryDirectory(prefix="own-", ignore_cleanup_errors=True) as own_directory, ExitStack() as server:
        directory = Path(own_directory) / "postgres"
        urls = server.enter_context(postgres.running(directory))
        await database.migrate(urls.owner)
        its = {"database_url": urls.application, "database_owner_url": urls.owner, "database_pooler_url": ""}
        own = settings.model_copy(update=its)
        async with database.connected(own.database_url), opened(own):
            await business_date.begin(TODAY)
            loan_ids = await lend(4)
            run = await begun(FIRST)
            with process(own) as worker:
                with suppress(asyncpg.InterfaceError):
                    async with holding(own, f"loans WHERE id = {loan_ids[0]}"):
                        assert await enqueue(run_billing, run.id)
                        await until(waiting)
                        await until(lambda: is_idle_but_for(own, 1))
                        await asyncio.to_thread(server.close)
                        await asyncio.to_thread(server.enter_context, postgres.running(directory))
                await until(lambda: is_idle(own))
                assert not await is_done(run)
                await let_time_pass()
                assert await enqueue(sweep)
                await until(lambda: is_done(run))
                worker.terminate()
                assert await ended(worker) == 0
            assert [chunk.attempts for chunk in await BillingChunk.all()] == [0, 0]
            assert await cycles() == each(loan_ids, [FIRST])
            assert await verify() == []


async def is_idle_but_for(settings: Settings, count: int) -> bool:
    return await messages(settings) == (count, count)
