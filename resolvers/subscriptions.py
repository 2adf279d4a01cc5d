"""What a subscription watches is a row: it is looked at again and again, and told of when it has changed."""

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from resolvers.context import Viewer
from schema.errors import too_many_at_once

Row = TypeVar("Row")

# Often enough to feel live, seldom enough that a thousand watchers are a thousand cheap look-ups a second.
EVERY_SECONDS = 1.0
# A page has one or two; without a bound one account could have PostgreSQL look for nobody else.
MOST_OF_AN_ACCOUNT = 50

_ending = threading.Event()
_watching: Counter[tuple[object, ...]] = Counter()


def end() -> None:
    """Let every watcher of this process go within a second: it is about to end."""
    _ending.set()


def is_ending() -> bool:
    return _ending.is_set()


@contextmanager
def subscription_slot(viewer: Viewer) -> Iterator[None]:
    """A watcher's place among those of their account in this process.

    Raises:
        GraphQLError: TOO_MANY_AT_ONCE, where all are taken.
    """
    account = viewer.role, viewer.id
    if _watching[account] >= MOST_OF_AN_ACCOUNT:
        raise too_many_at_once(f"This account has {MOST_OF_AN_ACCOUNT} open subscriptions. Close one first.")
    _watching[account] += 1
    try:
        yield
    finally:
        _watching[account] -= 1
        if not _watching[account]:
            del _watching[account]


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
