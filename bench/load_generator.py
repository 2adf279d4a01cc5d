"""A load generator in a process of its own sends prepared requests and barely parses the responses.

It reads a `Job` as JSON from standard input and writes a `Tally` as JSON to standard output.
"""

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, cast

from bench.child_output import child_output
from bench.errors import BenchmarkError

# The module imports no product code, so that the process starts at once and takes little memory beside the API.
ROOT = Path(__file__).parent.parent

# The share of the duration that is sent first and not measured: the API's caches and connections are cold.
_WARMING_SHARE = 0.1


class Job(NamedTuple):
    """`requests` are pairs of token and body, each sent at most once unless `repeats`. A correct response contains
    `expected`.
    """

    host: str
    port: int
    clients: int
    seconds: float
    expected: str
    requests: list[tuple[str, str]]
    repeats: bool = False


class Tally(NamedTuple):
    """The seconds that each measured response took; the number of expected responses, also before the measurement; the
    number of unexpected ones, and the first of them. `is_short` says that the requests ended before the time.
    """

    seconds: float
    took: list[float]
    answered: int
    failed: int
    first_failure: str
    is_short: bool


def post(job: Job, token: str, body: str) -> bytes:
    sent = body.encode()
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: {job.host}\r\nContent-Type: application/json\r\n"
        f"{authorization}Content-Length: {len(sent)}\r\n\r\n"
    )
    return head.encode() + sent


class HttpConnection(asyncio.Protocol):
    """A connection that sends one request at a time. It parses only the Content-Length of a response."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._response: asyncio.Future[bytes] | None = None
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator or self._response is None:
            return
        _, _, length = head.lower().partition(b"content-length:")
        if len(body) >= int(length.split(b"\r\n", 1)[0]):
            self._received = b""
            self._response.set_result(body)

    def connection_lost(self, error: Exception | None) -> None:
        if self._response and not self._response.done():
            self._response.set_exception(error or ConnectionResetError("the server closed the connection"))

    async def send(self, request: bytes) -> bytes:
        """Send a request and return the body of its response."""
        assert self._transport is not None
        self._response = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._response


async def opened(host: str, port: int) -> HttpConnection:
    _, connection = await asyncio.get_running_loop().create_connection(HttpConnection, host, port)
    return connection


async def send(job: Job) -> Tally:
    """Send a job's requests from `job.clients` concurrent connections."""
    took: list[float] = []
    warming: list[float] = []
    wrong: list[str] = []
    expected = job.expected.encode()
    begun = time.perf_counter() + job.seconds * _WARMING_SHARE
    until = begun + job.seconds

    async def client(requests: Iterator[bytes]) -> None:
        connection = await opened(job.host, job.port)
        for request in requests:
            started = time.perf_counter()
            response = await connection.send(request)
            ended = time.perf_counter()
            if expected not in response:
                wrong.append(response.decode(errors="replace"))
            else:
                (took if started >= begun else warming).append(ended - started)
            # A short run on a busy machine goes on until it has one measured response.
            if ended >= until and took:
                return

    prepared = [post(job, *request) for request in job.requests]
    requests = itertools.cycle(prepared) if job.repeats else iter(prepared)
    await asyncio.gather(*(client(requests) for _ in range(job.clients)))
    ended = time.perf_counter()
    first = wrong[0] if wrong else ""
    return Tally(min(ended, until) - begun, took, len(took) + len(warming), len(wrong), first, ended < until)


async def run_load(job: Job) -> Tally:
    """Run a job in another process.

    Raises:
        BenchmarkError: a response was not as expected, or the requests ended before the time.
    """
    command = (sys.executable, "-m", "bench.load_generator")
    tally = Tally(*json.loads(await child_output(*command, given=json.dumps(job).encode(), cwd=ROOT)))
    if tally.failed:
        raise BenchmarkError(f"{tally.failed} responses were not as expected, the first: {tally.first_failure[:500]}")
    if tally.is_short:
        raise BenchmarkError(f"{len(job.requests):,} prepared requests are too few for {job.seconds} seconds")
    return tally


def main() -> None:
    import uvloop

    job = Job(*json.load(sys.stdin))
    print(json.dumps(uvloop.run(send(job))))


if __name__ == "__main__":
    main()
