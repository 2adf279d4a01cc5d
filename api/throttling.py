"""A request is paid for before anything of it is read, and WebSockets are counted: too much is refused with 429."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import telemetry
from api.refusals import error_response
from api.requests import LONGEST_BODY
from auth.budgets import Budgets, RequestBudget
from resolvers.context import bearer
from rules import budgets as rules
from rules.networks import is_private, network
from schema.errors import too_many
from settings import Settings

logger = logging.getLogger("kist.api")

# In one process; each takes some 50 kB.
MOST_SOCKETS = 2_000
_SOCKET_SECONDS = 10

# A load balancer's question costs nothing: its answer decides whether this process gets requests.
_FREE = "/health/"
_API = ("/graphql", "/api/")


class Throttling:
    """Gives each request the budget that it is paid from, as the `purse` of its scope."""

    def __init__(self, app: ASGIApp, settings: Settings, budgets: Budgets) -> None:
        self.app = app
        self._settings = settings
        self._budgets = budgets
        self._sockets: Counter[str] = Counter()
        self._has_warned = bool(settings.trusted_proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope["path"].startswith(_FREE):
            await self.app(scope, receive, send)
            return
        authorization, length, address = None, None, scope["client"][0] if scope.get("client") else ""
        for name, value in scope["headers"]:
            if name == b"authorization":
                authorization = value.decode("latin-1")
            elif name == b"content-length" and value.isdigit():
                length = min(int(value), LONGEST_BODY)  # more is not read
            elif name == b"x-forwarded-for" and not self._has_warned:
                self._warn(address)
        claims = bearer(self._settings, authorization)
        purse = scope["purse"] = RequestBudget(self._budgets, self._budgets.payer(claims, address), claims)
        if seconds := purse.late(rules.REQUEST + (length or 0) // rules.BODY_BYTES_PER_UNIT):
            no = _no(too_many(seconds), "TOO_MANY_REQUESTS", scope["path"], seconds)
            await no(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._opened(scope, receive, send, network(address))
        elif scope["path"].startswith(_API):
            received = receive if length is not None else _paying_for_chunks(receive, purse)
            await self.app(scope, received, _paying_for_the_answer(send, purse))
        else:
            await self.app(scope, receive, send)

    async def _opened(self, scope: Scope, receive: Receive, send: Send, place: str) -> None:
        most = self._settings.sockets_per_address or MOST_SOCKETS
        if self._sockets[place] >= most or self._sockets.total() >= MOST_SOCKETS:
            reason = "Too many WebSockets are open. Close one first, or try again later."
            await _no(reason, "TOO_MANY_AT_ONCE", scope["path"], _SOCKET_SECONDS)(scope, receive, send)
            return
        with self._counted(place):
            await self.app(scope, _paying_for_messages(receive, scope["purse"]), send)

    @contextmanager
    def _counted(self, place: str) -> Iterator[None]:
        self._sockets[place] += 1
        try:
            yield
        finally:
            self._sockets[place] -= 1
            if not self._sockets[place]:
                del self._sockets[place]

    def _warn(self, address: str) -> None:
        """Say once that a proxy seems to hide where requests come from."""
        if is_private(address):
            self._has_warned = True
            logger.warning(
                "requests come from %s with X-Forwarded-For, which is not trusted: all clients of that proxy share the"
                " limits of one address. Set KIST_TRUSTED_PROXIES=%s if it is your proxy.",
                address,
                address,
            )


def _no(reason: str, code: str, path: str, seconds: int) -> JSONResponse:
    for listener in telemetry.listeners:
        listener.failed(code)
    return error_response(429, reason, code=code, path=path, Retry_After=str(seconds))


def _paying_for_chunks(receive: Receive, purse: RequestBudget) -> Receive:
    """`receive` for a body whose length is not known beforehand."""

    async def receive_some() -> Message:
        message = await receive()
        purse.charge(len(message.get("body", b"")) // rules.BODY_BYTES_PER_UNIT)
        return message

    return receive_some


def _paying_for_the_answer(send: Send, purse: RequestBudget) -> Send:
    async def send_some(message: Message) -> None:
        if units := len(message.get("body", b"")) // rules.ANSWER_BYTES_PER_UNIT:
            purse.charge(units)
        await send(message)

    return send_some


def _paying_for_messages(receive: Receive, purse: RequestBudget) -> Receive:
    """`receive` for a WebSocket: while nothing is left its messages wait, and so does the client that sends more."""

    async def receive_one() -> Message:
        message = await receive()
        if message["type"] == "websocket.receive":
            sent = message.get("text") or message.get("bytes") or ""
            while seconds := purse.late(rules.REQUEST + len(sent) // rules.BODY_BYTES_PER_UNIT):  # noqa: ASYNC110 — for time
                await asyncio.sleep(min(seconds, 1))
        return message

    return receive_one
