"""The doors of a real application on a database of its own, for a caller that knows nothing of event loops."""

import asyncio
import itertools
import re
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

from settings import Settings
from tasks import audit_verification
from tasks.verification import verify
from tests.builders import LIMITS, Client, key, operating, serving
from tests.servers import Servers, administer, copy

T = TypeVar("T")

# Far more than anything takes that does not hang, on whatever machine.
STEP_SECONDS = 300

# Values that the model cannot know.
UNFORESEEABLE = {"id", "accessToken", "refreshToken", "expiresAt", "erasedAt"}
MADE_ID = re.compile(r"kist-[0-9a-f]{32}")

_numbers = itertools.count(1)


class Doors:
    """The resources of one example: the application, its database, and a folder for files."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._name = f"machine_{next(_numbers)}"
        self._runner = asyncio.Runner()
        self._closing = AsyncExitStack()
        self._folder = tempfile.TemporaryDirectory(prefix="kist-machine-")
        self.files = Path(self._folder.name)
        self.run(self._open())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do some work in this example's event loop, and not for ever."""
        return self._runner.run(asyncio.wait_for(work, STEP_SECONDS))

    async def _open(self) -> None:
        await copy(self._servers, self._name)
        self.settings = Settings(
            _env_file=None,  # type: ignore[call-arg]  # pydantic-settings takes it
            home=self.files,
            database_url=self._servers.database(self._name),
            database_owner_url=self._servers.owner(self._name),
            redis_url=self._servers.redis_url,
            queue=self._name,
            sandbox=True,
            compiled="compare",
            request_seconds=STEP_SECONDS,
            signing_key=key("s"),
            aadhaar_digest_key=key("d"),
            aadhaar_cipher_key=key("c"),
        ).model_copy(update=dict.fromkeys(LIMITS, 0))
        self.nobody: Client = await self._closing.enter_async_context(serving(self.settings))
        self.operator = await operating(self.nobody)

    async def reopen(self, **policy: object) -> None:
        """Start the application again, under another policy of the lender; sessions go on."""
        await self._closing.aclose()
        self.settings = self.settings.model_copy(update=policy)
        self.nobody = await self._closing.enter_async_context(serving(self.settings))
        self.operator = self.nobody.signed_in(self.operator.token)

    def close(self) -> list[str]:
        """Close everything; what `./kist verify` had to say before, of the book and of the audit log."""
        try:
            found = [str(one) for one in self.run(verify())]
            log = self.run(audit_verification.verify())
            found += log.faults
            if log.unknown:
                found.append(f"{log.unknown} movements of money that only the database noted")
            self.run(self._closing.aclose())
            self.run(administer(self._servers, f"DROP DATABASE {self._name} WITH (FORCE)"))
        finally:
            self._runner.close()
            self._folder.cleanup()
        return found

    async def post(self, token: str, query: str, **variables: object) -> Any:
        """The whole answer to a client with this token; the operator has that name."""
        client = self.operator if token == "operator" else self.nobody.signed_in(token)
        return await client.post(query, **variables)


def foreseeable(answer: Any) -> Any:
    """The part of an answer that the model predicts: all of it except ids, tokens and moments."""
    if isinstance(answer, dict) and "errors" in answer:
        return {"error": " ".join(sorted({error["extensions"]["code"] for error in answer["errors"]}))}
    if isinstance(answer, dict) and "data" in answer:
        (field,) = answer["data"].values()
        answer = field if isinstance(field, dict) else {"answer": field}
    if isinstance(answer, dict) and answer.get("__typename") == "Refusal":
        return {"codes": sorted(problem["code"] for problem in answer["problems"])}
    return _foreseeable(answer)


def _foreseeable(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _foreseeable(inner) for name, inner in value.items() if name not in UNFORESEEABLE}
    if isinstance(value, list):
        return [_foreseeable(inner) for inner in value]
    return None if isinstance(value, str) and MADE_ID.fullmatch(value) else value


def field_of(answer: Any) -> Any:
    """The one field that was answered."""
    (field,) = answer["data"].values()
    return field
