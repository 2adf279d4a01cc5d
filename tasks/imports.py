"""A file of transactions goes in whole or not at all, and however often it is imported, once.

What makes a row that row is its person, day, kind and amount, and how manieth such row of its file it is. So the
same file again adds nothing, two equal rows of one file both count, and an interrupted import is just begun again:
rows and scores are committed together.
"""

import asyncio
import csv
import io
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Literal, NamedTuple, Self, TextIO

import polars as pl

from models import database, transactions, users
from settings import Settings
from tasks import scoring
from tasks.histories import History, ImportRefused, Reject
from tasks.spills import Spill

__all__ = ["ImportRefused", "Imported", "Progress", "import_file"]

# One write to the server: more would be copied once more while the socket takes it in parts.
_COPY_BYTES = 1024 * 1024


class Progress(NamedTuple):
    """How far an import is: bytes of the file while `reading`, rows while `storing`, people while `scoring`.

    `rows` have been read so far. How many people there are to score is not known: `total` is what is `done`.
    """

    step: Literal["reading", "storing", "scoring"]
    done: int
    total: int
    rows: int


class Imported(NamedTuple):
    """What an import did: rows read = rows added + already there + rejected, and the people scored anew."""

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
    history = await asyncio.to_thread(_opened, path, settings, rejects)
    newest = await transactions.newest_person()
    directory = settings.home if settings.home.is_dir() else None
    with Spill(history.size, directory) as spill, _Rejects(rejects, history.names) as refused:
        rows = await _read(history, spill, refused, report)
        async with database.transaction() as connection:
            addition = await transactions.add(connection, _lines(spill, key, rows, report))
            rescored = await _rescore(addition.people, rows, report)
        await _rescore_newcomers(newest)
        return Imported(rows, addition.added, spill.rows - addition.added, refused.count, rescored)


def _opened(path: Path, settings: Settings, rejects: Path) -> History:
    if rejects.resolve() == path.resolve():
        raise ImportRefused(f"{path}: the rejects would overwrite it")
    return History(path, settings.aadhaar_checksum)


async def _read(history: History, spill: Spill, refused: "_Rejects", report: Report | None) -> int:
    rows = 0
    batches = history.batches()
    while batch := await asyncio.to_thread(next, batches, None):
        await asyncio.to_thread(spill.add, batch.entries)
        refused.write(batch.rejects)
        rows += batch.rows
        if report:
            report(Progress("reading", batch.bytes_done, history.size, rows))
    return rows


async def _lines(spill: Spill, key: bytes, rows: int, report: Report | None) -> AsyncIterator[bytes]:
    """The entries as CSV for COPY. The next part is prepared while the server takes this one."""
    parts = _prepared(spill, key)
    stored = 0
    coming = asyncio.create_task(asyncio.to_thread(next, parts, None))
    try:
        while part := await coming:
            coming = asyncio.create_task(asyncio.to_thread(next, parts, None))
            for start in range(0, len(part.lines), _COPY_BYTES):
                yield bytes(part.lines[start : start + _COPY_BYTES])
            stored += part.rows
            if report:
                report(Progress("storing", stored, spill.rows, rows))
    finally:
        # The thread reads the spill, which must not be closed under it.
        await asyncio.wait([coming])


class _Part(NamedTuple):
    lines: memoryview
    rows: int


def _prepared(spill: Spill, key: bytes) -> Iterator[_Part]:
    for entries in spill.parts():
        lines = io.BytesIO()
        _ordered(entries, key).write_csv(lines, include_header=False, quote_style="never")
        yield _Part(lines.getbuffer(), entries.height)


def _ordered(entries: pl.DataFrame, key: bytes) -> pl.DataFrame:
    """The columns of COPY, in the order of the unique index, with one digest computed for each person."""
    numbers = entries["number"].unique()
    digests = ["\\x" + users.digest(key, f"{number:012d}").hex() for number in numbers]
    # Sorting by a person's place among the digests is sorting by digest, and compares integers.
    people = pl.DataFrame({"number": numbers, "digest": digests}).sort("digest").with_row_index("person")
    identity = ["person", "occurred_on", "is_credit", "amount"]
    ordered = (
        entries.join(people.select("number", "person"), on="number")
        .drop("number")
        .sort(identity, descending=[False, False, True, False])
    )
    is_repeated = ordered.select(pl.all_horizontal(pl.col(*identity) == pl.col(*identity).shift())).to_series()
    ordinal = pl.int_range(1, pl.len() + 1).over(identity) if is_repeated.any() else pl.lit(1)
    return ordered.select(
        people["digest"].gather(ordered["person"]).alias("aadhaar_digest"),
        "occurred_on",
        pl.when("is_credit").then(pl.lit("CREDIT")).otherwise(pl.lit("DEBIT")).alias("kind"),
        "amount",
        ordinal.alias("ordinal"),
    )


async def _rescore(people: Literal["transactions", "gained"], rows: int, report: Report | None) -> int:
    """Score everyone who gained a transaction, a batch at a time, in the transaction that added them."""
    rescored = last = 0
    while user_ids := await transactions.people_of(people, after=last, limit=scoring.BATCH):
        await scoring.score(user_ids)
        last = user_ids[-1]
        rescored += len(user_ids)
        if report:
            report(Progress("scoring", rescored, rescored, rows))
    return rescored


async def _rescore_newcomers(newest: int) -> None:
    """Score again who registered meanwhile: their own score was computed without what is committed only now."""
    while user_ids := await transactions.people_of("transactions", after=newest, limit=scoring.BATCH):
        await scoring.score(user_ids)
        newest = user_ids[-1]


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
