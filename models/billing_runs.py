"""The billing of one business date: begun once, cut into chunks, and finished when none of them is pending."""

from datetime import date, datetime
from decimal import Decimal

from tortoise import fields
from tortoise.models import Model

from models import database
from models.billing_chunks import MOST_ATTEMPTS
from models.tortoise_seam import instance
from rules.audit import Origin

# Few enough bills that a chunk holds its locks for a blink, many enough that a round trip does not show. On an ordinary
# night that is as many loans; after years without one it is a few, which memory then holds as easily.
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

    # How fast it goes, or went, and how long it will take at that pace; None where that cannot be said.
    loans_per_second: int | None = None
    seconds_left: int | None = None

    class Meta:
        table = "billing_runs"


_BEGIN = """
WITH begun AS (
    INSERT INTO billing_runs (as_of, status) VALUES ($1, 'QUEUED') ON CONFLICT (as_of) DO UPDATE SET
        status = CASE WHEN billing_runs.status = 'FAILED' THEN 'QUEUED' ELSE billing_runs.status END,
        finished_at = CASE WHEN billing_runs.status = 'DONE' THEN billing_runs.finished_at END
    RETURNING id, as_of, status
), noted AS (
    INSERT INTO audit_entries (event, actor, actor_id, request_id, address, details)
    SELECT 'BILLING_TRIGGERED', $2, $3, $4, $5, json_build_object('run', id, 'as_of', as_of)
    FROM begun WHERE status = 'QUEUED'
)
SELECT id FROM begun
"""


async def begin(as_of: date, by: Origin) -> BillingRun:
    """Start, or find, the run of a date; one that failed is queued again."""
    row = await database.fetch_one(_BEGIN, as_of, *by)
    assert row is not None
    run = await find(row["id"])
    assert run is not None
    return run


# A run that goes on has the pace of its last minute: it may have stood still for a night. One that ended has its own.
_FIND = """
WITH pace AS (
    SELECT r.id, CASE r.status
        WHEN 'DONE' THEN r.loans_billed / nullif(extract(epoch FROM r.finished_at - r.started_at), 0)
        WHEN 'RUNNING' THEN (
            SELECT sum(c.loans_due) FROM billing_chunks c
            WHERE c.run_id = r.id AND c.done_at > now() - interval '1 minute'
        ) / nullif(extract(epoch FROM least(now() - r.started_at, interval '1 minute')), 0)
    END AS pace
    FROM billing_runs r WHERE r.id = $1
)
SELECT r.*, round(pace)::bigint AS loans_per_second,
    CASE r.status
        WHEN 'DONE' THEN 0
        WHEN 'RUNNING' THEN ceil((r.loans_due - r.loans_billed) / nullif(pace, 0))::bigint
    END AS seconds_left
FROM billing_runs r JOIN pace USING (id)
"""


async def find(run_id: int) -> BillingRun | None:
    row = await database.fetch_one(_FIND, run_id)
    if row is None:
        return None
    *columns, loans_per_second, seconds_left = row.items()
    run = instance(BillingRun, dict(columns))
    run.loans_per_second, run.seconds_left = loans_per_second[1], seconds_left[1]
    return run


_PLAN = """
WITH due AS (
    SELECT id, ($2::date - disbursed_on) / cycle_days - cycles_billed AS cycles
    FROM loans WHERE closed_on IS NULL AND next_billing_on <= $2
), placed AS (
    SELECT id, (sum(cycles) OVER (ORDER BY id) - cycles) / $3::bigint AS place FROM due
)
INSERT INTO billing_chunks (run_id, first_id, last_id, loans_due)
SELECT $1, min(id), max(id), count(*) FROM placed GROUP BY place
"""


async def plan(run_id: int, chunk_bills: int = CHUNK_BILLS) -> list[int]:
    """Cut a run into chunks, the first time, and return the ids of those that are still to be tried."""
    # It holds the run and then its chunks, and who bills a chunk the other way round: one of them may be broken off.
    return await database.retried(lambda: _plan(run_id, chunk_bills))


