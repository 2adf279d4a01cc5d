"""An operator who reads something of a person leaves an entry in the audit log, one a day for each person."""

from models import audit
from resolvers.context import RequestContext
from schema.users import Role

# What is remembered here is not written again; beyond it the oldest is forgotten, and PostgreSQL finds its entry.
MOST_REMEMBERED = 10_000

_noted: dict[tuple[object, ...], None] = {}


async def record_read(context: RequestContext, user_id: int) -> None:
    """Note that the viewer, where that is an operator, reads something of a person. A read that is not noted fails."""
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
