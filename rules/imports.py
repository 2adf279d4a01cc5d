"""A row of a history file is taken whole or refused with its reason; nothing in it is guessed."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from rules import aadhaar, money

KINDS = ("CREDIT", "DEBIT")
SEPARATORS = ",;\t|"

# A slip of the finger such as 0024 or 20244 is a calendar date too, but nobody's bank was there.
FIRST_YEAR = 1900
LAST_YEAR = 2199

_NAMES = {
    "aadhaar": {"aadhaarid", "aadharid", "aadhaar", "aadhar", "aadhaarnumber", "aadharnumber", "user", "userid"},
    "date": {"date", "transactiondate"},
    "kind": {"transactiontype", "type"},
    "amount": {"amount", "transactionamount"},
}
_SPELT = {"aadhaar": "aadhaar_id", "date": "date", "kind": "transaction_type", "amount": "amount"}

_ISO_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_DAY_FIRST = re.compile(r"(\d\d?)([-/])(\d\d?)\2(\d{4})", re.ASCII)

# A date that slipped into the column of the numbers has eight digits, one with its hour elsewhere ten.
_TELLING_DIGITS = 9
_NUMBER_ANYWHERE = re.compile(r"\d(?:[ -]?\d){10,}")


class Columns(NamedTuple):
    """Where a file keeps what is needed: positions from 0, of `width` columns."""

    aadhaar: int
    date: int
    kind: int
    amount: int
    width: int


class Entry(NamedTuple):
    """One row of a history: the 12 digits, the day, CREDIT or DEBIT, and rupees."""

    number: str
    occurred_on: date
    kind: str
    amount: Decimal


def find_columns(names: Sequence[str]) -> Columns:
    """Find the needed columns by their names, in any case and order; others are ignored.

    Raises:
        ValueError: a column is missing, or there twice.
    """
    plain = [re.sub(r"[\W_]", "", name).lower() for name in names]
    positions = {}
    for column, spellings in _NAMES.items():
        found = [position for position, name in enumerate(plain) if name in spellings]
        if not found:
            raise ValueError(f"it has no column {_SPELT[column]}")
        if len(found) > 1:
            raise ValueError(f"it has the column {_SPELT[column]} twice")
        positions[column] = found[0]
    return Columns(**positions, width=len(names))


def read(fields: Sequence[str], columns: Columns, checksum: aadhaar.Checksum) -> Entry:
    """Read one row.

    Raises:
        ValueError: its text is the reason, without the row's values.
    """
    if len(fields) <= max(columns[:4]):
        raise ValueError(f"too few columns: {len(fields)} instead of {columns.width}")
    # One comma too many at the end is a spreadsheet's habit; a value there means that the others have moved.
    if any(field.strip() for field in fields[columns.width :]):
        raise ValueError(f"too many columns: {len(fields)} instead of {columns.width}")
    number = aadhaar.parse(fields[columns.aadhaar], checksum)
    if number is None:
        raise ValueError(_about_the_number(fields[columns.aadhaar]))
    occurred_on = _date(fields[columns.date].strip())
    kind = fields[columns.kind].strip().upper()
    if kind not in KINDS:
        raise ValueError("the type is neither CREDIT nor DEBIT")
    return Entry(number, occurred_on, kind, _amount(fields[columns.amount].strip()))


def _about_the_number(text: str) -> str:
    if aadhaar.parse(text, "lenient") is None:
        return "the Aadhaar number is not 12 digits"
    return "the Aadhaar number has a wrong first or check digit"


def _date(text: str) -> date:
    if match := _ISO_DATE.fullmatch(text):
        year, month, day = match.groups()
    elif match := _DAY_FIRST.fullmatch(text):
        day, _, month, year = match.groups()
    else:
        raise ValueError("the date is not YYYY-MM-DD, DD-MM-YYYY or DD/MM/YYYY")
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError("the date is not in the calendar") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(f"the year is not {FIRST_YEAR} to {LAST_YEAR}")
    return found


def _amount(text: str) -> Decimal:
    # "Infinity" and "nan" are numbers to Decimal, and reasons of their own to whoever mends the file.
    if text.lstrip("+-").lower() in {"nan", "snan", "inf", "infinity"}:
        raise ValueError("the amount is not a finite number")
    try:
        amount = money.parse_money(text.removeprefix("+"))
    except ValueError as error:
        raise ValueError(f"the amount is not usable: {error}") from None
    if amount < 0:
        raise ValueError("the amount is negative: the type says which way money went")
    return amount


def masked(fields: Sequence[str], columns: Columns) -> list[str]:
    """The fields of a refused row as they may be kept: no more than the last four digits of a number.

    Columns may be shifted in such a row, so every field is looked at.
    """
    return [
        _mask(field) if position == columns.aadhaar else _NUMBER_ANYWHERE.sub(lambda run: _mask(run.group()), field)
        for position, field in enumerate(fields)
    ]


def _mask(text: str) -> str:
    digits = sum(character.isdigit() for character in text)
    if digits < _TELLING_DIGITS:
        return text
    hidden = digits - 4
    characters = []
    for character in text:
        hide = character.isdigit() and hidden > 0
        hidden -= hide
        characters.append("X" if hide else character)
    return "".join(characters)
