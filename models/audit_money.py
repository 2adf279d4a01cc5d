"""The rows that entries tell of, beside their entries: a row is compared with all that its entry says of it.

Entries of an earlier version say less, and rows from before the log need no entry; both are known by the ids that the
first LOG_BEGUN and the first LOG_EXTENDED hold. Book and log are compared by PostgreSQL, a page of rows at a time.
"""

import json
from collections.abc import Iterator
from typing import NamedTuple

from models import audit_facts, database
from models.audit_facts import HIDDEN_COLUMNS, Facts

# Rows, or entries where there are more, of one comparison: some tens of milliseconds and megabytes.
PAGE = 10_000

_LAST = 2**63 - 1


class Kind(NamedTuple):
    """Rows of a table, and the entries about them: `told` says which, `told_id` gives the row's id.

    `subject` are columns of the entry that the row has too, `beside` what else the details hold. Rows up to the id
    `since`, in LOG_BEGUN or LOG_EXTENDED, need no entry. Of several entries the `newest` counts, or there is one.
    """

    what: str
    table: str
    facts: Facts
    told: str
    told_id: str
    subject: Facts
    since: str
    beside: tuple[str, ...] = ()
    newest: bool = False


def number_in(entry: str, name: str) -> str:
    """A number of an entry's details as SQL; NULL for what is none, as only a tampered entry has it."""
    text = f"{entry}.details ->> '{name}'"
    return f"(CASE WHEN {text} ~ '^[0-9]{{1,18}}$' THEN ({text})::bigint END)"


# As the index of it says.
_PEOPLE = (
    "e.event IN ('REGISTERED', 'PASSWORD_SET', 'PASSWORD_CHANGED', 'ACCOUNT_ERASED', 'PERSON_RESEALED')"
    " AND e.user_id IS NOT NULL AND e.event IN "
)
_OPERATORS = (
    "('OPERATOR_ADDED', 'OPERATOR_RECORDED', 'OPERATOR_DISABLED', 'OPERATOR_ENABLED', 'OPERATOR_PASSWORD_RESET',"
    " 'PASSWORD_CHANGED')"
)

_USER: Facts = {"user": "{row}.user_id"}

KINDS = (
    Kind(
        what="payment",
        table="payments",
        facts=audit_facts.PAYMENT,
        told="e.event = 'PAYMENT_TAKEN' AND e.payment_id IS NOT NULL",
        told_id="e.payment_id",
        subject={"loan": "{row}.loan_id", **_USER},
        since="payments",
    ),
    Kind(
        what="loan",
        table="loans",
        facts=audit_facts.LOAN,
        told="e.event = 'LOAN_DISBURSED'",
        told_id="e.loan_id",
        subject=_USER,
        since="loans",
        beside=("emi",),
    ),
    Kind(
        what="application",
        table="loan_applications",
        facts=audit_facts.APPLICATION,
        told="e.event = 'LOAN_DECIDED'",
        told_id=number_in("e", "application"),
        subject=_USER,
        since="loan_applications",
    ),
    Kind(
        what="assessment",
        table="credit_assessments",
        facts=audit_facts.ASSESSMENT,
        told="e.event = 'SCORED'",
        told_id=number_in("e", "assessment"),
        subject=_USER,
        since="credit_assessments",
    ),
    Kind(
        what="user",
        table="users",
        facts=audit_facts.PERSON,
        told=f"{_PEOPLE} ('REGISTERED', 'ACCOUNT_ERASED', 'PERSON_RESEALED')",
        told_id="e.user_id",
        subject={},
        since="users",
        beside=("consent", "password"),
        newest=True,
    ),
    Kind(
        what="password of user",
        table="users",
        facts=audit_facts.PASSWORD,
        told=f"{_PEOPLE} ('REGISTERED', 'PASSWORD_SET', 'PASSWORD_CHANGED', 'ACCOUNT_ERASED')",
        told_id="e.user_id",
        subject={},
        since="users",
        beside=("consent", "identity"),
        newest=True,
    ),
    Kind(
        what="operator",
        table="operators",
        facts=audit_facts.OPERATOR,
        told=f"e.operator_id IS NOT NULL AND e.event IN {_OPERATORS}",
        told_id="e.operator_id",
        subject={},
        since="operators",
        newest=True,
    ),
)

