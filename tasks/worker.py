"""Two processes run background tasks: the scheduler sends them on time, and workers execute them."""

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
from tasks import audit_heads, audit_verification, billing, book_heads, password_resets, scoring, sweeps

logger = logging.getLogger("kist.tasks")

# A task mostly waits for PostgreSQL, one statement after another; a few tasks at once keep the connection pool busy.
TASKS_AT_ONCE = 8

# Running tasks may finish after SIGTERM. A billing chunk takes far less than this, and `kist up` sends SIGKILL only
# after 15 seconds.
DRAIN_SECONDS = 10

# The import of these modules registers their tasks with taskiq.
TASKS = (billing, password_resets, scoring, sweeps)


@contextlib.asynccontextmanager
async def opened(settings: Settings, reclaim_after_ms: int = stream.RECLAIM_AFTER_MS) -> AsyncIterator[StreamBroker]:
    """Connect the broker and make it the default for all tasks until the block ends."""
    async with stream.opened(settings, reclaim_after_ms) as opened_broker:
        opened_broker.state.settings = settings
        async_shared_broker.default_broker(opened_broker)
        yield opened_broker


async def work(opened_broker: StreamBroker, finish: asyncio.Event) -> None:
    """Run tasks until `finish` is set, then wait up to `DRAIN_SECONDS` for those that have started."""
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
    """Run tasks until SIGTERM or SIGINT. Call `started` once the database and the broker are connected."""
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
            work(opened_broker, finish),
            audit_verification.seal_until(finish, audit_heads.path_of(settings)),
            book_heads.publish_until(finish, settings),
        )


class Scheduler(TaskiqScheduler):
    """Logs a failed send in one line; taskiq's own scheduler lets the event loop print a traceback."""

    async def on_ready(self, source: ScheduleSource, task: ScheduledTask) -> None:
        try:
            await super().on_ready(source, task)
        except SendTaskError as error:
            logger.warning("task %s could not be sent: %s", task.task_name, error.__cause__)


async def run_scheduler(settings: Settings, started: Callable[[], None] = lambda: None) -> None:
    """Send due tasks until SIGTERM or SIGINT. Call `started` once the broker is connected."""
    loop = asyncio.get_running_loop()
    scheduling = asyncio.current_task()
    assert scheduling is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, scheduling.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        async with opened(settings) as opened_broker:
            scheduler = Scheduler(opened_broker, [sweeps.Schedule(settings.timezone)])
            started()
            await run_scheduler_task(scheduler)
