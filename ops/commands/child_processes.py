"""`kist up` and its parts share this: the stop signal, the environment of a part, readiness, and the parent's end."""

import asyncio
import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any, TypeVar

from ops.embedded.home import KEY_NAMES
from settings import Settings

T = TypeVar("T")

# The API and the worker take up to 10 seconds to finish requests and tasks; this is a little more.
STOP_SECONDS = 15


class StopRequested(Exception):  # noqa: N818 - not an error
    """A signal asked the command to stop."""


class StopSignal:
    """Records that a signal asked the command to stop.

    The handler raises nothing: an exception between the start of a process and the assignment of its id would leave
    that process running. Code that waits calls `pause`, which raises instead.
    """

    def __init__(self) -> None:
        self.asked = False
        self._cancel: Callable[[], object] | None = None

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)
        # A closed terminal sends SIGHUP, which nohup ignores.
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self._ask)

    def pause(self, seconds: float) -> None:
        self.check()
        time.sleep(seconds)
        self.check()

    def check(self) -> None:
        if self.asked:
            raise StopRequested

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine, and cancel it at a stop signal.

        Raises:
            StopRequested: the coroutine was cancelled.
        """
        try:
            return asyncio.run(self._cancellable(work))
        except (asyncio.CancelledError, Exception):
            self.check()  # after a stop signal, a cancelled connection's own error does not matter
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


def environment(settings: Settings) -> dict[str, str]:
    """The environment of a part: this process's, with the completed settings, without the URL of the tables' owner."""
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


def report_ready(theirs: int) -> None:
    """In a part: report to the parent, if there is one, that the work has begun."""
    if theirs:
        with contextlib.suppress(BrokenPipeError):  # the parent has just been killed
            os.write(theirs, b"1")
        os.close(theirs)


def end_with_parent() -> None:
    """In a part: stop when standard input closes, which happens however the parent ends."""

    def watch() -> None:
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(STOP_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()
