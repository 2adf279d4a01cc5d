"""Hand-written SQL: PostgreSQL compares sums with the audit log: scores, billing, imports and the business date."""

from typing import Any

from models import audit_money, database

# People in one comparison. The statement sums the transactions of each.
PAGE = 2_000

# An unfinished import scores people who registered during it at its end. Their stored sums may be outdated until then.
_SCORES = """
SELECT u.id, u.erased_at IS NOT NULL AS erased, u.credit_score, u.credit_scored_at,
    a.id AS assessment, a.score, a.assessed_at, a.credit_total, a.debit_total, a.transaction_count,
    t.credit_total AS credits, t.debit_total AS debits, t.count,
    EXISTS (SELECT FROM imports i WHERE i.finished_at IS NULL AND i.newest_user_id < u.id) AS behind
FROM (SELECT * FROM users WHERE id > $1 ORDER BY id LIMIT $2) u
LEFT JOIN LATERAL (
    SELECT * FROM credit_assessments WHERE user_id = u.id ORDER BY id DESC LIMIT 1
) a ON TRUE
LEFT JOIN LATERAL (
    SELECT coalesce(sum(amount) FILTER (WHERE kind = 'CREDIT'), 0) AS credit_total,
        coalesce(sum(amount) FILTER (WHERE kind = 'DEBIT'), 0) AS debit_total, count(*)
    FROM transactions WHERE aadhaar_digest = u.aadhaar_digest
) t ON a.id IS NOT NULL
ORDER BY u.id
"""

# Each statement returns a label (`what`) and the totals of the log and of the book as texts.
_CHUNKS = """
WITH logged AS (
    SELECT format('%s from loan %s', details ->> 'run', details ->> 'first_loan') AS name,
        format('to loan %s, %s loans, %s bills, interest %s', details ->> 'last_loan', details ->> 'loans',
            details ->> 'bills', details ->> 'interest') AS log
    FROM audit_entries WHERE event = 'CHUNK_BILLED'
), stored AS (
    SELECT format('%s from loan %s', run_id, first_id) AS name, id,
        format('to loan %s, %s loans, %s bills, interest %s', last_id, loans_due, bills_issued, interest_billed) AS book
    FROM billing_chunks WHERE done_at IS NOT NULL
)
SELECT 'chunk of billing run ' || name AS what, log, book FROM stored FULL JOIN logged USING (name)
WHERE log IS DISTINCT FROM book AND (id IS NULL OR id > $1 OR log IS NOT NULL) ORDER BY name LIMIT $2
"""
_RUNS = """
WITH logged AS (
    SELECT DISTINCT ON (details ->> 'run') details ->> 'run' AS name, event,
        format('%s of %s, %s loans, %s bills, interest %s', details ->> 'status', details ->> 'as_of',
            details ->> 'loans', details ->> 'bills', details ->> 'interest') AS log
    FROM audit_entries WHERE event IN ('BILLING_TRIGGERED', 'BILLING_ENDED') ORDER BY details ->> 'run', id DESC
), stored AS (
    SELECT id::text AS name, id, format('%s of %s, %s loans, %s bills, interest %s', status,
        to_char(as_of, 'YYYY-MM-DD'), loans_billed, bills_issued, interest_billed) AS book
    FROM billing_runs
)
SELECT 'billing run ' || name AS what, log, book FROM stored FULL JOIN logged USING (name)
WHERE CASE WHEN event = 'BILLING_TRIGGERED' THEN book IS NULL ELSE log IS DISTINCT FROM book END
    AND (id IS NULL OR id > $1 OR log IS NOT NULL) ORDER BY name LIMIT $2
"""
_IMPORTS = """
WITH logged AS (
    SELECT details ->> 'import_id' AS name,
        format('%s added, %s there', details ->> 'added', details ->> 'there') AS log
    FROM audit_entries WHERE event = 'IMPORT_FINISHED'
), stored AS (
    SELECT i.id::text AS name, i.id,
        format('%s added, %s there', coalesce(sum(p.rows_added), 0), coalesce(sum(p.rows_there), 0)) AS book
    FROM imports i LEFT JOIN import_parts p ON p.import_id = i.id WHERE i.finished_at IS NOT NULL GROUP BY i.id
)
SELECT 'import ' || name AS what, log, book FROM stored FULL JOIN logged USING (name)
WHERE log IS DISTINCT FROM book AND (id IS NULL OR id > $1 OR log IS NOT NULL) ORDER BY name LIMIT $2
"""
_HEADS = """
WITH logged AS (
    SELECT details ->> 'date' AS name, format('%s of %s, %s loans, root %s', details ->> 'head', details ->> 'lender',
        details ->> 'loans', details ->> 'root') AS log
    FROM audit_entries WHERE event = 'BOOK_HEAD_PUBLISHED'
), stored AS (
    SELECT to_char(date, 'YYYY-MM-DD') AS name, id,
        format('%s of %s, %s loans, root %s', encode(head, 'hex'), lender, loans, encode(root, 'hex')) AS book
    FROM book_heads
)
SELECT 'head of ' || name AS what, log, book FROM stored FULL JOIN logged USING (name)
WHERE log IS DISTINCT FROM book AND (id IS NULL OR id > $1 OR log IS NOT NULL) ORDER BY name LIMIT $2
"""
_DATE = """
SELECT log, to_char(date, 'YYYY-MM-DD') AS book FROM (
    SELECT details ->> 'date' AS log FROM audit_entries WHERE event = 'BUSINESS_DATE_MOVED' ORDER BY id DESC LIMIT 1
) moved LEFT JOIN business_date ON TRUE
"""


