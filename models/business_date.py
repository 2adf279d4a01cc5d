"""The stored date of a sandbox: one row that starts as today and only moves forward."""

import datetime

from tortoise import fields
from tortoise.models import Model

from models import database


class BusinessDate(Model):
    id = fields.SmallIntField(primary_key=True, generated=False)
    date = fields.DateField()

    class Meta:
        table = "business_date"


async def stored() -> datetime.date | None:
    """The sandbox's date; None where there is none yet."""
    row = await database.fetch_one("SELECT date FROM business_date")
    return row["date"] if row else None


async def current(calendar_date: datetime.date, sandbox: bool) -> datetime.date:
    """The business date: the calendar's, or in a sandbox the stored one where there is one."""
    return (await stored() or calendar_date) if sandbox else calendar_date


async def begin(today: datetime.date) -> datetime.date:
    """The sandbox's date, which is `today` the first time."""
    await database.execute("INSERT INTO business_date (id, date) VALUES (1, $1) ON CONFLICT DO NOTHING", today)
    date = await stored()
    assert date is not None
    return date


async def move_to(date: datetime.date) -> bool:
    """Move the date forward; False, and nothing moved, where it is already later."""
    row = await database.fetch_one("UPDATE business_date SET date = $1 WHERE date <= $1 RETURNING date", date)
    return row is not None
