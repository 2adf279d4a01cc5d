"""A file of transactions is imported exactly once, however often the import is started.

A row's identity is its person, day, kind, amount and ordinal among equal rows of its file. So a repeated import adds
nothing, and two equal rows of one file both count. A file that cannot be read to its end changes nothing. Rows are
stored in parts, which are ranges of people. One transaction commits a part's rows, scores and completion mark. An
interrupted import resumes with the parts that are not stored.
"""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

from models import audit, database, import_locks, import_rows, imports, transaction_merge
from models.import_rows import Addition, People, Sums
from models.imports import Started, Stored
from rules import aadhaar
from rules.audit import Event, by_command
from settings import Settings
from tasks import scoring
from tasks.imports import copy_format
from tasks.imports.csv_file import History, Reject
from tasks.imports.rejects import Rejects
from tasks.imports.source import ImportRefused
from tasks.imports.spill import Spill

T = TypeVar("T")

__all__ = ["ImportRefused", "Imported", "Progress", "import_file"]

_COMMAND = by_command("kist import")

# The longest file name of common file systems.
_LONGEST_NAME = 255

# Parts that are stored concurrently: while one waits for the disk or sorts its rows, the other is stored.
_AT_ONCE = 2


class Progress(NamedTuple):
    """Progress of an import, in bytes while `reading`, in rows while `storing`, and in people while `scoring`.

    `rows` is the number of rows read so far. The number of people to score and a pipe's length are unknown: `total`
    then equals `done`.
    """

    step: Literal["reading", "storing", "scoring"]
    done: int
    total: int
    rows: int


class Imported(NamedTuple):
    """The result of an import: `rows` = `added` + `already_there` + `rejected`; the people who were rescored; the file
    of rejected rows, if there are any. A resumed import also counts the rows stored before the interruption.
    """

    rows: int
    added: int
    already_there: int
    rejected: int
    rescored: int
    rejects: Path | None = None


Report = Callable[[Progress], None]


async def import_file(path: Path, settings: Settings, *, rejects: Path, report: Report | None = None) -> Imported:
    """Import a CSV file of transactions and score every person who gained a row.

    Rejected rows go to the file `rejects`. If another import has a file of this name, a number is added to it.

    Raises:
        ImportRefused: the whole file cannot be imported; nothing has changed.
        SettingsError: the digest key is not set.
        OSError: the file of rejected rows cannot be written.
    """
    key = settings.key("aadhaar_digest_key")
    with await in_thread(_opened, path, settings, rejects) as history:  # noqa: SIM117 — its names are needed below
        with spill_of(history, settings) as spill, Rejects(rejects, history.header.names) as refused:
            rows_read = await read(history, spill, refused.write, report)
            refused.complete()
            counts = Counts(rows_read, refused.count)
            if not spill.rows:
                return Imported(rows_read, 0, 0, refused.count, 0, refused.path)
            async with import_locks.turn(settings.database_url):
                started = await imports.begin(
                    fingerprint(key, history.content.digest(), history.checksum, spill.count),
                    aadhaar.hidden(path.name)[:_LONGEST_NAME],
                )
                at_once = min(_AT_ONCE, settings.database_connections)
                stored = await _Storing(spill, started, counts, report).run(at_once)
            return Imported(rows_read, stored.added, stored.there, refused.count, stored.rescored, refused.path)


def _opened(path: Path, settings: Settings, rejects: Path) -> History:
    if rejects.resolve() == path.resolve():
        raise ImportRefused(f"{path}: the rejected rows would overwrite this file: choose another name for them")
    return History(path, settings.aadhaar_checksum)


def spill_of(history: History, settings: Settings) -> Spill:
    """Return a spill for the entries of a history, in KIST_HOME if it exists, else in the temporary folder."""
    directory = settings.home if settings.home.is_dir() else None
    return Spill(history.size, settings.key("aadhaar_digest_key"), directory)


async def read(
    history: History, spill: Spill, refuse: Callable[[list[Reject]], None], report: Report | None = None
) -> int:
    """Read a whole history into the spill. Return its number of rows."""
    rows = 0
    batches = history.batches()
    while batch := await in_thread(next, batches, None):
        await in_thread(spill.add, batch.entries)
        refuse(batch.rejects)
        rows += batch.rows
        if report:
            report(Progress("reading", batch.bytes_done, history.size or batch.bytes_done, rows))
    return rows


