"""A GraphQL WebSocket is closed for an invalid message or for idleness, and runs a limited number of operations."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from time import monotonic
from typing import Any

from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import NonJsonMessageReceived
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler

from api.graphql.persisted_queries import PersistedQueryError
from resolvers.context import RequestContext
from schema.errors import too_many_at_once

# A page runs a few. Each operation counts as a request, and HTTP/1.1 runs one request at a time on a connection.
MOST_AT_ONCE = 50
# A client sends connection_init at once. A connection without it is closed.
INIT_SECONDS = 10
# A page opens its socket to send an operation. A socket without an account and without operations only takes memory.
IDLE_SECONDS = 60.0
# The protocol's code for a missing connection_init: client libraries connect again when they need to.
_IDLE_CODE = 4408


class WebSocket(ASGIWebSocketAdapter):
    """The messages of one WebSocket."""

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        async for message in super().iter_json(ignore_parsing_errors=ignore_parsing_errors):
            if not _is_message(message):
                raise NonJsonMessageReceived
            if message["type"] != "subscribe" or await self._found(message):  # type: ignore[index]
                yield message

    async def _found(self, message: Any) -> bool:
        """Replace the name of a persisted query by its text; False, after an error message, if there is none."""
        payload, documents = message["payload"], self.view.documents  # type: ignore[attr-defined]
        try:
            named = payload.get("documentId"), payload.get("extensions")
            payload["operationName"] = payload.get("operationName") or None
            payload["query"] = await documents.query(payload.get("query"), *named)
            await documents.keep(payload["query"], payload.get("extensions"))
        except PersistedQueryError as error:
            errors = [{"message": str(error), "extensions": {"code": error.code}}]
            await self.send_json({"id": message["id"], "type": "error", "payload": errors})
            return False
        if payload["query"] is None:
            raise NonJsonMessageReceived
        return True


class Operations(BaseGraphQLTransportWSHandler[RequestContext, None]):
    """The operations of one WebSocket."""

    _idle_since = 0.0

    async def handle(self) -> None:
        closing = asyncio.create_task(self._close_when_idle())
        try:
            await super().handle()
        finally:
            closing.cancel()

    async def _close_when_idle(self) -> None:
        self._idle_since = monotonic()
        while (idle := monotonic() - self._idle_since) < IDLE_SECONDS:
            await asyncio.sleep(max(IDLE_SECONDS - idle, IDLE_SECONDS / 10))
            if self.operations or self.context.is_signed:
                self._idle_since = monotonic()
        with suppress(RuntimeError):  # the socket is closing already
            await self.websocket.close(_IDLE_CODE, f"No operation was sent for {IDLE_SECONDS:g} seconds.")

    async def handle_subscribe(self, message: Any) -> None:
        self._idle_since = monotonic()
        if self.connection_acknowledged and len(self.operations) >= MOST_AT_ONCE:
            error = too_many_at_once(f"This connection has {MOST_AT_ONCE} operations already. Wait until one ends.")
            await self.send_message({"id": message["id"], "type": "error", "payload": [error.formatted]})
        else:
            await super().handle_subscribe(message)


def _is_message(value: object) -> bool:
    """Whether a value has the shape of a graphql-transport-ws message that Strawberry assumes without a check."""
    if not isinstance(value, dict) or not isinstance(value.get("id", ""), str):
        return False
    if value.get("type") != "subscribe":
        return isinstance(value.get("type"), str)
    payload = value.get("payload")
    return (
        "id" in value
        and isinstance(payload, dict)
        and isinstance(payload.get("query"), str | None)
        and isinstance(payload.get("variables"), dict | None)
        and isinstance(payload.get("operationName"), str | None)
    )
