"""Hand-written SQL: the heads of loans are read in the order of their ids, thousands at a time, as of any date.

A published head never changes: the tables are append-only, and a reversal recorded later extends a chain. The leaf of a
loan on a date is the newest of its heads that was published on that date or before. So a date that is long past costs
the same as yesterday, and a payment writes no head.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from tortoise import fields
from tortoise.models import Model

from models import audit, database
from models.advisory_locks import AdvisoryLock
from models.loans import Loan
from rules.audit import Event, Origin

# Loans in one statement: some megabytes of memory.
LEAVES_AT_ONCE = 5_000


class LoanHead(Model):
    """The head of a loan's chain after the event with a sequence."""

    id = fields.BigIntField(primary_key=True)
    loan: fields.ForeignKeyRelation[Loan] = fields.ForeignKeyField(
        "models.Loan", related_name=False, on_delete=fields.RESTRICT
    )
    sequence = fields.IntField()
    head = fields.BinaryField()
    published_on = fields.DateField()

    loan_id: int

    class Meta:
        table = "loan_heads"


class BookHead(Model):
    """The head of the book at the end of a business date. `root` is that of the tree of its loans."""

    id = fields.BigIntField(primary_key=True)
    date = fields.DateField()
    lender = fields.TextField()
    loans = fields.IntField()
    root = fields.BinaryField()
    head = fields.BinaryField()
    published_at: datetime = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "book_heads"


class Leaf(NamedTuple):
    """A loan, the sequence of its newest event, and its newest published head; None if it has none."""

    loan_id: int
    newest: int
    sequence: int | None
    head: bytes | None
    published_on: date | None


class NewHead(NamedTuple):
    loan_id: int
    sequence: int
    head: bytes


_LEAVES = """
SELECT loan.id, loan.sequence, leaf.sequence, leaf.head, leaf.published_on
FROM (SELECT id, sequence FROM loans WHERE id > $1 ORDER BY id LIMIT $3) loan
LEFT JOIN LATERAL (
    SELECT sequence, head, published_on FROM loan_heads
    WHERE loan_id = loan.id AND published_on <= $2 ORDER BY sequence DESC LIMIT 1
) leaf ON TRUE
ORDER BY loan.id
"""


async def leaves(day: date) -> AsyncIterator[list[Leaf]]:
    """All loans with their heads as of a date, in the order of their ids, `LEAVES_AT_ONCE` at a time."""
    last_id = -(2**63)
    while rows := await database.fetch(_LEAVES, last_id, day, LEAVES_AT_ONCE):
        found = [Leaf._make(row) for row in rows]
        yield found
        last_id = found[-1].loan_id


async def newest() -> BookHead | None:
    """The newest head of the book; None before the first."""
    return await BookHead.all().order_by("-date").first()


async def on(day: date) -> BookHead | None:
    """The head of the book of a date; None if it is not published."""
    return await BookHead.get_or_none(date=day)


# No head may be added to a date whose root is published.
_EXTEND = """
INSERT INTO loan_heads (loan_id, sequence, head, published_on)
SELECT loan_id, sequence, head, $4 FROM unnest($1::bigint[], $2::int[], $3::bytea[]) AS added (loan_id, sequence, head)
WHERE NOT EXISTS (SELECT FROM book_heads WHERE date >= $4)
ON CONFLICT (loan_id, sequence) DO NOTHING
"""


async def extend(heads: Sequence[NewHead], day: date) -> None:
    """Store new heads of loans under a date, in one transaction."""
    async with database.transaction():
        await _lock()
        await database.execute(_EXTEND, *map(list, zip(*heads, strict=True)), day)


_RECORD = audit.insertion(
    Event.BOOK_HEAD_PUBLISHED,
    "FROM published",
    origin=7,
    details=(
        "json_build_object('book_head', id, 'date', date, 'lender', lender, 'loans', loans,"
        " 'root', encode(root, 'hex'), 'head', encode(head, 'hex'))"
    ),
)
_PUBLISH = f"""
WITH published AS (
    INSERT INTO book_heads (date, lender, loans, root, head)
    SELECT $1, $2, $3, $4, $5 WHERE $6 = (
        SELECT coalesce(sum(newest), 0) FROM (
            SELECT max(sequence) AS newest FROM loan_heads WHERE published_on = $1 GROUP BY loan_id
        ) AS added
    )
    ON CONFLICT (date) DO NOTHING RETURNING *
), recorded AS (
    {_RECORD}
)
SELECT id FROM published
"""


class Published(NamedTuple):
    """The columns of a new head of the book."""

    date: date
    lender: str
    loans: int
    root: bytes
    head: bytes


async def publish(book: Published, added: int, by: Origin) -> bool:
    """Store a head of the book with its audit entry. `added` is the sum of the sequences of the heads under its date.

    Return False, and store nothing, if another process has published the date, or has added a head under it.
    """
    async with database.transaction():
        await _lock()
        return await database.fetch_one(_PUBLISH, *book, added, *by) is not None


async def _lock() -> None:
    """Let one process at a time add heads, until the transaction ends."""
    await database.execute("SELECT pg_advisory_xact_lock($1)", AdvisoryLock.BOOK_HEADS)
