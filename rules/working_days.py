"""Working days of a lender: no Sunday, no second or fourth Saturday, and no holiday (lending rules, 16.3)."""

from collections.abc import Container
from datetime import date, timedelta

_SATURDAY, _SUNDAY = 5, 6

# India's banks are closed on the second and the fourth Saturday of a month.
_CLOSED_SATURDAYS = {2, 4}

_DAY = timedelta(days=1)


def is_working_day(day: date, holidays: Container[date] = ()) -> bool:
    if day in holidays or day.weekday() == _SUNDAY:
        return False
    return not (day.weekday() == _SATURDAY and (day.day + 6) // 7 in _CLOSED_SATURDAYS)


def later(day: date, count: int, holidays: Container[date] = ()) -> date:
    """The working day that is a number of working days after a day; `day` itself does not count."""
    while count:
        day += _DAY
        count -= is_working_day(day, holidays)
    return day
