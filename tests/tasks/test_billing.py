"""Each cycle of each loan is billed once, on its own date, by any number of workers at once."""

import asyncio
from datetime import date
from decimal import Decimal

import pytest

from broker.stream import enqueue
from models import billing_chunks, billing_runs, database, due_loans
from models.billing_chunks import BillingChunk
from models.billing_runs import BillingRun
from models.bills import Bill
from models.database_errors import UNAVAILABLE
from models.due_loans import DueLoan
from models.loans import Loan
from rules.audit import WORKER
from settings import Settings
from tasks import billing
from tasks.billing import bill_chunk, bill_in_foreground, bill_loans, run_billing
from tasks.verification import verify
from tests.builders import Client, billed, lent, on
from tests.running import until
from tests.servers import tamper
from tests.tasks.billing_runs import FIRST, THIRD, THREE_DATES, begun, cycles, each, is_done, lend, mend, now, spoil
from tests.tasks.loan_rows import pay
from tests.tasks.postings import postings
from tests.tasks.workers import holding, is_idle, let_time_pass, waiting, working


def silent(_: BillingRun) -> None: ...


async def test_a_run_says_what_it_billed(memory: Settings) -> None:
    await lend(5)
    reports: list[int] = []
    await begun(FIRST)
    run = await bill_in_foreground(FIRST, lambda so_far: reports.append(so_far.bills_issued))
    assert (run.status, run.loans_due, run.bills_issued) == ("DONE", 5, 5)
    assert run.interest_billed == Decimal("2175.00")
    assert run.started_at
    assert run.finished_at
    assert run.started_at <= run.finished_at
    assert reports == [2, 4, 5, 5]
    assert [chunk.loans_due for chunk in await BillingChunk.all().order_by("id")] == [2, 2, 1]
    assert await verify() == []


async def test_a_run_over_an_empty_book_is_done(memory: Settings) -> None:
    run = await billed("2026-01-31")
    assert (run.status, run.loans_due, run.bills_issued, run.interest_billed) == ("DONE", 0, 0, Decimal("0.00"))


async def test_a_loan_is_not_billed_before_its_date(memory: Settings) -> None:
    await lend(1)
    assert (await billed("2026-01-30")).loans_due == 0
    assert await cycles() == {}


async def test_missed_cycles_are_billed_oldest_first_each_on_its_own_date(memory: Settings) -> None:
    (loan_id,) = await lend(1)
    run = await billed("2026-04-20")
    assert (run.loans_due, run.bills_issued) == (1, 3)
    bills = await Bill.all().order_by("cycle")
    assert [bill.billing_date for bill in bills] == THREE_DATES
    assert [bill.due_date for bill in bills] == [date(2026, 2, 15), date(2026, 3, 17), date(2026, 4, 16)]
    assert [bill.interest for bill in bills] == [Decimal("435.00")] * 3
    loan = await Loan.get(id=loan_id)
    assert (loan.cycles_billed, loan.next_billing_on) == (3, date(2026, 5, 1))
    assert await verify() == []


async def test_a_date_is_billed_once(memory: Settings) -> None:
    await lend(3)
    first, again = await billed("2026-01-31"), await billed("2026-01-31")
    assert (again.id, again.bills_issued, again.finished_at) == (first.id, 3, first.finished_at)
    assert await verify() == []


async def test_billing_day_by_day_equals_billing_after_a_gap(memory: Settings) -> None:
    day_by_day, after_a_gap = await lend(2)
    await pay(day_by_day, "2026-01-10", "5000.00")
    await pay(after_a_gap, "2026-01-10", "5000.00")
    # The second loan is not due until the end.
    await database.execute("UPDATE loans SET next_billing_on = '2026-12-31' WHERE id = $1", after_a_gap)
    for day in THREE_DATES:
        await billed(day.isoformat())
    await database.execute("UPDATE loans SET next_billing_on = '2026-01-31' WHERE id = $1", after_a_gap)
    run = await billed("2026-04-20")
    assert run.bills_issued == 3
    states = [await state(loan_id) for loan_id in (day_by_day, after_a_gap)]
    assert states[0] == states[1]
    # Only the postings of the late run tell the two apart: a closed period gets no more of them.
    assert await postings(day_by_day, "BILL") == [(day, day) for day in THREE_DATES]
    assert await postings(after_a_gap, "BILL") == [(date(2026, 4, 20), day) for day in THREE_DATES]
    assert await verify() == []


