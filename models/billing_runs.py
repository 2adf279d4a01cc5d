"""Hand-written SQL: a billing run begins, is cut into chunks and ends by one conditional statement each.

A run bills one business date. It begins once, even if several processes trigger it. It ends when none of its chunks is
pending.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

import asyncpg
from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from models import audit, database, due_loans, loan_columns
from models.billing_chunks import MOST_ATTEMPTS, BillingChunk
from models.expressions import Now
from models.loans import Loan
from models.tortoise_seam import instance
from rules.audit import Event, Origin

# Few enough that a chunk holds its locks for some milliseconds, many enough that its round trips take a small part of
# the time. A loan has one bill on an ordinary night, and many after a long time without billing.
CHUNK_BILLS = 1000


class BillingRun(Model):
    id = fields.BigIntField(primary_key=True)
    as_of = fields.DateField()
    status = fields.TextField(default="QUEUED")
    loans_due = fields.IntField(default=0)
    loans_billed = fields.IntField(default=0)
    bills_issued = fields.IntField(default=0)
    interest_billed: Decimal = fields.DecimalField(max_digits=18, decimal_places=2, default=Decimal("0.00"))
    started_at: datetime | None = fields.DatetimeField(null=True)
    finished_at: datetime | None = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    # The time at which the loans of each borrower were compared after the run (lending rules, 12.5).
    classed_at: datetime | None = fields.DatetimeField(null=True)

    # Its pace, and the time that is left at that pace; None if they are unknown. They are no columns.
    loans_per_second: int | None = None
    seconds_left: int | None = None

    class Meta:
        table = "billing_runs"


_RECORD_BEGIN = audit.insertion(
    Event.BILLING_TRIGGERED,
    "FROM begun WHERE status = 'QUEUED'",
    origin=2,
    details="json_build_object('run', id, 'as_of', as_of)",
)
_BEGIN = f"""
WITH begun AS (
    INSERT INTO billing_runs (as_of, status) VALUES ($1, 'QUEUED') ON CONFLICT (as_of) DO UPDATE SET
        status = CASE WHEN billing_runs.status = 'FAILED' THEN 'QUEUED' ELSE billing_runs.status END,
        finished_at = CASE WHEN billing_runs.status = 'DONE' THEN billing_runs.finished_at END
    RETURNING id, as_of, status
), recorded AS (
    {_RECORD_BEGIN}
)
SELECT id FROM begun
"""


async def begin(as_of: date, by: Origin) -> BillingRun:
    """Begin the run of a date, or find it; a failed run is queued again."""
    row = await database.fetch_one(_BEGIN, as_of, *by)
    assert row is not None
    run = await find(row["id"])
    assert run is not None
    return run


# The pace of a continued run is that of its last minute, because it may have been interrupted for hours. The pace of
# a run that ended is that of all of it.
_WITH_PACE = """
WITH pace AS (
    SELECT r.id, CASE r.status
        WHEN 'DONE' THEN r.loans_billed / nullif(extract(epoch FROM r.finished_at - r.started_at), 0)
        WHEN 'RUNNING' THEN (
            SELECT sum(c.loans_due) FROM billing_chunks c
            WHERE c.run_id = r.id AND c.done_at > now() - interval '1 minute'
        ) / nullif(extract(epoch FROM least(now() - r.started_at, interval '1 minute')), 0)
    END AS pace
    FROM billing_runs r WHERE {which}
)
SELECT r.*, round(pace)::bigint AS loans_per_second,
    CASE r.status
        WHEN 'DONE' THEN 0
        WHEN 'RUNNING' THEN ceil((r.loans_due - r.loans_billed) / nullif(pace, 0))::bigint
    END AS seconds_left
