"""What the log tells of money, beside the money: each payment and each disbursal has one entry, of the same amount."""

from typing import NamedTuple

from models import database


class Mismatch(NamedTuple):
    """A payment or a loan (`what`, with its id) as the book has it and as the log tells it; None where it does not."""

    what: str
    book: str | None
    log: str | None


# What was there before the log began has no entry. What of an entry is no number any more still compares as a text.
_MISMATCHES = """
WITH begun AS (
    SELECT coalesce(max((details ->> '{table}')::bigint), 0) AS last_id FROM audit_entries WHERE event = 'LOG_BEGUN'
), told AS (
    SELECT {told_id} AS id, format('%s, loan %s, user %s', details ->> 'amount', loan_id, user_id) AS log
    FROM audit_entries WHERE event = '{event}'
), kept AS (
    SELECT id, format('%s, loan %s, user %s', amount, {loan_id}, user_id) AS book FROM {table}
)
SELECT '{what} ' || id, book, log FROM kept FULL JOIN told USING (id), begun
WHERE book IS DISTINCT FROM log AND (id > last_id OR log IS NOT NULL)
ORDER BY id LIMIT $1
"""
_TWICE = """
SELECT '{what} ' || {told_id}, '1 entry', count(*) || ' entries' FROM audit_entries WHERE event = '{event}'
GROUP BY {told_id} HAVING count(*) > 1 ORDER BY {told_id} LIMIT $1
"""
_KINDS = (
    {"what": "payment", "table": "payments", "event": "PAYMENT_TAKEN", "told_id": "payment_id", "loan_id": "loan_id"},
    {"what": "loan", "table": "loans", "event": "LOAN_DISBURSED", "told_id": "loan_id", "loan_id": "id"},
)


async def mismatches(limit: int) -> list[Mismatch]:
    """Where book and log differ, at most so many of each kind."""
    found = []
    for kind in _KINDS:
        for statement in (_MISMATCHES, _TWICE):
            found += await database.fetch(statement.format(**kind), limit)
    return [Mismatch(*row) for row in found]


async def unknown() -> int:
    """How many entries of money the database had to write itself, because whoever moved it did not."""
    row = await database.fetch_one("SELECT count(*) FROM audit_entries WHERE actor = 'UNKNOWN'")
    assert row is not None
    return int(row["count"])