async def state(loan_id: int) -> list[dict[str, object]]:
    """A loan, its bills and its ledger entries, without the columns that identify the loan or its postings' dates."""
    rows = [
        *await database.fetch("SELECT * FROM loans WHERE id = $1", loan_id),
        *await database.fetch("SELECT * FROM bills WHERE loan_id = $1 ORDER BY cycle", loan_id),
        *await database.fetch("SELECT * FROM ledger_entries WHERE loan_id = $1 ORDER BY id", loan_id),
    ]
    own = {"id", "loan_id", "user_id", "application_id", "bill_id", "payment_id", "created_at"}
    names = own | {"posted_on", "effective_on"}
    return [{name: value for name, value in row.items() if name not in names} for row in rows]


async def test_a_triggered_run_is_done_by_workers(borrower: Client, operator: Client, settings: Settings) -> None:
    await lent(borrower)
    await on(operator, "2026-01-31")
    async with working(settings):
        run = await operator.ask(TRIGGER)
        await until(lambda: billing_runs.find(int(run["id"])))
        await until(lambda: BillingRun.filter(status="DONE").count())
        await until(lambda: is_idle(settings))
    assert await operator.ask(RUN, id=run["id"]) == {"status": "DONE", "billsIssued": 1, "interestBilled": "435.00"}
    assert await verify() == []


async def test_two_triggers_of_a_date_at_once_make_one_run(
    borrower: Client, operator: Client, settings: Settings
) -> None:
    await lent(borrower)
    await on(operator, "2026-01-31")
    async with working(settings), working(settings):
        answers = await asyncio.gather(*(operator.ask(TRIGGER) for _ in range(4)))
        assert len({answer["id"] for answer in answers}) == 1
        await until(lambda: BillingRun.filter(status="DONE").count())
        await until(lambda: is_idle(settings))
    assert await BillingRun.all().count() == 1
    assert await cycles() == {1: [FIRST]}
    assert await verify() == []


@pytest.mark.pooled
async def test_two_runs_in_the_foreground_at_once_share_the_work(memory: Settings) -> None:
    loan_ids = await lend(9)
    await begun(THIRD)
    one, other = await asyncio.gather(*(bill_in_foreground(THIRD, silent) for _ in range(2)))
    for run in (one, other):
        assert (run.status, run.bills_issued, run.interest_billed) == ("DONE", 27, Decimal("11745.00"))
    assert await cycles() == each(loan_ids, THREE_DATES)
    assert await verify() == []


async def test_the_foreground_and_workers_share_the_work(memory: Settings) -> None:
    loan_ids = await lend(9)
    run = await begun(THIRD, 1)
    async with working(memory), working(memory):
        assert await enqueue(run_billing, run.id)
        assert await enqueue(run_billing, run.id)
        in_foreground = await bill_in_foreground(THIRD, silent)
        assert (in_foreground.status, in_foreground.bills_issued) == ("DONE", 27)
        await until(lambda: is_idle(memory))
    assert (await now(run)).bills_issued == 27
    assert await cycles() == each(loan_ids, THREE_DATES)
    assert await verify() == []


async def test_the_foreground_waits_for_a_chunk_that_somebody_is_at(memory: Settings) -> None:
    await lend(3)
    run = await begun(FIRST)
    first = await BillingChunk.filter(run_id=run.id).order_by("id").first()
    assert first is not None
    async with holding(memory, f"billing_chunks WHERE id = {first.id}"):
        in_foreground = asyncio.create_task(bill_in_foreground(FIRST, silent))
        await until(lambda: Bill.all().count())
        await asyncio.sleep(0.1)
        assert not in_foreground.done()
    assert (await in_foreground).bills_issued == 3
    assert await verify() == []


