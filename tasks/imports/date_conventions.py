"""A file is refused unless its dates follow one convention: swapped days and months would be read without an error."""

from datetime import date
from typing import NamedTuple, Self

from rules.date_formats import DateOrder
from tasks.imports.plain_rows import Days, Plain

# A day up to the 12th could also be a month.
_EARLY = 12

# With five dates of each order, chance alone separates the days in one of a thousand files. Fewer dates prove nothing.
_MIN_DATES = 5


class Dates(NamedTuple):
    """Counts of dates by their order. `month_first` is the reason to refuse the file if a date has the month first."""

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
            month_first=f"line {line} has the date {text.strip()[:20]}, whose second number is not a month. Dates such"
            " as 02/01/2025 could be misread: write all dates as YYYY-MM-DD. Nothing was imported"
        )

    def and_then(self, later: Self) -> Self:
        """Return the sum of these dates and later ones of the file."""
        return type(self)(
            _sum(self.year_first, later.year_first),
            _sum(self.day_first, later.day_first),
            self.month_first or later.month_first,
        )

    def swapped(self) -> str:
        """Return the reason to refuse the file if a spreadsheet swapped days and months, else an empty string.

        A spreadsheet that expects the month first keeps 13/01/2025 as text and turns 05/02/2025 into 2025-05-02.
        """
        if self.day_first.late < _MIN_DATES or self.year_first.early < _MIN_DATES:
            return ""
        if self.day_first.early or self.year_first.late:
            return ""
        return (
            "all dates with the year first are on days 1 to 12, and all dates with the day first are on days 13 to 31:"
            " a spreadsheet has swapped days and months. Export the file again with all dates as YYYY-MM-DD."
            " Nothing was imported"
        )

    def convention(self) -> str:
        """Return the order of the dates as text for operators."""
        orders = {"year first": sum(self.year_first), "day first": sum(self.day_first)}
        return " and ".join(order for order, count in orders.items() if count) or "months by name"


def _sum(one: Days, other: Days) -> Days:
    return Days(one.early + other.early, one.late + other.late)
