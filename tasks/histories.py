"""A history file is read piece by piece: plain rows all at once, the odd ones one by one by the rules.

Every row that is not plain goes through `rules.imports`, which either understands it or gives the reason. The
number of a row is that of its first line in the file.
"""

import csv
import hashlib
import io
import os
import stat
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self

import polars as pl

from rules import aadhaar, imports
from tasks import plain_rows
from tasks.plain_rows import ENTRY

# About 50,000 rows: a piece and what Polars makes of it stay below 25 MB, and there are a few of them at a time.
PIECE_BYTES = 2 * 1024 * 1024
# Pieces that are read while the one before them is put away.
_AHEAD = 2
# A text of so many lines in quotes is a quote that somebody forgot to close.
MOST_LINES = 50

_UNCLOSED = "unexpected end of data"  # what csv says of a quote that is still open


class ImportRefused(Exception):  # noqa: N818 — it is an answer, not an error
    """A file that cannot be imported as a whole. Its text is one line, meant for the person who gave it."""


class Reject(NamedTuple):
    """A row that was refused: its line in the file, why, and its fields without an Aadhaar number in them."""

    line: int
    reason: str
    fields: list[str]


class Batch(NamedTuple):
    """What a piece of the file came to: `entries` as in `ENTRY`, and the bytes of the file read so far."""

    entries: pl.DataFrame
    rejects: list[Reject]
    rows: int
    bytes_done: int


class Piece(NamedTuple):
    """Whole lines of the file, the first of which is line `line`."""

    content: bytes
    line: int
    is_last: bool


class History:
    """A CSV file of transactions whose header has been understood.

    Raises:
        ImportRefused: no such file, not text, or a header without a needed column.
    """

    def __init__(self, path: Path, checksum: aadhaar.Checksum) -> None:
        self._path = path
        self.checksum = checksum
        self.content = hashlib.sha256()
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise self._unreadable(error) from None
        try:
            status = os.fstat(self._file.fileno())
            # A pipe is read to its end, wherever that is, and cannot be read twice.
            self.size = status.st_size if stat.S_ISREG(status.st_mode) else 0
            self._header_lines, header = _header(self._file)
            self.names, self._separator, self._columns = _understood(header)
        except OSError as error:
            self._file.close()
            raise self._unreadable(error) from None
        except ValueError as error:
            self._file.close()
            raise ImportRefused(f"{path}: {error}") from None
        self._bytes_done = len(header)
        self.content.update(header)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._file.close()

    def _unreadable(self, error: OSError) -> ImportRefused:
        return ImportRefused(f"{self._path}: {(error.strerror or str(error)).lower()}")

    def batches(self) -> Iterator[Batch]:
        """The rows in batches, in their order, and once; `content` has then seen the whole file."""
        with ThreadPoolExecutor(_AHEAD) as pool:
            ahead: deque[Future[tuple[Batch, int]]] = deque()
            left, line = b"", self._header_lines + 1
            while block := self._file.read(PIECE_BYTES):
                self.content.update(block)
                self._bytes_done += len(block)
                left += block
                cut = left.rfind(b"\n") + 1
                if cut == 0 and len(left) > PIECE_BYTES:
                    raise ImportRefused(f"{self._path}: line {line} is longer than {PIECE_BYTES} bytes")
                ahead.append(pool.submit(self._read, Piece(left[:cut], line, False), self._bytes_done))
                # Where nothing is in quotes a piece is used whole; otherwise its reading tells where the next begins.
                used = ahead[-1].result()[1] if b'"' in left else cut
                line += left.count(b"\n", 0, used)
                left = left[used:]
                if len(ahead) > _AHEAD:
                    yield ahead.popleft().result()[0]
            while ahead:
                yield ahead.popleft().result()[0]
            if left:
                yield self._read(Piece(left.rstrip(b"\n") + b"\n", line, True), self._bytes_done)[0]

    def _read(self, piece: Piece, bytes_done: int) -> tuple[Batch, int]:
        """What a piece came to, and how much of it was used: a record may go on in the next one."""
        frame = plain_rows.frame(piece.content, self._columns, self._separator)
        if frame is None:
            plain = pl.DataFrame(schema=ENTRY)
            odd, used = self._records(piece)
        else:
            plain, others = plain_rows.entries(frame, self._columns, self.checksum)
            odd, used = self._odd(piece.content, others), len(piece.content)
        understood, rejects, blanks = self._judge(odd, piece.line)
        entries = pl.concat([plain, understood]) if understood.height else plain
        return Batch(entries, rejects, plain.height + len(odd) - blanks, bytes_done), used

    def _odd(self, content: bytes, rows: pl.Series) -> dict[int, list[str] | None]:
        if rows.is_empty():
            return {}
        lines = content.split(b"\n")
        return {row: self._fields(lines[row]) for row in rows}

    def _fields(self, line: bytes) -> list[str] | None:
        text = [line.decode(errors="replace").rstrip("\r")]
        try:
            return next(csv.reader(text, delimiter=self._separator, strict=True), [])
        except csv.Error:
            return None

    def _records(self, piece: Piece) -> tuple[dict[int, list[str] | None], int]:
        """The fields of every record by its first row in the piece, None for broken quotes; and the bytes used."""
        # Not splitlines(), to which a form feed ends a line as well.
        lines = io.StringIO(piece.content.decode(errors="replace"), newline="\n").readlines()
        records: dict[int, list[str] | None] = {}
        row = 0
        while row < len(lines):
            if not piece.is_last and row + MOST_LINES > len(lines) and _is_open(lines[row:], self._separator):
                break
            records[row], row = _record(lines, row, self._separator)
        used = len(piece.content) if row == len(lines) else _offset(piece.content, row)
        return records, used

    def _judge(self, odd: dict[int, list[str] | None], line: int) -> tuple[pl.DataFrame, list[Reject], int]:
        """The entries of odd rows, the rejects, and how many rows are blank."""
        entries, rejects, blanks = [], [], 0
        for row, fields in odd.items():
            if fields is None:
                rejects.append(Reject(line + row, "a quote is not closed, or something stands after it", []))
                continue
            if not any(field.strip() for field in fields):
                blanks += 1
                continue
            try:
                entry = imports.read(fields, self._columns, self.checksum)
            except ValueError as error:
                rejects.append(Reject(line + row, str(error), imports.masked(fields, self._columns)))
            else:
                entries.append((int(entry.number), entry.occurred_on, entry.kind == "CREDIT", entry.amount))
        return pl.DataFrame(entries, schema=ENTRY, orient="row"), rejects, blanks


