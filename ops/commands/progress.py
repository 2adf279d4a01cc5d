"""A command prints each finished step with its time; a terminal also shows the current step."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

from rich.console import Console

from ops.commands import build_web
from ops.embedded.home import Pause

Step = Callable[[str], contextlib.AbstractContextManager[list[str]]]


class _Doing:
    """The spinner's text: the step, its notes, and its time up to now."""

    def __init__(self, name: str, notes: list[str]) -> None:
        self._name, self._notes = name, notes
        self._started = time.monotonic()

    def __rich__(self) -> str:
        at = f": {', '.join(self._notes)}" if self._notes else ""
        return f"{self._name}{at} … {time.monotonic() - self._started:.0f} s"


@contextlib.contextmanager
def step(console: Console, name: str) -> Iterator[list[str]]:
    """Print a step's name and time when it is done, with the notes that the block adds to the list."""
    notes: list[str] = []
    started = time.monotonic()
    # In a log, the frames of a spinner would be noise.
    with console.status(_Doing(name, notes)) if console.is_terminal else contextlib.nullcontext():
        yield notes
    shown = f"{name} ({', '.join(notes)})" if notes else name
    say(console, f"  {shown:<32} {time.monotonic() - started:5.1f} s")


def build(console: Console, pause: Pause = time.sleep) -> str:
    """Build the front end as a step. If that fails, print the end of the build's output, and return the reason."""

    def at(doing: str) -> None:
        notes[:] = [doing]
        if not console.is_terminal:
            # A log must show which step takes a minute.
            say(console, f"  front end: {doing} …")

    try:
        with step(console, "front end") as notes:
            notes[:] = ["built" if build_web.build(pause, at) else "unchanged"]
    except build_web.NotBuiltError as error:
        for line in error.output.splitlines():
            print(f"  {line}", file=sys.stderr)
        return f"the front end is not built: {error}"
    return ""


def say(console: Console, text: str) -> None:
    # After SIGHUP the terminal is closed: the error must not prevent the servers' shutdown.
    with contextlib.suppress(OSError):
        console.print(text, markup=False, soft_wrap=True)
        console.file.flush()
