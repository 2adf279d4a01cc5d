"""Folders of tests: in memory where the system offers it, because a home with a database is more than 1,000 files."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")
# PostgreSQL keeps up to 3 GB of its log; the rest is for the rows of a test that makes a great many.
MEMORY_BYTES = 6 * 2**30


@contextmanager
def folder(prefix: str) -> Iterator[Path]:
    """A new folder, which is removed at the end of the block."""
    is_roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > MEMORY_BYTES
    where = MEMORY if is_roomy else None
    with tempfile.TemporaryDirectory(prefix=prefix, dir=where, ignore_cleanup_errors=True) as name:
        yield Path(name).resolve()
