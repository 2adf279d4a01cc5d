"""The head of a request must be valid, short and prompt; the server refuses any other connection with JSON."""

import asyncio
import json
import re
from typing import Any
from uuid import uuid4

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from api.refusals import SAFE, error_body

# A browser's request line and headers come in one packet of a few kilobytes. uvicorn itself has no limit of time or
# size.
HEAD_SECONDS = 10.0
LONGEST_HEAD = 64_000

# The required parts of a handshake (RFC 6455, 4.2.1).
_HANDSHAKE = {b"": b"GET", b"sec-websocket-version": b"13", b"sec-websocket-key": rb"[A-Za-z0-9+/]{22}=="}


# A name, an IPv4 address, or an IPv6 address in brackets, with an optional port (RFC 9110, 7.2). It may be empty.
_HOST = re.compile(rb"(?:[A-Za-z0-9._~!$&'()*+,;=%-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?")


class HttpProtocol(HttpToolsProtocol):
    """One connection, which limits the time and the size of each request's head.

    The time starts with the connection, and later with the first byte of each request.
    """

    _waiting: asyncio.TimerHandle | None = None
    _length = 0
    _problem = 400, "The request is not valid HTTP."

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        # The first piece of a head is not counted: it may begin with the end of another request.
        within = self._waiting is not None
        super().data_received(data)
        if within and self._waiting is not None:
            self._length += len(data)
            if self._length > LONGEST_HEAD:
                self._refuse(431, f"The headers must not exceed {LONGEST_HEAD} bytes.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._waiting is None:
            self._wait()

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        if len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers) > LONGEST_HEAD:
            self._problem = 431, f"The headers must not exceed {LONGEST_HEAD} bytes."
            raise ValueError("too long")  # the parser stops, and `send_400_response` is called
        if reason := _about_the_host(self.parser.get_http_version(), self.headers):
            self._problem = 400, reason
            raise ValueError("the host")
        super().on_headers_complete()

    def handle_websocket_upgrade(self) -> None:
        asked = {**dict(self.headers), b"": self.scope["method"].encode()}
        # The websockets library would refuse the same handshakes, but in plain text.
        if any(not re.fullmatch(pattern, asked.get(name, b"")) for name, pattern in _HANDSHAKE.items()):
            self._refuse(400, "Open a WebSocket with GET, Sec-WebSocket-Version: 13 and a Sec-WebSocket-Key.")
            return
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        self._refuse(*self._problem)

    def _wait(self) -> None:
        self._length = 0
        self._waiting = self.loop.call_later(HEAD_SECONDS, self._refuse, 408, "The request did not arrive in time.")

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _refuse(self, status: int, reason: str) -> None:
        self._stop_waiting()
        if self.transport.is_closing():
            return
        # If an earlier request on this connection has no complete answer yet, the client would take this one for it.
        cycle = self.cycle
        if cycle is None or cycle.response_complete or (cycle.more_body and not cycle.response_started):
            self.transport.write(_answer(status, reason))
        self.transport.close()


def _about_the_host(version: str, headers: list[tuple[bytes, bytes]]) -> str:
    """The problem of a request's Host headers, if any (RFC 9112, 3.2). With two of them a proxy may read the other."""
    hosts = [value for name, value in headers if name == b"host"]
    if len(hosts) > 1:
        return "Send one Host header."
    if not hosts:
        return "Send a Host header." if version == "1.1" else ""
    return "" if _HOST.fullmatch(hosts[0]) else "The Host header must name a host, with or without a port."


def _answer(status: int, reason: str) -> bytes:
    body = json.dumps(error_body(reason)).encode()
    headers: dict[str, Any] = {
        "Content-Type": "application/json",
        "Content-Length": len(body),
        "Connection": "close",
        "X-Request-Id": uuid4().hex,
        **SAFE,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return STATUS_LINE[status] + lines.encode() + b"\r\n" + body
