"""A client may send a query's hash instead of its text, if the lender stored the query or a client sent it before."""

import asyncio
import hashlib
import json
import logging
import re
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from graphql import GraphQLError, validate
from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.graphql import query_cache
from api.graphql.parsing import parsed
from api.graphql.root import schema
from api.graphql.weighted_cache import WeightedCache
from broker.connection import connected
from rules import aadhaar
from settings import Settings, SettingsError

logger = logging.getLogger("kist.api")

# Front ends send a forgotten query again in full, so that a short life costs little. Valkey's memory is for jobs first.
KEPT_SECONDS = 7 * 24 * 3600
# 1,000 texts of at most 10,000 bytes are 10 MB in Valkey. Each process keeps 2 MB of them.
MOST_KEPT = 1_000
MOST_BYTES_IN_PROCESS = 2_000_000
LONGEST_KEPT = 10_000
# A client can send the query again in less time than this. After a failure, requests do not ask Valkey for a while.
_ANSWER_SECONDS = 0.5
_AWAY_SECONDS = 5.0

# Room for 2,000 tokens, the most that a query may have, of 50 characters each.
LONGEST_TEXT = 100_000

_HASH = re.compile(r"[0-9a-f]{64}")


class PersistedQueryError(Exception):
    """The query does not exist, or may not be run. The message is for the client."""

    def __init__(self, message: str, code: str = "BAD_USER_INPUT", *, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.status = code, status


class PersistedQueries:
    """The persisted queries of one process: the lender's, or those in Valkey and in memory."""

    def __init__(self, settings: Settings) -> None:
        """Read the stored documents, if the settings name a folder.

        Raises:
            SettingsError: the folder cannot be read, or a document is invalid for the schema.
        """
        self._settings = settings
        self._trusted = _stored(settings.trusted_documents) if settings.trusted_documents else None
        self._recent: WeightedCache[str] = WeightedCache(MOST_BYTES_IN_PROCESS, LONGEST_KEPT)
        self._client: Redis | None = None
        self._away_until = 0.0

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Share queries with the other processes through Valkey while the block runs."""
        if self._trusted is not None:
            yield
            return
        names = f"{self._settings.queue}:documents"
        async with connected(self._settings.require_redis(), names, answer_seconds=_ANSWER_SECONDS) as client:
            self._client = client
            try:
                yield
            finally:
                self._client = None

    async def query(self, sent: str | None, document_id: object, extensions: object) -> str | None:
        """The text to run for a request's query, documentId or `extensions.persistedQuery.sha256Hash`.

        Raises:
            PersistedQueryError: no such query is known, or the request names it wrongly.
        """
        if sent is not None and len(sent) > LONGEST_TEXT:
            raise PersistedQueryError(f"A query must not exceed {LONGEST_TEXT} characters.")
        name = _name(document_id, extensions)
        if self._trusted is not None:
            return self._trusted_one(sent, name)
        if name is None:
            return sent
        if not _HASH.fullmatch(name):
            raise PersistedQueryError("The persisted query was not found.", "PERSISTED_QUERY_NOT_FOUND")
        if sent is None:
            return await self._found(name)
        if not _is_named(sent, name):
            raise PersistedQueryError("The sha256Hash does not match the query.")
        return sent

    def _trusted_one(self, sent: str | None, name: str | None) -> str:
        assert self._trusted is not None
        if sent is not None:
            name = hashlib.sha256(sent.encode()).hexdigest()
        text = self._trusted.get(name or "")
        if text is None:
            raise PersistedQueryError("This server runs stored operations only.", "PERSISTED_QUERY_NOT_FOUND")
        return text

    async def _found(self, name: str) -> str:
        text = self._recent.get(name)
        if text is None or not _is_named(text, name):
            text = await self._read(name)
        if text is None:
            # Apollo's protocol fixes this message and status: clients look for them and then send the query in full.
            raise PersistedQueryError("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND", status=200)
        return text

    async def _read(self, name: str) -> str | None:
        """Valkey's text under a hash, or None. The hash is verified, because other programs may write to Valkey."""
        texts, ages = self._keys()
        found = await self._run(lambda client: client.hget(texts, name))
        if found is None:
            return None
        text: str = found.decode("utf-8", "replace")
        if _is_named(text, name):
            self._recent.put(name, text, len(found))
            return text
        logger.warning("Valkey had a query under the SHA-256 of another one, %s: it was deleted and not run", name)

        async def drop(client: Redis) -> None:
            await client.hdel(texts, name)
            await client.zrem(ages, name)

        await self._run(drop)
        return None

    async def keep(self, text: str | None, extensions: object) -> None:
        """Keep a text that was sent with its hash, for clients that will send the hash alone.

        Only a text that this process has validated is kept: any other would be refused each time.
        """
        if text is None or self._trusted is not None or not query_cache.is_known(text):
            return
        with suppress(PersistedQueryError):  # a request with a documentId may have an invalid hash, which is unused
            name = _name(None, extensions)
            if name and name not in self._recent and _is_named(text, name):
                await self._share(name, text)

    async def _share(self, name: str, text: str) -> None:
        weight = len(text.encode())
        # A text with an Aadhaar number in it must not reach Valkey.
        if weight > LONGEST_KEPT or aadhaar.hidden(text) != text:
            return
        self._recent.put(name, text, weight)
        texts, ages = self._keys()

        async def store(client: Redis) -> None:
            pipe = client.pipeline()
            pipe.hset(texts, name, text)
            pipe.zadd(ages, {name: time.time()})
            pipe.zcard(ages)
            pipe.expire(texts, KEPT_SECONDS)
            pipe.expire(ages, KEPT_SECONDS)
            excess = (await pipe.execute())[2] - MOST_KEPT
            if excess > 0:
                oldest = [pair[0] for pair in await client.zpopmin(ages, excess)]
                await client.hdel(texts, *oldest)

        await self._run(store)

    def _keys(self) -> tuple[str, str]:
        # The braces are a hash tag: a cluster keeps both keys in one slot.
        return f"{{{self._settings.queue}:documents}}:texts", f"{{{self._settings.queue}:documents}}:ages"

    async def _run(self, command: Any) -> Any:
        """Valkey's answer to a command; None if it has no value or does not answer."""
        if self._client is None or time.monotonic() < self._away_until:
            return None
        answer: Awaitable[Any] = command(self._client)
        try:
            return await asyncio.wait_for(answer, _ANSWER_SECONDS)
        except (RedisError, OSError, TimeoutError) as error:
            self._away_until = time.monotonic() + _AWAY_SECONDS
            logger.warning(
                "Valkey does not answer, persisted queries are kept in this process only: %s",
                str(error) or type(error).__name__,
            )
            return None


def _is_named(text: str, name: str) -> bool:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() == name


def _name(document_id: object, extensions: object) -> str | None:
    """The id or hash by which a request names its query, or None.

    Raises:
        PersistedQueryError: the request names it in an invalid or unsupported form.
    """
    if document_id is not None:
        if not isinstance(document_id, str):
            raise PersistedQueryError("documentId must be a string.")
        return document_id.removeprefix("sha256:")
    persisted = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    if persisted is None:
        return None
    if not isinstance(persisted, dict) or persisted.get("version") != 1:
        raise PersistedQueryError("Only version 1 of persisted queries is supported.", "PERSISTED_QUERY_NOT_SUPPORTED")
    name = persisted.get("sha256Hash")
    if not isinstance(name, str):
        raise PersistedQueryError("persistedQuery must have a sha256Hash.")
    return name


def _stored(folder: Path) -> dict[str, str]:
    """The stored texts by hash and by id. `NAME.graphql` holds one, `NAME.json` many, as `{"id": "text"}`.

    Raises:
        SettingsError: the folder cannot be read, or a document is invalid for the schema.
    """
    named: list[tuple[Path, str, str]] = []
    try:
        for path in sorted(folder.iterdir()):
            if path.suffix == ".graphql":
                named.append((path, path.stem, path.read_text("utf-8")))
            elif path.suffix == ".json":
                named += ((path, str(name), str(text)) for name, text in json.loads(path.read_text("utf-8")).items())
    except (OSError, ValueError, AttributeError) as error:
        raise SettingsError(f"KIST_TRUSTED_DOCUMENTS cannot be read: {error}") from None
    found: dict[str, str] = {}
    for path, name, text in named:
        try:
            errors = validate(schema.core, parsed(text).document)
        except GraphQLError as error:
            errors = [error]
        if errors:
            raise SettingsError(f"KIST_TRUSTED_DOCUMENTS has an invalid document, {path.name}: {errors[0].message}")
        found[name] = text
        found[hashlib.sha256(text.encode()).hexdigest()] = text
    return found
