"""A command ends its parts when it ends. It restarts a part that ends by itself, while the others run on."""

import contextlib
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

from ops.commands.child_processes import STOP_SECONDS, environment
from ops.embedded import process_group
from ops.monitoring.start import PARTS, metrics_port
from settings import ROOT, Settings

START_SECONDS = 60
# A short failure is over after half a second. A longer one causes two restarts a minute.
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
# After a part has run this long, its next failure is a new one, and starts with the first wait.
STABLE_SECONDS = 60


class PartExitedError(Exception):
    """A part ended by itself, or does not start in time. The message is one line.

    `code` is above 0 if the part refused to start: then it has printed the reason.
    """

    def __init__(self, line: str, code: int = 0) -> None:
        super().__init__(line)
        self.code = code


def api_names(settings: Settings) -> list[str]:
    """The names of the API's processes: `api`, or `api 1`, `api 2` and so on."""
    count = settings.api_processes
    return [f"api {number}" for number in range(1, count + 1)] if count > 1 else ["api"]


class Part:
    """One child process: `cli.py api`, `worker` or `scheduler`, with the code in `root`.

    The name of one of several has a number. Its log goes to `log`, or to that of this process.
    """

    def __init__(self, name: str, environment: dict[str, str], log: IO[bytes] | None = None, root: Path = ROOT) -> None:
        self.name = name
        self.command, _, number = name.partition(" ")
        self.started = time.monotonic()
        self._has_reported = self._is_stopped = False
        # In its own session, Ctrl-C reaches only the parent, which stops the parts in order. The pipe closes however
        # the parent ends, even by SIGKILL. Unlike Linux's PR_SET_PDEATHSIG, it works on every system, and regardless of
        # the thread that started the child.
        self._ready, theirs = os.pipe()
        named = ["--name", name] if number else []
        self._process = subprocess.Popen(
            [sys.executable, str(root / "cli.py"), self.command, "--supervised", str(theirs), *named],
            stdin=subprocess.PIPE, stdout=log, stderr=log, env=environment, start_new_session=True, pass_fds=[theirs],
        )  # fmt: skip
        os.close(theirs)

    @property
    def process_id(self) -> int:
        return self._process.pid

    def is_ready(self) -> bool:
        """Whether the part has reported that it works, by a byte in the other pipe."""
        if not self._has_reported and select.select([self._ready], [], [], 0)[0]:
            self._has_reported = os.read(self._ready, 1) != b""  # the end of a part closes the pipe
        return self._has_reported

    def exit_code(self) -> int | None:
        """The exit code, or None while the part runs."""
        return self._process.poll()

    def exit_line(self) -> str | None:
        """A line about the part's end, or None while it runs."""
        code = self.exit_code()
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
    """The children of one `kist up`, or of one `kist api` with several processes, in the order of their start."""

    def __init__(self, settings: Settings, pause: Callable[[float], None]) -> None:
        self._environment, self._settings = environment(settings), settings
        self._pause = pause
        # The processes of the API count their requests in files of this folder.
        self._counts = tempfile.TemporaryDirectory(prefix="kist-metrics-", ignore_cleanup_errors=True)
        self._parts: dict[str, Part] = {}
        # For each part that ended by itself: the time of its restart, and the number of failures in a row.
        self._due: dict[str, float] = {}
        self._failures: dict[str, int] = {}

    def start_api(self) -> None:
        """Start the API's processes and wait until they work. The first starts alone: the others would have the same
        problem, and print it again.

        Raises:
            PartExitedError: a process ended, or does not become ready in time.
        """
        names = api_names(self._settings)
        for together in (names[:1], names[1:]):
            for name in together:
                self.start(name)
            for name in together:
                self.wait_until_ready(name)

    def start(self, name: str) -> None:
        own = {"KIST_METRICS_PORT": str(metrics_port(self._settings, name.partition(" ")[0]))}
        if " " in name:
            each = self._settings.database_connections // self._settings.api_processes
            own |= {"KIST_DATABASE_CONNECTIONS": str(each), "PROMETHEUS_MULTIPROC_DIR": self._counts.name}
        self._parts[name] = Part(name, self._environment | own)

    def wait_until_ready(self, name: str) -> None:
        """Wait until a part works.

        Raises:
            PartExitedError: the part ended, or does not become ready in time.
        """
        deadline = time.monotonic() + START_SECONDS
        while not self._parts[name].is_ready():
            self._raise_if_exited()
            if time.monotonic() > deadline:
                raise PartExitedError(f"{name} has not started after {START_SECONDS} seconds")
            self._pause(0.05)
        self._raise_if_exited()

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
        if part.name != part.command and self._settings.metrics_port:
            from prometheus_client.multiprocess import mark_process_dead  # slow to import, and needed only here

            mark_process_dead(part.name, self._counts.name)  # type: ignore[no-untyped-call]
        self._failures[part.name] = failures + 1
        self._due[part.name] = now + wait
        print(f"kist: {exited}: restarting it in {wait:g} s", file=sys.stderr, flush=True)

    def stop(self) -> None:
        """Stop the scheduler, then the worker, then the API's processes together: the reverse of their start."""
        for command in reversed(PARTS):
            together = [part for part in self._parts.values() if part.command == command]
            # Each one may take some seconds to finish its requests.
            with ThreadPoolExecutor(max(len(together), 1)) as pool:
                list(pool.map(Part.stop, together))
        self._counts.cleanup()

    def _raise_if_exited(self) -> None:
        for part in self._parts.values():
            if exited := part.exit_line():
                raise PartExitedError(exited, part.exit_code() or 0)
