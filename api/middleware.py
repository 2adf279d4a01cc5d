"""Every answer has a request id and security headers, and every refusal is JSON, whichever part of the API made it."""

import asyncio
import logging
import re
from collections.abc import Collection
from time import perf_counter
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.status import WS_1008_POLICY_VIOLATION
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import telemetry
from api.json_answers import JsonResponse
from api.refusals import PATH_NOT_FOUND, SAFE, error_response
from resolvers import subscriptions
from rules import aadhaar
from schema.errors import UNAVAILABLE
from telemetry import RequestSummary, request_id, request_summary

logger = logging.getLogger("kist.api")

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_METHODS = {"GET", "HEAD", "POST", "OPTIONS", "WEBSOCKET"}
# Metrics count all paths below one of these together, under its name.
_FOLDERS = {"/app", "/assets"}
# A log line cuts longer paths, because clients choose their length.
_LONGEST_PATH = 200
_A_YEAR = 365 * 24 * 3600

# The messages that start an answer. The last one refuses a WebSocket before it is opened.
_BEGINNINGS = {"http.response.start", "websocket.accept", "websocket.http.response.start"}


class CrossOrigin(CORSMiddleware):
    """Starlette's CORS middleware, whose refusal of a preflight is JSON instead of plain text."""

    def preflight_response(self, request_headers: Headers) -> Response:
        response = super().preflight_response(request_headers)
        if response.status_code < 400:
            return response
        refusal = error_response(response.status_code, bytes(response.body).decode(), code="FORBIDDEN")
        refusal.headers["Vary"] = response.headers["Vary"]
        return refusal


class RequestIds:
    """Gives every request an id, or keeps the client's, and puts it into the answer and all log lines."""

    def __init__(self, app: ASGIApp, *, paths: Collection[str]) -> None:
        """Name `paths` in metrics; requests for other paths are counted together."""
        self.app = app
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"").decode("latin-1")
        # The id is passed on to logs and jobs, where no Aadhaar number may be.
        name = given if _REQUEST_ID.fullmatch(given) and aadhaar.hidden(given) == given else uuid4().hex
        status, started, about = 0, perf_counter(), RequestSummary()

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] in _BEGINNINGS:
                # `websocket.accept` has no status; an opened WebSocket is logged with 101.
                status = message.get("status", 101)
                MutableHeaders(scope=message)["X-Request-Id"] = name
            await send(message)

        tokens = request_id.set(name), request_summary.set(about)
        try:
            await self.app(scope, receive, send_named)
        finally:
            seconds = perf_counter() - started
            for listener in telemetry.listeners:
                listener.request_finished(*_labels(scope, self._paths), status, seconds)
            _log(scope, status, seconds, about)
            request_id.reset(tokens[0])
            request_summary.reset(tokens[1])


def _labels(scope: Scope, paths: Collection[str]) -> tuple[str, str]:
    """The method and path as metrics name them. Unknown ones become "other": clients can invent any number."""
    method, path = scope.get("method", "WEBSOCKET"), scope["path"]
    folder = "/" + path[1:].partition("/")[0]
    # REST paths end with a slash, which clients may omit.
    known = next((one for one in (path, f"{path}/") if one in paths), folder if folder in _FOLDERS else "other")
    return method if method in _METHODS else "other", known


def _log(scope: Scope, status: int, seconds: float, about: RequestSummary) -> None:
    """Log a finished request: its method, path, status, time, fields and account, and no value that it sent."""
    method, path = scope.get("method", "WEBSOCKET"), scope["path"]
    level = logging.DEBUG if path.startswith(("/health/", "/assets/")) else logging.INFO
    if not logger.isEnabledFor(level):
        return
    if path != "/graphql":
        # An unescaped line break in a path would let a client forge log lines.
        path = aadhaar.hidden(path[: 2 * _LONGEST_PATH]).encode("unicode_escape").decode()[:_LONGEST_PATH]
    fields = " ".join(about.fields)
    extra = {"method": method, "path": path, "status": status, "milliseconds": round(seconds * 1000, 1)}
    if fields:
        extra["fields"] = fields
    if about.account:
        extra["account"] = about.account
    by = f" by {about.account}" if about.account else ""
    text = "%s %s %d after %.0f ms: %s%s"
    values = method, path, status, seconds * 1000, fields or "-", by
    # Not `logger.log`, which searches the stack for its caller: no line names the caller.
    logger.handle(logger.makeRecord(logger.name, level, "", 0, text, values, None, extra=extra))


class SecurityHeaders:
    """Adds the security headers to every answer, and answers 500 for an unexpected exception."""

    def __init__(self, app: ASGIApp, *, strict_transport: bool) -> None:
        self.app = app
        named = dict(SAFE)
        if strict_transport:
            named["Strict-Transport-Security"] = f"max-age={_A_YEAR}; includeSubDomains"
        self._headers = [(name.lower().encode(), value.encode()) for name, value in named.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "websocket.close" and not started:
                await _unopened(message)(scope, receive, send_guarded)
                return
            if message["type"] in _BEGINNINGS:
                started = True
                # Not by MutableHeaders, which searches all headers for each of these: a hundredth of a payment.
                given = message.get("headers", ())
                names = {name for name, _ in given}
                message["headers"] = [*given, *(header for header in self._headers if header[0] not in names)]
            await send(message)

        try:
            await self.app(scope, receive, send_guarded)
        except asyncio.CancelledError:
            if started or not subscriptions.is_ending():
                raise
            # In a shutdown only uvicorn cancels this task, after DRAIN_SECONDS: the client still waits for an answer.
            logger.warning("request %s was stopped: the server is shutting down", request_id.get())
            refusal = error_response(503, UNAVAILABLE, code="UNAVAILABLE", path=scope["path"], Retry_After="1")
            await refusal(scope, receive, send_guarded)
        except Exception:
            logger.exception("request %s failed", request_id.get())
            if started or scope["type"] == "websocket":
                raise
            reason = f"Something went wrong on our side. Request id: {request_id.get()}"
            refusal = error_response(500, reason, code="INTERNAL_SERVER_ERROR", path=scope["path"])
            await refusal(scope, receive, send_guarded)


def _unopened(close: Message) -> JsonResponse:
    """The answer to a WebSocket that is closed before it is opened: its path is unknown, or its origin not allowed."""
    if close.get("code") == WS_1008_POLICY_VIOLATION:
        return error_response(403, "WebSockets are not allowed from this origin.", code="FORBIDDEN")
    return error_response(404, PATH_NOT_FOUND, code="NOT_FOUND")