def _header(file: BinaryIO) -> tuple[int, bytes]:
    """The first line that is not blank, and its number."""
    number = 0
    while line := file.readline(PIECE_BYTES):
        number += 1
        if line.removeprefix(b"\xef\xbb\xbf").strip():
            return number, line
    return number, b""


def _understood(header: bytes) -> tuple[list[str], str, imports.Columns]:
    try:
        text = header.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise ValueError("it is not a CSV file in UTF-8") from None
    if "\0" in text:
        raise ValueError("it is not a CSV file in UTF-8")
    if not text.strip():
        raise ValueError("it is empty")
    separator = max(imports.SEPARATORS, key=text.count)
    # Quotes around a name may have blanks before them, which csv would take as part of the name.
    try:
        names = [name.strip().strip('"').strip() for name in next(csv.reader([text], delimiter=separator))]
    except csv.Error as error:
        raise ValueError(f"its first line is not a header: {error}") from None
    return names, separator, imports.find_columns(names)


def _record(lines: list[str], row: int, separator: str) -> tuple[list[str] | None, int]:
    """The fields of the record that begins here, and where the next one does."""
    for end in range(row + 1, min(row + MOST_LINES, len(lines)) + 1):
        try:
            return next(csv.reader(lines[row:end], delimiter=separator, strict=True), []), end
        except csv.Error as error:
            if _UNCLOSED not in str(error):
                break
    # Nothing says where such a record should have ended, so only its first line is given up.
    return None, row + 1


def _is_open(lines: list[str], separator: str) -> bool:
    try:
        next(csv.reader(lines, delimiter=separator, strict=True), [])
    except csv.Error as error:
        return _UNCLOSED in str(error)
    return False


def _offset(content: bytes, lines: int) -> int:
    """Where a line of the content begins, in bytes; what was decoded may be longer or shorter."""
    return sum(len(line) + 1 for line in content.split(b"\n")[:lines])
