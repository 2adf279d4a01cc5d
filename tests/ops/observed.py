"""Processes of kist with all their output, and an Aadhaar number that must not be in it."""

import base64
import hashlib
import json
import subprocess
from contextlib import suppress
from typing import Any

import httpx

from ops.commands.child_processes import environment
from settings import Settings
from tests.running import ended, start


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


NUMBER = "567812349012"


SPELT = ("567812349012", "5678 1234 9012", "5678-1234-9012")


ODDLY = ("5678.1234.9012", "x567812349012", "567-812-349-012", "5678/12349012", "5678\u00a01234\u200b9012")


FORMS = [
    *SPELT,
    *ODDLY,
    *(text.encode().hex() for text in SPELT),
    *(base64.b64encode(text.encode()).decode() for text in SPELT),
    NUMBER[:8],
    NUMBER[::-1],
]


class Run:
    """Real processes of kist, and all their answers and logs."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.said: dict[str, str] = {}
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, part: str, **variables: str) -> None:
        with (self.settings.home / f"{part}.log").open("wb") as log:
            self._started.append(
                start(
                    part,
                    env={
                        **environment(self.settings),
                        "KIST_QUEUE": self.settings.queue,
                        "KIST_LOG_LEVEL": "debug",
                        **variables,
                    },
                    cwd=self.settings.home,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )

    async def stop(self) -> None:
        for process in self._started:
            process.terminate()
        for process in self._started:
            await ended(process)

    def kill(self) -> None:
        for process in self._started:
            process.kill()
            process.wait()

    async def post(self, query: str, token: str = "", **variables: Any) -> dict[str, Any]:
        # Front ends send the hash with the text first, and the hash alone later.
        persisted = {"version": 1, "sha256Hash": hashlib.sha256(query.encode()).hexdigest()}
        async with httpx.AsyncClient(timeout=20) as http:
            response = await http.post(
                f"http://127.0.0.1:{self.settings.port}/graphql",
                json={"query": query, "variables": variables, "extensions": {"persistedQuery": persisted}},
                headers={"Authorization": f"Bearer {token}"} if token else {},
            )
        self.said[f"answer {len(self.said)}"] = response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def answers(self) -> bool:
        with suppress(httpx.TransportError):
            return "errors" not in await self.post("{ businessDate }")
        return False
