"""The audit log is whole when its entries are what was written, its chain holds, and the book is what it tells.

What a chain cannot show by itself is an end that was cut off, or a log that was written anew from some entry on by
somebody who may change the database as they like. Both change the head: a head that was noted elsewhere shows them.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from models import audit_chain, audit_money, audit_sums, database
from models.database_errors import CANCELED, UNAVAILABLE
from rules import audit as rules
from rules.audit import GENESIS, Head
from tasks import audit_heads

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


# The chain's head goes to the log and to the file of heads as often.
HEAD_SECONDS = 3600


async def seal_until(finish: asyncio.Event, heads_file: Path | None = None) -> None:
    """Chain what was written, every few seconds, and note the head each hour, until `finish` is set. Of several workers
    one at a time does.

    It is a worker's own business and no message of the schedule: it goes on while the broker is away.
    """
    due = 0.0
    for number in count():
        try:
            await audit_chain.seal(everything=number % _PASSES_OF_A_DAY == 0)
            if monotonic() >= due and await _note_head(heads_file):
                due = monotonic() + HEAD_SECONDS
        except (*UNAVAILABLE, *CANCELED) as error:
            logger.warning("the audit log is not chained for now: %s", str(error) or type(error).__name__)
        except Exception:  # a worker has more to do than this
            logger.exception("chaining the audit log failed")
        try:
            await asyncio.wait_for(finish.wait(), SEAL_SECONDS)
        except TimeoutError:
            continue
        return


async def _note_head(file: Path | None) -> bool:
    """Note the head, in the log and in the file, if there is one; whether there is a head."""
    head = await audit_chain.head()
    if not head.position:
        return False
    try:
        noted = file is None or await asyncio.to_thread(audit_heads.append, file, head, datetime.now(UTC))
    except OSError as error:
        logger.warning("%s: the audit log's head is not noted there: %s", file, error.strerror or error)
        noted = True
    if noted:
        logger.info("the audit log's head is %s", head)
    return True


class Verified(NamedTuple):
    """The differences between log and book and the faults of the chain, a line each; the head, to be noted elsewhere;
    and how many entries the database wrote, because the program that made the change wrote none.
    """

    faults: list[str]
    head: Head
    unknown: int


async def verify(
    noted: Head | None = None, report: Report | None = None, kept: Sequence[audit_heads.Noted] = ()
) -> Verified:
    """Chain what is not chained yet, and check all of it as of one moment, and that a head `noted` before is in it, and
    so are those that were `kept` in the file, which was read before.

    `report` is told how many entries are done, of how many. It ends early once it has found MOST_FAULTS.
    """
    await audit_chain.seal(everything=True)
    async with database.transaction():
        total = await audit_chain.hold_still()
        faults = await _about_the_noted(noted) if noted else []
        faults += await audit_heads.faults(kept)
        last, done = Head(0, GENESIS), 0
        while len(faults) < MOST_FAULTS and (links := await audit_chain.after(last.position, BATCH_ENTRIES)):
            faults += rules.faults(last, links)
            last, done = links[-1].head, done + len(links)
            if report:
                report(done, total)
        faults += await audit_money.differences(MOST_FAULTS)
        faults += await audit_sums.differences(MOST_FAULTS)
        return Verified(faults, await audit_chain.head(), await audit_money.unknown())


async def _about_the_noted(noted: Head) -> list[str]:
    found = await audit_chain.at(noted.position)
    if found is None:
        return [f"the log ends before link {noted.position}, which was noted: its end is cut off"]
    if found != noted:
        return [f"link {noted.position} is not the one that was noted: the log was written anew"]
    return []
