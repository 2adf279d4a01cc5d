"""A measurement is a figure beside its bound; what a process took at most is looked at while it runs."""

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

_LOOK_SECONDS = 0.05
# Finding our processes means reading about all there are, so it is done on every so manieth look only.
_LOOKS_BETWEEN_SEARCHES = 10


class Result(NamedTuple):
    """One figure. `bound` is the best there could be, in the same unit; a rate is the better the higher."""

    name: str
    figure: float
    unit: str
    bound: float
    notes: tuple[str, ...] = ()

    @property
    def ratio(self) -> float:
        """1 is as good as the bound; of a duration it is the bound's share, of a rate the figure's."""
        if self.unit == "ms":
            return self.bound / self.figure
        return self.figure / self.bound


class Spread(NamedTuple):
    """How long single things took, in seconds."""

    p50: float
    p99: float

    def __str__(self) -> str:
        return f"p50 {self.p50 * 1000:.2f} ms, p99 {self.p99 * 1000:.2f} ms"


def spread(seconds: Iterable[float]) -> Spread:
    ordered = sorted(seconds)
    return Spread(*(ordered[min(int(len(ordered) * share), len(ordered) - 1)] for share in (0.5, 0.99)))


class PeakMemory:
    """The largest resident memory that each `kist` process below this one has had, in megabytes."""

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
        """By the name of the part, the largest of its processes."""
        largest: dict[str, int] = {}
        for name, peak in self._peaks.values():
            largest[name] = max(largest.get(name, 0), round(peak / 1e6))
        return largest

    def __str__(self) -> str:
        return ", ".join(f"{name} {peak} MB" for name, peak in sorted(self.megabytes().items()))

    def _watch(self) -> None:
        looks = 0
        while not self._finished.wait(_LOOK_SECONDS):
            if looks % _LOOKS_BETWEEN_SEARCHES == 0:
                self._search()
            looks += 1
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


def steps(things: Sequence[T], what: str) -> Iterator[T]:
    """Go through things with a progress bar on the error stream, gone when it is full."""
    with bar(what) as report:
        for number, thing in enumerate(things):
            report(number, len(things))
            yield thing


@contextlib.contextmanager
def bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar that is told how many are done, of how many; none where nobody watches."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def show(results: Iterable[Result]) -> None:
    table = Table("", "measured", "bound", "ratio", "", title_justify="left")
    for result in results:
        table.add_row(*cells(result))
    Console(width=None if Console().is_terminal else 160).print(table)


def cells(result: Result) -> tuple[str, ...]:
    """A result as it is printed, here and in the README."""
    return (
        result.name,
        f"{_shown(result.figure)} {result.unit}",
        f"{_shown(result.bound)} {result.unit}",
        f"{result.ratio:.2f}",
        "; ".join(result.notes),
    )


def _shown(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.2f}"
