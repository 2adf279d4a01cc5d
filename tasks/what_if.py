"""Worker processes fold the whole book under another policy, and write the figures of each loan as a line of CSV.

They read one snapshot, and write nothing to the database. The lines are in the order of the loans' ids, so that a run
can continue the file of an interrupted one.
"""

import asyncio
import csv
import gc
import io
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AsyncExitStack, aclosing, contextmanager
from datetime import date
from multiprocessing import resource_tracker
from typing import NamedTuple

from models import database, policy_lives, snapshots
from models.policy_lives import PolicyLife, Span
from rules import policy as rules
from rules.policy import Figures, Policy, Totals
from tasks.policy_file import PolicyFile, cells

# A worker folds as many in less than half a second, so that an interruption ends soon.
_LOANS_AT_ONCE = 500

# Rows and Decimals are in no reference cycles, and the search for cycles takes time.
_GC_THRESHOLD = 100_000


class PolicyRefused(Exception):  # noqa: N818 - not an error of the program
    """The policy does not fit a loan. The message is one line."""


class _Question(NamedTuple):
    """The policy, the business date, and the name of the snapshot."""

    policy: Policy
    as_of: date
    snapshot: str


class _Folded(NamedTuple):
    """The lines of some loans, and their sums."""

    lines: str
    totals: Totals


async def run(
    policy: Policy, file: PolicyFile, *, url: str, processes: int, report: Callable[[int, int], None]
) -> Totals:
    """Fold all loans that a file does not have yet, append them to it, and return the sums of the whole file.

    `report` receives the number of loans done and their total.

    Raises:
        PolicyRefused: under the policy a loan's bill would be due after the next one.
        BrokenProcessPool: a worker process was killed.
    """
    async with database.transaction():
        await snapshots.begin()
        await _check_due_days(policy)
        question = _Question(policy, file.as_of, await snapshots.share())
        total, spans = await policy_lives.spans(file.last_id, _LOANS_AT_ONCE)
        done, totals = 0, file.totals
        report(done, total)
        async with aclosing(_folded(question, spans, url, processes)) as found:
            async for lines, sums in found:
                file.append(lines)
                totals.add(sums)
                done += sums.loans
                report(done, total)
    return totals


async def _check_due_days(policy: Policy) -> None:
    # The settings have checked a policy with both terms, and the command one with a product.
    if policy.product is None and (policy.due_days is None or policy.cycle_days is None):
        late = await policy_lives.first_with_late_bills(policy.due_days, policy.cycle_days)
        if late is not None:
            terms = policy.applied_to(late.terms)
            raise PolicyRefused(
                f"loan {late.id} would have {terms.due_days} days until the due date, in cycles of {terms.cycle_days}"
                " days: due_days must be less than cycle_days"
            )


async def _folded(
    question: _Question, spans: Iterable[Span], url: str, processes: int
) -> AsyncGenerator[_Folded, None]:
    """The loans of all spans, in order. At most one span waits for a worker, and the others are being folded."""
    loop, running = asyncio.get_running_loop(), deque[asyncio.Future[_Folded]]()
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _begin, (url,))
    try:
        for span in spans:
            with _children_without_interrupts():
                running.append(loop.run_in_executor(pool, _fold, question, span))
            if len(running) > processes:
                yield await running.popleft()
        while running:
            yield await running.popleft()
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _children_without_interrupts() -> Iterator[None]:
    """Processes that start in this block never get Ctrl-C, which a terminal sends to all: their parent ends them."""
    resource_tracker.ensure_running()  # its first start would let the signal through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Worker:
    """A worker process has one event loop and one connection for all of its spans."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._runner = asyncio.Runner()
        self._stack: AsyncExitStack | None = None

    def fold(self, question: _Question, span: Span) -> _Folded:
        lives = self._runner.run(self._read(question, span))
        lines, totals = io.StringIO(), Totals()
        writer = csv.writer(lines, lineterminator="\n")
        for one in lives:
            actual, changed = _figures(one, question)
            totals.count(actual, changed)
            writer.writerow((one.loan_id, question.as_of, question.policy, *cells(actual, changed)))
        return _Folded(lines.getvalue(), totals)

    async def _read(self, question: _Question, span: Span) -> list[PolicyLife]:
        if self._stack is None:
            self._stack = AsyncExitStack()
            await self._stack.enter_async_context(database.connected(self._url, 1))
        async with database.transaction():
            await snapshots.begin(shared=question.snapshot)
            return await policy_lives.read(span)


def _figures(one: PolicyLife, question: _Question) -> tuple[Figures, Figures]:
    """The actual and the changed figures. The rows of a loan without corrections have the actual ones."""
    terms, today = one.loan.terms, question.as_of
    if one.corrected:
        actual = rules.lived(terms, one.events, today)
    else:
        actual = rules.stored(one.loan, one.interest_paid, today)
    return actual, rules.lived(question.policy.applied_to(terms), one.events, today)


# The worker of this process, if it is one.
_workers: list[_Worker] = []


def _begin(url: str) -> None:
    """Prepare a worker process. It ends with its parent, even if that is killed."""
    gc.set_threshold(_GC_THRESHOLD)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()
    _workers.append(_Worker(url))


def _fold(question: _Question, span: Span) -> _Folded:
    return _workers[0].fold(question, span)
