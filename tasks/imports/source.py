"""The bytes of a history file, as UTF-8 with LF at the end of lines, whatever its own encoding and line ends are."""

import codecs
import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

# The header stands within it; the encoding and the line ends of a file are judged by it.
HEAD_BYTES = 64 * 1024

_UTF_8 = b"\xef\xbb\xbf"
_REMEDY = "save it as CSV in UTF-8"
_NUL_SHARE = 5
_SWAPPED = bytes.maketrans(b"\r\n", b"\n\r")

# How files begin that people take for CSV because a spreadsheet shows them.
_OTHERS = {
    b"PK\x03\x04": "a spreadsheet (xlsx) or an archive",
    b"\xd0\xcf\x11\xe0": "a spreadsheet (xls)",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "compressed",
    b"\xff\xfe\0\0": "text in UTF-32",
    b"\0\0\xfe\xff": "text in UTF-32",
}


class ImportRefused(Exception):  # noqa: N818 — it is an answer, not an error
    """A file that cannot be imported as a whole. Its text is one line, meant for the person who gave it."""


class Source:
    """An open file. `content` is the digest of what was read so far, `bytes_done` its length in the file's own bytes.

    Raises:
        ImportRefused: no such file, or not text in UTF-8 or UTF-16.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.content = hashlib.sha256()
        self.bytes_done = 0
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise self._unreadable(error) from None
        try:
            status = os.fstat(self._file.fileno())
            # A pipe is read to its end, wherever that is, and cannot be read twice.
            self.size = status.st_size if stat.S_ISREG(status.st_mode) else 0
            first = self._file.read(HEAD_BYTES)
        except OSError as error:
            self._file.close()
            raise self._unreadable(error) from None
        try:
            self._decoder = _decoder(first)
        except ValueError as error:
            self._file.close()
            raise ImportRefused(f"{path}: {error}") from None
        self._is_swapped = False
        self._held = b""
        text = self._text(first, len(first) < HEAD_BYTES)
        # A CR at the end of a line that also ends with LF is not counted; a file of an old Mac has CR alone.
        self._is_swapped = text.count(b"\r") - text.count(b"\r\n") > text.count(b"\n")
        self.head = self._lines(text, len(first) < HEAD_BYTES)
        self.is_whole = len(first) < HEAD_BYTES

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    def blocks(self, size: int) -> Iterator[bytes]:
        """What comes after the head, once, in blocks of about so many bytes. A CR that is left is within a line."""
        while block := self._file.read(size):
            yield self._lines(self._text(block, False), False)
        if last := self._lines(self._text(b"", True), True):
            yield last

    def _text(self, block: bytes, is_last: bool) -> bytes:
        self.content.update(block)
        self.bytes_done += len(block)
        if self._decoder is None:
            return block.removeprefix(_UTF_8) if self.bytes_done == len(block) else block
        return self._decoder.decode(block, is_last).encode()

    def _lines(self, text: bytes, is_last: bool) -> bytes:
        if self._is_swapped:
            return text.translate(_SWAPPED)
        text = self._held + text
        # An LF may follow in the next block.
        self._held = b"\r" if text.endswith(b"\r") and not is_last else b""
        return text.removesuffix(self._held).replace(b"\r\n", b"\n")

    def _unreadable(self, error: OSError) -> ImportRefused:
        return ImportRefused(f"{self.path}: {(error.strerror or str(error)).lower()}")


def _decoder(first: bytes) -> codecs.IncrementalDecoder | None:
    """What turns the file into text, None where it is in UTF-8 as it stands."""
    for magic, name in _OTHERS.items():
        if first.startswith(magic):
            raise ValueError(f"it is {name}, not CSV: {_REMEDY}")
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return codecs.getincrementaldecoder("utf-16")("replace")
    # UTF-16 has one in every two bytes; a single one is a letter of some text.
    if first.count(b"\0") * _NUL_SHARE > len(first):
        raise ValueError(f"it has NUL characters, and is not text in UTF-8: {_REMEDY}")
    return None
