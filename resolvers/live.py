"""What a subscription watches is a row: it is looked at again and again, and told of when it has changed."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeVar

Row = TypeVar("Row")

# Often enough to feel live, seldom enough that a thousand watchers are a thousand cheap look-ups a second.
EVERY_SECONDS = 1.0


_ending = threading.Event()


def end() -> None:
    """Let every watcher of this process go within a second: it is about to end."""
    _ending.set()


def is_ending() -> bool:
    return _ending.is_set()


async def changes(
    look: Callable[[], Awaitable[Row]],
    *,
    of: Callable[[Row], object],
    until: Callable[[Row], bool] = lambda row: False,
    every: float = EVERY_SECONDS,
) -> AsyncGenerator[Row, None]:
    """The row now, and again whenever `of` it has changed, up to the first for which `until` holds.

    `look` also decides, each time, whether the watcher may still look.
    """
    seen: object = changes
    while True:
        row = await look()
        if of(row) != seen:
            seen = of(row)
            yield row
        if until(row):
            return
        await asyncio.sleep(every)
        if _ending.is_set():
            return
