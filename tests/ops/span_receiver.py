"""A collector that receives spans over HTTP and parses them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Span(NamedTuple):
    """The fields of a span that tests read. The ids of the span and its trace are hexadecimal."""

    service: str
    name: str
    trace: str
    id: str
    parent: str
    began: int
    seconds: float
    is_error: bool
    said: dict[str, Any]
    events: list[str]


class Receiver:
    """Receives spans over HTTP. With `answers=False` it accepts connections and does not answer."""

    def __init__(self, *, answers: bool = True) -> None:
        self.bodies: list[bytes] = []
        self.knocked = 0
        receiver = self

        class Taking(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.knocked += 1
                assert self.path == "/v1/traces"
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if not answers:
                    receiver.released.wait(60)
                receiver.bodies.append(body)
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
                pass

        self.released = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
        self.server.daemon_threads = True

    def environment(self) -> dict[str, str]:
        address = f"http://127.0.0.1:{self.server.server_port}"
        return {"OTEL_EXPORTER_OTLP_ENDPOINT": address, "OTEL_BSP_SCHEDULE_DELAY": "50"}

    def spans(self) -> list[Span]:
        found = []
        for body in list(self.bodies):
            for of_resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                resource = {one.key: one.value.string_value for one in of_resource.resource.attributes}
                for span in (span for scope in of_resource.scope_spans for span in scope.spans):
                    said = {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in span.attributes}
                    events = [one.attributes[0].value.string_value for one in span.events]
                    ids = span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex()
                    seconds = (span.end_time_unix_nano - span.start_time_unix_nano) / 1e9
                    is_error = span.status.code == span.status.STATUS_CODE_ERROR
                    service, began = resource["service.name"], span.start_time_unix_nano
                    found.append(Span(service, span.name, *ids, began, seconds, is_error, said, events))
        return found


@contextmanager
def receiving(*, answers: bool = True) -> Iterator[Receiver]:
    receiver = Receiver(answers=answers)
    thread = threading.Thread(target=receiver.server.serve_forever)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.released.set()
        receiver.server.shutdown()
        receiver.server.server_close()
        thread.join()
