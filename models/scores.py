"""Hand-written SQL: a thousand people are scored by two statements, as an import of millions of rows needs it."""

from decimal import Decimal
from typing import NamedTuple

from models import audit, audit_facts, database
from rules.audit import WORKER, Event, Origin

_TOTALS = """
SELECT u.id, u.xmin, t.credit_total, t.debit_total, t.transaction_count
FROM users u CROSS JOIN LATERAL (
    SELECT coalesce(sum(amount) FILTER (WHERE kind = 'CREDIT'), 0) AS credit_total,
        coalesce(sum(amount) FILTER (WHERE kind = 'DEBIT'), 0) AS debit_total,
        count(*) AS transaction_count
    FROM transactions WHERE aadhaar_digest = u.aadhaar_digest
) t
WHERE u.id = ANY($1::bigint[]) AND u.erased_at IS NULL
ORDER BY u.id
"""


class Totals(NamedTuple):
    """The sums of one person's transactions, in rupees. `version` is the `xmin` of the person's row, which every new
    score changes.
    """

    user_id: int
    version: int
    credit_total: Decimal
    debit_total: Decimal
    transaction_count: int


async def transaction_totals(user_ids: list[int]) -> list[Totals]:
    """The sums of people's transactions, in the order of their ids; nothing for a person who is erased."""
    return [Totals(*row) for row in await database.fetch(_TOTALS, user_ids)]


_RECORD = audit.insertion(
    Event.SCORED,
    "FROM assessed ORDER BY id",
    origin=6,
    about={"user_id": "user_id"},
    details=audit_facts.as_json(audit_facts.ASSESSMENT, "assessed"),
)
# The rows are locked in the order of their ids, so that two batches cannot deadlock, and only if their `xmin` is still
# that of the sums. A lock waits for a transaction that holds the row. If that transaction stored a score or erased the
# person, the sums may be outdated, and nothing is stored for this person.
_STORE_SCORES = f"""
WITH scored AS (
    SELECT * FROM unnest($1::bigint[], $2::int[], $3::numeric[], $4::numeric[], $5::int[], $10::xid[])
        AS s (user_id, score, credit_total, debit_total, transaction_count, version)
), held AS (
    SELECT s.* FROM users u JOIN scored s ON s.user_id = u.id
    WHERE u.xmin = s.version ORDER BY u.id FOR NO KEY UPDATE OF u
), assessed AS (
    INSERT INTO credit_assessments (user_id, score, balance, credit_total, debit_total, transaction_count)
    SELECT user_id, score, credit_total - debit_total, credit_total, debit_total, transaction_count FROM held
    RETURNING *
), recorded AS (
    {_RECORD}
)
UPDATE users SET credit_score = held.score, credit_scored_at = now()
FROM held WHERE users.id = held.user_id
RETURNING users.id
"""


async def store_scores(scores: list[tuple[int, Totals]], by: Origin = WORKER) -> set[int]:
    """Store scores with the sums they were computed from and their audit entries, in one statement.

    Return the ids of the people whose score is stored: those whose version has not changed.
    """
    rows = await database.fetch(
        _STORE_SCORES,
        [totals.user_id for _, totals in scores],
        [score for score, _ in scores],
        [totals.credit_total for _, totals in scores],
        [totals.debit_total for _, totals in scores],
        [totals.transaction_count for _, totals in scores],
        *by,
        [totals.version for _, totals in scores],
    )
    return {row["id"] for row in rows}


async def hold(user_ids: list[int]) -> None:
    """Lock people's rows until the transaction ends, so that their versions stay as they are."""
    await database.execute("SELECT FROM users WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE", user_ids)
