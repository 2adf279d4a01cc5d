"""The schedule sends two messages, and a sweep finds lost jobs within the next minute."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from taskiq import ScheduledTask, TaskiqScheduler
from taskiq.cli.scheduler.run import SchedulerLoop, is_cron_task_now

from broker.stream import enqueue
from models import billing_chunks, billing_runs, business_date
from models.billing_chunks import BillingChunk
from models.billing_runs import BillingRun
from models.bills import Bill
from models.transactions import CreditAssessment
from models.users import User
from rules.audit import WORKER
from settings import Settings
from tasks.billing import run_billing
from tasks.sweeps import Schedule, bill_today, sweep, to_be_billed
from tasks.verification import verify
from tasks.worker import opened
from tests.builders import billed
from tests.running import until
from tests.servers import tamper
from tests.tasks.billing_runs import FIRST, THIRD, THREE_DATES, begun, cycles, each, is_done, lend, mend, spoil
from tests.tasks.people import person
from tests.tasks.workers import is_idle, let_time_pass, working

INDIA = ZoneInfo("Asia/Kolkata")


async def swept(settings: Settings) -> None:
    """Run one sweep, and all jobs that it sends, in a new worker."""
    async with working(settings):
        assert await enqueue(sweep)
        await until(lambda: is_idle(settings))


async def entries(settings: Settings) -> dict[str, ScheduledTask]:
    return {entry.task_name: entry for entry in await Schedule(settings.timezone).get_schedules()}


def minutes(day: date) -> Iterator[datetime]:
    """Every minute of a day, in UTC."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return (start + timedelta(minutes=minute) for minute in range(24 * 60))


async def test_billing_is_sent_once_a_day_at_half_past_midnight_in_india(settings: Settings) -> None:
    entry = (await entries(settings))["bill_today"]
    assert entry.cron
    sent = [now for now in minutes(date(2026, 2, 28)) if is_cron_task_now(entry.cron, now, entry.cron_offset)]
    assert sent == [datetime(2026, 3, 1, 0, 30, tzinfo=INDIA)]


async def test_a_sweep_is_sent_every_minute(settings: Settings) -> None:
    entry = (await entries(settings))["sweep"]
    assert entry.cron
    assert all(is_cron_task_now(entry.cron, now, entry.cron_offset) for now in minutes(date(2026, 2, 28)))


async def test_an_entry_is_sent_once_in_its_minute(settings: Settings) -> None:
    start = datetime(2026, 3, 1, 0, 30, tzinfo=INDIA)
    sent: list[tuple[str, int]] = []
    async with opened(settings) as broker:
        scheduler = SchedulerLoop(TaskiqScheduler(broker, [Schedule(settings.timezone)]))
    for second in range(0, 150, 10):
        # The scheduler reads the entries repeatedly, and identifies them by their ids.
        for name, entry in (await entries(settings)).items():
            if scheduler._is_schedule_ready_to_send(entry, start + timedelta(seconds=second)):
                sent.append((name, second))
    assert sent == [("bill_today", 0), ("sweep", 0), ("sweep", 60), ("sweep", 120)]


async def test_the_daily_message_bills_the_business_date(memory: Settings) -> None:
    loan_ids = await lend(3)
    await business_date.move_to(FIRST)
    async with working(memory):
        # Two schedulers send the message twice.
        assert await enqueue(bill_today)
        assert await enqueue(bill_today)
        await until(lambda: BillingRun.filter(as_of=FIRST, status="DONE").count())
        await until(lambda: is_idle(memory))
    assert await cycles() == each(loan_ids, [FIRST])
    assert await verify() == []


async def test_billing_that_was_missed_is_found(memory: Settings) -> None:
    loan_ids = await lend(3)
    await business_date.move_to(THIRD)
    await swept(memory)
    run = await BillingRun.get()
    assert (run.as_of, run.status, run.bills_issued) == (THIRD, "DONE", 9)
    assert await cycles() == each(loan_ids, THREE_DATES)
    assert await verify() == []


async def test_billing_that_was_missed_is_found_although_nobody_can_be_scored(memory: Settings) -> None:
    await lend(1)
    user_id = await person(2)
    await business_date.move_to(FIRST)
    await tamper("ALTER TABLE credit_assessments RENAME TO lost")
    await swept(memory)
    assert (await BillingRun.get()).status == "DONE"
    assert (await User.get(id=user_id)).credit_score is None


