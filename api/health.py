"""Two probes: whether this process runs, and whether a load balancer should send requests to it.

A process is ready if PostgreSQL answers, has every migration of this version, and can store data. An unavailable
broker and a late sweep are only reported. The API works without them, and a load balancer would otherwise remove all
nodes at once.
"""

import asyncio
from time import monotonic, time
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import JSONResponse

import telemetry
from api.storage import FreeSpace
from models import database
from settings import ROOT, Settings
from tasks import sweeps

# However many probes arrive, each server is asked once a second.
KEPT_SECONDS = 1
# The sweep runs every minute, and one run may be lost.
LATE_AFTER_SECONDS = 180


class Findings(NamedTuple):
    """The result of one look at the servers; `at` is a time of the monotonic clock."""

    ready: bool
    body: dict[str, object]
    at: float


class Health:
    """The handlers of the two probes. One instance serves the whole process."""

    def __init__(self, settings: Settings) -> None:
        self._known = database.every_migration()
        self._space = FreeSpace((ROOT / settings.home.expanduser()).resolve())
        self._looking: asyncio.Task[Findings] | None = None

    async def live(self, _: Request) -> JSONResponse:
        """Always 200: the process answers."""
        return JSONResponse({"status": "alive"})

    async def ready(self, _: Request) -> JSONResponse:
        """200, or 503 if requests would fail."""
        findings = await self._findings()
        return JSONResponse(findings.body, 200 if findings.ready else 503)

    async def _findings(self) -> Findings:
        looking = self._looking
        if looking is None or (looking.done() and looking.result().at + KEPT_SECONDS < monotonic()):
            looking = self._looking = asyncio.create_task(self._look())
        # Several probes wait for one look: a probe that disconnects must not cancel it for the others.
        return await asyncio.shield(looking)

    async def _look(self) -> Findings:
        migrations, storage, swept_at = await asyncio.gather(
            telemetry.probe("database", self._migrations),
            telemetry.probe("storage", self._space.found),
            telemetry.probe("broker", sweeps.swept_at),
        )
        ready = migrations == "current" and storage == "writable"
        body: dict[str, object] = {
            "status": "ready" if ready else "not ready",
            "database": "away" if migrations is None else "there",
            "migrations": migrations or "unknown",
            "storage": storage or "unknown",
            "broker": "away" if swept_at is None else "there",
            "schedule": "unknown",
        }
        if swept_at:
            lag = max(round(time() - swept_at), 0)
            body |= {"schedule": "late" if lag > LATE_AFTER_SECONDS else "on time", "scheduleLagSeconds": lag}
        return Findings(ready, body, monotonic())

    async def _migrations(self) -> str:
        # This takes a connection of the pool: if none is free in time, requests get none either.
        async with database.connection() as connection:
            missing = len(self._known - await database.applied_migrations(connection))
        return f"{missing} missing" if missing else "current"
