"""What is counted and timed, in the words of Prometheus, on a port of its own. Every label has few values, all of them
ours: no client can make a new one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.metadata import version
from platform import python_version

from prometheus_client import CollectorRegistry, Counter, Histogram, Info, ProcessCollector
from prometheus_client import start_http_server as start
from taskiq import TaskiqMessage, TaskiqMiddleware, TaskiqResult

import telemetry
from ops.monitoring import sql_names
from ops.monitoring.gauges import Gauges
from settings import Settings

# A payment takes a millisecond, a portfolio of a million loans a minute.
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_STATEMENT_SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5, 30)
_JOB_SECONDS = (0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

_KEPT = 1000


class Metrics(TaskiqMiddleware):
    """Hears what the rooms tell, and counts it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        super().__init__()

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"kist_{name}", text, labels, registry=registry)

        def histogram(name: str, text: str, labels: tuple[str, ...], seconds: tuple[float, ...]) -> Histogram:
            return Histogram(f"kist_{name}_seconds", text, labels, buckets=seconds, registry=registry)

        requests = histogram("request", "HTTP requests", ("method", "path", "status"), _SECONDS)
        fields = histogram("field", "Fields of Query and Mutation", ("operation", "field"), _SECONDS)
        statements = histogram("statement", "SQL statements", ("statement",), _STATEMENT_SECONDS)
        # The library takes as long to find one of them as to put a number there. Each key is a few short names of ours.
        self._request, self._field = lru_cache(_KEPT)(requests.labels), lru_cache(_KEPT)(fields.labels)
        self._statement = lru_cache(_KEPT)(statements.labels)
        self._refusals = counter("refusals", "Problems that clients were told, by code", "code")
        self._errors = counter("errors", "GraphQL errors, by code", "code")
        self._sent = counter("jobs_sent", "Jobs that the broker heard of", "task")
        self._started = counter("jobs_started", "Jobs begun by this worker", "task")
        self._jobs = histogram("job", "Jobs ended by this worker", ("task", "outcome"), _JOB_SECONDS)

    def request_finished(self, method: str, path: str, status: int, seconds: float) -> None:
        self._request(method, path, status).observe(seconds)

    def field_resolved(self, operation: str, field: str, seconds: float) -> None:
        self._field(operation, field).observe(seconds)

    def statement_executed(self, statement: str, seconds: float, error: BaseException | None) -> None:
        self._statement(sql_names.name(statement)).observe(seconds)

    def operation_refused(self, code: str) -> None:
        self._refusals.labels(code).inc()

    def failed(self, code: str) -> None:
        self._errors.labels(code).inc()

    def post_send(self, message: TaskiqMessage) -> None:
        self._sent.labels(message.task_name).inc()

    def pre_execute(self, message: TaskiqMessage) -> TaskiqMessage:
        self._started.labels(message.task_name).inc()
        return message

    def post_execute(self, message: TaskiqMessage, result: TaskiqResult[object]) -> None:
        outcome = "failed" if result.is_err else "done"
        self._jobs.labels(message.task_name, outcome).observe(result.execution_time)


@contextmanager
def served(settings: Settings, part: str) -> Iterator[None]:
    """Count, and answer on the settings' port, as long as the block lasts.

    Raises:
        OSError: the port cannot be listened on.
    """
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    metrics = Metrics(registry)
    registry.register(Gauges(settings))
    about = {"part": part, "strawberry": version("strawberry-graphql"), "python": python_version()}
    Info("kist_build", "What is running", registry=registry).info(about)
    # Each scrape in a thread of its own: a slow one keeps nobody waiting.
    server, thread = start(settings.metrics_port, settings.metrics_host, registry)
    try:
        with telemetry.listening(metrics):
            yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
