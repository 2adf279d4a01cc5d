"""The dates of a file are written in one way, or the file is refused: half of a file with days and months swapped
would be read as other days, without an error.
"""

from datetime import date
from typing import NamedTuple, Self

from rules.date_formats import DateOrder
from tasks.imports.plain_rows import Days, Plain

# A day up to the 12th may be a month as well.
_EARLY = 12

# Fewer dates than these are apart by chance: five of each are so once in a thousand files.
_TELLING = 5


class Dates(NamedTuple):
    """The dates of some rows; `month_first` says which of them is possible only with the month first, if one is."""

    year_first: Days = Days()
    day_first: Days = Days()
    month_first: str = ""

    @classmethod
    def of_plain(cls, plain: Plain) -> Self:
        return cls(plain.year_first, plain.day_first)

    @classmethod
    def of(cls, day: date, order: DateOrder) -> Self:
        days = Days(1, 0) if day.day <= _EARLY else Days(0, 1)
        return cls(days, Days()) if order == DateOrder.YEAR_FIRST else cls(Days(), days)

    @classmethod
    def of_month_first(cls, line: int, text: str) -> Self:
        return cls(
            month_first=f"line {line} has the date {text.strip()[:20]}, in which the second number is no month. A date"
            " such as 02/01/2025 would be another day then: write all dates as YYYY-MM-DD. Nothing was imported"
        )

    def and_then(self, later: Self) -> Self:
        """These dates and later ones of the file."""
        return type(self)(
            _sum(self.year_first, later.year_first),
            _sum(self.day_first, later.day_first),
            self.month_first or later.month_first,
        )

    def swapped(self) -> str:
        """The reason to refuse dates of which a spreadsheet understood the first twelve days of each month as months.

        It leaves 13/01/2025 as it is, and makes 2025-05-02 of 05/02/2025.
        """
        if self.day_first.late < _TELLING or self.year_first.early < _TELLING:
            return ""
        if self.day_first.early or self.year_first.late:
            return ""
        return (
            "all dates with the year first are of the 1st to the 12th, and all with the day first of the 13th to the"
            " 31st: a spreadsheet has swapped days and months. Export the file again with all dates as YYYY-MM-DD."
            " Nothing was imported"
        )

    def convention(self) -> str:
        """How the dates are written, for a person."""
        orders = {"year first": sum(self.year_first), "day first": sum(self.day_first)}
        return " and ".join(order for order, count in orders.items() if count) or "months by name"


def _sum(one: Days, other: Days) -> Days:
    return Days(one.early + other.early, one.late + other.late)
