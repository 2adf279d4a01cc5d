"""The worker writes the chain's head to a file outside the database each hour. Later the log must still contain it.

A line is a time and a head, `2026-01-31T04:00:05Z 17:9f86…`: about 100 bytes, less than 1 MB a year.
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

# Workers that share a file try within seconds of each other, once an hour. A minute of slack lets one of them write.
_MIN_INTERVAL = timedelta(minutes=59)

# Longer than the longest line.
_TAIL_BYTES = 256

# One query per thousand heads: about six weeks of lines.
_BATCH_HEADS = 1_000

# Relative paths start here, as KIST_HOME's does.
_ROOT = Path(__file__).parent.parent


class Noted(NamedTuple):
    """A line of the file: its place as text for operators, its time and its head. Invalid values are None."""

    where: str
    at: datetime | None
    head: Head | None


def path_of(settings: Settings) -> Path | None:
    """Return KIST_HEADS_FILE, or heads.log in KIST_HOME; None if neither exists."""
    if settings.heads_file is not None:
        return _ROOT / settings.heads_file.expanduser()
    home = _ROOT / settings.home.expanduser()
    return home / "heads.log" if home.is_dir() else None


def append(path: Path, head: Head, now: datetime) -> bool:
    """Add a line and return True. Return False if the last line is less than an hour old or has the same head.

    The file is created with mode 0600. A file lock lets one process write at a time.

    Raises:
        OSError: the file cannot be read or written.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - _TAIL_BYTES, 0))
        tail = file.read().decode("ascii", "replace")
        last = _parsed("", tail.splitlines()[-1]) if tail else None
        if last and last.at and last.head and (now - last.at < _MIN_INTERVAL or last.head == head):
            return False
        # A crash may have truncated the last line. It stays, and the new line begins on a line of its own.
        start = "\n" if tail and not tail.endswith("\n") else ""
        file.write(f"{start}{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {head}\n".encode())
        os.fsync(file.fileno())
    return True


def read(path: Path) -> list[Noted]:
    """Return every line of the file, or an empty list if the file does not exist.

    Raises:
        OSError: the file cannot be read.
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
    """Return one text for each kind of fault: invalid lines, missing links, and changed links.

    Each text names the first line of its kind and counts the others.
    """
    invalid = [one for one in noted if one.head is None or one.at is None]
    missing, changed = list[Noted](), list[Noted]()
    valid = [one for one in noted if one.head is not None and one.at is not None]
    for start in range(0, len(valid), _BATCH_HEADS):
        batch = valid[start : start + _BATCH_HEADS]
        hashes = await audit_chain.hashes([one.head.position for one in batch if one.head])
        for one in batch:
            assert one.head is not None
            if one.head.position not in hashes:
                missing.append(one)
            elif hashes[one.head.position] != one.head.hash:
                changed.append(one)
    found = (
        (invalid, "the line is not a time and a head"),
        (missing, "the log has no link at this position: its end was cut off"),
        (changed, "the log has a different link at this position"),
    )
    return [
        f"{lines[0].where}: {fault}" + (f" (other lines with this fault: {len(lines) - 1})" if lines[1:] else "")
        for lines, fault in found
        if lines
    ]
