"""A dry run of an import reads the whole file and compares it with the stored rows, and stores nothing."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import numpy as np

from models import database, import_rows
from models.import_rows import Comparison, Sums
from settings import Settings
from tasks.imports import copy_format
from tasks.imports.csv_file import History, Reject
from tasks.imports.run import Report, in_thread, read, spill_of
from tasks.imports.spill import Spill

# Rejected rows that are listed one by one. All of them are counted by their reason.
MOST_SHOWN = 20


class FirstDate(NamedTuple):
    """A date as text in a line of the file, and the day it is read as."""

    line: int
    text: str
    day: date


class Preview(NamedTuple):
    """The result of an import that was not made.

    `people` counts the people in the file, `rescored` the registered ones who would gain a row.
    """

    rows: int
    added: int
    already_there: int
    rejected: int
    rescored: int
    people: int
    credit: Decimal
    debit: Decimal
    rejects: list[Reject]
    reasons: dict[str, int]
    convention: str
    first_dates: list[FirstDate]


async def preview(path: Path, settings: Settings, *, report: Report | None = None) -> Preview:
    """Return the result that `run.import_file` would have.

    Raises:
        ImportRefused: the whole file cannot be imported.
        SettingsError: the digest key is not set.
    """
    rejects: list[Reject] = []
    reasons: Counter[str] = Counter()

    def note(rejected: list[Reject]) -> None:
        rejects.extend(rejected[: MOST_SHOWN - len(rejects)])
        reasons.update(reject.reason for reject in rejected)

    with await in_thread(History, path, settings.aadhaar_checksum) as history, spill_of(history, settings) as spill:
        rows_read = await read(history, spill, note, report)
        found = [await _compared(spill, part) for part in range(spill.count) if spill.sizes[part]]
        added = sum(one.new.added for one in found)
        return Preview(
            rows=rows_read,
            added=added,
            already_there=spill.rows - added,
            rejected=reasons.total(),
            rescored=sum(one.new.rescored for one in found),
            people=sum(one.people for one in found),
            credit=sum((one.sums.credit for one in found), Decimal("0.00")),
            debit=sum((one.sums.debit for one in found), Decimal("0.00")),
            rejects=rejects,
            reasons=dict(reasons.most_common(MOST_SHOWN)),
            convention=history.dates.convention(),
            first_dates=[FirstDate(*shown) for shown in history.first_dates()],
        )


class _Part(NamedTuple):
    new: Comparison
    people: int
    sums: Sums


async def _compared(spill: Spill, number: int) -> _Part:
    part = await in_thread(spill.part, number)

    async def source() -> AsyncIterator[bytes]:
        yield copy_format.HEADER
        for chunk in await in_thread(copy_format.binary, part, 0):
            yield chunk
        yield copy_format.TRAILER

    async with database.transaction() as connection:
        new = await import_rows.compare(connection, source(), copy_format.COLUMNS)
    return _Part(new, len(np.unique(part.entries["number"])), copy_format.sums(part))
