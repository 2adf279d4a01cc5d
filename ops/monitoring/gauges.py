"""Each scrape reads these gauges: the pool, the queue, the billing lag and the lag of the schedule."""

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
    """Created in the event loop of the pool and the broker, and collected from the thread of a scrape."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loop = asyncio.get_running_loop()

    def describe(self) -> list[Metric]:
        # Without this, the registry would collect at registration, when the pool is not open yet.
        return []

    def collect(self) -> Iterator[Metric]:
        reading = asyncio.run_coroutine_threadsafe(self._read(), self._loop)
        try:
            gauges = reading.result(3 * telemetry.PROBE_SECONDS)
        except TimeoutError:
            # The event loop is blocked. The scrape still returns the counters.
            reading.cancel()
            return
        for name, text, value in gauges:
            yield GaugeMetricFamily(f"kist_{name}", text, value)

    async def _read(self) -> list[Gauge]:
        gauges = list[Gauge]()
        if in_pool := pool_gauges():
            # One of several processes shares the figures of its pool in another way.
            gauges += [] if telemetry.process_name else in_pool
            gauges += await _answered("database", self._billing)
        return gauges + await _answered("broker", self._queue)

    async def _billing(self) -> list[Gauge]:
        settings = self._settings
        today = await business_date.current(settings.calendar_date(), settings.sandbox)
        done, oldest = await billing_runs.reached()
        gauges = [("database_up", "Whether the database answers", 1.0)]
        if done is not None:
            text = "Days from the last billed date to the business date"
            gauges.append(("billing_lag_days", text, (today - done).days))
        overdue = (today - oldest).days if oldest is not None else 0
        gauges.append(("billing_overdue_days", "Days since the oldest unbilled loan became due", max(overdue, 0)))
        return gauges

    async def _queue(self) -> list[Gauge]:
        waiting, taken = await stream.sent_to().load()
        gauges = [
            ("broker_up", "Whether the broker answers", 1.0),
            ("queue_messages", "Unfinished jobs, with those that a worker has taken", waiting),
            ("queue_taken", "Unfinished jobs that a worker has taken", taken),
        ]
        if swept_at := await sweeps.swept_at():
            gauges.append(("schedule_lag_seconds", "Seconds since the last sweep ended", max(time() - swept_at, 0)))
        return gauges


def pool_gauges() -> list[Gauge]:
    """The gauges of this process's pool, or none if it is not open."""
    use = pool.use()
    if use is None:
        return []
    return [
        ("pool_lent", "Database connections in use", use.lent),
        ("pool_idle", "Database connections that are open and idle", use.idle),
        ("pool_most", "The most database connections that the pool may open", use.most),
        ("pool_waiting", "Tasks that wait for a database connection", use.waiting),
    ]


async def _answered(server: str, ask: Callable[[], Awaitable[list[Gauge]]]) -> list[Gauge]:
    """The gauges of a server, or one that says that it does not answer."""
    found = await telemetry.probe(server, ask)
    return [(f"{server}_up", f"Whether the {server} answers", 0.0)] if found is None else found