async def test_two_dates_at_once_bill_each_cycle_once(memory: Settings) -> None:
    loan_ids = await lend(8)
    runs = [await begun(day) for day in (FIRST, THIRD)]
    one, other = await asyncio.gather(*(bill_in_foreground(run.as_of, silent) for run in runs))
    assert (one.status, other.status) == ("DONE", "DONE")
    assert one.bills_issued + other.bills_issued == 24
    assert await cycles() == each(loan_ids, THREE_DATES)
    assert await verify() == []


async def test_a_chunk_that_takes_long_is_not_billed_by_a_second_worker_too(memory: Settings) -> None:
    loan_ids = await lend(2)
    run = await begun(FIRST)
    async with working(memory, reclaim_after_ms=100), working(memory, reclaim_after_ms=100):
        async with holding(memory, f"loans WHERE id = {loan_ids[1]}"):
            assert await enqueue(run_billing, run.id)
            await until(waiting)
            # The other workers reclaim its message, see that the chunk is locked, and acknowledge the message.
            await until(lambda: is_idle(memory))
            assert await Bill.all().count() == 0
        await until(lambda: is_done(run))
    assert await cycles() == each(loan_ids, [FIRST])
    assert await verify() == []


@pytest.mark.pooled
@pytest.mark.parametrize("payment_first", [True, False])
async def test_a_payment_while_a_chunk_runs_is_as_if_one_came_after_the_other(
    memory: Settings, payment_first: bool
) -> None:
    loan_ids = await lend(2)
    async with holding(memory, f"loans WHERE id = {loan_ids[1]}"):
        works = [lambda: pay(loan_ids[1], "2026-02-10", "1000.00"), lambda: billed("2026-01-31")]
        tasks = []
        for count, work in enumerate(works if payment_first else reversed(works), start=1):
            tasks.append(asyncio.create_task(work()))
            await until(lambda count=count: queued(count))  # type: ignore[misc]
    await asyncio.gather(*tasks)
    run = await BillingRun.get(as_of=FIRST)
    assert (run.status, run.loans_due, run.bills_issued) == ("DONE", 2, 1 if payment_first else 2)
    assert await cycles() == each(loan_ids, [FIRST])
    # Neither cancelled the other: the second one waited, and then read the result of the first.
    assert [chunk.attempts for chunk in await BillingChunk.all()] == [0]
    bill = await Bill.get(loan_id=loan_ids[1])
    assert (bill.interest_paid, bill.principal_paid) == (Decimal("435.00"), Decimal("565.00"))
    assert await verify() == []


async def queued(count: int) -> bool:
    return await waiting() >= count


async def test_many_payments_and_a_run_at_once_leave_the_book_right(memory: Settings) -> None:
    loan_ids = await lend(8)
    await begun(THIRD)
    await asyncio.gather(
        bill_in_foreground(THIRD, silent),
        bill_in_foreground(THIRD, silent),
        *(pay(loan_id, "2026-04-01", amount) for loan_id in loan_ids for amount in ("1000.00", "2000.00")),
    )
    assert await is_done(await billing_runs.begin(THIRD, WORKER))
    assert await cycles() == each(loan_ids, THREE_DATES)
    assert await verify() == []


async def test_a_loan_that_fails_keeps_nobody_else_from_being_billed(memory: Settings) -> None:
    loan_ids = await lend(7)
    await spoil(loan_ids[2])
    await begun(FIRST, 100)
    run = await bill_in_foreground(FIRST, silent)
    assert (run.status, run.loans_due, run.loans_billed, run.bills_issued) == ("FAILED", 7, 6, 6)
    assert run.finished_at
    assert sorted(await cycles()) == [*loan_ids[:2], *loan_ids[3:]]
    (pending,) = await BillingChunk.filter(done_at=None)
    assert (pending.first_id, pending.loans_due, pending.attempts) == (loan_ids[2], 1, billing_chunks.MOST_ATTEMPTS)
    reason = "The rules failed on it: interest accrues forward."
    assert (pending.failed_loan_id, pending.failure) == (loan_ids[2], reason)
    assert await billing_chunks.FAILED_OF_RUNS.count([run.id]) == {run.id: 1}
    # A late message causes no further attempt.
    await bill_chunk.original_func(pending.id)
    await pending.refresh_from_db()
    assert pending.attempts == billing_chunks.MOST_ATTEMPTS
    await mend(loan_ids[2])
    assert (await bill_in_foreground(FIRST, silent)).status == "DONE"
    assert await billing_chunks.FAILED_OF_RUNS.count([run.id]) == {}
    assert await cycles() == each(loan_ids, [FIRST])
    assert await verify() == []


