"""Hand-written SQL: an import is undone by statements over all of its rows, millions at a time.

Its rows are deleted, except those that another import has too: they belong to that import then. Afterwards the table is
as if this import had never been.
"""

from decimal import Decimal
from typing import NamedTuple

from tortoise.expressions import Q

from models import database
from models.expressions import Now
from models.imports import Import, ImportRepeat


class Heir(NamedTuple):
    """An import that keeps rows of the one that is undone, and their sums in rupees."""

    import_id: int
    rows: int
    credit: Decimal
    debit: Decimal


class Undone(NamedTuple):
    """The rows removed, their sums in rupees, and the imports that keep rows."""

    removed: int
    credit: Decimal
    debit: Decimal
    heirs: list[Heir]


_PASS_ON = """
WITH heirs AS (
    SELECT t.id, min(r.import_id) AS heir FROM transactions t JOIN import_repeats r ON r.transaction_id = t.id
    WHERE t.import_id = $1 AND r.import_id <> $1 GROUP BY t.id
), passed AS (
    UPDATE transactions t SET import_id = h.heir FROM heirs h WHERE t.id = h.id
    RETURNING t.id, t.import_id, t.kind, t.amount
), noted AS (
    DELETE FROM import_repeats r USING heirs h WHERE r.transaction_id = h.id AND r.import_id = h.heir
)
SELECT import_id, count(*), coalesce(sum(amount) FILTER (WHERE kind = 'CREDIT'), 0)::numeric(20,2),
    coalesce(sum(amount) FILTER (WHERE kind = 'DEBIT'), 0)::numeric(20,2)
FROM passed GROUP BY 1 ORDER BY 1
"""

_REMOVE = """
WITH removed AS (
    DELETE FROM transactions WHERE import_id = $1 RETURNING aadhaar_digest, kind, amount
), noted AS (
    INSERT INTO lost (aadhaar_digest, transaction_count, credit, debit)
    SELECT aadhaar_digest, count(*), coalesce(sum(amount) FILTER (WHERE kind = 'CREDIT'), 0),
        coalesce(sum(amount) FILTER (WHERE kind = 'DEBIT'), 0)
    FROM removed GROUP BY 1
    RETURNING *
)
SELECT coalesce(sum(transaction_count), 0)::bigint, coalesce(sum(credit), 0)::numeric(20,2),
    coalesce(sum(debit), 0)::numeric(20,2)
FROM noted
"""


async def undo(import_id: int) -> Undone:
    """Undo an import, in the caller's transaction. Until that ends the temporary table `lost` has the digests of the
    people who lost a row.
    """
    await database.execute(
        "CREATE TEMP TABLE lost (aadhaar_digest bytea PRIMARY KEY, transaction_count bigint, credit numeric(20,2),"
        " debit numeric(20,2)) ON COMMIT DROP"
    )
    heirs = [Heir(*row) for row in await database.fetch(_PASS_ON, import_id)]
    await ImportRepeat.filter(of_id=import_id).delete()
    row = await database.fetch_one(_REMOVE, import_id)
    assert row is not None
    await Import.filter(Q(id=import_id) | Q(again_of_id=import_id)).update(undone_at=Now())
    removed, credit, debit = row
    return Undone(removed, credit, debit, heirs)
