"""Hand-written SQL: a chunk of a billing run is claimed, billed and cut in two by one conditional statement each.

A chunk is billed in one transaction, and once. A chunk that fails is cut in two.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from tortoise import fields
from tortoise.models import Model

from models import audit, database, due_loans
from models.paged_rows import PagedRows
from rules.audit import Event, Origin

# A loan that fails three times has a fault of its own. More attempts, one each minute, would only fill the log.
MOST_ATTEMPTS = 3


class BillingChunk(Model):
    """A range of loan ids of a run. The worker that bills it locks its row, so a crash leaves it pending."""

    id = fields.BigIntField(primary_key=True)
    run: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.BillingRun", related_name=False, on_delete=fields.RESTRICT
    )
    first_id = fields.BigIntField()
    last_id = fields.BigIntField()
    loans_due = fields.IntField()
    bills_issued = fields.IntField(default=0)
    interest_billed = fields.DecimalField(max_digits=18, decimal_places=2, default=0)
    attempts = fields.IntField(default=0)
    done_at: datetime | None = fields.DatetimeField(null=True)
    # The loan that the chunk has shrunk to and the reason of its last failure; a later success leaves them as they are.
    failed_loan_id: int | None = fields.BigIntField(null=True)
    failure: str | None = fields.TextField(null=True)

    class Meta:
        table = "billing_chunks"


class ClaimedChunk(NamedTuple):
    id: int
    run_id: int
    as_of: date
    first_id: int
    last_id: int


# A worker may be suspended between two statements of a chunk, for example because its machine sleeps. After a minute
# PostgreSQL ends its session, which releases its locks.
HUNG_AFTER_MS = 60_000


async def claim(chunk_id: int) -> ClaimedChunk | None:
    """Lock a pending chunk until the transaction ends. None if it is done, has failed too often, or is locked."""
    await database.execute(f"SET LOCAL idle_in_transaction_session_timeout = {HUNG_AFTER_MS}")
    row = await database.fetch_one(
        "SELECT c.id, c.run_id, r.as_of, c.first_id, c.last_id"
        " FROM billing_chunks c JOIN billing_runs r ON r.id = c.run_id"
        " WHERE c.id = $1 AND c.done_at IS NULL AND c.attempts < $2 AND r.status = 'RUNNING'"
        " FOR UPDATE OF c SKIP LOCKED",
        chunk_id,
        MOST_ATTEMPTS,
    )
    return ClaimedChunk(*row) if row else None


_RECORD = audit.insertion(
    Event.CHUNK_BILLED,
    "FROM chunk",
    origin=4,
    details="json_build_object('run', run_id, 'first_loan', first_id, 'last_loan', last_id, 'loans', loans_due,"
    " 'bills', bills_issued, 'interest', interest_billed::text)",
)
_COMPLETE = f"""
WITH chunk AS (
    UPDATE billing_chunks SET done_at = now(), bills_issued = $2, interest_billed = $3 WHERE id = $1
    RETURNING *
), recorded AS (
    {_RECORD}
)
UPDATE billing_runs SET loans_billed = loans_billed + chunk.loans_due, bills_issued = billing_runs.bills_issued + $2,
    interest_billed = billing_runs.interest_billed + $3
FROM chunk WHERE billing_runs.id = chunk.run_id
"""


async def complete(chunk_id: int, *, bills_issued: int, interest_billed: Decimal, by: Origin) -> None:
    await database.execute(_COMPLETE, chunk_id, bills_issued, interest_billed, *by)


_FAIL = f"""
WITH chunk AS (
    SELECT c.id, c.run_id, c.first_id, c.last_id, r.as_of FROM billing_chunks c JOIN billing_runs r ON r.id = c.run_id
    WHERE c.id = $1 AND c.done_at IS NULL FOR UPDATE OF c
), due AS (
    SELECT loans.id, {due_loans.IS_BILLED.format(as_of="chunk.as_of")} AS is_billed,
        ntile(2) OVER (ORDER BY loans.id) AS half
    FROM loans, chunk
    WHERE loans.id BETWEEN chunk.first_id AND chunk.last_id AND {due_loans.IS_DUE.format(as_of="chunk.as_of")}
), upper AS (
    SELECT min(id) AS first_id, count(*) AS loans, count(*) FILTER (WHERE is_billed) AS billed FROM due WHERE half = 2
), added AS (
    INSERT INTO billing_chunks (run_id, first_id, last_id, loans_due)
    SELECT chunk.run_id, upper.first_id, chunk.last_id, upper.billed FROM chunk, upper WHERE upper.loans > 0
    RETURNING id
)
UPDATE billing_chunks c SET last_id = coalesce(upper.first_id - 1, c.last_id), loans_due = c.loans_due - upper.billed,
    attempts = c.attempts + (upper.loans = 0)::int,
    failed_loan_id = CASE WHEN upper.loans = 0 THEN (SELECT id FROM due) END,
    failure = CASE WHEN upper.loans = 0 THEN $2 END
FROM chunk, upper WHERE c.id = chunk.id
RETURNING c.run_id, (SELECT id FROM added) AS other_half
"""


class Failed(NamedTuple):
    """A failed chunk's run, and the ids of its two halves, to be billed now. A chunk of one loan has no halves."""

    run_id: int
    halves: tuple[int, ...]


async def fail(chunk_id: int, reason: str) -> Failed | None:
    """Cut a failed chunk in two, so that all loans but the faulty one are billed. Count the failure of a single loan,
    and store its reason.

    Return None if another worker has billed the chunk meanwhile.
    """
    # The statement locks the chunk and then its run, and planning locks them in the other order: they may deadlock.
    row = await database.retried(lambda: database.fetch_one(_FAIL, chunk_id, reason))
    if row is None:
        return None
    return Failed(row["run_id"], (chunk_id, row["other_half"]) if row["other_half"] is not None else ())


# The loans of a run that have failed and are not billed yet.
FAILED_OF_RUNS = PagedRows(
    BillingChunk,
    table="billing_chunks",
    parent="run_id",
    key="id",
    only="done_at IS NULL AND failed_loan_id IS NOT NULL",
)
