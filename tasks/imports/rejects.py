"""Each import writes its rejected rows to a file of its own; no import overwrites or deletes another's file."""

import csv
import filecmp
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from tasks.imports.csv_file import Reject
from tasks.imports.source import ImportRefused

# A thousand files beside one import file suggest that they are not being read.
MOST_FILES = 1000


class Rejects:
    """Writes rejected rows to the first free name of `x.csv`, `x-2.csv`, …, with mode 0600.

    The first rejected row creates the file and sets `path`. If an earlier file has the same content, as after an
    interruption, `path` names that file and the new one is deleted. A refused import leaves no file.
    """

    def __init__(self, wanted: Path, names: list[str]) -> None:
        self._wanted = wanted
        self._names = names
        self._closing = ExitStack()
        self._file: TextIO | None = None
        self.path: Path | None = None
        self.count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> None:
        self._closing.close()
        if self.path is not None and isinstance(error, ImportRefused):
            self.path.unlink()
            self.path = None

    def write(self, rejects: list[Reject]) -> None:
        """Raises: OSError: the file cannot be written, or `MOST_FILES` of them exist."""
        if not rejects:
            return
        if self._file is None:
            self._file = self._closing.enter_context(self._opened())
            csv.writer(self._file).writerow(["line", "reason", *self._names])
        csv.writer(self._file).writerows([reject.line, reject.reason, *reject.fields] for reject in rejects)
        self.count += len(rejects)

    def complete(self) -> None:
        """Finish the file. If an earlier file has the same content, keep that one and delete the new one."""
        if self._file is None or self.path is None:
            return
        self._file.flush()
        for earlier in self._candidates():
            if earlier == self.path:
                return
            if earlier.is_file() and filecmp.cmp(earlier, self.path, shallow=False):
                self.path.unlink()
                self.path = earlier
                return

    def _candidates(self) -> Iterator[Path]:
        yield self._wanted
        for number in range(2, MOST_FILES + 1):
            yield self._wanted.with_stem(f"{self._wanted.stem}-{number}")

    def _opened(self) -> TextIO:
        for path in self._candidates():
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                continue
            self.path = path
            return os.fdopen(descriptor, "w", newline="", encoding="utf-8")
        raise FileExistsError(f"{self._wanted}: {MOST_FILES} files of rejected rows exist beside it: delete some")
