"""A subscription polls one row, and sends an event when the row has changed."""

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from resolvers.viewer import Viewer
from schema.errors import too_many_at_once

Row = TypeVar("Row")

# A second feels live to a person, and a thousand subscriptions cost only a thousand cheap queries a second.
EVERY_SECONDS = 1.0
# A page has one or two subscriptions. Without a limit, one account could occupy PostgreSQL.
MOST_OF_AN_ACCOUNT = 50

_ending = threading.Event()
_open: Counter[tuple[object, ...]] = Counter()


def end() -> None:
    """End every subscription of this process within a second, before the process ends."""
    _ending.set()


def is_ending() -> bool:
    return _ending.is_set()


@contextmanager
def subscription_slot(viewer: Viewer) -> Iterator[None]:
    """Count a subscription of an account in this process, for the duration of the block.

    Raises:
        GraphQLError: TOO_MANY_AT_ONCE, if the account has its maximum of open subscriptions.
    """
    account = viewer.role, viewer.id
    if _open[account] >= MOST_OF_AN_ACCOUNT:
        raise too_many_at_once(f"This account has {MOST_OF_AN_ACCOUNT} open subscriptions. Close one first.")
    _open[account] += 1
    try:
        yield
    finally:
        _open[account] -= 1
        if not _open[account]:
            del _open[account]


async def changes(
    look: Callable[[], Awaitable[Row]],
    *,
    of: Callable[[Row], object],
    until: Callable[[Row], bool] = lambda row: False,
    every: float = EVERY_SECONDS,
) -> AsyncGenerator[Row, None]:
    """The row now, and again whenever `of(row)` has changed, up to the first row for which `until` holds.

    `look` reads the row, and raises if the viewer may no longer see it.
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
