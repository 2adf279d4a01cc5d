"""Entries that do not fit in memory are spilled to an encrypted temporary file, all of a person's entries in one part.

Aadhaar numbers are never stored in plain text. The file has no name and its key exists only in memory, so after a
crash both are gone.
"""

import itertools
import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import numpy as np
import polars as pl
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models import import_rows
from tasks.imports.partitions import PERSON, PartNumbers, People, Records

# A part's share of the source file: about 200,000 rows, which take about 50 MB to sort and write.
PART_BYTES = 8 * 1024 * 1024
# Larger files get larger parts instead of more, because every batch writes to every part.
MOST_PARTS = 256
# Parts of a pipe, whose length is unknown: enough for half a gigabyte.
UNKNOWN_PARTS = 64

ENTRY = np.dtype([("number", "<u8"), ("day", "<i4"), ("is_debit", "?"), ("paise", "<i8")])


class Part(NamedTuple):
    """The entries of a part and their people. `people` may contain duplicates."""

    entries: Records
    people: Records


class _Place(NamedTuple):
    offset: int
    length: int


class Spill:
    """Entries in `count` parts, which are ranges of digests. `source_bytes` is 0 if the length is unknown."""

    def __init__(self, source_bytes: int, key: bytes, directory: Path | None) -> None:
        self.count = count = parts(source_bytes)
        self.rows = 0
        self.sizes = np.zeros(count, np.int64)
        self._entries: list[list[_Place]] = [[] for _ in range(count)]
        self._people: list[list[_Place]] = [[] for _ in range(count)]
        self._partitioner = People(key, count)
        self._cipher = AESGCM(AESGCM.generate_key(256))
        self._file = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115 — closed by __exit__
        self._end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._file.close()

    def add(self, entries: pl.DataFrame) -> None:
        """Add entries with the columns of `plain_rows.ENTRY`."""
        self.rows += entries.height
        partitioned = self._partitioner.partition(entries["number"])
        records = np.empty(entries.height, ENTRY)
        records["number"] = entries["number"].to_numpy()
        records["day"] = entries["occurred_on"].to_physical().to_numpy()
        records["is_debit"] = ~entries["is_credit"].to_numpy()
        # Polars stores a decimal with two places as an integer number of paise.
        records["paise"] = entries["amount"].to_physical().cast(pl.Int64).to_numpy()
        self._write(records, partitioned.parts, self._entries)
        self._write(partitioned.people, partitioned.parts_of_people, self._people)
        self._file.flush()
        self.sizes += np.bincount(partitioned.parts, minlength=len(self.sizes))

    def _write(self, records: Records, parts: PartNumbers, places: list[list[_Place]]) -> None:
        ordered = records[np.argsort(parts, kind="stable")]
        ends = np.cumsum(np.bincount(parts, minlength=len(places))).tolist()
        for part_places, (start, end) in zip(places, itertools.pairwise([0, *ends]), strict=True):
            if start < end:
                content = self._cipher.encrypt(_nonce(self._end), ordered[start:end].tobytes(), None)
                part_places.append(_Place(self._end, len(content)))
                self._end += self._file.write(content)

    def people(self, part: int) -> import_rows.People:
        """Return the range of digests of a part."""
        share = 256 // self.count
        last = part == self.count - 1
        return import_rows.People(bytes([part * share]), b"\xff" * 33 if last else bytes([(part + 1) * share]))

    def part(self, number: int) -> Part:
        """Read a part. Any thread may call it once all entries were added."""
        return Part(self._read(self._entries[number], ENTRY), self._read(self._people[number], PERSON))

    def _read(self, places: list[_Place], of: np.dtype[np.void]) -> Records:
        pieces = (os.pread(self._file.fileno(), length, offset) for offset, length in places)
        plain = (
            self._cipher.decrypt(_nonce(place.offset), piece, None) for place, piece in zip(places, pieces, strict=True)
        )
        return np.frombuffer(b"".join(plain), of)


def parts(source_bytes: int) -> int:
    """Return the number of parts for a source of `source_bytes` bytes; 0 means unknown."""
    if not source_bytes:
        return UNKNOWN_PARTS
    return min(MOST_PARTS, 1 << (source_bytes // PART_BYTES).bit_length())


def _nonce(offset: int) -> bytes:
    # A nonce is never reused: each piece has its own offset, and each spill has its own key.
    return offset.to_bytes(12, "big")
