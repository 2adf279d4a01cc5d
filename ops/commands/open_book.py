"""Open the book for a command: settings, database, progress bars, and the date that an operator gives."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from datetime import date
from typing import Protocol, TypeVar

import asyncpg
from rich import progress
from rich.console import Console
from rich.text import Text

from models import business_date, database, upgrades
from ops.commands import checks
from ops.embedded import servers
from ops.monitoring import logs
from settings import Settings, SettingsError, load

T = TypeVar("T")

# The errors of a connection that ends during a statement, from the server or from asyncpg.
LOST = (asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError, asyncpg.InterfaceError, ConnectionError)


class Report(Protocol):
    def __call__(self, done: int, total: int, step: str = "", result: str = "") -> None: ...


class _Rate(progress.ProgressColumn):
    """Rows a second. The speed column of rich is for bytes only."""

    def render(self, task: progress.Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f}/s", style="progress.data.speed")


@contextlib.contextmanager
def progress_of(what: str) -> Iterator[Report]:
    """Yield a function that shows a progress bar for each step of `what`, with its rate and the time left.

    The bars go to standard error, so that standard output can be piped. A step's `result` so far is shown beside its
    name.
    """
    columns = (
        progress.SpinnerColumn(),
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        _Rate(),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, console=Console(stderr=True)) as bar:
        tasks: dict[str, progress.TaskID] = {}

        def report(done: int, total: int, step: str = "", result: str = "") -> None:
            if step not in tasks:
                tasks[step] = bar.add_task("")
            bar.update(tasks[step], description=f"{what}{step}{result}", completed=done, total=total)

        yield report


def with_the_book(command: str, work: Callable[[Settings], Awaitable[T]]) -> T:
    """Open the database of the settings, run `work` and return its result. An embedded database is migrated first.

    Raises:
        SettingsError: the database does not answer, its connection is lost, or it has no tables.
    """
    given = load()
    logs.configure(given)
    embedded_here = not given.database_url
    with servers.servers(given, redis=False, command=command) as settings:

        async def run() -> T:
            if embedded_here:
                await upgrades.upgrade(settings.owner_url(), settings.database_url)
            await checks.database_answers(settings)
            async with database.connected(settings.database_url, settings.database_connections):
                try:
                    return await work(settings)
                except LOST as error:
                    raise SettingsError(
                        f"the connection to the database was lost ({error}): run the same command again"
                    ) from None
                except asyncpg.UndefinedTableError:
                    raise SettingsError("the database does not have kist's tables: run ./kist migrate") from None

        return asyncio.run(run())


def parse_date(text: str) -> date | None:
    """A date such as 2026-01-31; None for an empty text.

    Raises:
        SettingsError: the text is not a date.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise SettingsError(f"{text} is not a date. Write it as 2026-01-31") from None


async def not_later(given: date | None, settings: Settings, reason: str) -> date:
    """The given date, or else the business date.

    Raises:
        SettingsError: the given date is after the business date, with the reason against it.
    """
    today = await business_date.current(settings.calendar_date(), settings.sandbox)
    if given is not None and given > today:
        raise SettingsError(f"the business date is {today}: {reason}")
    return given or today
