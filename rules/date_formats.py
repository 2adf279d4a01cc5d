"""A date in a file is accepted only if its text means one day. In figures, the month never comes before the day."""

import re
from datetime import date
from enum import StrEnum
from typing import NamedTuple

# A typing error such as 0024 or 20244 is a calendar date too, but no bank has rows with it.
FIRST_YEAR = 1900
LAST_YEAR = 2199


class DateOrder(StrEnum):
    """The order in which a date is written."""

    YEAR_FIRST = "year first"
    DAY_FIRST = "day first"
    NAMED = "month by name"


class WrittenDate(NamedTuple):
    day: date
    order: DateOrder


_MONTHS = {
    name: number
    for number, full in enumerate(
        [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ],
        1,
    )
    for name in (full, full[:3], full[:4] if full == "september" else full)
}

_BLANKS = re.compile(r"[\s\u200b\ufeff]+")
_HYPHENS = re.compile("[\u2010-\u2015\u2212\ufe63\uff0d]")

_YEAR_FIRST = re.compile(r"(\d{4})([-/._ ])(\d\d?)\2(\d\d?)", re.ASCII)
_YEAR_LAST = re.compile(r"(\d\d?)([-/])(\d\d?)\2(\d{4})", re.ASCII)
_GAP = r"[-/., ]{1,2}"
_NAMED = (
    re.compile(r"(?P<day>\d\d?)[-/., ]{0,2}(?P<month>[A-Za-z]{3,9})[-/., ]{0,2}(?P<year>\d{4})", re.ASCII),
    re.compile(rf"(?P<month>[A-Za-z]{{3,9}}){_GAP}(?P<day>\d\d?){_GAP}(?P<year>\d{{4}})", re.ASCII),
    re.compile(rf"(?P<year>\d{{4}}){_GAP}(?P<month>[A-Za-z]{{3,9}}){_GAP}(?P<day>\d\d?)", re.ASCII),
)
_TIME = re.compile(
    r"(?P<date>.*?)(?:T| |, ?)(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?"
    r"(?: ?(?P<half>[AP])\.?M\.?)?(?: ?(?P<zone>Z|UTC|GMT|IST|[-+]\d\d:?\d\d))?",
    re.ASCII | re.IGNORECASE,
)
_INDIAN_TIME = {None, "IST", "+05:30", "+0530"}

# Rejected texts, with the reason.
_TWO_DIGIT_YEAR = re.compile(
    rf"\d\d?{_GAP}(?:\d\d?|[A-Za-z]{{3,9}}){_GAP}\d\d|[A-Za-z]{{3,9}}{_GAP}\d\d?{_GAP}\d\d", re.ASCII
)
_SERIAL = re.compile(r"\d{4,6}(?:\.\d+)?", re.ASCII)
_EIGHT_DIGITS = re.compile(r"\d{8}", re.ASCII)
_ANY_YEAR_LAST = re.compile(r"(\d\d?)([-/. ])(\d\d?)\2(\d{4}|\d\d)", re.ASCII)
_LAST_MONTH, _LAST_DAY = 12, 31


def parse(text: str) -> WrittenDate:
    """The day that a text means: year first with any separator, DD-MM-YYYY, DD/MM/YYYY, or with an English month name;
    a time of day may follow.

    Raises:
        ValueError: its text is the reason, without the value.
    """
    text = _without_time(_plain(text))
    if match := _YEAR_FIRST.fullmatch(text):
        year, _, month, day = match.groups()
        return WrittenDate(_in_the_calendar(year, int(month), day), DateOrder.YEAR_FIRST)
    if match := _YEAR_LAST.fullmatch(text):
        day, _, month, year = match.groups()
        return WrittenDate(_in_the_calendar(year, int(month), day), DateOrder.DAY_FIRST)
    for form in _NAMED:
        if (match := form.fullmatch(text)) and (number := _MONTHS.get(match["month"].lower())):
            return WrittenDate(_in_the_calendar(match["year"], number, match["day"]), DateOrder.NAMED)
    raise ValueError(_reason(text))


def is_month_first(text: str) -> bool:
    """Whether a date in figures is only possible in the order of month and day that `parse` does not accept.

    Examples are 01/31/2025, where `parse` expects the day first, and 2025-31-01, where it expects the month first.
    """
    try:
        text = _without_time(_plain(text))
    except ValueError:
        return False
    if match := _ANY_YEAR_LAST.fullmatch(text):
        month, day = int(match[1]), int(match[3])
    elif match := _YEAR_FIRST.fullmatch(text):
        month, day = int(match[4]), int(match[3])
    else:
        return False
    return 1 <= month <= _LAST_MONTH < day <= _LAST_DAY


def _plain(text: str) -> str:
    return _HYPHENS.sub("-", _BLANKS.sub(" ", text)).strip(" ")


def _without_time(text: str) -> str:
    match = _TIME.fullmatch(text)
    if match is None:
        return text
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    if minute > 59 or second > 59 or not (1 <= hour <= 12 if match["half"] else hour <= 23):
        raise ValueError("the time after the date is invalid")
    if (match["zone"] or "").upper() not in _INDIAN_TIME - {None} | {""}:
        raise ValueError("the time after the date is not in India's time zone: convert it and export again")
    return match["date"]


def _in_the_calendar(year: str, month: int, day: str) -> date:
    try:
        found = date(int(year), month, int(day))
    except ValueError:
        raise ValueError("the date does not exist in the calendar") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(f"the year must be between {FIRST_YEAR} and {LAST_YEAR}")
    return found


def _reason(text: str) -> str:
    if not text:
        return "the date is missing"
    if set(text) == {"#"}:
        return "the spreadsheet's column was too narrow for the date: widen it and export again"
    if _TWO_DIGIT_YEAR.fullmatch(text):
        return "the year has two digits: format the column as YYYY-MM-DD and export again"
    if _SERIAL.fullmatch(text):
        return "the date is a spreadsheet's serial number: format the column as YYYY-MM-DD and export again"
    if _EIGHT_DIGITS.fullmatch(text):
        return "the date has no separators: format the column as YYYY-MM-DD and export again"
    return "the date must be YYYY-MM-DD, DD-MM-YYYY or DD/MM/YYYY, or name the month"
