"""A history file is read in pieces: Polars reads plain rows in bulk, and `rules.imports` reads all others one by one.

`rules.imports` returns an entry or gives the reason for the rejection. A row's number is that of its first line.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import polars as pl

from rules import aadhaar, date_formats, imports
from rules.date_formats import DateOrder
from tasks.imports import header, plain_rows
from tasks.imports.date_conventions import Dates
from tasks.imports.plain_rows import ENTRY
from tasks.imports.records import Reader, Record
from tasks.imports.source import ImportRefused, Source

# About 50,000 rows. A piece and its Polars frame take less than 25 MB, and a few of them exist at a time.
PIECE_BYTES = 2 * 1024 * 1024
# Pieces that threads parse while the caller stores the piece before them.
_AHEAD = 2
# The preview shows the first three dates, if they are in the first 100 lines.
_FIRST_LINES, _FIRST_DATES = 100, 3


class Reject(NamedTuple):
    """A rejected row: its line in the file, the reason, and its fields with masked Aadhaar numbers."""

    line: int
    reason: str
    fields: list[str]


class Batch(NamedTuple):
    """The result of a piece: `entries` with the columns of `ENTRY`; `bytes_done` is the file's bytes read so far."""

    entries: pl.DataFrame
    rejects: list[Reject]
    rows: int
    dates: Dates
    bytes_done: int


class Piece(NamedTuple):
    """Whole lines of the file. `line` is the number of the first one."""

    content: bytes
    line: int
    is_last: bool


class _Read(NamedTuple):
    """A batch, and the bytes and lines of the piece that it used. An open record is left for the next piece."""

    batch: Batch
    bytes: int
    lines: int


