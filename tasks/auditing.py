"""The audit log is whole when its entries are what was written, its chain holds, and of money it tells what is booked.

What a chain cannot show by itself is an end that was cut off, or a log that was written anew from some entry on by
somebody who may change the database as they like. Both change the head: a head that was noted elsewhere shows them.
"""

import asyncio
import logging
from collections.abc import Callable
from itertools import count
from typing import NamedTuple

from models import audit_chain, audit_money, database
from models.faults import AWAY, BROKEN_OFF
from rules import audit as rules
from rules.audit import GENESIS, Head

logger = logging.getLogger("kist.tasks")

# An entry that is not chained yet could be changed together with its digest, and nobody would know.
SEAL_SECONDS = 5

# All is looked through when a worker begins, and once a day: a read of the whole log.
_PASSES_OF_A_DAY = 24 * 3600 // SEAL_SECONDS

# Entries checked at a time: some megabytes.
BATCH_ENTRIES = 5_000

# As many say what is the matter.
MOST_FAULTS = 10_000

Report = Callable[[int, int], None]


async def seal_until(finish: asyncio.Event) -> None:
    """Chain what was written, every few seconds, until `finish` is set. Of several workers one at a time does.

    It is a worker's own business and no message of the schedule: it goes on while the broker is away.
    """
    for number in count():
        try:
            await audit_chain.seal(everything=number % _PASSES_OF_A_DAY == 0)
        except (*AWAY, *BROKEN_OFF) as error:
            logger.warning("the audit log is not chained for now: %s", str(error) or type(error).__name__)
        except Exception:  # a worker has more to do than this
            logger.exception("chaining the audit log failed")
        try:
            await asyncio.wait_for(finish.wait(), SEAL_SECONDS)
        except TimeoutError:
            continue
        return


class Verified(NamedTuple):
    """What is wrong with the log, a line each; its head, to be noted elsewhere; and how many entries of money the
    database wrote, because whoever moved it did not.
    """

    faults: list[str]
    head: Head
    unknown: int


async def verify(noted: Head | None = None, report: Report | None = None) -> Verified:
    """Chain what is not chained yet, and check all of it as of one moment, and that a head `noted` before is in it.

    `report` is told how many entries are done, of how many. It ends early once it has found MOST_FAULTS.
    """
    await audit_chain.seal(everything=True)
    async with database.transaction():
        total = await audit_chain.hold_still()
        faults = await _about_the_noted(noted) if noted else []
        last, done = Head(0, GENESIS), 0
        while len(faults) < MOST_FAULTS and (links := await audit_chain.after(last.position, BATCH_ENTRIES)):
            faults += rules.faults(last, links)
            last, done = links[-1].head, done + len(links)
            if report:
                report(done, total)
        for one in await audit_money.mismatches(MOST_FAULTS):
            faults.append(
                f"{one.what} is {one.log or 'not told'} in the log, and {one.book or 'not there'} in the book"
            )
        return Verified(faults, await audit_chain.head(), await audit_money.unknown())


async def _about_the_noted(noted: Head) -> list[str]:
    found = await audit_chain.at(noted.position)
    if found is None:
        return [f"the log ends before link {noted.position}, which was noted: its end is cut off"]
    if found != noted:
        return [f"link {noted.position} is not the one that was noted: the log was written anew"]
    return []
