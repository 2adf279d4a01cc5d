"""The scheduler's tasks: bill the day, and every minute find unscored people and billing that was missed or stalled."""

import logging
from contextlib import suppress
from datetime import date, datetime, timedelta
from time import monotonic, time
from typing import Annotated
from zoneinfo import ZoneInfo

from redis.exceptions import RedisError
from taskiq import Context, ScheduledTask, ScheduleSource, TaskiqDepends, async_shared_broker

from broker.stream import enqueue, key, sent_to
from models import billing_runs, business_date, password_resets, sessions
from rules.audit import WORKER
from settings import Settings
from tasks import borrower_classes
from tasks.billing import run_billing
from tasks.scoring import score_the_unscored

logger = logging.getLogger("kist.tasks")

BILL_AT = "30 0 * * *"
EVERY_MINUTE = "* * * * *"

# Billing starts at 00:30 (`BILL_AT`). A date without a run at 00:31 was missed.
MISSED_AFTER = timedelta(minutes=31)

# A worker that starts after an outage finds one sweep for each minute of it in the stream; it runs only the first.
REST_SECONDS = 30

_SWEPT = "swept"

WorkerContext = Annotated[Context, TaskiqDepends()]


class Schedule(ScheduleSource):
    """The two scheduled tasks, in the lender's time zone."""

    def __init__(self, timezone: str) -> None:
        self._timezone = timezone

    async def get_schedules(self) -> list[ScheduledTask]:
        return [
            _entry(bill_today.task_name, BILL_AT, self._timezone),
            _entry(sweep.task_name, EVERY_MINUTE, self._timezone),
        ]


def _entry(task_name: str, cron: str, timezone: str) -> ScheduledTask:
    # The scheduler recognizes by the id that a task has run in this minute, so the id must not change.
    return ScheduledTask(
        schedule_id=task_name, task_name=task_name, labels={}, args=[], kwargs={}, cron=cron, cron_offset=timezone
    )


@async_shared_broker.task(task_name="bill_today")
async def bill_today(context: WorkerContext) -> None:
    settings: Settings = context.state.settings
    run = await billing_runs.begin(await business_date.current(settings.calendar_date(), settings.sandbox), WORKER)
    await enqueue(run_billing, run.id)


@async_shared_broker.task(task_name="sweep")
async def sweep(context: WorkerContext) -> None:
    """Find work whose message was lost, and do it."""
    state = context.state
    if monotonic() - (state.get("swept_at") or -REST_SECONDS) < REST_SECONDS:
        return
    state.swept_at = monotonic()
    settings: Settings = state.settings
    # Billing comes first: a failure while scoring must not keep the book from being billed.
    day = await business_date.current(to_be_billed(datetime.now(ZoneInfo(settings.timezone))), settings.sandbox)
    if await billing_runs.is_missed(day):
        logger.info("the sweep starts the missed billing of %s", day)
        await enqueue(run_billing, (await billing_runs.begin(day, WORKER)).id)
    for run_id in await billing_runs.stalled():
        logger.info("the sweep resumes billing run %d", run_id)
        await enqueue(run_billing, run_id)
    await borrower_classes.compare(day, WORKER)
    scored = await score_the_unscored()
    if scored:
        logger.info("the sweep scored %d people", scored)
    await sessions.forget_the_old()
    await password_resets.forget_the_expired()
    await _note_swept()


async def _note_swept() -> None:
    # The health check reads this key. It is in Valkey because no sweep runs without Valkey's stream either.
    with suppress(RedisError, OSError):
        await sent_to().client.set(key(_SWEPT), int(time()))


async def swept_at() -> int:
    """Return the Unix time in seconds of the last sweep's end, or 0 if the broker has no record of one.

    Raises:
        RedisError, OSError: the broker is unavailable.
    """
    return int(await sent_to().client.get(key(_SWEPT)) or 0)


def to_be_billed(now: datetime) -> date:
    """Return the latest date whose billing should have started, in the lender's time zone."""
    return (now - MISSED_AFTER).date()
