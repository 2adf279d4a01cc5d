"""The commands that work on the book: each opens the pool, does one thing with a progress bar, and says what it did.

Each imports the room it needs when it begins: all of them together take half a second.
"""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Protocol, TypeVar

import asyncpg
from rich import progress
from rich.console import Console
from rich.text import Text

from models import business_date, database
from models import portfolio as portfolios
from models.billing_runs import BillingRun
from ops.commands import checks
from ops.embedded import servers
from ops.monitoring import logs
from rules.portfolio import ExpectedCash, Portfolio
from rules.replay import UnplayableError
from settings import Settings, SettingsError, load

T = TypeVar("T")

# How a connection that ends in the middle of something is told, by the server or by its client.
LOST = (asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError, asyncpg.InterfaceError, ConnectionError)


class _Report(Protocol):
    def __call__(self, done: int, total: int, step: str = "", result: str = "") -> None: ...


class _Rate(progress.ProgressColumn):
    """How many a second; rich has one for bytes only."""

    def render(self, task: progress.Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f}/s", style="progress.data.speed")


@contextlib.contextmanager
def progress_of(what: str) -> Iterator[_Report]:
    """A bar with a rate and the time left for each step of `what`, on the error stream so that answers can be piped.

    What has come of a step so far, its `result`, stands beside its name.
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
    given = load()
    logs.configure(given)
    embedded_here = not given.database_url
    with servers.servers(given, redis=False, command=command) as settings:

        async def run() -> T:
            if embedded_here:
                await database.migrate(settings.owner_url(), settings.database_url)
            await checks.database_answers(settings)
            async with database.connected(settings.database_url, settings.database_connections):
                try:
                    return await work(settings)
                except LOST as error:
                    raise SettingsError(f"the database went away ({error}): give the same command again") from None
                except asyncpg.UndefinedTableError:
                    raise SettingsError("the database has no tables of ours: run ./kist migrate") from None

        return asyncio.run(run())


def bill(as_of_text: str) -> str:
    """Bill a date, the business date where the text is empty, here and now; what it came to.

    Raises:
        SettingsError: not a date, one after the business date, or a run that failed.
    """
    from tasks import billing

    given = _date(as_of_text)

    async def work(settings: Settings) -> str:
        as_of = await _not_later(given, settings, "later dates are not billed yet")
        with progress_of(f"billing {as_of}") as report:
            run = await billing.bill_in_foreground(
                as_of, lambda run: report(run.loans_billed, run.loans_due, result=f": {_so_far(run)}")
            )
        if run.status != "DONE":
            raise SettingsError(f"billing of {run.as_of} is {run.status}: see the log")
        return f"{run.as_of}: {run.loans_due} loans due, {_so_far(run)}"

    return with_the_book("kist bill", work)


def _so_far(run: BillingRun) -> str:
    return f"{run.bills_issued} bills, interest {run.interest_billed}"


def book(as_of_text: str, out: Path) -> str:
    """Write the page of the book on a date, the business date where the text is empty; what it shows.

    Raises:
        SettingsError: not a date, one after the business date, a file that cannot be written, or a loan whose
            history the rules refuse.
    """
    from resolvers import portfolio

    given = _date(as_of_text)
    # Known now, and not when a million loans have been worked out.
    if out.is_dir() or not os.access(out.parent, os.W_OK):
        raise SettingsError(f"{out} cannot be written")

    async def work(settings: Settings) -> tuple[Portfolio, ExpectedCash]:
        as_of = await _not_later(given, settings, "nobody knows the book of a later date")
        with progress_of("expecting cash of loans") as report:
            async with portfolios.held_still():
                return await portfolio.figures(as_of), await portfolio.expected_cash(as_of, report)

    try:
        figures, expected = with_the_book("kist book", work)
    except UnplayableError as error:
        raise SettingsError(f"{error}: see ./kist verify") from None
    from ops.commands.book_page import page  # its charts take longer to import than the other commands to begin

    try:
        out.write_text(page(figures, expected), encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{out}: {(error.strerror or str(error)).lower()}") from None
    return f"{out}: {figures.active_loans} active loans, principal {figures.principal_outstanding} on {figures.as_of}"


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise SettingsError(f"{text} is not a date, such as 2026-01-31") from None


async def _not_later(given: date | None, settings: Settings, reason: str) -> date:
    """The date given, by default the business date, and never later."""
    today = await business_date.current(settings.calendar_date(), settings.sandbox)
    if given is not None and given > today:
        raise SettingsError(f"the business date is {today}: {reason}")
    return given or today


def rotate_keys() -> tuple[int, tuple[int, ...]]:
    """Bring everybody under the newest Aadhaar keys: how many, and the ids of those whose number no key opens."""
    from tasks import key_rotation

    async def work(settings: Settings) -> tuple[int, tuple[int, ...]]:
        with progress_of("people") as report:
            return await key_rotation.rotate(settings, report)

    return with_the_book("kist keys rotate", work)
