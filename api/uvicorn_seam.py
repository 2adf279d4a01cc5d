"""The private part of uvicorn that kist uses: the signals that its server raises again when it has stopped."""

from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

VERSION = "0.54.0"


class SignalledServer(uvicorn.Server):
    """A server for which SIGTERM and SIGINT are a normal end of the process.

    uvicorn raises them again after the shutdown, so that the process seems to be killed. No option prevents that.
    """

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        with super().capture_signals():
            yield
            self._captured_signals.clear()