FROM billing_runs r JOIN pace USING (id) ORDER BY r.id DESC
"""
_FIND = _WITH_PACE.format(which="r.id = $1")
_PAGE = _WITH_PACE.format(which="r.id < $1 ORDER BY r.id DESC LIMIT $2")


async def find(run_id: int) -> BillingRun | None:
    row = await database.fetch_one(_FIND, run_id)
    return None if row is None else _run(row)


async def before(run_id: int, limit: int) -> list[BillingRun]:
    """The newest `limit` runs with an id below the given one, newest first."""
    return [_run(row) for row in await database.fetch(_PAGE, run_id, limit)]


def _run(row: asyncpg.Record) -> BillingRun:
    *columns, loans_per_second, seconds_left = row.items()
    run = instance(BillingRun, dict(columns))
    run.loans_per_second, run.seconds_left = loans_per_second[1], seconds_left[1]
    return run


_CUT = f"""
WITH due AS (
    SELECT id, {due_loans.IS_BILLED.format(as_of="$2")} AS is_billed,
        greatest(($2::date - disbursed_on) / cycle_days - cycles_billed, 1) AS cycles
    FROM loans WHERE {due_loans.IS_DUE.format(as_of="$2")}
), placed AS (
    SELECT id, is_billed, (sum(cycles) OVER (ORDER BY id) - cycles) / $3::bigint AS place FROM due
)
INSERT INTO billing_chunks (run_id, first_id, last_id, loans_due)
SELECT $1, min(id), max(id), count(*) FILTER (WHERE is_billed) FROM placed GROUP BY place
"""


async def plan(run_id: int, chunk_bills: int = CHUNK_BILLS) -> list[int]:
    """Cut a run into chunks, unless it is cut, and return the ids of those that are still to be billed."""
    # This locks the run and then its chunks; a worker that bills a chunk locks them in the other order. PostgreSQL may
    # end either transaction as a deadlock.
    return await database.retried(lambda: _plan(run_id, chunk_bills))


async def _plan(run_id: int, chunk_bills: int) -> list[int]:
    async with database.transaction():
        run = await BillingRun.select_for_update().get_or_none(id=run_id)
        if run is None or run.status in {"DONE", "FAILED"}:
            return []
        chunks = BillingChunk.filter(run_id=run_id)
        pending = chunks.filter(done_at=None)
        if run.status == "QUEUED":
            if not await chunks.exists():
                await database.execute(_CUT, run_id, run.as_of, chunk_bills)
            loans_due = sum([one.loans_due for one in await chunks.only("loans_due")])
            began = run.started_at or Now()
            await BillingRun.filter(id=run_id).update(status="RUNNING", started_at=began, loans_due=loans_due)
            await pending.update(attempts=0)
        return [one.id for one in await pending.filter(attempts__lt=MOST_ATTEMPTS).order_by("id").only("id")]


_RECORD_END = audit.insertion(
    Event.BILLING_ENDED,
    "FROM ended",
    origin=3,
    details="json_build_object('run', id, 'as_of', as_of, 'status', status,"
    " 'loans', loans_billed, 'bills', bills_issued, 'interest', interest_billed::text)",
)
_FINISH = f"""
WITH ended AS (
    UPDATE billing_runs SET finished_at = now(), status = CASE WHEN EXISTS (
            SELECT FROM billing_chunks WHERE run_id = $1 AND done_at IS NULL
        ) THEN 'FAILED' ELSE 'DONE' END
    WHERE id = $1 AND status = 'RUNNING' AND NOT EXISTS (
        SELECT FROM billing_chunks WHERE run_id = $1 AND done_at IS NULL AND attempts < $2
    )
    RETURNING *
)
{_RECORD_END}
"""


async def finish(run_id: int, by: Origin) -> BillingRun:
    """Mark a run DONE if none of its chunks is pending, or FAILED if those that are have failed too often.

    Call it after the chunk's own COMMIT. A FAILED run waits until it is triggered again.
    """
    await database.execute(_FINISH, run_id, MOST_ATTEMPTS, *by)
    run = await find(run_id)
    assert run is not None
    return run


# A run that is planned or billed changes every second or so.
_STALLED = timedelta(seconds=30)


async def stalled() -> list[int]:
    """The ids of the unfinished runs on which nothing has happened for half a minute, oldest date first."""
    begun = Q(started_at__lt=Now(less=_STALLED)) | Q(started_at=None, created_at__lt=Now(less=_STALLED))
    runs = await BillingRun.filter(begun, status__in=["QUEUED", "RUNNING"]).order_by("as_of").only("id")
    billed = BillingChunk.filter(done_at__gte=Now(less=_STALLED))
    return [run.id for run in runs if not await billed.filter(run_id=run.id).exists()]


async def is_missed(as_of: date) -> bool:
    """Whether loans are due on a date that has no run."""
    if await BillingRun.filter(as_of=as_of).exists():
        return False
    due = Q(closed_on=None) & (Q(next_billing_on__lte=as_of) | Q(oldest_due_on__lt=as_of))
    return await Loan.filter(due | Q(special__contains=loan_columns.CLASSED)).exists()


async def unclassed() -> list[BillingRun]:
    """The runs after which the loans of each borrower are still to be compared, oldest date first."""
    return await BillingRun.filter(status="DONE", classed_at=None).order_by("as_of")


async def note_classed(run_id: int) -> None:
    """Note that the loans of each borrower were compared after a run."""
    await BillingRun.filter(id=run_id, classed_at=None).update(classed_at=Now())


async def classed() -> date:
    """The last day at whose end the class of each loan was found; the least date before the first run."""
    done = await BillingRun.filter(status="DONE").order_by("-as_of").first()
    return done.as_of - timedelta(days=1) if done else date.min


async def reached() -> tuple[date | None, date | None]:
    """The last date whose billing is done, and the earliest date on which an open loan is to be billed."""
    done = await BillingRun.filter(status="DONE").order_by("-as_of").first()
    waiting = await Loan.filter(closed_on=None).order_by("next_billing_on").only("next_billing_on").first()
    return done.as_of if done else None, waiting.next_billing_on if waiting else None