def fingerprint(key: bytes, content: bytes, checksum: aadhaar.Checksum, parts: int) -> bytes:
    """Return a digest of everything that determines the parts and their rows."""
    return hmac.digest(key, content + f"{checksum} {parts}".encode(), hashlib.sha256)


class Counts(NamedTuple):
    """The number of rows of a file, and how many of them were rejected."""

    rows: int
    rejected: int


class _Storing:
    """Stores the spilled entries, one part in a transaction."""

    def __init__(self, spill: Spill, started: Started, counts: Counts, report: Report | None) -> None:
        self._spill = spill
        self._started = started
        self._counts = counts
        self._report = report
        self._stored = self._rescored = 0

    async def run(self, at_once: int) -> Stored:
        """Store the parts that are not stored yet. Return the totals of all parts."""
        sizes = self._spill.sizes.tolist()
        parts = await imports.stored_parts(self._started.id)
        self._stored = sum(sizes[part] for part in parts)
        left = iter([part for part, size in enumerate(sizes) if size and part not in parts])
        workers = [asyncio.create_task(self._work(left)) for _ in range(at_once)]
        try:
            for done in await asyncio.gather(*workers):
                parts |= done
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.wait(workers)
        await self._rescore_newcomers()
        stored = imports.total(parts.values())
        if stored.added:
            await transaction_merge.analyze()
        async with database.transaction():
            rows, rejected = self._counts
            await imports.finish(self._started.id, rows_read=rows, rows_rejected=rejected)
            await audit.record(
                *(Event.IMPORT_FINISHED, _COMMAND),
                import_id=self._started.id,
                rows_of_import=self._started.owner_id,
                rows=rows,
                rejected=rejected,
                **stored._asdict(),
            )
        return stored

    async def _work(self, left: Iterator[int]) -> dict[int, Stored]:
        parts = {}
        for part in left:
            parts[part] = await self._store(
                part, *await in_thread(_prepared, self._spill, part, self._started.owner_id)
            )
        return parts

    async def _store(self, part: int, chunks: list[bytes], sums: Sums) -> Stored:
        people = self._spill.people(part)
        size = int(self._spill.sizes[part])
        async with database.transaction() as connection:
            await import_locks.hold_turn(connection)
            addition = await import_rows.add(connection, people, self._copied(chunks, size), copy_format.COLUMNS)
            rescored = await self._rescore(addition, people)
            stored = Stored(addition.added, size - addition.added, rescored, *(addition.sums or sums))
            await imports.store_part(self._started.id, part, stored)
        return stored

    async def _copied(self, chunks: list[bytes], size: int) -> AsyncIterator[bytes]:
        yield copy_format.HEADER
        for first, chunk in zip(range(0, size, copy_format.CHUNK_ROWS), chunks, strict=True):
            yield chunk
            self._stored += min(size - first, copy_format.CHUNK_ROWS)
            self._report_progress("storing", self._stored, self._spill.rows)
        yield copy_format.TRAILER

    async def _rescore(self, addition: Addition, people: People) -> int:
        """Score every person who gained a row, in batches, in the database transaction that added the rows."""
        rescored = last = 0
        while user_ids := await import_rows.people_who_gained(addition, people, after=last, limit=scoring.BATCH):
            await scoring.score(user_ids, _COMMAND)
            last = user_ids[-1]
            rescored += len(user_ids)
            self._rescored += len(user_ids)
            self._report_progress("scoring", self._rescored, self._rescored)
        return rescored

    async def _rescore_newcomers(self) -> None:
        """Score people who registered during the import: their first score lacks rows that were not committed then."""
        last = self._started.newest_user_id
        while user_ids := await transaction_merge.people_with("transactions", after=last, limit=scoring.BATCH):
            await scoring.score(user_ids, _COMMAND)
            last = user_ids[-1]

    def _report_progress(self, step: Literal["storing", "scoring"], done: int, total: int) -> None:
        if self._report:
            self._report(Progress(step, done, total, self._counts.rows))


def _prepared(spill: Spill, part: int, import_id: int) -> tuple[list[bytes], Sums]:
    entries = spill.part(part)
    return copy_format.binary(entries, import_id), copy_format.sums(entries)


async def in_thread(work: Callable[..., T], *arguments: object) -> T:
    """Call `work` in a thread and wait for it, even when cancelled: the caller closes files that the thread uses."""
    running = asyncio.create_task(asyncio.to_thread(work, *arguments))
    try:
        return await asyncio.shield(running)
    finally:
        await asyncio.wait([running])
