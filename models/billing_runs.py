"""The billing of one business date, cut into chunks; a chunk is done in one transaction, and once."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from tortoise import fields
from tortoise.models import Model

from models import database

# Few enough loans that a chunk holds its locks for a blink, many enough that a round trip does not show.
CHUNK_LOANS = 1000

# A chunk that fails this often fails of its own; trying again every minute would only fill the log.
MOST_ATTEMPTS = 3


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


class BillingChunk(Model):
    """A range of loan ids of a run. Whoever bills it holds its row locked, so a crash leaves it pending."""

    id = fields.BigIntField(primary_key=True)
    run: fields.ForeignKeyRelation[BillingRun] = fields.ForeignKeyField(
        "models.BillingRun", related_name=False, on_delete=fields.RESTRICT
    )
    first_id = fields.BigIntField()
    last_id = fields.BigIntField()
    loans_due = fields.IntField()
    bills_issued = fields.IntField(default=0)
    interest_billed = fields.DecimalField(max_digits=18, decimal_places=2, default=0)
    attempts = fields.IntField(default=0)
    done_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "billing_chunks"


class ClaimedChunk(NamedTuple):
    id: int
    run_id: int
    as_of: date
    first_id: int
    last_id: int


_BEGIN = """
INSERT INTO billing_runs (as_of, status) VALUES ($1, 'QUEUED') ON CONFLICT (as_of) DO UPDATE SET
    status = CASE WHEN billing_runs.status = 'FAILED' THEN 'QUEUED' ELSE billing_runs.status END,
    finished_at = CASE WHEN billing_runs.status = 'DONE' THEN billing_runs.finished_at END
RETURNING id
"""


async def begin(as_of: date) -> BillingRun:
    """Start, or find, the run of a date; one that failed is queued again."""
    row = await database.fetch_one(_BEGIN, as_of)
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
    run = BillingRun._init_from_db(**dict(columns))
    run.loans_per_second, run.seconds_left = loans_per_second[1], seconds_left[1]
    return run


_PLAN = """
WITH due AS (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS position
    FROM loans WHERE closed_on IS NULL AND next_billing_on <= $2
)
INSERT INTO billing_chunks (run_id, first_id, last_id, loans_due)
SELECT $1, min(id), max(id), count(*) FROM due GROUP BY position / $3
"""


async def plan(run_id: int, chunk_loans: int = CHUNK_LOANS) -> list[int]:
    """Cut a run into chunks, the first time, and return the ids of those still pending."""
    # It holds the run and then its chunks, and who bills a chunk the other way round: one of them may be broken off.
    return await database.retried(lambda: _plan(run_id, chunk_loans))


async def _plan(run_id: int, chunk_loans: int) -> list[int]:
    async with database.transaction():
        run = await database.fetch_one("SELECT status, as_of FROM billing_runs WHERE id = $1 FOR UPDATE", run_id)
        if run is None or run["status"] == "DONE":
            return []
        if run["status"] == "QUEUED":
            if await database.fetch_one("SELECT id FROM billing_chunks WHERE run_id = $1 LIMIT 1", run_id) is None:
                await database.execute(_PLAN, run_id, run["as_of"], chunk_loans)
            await database.execute(
                "UPDATE billing_runs SET status = 'RUNNING', started_at = coalesce(started_at, now()), loans_due ="
                " (SELECT coalesce(sum(loans_due), 0) FROM billing_chunks WHERE run_id = $1) WHERE id = $1",
                run_id,
            )
            await database.execute(
                "UPDATE billing_chunks SET attempts = 0 WHERE run_id = $1 AND done_at IS NULL", run_id
            )
        rows = await database.fetch(
            "SELECT id FROM billing_chunks WHERE run_id = $1 AND done_at IS NULL ORDER BY id", run_id
        )
        return [row["id"] for row in rows]


async def claim(chunk_id: int) -> ClaimedChunk | None:
    """Hold a pending chunk until the transaction ends; None where it is done, or somebody else is at it."""
    row = await database.fetch_one(
        "SELECT c.id, c.run_id, r.as_of, c.first_id, c.last_id"
        " FROM billing_chunks c JOIN billing_runs r ON r.id = c.run_id"
        " WHERE c.id = $1 AND c.done_at IS NULL AND r.status = 'RUNNING' FOR UPDATE OF c SKIP LOCKED",
        chunk_id,
    )
    return ClaimedChunk(*row) if row else None


class DueLoan(NamedTuple):
    """A loan as billing looks at it: the row's columns that its rules need, ten times cheaper than the row."""

    id: int
    amount: Decimal
    daily_rate: Decimal
    loan_term: int
    disbursed_on: date
    cycle_days: int
    due_days: int
    minimum_due_rate: Decimal
    emi: Decimal
    principal_balance: Decimal
    interest_due: Decimal
    accrued_interest: Decimal
    accrued_through: date
    cycles_billed: int
    past_due: Decimal
    installment_due: Decimal
    minimum_due: Decimal
    oldest_due_on: date | None
    closed_on: date | None


_LOCK_DUE = f"""
SELECT {", ".join(DueLoan._fields)} FROM loans
WHERE id BETWEEN $1 AND $2 AND closed_on IS NULL AND next_billing_on <= $3 ORDER BY id FOR UPDATE
"""


async def lock_due_loans(chunk: ClaimedChunk) -> list[DueLoan]:
    """The loans of a chunk that are due by its run's date, held until the transaction ends."""
    rows = await database.fetch(_LOCK_DUE, chunk.first_id, chunk.last_id, chunk.as_of)
    return [DueLoan(*row) for row in rows]


_COMPLETE = """
WITH chunk AS (
    UPDATE billing_chunks SET done_at = now(), bills_issued = $2, interest_billed = $3 WHERE id = $1
    RETURNING run_id, loans_due
)
UPDATE billing_runs SET loans_billed = loans_billed + chunk.loans_due, bills_issued = billing_runs.bills_issued + $2,
    interest_billed = billing_runs.interest_billed + $3
FROM chunk WHERE billing_runs.id = chunk.run_id
"""


async def complete(chunk_id: int, *, bills_issued: int, interest_billed: Decimal) -> None:
    await database.execute(_COMPLETE, chunk_id, bills_issued, interest_billed)


async def finish(run_id: int) -> BillingRun:
    """Mark a run DONE once none of its chunks is pending; to be asked after the chunk's own COMMIT."""
    await database.execute(
        "UPDATE billing_runs SET status = 'DONE', finished_at = now() WHERE id = $1 AND status = 'RUNNING'"
        " AND NOT EXISTS (SELECT FROM billing_chunks WHERE run_id = $1 AND done_at IS NULL)",
        run_id,
    )
    run = await find(run_id)
    assert run is not None
    return run


_FAIL = """
WITH chunk AS (
    UPDATE billing_chunks SET attempts = attempts + 1 WHERE id = $1 AND done_at IS NULL RETURNING run_id, attempts
)
UPDATE billing_runs SET status = 'FAILED', finished_at = now()
FROM chunk WHERE billing_runs.id = chunk.run_id AND chunk.attempts >= $2 AND billing_runs.status = 'RUNNING'
"""


async def fail(chunk_id: int) -> None:
    """Count a chunk's failure; at one too many its run is FAILED, until somebody triggers it again."""
    await database.execute(_FAIL, chunk_id, MOST_ATTEMPTS)


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
