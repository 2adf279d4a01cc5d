"""The ids of requests and jobs, and the events that monitoring listens to. The sender does not know its listeners."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol, TypeVar

T = TypeVar("T")

logger = logging.getLogger("kist.telemetry")

# The application sets it for each request, and the worker for each job of that request. A log line, a masked error and
# a message of the broker contain the same id.
request_id: ContextVar[str] = ContextVar("request_id", default="-")

# The worker sets it for each job.
job_id: ContextVar[str] = ContextVar("job_id", default="")


class RequestSummary:
    """The facts about a request at its end: the fields of Query or Mutation that it selected, and the account."""

    __slots__ = ("account", "fields")

    def __init__(self) -> None:
        # An ordered set.
        self.fields: dict[str, None] = {}
        self.account = ""


request_summary: ContextVar[RequestSummary | None] = ContextVar("asked", default=None)

# The name of this process if it is one of several API processes, such as `api 2`. Otherwise it is empty.
process_name = ""

# Returns the id of the present trace in hexadecimal, or an empty text. ops/monitoring/traces.py sets it.
trace_id: Callable[[], str] | None = None

# The listeners of this process. They are added before its pool and its broker are opened.
listeners: list["Listener"] = []


class Listener(Protocol):
    """Receives events. It is called in the middle of a request, so it must be quick and must not fail."""

    def request_finished(self, method: str, path: str, status: int, seconds: float) -> None:
        """A request has ended. A WebSocket has the method WEBSOCKET; an unknown method or path is `other`."""

    def field_resolved(self, operation: str, field: str, seconds: float) -> None:
        """A field of Query or Mutation has its value; the operation is `query` or `mutation`."""

    def statement_executed(self, statement: str, seconds: float, error: BaseException | None) -> None:
        """A statement has succeeded or failed. Its text may contain values."""

    def operation_refused(self, code: str) -> None:
        """A client received a refusal."""

    def failed(self, code: str) -> None:
        """A client received an error."""


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Add a listener for the duration of the block. A listener that is a middleware of taskiq also receives jobs."""
    listeners.append(listener)
    try:
        yield
    finally:
        listeners.remove(listener)


# A server that takes longer counts as unavailable.
PROBE_SECONDS = 2


async def probe(server: str, ask: Callable[[], Awaitable[T]]) -> T | None:
    """The answer of a server, or None if it fails or takes longer than `PROBE_SECONDS`. The log has the reason, because
    the reason may name the server.
    """
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            return await ask()
    except Exception as error:
        # The clients of databases and brokers raise many kinds of errors.
        logger.debug("the %s does not answer: %s", server, str(error) or type(error).__name__)
        return None
