"""The two processes of the clock's door: the worker runs tasks, the scheduler sends them on time."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

from taskiq import AsyncBroker, TaskiqScheduler, async_shared_broker
from taskiq.api import run_scheduler_task
from taskiq.receiver import Receiver

from models import database
from settings import Settings
from tasks import billing, broker, scoring, sweeps

# A task is mostly one statement after another, so a few at once keep a connection pool busy.
TASKS_AT_ONCE = 8

# After SIGTERM what is running may end; a chunk of billing takes far less than this.
DRAIN_SECONDS = 20

# Importing them registers their tasks.
TASKS = (billing, scoring, sweeps)


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[AsyncBroker]:
    """The broker, connected, to which every task of ours is sent while the block lasts."""
    opened_broker = broker.connect(settings)
    opened_broker.state.settings = settings
    async_shared_broker.default_broker(opened_broker)
    await opened_broker.startup()
    try:
        yield opened_broker
    finally:
        await opened_broker.shutdown()


async def listen(opened_broker: AsyncBroker, finish: asyncio.Event) -> None:
    """Run tasks until `finish` is set, and then those that have begun."""
    opened_broker.is_worker_process = True
    with ThreadPoolExecutor(max_workers=1) as executor:
        receiver = Receiver(
            opened_broker,
            executor,
            run_startup=False,
            max_async_tasks=TASKS_AT_ONCE,
            wait_tasks_timeout=DRAIN_SECONDS,
        )
        await receiver.listen(finish)


async def run(settings: Settings) -> None:
    """The worker: runs tasks until SIGTERM or SIGINT."""
    finish = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, finish.set)
    pool = database.connected(settings.require_database(), settings.database_connections)
    async with pool, opened(settings) as opened_broker:
        await listen(opened_broker, finish)


async def run_scheduler(settings: Settings) -> None:
    """The scheduler: sends what is due until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    this = asyncio.current_task()
    assert this is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, this.cancel)
    async with opened(settings) as opened_broker:
        scheduler = TaskiqScheduler(opened_broker, [sweeps.Schedule(settings.timezone)])
        with contextlib.suppress(asyncio.CancelledError):
            await run_scheduler_task(scheduler)
