"""A transaction that lost a race for a unique value runs again, and finds the row of the winner."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg

from models import database

T = TypeVar("T")


async def retried(work: Callable[[], Awaitable[T]]) -> T:
    """Run a whole transaction again after a conflict, as `database.retried`, and once after a unique violation."""
    try:
        return await database.retried(work)
    except asyncpg.UniqueViolationError:
        return await database.retried(work)
