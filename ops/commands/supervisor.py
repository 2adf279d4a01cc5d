"""`kist up` ends its parts when it ends. It restarts a part that ends by itself, while the others run on."""

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from typing import IO

from ops.commands.child_processes import STOP_SECONDS, environment
from ops.embedded import process_group
from ops.monitoring.start import metrics_port
from settings import ROOT, Settings

START_SECONDS = 60
# A short failure is over after half a second. A longer one causes two restarts a minute.
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
# After a part has run this long, its next failure is a new one, and starts with the first wait.
STABLE_SECONDS = 60
# These parts report that they are ready; the API is ready when it answers.
WORKING = ("worker", "scheduler")


class PartExitedError(Exception):
    """A part ended by itself. The message is one line."""


class Part:
    """One child process: `cli.py api`, `worker` or `scheduler`. Its log goes to `log`, or to that of this process."""

    def __init__(self, name: str, environment: dict[str, str], log: IO[bytes] | None = None) -> None:
        self.name = name
        self.started = time.monotonic()
        self._is_stopped = False
        # In its own session, Ctrl-C reaches only the parent, which stops the parts in order. The pipe closes however
        # the parent ends, even by SIGKILL. Unlike Linux's PR_SET_PDEATHSIG, it works on every system, and regardless of
        # the thread that started the child.
        self._ready, theirs = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "cli.py"), name, "--supervised", str(theirs)],
            stdin=subprocess.PIPE, stdout=log, stderr=log, env=environment, start_new_session=True, pass_fds=[theirs],
        )  # fmt: skip
        os.close(theirs)

    def is_ready(self) -> bool:
        """Whether the part has reported that it works, by closing its end of the other pipe."""
        readable, _, _ = select.select([self._ready], [], [], 0)
        return bool(readable)

    def exit_line(self) -> str | None:
        """A line about the part's end, or None while it runs."""
        code = self._process.poll()
        if code is None:
            return None
        return f"{self.name} ended by itself (exit code {code}{_signal_of(code)})"

    def seconds(self) -> float:
        return time.monotonic() - self.started

    def stop(self) -> None:
        """Stop the part and its child processes. A second call does nothing."""
        if self._is_stopped:
            return
        self._is_stopped = True
        process_group.end(self._process, STOP_SECONDS)
        assert self._process.stdin is not None
        self._process.stdin.close()
        os.close(self._ready)


def _signal_of(code: int) -> str:
    with contextlib.suppress(ValueError):  # not a signal, or one without a name
        return f", {signal.Signals(-code).name}"
    return ""


class Parts:
    """The children of one `kist up`, in the order of their start."""

    def __init__(self, settings: Settings, pause: Callable[[float], None]) -> None:
        self._environment, self._settings = environment(settings), settings
        self._pause = pause
        self._parts: dict[str, Part] = {}
        # For each part that ended by itself: the time of its restart, and the number of failures in a row.
        self._due: dict[str, float] = {}
        self._failures: dict[str, int] = {}

    def start(self, name: str) -> None:
        own = self._environment | {"KIST_METRICS_PORT": str(metrics_port(self._settings, name))}
        self._parts[name] = Part(name, own)

    def wait_until_ready(self, name: str) -> None:
        """Wait until a part works.

        Raises:
            PartExitedError: the part ended, or does not become ready in time.
        """
        deadline = time.monotonic() + START_SECONDS
        while not self._parts[name].is_ready():
            if time.monotonic() > deadline:
                raise PartExitedError(f"{name} has not started after {START_SECONDS} seconds")
            self._pause(0.05)
        self._raise_if_exited(self._parts.values())

    def wait_for_port(self, host: str, port: int) -> None:
        """Wait until the API answers.

        Raises:
            PartExitedError: a part ended, or the API does not answer.
        """
        # An API that listens on all interfaces answers on the loopback one.
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self._raise_if_exited(self._parts.values())
            with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
                return
            self._pause(0.05)
        raise PartExitedError(f"api does not answer on {host}:{port} after {START_SECONDS} seconds")

    def supervise(self, also: Callable[[], str | None]) -> None:
        """Watch the parts, and restart those that end. `also` returns a line if a server has ended.

        Raises:
            PartExitedError: a server that every part needs has ended.
        """
        while True:
            self._pause(0.2)
            if lost := also():
                raise PartExitedError(lost)
            for part in list(self._parts.values()):
                self._restart_if_due(part)

    def _restart_if_due(self, part: Part) -> None:
        """Restart a part when its wait is over, or begin the wait: each failure in a row doubles it."""
        now = time.monotonic()
        if part.name in self._due:
            if now >= self._due[part.name]:
                del self._due[part.name]
                self.start(part.name)
            return
        exited = part.exit_line()
        if exited is None:
            return
        failures = 0 if part.seconds() >= STABLE_SECONDS else self._failures.get(part.name, 0)
        wait = min(FIRST_WAIT_SECONDS * 2 ** min(failures, 10), LONGEST_WAIT_SECONDS)
        # Its child processes must end before the restart.
        part.stop()
        self._failures[part.name] = failures + 1
        self._due[part.name] = now + wait
        print(f"kist: {exited}: restarting it in {wait:g} s", file=sys.stderr, flush=True)

    def stop(self) -> None:
        """Stop the scheduler, then the worker, then the API: the reverse of their start."""
        for part in reversed(list(self._parts.values())):
            part.stop()

    @staticmethod
    def _raise_if_exited(parts: Iterable[Part]) -> None:
        for part in parts:
            exited = part.exit_line()
            if exited:
                raise PartExitedError(exited)