_END = """
SELECT least(
    (SELECT id FROM {table} WHERE id > $1 ORDER BY id OFFSET $2 LIMIT 1),
    (SELECT {told_id} FROM audit_entries e WHERE {told} AND {told_id} > $1 ORDER BY {told_id} OFFSET $2 LIMIT 1)
) AS id
"""
_DIFFERENCES = """
WITH kept AS (
    SELECT r.id, {book} AS book FROM {table} r WHERE r.id > $1 AND r.id <= $2
), told AS (
    SELECT DISTINCT ON ({told_id}) {told_id} AS id, (e.details::jsonb || {subject}) - $3::text[] AS log
    FROM audit_entries e WHERE {told} AND {told_id} > $1 AND {told_id} <= $2
    ORDER BY {told_id}, e.id {order}
)
SELECT id, book::text, log::text FROM kept FULL JOIN told USING (id)
WHERE CASE WHEN log IS NULL THEN id > $4 WHEN book IS NULL THEN TRUE ELSE NOT book @> log END
ORDER BY id LIMIT $5
"""
_TWICE = """
SELECT {told_id} AS id, count(*) FROM audit_entries e WHERE {told} AND {told_id} IS NOT NULL
GROUP BY 1 HAVING count(*) > 1 ORDER BY 1 LIMIT $1
"""


async def differences(limit: int) -> list[str]:
    """Where book and log differ, a line each, at most so many of each kind."""
    found = []
    for kind in KINDS:
        found += await _of_a_kind(kind, limit)
        if not kind.newest:
            rows = await database.fetch(_TWICE.format(**kind._asdict()), limit)
            found += [
                f"{kind.what} {row['id']} has {row['count']} entries in the log, and must have one" for row in rows
            ]
    return found


async def told_since(name: str) -> int:
    """The id up to which rows need no entry: what the first entry that holds it says, whatever was added later."""
    row = await database.fetch_one(
        f"SELECT {number_in('e', name)} AS last FROM audit_entries e WHERE event IN ('LOG_BEGUN', 'LOG_EXTENDED')"
        f" AND details ->> '{name}' IS NOT NULL ORDER BY e.id LIMIT 1"
    )
    return int(row["last"]) if row and row["last"] is not None else 0


async def _of_a_kind(kind: Kind, limit: int) -> list[str]:
    book = audit_facts.as_json({**kind.facts, **kind.subject}, "r")
    parts = kind._asdict() | {
        "book": f"{book}::jsonb",
        "subject": f"{audit_facts.as_json({name: _of_the_entry(name) for name in kind.subject}, 'e')}::jsonb",
        "order": "DESC" if kind.newest else "",
    }
    need_none = await told_since(kind.since)
    found, after = list[str](), -_LAST
    while after < _LAST and len(found) < limit:
        end = await database.fetch_one(_END.format(**parts), after, PAGE - 1)
        until = end["id"] if end and end["id"] is not None else _LAST
        beside, most = list(kind.beside), limit - len(found)
        rows = await database.fetch(_DIFFERENCES.format(**parts), after, until, beside, need_none, most)
        found += [_line(f"{kind.what} {row['id']}", row["book"], row["log"]) for row in rows]
        after = until
    return found


def _of_the_entry(name: str) -> str:
    return f"{{row}}.{name}_id"


def _line(what: str, book: str | None, log: str | None) -> str:
    if log is None:
        return f"{what} is not in the log"
    if book is None:
        return f"{what} is in the log, and not in the book"
    kept, told = json.loads(book), json.loads(log)
    if not isinstance(told, dict):
        return f"{what} is not what its entry in the log says"
    return f"{what}: {', '.join(_pairs(kept, told))}"


def _pairs(kept: dict[str, object], told: dict[str, object]) -> Iterator[str]:
    for name in sorted(told):
        if name in kept and kept[name] == told[name]:
            continue
        if name in HIDDEN_COLUMNS:
            yield f"{name} is another in the book than in the log"
        else:
            yield f"{name} is {_text(told[name])} in the log, and {_text(kept.get(name))} in the book"


def _text(value: object) -> str:
    return "none" if value is None else value if isinstance(value, str) else json.dumps(value)


async def unknown() -> int:
    """How many entries the database had to write itself, because the program that made the change did not."""
    row = await database.fetch_one("SELECT count(*) FROM audit_entries WHERE actor = 'UNKNOWN'")
    assert row is not None
    return int(row["count"])
