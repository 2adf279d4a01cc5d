"""The head of the chain is noted each hour in a file outside the database: later the log must still hold it.

A line is a moment and a head, `2026-01-31T04:00:05Z 17:9f86…`: about 100 bytes, less than 1 MB a year.
"""

import fcntl
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from models import audit_chain
from rules.audit import Head, parse_head
from settings import Settings

# Workers that share a file come within seconds of the hour, and one of them writes.
_BETWEEN = timedelta(minutes=59)

# More than the longest line has.
_END_BYTES = 256

# Links read at a time.
_AT_ONCE = 1_000


# Where relative paths begin, as KIST_HOME's does.
_HERE = Path(__file__).parent.parent


class Noted(NamedTuple):
    """A line of the file: where it is, for a person; the moment and the head, which are None where it has none."""

    where: str
    at: datetime | None
    head: Head | None


def path_of(settings: Settings) -> Path | None:
    """The file: KIST_HEADS_FILE, or heads.log in KIST_HOME; None where neither is there."""
    if settings.heads_file is not None:
        return _HERE / settings.heads_file.expanduser()
    home = _HERE / settings.home.expanduser()
    return home / "heads.log" if home.is_dir() else None


def append(path: Path, head: Head, now: datetime) -> bool:
    """Add a line, unless one of the last hour is there, or the head is still the same; whether it was added.

    The file is made for its owner alone. Of several processes one writes.

    Raises:
        OSError: it cannot be read or written.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - _END_BYTES, 0))
        end = file.read().decode("ascii", "replace")
        last = _parsed("", end.splitlines()[-1]) if end else None
        if last and last.at and last.head and (now - last.at < _BETWEEN or last.head == head):
            return False
        # A line that a crash cut short keeps its place, and the next one begins after it.
        start = "\n" if end and not end.endswith("\n") else ""
        file.write(f"{start}{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {head}\n".encode())
        os.fsync(file.fileno())
    return True


def read(path: Path) -> list[Noted]:
    """Every line of the file; none where there is no file.

    Raises:
        OSError: it cannot be read.
    """
    try:
        lines = path.read_text("ascii", "replace").splitlines()
    except FileNotFoundError:
        return []
    return [
        _parsed(f"{path} line {number} ({line[:60]})", line) for number, line in enumerate(lines, 1) if line.strip()
    ]


def _parsed(where: str, line: str) -> Noted:
    moment, _, head = line.strip().partition(" ")
    try:
        at = datetime.fromisoformat(moment).astimezone(UTC)
    except ValueError:
        at = None
    return Noted(where, at, parse_head(head))


async def faults(noted: Sequence[Noted]) -> list[str]:
    """The first line that is no head, and the first whose head the chain does not hold, and how many there are."""
    unreadable = [one for one in noted if one.head is None or one.at is None]
    lost, changed = list[Noted](), list[Noted]()
    good = [one for one in noted if one.head is not None and one.at is not None]
    for start in range(0, len(good), _AT_ONCE):
        batch = good[start : start + _AT_ONCE]
        there = await audit_chain.hashes([one.head.position for one in batch if one.head])
        for one in batch:
            assert one.head is not None
            if one.head.position not in there:
                lost.append(one)
            elif there[one.head.position] != one.head.hash:
                changed.append(one)
    found = (
        (unreadable, "not a moment and a head"),
        (lost, "noted, and not in the log, whose end is cut off"),
        (changed, "noted, and another link is in its place in the log"),
    )
    return [
        f"{lines[0].where}: {what}" + (f", and so are {len(lines) - 1} other lines" if lines[1:] else "")
        for lines, what in found
        if lines
    ]
