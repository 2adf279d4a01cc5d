"""What a request or a job is called, and what becomes known of it. The rooms tell; who listens they do not know."""

from collections.abc import Callable
from contextvars import ContextVar

# Set for each request by the application, and for each job that it sends by the worker: a log line, a masked error
# and a message of the broker name the same one.
request_id: ContextVar[str] = ContextVar("request_id", default="-")

# Set for each job by the worker.
job_id: ContextVar[str] = ContextVar("job_id", default="")


class Asked:
    """What is known of a request when it ends: the fields of Query or Mutation that it asked for, and who asked."""

    __slots__ = ("account", "fields")

    def __init__(self) -> None:
        # In their order, each once.
        self.fields: dict[str, None] = {}
        self.account = ""


asked: ContextVar[Asked | None] = ContextVar("asked", default=None)

# The trace that is going on, in hexadecimal, or nothing; set where traces are made.
trace_id: Callable[[], str] | None = None

# Whoever listens is put here when a process starts, before its pool and its broker are opened.
fields: list[Callable[[str, str, float], None]] = []  # query or mutation, the field of it, seconds
