"""Hand-written SQL: PostgreSQL compares every row with its audit entry, by the expressions that wrote the entry.

Entries of an earlier version record less, and rows from before the log need no entry: the first LOG_BEGUN and the first
LOG_EXTENDED hold the ids up to which rows need none. Rows and entries are compared a page at a time.
"""

import json
from collections.abc import Iterator
from typing import NamedTuple

from models import audit_facts, database
from models.audit import AuditEntry
from models.audit_facts import HIDDEN_COLUMNS, Facts

# Rows, or entries if there are more, in one comparison, which takes some tens of milliseconds and megabytes.
PAGE = 10_000

_LAST = 2**63 - 1


class Kind(NamedTuple):
    """A kind of rows, and of the entries about them.

    `is_entry` is the SQL condition for these entries, and `row_id` the SQL expression for the id of their row.
    `subject` has the entry's columns that the row has too; `beside` names details that are not compared. Rows up to the
    id `since` in LOG_BEGUN or LOG_EXTENDED need no entry. With `newest`, the newest of several entries counts;
    otherwise a row must have exactly one.
    """

    label: str
    table: str
    facts: Facts
    is_entry: str
    row_id: str
    subject: Facts
    since: str
    beside: tuple[str, ...] = ()
    newest: bool = False


def number_in(entry: str, name: str) -> str:
    """Return the SQL of a number in an entry's details. It is NULL if a tampered entry has another text there."""
    text = f"{entry}.details ->> '{name}'"
    return f"(CASE WHEN {text} ~ '^[0-9]{{1,18}}$' THEN ({text})::bigint END)"


# The same condition as in the partial index on these entries.
_PEOPLE = (
    "e.event IN ('REGISTERED', 'PASSWORD_SET', 'PASSWORD_CHANGED', 'ACCOUNT_ERASED', 'PERSON_RESEALED',"
    " 'PERSON_CHANGED')"
    " AND e.user_id IS NOT NULL AND e.event IN "
)
_OPERATORS = (
    "('OPERATOR_ADDED', 'OPERATOR_RECORDED', 'OPERATOR_DISABLED', 'OPERATOR_ENABLED', 'OPERATOR_PASSWORD_RESET',"
    " 'PASSWORD_CHANGED')"
)

_USER: Facts = {"user": "{row}.user_id"}

KINDS = (
    Kind(
        label="payment",
        table="payments",
        facts=audit_facts.PAYMENT,
        is_entry="e.event = 'PAYMENT_TAKEN' AND e.payment_id IS NOT NULL",
        row_id="e.payment_id",
        subject={"loan": "{row}.loan_id", **_USER},
        since="payments",
    ),
    Kind(
        label="loan",
        table="loans",
        facts=audit_facts.LOAN,
        is_entry="e.event = 'LOAN_DISBURSED'",
        row_id="e.loan_id",
        subject=_USER,
        since="loans",
        beside=("emi",),
    ),
    Kind(
        label="application",
        table="loan_applications",
        facts=audit_facts.APPLICATION,
        is_entry="e.event = 'LOAN_DECIDED'",
        row_id=number_in("e", "application"),
        subject=_USER,
        since="loan_applications",
    ),
    Kind(
        label="assessment",
        table="credit_assessments",
        facts=audit_facts.ASSESSMENT,
        is_entry="e.event = 'SCORED'",
        row_id=number_in("e", "assessment"),
        subject=_USER,
        since="credit_assessments",
    ),
    Kind(
        label="user",
        table="users",
        facts=audit_facts.PERSON,
        is_entry=f"{_PEOPLE} ('REGISTERED', 'ACCOUNT_ERASED', 'PERSON_RESEALED', 'PERSON_CHANGED')",
        row_id="e.user_id",
        subject={},
        since="users",
        beside=("consent", "password", "changed"),
        newest=True,
    ),
    Kind(
        label="password of user",
        table="users",
        facts=audit_facts.PASSWORD,
        is_entry=f"{_PEOPLE} ('REGISTERED', 'PASSWORD_SET', 'PASSWORD_CHANGED', 'ACCOUNT_ERASED')",
        row_id="e.user_id",
        subject={},
        since="users",
        beside=("consent", "identity"),
        newest=True,
    ),
    Kind(
        label="operator",
        table="operators",
        facts=audit_facts.OPERATOR,
        is_entry=f"e.operator_id IS NOT NULL AND e.event IN {_OPERATORS}",
        row_id="e.operator_id",
        subject={},
        since="operators",
        newest=True,
    ),
)

