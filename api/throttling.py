"""Each request is charged to a budget before its body is read, and WebSockets are counted; an excess gets 429."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp, Message, Receive, Scope, Send

import telemetry
from api.json_answers import JsonResponse
from api.refusals import error_response
from api.requests import LONGEST_BODY
from auth.budgets import Budgets, RequestBudget
from resolvers.viewer import bearer
from rules import budgets as rules
from rules.networks import is_private, network
from schema.errors import too_many
from settings import Settings

logger = logging.getLogger("kist.api")

# WebSockets of one process. Each takes some 50 kB, so that all take 100 MB.
MOST_SOCKETS = 2_000
# The Retry-After of a refused WebSocket.
_SOCKET_SECONDS = 10

# Probes are free: their answers decide whether this process gets requests.
_FREE = "/health/"
_API = ("/graphql", "/api/")


class Throttling:
    """Charges each request to the budget of its account or network, which joins the scope as `budget`."""

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
                length = min(int(value), LONGEST_BODY)  # the API does not read more
            elif name == b"x-forwarded-for" and not self._has_warned:
                self._warn(address)
        claims = bearer(self._settings, authorization)
        budget = scope["budget"] = RequestBudget(self._budgets, self._budgets.payer(claims, address), claims)
        if seconds := budget.try_pay(rules.REQUEST + (length or 0) // rules.BODY_BYTES_PER_UNIT):
            refusal = _refusal(too_many(seconds), "TOO_MANY_REQUESTS", scope["path"], seconds)
            await refusal(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._open(scope, receive, send, network(address))
        elif scope["path"].startswith(_API):
            receive = receive if length is not None else _charging_chunks(receive, budget)
            await self.app(scope, receive, _charging_answer(send, budget))
        else:
            await self.app(scope, receive, send)

    async def _open(self, scope: Scope, receive: Receive, send: Send, origin: str) -> None:
        most = self._settings.sockets_per_address or MOST_SOCKETS
        if self._sockets[origin] >= most or self._sockets.total() >= MOST_SOCKETS:
            reason = "Too many WebSockets are open. Close one first, or try again later."
            await _refusal(reason, "TOO_MANY_AT_ONCE", scope["path"], _SOCKET_SECONDS)(scope, receive, send)
            return
        with self._counted(origin):
            await self.app(scope, _charging_messages(receive, scope["budget"]), send)

    @contextmanager
    def _counted(self, origin: str) -> Iterator[None]:
        self._sockets[origin] += 1
        try:
            yield
        finally:
            self._sockets[origin] -= 1
            if not self._sockets[origin]:
                del self._sockets[origin]

    def _warn(self, address: str) -> None:
        """Log once that an untrusted proxy hides the addresses of clients."""
        if is_private(address):
            self._has_warned = True
            logger.warning(
                "requests come from %s with X-Forwarded-For, which is not trusted: all clients of that proxy share the"
                " limits of one address. Set KIST_TRUSTED_PROXIES=%s if it is your proxy.",
                address,
                address,
            )


def _refusal(reason: str, code: str, path: str, seconds: int) -> JsonResponse:
    for listener in telemetry.listeners:
        listener.failed(code)
    return error_response(429, reason, code=code, path=path, Retry_After=str(seconds))


def _charging_chunks(receive: Receive, budget: RequestBudget) -> Receive:
    """`receive` for a body without Content-Length: each chunk is charged as it arrives."""

    async def receive_some() -> Message:
        message = await receive()
        budget.charge(len(message.get("body", b"")) // rules.BODY_BYTES_PER_UNIT)
        return message

    return receive_some


def _charging_answer(send: Send, budget: RequestBudget) -> Send:
    async def send_some(message: Message) -> None:
        if units := len(message.get("body", b"")) // rules.ANSWER_BYTES_PER_UNIT:
            budget.charge(units)
        await send(message)

    return send_some


def _charging_messages(receive: Receive, budget: RequestBudget) -> Receive:
    """`receive` for a WebSocket: while the budget is empty, its messages wait, which slows the client down."""

    async def receive_one() -> Message:
        message = await receive()
        if message["type"] == "websocket.receive":
            sent = message.get("text") or message.get("bytes") or ""
            while seconds := budget.try_pay(rules.REQUEST + len(sent) // rules.BODY_BYTES_PER_UNIT):  # noqa: ASYNC110 — for time
                await asyncio.sleep(min(seconds, 1))
        return message

    return receive_one