async def _plan(run_id: int, chunk_bills: int) -> list[int]:
    async with database.transaction():
        run = await database.fetch_one("SELECT status, as_of FROM billing_runs WHERE id = $1 FOR UPDATE", run_id)
        if run is None or run["status"] in {"DONE", "FAILED"}:
            return []
        if run["status"] == "QUEUED":
            if await database.fetch_one("SELECT id FROM billing_chunks WHERE run_id = $1 LIMIT 1", run_id) is None:
                await database.execute(_PLAN, run_id, run["as_of"], chunk_bills)
            await database.execute(
                "UPDATE billing_runs SET status = 'RUNNING', started_at = coalesce(started_at, now()), loans_due ="
                " (SELECT coalesce(sum(loans_due), 0) FROM billing_chunks WHERE run_id = $1) WHERE id = $1",
                run_id,
            )
            await database.execute(
                "UPDATE billing_chunks SET attempts = 0 WHERE run_id = $1 AND done_at IS NULL", run_id
            )
        rows = await database.fetch(
            "SELECT id FROM billing_chunks WHERE run_id = $1 AND done_at IS NULL AND attempts < $2 ORDER BY id",
            run_id,
            MOST_ATTEMPTS,
        )
        return [row["id"] for row in rows]


_FINISH = """
WITH ended AS (
    UPDATE billing_runs SET finished_at = now(), status = CASE WHEN EXISTS (
            SELECT FROM billing_chunks WHERE run_id = $1 AND done_at IS NULL
        ) THEN 'FAILED' ELSE 'DONE' END
    WHERE id = $1 AND status = 'RUNNING' AND NOT EXISTS (
        SELECT FROM billing_chunks WHERE run_id = $1 AND done_at IS NULL AND attempts < $2
    )
    RETURNING *
)
INSERT INTO audit_entries (event, actor, actor_id, request_id, address, details)
SELECT 'BILLING_ENDED', $3, $4, $5, $6, json_build_object('run', id, 'as_of', as_of, 'status', status,
    'loans', loans_billed, 'bills', bills_issued, 'interest', interest_billed::text)
FROM ended
"""


async def finish(run_id: int, by: Origin) -> BillingRun:
    """Mark a run DONE once none of its chunks is pending, or FAILED once those that are have failed too often.

    To be asked after the chunk's own COMMIT. A FAILED run waits until somebody triggers it again.
    """
    await database.execute(_FINISH, run_id, MOST_ATTEMPTS, *by)
    run = await find(run_id)
    assert run is not None
    return run


async def stalled() -> list[int]:
    """The unfinished runs on which nothing has happened for half a minute, oldest first."""
    rows = await database.fetch(
        "SELECT r.id FROM billing_runs r WHERE r.status IN ('QUEUED', 'RUNNING')"
        " AND coalesce((SELECT max(done_at) FROM billing_chunks c WHERE c.run_id = r.id), r.started_at, r.created_at)"
        " < now() - interval '30 seconds' ORDER BY r.as_of"
    )
    return [row["id"] for row in rows]


async def is_missed(as_of: date) -> bool:
    """Whether loans are due on a date that has no run."""
    row = await database.fetch_one(
        "SELECT EXISTS (SELECT FROM loans WHERE closed_on IS NULL AND next_billing_on <= $1)"
        " AND NOT EXISTS (SELECT FROM billing_runs WHERE as_of = $1) AS missed",
        as_of,
    )
    assert row is not None
    return bool(row["missed"])


async def reached() -> tuple[date | None, date | None]:
    """The last date whose billing is done, and the day on which the loan that waits longest is to be billed."""
    row = await database.fetch_one(
        "SELECT (SELECT max(as_of) FROM billing_runs WHERE status = 'DONE') AS done,"
        " (SELECT min(next_billing_on) FROM loans WHERE closed_on IS NULL) AS waiting"
    )
    assert row is not None
    return row["done"], row["waiting"]
