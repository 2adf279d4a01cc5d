"""The one way to start a process of ours, the application behind its server, and waiting for what they do."""

import asyncio
import os
import socket
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple, TypeVar

import psutil
import uvicorn

import app
from api import serve
from ops.commands.child_processes import environment
from settings import Settings
from tests.forked import PROGRAM, Forked

T = TypeVar("T")

# A process has its modules to read first, on a machine that may have a great many other things to do.
PATIENCE_SECONDS = 60


def start(*words: str, env: dict[str, str], fresh: bool = False, **options: Any) -> "subprocess.Popen[Any]":
    """Start a command of ours, with Popen's options.

    `fresh` has Python begin from nothing, for tests of the start itself, of memory, and of what the system sees
    of a process: its command line and environment.
    """
    # macOS has no descriptors of processes, which the fork server waits on.
    kind = subprocess.Popen if fresh or not hasattr(os, "pidfd_open") else Forked
    return kind([*PROGRAM, *words], env=env, **options)


def finish(
    *words: str, env: dict[str, str], answer: str | None = None, **options: Any
) -> "subprocess.CompletedProcess[str]":
    """Run a command of ours to its end; it reads `answer`, and nothing without one."""
    options |= {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    options["stdin"] = subprocess.DEVNULL if answer is None else subprocess.PIPE
    with start(*words, env=env, **options) as process:
        try:
            said, complaints = process.communicate(answer)
        except BaseException:
            process.kill()
            raise
        return subprocess.CompletedProcess(process.args, process.returncode, said, complaints)


def run(settings: Settings, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """Run a command on a test's database, with more variables."""
    owner = {"KIST_DATABASE_OWNER_URL": settings.database_owner_url}
    return finish(*words, env={**environment(settings), **owner, **more})


@contextmanager
def process(settings: Settings, part: str = "worker") -> "Iterator[subprocess.Popen[bytes]]":
    """A `kist worker` or `kist scheduler`, killed at the end of the block if it is still there."""
    variables = {**environment(settings), "KIST_QUEUE": settings.queue}
    with start(part, env=variables, cwd=settings.home, start_new_session=True) as started:
        try:
            yield started
        finally:
            started.kill()


async def ended(started: "subprocess.Popen[bytes]") -> int:
    """The exit code of a process that was asked to end."""
    return await asyncio.to_thread(started.wait, PATIENCE_SECONDS)


async def until(holds: Callable[[], Awaitable[T]], seconds: float = PATIENCE_SECONDS) -> T:
    """Wait for something to be true, and return it."""
    # Not by a cancellation: the clients of the servers swallow one now and then.
    deadline = monotonic() + seconds
    while not (found := await holds()):
        assert monotonic() < deadline, f"it does not come true within {seconds} seconds"
        await asyncio.sleep(0.02)
    return found


class Place(NamedTuple):
    """Where an `up` is to run."""

    home: Path
    port: int
    environment: dict[str, str]

    def start(self, *, fresh: bool = False) -> "subprocess.Popen[str]":
        # A session of its own: a signal to the group is what Ctrl-C in a terminal is. The folder is how they are found.
        return start(
            "up",
            env=self.environment,
            cwd=self.home,
            fresh=fresh,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def left(self) -> list[str]:
        """The names of the processes of this home: they work in it."""
        return [
            process.info["name"]
            for process in psutil.process_iter(["name", "cwd", "status"])
            if (process.info["cwd"] or "").startswith(str(self.home)) and process.info["status"] != psutil.STATUS_ZOMBIE
        ]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def listening(settings: Settings) -> AsyncIterator[str]:
    """Where it listens, as host:port."""
    configuration = serve.configured(settings.model_copy(update={"port": 0}), app.application(settings))
    configuration.timeout_graceful_shutdown = 1
    runner = uvicorn.Server(configuration)
    serving = asyncio.create_task(runner.serve())
    try:
        while not runner.started:
            assert not serving.done()
            await asyncio.sleep(0.01)
        host, port = runner.servers[0].sockets[0].getsockname()
        yield f"{host}:{port}"
    finally:
        runner.should_exit = True
        await serving
