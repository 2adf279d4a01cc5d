"""The owner of the tables brings them up to date, and grants the other roles what they may do."""

import asyncio
import sys

from ops.commands import checks
from ops.embedded import servers
from settings import load

_ONE_ROLE = (
    "kist: KIST_DATABASE_OWNER_URL is not set: one database role does everything, and the application could drop its"
    " tables (docs/operations.md, Database roles)"
)


def migrate() -> None:
    """Bring the database's schema up to date."""
    from models import database

    with servers.servers(load(), redis=False, command="kist migrate") as settings:
        asyncio.run(checks.owner_answers(settings))
        applied = asyncio.run(database.migrate(settings.owner_url(), settings.database_url))
        alone = settings.owner_url() == settings.database_url
    for name in applied:
        print(name)
    print(f"{len(applied)} migrations applied")
    if alone:
        print(_ONE_ROLE, file=sys.stderr)
