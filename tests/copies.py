"""A fresh database for every test, copied from the migrated one while the test before it runs, and dropped later."""

import asyncio
import itertools
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from models import database
from tests.servers import Servers, copied

# One for the next test. A second one serves tests that need two.
READY = 2
# A database is some 300 files in memory; this many cost little until they are dropped.
MOST_DISCARDED = 4
PATIENCE_SECONDS = 60


class Copies:
    """Names of databases that nothing has used yet. Its thread has a loop of its own, because tests hold up theirs."""

    def __init__(self, servers: Servers) -> None:
        self._arguments = database.arguments(servers.superuser_url)
        self._ready: deque[str] = deque()
        self._discarded: deque[str] = deque()
        self._changed = threading.Condition()
        self._failed: BaseException | None = None
        self._is_over = False
        self._thread = threading.Thread(target=self._run, name="copies", daemon=True)
        self._thread.start()

    def take(self) -> str:
        """The name of a fresh database.

        Raises:
            RuntimeError: PostgreSQL has made none in time, or has refused to.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._ready or self._failed, PATIENCE_SECONDS)
            if not self._ready:
                raise RuntimeError("there is no fresh database") from self._failed
            self._changed.notify()
            return self._ready.popleft()

    def give_back(self, name: str) -> None:
        """Have a database dropped, whatever still uses it."""
        with self._changed:
            self._discarded.append(name)
            self._changed.notify()

    def end(self) -> None:
        with self._changed:
            self._is_over = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._work())
        except Exception as error:
            with self._changed:
                self._failed = error
                self._changed.notify_all()

    async def _work(self) -> None:
        numbers = itertools.count(1)
        connection = await asyncpg.connect(**self._arguments)
        try:
            while order := self._next():
                if order == "copy":
                    name = f"test_{next(numbers)}"
                    await connection.execute(copied(name))
                    with self._changed:
                        self._ready.append(name)
                        self._changed.notify_all()
                else:
                    await connection.execute(f"DROP DATABASE IF EXISTS {order} WITH (FORCE)")
        finally:
            await connection.close()

    def _next(self) -> str:
        """The next step: "copy", or the name of a database to drop; empty at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_over or self._discarded or len(self._ready) < READY)
            if self._is_over:
                return ""
            if self._discarded and (len(self._ready) >= READY or len(self._discarded) > MOST_DISCARDED):
                return self._discarded.popleft()
            return "copy"


@contextmanager
def copying(servers: Servers) -> Iterator[Copies]:
    copies = Copies(servers)
    try:
        yield copies
    finally:
        copies.end()
