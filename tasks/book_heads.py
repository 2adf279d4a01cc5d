"""The worker publishes the head of the book of each business date that has ended, chunk by chunk, beside payments.

A head covers the events that were recorded by the end of the date. A payment writes no head: the publication extends
the chains of the loans with new events, and reads the heads of all others. After an interruption it continues: the
heads that are stored are not computed again.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models import book_heads, business_date, life_events, loan_columns
from models.book_heads import BookHead, Leaf, NewHead, Published
from models.database_errors import CANCELED, UNAVAILABLE
from models.loans import Loan
from rules import chains
from rules.audit import WORKER, Origin
from rules.events import Event
from rules.plan import Terms
from settings import Settings
from tasks.sweeps import to_be_billed

logger = logging.getLogger("kist.tasks")

# After a longer outage, or a large step of a sandbox's date, the dates before these have no head.
MOST_DATES = 31

# Loans whose events are read at a time. A loan of sixty cycles has 200 events, which take about 200 kB.
EXTENDED_AT_ONCE = 250

PUBLISH_SECONDS = 60

# Another process may add a head of a loan while this one reads. It does so once, in the minutes after the date.
_TRIES = 5


class PublicationError(Exception):
    """The stored heads contradict each other, and no head of the book is published."""


Report = Callable[[int, int], None]


def _unreported(done: int, loans: int) -> None:
    """Report nothing."""


async def ended(settings: Settings) -> date:
    """The latest business date that has ended, half an hour ago or more: its last transactions are committed."""
    now = to_be_billed(datetime.now(ZoneInfo(settings.timezone)))
    return await business_date.current(now, settings.sandbox) - timedelta(days=1)


async def outstanding(until: date) -> list[date]:
    """The dates up to `until` without a head, oldest first, at most `MOST_DATES`; one date before the first head."""
    newest = await book_heads.newest()
    missing = 1 if newest is None else (until - newest.date).days
    return [until - timedelta(days=ago) for ago in reversed(range(min(missing, MOST_DATES)))]


async def publish_until(finish: asyncio.Event, settings: Settings) -> None:
    """Publish what is outstanding, every minute until `finish` is set. Several workers may run it.

    It is a loop of the worker and not a scheduled task, because a large book takes longer than a task may take.
    """
    while True:
        try:
            for day in await outstanding(await ended(settings)):
                if finish.is_set():
                    return
                await publish(day, settings.lender().name or "", WORKER)
        except (*UNAVAILABLE, *CANCELED) as error:
            logger.warning("the head of the book cannot be published now: %s", str(error) or type(error).__name__)
        except Exception:  # the worker must run its other tasks
            logger.exception("publishing the head of the book failed")
        try:
            await asyncio.wait_for(finish.wait(), PUBLISH_SECONDS)
        except TimeoutError:
            continue
        return


async def publish(day: date, lender: str, by: Origin, report: Report = _unreported) -> BookHead:
    """Publish the head of a date that has ended, or find it. `report` gets the loans done and their total.

    Raises:
        PublicationError: the stored heads of loans contradict each other.
    """
    for _ in range(_TRIES):
        tree, added, done, loans = chains.Tree(), 0, 0, await Loan.all().count()
        async for batch in book_heads.leaves(day):
            for one in await _extended(batch, day):
                tree.add(chains.leaf(one.loan_id, one.sequence, one.head))
                if one.published_on == day:
                    added += one.sequence
            done += len(batch)
            report(done, max(done, loans))
        root = tree.root()
        book = Published(day, lender, tree.size, root, chains.head_of_book(lender, day, tree.size, root))
        if await book_heads.publish(book, added, by):
            logger.info("the head of the book of %s is %s", day, book.head.hex())
        # Otherwise another process has published it, or has just added a head of a loan.
        if found := await book_heads.on(day):
            return found
    raise PublicationError(f"the head of the book of {day} cannot be published: run ./kist verify")


class _Head(NamedTuple):
    """The head of a loan's chain as of a date, and the date under which it is stored."""

    loan_id: int
    sequence: int
    head: bytes
    published_on: date


async def _extended(batch: Sequence[Leaf], day: date) -> list[_Head]:
    """The heads of loans as of a date, after the chains of the loans with new events are extended."""
    heads = {
        one.loan_id: _Head(one.loan_id, one.sequence, one.head, one.published_on)
        for one in batch
        if one.sequence is not None and one.head is not None and one.published_on is not None
    }
    behind = [one for one in batch if one.newest > (one.sequence or 0)]
    for start in range(0, len(behind), EXTENDED_AT_ONCE):
        new = await _new_heads(behind[start : start + EXTENDED_AT_ONCE], day)
        if new:
            await book_heads.extend(new, day)
            heads |= {one.loan_id: _Head(*one, day) for one in new}
    return [heads[one.loan_id] for one in batch if one.loan_id in heads]


async def _new_heads(behind: Sequence[Leaf], day: date) -> list[NewHead]:
    events = await life_events.of_loans(one.loan_id for one in behind)
    begun = [one.loan_id for one in behind if one.head is None]
    terms = {
        loan_id: loan_columns.terms_of(columns)
        for loan_id, *columns in await Loan.filter(id__in=begun).values_list("id", *Terms._fields)
    }
    found = []
    for one in behind:
        later = [row.event() for row in events[one.loan_id] if row.sequence > (one.sequence or 0)]
        covered = _recorded_by(later, day)
        if covered:
            start = chains.first_link(one.loan_id, terms[one.loan_id]) if one.head is None else one.head
            *_, head = chains.links(start, covered)
            found.append(NewHead(one.loan_id, covered[-1].sequence, head))
    return found


def _recorded_by(events: Sequence[Event], day: date) -> Sequence[Event]:
    """The events up to the last one that was recorded by the end of a date."""
    last = max((place for place, event in enumerate(events, 1) if event.recorded_on <= day), default=0)
    return events[:last]
