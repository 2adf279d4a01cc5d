"""A payment and a statement are compared with those of another revision, in rounds that take turns.

The figure is the processor time of the API and of its database connections. Unlike the time that passes, it hardly
depends on other programs of the machine.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from statistics import median
from typing import NamedTuple

import psutil

from bench import environment, load_generator
from bench.child_output import child_output
from bench.errors import BenchmarkError
from ops.commands import child_processes
from settings import ROOT, Settings

# Two processes of the same revision differ by far less.
MOST_SLOWER = 1.15

# Loans for each kind of request: enough that two requests at once rarely have the same loan.
_LOANS = 1000

# Several requests at once are the usual case. More connections would make the figures noisier.
_CLIENTS = 4

# The requests of a round take less than a second.
_MOST_SECONDS = 60

_BOOK = Path(__file__).parent / "comparison_book.py"
_LOCK = "requirements.lock"

_CONNECTIONS = """
SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'
    AND pid <> pg_backend_pid()
"""


class NotComparedError(Exception):
    """The other revision cannot run here. The message is one line, and no failure."""


class Rounds(NamedTuple):
    """The number of rounds, and of requests of each kind in a round."""

    number: int = 20
    requests: int = 100


class Comparison(NamedTuple):
    """Seconds of processor time for the requests of each round, in this tree and at the other revision."""

    endpoint: str
    requests: int
    ours: list[float]
    theirs: list[float]

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios. Above 1, this tree is slower."""
        return median(ours / theirs for ours, theirs in zip(self.ours, self.theirs, strict=True))

    @property
    def is_slower(self) -> bool:
        return self.ratio > MOST_SLOWER

    def line(self, revision: str) -> str:
        ours, theirs = (1000 * median(seconds) / self.requests for seconds in (self.ours, self.theirs))
        verdict = "NOT within" if self.is_slower else "within"
        return (
            f"{self.endpoint}: {ours:.2f} ms of processor time a request, {theirs:.2f} ms at {revision}:"
            f" ×{self.ratio:.2f}, {verdict} {MOST_SLOWER - 1:.0%}"
        )


class _Version(NamedTuple):
    """One of the two versions: its settings, the id of its API process, and the tokens of its requests by endpoint."""

    settings: Settings
    api: int
    tokens: Mapping[str, Sequence[str]]


def measured(revision: str, rounds: Rounds) -> list[Comparison]:
    """Compare this tree with a revision of its repository.

    Raises:
        NotComparedError: the revision is not in this clone, needs other packages, or cannot make the book.
        BenchmarkError: a program or a request failed.
    """
    commit = comparable(revision)

    async def compared(settings: Settings) -> list[Comparison]:
        other = settings.home / "other"
        extract(commit, other)
        return await side_by_side(settings, other, rounds)

    return environment.run_isolated(compared)


