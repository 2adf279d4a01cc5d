"""Hand-written SQL: a thousand people are scored by two statements, as an import of millions of rows needs it."""

from decimal import Decimal
from typing import NamedTuple

from models import audit, audit_facts, database
from rules.audit import WORKER, Event, Origin

_SCORE = """
WITH totals AS (
    SELECT u.id,
           coalesce(sum(t.amount) FILTER (WHERE t.kind = 'CREDIT'), 0) AS credit_total,
           coalesce(sum(t.amount) FILTER (WHERE t.kind = 'DEBIT'), 0) AS debit_total,
           count(t.amount) AS transaction_count
    FROM users u LEFT JOIN transactions t ON t.aadhaar_digest = u.aadhaar_digest
    WHERE u.id = ANY($1::bigint[]) AND u.erased_at IS NULL
    GROUP BY u.id
)
SELECT id, credit_total, debit_total, transaction_count FROM totals ORDER BY id
"""


class Totals(NamedTuple):
    """The sums of one person's transactions, in rupees."""

    user_id: int
    credit_total: Decimal
    debit_total: Decimal
    transaction_count: int


async def transaction_totals(user_ids: list[int]) -> list[Totals]:
    """The sums of people's transactions, in the order of their ids; nothing for a person who is erased."""
    return [Totals(*row) for row in await database.fetch(_SCORE, user_ids)]


_RECORD = audit.insertion(
    Event.SCORED,
    "FROM assessed ORDER BY id",
    origin=6,
    about={"user_id": "user_id"},
    details=audit_facts.as_json(audit_facts.ASSESSMENT, "assessed"),
)
_STORE_SCORES = f"""
WITH scored AS (
    SELECT * FROM unnest($1::bigint[], $2::int[], $3::numeric[], $4::numeric[], $5::int[])
        AS s (user_id, score, credit_total, debit_total, transaction_count)
), assessed AS (
    INSERT INTO credit_assessments (user_id, score, balance, credit_total, debit_total, transaction_count)
    SELECT user_id, score, credit_total - debit_total, credit_total, debit_total, transaction_count FROM scored
    RETURNING *
), recorded AS (
    {_RECORD}
)
UPDATE users SET credit_score = s.score, credit_scored_at = now()
FROM scored s WHERE users.id = s.user_id
"""


async def store_scores(scores: list[tuple[int, Totals]], by: Origin = WORKER) -> None:
    """Store scores with the sums they were computed from and their audit entries, in one statement."""
    await database.execute(
        _STORE_SCORES,
        [totals.user_id for _, totals in scores],
        [score for score, _ in scores],
        [totals.credit_total for _, totals in scores],
        [totals.debit_total for _, totals in scores],
        [totals.transaction_count for _, totals in scores],
        *by,
    )


async def hold(user_ids: list[int]) -> None:
    """Lock people's rows until the transaction ends, so that two scores of one person are computed one by one."""
    await database.execute("SELECT FROM users WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE", user_ids)
