"""`kist bench …`: each command starts its own servers, makes its own book, and prints the figure beside its bound."""

import contextlib
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bench.measure import Result
    from settings import Settings

# The commands import the benchmarks when they run: every other command of kist starts without psutil and pygal.
app = typer.Typer(help="Measure the performance, beside the best possible figure.", no_args_is_help=True)

Loans = Annotated[int, typer.Option(min=100, help="Number of loans in the book.")]
Seconds = Annotated[float, typer.Option(min=1, help="Duration of the load, in seconds.")]
Processes = Annotated[int, typer.Option(min=1, help="Number of API processes.")]


@app.command()
def billing(
    loans: Loans = 100_000, workers: Annotated[int, typer.Option(min=1, help="Number of worker processes.")] = 2
) -> None:
    """Bill a book, in loans per second."""
    from bench.billing import measured

    _run(lambda settings: measured(settings, loans, workers))


@app.command("import")
def import_(rows: Annotated[int, typer.Option(min=1, help="Number of rows in the file.")] = 5_000_000) -> None:
    """Import a file of transactions, in rows per second."""
    from bench.imports import measured

    _run(lambda settings: measured(settings, rows))


@app.command()
def score(
    transactions: Annotated[int, typer.Option(min=1, help="Number of transactions in the table.")] = 10_000_000,
    registrations: Annotated[int, typer.Option(min=1, help="Number of registrations.")] = 200,
) -> None:
    """Register and wait for the score, in milliseconds."""
    from bench.score import measured

    _run(lambda settings: measured(settings, transactions, registrations))


@app.command()
def payments(loans: Loans = 200_000, seconds: Seconds = 15, processes: Processes = 1) -> None:
    """Pay through HTTP, in requests per second."""
    from bench.payments import measured

    _run(lambda settings: measured(settings.model_copy(update={"api_processes": processes}), loans, seconds))


@app.command()
def statement(loans: Loans = 200_000, seconds: Seconds = 15, processes: Processes = 1) -> None:
    """Read statements through HTTP, in requests per second."""
    from bench.statement import measured

    _run(lambda settings: measured(settings.model_copy(update={"api_processes": processes}), loans, seconds))


@app.command()
def peers(loans: Loans = 200_000, seconds: Seconds = 15) -> None:
    """Pay and read statements beside Mercurius, a GraphQL server for Node, in requests per second."""
    from bench.mercurius import measured

    _run(lambda settings: measured(settings, loans, seconds))


@app.command()
def growth(
    small: Loans = 10_000,
    large: Loans = 1_000_000,
    seconds: Seconds = 10,
    plot: Annotated[Path | None, typer.Option(help="Write a plot to this SVG file.")] = None,
) -> None:
    """Read statements of 10 to 1,000 events in a small and a large book, in milliseconds."""
    from bench import growth, measure

    with failures_in_words():
        books = growth.measured((small, large), seconds)
    measure.show(result for results in books.values() for result in results)
    for line in growth.compared(books[small], books[large]):
        print(line)
    if plot:
        growth.draw(plot, books)


@app.command()
def compare(
    revision: Annotated[str, typer.Argument(help="A revision of this repository, such as HEAD^.")],
    rounds: Annotated[int, typer.Option(min=1, help="Number of rounds.")] = 20,
) -> None:
    """Compare the processor time of a payment and of a statement with another revision.

    Exit with code 1 if one of them takes more than 15 % longer, and does so again in a second run.
    """
    from bench import compare

    try:
        with failures_in_words():
            # The second run is for chance, which may be a busy machine or an unlucky layout of a process's memory.
            for _ in range(2):
                compared = compare.measured(revision, compare.Rounds(rounds))
                print(*(one.line(revision) for one in compared), sep="\n", flush=True)
                if not any(one.is_slower for one in compared):
                    return
    except compare.NotComparedError as error:
        print(f"NOT COMPARED: {error}")
        return
    raise typer.Exit(1)


@app.command("all")
def all_(
    scale: Annotated[float, typer.Option(min=0.0001, max=1, help="Scale every size and duration by this factor.")] = 1,
    shared: Annotated[bool, typer.Option(help="Note in the results that other programs used the machine.")] = False,
) -> None:
    """Run all benchmarks, and write the results to bench/README.md and the plot to bench/growth.svg."""
    from bench.suite import measure_and_write

    with failures_in_words():
        measure_and_write(scale, shared)


def _run(measured: "Callable[[Settings], Awaitable[Result | list[Result]]]") -> None:
    from bench import measure
    from bench.environment import run_isolated

    with failures_in_words():
        results = run_isolated(measured)
    measure.show(results if isinstance(results, list) else [results])


@contextlib.contextmanager
def failures_in_words() -> Iterator[None]:
    """Print the reason of a failed benchmark instead of a traceback, and exit with code 1."""
    from bench.errors import BenchmarkError

    try:
        yield
    except BenchmarkError as error:
        # The reason comes last, where a terminal shows it.
        print(*getattr(error, "__notes__", ()), f"kist: {error}", sep="\n", file=sys.stderr)
        raise typer.Exit(1) from None
