"""An operator who reads a person's data leaves an entry in the audit log, one a day for each person."""

from models import audit
from resolvers.context import RequestContext
from schema.users import Role

# A remembered read is not written again. When the oldest is dropped, PostgreSQL still finds its entry.
MOST_REMEMBERED = 10_000

_noted: dict[tuple[object, ...], None] = {}


async def record_read(context: RequestContext, user_id: int) -> None:
    """Record that an operator reads a person's data. A read without a record fails; other viewers leave no record."""
    viewer = context.viewer
    if viewer.role is not Role.OPERATOR:
        return
    reading = context.settings.database_url, viewer.id, user_id, context.today
    if reading in _noted:
        return
    await audit.record_read(context.origin, user_id, context.today)
    while len(_noted) >= MOST_REMEMBERED:
        del _noted[next(iter(_noted))]
    _noted[reading] = None
