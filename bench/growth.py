"""What a statement takes must grow with its own loan's past, and not with the book it stands in."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bench import book, doors, ground, lives, plot
from bench.doors import Door
from bench.ground import on_ground
from bench.measure import Result, Spread, spread
from bench.statement import EVENTS, STATEMENT
from settings import Settings

PASTS = (10, 100, 1000)

# Loans of each length of past: enough that no page of theirs is read twice in a row.
_LOANS_OF_A_PAST = 20

# One client: how long a statement takes is asked, not how many there are in a second.
_CLIENTS = 1


def measured(sizes: Sequence[int], seconds: float) -> dict[int, list[Result]]:
    """By the size of the book, a result for each length of past."""
    return {loans: on_ground(partial(by_past, loans=loans, seconds=seconds)) for loans in sizes}


async def by_past(settings: Settings, loans: int, seconds: float) -> list[Result]:
    """A statement's time in a book of so many loans, by the events of its past."""
    await ground.prepare(settings)
    # Most loans have a bill; the ones that are looked at come after them.
    await book.make(settings, loans, [lives.lived(2, ground.DAY)])
    spans = []
    for events in PASTS:
        spans.append(range(loans + 1, loans + 1 + _LOANS_OF_A_PAST))
        await book.make(settings, _LOANS_OF_A_PAST, [lives.lived(events, ground.DAY)], after=loans)
        loans += _LOANS_OF_A_PAST
    await ground.settled(settings)
    with ground.api(settings):
        took = [await _took(settings, STATEMENT, span, seconds) for span in spans]
    best = [await doors.bound(settings, STATEMENT, span, clients=_CLIENTS, seconds=seconds) for span in spans]
    return [
        Result(f"statement, {events:,} events, {spans[0][0] - 1:,} loans", ours.p50 * 1000, "ms",
               bound.took.p50 * 1000, (f"{ours}",))
        for events, ours, bound in zip(PASTS, took, best, strict=True)
    ]  # fmt: skip


async def _took(settings: Settings, door: Door, loans: range, seconds: float) -> Spread:
    tally = await doors.knocked(settings, door, loans, clients=_CLIENTS, seconds=seconds)
    return spread(tally.took)


def compared(small: list[Result], large: list[Result]) -> list[str]:
    """What is asked of growth, in a line each."""
    few, some, many = (result.figure for result in large)
    first, then = (some - few) / (PASTS[1] - PASTS[0]), (many - some) / (PASTS[2] - PASTS[1])
    return [
        f"one more event: {first * 1000:.1f} µs up to {PASTS[1]} events,"
        f" {then * 1000:.1f} µs up to {PASTS[2]:,} (×{then / first:.2f})",
        f"the larger book: ×{large[0].figure / small[0].figure:.2f} at {EVENTS} events",
    ]


def draw(file: Path, books: dict[int, list[Result]]) -> None:
    """Time against size, both on a scale of powers of ten."""
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
