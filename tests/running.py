"""The one way to start a process of ours, the application behind its server, and waiting for what they do."""

import asyncio
import contextlib
import inspect
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, ClassVar, NamedTuple, TypeVar

import psutil
import uvicorn

import app
from api import serve
from ops.commands.child_processes import environment
from settings import ROOT, Settings

T = TypeVar("T")

# A process has its modules to read first, on a machine that may have a great many other things to do.
PATIENCE_SECONDS = 60


PROGRAM = [sys.executable, str(ROOT / "cli.py")]
PIPES = ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")


class Forked(subprocess.Popen[Any]):
    """A process of ours that the fork server makes, which has read the modules already: a start costs most by that.

    Popen's private methods, as they are in Python 3.11 to 3.14: how a child is made, and how its end is learnt.
    """

    _requests: ClassVar[socket.socket | None] = None
    _starting: ClassVar[threading.Lock] = threading.Lock()

    def _execute_child(self, *arguments: Any) -> None:
        given = inspect.signature(super()._execute_child).bind(*arguments).arguments  # type: ignore[misc]
        order = {
            "words": given["args"][len(PROGRAM) :],
            "environment": dict(os.environ if given["env"] is None else given["env"]),
            "cwd": str(given["cwd"] or Path.cwd()),
            "session": given["start_new_session"],
        }
        pipes = [given[name] for name in ("p2cread", "c2pwrite", "errwrite")]
        streams = [number if pipe == -1 else pipe for number, pipe in enumerate(pipes)]
        self._status, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, self._starting:
            descriptors = [*streams, theirs.fileno()]
            socket.send_fds(self._server(), [json.dumps(order).encode()], descriptors)
        self.pid = int.from_bytes(self._status.recv(8), "big")
        assert self.pid, "the fork server has ended"
        self._child_created = True
        self._close_pipe_fds(*(given[name] for name in PIPES))  # type: ignore[attr-defined]

    def _internal_poll(self, *_: object, **__: object) -> int | None:
        if self.returncode is None:
            pid, status = self._try_wait(os.WNOHANG)
            if pid:
                self._handle_exitstatus(status)  # type: ignore[attr-defined]
        return self.returncode

    def _try_wait(self, flags: int) -> tuple[int, int]:
        try:
            told = self._status.recv(8, socket.MSG_DONTWAIT if flags else 0)
        except BlockingIOError:
            return 0, 0
        self._status.close()
        return self.pid, int.from_bytes(told, "big")

    @classmethod
    def _server(cls) -> socket.socket:
        if cls._requests is None:
            cls._requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                # It ends when our end of the socket closes.
                subprocess.Popen(
                    [sys.executable, str(ROOT / "tests" / "fork_server.py"), str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    cwd=ROOT,
                    start_new_session=True,
                )
        return cls._requests


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

    def start(self) -> "subprocess.Popen[str]":
        # A session of its own: a signal to the group is what Ctrl-C in a terminal is.
        return start(
            "up",
            env=self.environment,
            fresh=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def left(self) -> list[str]:
        """The processes of this home: they work in it, or have it in their environment."""
        found = []
        for process in psutil.process_iter(["name", "cwd", "status"]):
            with contextlib.suppress(psutil.Error):
                told = process.environ().get("KIST_HOME") == str(self.home)
                works_here = (process.info["cwd"] or "").startswith(str(self.home))
                if (told or works_here) and process.info["status"] != psutil.STATUS_ZOMBIE:
                    found.append(process.info["name"])
        return found


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
