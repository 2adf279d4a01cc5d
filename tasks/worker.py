"""The two processes of the clock's door: the worker runs tasks, the scheduler sends them on time."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor

from taskiq import ScheduledTask, ScheduleSource, SendTaskError, TaskiqScheduler, async_shared_broker
from taskiq.api import run_scheduler_task
from taskiq.receiver import Receiver

from broker import stream
from broker.stream import StreamBroker
from models import database
from settings import Settings
from tasks import audit_heads, audit_verification, billing, scoring, sweeps

logger = logging.getLogger("kist.tasks")

# A task is mostly one statement after another, so a few at once keep a connection pool busy.
TASKS_AT_ONCE = 8

# After SIGTERM what is running may end; a chunk of billing takes far less than this. It is less than the
# patience of whoever stops a worker (`kist up` has 15 seconds).
DRAIN_SECONDS = 10

# Importing them registers their tasks.
TASKS = (billing, scoring, sweeps)


@contextlib.asynccontextmanager
async def opened(settings: Settings, reclaim_after_ms: int = stream.RECLAIM_AFTER_MS) -> AsyncIterator[StreamBroker]:
    """The broker, connected, to which every task of ours is sent while the block lasts."""
    async with stream.opened(settings, reclaim_after_ms) as opened_broker:
        opened_broker.state.settings = settings
        async_shared_broker.default_broker(opened_broker)
        yield opened_broker


async def work(opened_broker: StreamBroker, finish: asyncio.Event) -> None:
    """Run tasks until `finish` is set, and then those that have begun."""
    opened_broker.is_worker_process = True
    opened_broker.finish = finish
    with ThreadPoolExecutor(max_workers=1) as executor:
        receiver = Receiver(
            opened_broker,
            executor,
            run_startup=False,
            max_async_tasks=TASKS_AT_ONCE,
            wait_tasks_timeout=DRAIN_SECONDS,
        )
        await receiver.listen(finish)


async def run(settings: Settings, started: Callable[[], None] = lambda: None) -> None:
    """The worker: runs tasks until SIGTERM or SIGINT, and says when it has `started` to."""
    finish = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, finish.set)
    pool = database.connected(
        settings.require_database(), settings.database_connections, pooler_url=settings.database_pooler_url
    )
    async with pool, opened(settings) as opened_broker:
        started()
        await asyncio.gather(
            work(opened_broker, finish), audit_verification.seal_until(finish, audit_heads.path_of(settings))
        )


class Scheduler(TaskiqScheduler):
    """A scheduler that says in a line when nobody heard it; its parent lets the event loop print a traceback."""

    async def on_ready(self, source: ScheduleSource, task: ScheduledTask) -> None:
        try:
            await super().on_ready(source, task)
        except SendTaskError as error:
            logger.warning("nobody was told to %s: %s", task.task_name, error.__cause__)


async def run_scheduler(settings: Settings, started: Callable[[], None] = lambda: None) -> None:
    """The scheduler: sends what is due until SIGTERM or SIGINT, and says when it has `started` to."""
    loop = asyncio.get_running_loop()
    this = asyncio.current_task()
    assert this is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, this.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        async with opened(settings) as opened_broker:
            scheduler = Scheduler(opened_broker, [sweeps.Schedule(settings.timezone)])
            started()
            await run_scheduler_task(scheduler)
