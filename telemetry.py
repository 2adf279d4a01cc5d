"""What a request or a job is called, and what becomes known of it. The rooms tell; who listens they do not know."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

# Set for each request by the application, and for each job that it sends by the worker: a log line, a masked error
# and a message of the broker name the same one.
request_id: ContextVar[str] = ContextVar("request_id", default="-")

# Set for each job by the worker.
job_id: ContextVar[str] = ContextVar("job_id", default="")


class RequestSummary:
    """What is known of a request when it ends: the fields of Query or Mutation that it asked for, and who asked."""

    __slots__ = ("account", "fields")

    def __init__(self) -> None:
        # In their order, each once.
        self.fields: dict[str, None] = {}
        self.account = ""


request_summary: ContextVar[RequestSummary | None] = ContextVar("asked", default=None)

# The trace that is going on, in hexadecimal, or nothing; set where traces are made.
trace_id: Callable[[], str] | None = None

# Who listens to this process: put here before its pool and its broker are opened.
listeners: list["Listener"] = []


class Listener(Protocol):
    """Hears of what has happened. It is told in the middle of it: it must be quick, and must not fail."""

    def request_finished(self, method: str, path: str, status: int, seconds: float) -> None:
        """A request has ended; of a WebSocket the method is WEBSOCKET. What there is not is called `other`."""

    def field_resolved(self, operation: str, field: str, seconds: float) -> None:
        """A field of Query or Mutation has its value; the operation is `query` or `mutation`."""

    def statement_executed(self, statement: str, seconds: float, error: BaseException | None) -> None:
        """A statement has been answered, or has failed. Its text may hold values."""

    def operation_refused(self, code: str) -> None:
        """A client was told no."""

    def failed(self, code: str) -> None:
        """A client was told of an error."""


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Have somebody listen as long as the block lasts. One that is a middleware of taskiq's hears of jobs too."""
    listeners.append(listener)
    try:
        yield
    finally:
        listeners.remove(listener)
