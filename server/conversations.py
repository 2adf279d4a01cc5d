"""GraphQL over a WebSocket: what is no message ends it, with a reason, and so many operations go on in it at once."""

from collections.abc import AsyncGenerator
from typing import Any

from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import NonJsonMessageReceived
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler

from resolvers.context import RequestContext
from resolvers.errors import too_many_at_once
from server.documents import DocumentError

# A page has a few; each operation is a request, and requests by HTTP are one after the other on a connection.
MOST_AT_ONCE = 50
# A client says at once who it is. Who says nothing keeps no socket open.
INIT_SECONDS = 10


class Conversation(ASGIWebSocketAdapter):
    """The messages of one WebSocket."""

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        async for message in super().iter_json(ignore_parsing_errors=ignore_parsing_errors):
            if not _is_message(message):
                raise NonJsonMessageReceived
            if message["type"] != "subscribe" or await self._found(message):  # type: ignore[index]
                yield message

    async def _found(self, message: Any) -> bool:
        """Put the query where a name stands for it; where there is none, say so under the operation's id."""
        payload, documents = message["payload"], self.view.documents  # type: ignore[attr-defined]
        try:
            named = payload.get("documentId"), payload.get("extensions")
            payload["operationName"] = payload.get("operationName") or None
            payload["query"] = await documents.query(payload.get("query"), *named)
            await documents.keep(payload["query"], payload.get("extensions"))
        except DocumentError as error:
            errors = [{"message": str(error), "extensions": {"code": error.code}}]
            await self.send_json({"id": message["id"], "type": "error", "payload": errors})
            return False
        if payload["query"] is None:
            raise NonJsonMessageReceived
        return True


class Operations(BaseGraphQLTransportWSHandler[RequestContext, None]):
    """What goes on in one WebSocket."""

    async def handle_subscribe(self, message: Any) -> None:
        if self.connection_acknowledged and len(self.operations) >= MOST_AT_ONCE:
            error = too_many_at_once(f"{MOST_AT_ONCE} operations go on in this connection already.")
            await self.send_message({"id": message["id"], "type": "error", "payload": [error.formatted]})
        else:
            await super().handle_subscribe(message)


def _is_message(value: object) -> bool:
    """Whether a value is a message of graphql-transport-ws, as far as the library takes its shape for granted."""
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
