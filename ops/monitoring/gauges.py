"""What is looked up when somebody asks for the metrics: the pool, the queue, and how late billing and its clock are."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from time import time

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

import telemetry
from broker import stream
from models import billing_runs, business_date, pool
from settings import Settings
from tasks import sweeps

Gauge = tuple[str, str, float]


class Gauges(Collector):
    """Made in the event loop whose pool and broker it looks at, and asked from another thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loop = asyncio.get_running_loop()

    def describe(self) -> list[Metric]:
        # Nobody is asked while it is registered: the pool is not open yet.
        return []

    def collect(self) -> Iterator[Metric]:
        looking = asyncio.run_coroutine_threadsafe(self._look(), self._loop)
        try:
            gauges = looking.result(3 * telemetry.PROBE_SECONDS)
        except TimeoutError:
            # A loop that stands still: what has been counted is told all the same.
            looking.cancel()
            return
        for name, text, value in gauges:
            yield GaugeMetricFamily(f"kist_{name}", text, value)

    async def _look(self) -> list[Gauge]:
        use, gauges = pool.use(), list[Gauge]()
        if use is not None:
            gauges += [
                ("pool_lent", "Connections to the database that are in use", use.lent),
                ("pool_idle", "Connections to the database that are open and idle", use.idle),
                ("pool_most", "Connections to the database that there may be", use.most),
                ("pool_waiting", "Who waits for a connection to the database", use.waiting),
            ]
            gauges += await _answered("database", self._billing)
        return gauges + await _answered("broker", self._queue)

    async def _billing(self) -> list[Gauge]:
        settings = self._settings
        today = await business_date.current(settings.calendar_date(), settings.sandbox)
        done, oldest = await billing_runs.reached()
        gauges = [("database_up", "Whether the database answers", 1.0)]
        if done is not None:
            text = "From the last date that was billed to the business date"
            gauges.append(("billing_lag_days", text, (today - done).days))
        overdue = (today - oldest).days if oldest is not None else 0
        gauges.append(("billing_overdue_days", "How long the loan that waits longest has been due", max(overdue, 0)))
        return gauges

    async def _queue(self) -> list[Gauge]:
        waiting, taken = await stream.sent_to().load()
        gauges = [
            ("broker_up", "Whether the broker answers", 1.0),
            ("queue_messages", "Jobs that are not done, those that a worker has taken among them", waiting),
            ("queue_taken", "Jobs that a worker has taken and not done", taken),
        ]
        if swept_at := await sweeps.swept_at():
            gauges.append(("schedule_lag_seconds", "Since the last sweep ended", max(time() - swept_at, 0)))
        return gauges


async def _answered(server: str, ask: Callable[[], Awaitable[list[Gauge]]]) -> list[Gauge]:
    """The gauges of a server, or one that says that it does not answer."""
    found = await telemetry.probe(server, ask)
    return [(f"{server}_up", f"Whether the {server} answers", 0.0)] if found is None else found
