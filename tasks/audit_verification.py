"""The audit log is intact when its digests match, its chain is unbroken, and it agrees with the book.

The chain alone does not show that its end was cut off. It also does not show a rewrite by a superuser of the database.
Both change the head: comparison with a head that was recorded elsewhere shows them.
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

# Until an entry is chained, it can be changed together with its digest without a trace. The interval is that window.
SEAL_SECONDS = 5

# A worker reads the whole log when it starts and then once a day. The other passes read only the newest entries.
_PASSES_OF_A_DAY = 24 * 3600 // SEAL_SECONDS

# A batch of entries takes a few megabytes of memory.
BATCH_ENTRIES = 5_000

# More faults would not tell an operator more, and would take memory.
MOST_FAULTS = 10_000

Report = Callable[[int, int], None]


# The head is logged and appended to the file of heads once an hour: 9,000 lines a year.
HEAD_SECONDS = 3600


async def seal_until(finish: asyncio.Event, heads_file: Path | None = None) -> None:
    """Chain new entries every `SEAL_SECONDS` and record the head each hour, until `finish` is set.

    Several workers may run it: an advisory lock lets one of them chain at a time. It is a loop of the worker and not a
    scheduled task, so it continues while the broker is unavailable.
    """
    due = 0.0
    for number in count():
        try:
            await audit_chain.seal(everything=number % _PASSES_OF_A_DAY == 0)
            if monotonic() >= due and await _note_head(heads_file):
                due = monotonic() + HEAD_SECONDS
        except (*UNAVAILABLE, *CANCELED) as error:
            logger.warning("the audit log cannot be chained at the moment: %s", str(error) or type(error).__name__)
        except Exception:  # the worker must run its other tasks
            logger.exception("chaining the audit log failed")
        try:
            await asyncio.wait_for(finish.wait(), SEAL_SECONDS)
        except TimeoutError:
            continue
        return


async def _note_head(file: Path | None) -> bool:
    """Write the head to the program's log and to the file, if one is given. Return whether the chain has a head."""
    head = await audit_chain.head()
    if not head.position:
        return False
    try:
        noted = file is None or await asyncio.to_thread(audit_heads.append, file, head, datetime.now(UTC))
    except OSError as error:
        logger.warning("%s: cannot append the audit log's head: %s", file, error.strerror or error)
        noted = True
    if noted:
        logger.info("the audit log's head is %s", head)
    return True


class Verified(NamedTuple):
    """The faults of the chain and the differences between log and book, a line each; and the head to keep elsewhere.

    `unknown` is the number of entries that database triggers wrote, because a program changed rows without an entry.
    """

    faults: list[str]
    head: Head
    unknown: int


async def verify(
    noted: Head | None = None, report: Report | None = None, kept: Sequence[audit_heads.Noted] = ()
) -> Verified:
    """Chain all entries, then check the whole log in one snapshot.

    The log must contain the head `noted`, if one is given, and the heads `kept`, which were read from the file before.
    `report` receives the number of entries checked and their total. The check stops after `MOST_FAULTS` faults.
    """
    await audit_chain.seal(everything=True)
    async with database.transaction():
        total = await audit_chain.hold_still()
        faults = await _faults_of_given_head(noted) if noted else []
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


async def _faults_of_given_head(noted: Head) -> list[str]:
    found = await audit_chain.at(noted.position)
    if found is None:
        return [f"the log has no link {noted.position}, whose head was given: its end was cut off"]
    if found != noted:
        return [f"link {noted.position} differs from the head that was given: the log was rewritten"]
    return []
