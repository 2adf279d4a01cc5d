"""Whether there is room for what requests store: in PostgreSQL, which is tried, and in KIST_HOME, which is measured."""

import asyncio
import shutil
from pathlib import Path
from time import monotonic
from typing import Literal

import asyncpg

from models import database

Storage = Literal["writable", "read-only", "full"]

# However many ask, and whatever they find, PostgreSQL writes for it six times a minute at most.
KEPT_SECONDS = 10
# A segment of PostgreSQL's log has 16 MiB, and a server that cannot begin the next one ends.
LEAST_FREE_BYTES = 64 * 2**20

# What does not fit into this memory goes into a temporary file beside the tables: 1.4 MB, gone with the statement. A
# table of any kind would leave rows in the catalogue, and the application may make none.
_LITTLE_MEMORY = "SET LOCAL work_mem = '64kB'"
_SPILL = "SELECT count(*), current_setting('transaction_read_only') AS read_only FROM generate_series(1, 100000)"


class FreeSpace:
    """One for a process: it keeps what was found for some seconds."""

    def __init__(self, home: Path) -> None:
        # PostgreSQL's files are there only where it is embedded; elsewhere the home may not even exist.
        self._files = home / "postgres"
        self._found: Storage = "writable"
        self._at = float("-inf")

    async def found(self) -> Storage:
        """What a request that stores something would meet.

        Raises:
            Exception: the database does not answer. Nothing is kept then.
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
    except OSError:  # there are none, or they are another account's
        return False
