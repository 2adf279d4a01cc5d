"""An operator who reads a person's data leaves an entry in the audit log, one a day for each person."""

from collections.abc import Collection
from datetime import date
from typing import Protocol

from models import audit
from rules.audit import Actor, Origin
from settings import Settings

# A remembered read is not written again. When the oldest is dropped, PostgreSQL still finds its entry.
MOST_REMEMBERED = 10_000

_noted: dict[tuple[object, ...], None] = {}


class Reader(Protocol):
    """The part of a request's context that an entry needs."""

    @property
    def settings(self) -> Settings: ...
    @property
    def origin(self) -> Origin: ...
    @property
    def today(self) -> date: ...


async def record_read(reader: Reader, user_id: int) -> None:
    """Record that an operator reads a person's data. A read without a record fails; other viewers leave no record."""
    await record_reads(reader, [user_id])


async def record_reads(reader: Reader, user_ids: Collection[int]) -> None:
    """Record, by one statement, that an operator reads the data of several people."""
    origin = reader.origin
    if origin.actor is not Actor.OPERATOR:
        return
    readings = {one: (reader.settings.database_url, origin.actor_id, one, reader.today) for one in user_ids}
    fresh = sorted(one for one, reading in readings.items() if reading not in _noted)
    if not fresh:
        return
    await audit.record_reads(origin, fresh, reader.today)
    for one in fresh:
        while len(_noted) >= MOST_REMEMBERED:
            del _noted[next(iter(_noted))]
        _noted[readings[one]] = None
