"""Prometheus metrics are served on a port of their own. Labels have few values, and no client can add one."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.metadata import version
from platform import python_version

from prometheus_client import CollectorRegistry, Counter, Histogram, Info, ProcessCollector
from prometheus_client import start_http_server as start
from taskiq import TaskiqMessage, TaskiqMiddleware, TaskiqResult

import telemetry
from ops.monitoring import shared_metrics, sql_names
from ops.monitoring.gauges import Gauges
from settings import Settings

# A payment takes a millisecond, a portfolio of a million loans a minute.
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_STATEMENT_SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5, 30)
_JOB_SECONDS = (0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

# The bound of each cache of label combinations.
_KEPT = 1000


class Metrics(TaskiqMiddleware):
    """The telemetry listener that counts and times."""

    def __init__(self, registry: CollectorRegistry) -> None:
        super().__init__()

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"kist_{name}", text, labels, registry=registry)

        def histogram(name: str, text: str, labels: tuple[str, ...], seconds: tuple[float, ...]) -> Histogram:
            return Histogram(f"kist_{name}_seconds", text, labels, buckets=seconds, registry=registry)

        requests = histogram("request", "HTTP requests", ("method", "path", "status"), _SECONDS)
        fields = histogram("field", "Fields of Query and Mutation", ("operation", "field"), _SECONDS)
        statements = histogram("statement", "SQL statements", ("statement",), _STATEMENT_SECONDS)
        # `labels` takes as long as `observe`. The keys of the caches are a few short names.
        self._request, self._field = lru_cache(_KEPT)(requests.labels), lru_cache(_KEPT)(fields.labels)
        self._statement = lru_cache(_KEPT)(statements.labels)
        self._refusals = counter("refusals", "Problems in refusals, by code", "code")
        self._errors = counter("errors", "GraphQL errors, by code", "code")
        self._sent = counter("jobs_sent", "Jobs sent to the broker", "task")
        self._started = counter("jobs_started", "Jobs started by this worker", "task")
        self._jobs = histogram("job", "Jobs finished by this worker", ("task", "outcome"), _JOB_SECONDS)

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
    """Collect metrics and serve them on the settings' port while the block runs.

    One of several API processes serves the metrics of all of them.

    Raises:
        OSError: the process cannot listen on the port.
    """
    registry = CollectorRegistry()
    registry.register(Gauges(settings))
    about = {"part": part, "strawberry": version("strawberry-graphql"), "python": python_version()}
    Info("kist_build", "The running versions", registry=registry).info(about)
    with _registered(registry) as metrics:
        # Each scrape runs in a thread of its own, so that a slow one does not delay the others.
        server, thread = start(settings.metrics_port, settings.metrics_host, registry)
        try:
            with telemetry.listening(metrics):
                yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


@contextmanager
def _registered(registry: CollectorRegistry) -> Iterator[Metrics]:
    """Metrics whose values the registry serves: those of this process, or of all processes of the API."""
    if telemetry.process_name:
        with shared_metrics.shared(telemetry.process_name, registry) as own:
            yield Metrics(own)
    else:
        ProcessCollector(registry=registry)
        yield Metrics(registry)
