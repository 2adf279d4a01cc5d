"""Who listens to this process, from before its pool and broker are opened until they are closed."""

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

# In the order in which they are started.
PARTS = ("api", "worker", "scheduler")


def metrics_port(settings: Settings, part: str) -> int:
    """Where a part of `up` has its metrics: each on a port of its own, one after the other. 0 where nowhere."""
    return settings.metrics_port and settings.metrics_port + PARTS.index(part)


def is_traced() -> bool:
    """Whether the standard variables ask for traces.

    Raises:
        SettingsError: they ask for what there is not.
    """
    asked = {name: os.environ.get(f"OTEL_{name}", "").strip() for name in _VARIABLES}
    exporter = asked["TRACES_EXPORTER"]
    if asked["SDK_DISABLED"].lower() == "true" or exporter == "none":
        return False
    if exporter not in {"", "otlp", "console"}:
        raise SettingsError(f"OTEL_TRACES_EXPORTER takes otlp, console or none: {exporter} is not there")
    protocol = asked["EXPORTER_OTLP_TRACES_PROTOCOL"] or asked["EXPORTER_OTLP_PROTOCOL"]
    is_traced = bool(exporter or asked["EXPORTER_OTLP_TRACES_ENDPOINT"] or asked["EXPORTER_OTLP_ENDPOINT"])
    if is_traced and protocol not in {"", "http/protobuf"}:
        raise SettingsError(f"OTEL_EXPORTER_OTLP_PROTOCOL takes http/protobuf: {protocol} is not there")
    return is_traced


@asynccontextmanager
async def monitored(settings: Settings, part: str) -> AsyncIterator[None]:
    """Count and trace what happens in the block, where that is asked for. What is not is not even imported."""
    with ExitStack() as stack:
        if settings.metrics_port:
            from ops.monitoring import metrics

            stack.enter_context(metrics.served(settings, part))
        if is_traced():
            from ops.monitoring import traces

            stack.enter_context(traces.sent(part))
        yield


async def run(settings: Settings, part: str, work: Awaitable[None]) -> None:
    """Do the work of a part, watched."""
    async with monitored(settings, part):
        await work
