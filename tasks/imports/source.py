"""A source yields a history file as UTF-8 with LF line ends, whatever the file's own encoding and line ends."""

import codecs
import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

# The first 64 kB must contain the header. They determine the file's encoding and line ends.
HEAD_BYTES = 64 * 1024

_UTF_8 = b"\xef\xbb\xbf"
_REMEDY = "save it as CSV in UTF-8"
_NUL_SHARE = 5
_SWAPPED = bytes.maketrans(b"\r\n", b"\n\r")

# The first bytes of files that people mistake for CSV because a spreadsheet program opens them.
_OTHER_FORMATS = {
    b"PK\x03\x04": "a spreadsheet (xlsx) or an archive",
    b"\xd0\xcf\x11\xe0": "a spreadsheet (xls)",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "compressed",
    b"\xff\xfe\0\0": "text in UTF-32",
    b"\0\0\xfe\xff": "text in UTF-32",
}


class ImportRefused(Exception):  # noqa: N818 — a refusal is an expected result, not an error
    """The whole file cannot be imported. The text is one line for the operator."""


class Source:
    """An open file. `content` is the digest of the bytes read so far, and `bytes_done` is their number.

    Raises:
        ImportRefused: the file does not exist, or is not UTF-8 or UTF-16 text.
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
            # A pipe has no known size and cannot be read twice.
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
        # Files of old Macs end lines with CR alone. CRs of CRLF pairs do not count.
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
        """Yield the content after the head in blocks of about `size` bytes. It can be called once.

        A CR that remains in a block is part of a line.
        """
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
        # The LF of a CRLF pair may be in the next block.
        self._held = b"\r" if text.endswith(b"\r") and not is_last else b""
        return text.removesuffix(self._held).replace(b"\r\n", b"\n")

    def _unreadable(self, error: OSError) -> ImportRefused:
        return ImportRefused(f"{self.path}: {(error.strerror or str(error)).lower()}")


def _decoder(first: bytes) -> codecs.IncrementalDecoder | None:
    """Return the decoder of a UTF-16 file, or None for UTF-8."""
    for magic, name in _OTHER_FORMATS.items():
        if first.startswith(magic):
            raise ValueError(f"the file is {name}, not CSV: {_REMEDY}")
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return codecs.getincrementaldecoder("utf-16")("replace")
    # In UTF-16 without a byte order mark, every second byte of Latin text is NUL. A few NULs may be part of the text.
    if first.count(b"\0") * _NUL_SHARE > len(first):
        raise ValueError(f"the file contains NUL characters and is not UTF-8 text: {_REMEDY}")
    return None
