"""An import can be tried: the file is read as a whole and compared with what is there, and nothing is stored."""

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

# Rejects that are shown one by one; all are counted by their reason.
MOST_SHOWN = 20


class FirstDate(NamedTuple):
    """A date as a line of the file has it, and the day it is read as."""

    line: int
    text: str
    day: date


class Preview(NamedTuple):
    """What an import would do. `people` have a row in the file, and `rescored` of them are registered and gain one."""

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
    """What `imports.import_file` would do.

    Raises:
        ImportRefused: the file as a whole cannot be imported.
        SettingsError: the digest key is not set.
    """
    rejects: list[Reject] = []
    reasons: Counter[str] = Counter()

    def refuse(refused: list[Reject]) -> None:
        rejects.extend(refused[: MOST_SHOWN - len(rejects)])
        reasons.update(reject.reason for reject in refused)

    with await in_thread(History, path, settings.aadhaar_checksum) as history, spill_of(history, settings) as spill:
        rows_read = await read(history, spill, refuse, report)
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
