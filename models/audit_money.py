"""Hand-written SQL: PostgreSQL compares every row with its audit entry, by the expressions that wrote the entry.

Entries of an earlier version record less, and rows from before the log need no entry: the first LOG_BEGUN and the first
LOG_EXTENDED hold the ids up to which rows need none. Rows and entries are compared a page at a time.
"""

import json
from collections.abc import Iterator

from models import audit_facts, database
from models.audit import AuditEntry
from models.audit_facts import HIDDEN_COLUMNS
from models.audit_kinds import KINDS, Kind, number_in

# Rows, or entries if there are more, in one comparison, which takes some tens of milliseconds and megabytes.
PAGE = 10_000

_LAST = 2**63 - 1

_END = """
SELECT least(
    (SELECT id FROM {table} WHERE id > $1 ORDER BY id OFFSET $2 LIMIT 1),
    (SELECT {row_id} FROM audit_entries e WHERE {is_entry} AND {row_id} > $1 ORDER BY {row_id} OFFSET $2 LIMIT 1)
) AS id
"""
_DIFFERENCES = """
WITH stored AS (
    SELECT r.id, {book} AS book FROM {table} r WHERE r.id > $1 AND r.id <= $2
), {first} AS (
    SELECT DISTINCT ON ({row_id}) {row_id} AS id, (e.details::jsonb || {subject}) - $3::text[] AS log
    FROM audit_entries e WHERE {is_entry} AND {row_id} > $1 AND {row_id} <= $2
    ORDER BY {row_id}, e.id {order}
){later}
SELECT id, book::text, log::text FROM stored FULL JOIN entry USING (id)
WHERE CASE WHEN log IS NULL THEN id > $4 WHEN book IS NULL THEN TRUE ELSE NOT book @> log END
ORDER BY id LIMIT $5
"""
# A row that needs an entry needs its first one too.
_LATER = """
, later AS (
    SELECT DISTINCT ON ({number}) {number} AS id, (e.details::jsonb || '{{}}') - {fixed} AS log
    FROM audit_entries e WHERE e.event = '{restated}'
        AND {number} > $1 AND {number} <= $2
    ORDER BY {number}, e.id DESC
), entry AS (
    SELECT id, coalesce(first.log, '{{}}') || coalesce(later.log, '{{}}') AS log
    FROM first FULL JOIN later USING (id) WHERE first.log IS NOT NULL OR id <= $4
)
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
        "first": "first" if kind.restated else "entry",
        "later": _restatements(kind) if kind.restated else "",
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


def _restatements(kind: Kind) -> str:
    """Return the SQL that puts the newest restatement of a row in place of the facts that it may contain."""
    fixed = {*kind.facts, *kind.subject, "payment"} - ({*kind.restating} - {"payment"})
    names = ", ".join(f"'{name}'" for name in sorted(fixed))
    return _LATER.format(restated=kind.restated, fixed=f"ARRAY[{names}]", number=number_in("e", "payment"))


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