class History:
    """A CSV file of transactions with a valid header.

    Raises:
        ImportRefused: the file does not exist, is not text, or has no header with the required columns.
    """

    def __init__(self, path: Path, checksum: aadhaar.Checksum) -> None:
        self.checksum = checksum
        self._source = Source(path)
        try:
            self.header = header.find(self._source.head, self._source.is_whole)
        except ValueError as error:
            self._source.close()
            raise self._refused(str(error)) from None
        self._reader = Reader(self.header.columns, self.header.separator)
        self.size = self._source.size
        self.content = self._source.content
        self.dates = Dates()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._source.close()

    def _refused(self, reason: str) -> ImportRefused:
        return ImportRefused(f"{self._source.path}: {reason}")

    def batches(self) -> Iterator[Batch]:
        """Yield the rows in batches, in the order of the file. The method can be called once.

        At the end, `content` is the digest of the whole file and `dates` covers all its dates.

        Raises:
            ImportRefused: a line is too long, or the dates do not follow one convention.
        """
        for batch in self._batches():
            self.dates = self.dates.and_then(batch.dates)
            if reason := self.dates.month_first:
                raise self._refused(reason)
            yield batch
        if reason := self.dates.swapped():
            raise self._refused(reason)

    def first_dates(self) -> Iterator[tuple[int, str, date]]:
        """Yield the first dates of the file: the line, the text, and the date that it is read as."""
        columns = self.header.columns
        lines = self._source.head[self.header.size :].decode(errors="replace").split("\n")[:_FIRST_LINES]
        number = self.header.lines + 1
        parted = self._reader.parted(lines, number, is_last=False)
        shown = 0
        for row, fields, reason in parted.records:
            try:
                entry = imports.read(fields, columns, self.checksum)
            except ValueError:
                continue
            if not reason and shown < _FIRST_DATES:
                shown += 1
                yield number + row, fields[columns.date].strip(), entry.occurred_on

    def _batches(self) -> Iterator[Batch]:
        with ThreadPoolExecutor(_AHEAD) as pool:
            ahead: deque[Future[_Read]] = deque()
            left, line = b"", self.header.lines + 1
            for block in self._blocks():
                left += block
                cut = left.rfind(b"\n") + 1
                if cut == 0 and len(left) > PIECE_BYTES:
                    raise self._refused(f"line {line} is longer than {PIECE_BYTES} bytes")
                ahead.append(pool.submit(self._read, Piece(left[:cut], line, False), self._source.bytes_done))
                # A piece without quotes is used whole. With quotes, only its parser knows where the next piece begins.
                if b'"' in left:
                    used, lines = ahead[-1].result()[1:]
                else:
                    used, lines = cut, left.count(b"\n", 0, cut)
                line += lines
                left = left[used:]
                if len(ahead) > _AHEAD:
                    yield ahead.popleft().result().batch
            while ahead:
                yield ahead.popleft().result().batch
            if left:
                yield self._read(Piece(left.rstrip(b"\n") + b"\n", line, True), self._source.bytes_done).batch

    def _blocks(self) -> Iterator[bytes]:
        if rest := self._source.head[self.header.size :]:
            yield rest
        yield from self._source.blocks(PIECE_BYTES)

    def _read(self, piece: Piece, bytes_done: int) -> _Read:
        """Parse a piece, in bulk if its rows can be plain."""
        columns, separator = self.header.columns, self.header.separator
        if b'"' not in piece.content and b"\r" not in piece.content and plain_rows.is_for(columns):
            frame = plain_rows.frame(piece.content, columns, separator)
            if frame is not None:
                return self._batch_of_frame(piece, frame, bytes_done)
        lines = piece.content.decode(errors="replace").split("\n")[:-1]
        parted = self._reader.parted(lines, piece.line, is_last=piece.is_last)
        batch = self._batch_of_records(parted.records, piece.line, bytes_done)
        used = len(piece.content) if parted.lines == len(lines) else _offset(piece.content, parted.lines)
        return _Read(batch, used, parted.lines)

    def _batch_of_frame(self, piece: Piece, frame: pl.DataFrame, bytes_done: int) -> _Read:
        """Convert a frame of a piece in which every line is a record."""
        plain = plain_rows.entries(frame, self.checksum)
        lines = piece.content.split(b"\n") if plain.others else []
        others = [Record(row, lines[row].decode(errors="replace").split(self.header.separator)) for row in plain.others]
        dates = Dates.of_plain(plain)
        return _Read(
            self._batch_with(others, piece.line, dates, (plain.entries, bytes_done)),
            len(piece.content),
            frame.height,
        )

    def _batch_of_records(self, records: Sequence[Record], line: int, bytes_done: int) -> Batch:
        """Convert the records of a piece: plain ones in bulk, the others one by one."""
        width = self.header.columns.width
        usable = [record for record in records if not record.reason and len(record.fields) <= width + 1]
        if not usable or not plain_rows.is_for(self.header.columns):
            return self._batch_with(records, line, Dates(), (pl.DataFrame(schema=ENTRY), bytes_done))
        frame = plain_rows.frame_of([record.fields for record in usable], self.header.columns)
        plain = plain_rows.entries(frame, self.checksum)
        others = [usable[position] for position in plain.others]
        others += [record for record in records if record.reason or len(record.fields) > width + 1]
        return self._batch_with(others, line, Dates.of_plain(plain), (plain.entries, bytes_done))

    def _batch_with(self, records: Sequence[Record], line: int, dates: Dates, read: tuple[pl.DataFrame, int]) -> Batch:
        """Return a batch of the entries already read and of those records that the rules accept."""
        plain, bytes_done = read
        entries, rejects, blanks = [], [], 0
        columns = self.header.columns
        for row, fields, reason in sorted(records):
            if not reason and not any(field.strip() for field in fields):
                blanks += 1
                continue
            try:
                if reason:
                    raise ValueError(reason)
                entry, order = imports.read_with_order(fields, columns, self.checksum)
            except ValueError as error:
                rejects.append(Reject(line + row, str(error), imports.masked(fields, columns)))
                if len(fields) > columns.date and date_formats.is_month_first(fields[columns.date]):
                    dates = dates.and_then(Dates.of_month_first(line + row, fields[columns.date]))
            else:
                entries.append((int(entry.number), entry.occurred_on, entry.kind == "CREDIT", entry.amount))
                if order != DateOrder.NAMED:
                    dates = dates.and_then(Dates.of(entry.occurred_on, order))
        if entries:
            understood = pl.DataFrame(entries, schema=ENTRY, orient="row")
            read_all = pl.concat([plain, understood]) if plain.height else understood
        else:
            read_all = plain
        return Batch(read_all, rejects, read_all.height + len(rejects), dates, bytes_done)


def _offset(content: bytes, lines: int) -> int:
    """Return the byte offset of a line. Decoding may change lengths, so the bytes are counted before it."""
    return sum(len(line) + 1 for line in content.split(b"\n")[:lines])
