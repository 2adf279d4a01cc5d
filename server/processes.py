"""The parts of `kist up` live and die together: none outlives the command, and none is lost unnoticed."""

import asyncio
import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterable
from types import FrameType
from typing import Any, TypeVar

from server.home import KEY_NAMES, ROOT
from server.watching import metrics_port
from settings import Settings

T = TypeVar("T")

# The API lets requests end for 10 seconds and the worker its tasks; this is a little more.
STOP_SECONDS = 15
START_SECONDS = 60
# A part that lived that long was well, and is worth starting again; before, it would only fall again.
WELL_SECONDS = 10
BACK_OFF_SECONDS = 1.0
RESTARTED = ("worker", "scheduler")


class Stopped(Exception):  # noqa: N818 - it is no error
    """Somebody asked the command to stop."""


class FallenError(Exception):
    """A part ended by itself. The text is one line."""


class Stop:
    """Remembers that somebody asked to stop.

    The handler raises nothing: an exception at any line could come between a process's start and
    the note of its id, and leave it running. Whoever waits calls `pause`, which raises instead.
    """

    def __init__(self) -> None:
        self.asked = False
        self._cancel: Callable[[], object] | None = None

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)
        # A closed terminal asks too, unless nohup said that it does not.
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self._ask)

    def pause(self, seconds: float) -> None:
        self.check()
        time.sleep(seconds)
        self.check()

    def check(self) -> None:
        if self.asked:
            raise Stopped

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine, cancelled when somebody asks to stop.

        Raises:
            Stopped: it was cancelled.
        """
        try:
            return asyncio.run(self._cancellable(work))
        except (asyncio.CancelledError, Exception):
            self.check()  # whatever a cancelled connection says on its way out
            raise

    async def _cancellable(self, work: Coroutine[Any, Any, T]) -> T:
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        assert task is not None
        self._cancel = lambda: loop.call_soon_threadsafe(task.cancel)
        try:
            if self.asked:
                task.cancel()
            return await work
        finally:
            self._cancel = None

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True
        if self._cancel is not None:
            self._cancel()


class Part:
    """One child process: `cli.py api`, `worker` or `scheduler`."""

    def __init__(self, name: str, environment: dict[str, str]) -> None:
        self.name = name
        self.started = time.monotonic()
        # In its own session Ctrl-C reaches only the parent, which stops the parts in order. The pipe
        # closes whichever way the parent ends, SIGKILL included; unlike Linux's PR_SET_PDEATHSIG it
        # works on every system and does not mind which thread started the child.
        self._ready, theirs = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "cli.py"), name, "--supervised", str(theirs)],
            stdin=subprocess.PIPE, env=environment, start_new_session=True, pass_fds=[theirs],
        )  # fmt: skip
        os.close(theirs)

    def is_ready(self) -> bool:
        """Whether it has said that it does its work: by closing its end of the other pipe."""
        readable, _, _ = select.select([self._ready], [], [], 0)
        return bool(readable)

    def fell(self) -> str | None:
        """How it ended, or None while it runs."""
        code = self._process.poll()
        if code is None:
            return None
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return f"{self.name} ended by itself ({how})"

    def seconds(self) -> float:
        return time.monotonic() - self.started

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
        # The whole session, for what it may have started.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        assert self._process.stdin is not None
        self._process.stdin.close()
        os.close(self._ready)


class Parts:
    """The children of one `kist up`, in the order of their start."""

    def __init__(self, settings: Settings, pause: Callable[[float], None]) -> None:
        self._environment, self._settings = environment(settings), settings
        self._pause = pause
        self._parts: dict[str, Part] = {}

    def start(self, name: str) -> None:
        own = self._environment | {"KIST_METRICS_PORT": str(metrics_port(self._settings, name))}
        self._parts[name] = Part(name, own)

    def wait_until_ready(self, name: str) -> None:
        """Wait until a part does its work.

        Raises:
            FallenError: it ended instead, or takes too long.
        """
        deadline = time.monotonic() + START_SECONDS
        while not self._parts[name].is_ready():
            if time.monotonic() > deadline:
                raise FallenError(f"{name} has not started after {START_SECONDS} seconds")
            self._pause(0.05)
        self._raise_fallen(self._parts.values())

    def wait_for_port(self, host: str, port: int) -> None:
        """Wait until the API answers.

        Raises:
            FallenError: it ended instead, or does not answer.
        """
        # Who listens everywhere is asked at home.
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self._raise_fallen(self._parts.values())
            with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
                return
            self._pause(0.05)
        raise FallenError(f"api does not answer on {host}:{port} after {START_SECONDS} seconds")

    def supervise(self, also: Callable[[], str | None]) -> None:
        """Watch for ever, starting again what may be; `also` says in a line which server has fallen.

        Raises:
            FallenError: a part ended that is not started again.
        """
        while True:
            self._pause(0.2)
            lost = also()
            if lost:
                raise FallenError(lost)
            for part in list(self._parts.values()):
                fallen = part.fell()
                if fallen and part.name in RESTARTED and part.seconds() >= WELL_SECONDS:
                    print(f"kist: {fallen}: starting it again", file=sys.stderr)
                    part.stop()
                    self._pause(BACK_OFF_SECONDS)
                    self.start(part.name)
                elif fallen:
                    raise FallenError(fallen)

    def stop(self) -> None:
        """Last started, first stopped: no new work, then no work, then no requests."""
        for part in reversed(list(self._parts.values())):
            part.stop()

    @staticmethod
    def _raise_fallen(parts: Iterable[Part]) -> None:
        for part in parts:
            fallen = part.fell()
            if fallen:
                raise FallenError(fallen)


def environment(settings: Settings) -> dict[str, str]:
    """The environment of a part: ours, with what was filled in, and without how the tables' owner connects."""
    filled = {
        "KIST_HOME": str(settings.home),
        "KIST_HOST": settings.host,
        "KIST_PORT": str(settings.port),
        "KIST_DATABASE_URL": settings.database_url,
        "KIST_DATABASE_POOLER_URL": settings.database_pooler_url,
        "KIST_REDIS_URL": settings.redis_url,
        "KIST_SANDBOX": str(int(settings.sandbox)),
        "PYTHONUNBUFFERED": "1",
    }
    for name in (*KEY_NAMES, *(f"{name}s" for name in KEY_NAMES)):
        filled[f"KIST_{name.upper()}"] = getattr(settings, name).get_secret_value()
    return {name: value for name, value in os.environ.items() if name != "KIST_DATABASE_OWNER_URL"} | filled


def say_ready(theirs: int) -> None:
    """In a part: tell the parent, if there is one, that the work has begun."""
    if theirs:
        os.close(theirs)


def end_with_parent() -> None:
    """In a part: ask ourselves to stop when the parent's end of standard input closes, however it ended."""

    def watch() -> None:
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(STOP_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()
