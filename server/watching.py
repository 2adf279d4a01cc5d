"""Who listens to this process, from before its pool and broker are opened until they are closed."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import ExitStack, asynccontextmanager

from settings import Settings

# In the order in which they are started.
PARTS = ("api", "worker", "scheduler")


def metrics_port(settings: Settings, part: str) -> int:
    """Where a part of `up` has its metrics: each on a port of its own, one after the other. 0 where nowhere."""
    return settings.metrics_port and settings.metrics_port + PARTS.index(part)


@asynccontextmanager
async def watched(settings: Settings, part: str) -> AsyncIterator[None]:
    """Count what happens in the block, where the settings ask for it. What is not asked for is not even imported."""
    with ExitStack() as stack:
        if settings.metrics_port:
            from server import metrics

            stack.enter_context(metrics.served(settings, part))
        yield


async def run(settings: Settings, part: str, work: Awaitable[None]) -> None:
    """Do the work of a part, watched."""
    async with watched(settings, part):
        await work
