"""Spans of requests, statements and jobs are exported as the standard OTEL_… variables say. No span has client data: no
text of a statement, no value, no query string, no error message.

The libraries' own middleware would add those, and a span for each field, which would slow every field down.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from time import time_ns
from typing import Any

from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import ASGIApp, Receive, Scope, Send
from taskiq import TaskiqMessage, TaskiqMiddleware, TaskiqResult

import telemetry
from ops.monitoring import sql_names

_PARENT = "traceparent"

# At its end, a process waits this long until the last spans are exported.
_EXPORT_SECONDS = 3

_propagator = TraceContextTextMapPropagator()


class Traces(TaskiqMiddleware):
    """The telemetry listener that creates spans."""

    def __init__(self, tracer: Tracer) -> None:
        super().__init__()
        self._tracer = tracer

    def request(self, parent: str) -> Any:
        """The context manager of a request's span; `parent` is the client's `traceparent`."""
        return self._tracer.start_as_current_span(
            "request",
            _context(parent),
            SpanKind.SERVER,
            record_exception=False,
            set_status_on_exception=False,
        )

    def request_finished(self, method: str, path: str, status: int, seconds: float) -> None:
        span, about = trace.get_current_span(), telemetry.request_summary.get()
        span.update_name(f"{method} {path}")
        span.set_attribute("http.request.method", method)
        span.set_attribute("http.response.status_code", status)
        span.set_attribute("http.route", path)
        span.set_attribute("kist.request_id", telemetry.request_id.get())
        if about and about.fields:
            span.set_attribute("kist.fields", list(about.fields))
        if status >= 500:
            span.set_status(StatusCode.ERROR)

    def field_resolved(self, operation: str, field: str, seconds: float) -> None:
        """Fields have no spans: the request's span has their names."""

    def statement_executed(self, statement: str, seconds: float, error: BaseException | None) -> None:
        if not trace.get_current_span().is_recording():
            return
        now = time_ns()
        summary = sql_names.name(statement)
        span = self._tracer.start_span(
            summary,
            kind=SpanKind.CLIENT,
            attributes={"db.system.name": "postgresql", "db.query.summary": summary},
            start_time=now - int(seconds * 1e9),
        )
        if error is not None:
            _fail(span, error)
        span.end(now)

    def operation_refused(self, code: str) -> None:
        trace.get_current_span().add_event("refused", {"code": code})

    def failed(self, code: str) -> None:
        trace.get_current_span().add_event("error", {"code": code})

    def pre_send(self, message: TaskiqMessage) -> TaskiqMessage:
        # A job gets the parent only, not the client's tracestate.
        carrier: dict[str, str] = {}
        _propagator.inject(carrier)
        if _PARENT in carrier:
            message.labels[_PARENT] = carrier[_PARENT]
        return message

    def pre_execute(self, message: TaskiqMessage) -> TaskiqMessage:
        parent = _context(str(message.labels.get(_PARENT, "")))
        attributes = {"messaging.message.id": message.task_id}
        span = self._tracer.start_span(f"job {message.task_name}", parent, SpanKind.CONSUMER, attributes)
        # taskiq runs each message in a task of its own, so that this context needs no detach.
        context.attach(trace.set_span_in_context(span))
        return message

    def post_execute(self, message: TaskiqMessage, result: TaskiqResult[object]) -> None:
        span = trace.get_current_span()
        if result.error is not None:
            _fail(span, result.error)
        span.end()


class Traced:
    """Gives every HTTP request a span. Only TrailingSlash runs outside it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # The span of a WebSocket would not end, and probes are of no interest.
        traces = next((one for one in telemetry.listeners if isinstance(one, Traces)), None)
        if traces is None or scope["type"] != "http" or scope["path"].startswith("/health/"):
            await self.app(scope, receive, send)
            return
        parent = next((value for name, value in scope["headers"] if name == b"traceparent"), b"").decode("latin-1")
        with traces.request(parent):
            await self.app(scope, receive, send)


@contextmanager
def sent(part: str) -> Iterator[None]:
    """Create and export spans while the block runs."""
    provider = TracerProvider(resource=Resource.create(_named(part)), shutdown_on_exit=False)
    console = os.environ.get("OTEL_TRACES_EXPORTER") == "console"
    exporter: SpanExporter = ConsoleSpanExporter() if console else OTLPSpanExporter()
    provider.add_span_processor(BatchSpanProcessor(exporter))
    telemetry.trace_id = _trace_id
    try:
        with telemetry.listening(Traces(provider.get_tracer("kist"))):
            yield
    finally:
        telemetry.trace_id = None
        # By default the provider waits half a minute for a collector that does not answer.
        last = Thread(target=provider.shutdown, name="last-spans", daemon=True)
        last.start()
        last.join(_EXPORT_SECONDS)


def _named(part: str) -> dict[str, str]:
    given = os.environ.get("OTEL_SERVICE_NAME") or "service.name=" in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    return {} if given else {"service.name": f"kist-{part}"}


def _context(parent: str) -> context.Context:
    return _propagator.extract({_PARENT: parent}, context.Context())


def _fail(span: Span, error: BaseException) -> None:
    span.set_attribute("error.type", type(error).__name__)
    span.set_status(Status(StatusCode.ERROR))


def _trace_id() -> str:
    about = trace.get_current_span().get_span_context()
    return trace.format_trace_id(about.trace_id) if about.is_valid else ""
