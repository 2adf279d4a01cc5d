"""Whether this process lives, and whether requests should be sent to it.

Ready is who can serve: a database that answers, with every migration that we know, and room to write. A broker that is
away and a late sweep are reported, and take no process out of a load balancer: the API serves without them, and
every one of its nodes would go at once.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from time import monotonic, time
from typing import NamedTuple, TypeVar

import asyncpg
from starlette.requests import Request
from starlette.responses import JSONResponse

from api.storage import FreeSpace
from models import database
from settings import ROOT, Settings
from tasks import sweeps

T = TypeVar("T")

logger = logging.getLogger("kist.api")

# A probe that takes longer has its answer: no.
ANSWER_SECONDS = 2
# However many ask, the servers are asked once a second.
KEPT_SECONDS = 1
# The sweep comes every minute, and one may be lost.
LATE_AFTER_SECONDS = 180


class Findings(NamedTuple):
    """What was found out, at a time of the monotonic clock."""

    ready: bool
    said: dict[str, object]
    at: float


class Health:
    """The two answers. One instance serves the whole process."""

    def __init__(self, settings: Settings) -> None:
        self._ours = database.every_migration()
        self._room = FreeSpace((ROOT / settings.home.expanduser()).resolve())
        self._looking: asyncio.Task[Findings] | None = None

    async def live(self, _: Request) -> JSONResponse:
        """200, by a process that answers at all."""
        return JSONResponse({"status": "alive"})

    async def ready(self, _: Request) -> JSONResponse:
        """200, or 503 where requests would fail."""
        findings = await self._findings()
        return JSONResponse(findings.said, 200 if findings.ready else 503)

    async def _findings(self) -> Findings:
        looking = self._looking
        if looking is None or (looking.done() and looking.result().at + KEPT_SECONDS < monotonic()):
            looking = self._looking = asyncio.create_task(self._look())
        # Whoever asks may go away meanwhile: the others wait for the same answer.
        return await asyncio.shield(looking)

    async def _look(self) -> Findings:
        migrations, storage, swept_at = await asyncio.gather(
            answer("database", self._migrations),
            answer("storage", self._room.found),
            answer("broker", sweeps.swept_at),
        )
        ready = migrations == "current" and storage == "writable"
        said: dict[str, object] = {
            "status": "ready" if ready else "not ready",
            "database": "away" if migrations is None else "there",
            "migrations": migrations or "unknown",
            "storage": storage or "unknown",
            "broker": "away" if swept_at is None else "there",
            "schedule": "unknown",
        }
        if swept_at:
            lag = max(round(time() - swept_at), 0)
            said |= {"schedule": "late" if lag > LATE_AFTER_SECONDS else "on time", "scheduleLagSeconds": lag}
        return Findings(ready, said, monotonic())

    async def _migrations(self) -> str:
        # On a connection of the pool: where none comes free in time, requests get none either.
        try:
            applied = {row["version"] for row in await database.fetch("SELECT version FROM aerich")}
        except asyncpg.UndefinedTableError:
            applied = set()
        missing = len(self._ours - applied)
        return f"{missing} missing" if missing else "current"


async def answer(server: str, ask: Callable[[], Awaitable[T]]) -> T | None:
    """What a server says, or None: why not is for the log, because it may name the server."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await ask()
    except Exception as error:
        # Whatever it is, and the client of a database has many words for it.
        logger.debug("the %s does not answer: %s", server, str(error) or type(error).__name__)
        return None