async def test_outside_a_sandbox_the_calendar_says_what_is_billed(memory: Settings) -> None:
    await lend(1)
    async with working(memory.model_copy(update={"sandbox": False})):
        today = memory.calendar_date()
        assert await enqueue(bill_today)
        await until(lambda: is_idle(memory))
    run = await BillingRun.get()
    assert (run.as_of, run.status) == (today, "DONE")
    assert await verify() == []


async def test_nothing_due_means_nothing_missed(memory: Settings) -> None:
    await lend(1)
    await swept(memory)
    assert await BillingRun.all().count() == 0


@pytest.mark.parametrize(
    ("now", "day"),
    [
        # The schedule sends its message at half past midnight, and the sweep leaves that minute to it.
        (datetime(2026, 3, 1, 0, 0, tzinfo=INDIA), date(2026, 2, 28)),
        (datetime(2026, 3, 1, 0, 30, 59, tzinfo=INDIA), date(2026, 2, 28)),
        (datetime(2026, 3, 1, 0, 31, tzinfo=INDIA), date(2026, 3, 1)),
        (datetime(2026, 3, 1, 23, 59, tzinfo=INDIA), date(2026, 3, 1)),
    ],
)
def test_a_date_is_missed_once_its_hour_is_over(now: datetime, day: date) -> None:
    assert to_be_billed(now) == day


async def test_a_run_whose_messages_were_lost_is_taken_up(memory: Settings) -> None:
    loan_ids = await lend(5)
    await business_date.move_to(FIRST)
    run = await begun(FIRST)
    await let_time_pass()
    await swept(memory)
    assert await is_done(run)
    assert await cycles() == each(loan_ids, [FIRST])
    assert await verify() == []


async def test_a_run_that_nobody_was_told_of_is_taken_up(memory: Settings) -> None:
    await lend(1)
    run = await billing_runs.begin(FIRST, WORKER)
    await let_time_pass()
    await swept(memory)
    assert await is_done(run)
    assert await verify() == []


async def test_runs_that_are_going_on_are_left_alone(memory: Settings) -> None:
    await lend(2)
    run = await begun(FIRST)
    await swept(memory)
    assert not await is_done(run)
    assert await Bill.all().count() == 0


async def test_runs_that_are_done_are_left_alone(memory: Settings) -> None:
    await lend(2)
    await business_date.move_to(FIRST)
    run = await billed("2026-01-31")
    await let_time_pass()
    assert await billing_runs.stalled() == []
    assert not await billing_runs.is_missed(FIRST)
    async with working(memory):
        # A late message for the run changes nothing either.
        assert await enqueue(run_billing, run.id)
        await until(lambda: is_idle(memory))
    await swept(memory)
    again = await BillingRun.get()
    assert (again.finished_at, again.bills_issued) == (run.finished_at, 2)
    assert await verify() == []


async def test_a_failed_run_waits_for_somebody_to_mend_it(memory: Settings) -> None:
    loan_ids = await lend(4)
    await business_date.move_to(FIRST)
    await spoil(loan_ids[0])
    run = await billing_runs.begin(FIRST, WORKER)
    await billing_runs.plan(run.id, 2)
    for _ in range(billing_chunks.MOST_ATTEMPTS + 1):
        await let_time_pass()
        await swept(memory)
    await run.refresh_from_db()
    assert (run.status, run.bills_issued) == ("FAILED", 3)
    first = await BillingChunk.all().order_by("id").first()
    assert first is not None
    assert first.attempts == billing_chunks.MOST_ATTEMPTS
    await mend(loan_ids[0])
    assert (await billed("2026-01-31")).status == "DONE"
    assert await verify() == []


async def test_of_the_sweeps_of_an_hour_without_a_worker_one_is_done(memory: Settings) -> None:
    people = [await person(number) for number in range(3)]
    async with opened(memory):
        for _ in range(60):
            assert await enqueue(sweep)
    async with working(memory):
        await until(lambda: is_idle(memory))
    assert await User.filter(credit_score=300).count() == len(people)
    assert await CreditAssessment.all().count() == len(people)
