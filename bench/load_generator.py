"""The other end of the line, in a process of its own: it sends what was written beforehand and hardly looks at it.

Read from standard input: a `Job` as JSON. Written to standard output: a `Tally` as JSON.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, cast

# Nothing else of ours is read: this process is to begin at once, and to weigh nothing beside the API.
ROOT = Path(__file__).parent.parent

# Said before anything is measured, so that nobody measures a first time.
_WARMING_SHARE = 0.1


class Job(NamedTuple):
    """`requests` are (token, body of a request), each sent once until none is left; an answer holds `expected`."""

    host: str
    port: int
    clients: int
    seconds: float
    expected: str
    requests: list[tuple[str, str]]


class Tally(NamedTuple):
    """How long each answer took, in seconds, and those that were not as expected; their first, to be shown."""

    seconds: float
    took: list[float]
    failed: int
    first_failure: str


def post(job: Job, token: str, body: str) -> bytes:
    sent = body.encode()
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: {job.host}\r\nContent-Type: application/json\r\n"
        f"{authorization}Content-Length: {len(sent)}\r\n\r\n"
    )
    return head.encode() + sent


class Line(asyncio.Protocol):
    """A connection that asks one thing at a time. It reads no more of HTTP than where an answer ends."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[bytes] | None = None
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator or self._answer is None:
            return
        _, _, length = head.lower().partition(b"content-length:")
        if len(body) >= int(length.split(b"\r\n", 1)[0]):
            self._received = b""
            self._answer.set_result(body)

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(error or ConnectionResetError("the server hung up"))

    async def ask(self, request: bytes) -> bytes:
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer


async def opened(host: str, port: int) -> Line:
    _, line = await asyncio.get_running_loop().create_connection(Line, host, port)
    return line


async def send(job: Job) -> Tally:
    """Send a job's requests."""
    took: list[float] = []
    wrong: list[str] = []
    expected = job.expected.encode()
    begun = time.perf_counter() + job.seconds * _WARMING_SHARE
    until = begun + job.seconds

    async def client(requests: Iterator[bytes]) -> None:
        line = await opened(job.host, job.port)
        for request in requests:
            started = time.perf_counter()
            answer = await line.ask(request)
            ended = time.perf_counter()
            if expected not in answer:
                wrong.append(answer.decode(errors="replace"))
            elif started >= begun:
                took.append(ended - started)
            if ended >= until:
                return

    every = iter([post(job, *request) for request in job.requests])
    await asyncio.gather(*(client(every) for _ in range(job.clients)))
    return Tally(min(time.perf_counter(), until) - begun, took, len(wrong), wrong[0] if wrong else "")


async def run_load(job: Job) -> Tally:
    """Have a job done by another process.

    Raises:
        RuntimeError: an answer was not as expected.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.load_generator", cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        written, _ = await process.communicate(json.dumps(job).encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    tally = Tally(*json.loads(written))
    if tally.failed:
        raise RuntimeError(f"{tally.failed} answers were wrong: {tally.first_failure[:500]}")
    return tally


def main() -> None:
    import uvloop

    job = Job(*json.load(sys.stdin))
    print(json.dumps(uvloop.run(send(job))))


if __name__ == "__main__":
    main()
