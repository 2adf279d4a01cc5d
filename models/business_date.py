"""The business date of a sandbox: one row that starts as today and only moves forward."""

import datetime

from tortoise import fields
from tortoise.models import Model


class BusinessDate(Model):
    """The only row of its table. A trigger refuses to move the date back."""

    id = fields.SmallIntField(primary_key=True, generated=False)
    date = fields.DateField()

    class Meta:
        table = "business_date"


async def stored() -> datetime.date | None:
    """The sandbox's date; None before its first start."""
    row = await BusinessDate.first()
    return row.date if row else None


async def current(calendar_date: datetime.date, sandbox: bool) -> datetime.date:
    """The business date: the calendar's, or in a sandbox the stored one if there is one."""
    return (await stored() or calendar_date) if sandbox else calendar_date


async def begin(today: datetime.date) -> datetime.date:
    """The sandbox's date, which is `today` at the first start. If several processes start at once, one stores it."""
    await BusinessDate.bulk_create([BusinessDate(id=1, date=today)], ignore_conflicts=True)
    date = await stored()
    assert date is not None
    return date


async def move_to(date: datetime.date) -> bool:
    """Move the date forward, in one statement; False, and nothing is changed, if it is later already."""
    return await BusinessDate.filter(date__lte=date).update(date=date) > 0
