"""A book is upgraded in place: missing migrations are applied, and then what they leave to the rules is computed."""

import asyncio

import asyncpg

from models import class_history, database
from models.event_numbers import Progress, unreported


async def upgrade(url: str, application_url: str = "", report: Progress = unreported) -> list[str]:
    """Apply the missing migrations as the owner of the tables, find the classes of a book from before the log of
    classes, and return the names of the migrations. It may be interrupted, and continues at the next call.

    Raises:
        InUseError, NotOwnerError: as `database.migrate`.
    """
    applied = await database.migrate(url, application_url, report)
    owner = await asyncpg.connect(**database.arguments(url))
    try:
        if await class_history.is_pending(owner):
            # A task of its own has no Tortoise connection yet.
            await asyncio.create_task(_find_classes(url, report))
            await class_history.complete(owner)
    finally:
        await owner.close()
    return applied


async def _find_classes(url: str, report: Progress) -> None:
    async with database.connected(url, 1):
        await class_history.find(report)
