"""More entries than fit in memory wait on the disk, a person's all in one part, and nobody else can read them.

The file has no name and what is in it is encrypted with a key that is nowhere else, because Aadhaar numbers are
never stored in the clear: after a crash neither the file nor the key is left.
"""

import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import polars as pl
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

# Of the source file: some 200,000 rows, which take about 50 MB to sort and to write out.
PART_BYTES = 8 * 1024 * 1024
# Beyond it the parts grow instead, because every batch writes into every part.
MOST_PARTS = 256


class Spill:
    """Entries by person, in parts that fit in memory, for a source file of so many bytes."""

    def __init__(self, source_bytes: int, directory: Path | None) -> None:
        self._parts: list[list[tuple[int, int]]] = [[] for _ in range(min(MOST_PARTS, source_bytes // PART_BYTES + 1))]
        self._cipher = AESGCM(AESGCM.generate_key(256))
        self._file = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115 — closed by __exit__
        self.rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._file.close()

    def add(self, entries: pl.DataFrame) -> None:
        self.rows += entries.height
        parts = entries.with_columns(part=pl.col("number") % len(self._parts))
        for (part,), mine in parts.partition_by("part", as_dict=True, include_key=False).items():
            self._parts[part].append(self._write(mine))

    def _write(self, entries: pl.DataFrame) -> tuple[int, int]:
        buffer = io.BytesIO()
        entries.write_ipc(buffer)
        offset = self._file.seek(0, os.SEEK_END)
        return offset, self._file.write(self._cipher.encrypt(_nonce(offset), buffer.getvalue(), None))

    def parts(self) -> Iterator[pl.DataFrame]:
        """Every part that has entries; a person's are all in one."""
        for places in self._parts:
            if places:
                yield pl.concat([self._read(*place) for place in places])

    def _read(self, offset: int, length: int) -> pl.DataFrame:
        self._file.seek(offset)
        return pl.read_ipc(io.BytesIO(self._cipher.decrypt(_nonce(offset), self._file.read(length), None)))


def _nonce(offset: int) -> bytes:
    # Never the same twice: every piece begins where no other does, and the key is this spill's own.
    return offset.to_bytes(12, "big")
