"""Hand-written SQL: a statement that spills to disk shows whether PostgreSQL can store data; KIST_HOME is measured."""

import asyncio
import shutil
from pathlib import Path
from time import monotonic
from typing import Literal

import asyncpg

from models import database

Storage = Literal["writable", "read-only", "full"]

# However many probes arrive, PostgreSQL makes at most six test writes a minute.
KEPT_SECONDS = 10
# A segment of PostgreSQL's write-ahead log has 16 MiB. A server that cannot create the next segment stops.
LEAST_FREE_BYTES = 64 * 2**20

# The rows do not fit into this memory, so that PostgreSQL writes 1.4 MB into a temporary file beside the tables, which
# ends with the statement. A test table would leave rows in the catalogue, and the application's role may create none.
_LITTLE_MEMORY = "SET LOCAL work_mem = '64kB'"
_SPILL = "SELECT count(*), current_setting('transaction_read_only') AS read_only FROM generate_series(1, 100000)"


class FreeSpace:
    """The state of the storage, cached for KEPT_SECONDS. One instance serves the whole process."""

    def __init__(self, home: Path) -> None:
        # Only an embedded PostgreSQL has its files here; otherwise the home may not exist.
        self._files = home / "postgres"
        self._found: Storage = "writable"
        self._at = float("-inf")

    async def found(self) -> Storage:
        """The state that a request which stores data would meet.

        Raises:
            Exception: PostgreSQL does not answer. This result is not cached.
        """
        if monotonic() - self._at >= KEPT_SECONDS:
            self._found = await self._look()
            self._at = monotonic()
        return self._found

    async def _look(self) -> Storage:
        if await asyncio.to_thread(_is_nearly_full, self._files):
            return "full"
        try:
            async with database.transaction():
                await database.execute(_LITTLE_MEMORY)
                row = await database.fetch_one(_SPILL)
        except asyncpg.InsufficientResourcesError:  # its disk is full, or it may not use more of it
            return "full"
        assert row is not None
        return "writable" if row["read_only"] == "off" else "read-only"


def _is_nearly_full(files: Path) -> bool:
    try:
        return shutil.disk_usage(files).free < LEAST_FREE_BYTES
    except OSError:  # the folder is missing, or belongs to another user
        return False
