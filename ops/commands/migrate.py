"""`./kist migrate` applies missing migrations as the owner of the tables, and grants the other roles privileges."""

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
    """Apply the missing migrations to the database."""
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
