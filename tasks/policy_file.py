"""The lines of a policy go to FILE.part, which becomes FILE at the end. A part that exists already is continued."""

import fcntl
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from rules.policy import Figures, Policy, Totals

COLUMNS = (
    *("loan_id", "as_of", "policy"),
    *(f"{name}_{of}" for name in Figures._fields for of in ("actual", "changed", "difference")),
)
_HEADER = f"{','.join(COLUMNS)}\n"


class FileRefused(Exception):  # noqa: N818 - not an error of the program
    """The file cannot be continued. The message is one line."""


class PolicyFile:
    """A file of the figures of loans under a policy on a date. It has the sums of the lines that it has already."""

    def __init__(self, out: Path, policy: Policy, as_of: date) -> None:
        self.as_of = as_of
        self.part = out.with_name(f"{out.name}.part")
        self.last_id = 0
        self.totals = Totals()
        self._out = out
        self._policy = policy
        self._file: BinaryIO

    def __enter__(self) -> Self:
        """Raises: FileRefused: the part is another run's, or of another policy or date. OSError."""
        self._file = self.part.open("a+b")
        try:
            self._continue()
        except BaseException:
            self._file.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        self._file.close()
        if kind is None:
            self.part.replace(self._out)

    def append(self, lines: str) -> None:
        """Write complete lines at once, because the run may be killed."""
        self._file.write(lines.encode())
        self._file.flush()

    def _continue(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FileRefused(f"another run writes {self.part}") from None
        self._file.seek(0)
        if not _HEADER.encode().startswith(self._file.read(len(_HEADER))):
            raise FileRefused(f"{self.part} is no unfinished file of kist what-if: remove it")
        rows = self._rows()
        if next(rows, None) is None:
            self.append(_HEADER)
        for loan_id, as_of, policy, *rest in rows:
            if (as_of, policy) != (str(self.as_of), str(self._policy)):
                raise FileRefused(f"{self.part} was begun on {as_of} with the policy {policy}: remove it")
            self.last_id = int(loan_id)
            self.totals.count(_figures(rest[::3]), _figures(rest[1::3]))

    def _rows(self) -> Iterator[list[str]]:
        """The cells of each complete line. The rest of the file, which a kill has cut, is removed."""
        self._file.seek(0)
        end = 0
        for line in self._file:
            if not line.endswith(b"\n"):
                break
            end += len(line)
            yield line.decode().rstrip("\n").split(",")
        self._file.truncate(end)


def cells(actual: Figures, changed: Figures) -> Iterator[object]:
    """The cells of each figure: as it is, under the policy, and the difference in the figure's unit or in days."""
    for before, after in zip(actual.summed, changed.summed, strict=True):
        yield before
        yield after
        yield after - before
    ended, ends = actual.closed_on, changed.closed_on
    yield from (ended, ends, (ends - ended).days if ended and ends else None)


def _figures(texts: list[str]) -> Figures:
    *rupees, days_past_due, cycles_billed, closed_on = texts
    ended = date.fromisoformat(closed_on) if closed_on else None
    return Figures._make((*map(Decimal, rupees), int(days_past_due), int(cycles_billed), ended))
