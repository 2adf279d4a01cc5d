"""Hand-written SQL: the audit log is sealed, thousands of entries in a statement, and read back to be verified.

Entries are linked seconds after their transactions: if an entry had to name the one before it, payments could only be
committed one at a time. One process at a time links the entries that exist, in the order of their ids. An entry that is
committed late has a lower id than some that are linked, and is linked after them.
"""

from models import database, snapshots
from models.advisory_locks import AdvisoryLock
from models.audit import AuditEntry, AuditLink
from models.billing_chunks import HUNG_AFTER_MS
from rules import audit as rules
from rules.audit import Entry, Head, Linked

# Entries linked in one transaction.
_AT_ONCE = 5_000

# An entry commits soon after it gets its id. Late entries are searched for among this many ids before the newest link;
# entries that commit even later are found by a search of the whole log.
_LATE = 20_000

_FROM_THE_FIRST = -1

_PENDING = """
SELECT e.id, e.digest FROM audit_entries e
WHERE e.id > $1 AND NOT EXISTS (SELECT FROM audit_links l WHERE l.entry_id = e.id AND l.entry_id > $1)
ORDER BY e.id LIMIT $2
"""


async def seal(*, everything: bool = False) -> int:
    """Link the entries that are not linked yet. Returns their number.

    With `everything` it searches the whole log, and waits for a process that is linking. Without, it leaves the work to
    that process.
    """
    sealed, after = 0, _FROM_THE_FIRST if everything else None
    while True:
        async with database.transaction():
            if not await _lock(waiting=everything):
                return sealed
            await database.execute(f"SET LOCAL idle_in_transaction_session_timeout = {HUNG_AFTER_MS}")
            # A generic plan, made for any first id, may read both tables as a whole.
            await database.execute("SET LOCAL plan_cache_mode = force_custom_plan")
            if after is None:
                after = await _a_little_before_the_newest()
            pending = await database.fetch(_PENDING, after, _AT_ONCE)
            if pending:
                await _append([row["id"] for row in pending], [row["digest"] for row in pending])
                sealed, after = sealed + len(pending), pending[-1]["id"]
        if len(pending) < _AT_ONCE:
            return sealed


async def _lock(*, waiting: bool) -> bool:
    """Lock the chain until the transaction ends. Reads after this see every link of other processes."""
    if waiting:
        await database.execute("SELECT pg_advisory_xact_lock($1)", AdvisoryLock.AUDIT_CHAIN)
        return True
    row = await database.fetch_one("SELECT pg_try_advisory_xact_lock($1) AS held", AdvisoryLock.AUDIT_CHAIN)
    assert row is not None
    return bool(row["held"])


async def _a_little_before_the_newest() -> int:
    newest = await AuditLink.all().order_by("-entry_id").first()
    return max(newest.entry_id - _LATE, _FROM_THE_FIRST) if newest else _FROM_THE_FIRST


async def _append(entry_ids: list[int], digests: list[bytes]) -> None:
    before = await head()
    await database.execute(
        "INSERT INTO audit_links (position, entry_id, hash)"
        " SELECT $1 + place, entry_id, hash FROM unnest($2::bigint[], $3::bytea[]) WITH ORDINALITY"
        " AS l (entry_id, hash, place)",
        before.position,
        entry_ids,
        list(rules.links(before.hash, digests)),
    )


async def head() -> Head:
    """The newest link; position 0 where there is none."""
    newest = await AuditLink.all().order_by("-position").first()
    return Head(newest.position, newest.hash) if newest else Head(0, rules.GENESIS)


async def at(position: int) -> Head | None:
    """The head at a position; None if there is no link."""
    link = await AuditLink.get_or_none(position=position)
    return Head(link.position, link.hash) if link else None


async def hashes(positions: list[int]) -> dict[int, bytes]:
    """The hashes at some positions; nothing for one where there is no link."""
    return {link.position: link.hash for link in await AuditLink.filter(position__in=positions)}


async def hold_still() -> int:
    """Give the transaction that has just begun one snapshot of the log. Returns the number of entries."""
    await snapshots.begin()
    return await AuditEntry.all().count()


_ENTRY = ", ".join(f"e.{name}" for name in Entry._fields)
_LINKS = f"""
SELECT l.position, l.hash, l.entry_id, {_ENTRY}, e.digest
FROM audit_links l LEFT JOIN audit_entries e ON e.id = l.entry_id
WHERE l.position > $1 ORDER BY l.position LIMIT $2
"""


async def after(position: int, limit: int) -> list[Linked]:
    """The first `limit` links after a position, with their entries."""
    found = []
    for place, link_hash, entry_id, *columns in await database.fetch(_LINKS, position, limit):
        entry = Entry(*columns[:-1]) if columns[0] is not None else None
        found.append(Linked(Head(place, link_hash), entry_id, entry, columns[-1]))
    return found