async def test_a_loan_whose_rows_postgresql_refuses_has_its_reason_without_an_aadhaar_number(memory: Settings) -> None:
    loan_ids = await lend(2)
    await tamper(f'ALTER TABLE bills ADD CONSTRAINT "2341 2341 2346" CHECK (loan_id <> {loan_ids[0]})')
    await begun(FIRST)
    run = await bill_in_foreground(FIRST, silent)
    (failed,) = await billing_chunks.FAILED_OF_RUNS.page([run.id], after=0, limit=9)
    assert failed.failed_loan_id == loan_ids[0]
    assert str(failed.failure).startswith("PostgreSQL refused its rows: new row for relation")
    assert "XXXX XXXX 2346" in str(failed.failure)


async def test_a_loan_that_failed_too_often_before_the_others_began_keeps_nobody_from_being_billed(
    memory: Settings,
) -> None:
    """If a run is triggered several times, each of its chunks has several messages."""
    loan_ids = await lend(6)
    await spoil(loan_ids[0])
    run = await begun(FIRST, 1)
    spoilt, *others = await billing_runs.plan(run.id)
    for _ in range(billing_chunks.MOST_ATTEMPTS + 1):
        await bill_chunk.original_func(spoilt)
    assert (await BillingChunk.get(id=spoilt)).attempts == billing_chunks.MOST_ATTEMPTS
    assert await billing_runs.plan(run.id) == others
    for chunk_id in others:
        assert (await now(run)).status == "RUNNING"
        await bill_chunk.original_func(chunk_id)
    run = await now(run)
    assert (run.status, run.bills_issued, run.finished_at is None) == ("FAILED", 5, False)
    assert sorted(await cycles()) == loan_ids[1:]


async def test_after_years_without_billing_a_chunk_is_of_as_many_bills_and_of_fewer_loans(memory: Settings) -> None:
    loan_ids = await lend(5)
    run = await billing_runs.begin(THIRD, WORKER)
    await billing_runs.plan(run.id, chunk_bills=6)
    chunks = await BillingChunk.all().order_by("id")
    assert [chunk.loans_due for chunk in chunks] == [2, 2, 1]
    run = await bill_in_foreground(THIRD, silent)
    assert (run.status, run.loans_due, run.bills_issued) == ("DONE", 5, 15)
    assert await cycles() == each(loan_ids, THREE_DATES)


async def test_a_failed_run_is_finished_by_another_trigger_once_it_can_be(memory: Settings) -> None:
    loan_ids = await lend(6)
    await spoil(loan_ids[2])
    await begun(FIRST)
    await bill_in_foreground(FIRST, silent)
    # The loan is still wrong: the run fails again, after the same number of attempts.
    assert (await bill_in_foreground(FIRST, silent)).status == "FAILED"
    await mend(loan_ids[2])
    queued_again = await billing_runs.begin(FIRST, WORKER)
    assert (queued_again.status, queued_again.finished_at) == ("QUEUED", None)
    run = await bill_in_foreground(FIRST, silent)
    assert (run.status, run.bills_issued, run.interest_billed) == ("DONE", 6, Decimal("2610.00"))
    assert await cycles() == each(loan_ids, [FIRST])
    assert await verify() == []


async def test_workers_bill_around_a_loan_that_fails_try_it_a_few_times_and_then_say_so(memory: Settings) -> None:
    loan_ids = await lend(5)
    await spoil(loan_ids[1])
    run = await begun(FIRST, 100)
    async with working(memory):
        for attempt in range(1, billing_chunks.MOST_ATTEMPTS + 1):
            assert (await now(run)).status == "RUNNING"
            assert await enqueue(run_billing, run.id)
            await until(lambda attempt=attempt: BillingChunk.filter(attempts=attempt).count())  # type: ignore[misc]
            await until(lambda: is_idle(memory))
            # The other loans are billed after the first attempt, without waiting for a sweep.
            assert sorted(await cycles()) == [loan_ids[0], *loan_ids[2:]]
    assert (await now(run)).status == "FAILED"
    await let_time_pass()
    assert await billing_runs.stalled() == []


