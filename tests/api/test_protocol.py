"""Raw bytes on the socket: no request, half of one, too much of one, or nothing at all."""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest

from api import protocol
from settings import Settings
from tests.running import listening

SECONDS = 20
BODY = b'{"query": "{ businessDate }"}'
LINES = b"POST /graphql HTTP/1.1\r\nHost: kist.test\r\nContent-Type: application/json\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
WEBSOCKET = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + b"a" * 22
GOOD = LINES + LENGTH + b"\r\n" + BODY


@pytest.fixture
async def address(settings: Settings) -> AsyncIterator[str]:
    async with listening(settings) as address:
        yield address


async def told(address: str, *pieces: bytes, between: float = 0.0) -> bytes:
    """The whole answer to some pieces, until the server closes the connection, perhaps before it has them all."""
    host, port = address.split(":")
    loop, answer = asyncio.get_running_loop(), b""
    with socket.create_connection((host, int(port))) as connection:
        connection.setblocking(False)
        with suppress(ConnectionError):
            for piece in pieces:
                await loop.sock_sendall(connection, piece)
                await asyncio.sleep(between)
        with suppress(ConnectionError):
            async with asyncio.timeout(SECONDS):
                while more := await loop.sock_recv(connection, 65536):
                    answer += more
    return answer


def read(answer: bytes) -> tuple[int, dict[str, str], Any]:
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    return int(first.split()[1]), headers, json.loads(body)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (LINES + b"Content-Length: -1\r\n\r\n", 400),
        (LINES + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (LINES + b"Authorization: Bearer \x00\r\n\r\n", 400),
        (LINES + b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\n", 400),
        (LINES + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{nonsense\r\n", 400),
        (b"GET /graphql HTTP/1.1\r\nHost: a\r\n" + WEBSOCKET.replace(b": 13", b": 8") + b"==\r\n\r\n", 400),
        (b"GET /graphql HTTP/1.1\r\nHost: a\r\n" + WEBSOCKET + b"\r\n\r\n", 400),
        (b"PUT /graphql HTTP/1.1\r\nHost: a\r\n" + WEBSOCKET + b"==\r\n\r\n", 400),
        # RFC 9112, 3.2
        (b"GET /health/live HTTP/1.1\r\n\r\n", 400),
        (b"GET /health/live HTTP/1.1\r\nHost: kist.test\r\nHost: kist.test\r\n\r\n", 400),
        (b"GET /health/live HTTP/1.1\r\nhost: kist.test\r\nHOST: evil.test\r\n\r\n", 400),
        (b"GET /health/live HTTP/1.0\r\nHost: kist.test\r\nHost: kist.test\r\n\r\n", 400),
        (b"GET /health/live HTTP/1.1\r\nHost: kist.test/path\r\n\r\n", 400),
        (b"GET /health/live HTTP/1.1\r\nHost: kist.test, evil.test\r\n\r\n", 400),
        (b"GET /health/live HTTP/1.1\r\nHost: kist.test evil.test\r\n\r\n", 400),
        (b"GET /health/live HTTP/1.1\r\nHost: kist.test:port\r\n\r\n", 400),
        (b"GET /health/live HTTP/1.1\r\nHost: user@kist.test\r\n\r\n", 400),
        (b"GET /graphql HTTP/1.1\r\n" + WEBSOCKET + b"==\r\n\r\n", 400),
        (LINES + LENGTH + b"X: " + b"a" * protocol.LONGEST_HEAD + b"\r\n\r\n" + BODY, 431),
        (LINES + LENGTH + b"X: a\r\n" * (protocol.LONGEST_HEAD // 6) + b"\r\n" + BODY, 431),
        (LINES + b"X: " + b"a" * 2_000_000, 431),
        (b"GET /graphql?" + b"a" * protocol.LONGEST_HEAD + b" HTTP/1.1\r\n\r\n", 431),
    ],
)
async def test_what_is_no_request_is_answered_in_json_and_ended(address: str, sent: bytes, status: int) -> None:
    # In one piece, and in pieces that do not contain a whole head.
    for pieces in ([sent], [sent[:40], sent[40:]]):
        got, headers, body = read(await told(address, *pieces, between=0.05))
        assert (got, headers["content-type"], headers["connection"]) == (status, "application/json", "close")
        assert body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-request-id"]


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1\r\nHost: kist.test",
        b"HTTP/1.1\r\nhost: kist.test:8000",
        b"HTTP/1.1\r\nHost: 127.0.0.1:80",
        b"HTTP/1.1\r\nHost: [::1]:8000",
        b"HTTP/1.1\r\nHost: a_b.kist.test.",
        b"HTTP/1.1\r\nHost:",
        b"HTTP/1.0\r\nHost: kist.test",
        b"HTTP/1.0\r\nX: no host, which HTTP/1.0 allows",
    ],
)
async def test_a_request_with_one_host_is_answered(address: str, head: bytes) -> None:
    sent = b"GET /health/live " + head + b"\r\nConnection: close\r\n\r\n"
    assert read(await told(address, sent))[::2] == (200, {"status": "alive"})


async def test_a_head_that_does_not_come_keeps_no_connection(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.3)
    for pieces in ([], [b"POST"], [LINES], [LINES, *[b"X: a\r\n"] * 30]):
        status, _, body = read(await told(address, *pieces, between=0.05))
        assert (status, body["errors"][0]["message"]) == (408, "The request did not arrive in time.")
    # A second request has the same limits as the first.
    answers = (await told(address, GOOD, LINES, *[b"X: a\r\n"] * 30, between=0.05)).split(b"HTTP/1.1 ")
    assert [answer[:3] for answer in answers[1:]] == [b"200", b"408"]


async def test_a_head_that_comes_slowly_but_in_time_is_answered(address: str) -> None:
    piece = 7
    pieces = [GOOD[start : start + piece] for start in range(0, len(GOOD), piece)]
    status, _, body = read(await told(address, *pieces[:-1], pieces[-1].rstrip(), between=0.01))
    assert (status, set(body)) == (200, {"data"})


async def test_a_body_that_is_too_long_is_refused_before_it_is_sent(address: str) -> None:
    head = LINES + b"Content-Length: 1000001\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
    status, _, _ = read(await told(address, head))
    assert status == 413


async def test_a_client_that_goes_away_is_no_fault_of_ours(address: str, caplog: pytest.LogCaptureFixture) -> None:
    host, port = address.split(":")
    for _ in range(20):
        _, writer = await asyncio.open_connection(host, port)
        writer.write(LINES + b"Content-Length: 100\r\n\r\n{")
        await writer.drain()
        await asyncio.sleep(0.01)
        writer.transport.abort()
    assert read(await told(address, LINES + b"Connection: close\r\n" + LENGTH + b"\r\n" + BODY))[0] == 200
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize(
    ("more", "status"), [(b"Origin: https://evil.example", 403), (b"Origin: null", 403), (b"X-Request-Id: mine", 404)]
)
async def test_a_websocket_that_is_not_opened_is_answered_in_json(address: str, more: bytes, status: int) -> None:
    path = b"/graphql" if status == 403 else b"/nothing"
    sent = b"GET " + path + b" HTTP/1.1\r\nHost: kist.test\r\n" + WEBSOCKET + b"==\r\n" + more + b"\r\n\r\n"
    got, headers, body = read(await told(address, sent))
    assert (got, headers["content-type"]) == (status, "application/json")
    assert body["errors"][0]["extensions"]["code"] == {403: "FORBIDDEN", 404: "NOT_FOUND"}[status]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-request-id"] == "mine" if status == 404 else len(headers["x-request-id"]) == 32