def comparable(revision: str, clone: Path = ROOT) -> str:
    """Return the commit of a revision.

    Raises:
        NotComparedError: the revision is not in this clone, or needs other packages.
    """
    commit = _git(clone, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").decode().strip()
    if not commit:
        raise NotComparedError(f"{revision} is not in this clone, which may be shallow")
    if _git(clone, "show", f"{commit}:{_LOCK}") != (clone / _LOCK).read_bytes():
        raise NotComparedError(f"{revision} has another {_LOCK}, and only the packages of this one are installed")
    return commit


def extract(commit: str, folder: Path, clone: Path = ROOT) -> None:
    """Write the files of a commit to a new folder. Unlike a work tree, it leaves no entry in .git after a kill."""
    folder.mkdir()
    subprocess.run(["tar", "-x", "-C", folder], input=_git(clone, "archive", commit), check=True)


def _git(clone: Path, *words: str) -> bytes:
    """The output of a git command; nothing if it fails."""
    try:
        return subprocess.run(["git", "-C", str(clone), *words], capture_output=True, check=False).stdout
    except FileNotFoundError:
        raise NotComparedError("git is not installed") from None


async def side_by_side(settings: Settings, other: Path, rounds: Rounds) -> list[Comparison]:
    """Run this tree and another one on books of the same loans, and measure round after round.

    Raises:
        NotComparedError: the other tree cannot make the book.
        BenchmarkError: a program or a request failed.
    """
    theirs = (await environment.copied(settings, "other")).model_copy(update={"port": environment.free_port()})
    # A book takes as long as its rounds, so both are made at once.
    making = asyncio.create_task(_made_book(settings, ROOT, rounds))
    try:
        older = await _made_book(theirs, other, rounds)
    except BenchmarkError as error:
        making.cancel()
        await asyncio.wait([making])
        reason = error.__notes__[-1].splitlines()[-1]
        raise NotComparedError(f"the other revision cannot make the book of this one: {reason}") from None
    ours = await making
    # Both get the older query: one that this tree has changed would compare two different questions.
    bodies = {name: [body for _, body in requests] for name, requests in older.items()}
    with environment.api(settings) as api, environment.api(theirs, other) as other_api:
        return await _taking_turns(
            _Version(settings, api, {name: _tokens(requests) for name, requests in ours.items()}),
            _Version(theirs, other_api, {name: _tokens(requests) for name, requests in older.items()}),
            bodies,
            rounds,
        )


async def _made_book(settings: Settings, root: Path, rounds: Rounds) -> dict[str, list[tuple[str, str]]]:
    """Make a book with the code of a tree. Return its pairs of a token and a body for each endpoint."""
    variables = {
        **child_processes.environment(settings),
        "KIST_DATABASE_OWNER_URL": settings.owner_url(),
        "PYTHONPATH": str(root),
    }
    requests = (rounds.number + 1) * rounds.requests
    # With -P, the folder of the program is not on the path: every module is one of the tree.
    command = (sys.executable, "-P", str(_BOOK), str(_LOANS), str(requests))
    made: dict[str, list[tuple[str, str]]] = json.loads(await child_output(*command, cwd=root, env=variables))
    return made


def _tokens(requests: list[tuple[str, str]]) -> list[str]:
    return [token for token, _ in requests]


async def _taking_turns(
    new: _Version, old: _Version, bodies: Mapping[str, Sequence[str]], rounds: Rounds
) -> list[Comparison]:
    took: dict[str, list[list[float]]] = {name: [] for name in bodies}
    for number, name in product(range(rounds.number + 1), bodies):
        span = slice(number * rounds.requests, (number + 1) * rounds.requests)
        seconds = [0.0, 0.0]
        for place in ((0, 1), (1, 0))[number % 2]:
            version = (new, old)[place]
            requests = list(zip(version.tokens[name][span], bodies[name][span], strict=True))
            seconds[place] = await _processor_seconds(version, requests)
        took[name].append(seconds)
    # The first round fills caches and opens connections.
    return [
        Comparison(name, rounds.requests, [ours for ours, _ in seconds[1:]], [theirs for _, theirs in seconds[1:]])
        for name, seconds in took.items()
    ]


async def _processor_seconds(version: _Version, requests: list[tuple[str, str]]) -> float:
    """Send requests and return the processor time that they cost the API and its database connections."""
    job = load_generator.Job(version.settings.host, version.settings.port, _CLIENTS, _MOST_SECONDS, "data", requests)
    async with environment.connection(version.settings) as connection:

        async def used() -> dict[int, float]:
            rows = await connection.fetch(_CONNECTIONS)
            return {pid: _used_by(pid) for pid in (version.api, *(row["pid"] for row in rows))}

        before = await used()
        tally = await load_generator.send(job)
        after = await used()
    if tally.failed or tally.answered != len(requests):
        raise BenchmarkError(f"{tally.failed} responses were not as expected, the first: {tally.first_failure[:500]}")
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())


def _used_by(pid: int) -> float:
    """The seconds of all threads of a process."""
    # A round is too short for psutil, which counts hundredths of a second. Linux has nanoseconds.
    if threads := list(Path(f"/proc/{pid}/task").glob("*/schedstat")):
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system