@pytest.mark.pooled
async def test_a_chunk_that_lost_its_database_is_not_counted_as_failed(memory: Settings) -> None:
    loan_ids = await lend(2)
    run = await begun(FIRST)
    (chunk,) = await BillingChunk.all()
    async with holding(memory, f"loans WHERE id = {loan_ids[0]}") as connection:
        work = asyncio.create_task(bill_chunk.original_func(chunk.id))
        await until(waiting)
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        with pytest.raises(UNAVAILABLE):
            await work
    await chunk.refresh_from_db()
    assert (chunk.attempts, chunk.done_at, (await now(run)).status) == (0, None, "RUNNING")
    assert (await bill_in_foreground(FIRST, silent)).status == "DONE"
    assert await verify() == []


async def test_a_chunk_for_which_the_server_has_no_room_is_not_counted_as_failed(memory: Settings) -> None:
    await lend(2)
    run = await begun(FIRST)
    (chunk,) = await BillingChunk.all()
    await tamper(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'; END $$;"
        " CREATE TRIGGER disk_is_full BEFORE INSERT ON bills FOR EACH STATEMENT EXECUTE FUNCTION refuse()"
    )
    with pytest.raises(UNAVAILABLE):
        await bill_chunk.original_func(chunk.id)
    await chunk.refresh_from_db()
    assert (chunk.attempts, (await now(run)).status) == (0, "RUNNING")
    await tamper("DROP TRIGGER disk_is_full ON bills")
    assert (await bill_in_foreground(FIRST, silent)).status == "DONE"
    assert await verify() == []


@pytest.mark.pooled
async def test_a_worker_that_stands_still_in_the_middle_of_a_chunk_keeps_nobody_from_it(
    memory: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    loan_ids = await lend(2)
    run = await begun(FIRST)
    (chunk,) = await BillingChunk.all()
    claimed, goes_on = asyncio.Event(), asyncio.Event()

    async def stand_still(due: list[DueLoan], as_of: date) -> tuple[int, Decimal]:
        claimed.set()
        await goes_on.wait()
        return await bill_loans(due, as_of)

    monkeypatch.setattr(billing_chunks, "HUNG_AFTER_MS", 200)
    with monkeypatch.context() as still:
        still.setattr(billing, "bill_loans", stand_still)
        hung = asyncio.create_task(bill_chunk.original_func(chunk.id))
        await claimed.wait()
    assert (await bill_in_foreground(FIRST, silent)).status == "DONE"
    goes_on.set()
    with pytest.raises(UNAVAILABLE):
        await hung
    await chunk.refresh_from_db()
    assert (chunk.attempts, (await now(run)).bills_issued) == (0, 2)
    assert await cycles() == each(loan_ids, [FIRST])
    assert await verify() == []


async def test_a_run_whose_last_chunk_was_done_by_a_worker_that_died_is_finished(memory: Settings) -> None:
    await lend(1)
    run = await begun(FIRST)
    (chunk,) = await BillingChunk.all()
    async with database.transaction():
        claimed = await billing_chunks.claim(chunk.id)
        assert claimed is not None
        due = await due_loans.lock(claimed.first_id, claimed.last_id, FIRST)
        issued, interest = await billing.bill_loans(due, FIRST)
        await billing_chunks.complete(chunk.id, bills_issued=issued, interest_billed=interest, by=WORKER)
    assert not await is_done(run)
    await run_billing.original_func(run.id)
    assert await is_done(run)
    assert await verify() == []


async def test_planning_a_run_twice_at_once_cuts_it_once(memory: Settings) -> None:
    await lend(5)
    run = await billing_runs.begin(FIRST, WORKER)
    plans = await asyncio.gather(*(billing_runs.plan(run.id, 2) for _ in range(5)))
    assert len(plans[0]) == 3
    assert all(chunk_ids == plans[0] for chunk_ids in plans)
    assert (await now(run)).loans_due == 5


TRIGGER = "mutation { triggerBilling { ... on BillingRun { id status } } }"
RUN = "query ($id: ID!) { billingRun(id: $id) { status billsIssued interestBilled } }"
