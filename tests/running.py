"""The one way to start a process of ours, the application behind its server, and waiting for what they do."""

import asyncio
import contextlib
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from time import monotonic
from typing import NamedTuple, TypeVar

import psutil
import uvicorn

import app
from api import serve
from ops.commands.child_processes import environment
from settings import ROOT, Settings

T = TypeVar("T")


# A process has its modules to read first, on a machine that may have a great many other things to do.
PATIENCE_SECONDS = 60


@contextmanager
def process(settings: Settings, part: str = "worker") -> "Iterator[subprocess.Popen[bytes]]":
    """A `kist worker` or `kist scheduler`, killed at the end of the block if it is still there."""
    variables = {**environment(settings), "KIST_QUEUE": settings.queue}
    command = [sys.executable, str(ROOT / "cli.py"), part]
    with subprocess.Popen(command, env=variables, cwd=settings.home, start_new_session=True) as started:
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


COMMAND = [sys.executable, str(ROOT / "cli.py"), "up"]


class Place(NamedTuple):
    """Where an `up` is to run."""

    home: Path
    port: int
    environment: dict[str, str]

    def start(self) -> "subprocess.Popen[str]":
        # A session of its own: a signal to the group is what Ctrl-C in a terminal is.
        return subprocess.Popen(
            COMMAND,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def left(self) -> list[str]:
        """The processes of this home: they work in it, or were told of it."""
        found = []
        for process in psutil.process_iter(["name", "cwd", "status"]):
            with contextlib.suppress(psutil.Error):
                told = process.environ().get("KIST_HOME") == str(self.home)
                works_here = (process.info["cwd"] or "").startswith(str(self.home))
                if (told or works_here) and process.info["status"] != psutil.STATUS_ZOMBIE:
                    found.append(process.info["name"])
        return found


def run(settings: Settings, *command: str, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *command],
        env={**environment(settings), "KIST_DATABASE_OWNER_URL": settings.database_owner_url, **more},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


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
