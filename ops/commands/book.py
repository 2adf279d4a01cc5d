"""`./kist book` writes the book on a date as a page that needs no network."""

import os
from pathlib import Path
from typing import Annotated

import typer

from models import portfolio as portfolios
from ops.commands.open_book import not_later, parse_date, progress_of, with_the_book
from rules.cash import ExpectedCash
from rules.portfolio import Portfolio
from settings import Settings, SettingsError


def book(
    out: Annotated[Path, typer.Option(help="The HTML file to write.")] = Path("book.html"),
    as_of: Annotated[str, typer.Option(help="The date, such as 2026-01-31. By default, the business date.")] = "",
) -> None:
    """Write a page about the book on a date: past due, interest billed, expected cash. It needs no network."""
    print(write(as_of, out))


def write(as_of_text: str, out: Path) -> str:
    """Write the page for a date, or for the business date if the text is empty, and return its totals in a line.

    Raises:
        SettingsError: the text is not a date, the date is after the business date, or the file cannot be written.
    """
    from resolvers import portfolio

    given = parse_date(as_of_text)
    # Before the work: a million loans take minutes.
    if out.is_dir() or not os.access(out.parent, os.W_OK):
        raise SettingsError(f"{out} cannot be written")

    async def work(settings: Settings) -> tuple[Portfolio, ExpectedCash, str]:
        as_of = await not_later(given, settings, "the book of a later date is not known yet")
        with progress_of("computing expected cash of loans") as report:
            async with portfolios.held_still():
                figures = await portfolio.figures(as_of)
                return figures, await portfolio.expected_cash(as_of, report), settings.lender().line()

    figures, expected, lender = with_the_book("kist book", work)
    from ops.commands.book_page import page  # importing its charts takes longer than starting the other commands

    try:
        out.write_text(page(figures, expected, lender), encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{out}: {(error.strerror or str(error)).lower()}") from None
    return f"{out}: {figures.active_loans} active loans, principal {figures.principal_outstanding} on {figures.as_of}"
