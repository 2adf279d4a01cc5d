"""Metrics and traces of a process start before its pool and broker open, and end after they close."""

import os
from collections.abc import AsyncIterator, Awaitable
from contextlib import ExitStack, asynccontextmanager

from settings import Settings, SettingsError

_VARIABLES = (
    "SDK_DISABLED",
    "TRACES_EXPORTER",
    "EXPORTER_OTLP_ENDPOINT",
    "EXPORTER_OTLP_PROTOCOL",
    "EXPORTER_OTLP_TRACES_ENDPOINT",
    "EXPORTER_OTLP_TRACES_PROTOCOL",
)

# In the order in which `up` starts them.
PARTS = ("api", "worker", "scheduler")


def metrics_port(settings: Settings, part: str) -> int:
    """The metrics port of a part of `up`: consecutive ports from KIST_METRICS_PORT. 0 if metrics are disabled."""
    return settings.metrics_port and settings.metrics_port + PARTS.index(part)


def is_traced() -> bool:
    """Whether the standard OTEL variables enable traces.

    Raises:
        SettingsError: a variable names an exporter or a protocol that is not supported.
    """
    asked = {name: os.environ.get(f"OTEL_{name}", "").strip() for name in _VARIABLES}
    exporter = asked["TRACES_EXPORTER"]
    if asked["SDK_DISABLED"].lower() == "true" or exporter == "none":
        return False
    if exporter not in {"", "otlp", "console"}:
        raise SettingsError(f"OTEL_TRACES_EXPORTER must be otlp, console or none: {exporter} is not supported")
    protocol = asked["EXPORTER_OTLP_TRACES_PROTOCOL"] or asked["EXPORTER_OTLP_PROTOCOL"]
    is_traced = bool(exporter or asked["EXPORTER_OTLP_TRACES_ENDPOINT"] or asked["EXPORTER_OTLP_ENDPOINT"])
    if is_traced and protocol not in {"", "http/protobuf"}:
        raise SettingsError(f"OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf: {protocol} is not supported")
    return is_traced


@asynccontextmanager
async def monitored(settings: Settings, part: str) -> AsyncIterator[None]:
    """Collect metrics and traces while the block runs, if they are enabled. The libraries are imported only then."""
    with ExitStack() as stack:
        if settings.metrics_port:
            from ops.monitoring import metrics

            stack.enter_context(metrics.served(settings, part))
        if is_traced():
            from ops.monitoring import traces

            stack.enter_context(traces.sent(part))
        yield


async def run(settings: Settings, part: str, work: Awaitable[None]) -> None:
    """Await the work of a part with its metrics and traces."""
    async with monitored(settings, part):
        await work
