"""The log of classes: each change of a loan's class at a day's end, by version (lending rules, 12.4).

A change is known from the moment at which a night, a payment or a correction found it, until a correction found
otherwise.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from tortoise import fields
from tortoise.models import Model

from models import database, recorded_times
from models.loans import Loan
from rules import ledger
from rules.asset_classes import AssetClass
from rules.classes import ClassChange as Change
from rules.nights import Night


class ClassChange(Model):
    id = fields.BigIntField(primary_key=True)
    loan: fields.ForeignKeyRelation[Loan] = fields.ForeignKeyField(
        "models.Loan", related_name=False, on_delete=fields.RESTRICT
    )
    # The class is that of this day's end, and of the days after it.
    changed_on = fields.DateField()
    asset_class = fields.TextField()
    known_from: datetime = fields.DatetimeField()
    known_until: datetime | None = fields.DatetimeField(null=True)

    loan_id: int

    class Meta:
        table = "class_changes"


_OF_AN_ENTRY = ("loan_id", "posted_on", "effective_on", *ledger.Entry._fields)
_COLUMNS = ("loan_id", "changed_on", "asset_class", "known_from")


async def log(changes: Iterable[tuple[int, Change]], at: datetime) -> None:
    """Store changes that were found at a moment. A tuple is (loan id, change)."""
    rows = [(loan_id, change.on, change.asset_class.value, at) for loan_id, change in changes]
    if rows:
        await database.copy("class_changes", _COLUMNS, rows)


async def log_night(nights: Sequence[tuple[int, Night]], today: date) -> None:
    """Store the changes that a night found, and post the interest that they move. A tuple is (loan id, night)."""
    moment = await recorded_times.now()
    await log([(loan_id, change) for loan_id, night in nights for change in night.changes], moment)
    entries = [
        (loan_id, today, on, *entry)
        for loan_id, night in nights
        for on, moved in night.moved.items()
        for entry in moved
    ]
    if entries:
        await database.copy("ledger_entries", _OF_AN_ENTRY, entries)


async def valid(loan_ids: Sequence[int]) -> dict[int, list[Change]]:
    """The changes of loans as they are known now, oldest first."""
    found: dict[int, list[Change]] = defaultdict(list)
    rows = ClassChange.filter(loan_id__in=loan_ids, known_until=None).order_by("loan_id", "changed_on")
    for loan_id, on, asset_class in await rows.values_list("loan_id", "changed_on", "asset_class"):
        found[loan_id].append(Change(on, AssetClass(asset_class)))
    return found


async def restate(loan_id: int, stored: Sequence[Change], wanted: Sequence[Change], at: datetime) -> None:
    """Replace the changes of a loan that a correction at a moment found otherwise."""
    gone = [change.on for change in stored if change not in wanted]
    if gone:
        await ClassChange.filter(loan_id=loan_id, changed_on__in=gone, known_until=None).update(known_until=at)
    await log([(loan_id, change) for change in wanted if change not in stored], at)
