"""What the clock does: bill the day, and every minute find what was lost: people unscored, billing undone."""

import logging
from contextlib import suppress
from datetime import date, datetime, timedelta
from time import monotonic, time
from typing import Annotated
from zoneinfo import ZoneInfo

from redis.exceptions import RedisError
from taskiq import Context, ScheduledTask, ScheduleSource, TaskiqDepends, async_shared_broker

from broker.stream import key, nudge, sent_to
from models import billing_runs, business_date, sessions
from rules.audit import WORKER
from settings import Settings
from tasks.billing import run_billing
from tasks.scoring import score_the_unscored

logger = logging.getLogger("kist.tasks")

BILL_AT = "30 0 * * *"
EVERY_MINUTE = "* * * * *"

# Billing that has not begun by the end of this minute was missed.
MISSED_AFTER = timedelta(minutes=31)

# A worker that was away finds a sweep for every minute of it; one of them is enough.
REST_SECONDS = 30

_SWEPT = "swept"

WorkerContext = Annotated[Context, TaskiqDepends()]


class Schedule(ScheduleSource):
    """The two entries of the clock, in the lender's time zone."""

    def __init__(self, timezone: str) -> None:
        self._timezone = timezone

    async def get_schedules(self) -> list[ScheduledTask]:
        return [
            _entry(bill_today.task_name, BILL_AT, self._timezone),
            _entry(sweep.task_name, EVERY_MINUTE, self._timezone),
        ]


def _entry(task_name: str, cron: str, timezone: str) -> ScheduledTask:
    # The id is how the scheduler knows that an entry has run this minute, so it stays the same.
    return ScheduledTask(
        schedule_id=task_name, task_name=task_name, labels={}, args=[], kwargs={}, cron=cron, cron_offset=timezone
    )


@async_shared_broker.task(task_name="bill_today")
async def bill_today(context: WorkerContext) -> None:
    settings: Settings = context.state.settings
    run = await billing_runs.begin(await business_date.current(settings.calendar_date(), settings.sandbox), WORKER)
    await nudge(run_billing, run.id)


@async_shared_broker.task(task_name="sweep")
async def sweep(context: WorkerContext) -> None:
    """Find what no message did, and do it."""
    state = context.state
    if monotonic() - (state.get("swept_at") or -REST_SECONDS) < REST_SECONDS:
        return
    state.swept_at = monotonic()
    settings: Settings = state.settings
    # Money first: whatever keeps people from being scored, the book is billed.
    day = await business_date.current(to_be_billed(datetime.now(ZoneInfo(settings.timezone))), settings.sandbox)
    if await billing_runs.is_missed(day):
        logger.info("the sweep finds that %s was not billed", day)
        await nudge(run_billing, (await billing_runs.begin(day, WORKER)).id)
    for run_id in await billing_runs.stalled():
        logger.info("the sweep takes up billing run %d", run_id)
        await nudge(run_billing, run_id)
    scored = await score_the_unscored()
    if scored:
        logger.info("the sweep scored %d people", scored)
    await sessions.forget_the_old()
    await _note_swept()


async def _note_swept() -> None:
    # Beside the stream: without that nobody would be swept either. Whoever asks about our health reads it.
    with suppress(RedisError, OSError):
        await sent_to().client.set(key(_SWEPT), int(time()))


async def swept_at() -> int:
    """The second in which the last sweep ended, or 0 where the broker has not heard of one.

    Raises:
        RedisError, OSError: the broker is away.
    """
    return int(await sent_to().client.get(key(_SWEPT)) or 0)


def to_be_billed(now: datetime) -> date:
    """The latest date whose billing should have begun, on the lender's clock."""
    return (now - MISSED_AFTER).date()
