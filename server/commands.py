"""The commands that work on the book: each opens the pool, does one thing with a progress bar, and says what it did."""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TypeVar

import email_validator
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from models import business_date, database, operators, users
from models.operators import Operator
from resolvers import passwords
from rules.registration import about_the_password
from server import embedded
from settings import Settings, SettingsError, load
from tasks import billing, imports, verification

T = TypeVar("T")


class _Rate(ProgressColumn):
    """How many a second; rich has one for bytes only."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f}/s", style="progress.data.speed")


@contextlib.contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar with a rate and the time left, on the error stream so that the answer can be piped."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _with_the_book(command: str, work: Callable[[Settings], Awaitable[T]]) -> T:
    with embedded.servers(load(), redis=False, command=command) as settings:

        async def run() -> T:
            await database.migrate(settings.database_url)
            async with database.connected(settings.database_url, settings.database_connections):
                return await work(settings)

        return asyncio.run(run())


def add_operator(email: str, ask: Callable[[], str]) -> str:
    """Make an operator; their normalised email. `ask` gives the password where the environment does not.

    Raises:
        SettingsError: not an email, one that is taken, or a password that is too short.
    """
    try:
        email = email_validator.validate_email(email.strip(), check_deliverability=False).normalized
    except email_validator.EmailNotValidError as error:
        raise SettingsError(f"{email} is not an email address: {error}") from None
    password = os.environ.get("KIST_OPERATOR_PASSWORD") or ask()
    for problem in about_the_password(password):
        raise SettingsError(problem.message)

    async def work(_: Settings) -> None:
        if await operators.by_email(email) or await users.by_email(email):
            raise SettingsError(f"there is an account of {email}")
        await Operator.create(email=email, password_hash=await passwords.hashed(password))

    _with_the_book("kist operator add", work)
    return email


def bill(as_of: date | None) -> str:
    """Bill a date, the business date unless given, here and now; what it came to.

    Raises:
        SettingsError: a date after the business date, or a run that failed.
    """

    async def work(settings: Settings) -> str:
        today = await business_date.current(settings.calendar_date(), settings.sandbox)
        if (as_of or today) > today:
            raise SettingsError(f"the business date is {today}: later dates are not billed yet")
        with _progress(f"billing {as_of or today}") as report:
            run = await billing.bill_in_foreground(as_of or today, lambda run: report(run.loans_billed, run.loans_due))
        if run.status != "DONE":
            raise SettingsError(f"billing of {run.as_of} is {run.status}: see the log")
        return f"{run.as_of}: {run.loans_due} loans due, {run.bills_issued} bills, interest {run.interest_billed}"

    return _with_the_book("kist bill", work)


def verify() -> list[str]:
    """Recompute the book; each disagreement in a line."""

    async def work(_: Settings) -> list[str]:
        with _progress("verifying loans") as report:
            return [str(disagreement) for disagreement in await verification.verify(report)]

    return _with_the_book("kist verify", work)


def import_file(path: Path) -> str:
    """Import a CSV of transactions; what it came to. Rejected rows are written beside the file.

    Raises:
        SettingsError: a file that cannot be read, or that has not the columns.
    """
    rejects = path.with_suffix(".rejects.csv")

    async def work(settings: Settings) -> str:
        with _progress(f"importing {path.name}") as report:
            done = await imports.import_file(path, settings, rejects=rejects, report=report)
        return str(done)

    return _with_the_book("kist import", work)
