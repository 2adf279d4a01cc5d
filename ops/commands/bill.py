"""`./kist bill` bills a date in this process, without a worker."""

from typing import Annotated

import typer

from models.billing_runs import BillingRun
from ops.commands.open_book import not_later, parse_date, progress_of, with_the_book
from settings import Settings, SettingsError


def bill(
    as_of: Annotated[str, typer.Option(help="The date, such as 2026-01-31. By default, the business date.")] = "",
) -> None:
    """Bill a date in this process, without a worker."""
    print(billed(as_of))


def billed(as_of_text: str) -> str:
    """Bill a date, or the business date if the text is empty, and return the result in a line.

    Raises:
        SettingsError: the text is not a date, the date is after the business date, or the run failed.
    """
    from tasks import billing

    given = parse_date(as_of_text)

    async def work(settings: Settings) -> str:
        as_of = await not_later(given, settings, "a later date cannot be billed yet")
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
