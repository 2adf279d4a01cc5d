"""A file of transactions is imported once, however often it is begun.

What makes a row that row is its person, day, kind and amount, and how manieth such row of its file it is. So the
same file again adds nothing, and two equal rows of one file both count. A file that cannot be read as a whole changes
nothing. What can be read is stored in parts, people by people: a part's rows, their people's scores and the note that
it is stored are committed together, and an import that was interrupted goes on with the parts that are not.
"""

import asyncio
import csv
import hashlib
import hmac
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Literal, NamedTuple, Self, TextIO, TypeVar

from models import audit, database, imports, transactions
from models.imports import Started, Stored
from models.transactions import Addition, People
from rules.audit import Event, by_command
from settings import Settings
from tasks import rows, scoring
from tasks.histories import History, ImportRefused, Reject
from tasks.spills import Spill

T = TypeVar("T")

__all__ = ["ImportRefused", "Imported", "Progress", "import_file"]

_COMMAND = by_command("kist import")

# Parts that are stored at the same time: while one waits for the disk, or its rows are sorted, another is stored.
_AT_ONCE = 2


class Progress(NamedTuple):
    """How far an import is: bytes of the file while `reading`, rows while `storing`, people while `scoring`.

    `rows` have been read so far. How many people there are to score is not known, nor how long a pipe is: `total` is
    then what is `done`.
    """

    step: Literal["reading", "storing", "scoring"]
    done: int
    total: int
    rows: int


class Imported(NamedTuple):
    """What an import did: rows read = rows added + already there + rejected, and the people scored anew.

    Of one that was interrupted, what it did before is counted as well.
    """

    rows: int
    added: int
    already_there: int
    rejected: int
    rescored: int


Report = Callable[[Progress], None]


async def import_file(path: Path, settings: Settings, *, rejects: Path, report: Report | None = None) -> Imported:
    """Import a CSV file of transactions and score everyone who gained one. Refused rows go to `rejects`.

    The file `rejects` is there afterwards only if a row was refused.

    Raises:
        ImportRefused: the file as a whole cannot be imported; nothing has changed.
        SettingsError: the digest key is not set.
        OSError: the rejects cannot be written.
    """
    key = settings.key("aadhaar_digest_key")
    with await _in_thread(_opened, path, settings, rejects) as history:
        directory = settings.home if settings.home.is_dir() else None
        with Spill(history.size, key, directory) as spill, _Rejects(rejects, history.names) as refused:
            read = await _read(history, spill, refused, report)
            async with imports.turn(settings.database_url):
                started = await imports.begin(_fingerprint(history, spill, key))
                stored = await _Storing(spill, started, read, report).run(min(_AT_ONCE, settings.database_connections))
            return Imported(read, stored.added, stored.there, refused.count, stored.rescored)


def _opened(path: Path, settings: Settings, rejects: Path) -> History:
    if rejects.resolve() == path.resolve():
        raise ImportRefused(f"{path}: the rejects would overwrite it")
    return History(path, settings.aadhaar_checksum)


async def _read(history: History, spill: Spill, refused: "_Rejects", report: Report | None) -> int:
    rows = 0
    batches = history.batches()
    while batch := await _in_thread(next, batches, None):
        await _in_thread(spill.add, batch.entries)
        refused.write(batch.rejects)
        rows += batch.rows
        if report:
            report(Progress("reading", batch.bytes_done, history.size or batch.bytes_done, rows))
    return rows


def _fingerprint(history: History, spill: Spill, key: bytes) -> bytes:
    """Of all that the parts and their rows follow from."""
    return hmac.digest(key, history.content.digest() + f"{history.checksum} {spill.count}".encode(), hashlib.sha256)


class _Storing:
    """The storing of what was read, in transactions of a part each."""

    def __init__(self, spill: Spill, started: Started, rows: int, report: Report | None) -> None:
        self._spill = spill
        self._started = started
        self._rows = rows
        self._report = report
        self._stored = self._rescored = 0

    async def run(self, at_once: int) -> Stored:
        """Store the parts that are not stored yet; what all of them came to."""
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
        stored = Stored(*(sum(column) for column in zip(*parts.values(), strict=True)))
        if stored.added:
            await transactions.analyze()
        async with database.transaction():
            await imports.finish(self._started.id)
            await audit.note(Event.IMPORT_FINISHED, _COMMAND, import_id=self._started.id, **stored._asdict())
        return stored

    async def _work(self, left: Iterator[int]) -> dict[int, Stored]:
        parts = {}
        for part in left:
            parts[part] = await self._store(part, await _in_thread(_prepared, self._spill, part))
        return parts

    async def _store(self, part: int, chunks: list[bytes]) -> Stored:
        people = self._spill.people(part)
        size = int(self._spill.sizes[part])
        async with database.transaction() as connection:
            await imports.hold_turn(connection)
            addition = await transactions.add(connection, people, self._copied(chunks, size), rows.COLUMNS)
            stored = Stored(addition.added, size - addition.added, await self._rescore(addition, people))
            await imports.store_part(self._started.id, part, stored)
        return stored

    async def _copied(self, chunks: list[bytes], size: int) -> AsyncIterator[bytes]:
        yield rows.HEADER
        for first, chunk in zip(range(0, size, rows.CHUNK_ROWS), chunks, strict=True):
            yield chunk
            self._stored += min(size - first, rows.CHUNK_ROWS)
            self._tell("storing", self._stored, self._spill.rows)
        yield rows.TRAILER

    async def _rescore(self, addition: Addition, people: People) -> int:
        """Score everyone who gained a transaction, a batch at a time, in the transaction that added them."""
        rescored = last = 0
        while user_ids := await transactions.people_who_gained(addition, people, after=last, limit=scoring.BATCH):
            await scoring.score(user_ids)
            last = user_ids[-1]
            rescored += len(user_ids)
            self._rescored += len(user_ids)
            self._tell("scoring", self._rescored, self._rescored)
        return rescored

    async def _rescore_newcomers(self) -> None:
        """Score again who registered meanwhile: their own score was computed without what was not committed yet."""
        last = self._started.newest_user_id
        while user_ids := await transactions.people_after(last, scoring.BATCH):
            await scoring.score(user_ids)
            last = user_ids[-1]

    def _tell(self, step: Literal["storing", "scoring"], done: int, total: int) -> None:
        if self._report:
            self._report(Progress(step, done, total, self._rows))


def _prepared(spill: Spill, part: int) -> list[bytes]:
    return rows.binary(spill.part(part))


async def _in_thread(work: Callable[..., T], *arguments: object) -> T:
    """Work in a thread that is over when this is, cancelled or not: it uses files that are closed after it."""
    running = asyncio.create_task(asyncio.to_thread(work, *arguments))
    try:
        return await asyncio.shield(running)
    finally:
        await asyncio.wait([running])


class _Rejects:
    """The file of refused rows, which their file's owner alone may read; it is made by the first of them."""

    def __init__(self, path: Path, names: list[str]) -> None:
        self._path = path
        self._names = names
        self._closing = ExitStack()
        self._file: TextIO | None = None
        self.count = 0
        path.unlink(missing_ok=True)  # those of an earlier import are not this one's

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._closing.close()

    def write(self, rejects: list[Reject]) -> None:
        if rejects and not self._file:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._file = self._closing.enter_context(os.fdopen(descriptor, "w", newline="", encoding="utf-8"))
            csv.writer(self._file).writerow(["line", "reason", *self._names])
        if rejects and self._file:
            csv.writer(self._file).writerows([reject.line, reject.reason, *reject.fields] for reject in rejects)
            self.count += len(rejects)