_END = """
SELECT least(
    (SELECT id FROM {table} WHERE id > $1 ORDER BY id OFFSET $2 LIMIT 1),
    (SELECT {row_id} FROM audit_entries e WHERE {is_entry} AND {row_id} > $1 ORDER BY {row_id} OFFSET $2 LIMIT 1)
) AS id
"""
_DIFFERENCES = """
WITH stored AS (
    SELECT r.id, {book} AS book FROM {table} r WHERE r.id > $1 AND r.id <= $2
), entry AS (
    SELECT DISTINCT ON ({row_id}) {row_id} AS id, (e.details::jsonb || {subject}) - $3::text[] AS log
    FROM audit_entries e WHERE {is_entry} AND {row_id} > $1 AND {row_id} <= $2
    ORDER BY {row_id}, e.id {order}
)
SELECT id, book::text, log::text FROM stored FULL JOIN entry USING (id)
WHERE CASE WHEN log IS NULL THEN id > $4 WHEN book IS NULL THEN TRUE ELSE NOT book @> log END
ORDER BY id LIMIT $5
"""
_TWICE = """
SELECT {row_id} AS id, count(*) FROM audit_entries e WHERE {is_entry} AND {row_id} IS NOT NULL
GROUP BY 1 HAVING count(*) > 1 ORDER BY 1 LIMIT $1
"""


async def differences(limit: int) -> list[str]:
    """Return the differences between book and log, a line each, at most `limit` of each kind."""
    found = []
    for kind in KINDS:
        found += await _differences_of_kind(kind, limit)
        if not kind.newest:
            rows = await database.fetch(_TWICE.format(**kind._asdict()), limit)
            found += [
                f"{kind.label} {row['id']} has {row['count']} entries in the log, and must have one" for row in rows
            ]
    return found


async def last_without_entry(name: str) -> int:
    """Return the id up to which rows need no entry. The first entry with this detail counts, so that later ones cannot
    raise it.
    """
    row = await database.fetch_one(
        f"SELECT {number_in('e', name)} AS last FROM audit_entries e WHERE event IN ('LOG_BEGUN', 'LOG_EXTENDED')"
        f" AND details ->> '{name}' IS NOT NULL ORDER BY e.id LIMIT 1"
    )
    return int(row["last"]) if row and row["last"] is not None else 0


async def _differences_of_kind(kind: Kind, limit: int) -> list[str]:
    book = audit_facts.as_json({**kind.facts, **kind.subject}, "r")
    parts = kind._asdict() | {
        "book": f"{book}::jsonb",
        "subject": f"{audit_facts.as_json({name: _entry_column(name) for name in kind.subject}, 'e')}::jsonb",
        "order": "DESC" if kind.newest else "",
    }
    exempt_until = await last_without_entry(kind.since)
    found, after = list[str](), -_LAST
    while after < _LAST and len(found) < limit:
        end = await database.fetch_one(_END.format(**parts), after, PAGE - 1)
        until = end["id"] if end and end["id"] is not None else _LAST
        beside, most = list(kind.beside), limit - len(found)
        rows = await database.fetch(_DIFFERENCES.format(**parts), after, until, beside, exempt_until, most)
        found += [_line(f"{kind.label} {row['id']}", row["book"], row["log"]) for row in rows]
        after = until
    return found


def _entry_column(name: str) -> str:
    return f"{{row}}.{name}_id"


def _line(row: str, book: str | None, log: str | None) -> str:
    if log is None:
        return f"{row} is not in the log"
    if book is None:
        return f"{row} is in the log, and not in the book"
    stored, logged = json.loads(book), json.loads(log)
    if not isinstance(logged, dict):
        return f"{row} has an invalid entry in the log: its details are not an object"
    return f"{row}: {', '.join(_pairs(stored, logged))}"


def _pairs(stored: dict[str, object], logged: dict[str, object]) -> Iterator[str]:
    for name in sorted(logged):
        if name in stored and stored[name] == logged[name]:
            continue
        if name in HIDDEN_COLUMNS:
            yield f"{name} differs between log and book"
        else:
            yield f"{name} is {_text(logged[name])} in the log, and {_text(stored.get(name))} in the book"


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


async def unknown() -> int:
    """How many entries the database had to write itself, because the program that made the change did not."""
    return await AuditEntry.filter(actor="UNKNOWN").count()
