"""Several API processes count in files that they share, so that each of them answers a scrape for all of them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from prometheus_client import CollectorRegistry, Gauge, ProcessCollector
from prometheus_client.multiprocess import MultiProcessCollector

from ops.monitoring import prometheus_client_seam
from ops.monitoring.gauges import pool_gauges

# Gauges of a process are as old as this when another process is scraped.
_WRITING_SECONDS = 1.0


@contextmanager
def shared(process: str, served: CollectorRegistry) -> Iterator[CollectorRegistry]:
    """Serve the sums of all processes. Yields a registry for the metrics of this one, which is not served itself."""
    prometheus_client_seam.share(process)
    MultiProcessCollector(served)  # type: ignore[no-untyped-call]
    own = CollectorRegistry()
    writing = asyncio.create_task(_write_gauges(own))
    try:
        yield own
    finally:
        writing.cancel()


async def _write_gauges(registry: CollectorRegistry) -> None:
    """Write the use of this process's pool, to be summed, and the system's figures about the process, one by one."""
    system, gauges = ProcessCollector(registry=None), dict[str, Gauge]()

    def write(name: str, text: str, value: float, mode: Literal["livesum", "liveall"]) -> None:
        if name not in gauges:
            gauges[name] = Gauge(name, text, multiprocess_mode=mode, registry=registry)
        gauges[name].set(value)

    while True:
        for name, text, value in pool_gauges():
            write(f"kist_{name}", text, value, "livesum")
        for metric in system.collect():
            for sample in metric.samples:
                write(sample.name, metric.documentation, sample.value, "liveall")
        await asyncio.sleep(_WRITING_SECONDS)
