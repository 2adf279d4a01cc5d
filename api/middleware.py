"""What every answer has, whoever gives it: an id, the headers that keep a browser safe, and JSON where it is a no."""

import asyncio
import logging
import re
from collections.abc import Collection
from time import perf_counter
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse, Response
from starlette.status import WS_1008_POLICY_VIOLATION
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import telemetry
from api.refusals import SAFE, error_response
from resolvers import subscriptions
from rules import aadhaar
from schema.errors import UNAVAILABLE
from telemetry import RequestSummary, request_id, request_summary

logger = logging.getLogger("kist.api")

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_METHODS = {"GET", "HEAD", "POST", "OPTIONS", "WEBSOCKET"}
# Whatever is below them is called like them.
_FOLDERS = {"/app", "/assets"}
_LONGEST_PATH = 200
_A_YEAR = 365 * 24 * 3600

# With these an answer begins; the last is that of a WebSocket which is not opened.
_BEGINNINGS = {"http.response.start", "websocket.accept", "websocket.http.response.start"}


class CrossOrigin(CORSMiddleware):
    """Lets the pages of other origins in; what it says to the others is JSON too."""

    def preflight_response(self, request_headers: Headers) -> Response:
        response = super().preflight_response(request_headers)
        if response.status_code < 400:
            return response
        no = error_response(response.status_code, bytes(response.body).decode(), code="FORBIDDEN")
        no.headers["Vary"] = response.headers["Vary"]
        return no


class RequestIds:
    """Gives every request an id, or keeps the one it came with: in the answer, and in every log line about it."""

    def __init__(self, app: ASGIApp, *, paths: Collection[str]) -> None:
        """`paths` are the paths to tell by name; requests for others are told of together."""
        self.app = app
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"").decode("latin-1")
        # It goes on to logs and jobs: nobody's number does.
        name = given if _REQUEST_ID.fullmatch(given) and aadhaar.hidden(given) == given else uuid4().hex
        status, started, about = 0, perf_counter(), RequestSummary()

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] in _BEGINNINGS:
                # Of a WebSocket, 101 says that it was opened.
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
    """The method and the path of a request, of those that there are: clients may make up as many as they like."""
    method, path = scope.get("method", "WEBSOCKET"), scope["path"]
    folder = "/" + path[1:].partition("/")[0]
    # One that ends with a slash may be asked for without.
    known = next((one for one in (path, f"{path}/") if one in paths), folder if folder in _FOLDERS else "other")
    return method if method in _METHODS else "other", known


def _log(scope: Scope, status: int, seconds: float, about: RequestSummary) -> None:
    """A line about a request that has ended: what an operator looks for, and nothing of what it held."""
    method, path = scope.get("method", "WEBSOCKET"), scope["path"]
    level = logging.DEBUG if path.startswith(("/health/", "/assets/")) else logging.INFO
    if not logger.isEnabledFor(level):
        return
    if path != "/graphql":
        # A line break would look like a line of ours.
        path = aadhaar.hidden(path[: 2 * _LONGEST_PATH]).encode("unicode_escape").decode()[:_LONGEST_PATH]
    fields = " ".join(about.fields)
    extra = {"method": method, "path": path, "status": status, "milliseconds": round(seconds * 1000, 1)}
    if fields:
        extra["fields"] = fields
    if about.account:
        extra["account"] = about.account
    by = f" by {about.account}" if about.account else ""
    logger.log(
        level, "%s %s %d after %.0f ms: %s%s", method, path, status, seconds * 1000, fields or "-", by, extra=extra
    )


class SecurityHeaders:
    """Puts the headers on every answer, and turns what nobody has caught into one."""

    def __init__(self, app: ASGIApp, *, strict_transport: bool) -> None:
        self.app = app
        self._headers = dict(SAFE)
        if strict_transport:
            self._headers["Strict-Transport-Security"] = f"max-age={_A_YEAR}; includeSubDomains"

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
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, send_guarded)
        except asyncio.CancelledError:
            if started or not subscriptions.is_ending():
                raise
            # Nobody wants this task to end but the server, which waited for it as long as it may and now ends itself.
            logger.warning("request %s was stopped: the server is shutting down", request_id.get())
            no = error_response(503, UNAVAILABLE, code="UNAVAILABLE", path=scope["path"], Retry_After="1")
            await no(scope, receive, send_guarded)
        except Exception:
            logger.exception("request %s failed", request_id.get())
            if started or scope["type"] == "websocket":
                raise
            reason = f"Something went wrong on our side. Request id: {request_id.get()}"
            no = error_response(500, reason, code="INTERNAL_SERVER_ERROR", path=scope["path"])
            await no(scope, receive, send_guarded)


def _unopened(close: Message) -> JSONResponse:
    """What is said to a WebSocket that is closed before it was opened: there is none, or not for its page."""
    if close.get("code") == WS_1008_POLICY_VIOLATION:
        return error_response(403, "WebSockets are not allowed from this origin.", code="FORBIDDEN")
    return error_response(404, "Not Found", code="NOT_FOUND")
