"""The API as a separate process, which tests kill, terminate and restart on the same port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any, NamedTuple

import asyncpg
import httpx

from models import business_date, database
from ops.commands.child_processes import environment
from settings import Settings
from tests.builders import LIMITS, TODAY, Client, lent, registered
from tests.running import free_port, start, until
from tests.servers import as_superuser

# Longer than the API's own limit of 30 seconds, because the machine may be busy.
ANSWER_SECONDS = 40

# So few that a test can use all of them, and more than one.
CONNECTIONS = 4


class Api:
    """A `kist api`. One log contains the output of all its runs."""

    def __init__(self, settings: Settings, *, fresh: bool = False) -> None:
        self._fresh = fresh
        self.settings = settings.model_copy(update={"port": free_port(), "database_connections": CONNECTIONS})
        self.address = f"http://127.0.0.1:{self.settings.port}"
        self._log = settings.home / "api.log"

    async def start(self) -> None:
        """Start the process, and wait for its first answer."""
        variables = {**environment(self.settings), "KIST_QUEUE": self.settings.queue}
        variables["KIST_DATABASE_CONNECTIONS"] = str(CONNECTIONS)
        for name in ("compiled", "request_seconds", "api_processes", "metrics_port", *LIMITS):
            variables[f"KIST_{name.upper()}"] = str(getattr(self.settings, name))
        self._launch(variables)
        await until(self._answers)

    def _launch(self, variables: dict[str, str]) -> None:
        with self._log.open("ab") as log:
            options: dict[str, Any] = {"stdout": log, "stderr": log, "cwd": self.settings.home, "fresh": self._fresh}
            self.process = start("api", env=variables, start_new_session=True, **options)

    async def _answers(self) -> bool:
        assert self.process.poll() is None, self.said()
        # The requests cost nothing, because the process shares a processor with its clients.
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.settings.port)
        except ConnectionRefusedError:
            return False
        with closing(writer):
            writer.write(b"GET /graphql?query=%7BbusinessDate%7D HTTP/1.0\r\n\r\n")
            return b" 200 " in await reader.readline()

    @asynccontextmanager
    async def door(self, token: str = "") -> AsyncIterator[Client]:
        """A client with connections of its own."""
        # The address is plain HTTP: loading the root certificates would take longer than the request.
        async with httpx.AsyncClient(base_url=self.address, timeout=ANSWER_SECONDS, verify=False) as http:
            yield Client(http, token)

    async def ended(self) -> int:
        """Wait for the end of the process. Returns its exit code."""
        return await asyncio.to_thread(self.process.wait, ANSWER_SECONDS)

    async def backends(self) -> set[int]:
        """The ids of PostgreSQL's processes that serve it."""
        found = await database.fetch(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'kist'"
        )
        return {row["pid"] for row in found}

    def said(self) -> str:
        return self._log.read_text()


class Place(NamedTuple):
    """A running API, a borrower with a loan, and a way to its database under another name."""

    api: Api
    beside: Settings
    token: str
    loan_ids: list[str]


@asynccontextmanager
async def lending(settings: Settings, loans: int = 3) -> AsyncIterator[Place]:
    """An API, and a borrower with some loans of 50,000."""
    api = Api(settings)
    beside = settings.model_copy(update={"database_url": f"{settings.database_url}&application_name=test"})
    async with database.connected(beside.database_url):
        await business_date.begin(TODAY)
        try:
            await api.start()
            async with api.door() as nobody:
                borrower = await registered(nobody)
                loan_ids = [await lent(borrower) for _ in range(loans)]
            yield Place(api, beside, borrower.token, loan_ids)
        finally:
            api.process.kill()
            api.process.wait()


@asynccontextmanager
async def apart(place: Place) -> AsyncIterator[asyncpg.Connection]:
    """A connection outside every pool."""
    connection = await asyncpg.connect(**database.arguments(f"{as_superuser(place.beside)}&application_name=test"))
    try:
        yield connection
    finally:
        # Not close(), which would wait for a running statement.
        connection.terminate()
