"""`kist bench …`: each command makes its own servers and books, measures, and prints the figure beside its bound."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bench.measure import Result
    from settings import Settings

# What is measured with is read only when something is: every other command starts without it.
app = typer.Typer(help="How fast it is, beside how fast it could be.", no_args_is_help=True)

Loans = Annotated[int, typer.Option(min=100, help="The loans of the book.")]
Seconds = Annotated[float, typer.Option(min=1, help="How long requests are sent.")]


@app.command()
def billing(loans: Loans = 100_000, workers: Annotated[int, typer.Option(min=1, help="Worker processes.")] = 2) -> None:
    """Bill a book: loans a second."""
    from bench.billing import measured

    _run(lambda settings: measured(settings, loans, workers))


@app.command("import")
def import_(rows: Annotated[int, typer.Option(min=1, help="The rows of the file.")] = 5_000_000) -> None:
    """Import a file of transactions: rows a second."""
    from bench.imports import measured

    _run(lambda settings: measured(settings, rows))


@app.command()
def score(
    transactions: Annotated[int, typer.Option(min=1, help="The transactions in the table.")] = 10_000_000,
    registrations: Annotated[int, typer.Option(min=1, help="How many people register.")] = 200,
) -> None:
    """Register, and wait for the score: milliseconds."""
    from bench.score import measured

    _run(lambda settings: measured(settings, transactions, registrations))


@app.command()
def payments(loans: Loans = 200_000, seconds: Seconds = 15) -> None:
    """Pay through HTTP: requests a second."""
    from bench.payments import measured

    _run(lambda settings: measured(settings, loans, seconds))


@app.command()
def statement(loans: Loans = 200_000, seconds: Seconds = 15) -> None:
    """Read statements through HTTP: requests a second."""
    from bench.statement import measured

    _run(lambda settings: measured(settings, loans, seconds))


@app.command()
def growth(
    small: Loans = 10_000,
    large: Loans = 1_000_000,
    seconds: Seconds = 10,
    plot: Annotated[Path | None, typer.Option(help="Where the plot goes, an SVG.")] = None,
) -> None:
    """Read statements of longer and longer pasts, in a small book and a large one: milliseconds."""
    from bench import growth, measure

    books = growth.measured((small, large), seconds)
    measure.show(result for results in books.values() for result in results)
    for line in growth.compared(books[small], books[large]):
        print(line)
    if plot:
        growth.draw(plot, books)


@app.command("all")
def all_(
    scale: Annotated[float, typer.Option(min=0.0001, max=1, help="The share of every size and duration.")] = 1,
    shared: Annotated[bool, typer.Option(help="Say that others used the machine meanwhile.")] = False,
) -> None:
    """Measure everything, and write the results and the plot into bench/README.md."""
    from bench.suite import measure_and_write

    measure_and_write(scale, shared)


def _run(measured: "Callable[[Settings], Awaitable[Result]]") -> None:
    from bench import measure
    from bench.environment import is_in_use

    measure.show([is_in_use(measured)])
