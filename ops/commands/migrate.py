"""`./kist migrate` applies missing migrations as the owner of the tables, and grants the other roles privileges.

A migration that changes every loan does so in batches. The command may be interrupted: it continues where it ended.
"""

import asyncio
import contextlib
import sys
from collections.abc import Iterator

from models.event_numbers import Progress
from ops.commands import checks
from ops.commands.open_book import Report, progress_of
from ops.embedded import servers
from settings import load

_ONE_ROLE = (
    "kist: KIST_DATABASE_OWNER_URL is not set: one database role does everything, and the application could drop its"
    " tables (docs/operations.md, Database roles)"
)


def migrate() -> None:
    """Apply the missing migrations to the database."""
    from models import upgrades

    with servers.servers(load(), redis=False, command="kist migrate") as settings, _bar() as report:
        asyncio.run(checks.owner_answers(settings))
        applied = asyncio.run(upgrades.upgrade(settings.owner_url(), settings.database_url, report))
        alone = settings.owner_url() == settings.database_url
    for name in applied:
        print(name)
    print(f"{len(applied)} migrations applied")
    if alone:
        print(_ONE_ROLE, file=sys.stderr)


@contextlib.contextmanager
def _bar() -> Iterator[Progress]:
    """Show the loans that are done, their rate and the time left, from the first batch on."""
    with contextlib.ExitStack() as stack:
        bars: list[Report] = []

        def report(done: int, loans: int) -> None:
            # A bar that shows nothing prints an empty line.
            bars[:] = bars or [stack.enter_context(progress_of("migrating loans"))]
            bars[0](done, loans)

        yield report