async def differences(limit: int) -> list[str]:
    """Return totals, dates and scores that disagree with the log or with their rows, a line each."""
    found = await _score_differences(limit)
    statements = (
        (_CHUNKS, "billing_chunks"),
        (_RUNS, "billing_runs"),
        (_IMPORTS, "imports"),
        (_HEADS, "book_heads"),
    )
    for statement, since in statements:
        rows = await database.fetch(statement, await audit_money.last_without_entry(since), limit)
        found += [_line(row["what"], row["log"], row["book"]) for row in rows]
    moved = await database.fetch_one(_DATE)
    if moved and moved["log"] != moved["book"]:
        found.append(_line("the business date", moved["log"], moved["book"]))
    return found


def _line(label: str, log: str | None, book: str | None) -> str:
    return f"{label} is {log or 'missing'} in the log, and {book or 'missing'} in the book"


async def _score_differences(limit: int) -> list[str]:
    found, last = list[str](), -(2**63) + 1
    while len(found) < limit and (people := await database.fetch(_SCORES, last, PAGE)):
        found += [line for person in people if (line := _person_difference(person))]
        last = people[-1]["id"]
    return found[:limit]


def _person_difference(person: Any) -> str | None:
    score = (None, None) if person["erased"] else (person["score"], person["assessed_at"])
    if (person["credit_score"], person["credit_scored_at"]) != score:
        newest = f"{score[0]} at {score[1]}" if score[0] is not None else "missing"
        return (
            f"user {person['id']}: credit_score is {person['credit_score']} at {person['credit_scored_at']} in the"
            f" book, and the score of the newest assessment is {newest}"
        )
    assessed = person["credit_total"], person["debit_total"], person["transaction_count"]
    stored = person["credits"], person["debits"], person["count"]
    if person["assessment"] is not None and not person["erased"] and not person["behind"] and assessed != stored:
        return (
            f"user {person['id']}: the book has {stored[2]} transactions with credits of {stored[0]:.2f} and debits of"
            f" {stored[1]:.2f}, and assessment {person['assessment']} has {assessed[2]}, {assessed[0]:.2f} and"
            f" {assessed[1]:.2f}"
        )
    return None
