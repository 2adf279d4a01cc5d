"""A result is a figure beside its bound. Peak memory is sampled while the processes run."""

import contextlib
import itertools
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Self, TypeVar

import psutil
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

T = TypeVar("T")

_SAMPLE_SECONDS = 0.05
# The search reads the command lines of all child processes, so only every tenth sample searches for new ones.
_SAMPLES_PER_SEARCH = 10


class Result(NamedTuple):
    """One figure. `bound` is the best possible figure, in the same unit: a rate, or a duration in "ms"."""

    name: str
    figure: float
    unit: str
    bound: float
    notes: tuple[str, ...] = ()

    @property
    def ratio(self) -> float:
        """1 means as good as the bound. It is bound / figure for a duration, and figure / bound for a rate."""
        if self.unit == "ms":
            return self.bound / self.figure
        return self.figure / self.bound


class Spread(NamedTuple):
    """The median and the 99th percentile of durations, in seconds."""

    p50: float
    p99: float

    def __str__(self) -> str:
        return f"p50 {self.p50 * 1000:.2f} ms, p99 {self.p99 * 1000:.2f} ms"


def spread(seconds: Iterable[float]) -> Spread:
    ordered = sorted(seconds)
    return Spread(*(ordered[min(int(len(ordered) * share), len(ordered) - 1)] for share in (0.5, 0.99)))


class PeakMemory:
    """Samples the resident memory of `kist` child processes and keeps each process's peak."""

    def __init__(self) -> None:
        self._peaks: dict[psutil.Process, tuple[str, int]] = {}
        self._finished = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="peak-memory", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._finished.set()
        self._thread.join()

    def megabytes(self) -> dict[str, int]:
        """Return the peak of the largest process of each part, in megabytes, by the part's name."""
        largest: dict[str, int] = {}
        for name, peak in self._peaks.values():
            largest[name] = max(largest.get(name, 0), round(peak / 1e6))
        return largest

    def __str__(self) -> str:
        return ", ".join(f"{name} {peak} MB" for name, peak in sorted(self.megabytes().items()))

    def _watch(self) -> None:
        samples = 0
        while not self._finished.wait(_SAMPLE_SECONDS):
            if samples % _SAMPLES_PER_SEARCH == 0:
                self._search()
            samples += 1
            for process, (name, peak) in list(self._peaks.items()):
                with contextlib.suppress(psutil.Error):
                    self._peaks[process] = name, max(peak, process.memory_info().rss)

    def _search(self) -> None:
        for process in psutil.Process().children():
            with contextlib.suppress(psutil.Error):
                command = process.cmdline()
                part = next((after for word, after in itertools.pairwise(command) if "cli.py" in word), "")
                if part and process not in self._peaks:
                    self._peaks[process] = part, 0


def steps(items: Sequence[T], label: str) -> Iterator[T]:
    """Yield the items with a progress bar on standard error, which disappears at the end."""
    with bar(label) as report:
        for number, item in enumerate(items):
            report(number, len(items))
            yield item


@contextlib.contextmanager
def bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar if standard error is a terminal. Yield a function that takes the done and the total."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(label, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def show(results: Iterable[Result]) -> None:
    table = Table("", "measured", "bound", "ratio", "", title_justify="left")
    for result in results:
        table.add_row(*cells(result))
    Console(width=None if Console().is_terminal else 160).print(table)


def cells(result: Result) -> tuple[str, ...]:
    """Format a result for the terminal and the README."""
    return (
        result.name,
        f"{_shown(result.figure)} {result.unit}",
        f"{_shown(result.bound)} {result.unit}",
        f"{result.ratio:.2f}",
        "; ".join(result.notes),
    )


def _shown(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.2f}"
