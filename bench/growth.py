"""A statement's time must grow linearly with its loan's events, and not with the size of the book."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from itertools import product
from pathlib import Path

from bench import environment, http_clients, lives, loan_book, plot
from bench.http_clients import Load
from bench.measure import Result, Spread, spread
from bench.pgbench import Bound
from bench.statement import STATEMENT
from settings import Settings

PASTS = (10, 100, 1000)

# Loans for each number of events: enough that requests rarely read the same pages in a row.
_LOANS_OF_A_PAST = 20

# One client, because the benchmark measures latency and not throughput.
_CLIENTS = 1

# The books take turns in five rounds, so that a temporary slowdown of the machine affects all of them.
_ROUNDS = 5

# The limit for the cost of one event among many, and for a statement in the larger book: 10 % more.
_MOST_GROWTH = 1.1


def measured(sizes: Sequence[int], seconds: float) -> dict[int, list[Result]]:
    """Return, for each size of book, one result per number of events in `PASTS`."""
    with ExitStack() as stack:
        places = {loans: stack.enter_context(environment.temporary_environment()) for loans in sizes}
        return asyncio.run(side_by_side(places, seconds))


async def side_by_side(places: Mapping[int, Settings], seconds: float) -> dict[int, list[Result]]:
    """Measure a statement's time by its loan's events, in books of several sizes whose servers run concurrently.

    `places` maps a number of loans to the settings of its environment. The books take turns, round after round.
    """
    # Each book is made in a task of its own, because Tortoise stores its connections in a context variable.
    spans = {loans: await asyncio.create_task(_made(settings, loans)) for loans, settings in places.items()}
    took: dict[tuple[int, int], list[float]] = defaultdict(list)
    with ExitStack() as stack:
        for settings in places.values():
            stack.enter_context(environment.api(settings))
        for _, (loans, settings), (place, events) in product(range(_ROUNDS), places.items(), enumerate(PASTS)):
            load = Load(_CLIENTS, seconds / _ROUNDS)
            tally = await http_clients.measured_load(settings, STATEMENT, spans[loans][place], load)
            took[loans, events] += tally.took
    return {
        loans: [
            _result(events, loans, spread(took[loans, events]), await _bound(settings, span, seconds))
            for events, span in zip(PASTS, spans[loans], strict=True)
        ]
        for loans, settings in places.items()
    }


async def _bound(settings: Settings, loans: range, seconds: float) -> Bound:
    recorded = await http_clients.recorded_request(settings, STATEMENT, loans[0])
    return await http_clients.bound(settings, recorded, loans, Load(_CLIENTS, seconds))


def _result(events: int, loans: int, took: Spread, bound: Bound) -> Result:
    name = f"statement, {events:,} events, {loans:,} loans"
    return Result(name, took.p50 * 1000, "ms", bound.took.p50 * 1000, (f"{took}",))


async def _made(settings: Settings, loans: int) -> list[range]:
    """Make a book of loans with one bill each, then the measured loans. Return their ids, a range for each past."""
    await environment.prepare(settings)
    await loan_book.make(settings, loans, [lives.simulated(2, environment.DAY)])
    spans = []
    for events in PASTS:
        spans.append(range(loans + 1, loans + 1 + _LOANS_OF_A_PAST))
        await loan_book.make(settings, _LOANS_OF_A_PAST, [lives.simulated(events, environment.DAY)], after=loans)
        loans += _LOANS_OF_A_PAST
    await environment.settle(settings)
    return spans


def compared(small: list[Result], large: list[Result]) -> list[str]:
    """Return the verdicts, a line each. The model is time = fixed part + events × time of one event, in every book."""
    few, some, many = (result.figure for result in large)
    one = (many - few) / (PASTS[2] - PASTS[0])
    first, then = (some - few) / (PASTS[1] - PASTS[0]), (many - some) / (PASTS[2] - PASTS[1])
    books = [of_large.figure / of_small.figure for of_large, of_small in zip(large, small, strict=True)]
    at_each = ", ".join(f"×{ratio:.2f} at {events:,}" for ratio, events in zip(books, PASTS, strict=True))
    return [
        f"a statement: {few - one * PASTS[0]:.2f} ms, and {one * 1000:.1f} µs for each event of its past",
        f"one more event: {first * 1000:.1f} µs up to {PASTS[1]} events, {then * 1000:.1f} µs up to {PASTS[2]:,}:"
        f" ×{then / first:.2f}, {_verdict(then / first)}",
        f"the larger book: {at_each} events, {_verdict(max(books))}",
    ]


def _verdict(ratio: float) -> str:
    return f"{'within' if ratio <= _MOST_GROWTH else 'NOT within'} {_MOST_GROWTH - 1:.0%}"


def draw(file: Path, books: dict[int, list[Result]]) -> None:
    """Draw time against the number of events, on logarithmic axes."""
    plot.lines(
        file,
        title="A statement's time through HTTP (p50)",
        x_title="events in the loan's past",
        y_title="milliseconds",
        series={
            f"a book of {loans:,} loans": list(zip(PASTS, (result.figure for result in results), strict=True))
            for loans, results in books.items()
        },
    )
