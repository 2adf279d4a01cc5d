"""An application over HTTP, and clients of its subscriptions."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from websockets.asyncio.client import ClientConnection, connect

from tests.builders import REGISTER, Client

SCORE = "subscription { creditScore { creditScore loans { totalCount } } }"


NUMBER = "234123412346"


SECONDS = 10


class Server(NamedTuple):
    address: str
    client: Client

    async def unscored(self) -> tuple[Client, int]:
        """A borrower who has just registered, and their id."""
        person = {"name": "Asha", "email": "a@kist.test", "aadhaarId": NUMBER, "annualIncome": "600000"}
        session = await self.client.ask(REGISTER, input=person)
        return self.client.signed_in(session["accessToken"]), int(session["user"]["id"])


class Socket:
    """The client's end of a graphql-transport-ws connection."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self._ids = itertools.count(1)

    async def begin(self, query: str, **variables: object) -> str:
        name = str(next(self._ids))
        await self.send({"type": "subscribe", "id": name, "payload": {"query": query, "variables": variables}})
        return name

    async def send(self, message: object) -> None:
        await self.connection.send(json.dumps(message))

    async def next(self, name: str) -> Any:
        """The one field of an operation's next result, or the whole message if it is not a result."""
        message = await self.receive()
        while message.get("id") != name:
            message = await self.receive()
        if message["type"] != "next" or "errors" in message["payload"]:
            return message
        (field,) = message["payload"]["data"].values()
        return field

    async def receive(self) -> dict[str, Any]:
        async with asyncio.timeout(SECONDS):
            message: dict[str, Any] = json.loads(await self.connection.recv())
        return message


@contextlib.asynccontextmanager
async def socket(server: Server, token: str | None, path: str = "/graphql") -> AsyncIterator[Socket]:
    address = f"ws://{server.address}{path}"
    async with connect(address, subprotocols=["graphql-transport-ws"]) as connection:  # type: ignore[list-item]
        opened = Socket(connection)
        payload = {} if token is None else {"authorization": f"Bearer {token}"}
        await opened.send({"type": "connection_init", "payload": payload})
        assert (await opened.receive())["type"] == "connection_ack"
        yield opened


@contextlib.asynccontextmanager
async def events(client: Client, query: str, **variables: object) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    """The (event, data) pairs of a subscription over server-sent events."""
    headers = {"Accept": "text/event-stream"} | ({"Authorization": f"Bearer {client.token}"} if client.token else {})
    body = {"query": query, "variables": variables}
    async with client.http.stream("POST", "/graphql", json=body, headers=headers) as response:
        assert response.headers["content-type"].startswith("text/event-stream")

        async def results() -> AsyncIterator[dict[str, Any]]:
            async for line in response.aiter_lines():
                if line.startswith("data:") and line.removeprefix("data:").strip():
                    yield json.loads(line.removeprefix("data:"))

        yield results()
