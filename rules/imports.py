"""A row of a history file is accepted as a whole or rejected with a reason; no value is guessed."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from rules import aadhaar, amount_formats, date_formats
from rules.amount_formats import CREDIT, DEBIT
from rules.import_columns import Columns

KINDS = (CREDIT, DEBIT)

# In the Aadhaar column, nine digits or more count as a number: a date that was shifted there has eight. In another
# column eleven do: a date with its hour has ten.
_LEAST_DIGITS = 9
_NUMBER_ANYWHERE = re.compile(rf"\d(?:{aadhaar.GAP}\d){{10,}}")

_SHORTENED = re.compile(r"[-+]?\d+(?:[.,]\d*)?[eE][-+]?\d+", re.ASCII)
_DIGITS = re.compile(r"\d{9,11}", re.ASCII)

_NO_TYPE = "the type is missing: give CREDIT or DEBIT, or write Cr or Dr after the amount"


class Entry(NamedTuple):
    """One row of a history: the 12 digits, the day, CREDIT or DEBIT, and rupees."""

    number: str
    occurred_on: date
    kind: str
    amount: Decimal


def read(fields: Sequence[str], columns: Columns, checksum: aadhaar.Checksum) -> Entry:
    """Read one row.

    Raises:
        ValueError: the message is the reason, without the row's values.
    """
    return read_with_order(fields, columns, checksum)[0]


def read_with_order(
    fields: Sequence[str], columns: Columns, checksum: aadhaar.Checksum
) -> tuple[Entry, date_formats.DateOrder]:
    """Read one row, and the order in which its date is written.

    Raises:
        ValueError: the message is the reason, without the row's values.
    """
    if len(fields) <= max(columns.needed):
        raise ValueError(f"too few columns: {len(fields)} instead of {columns.width}")
    # Spreadsheets often add a comma at the end. A value there means that the other cells have shifted.
    if any(field.strip() for field in fields[columns.width :]):
        raise ValueError(f"too many columns: {len(fields)} instead of {columns.width}")
    number = aadhaar.parse(fields[columns.aadhaar], checksum)
    if number is None:
        raise ValueError(_number_reason(fields[columns.aadhaar]))
    occurred_on, order = date_formats.parse(fields[columns.date])
    kind, rupees = _movement(fields, columns)
    return Entry(number, occurred_on, kind, rupees), order


def _movement(fields: Sequence[str], columns: Columns) -> tuple[str, Decimal]:
    """The direction of the money, and the amount."""
    if columns.amount is None:
        return _of_two_sides(fields, columns)
    stated = None
    if columns.kind is not None:
        stated = amount_formats.kind(fields[columns.kind])
        if stated is None:
            raise ValueError("the type must be CREDIT or DEBIT")
    amount = amount_formats.parse(fields[columns.amount])
    if stated and amount.kind and stated != amount.kind:
        raise ValueError("the type contradicts the Cr or Dr after the amount")
    kind = stated or amount.kind
    if kind is None:
        raise ValueError(_NO_TYPE)
    return kind, amount.rupees


def _of_two_sides(fields: Sequence[str], columns: Columns) -> tuple[str, Decimal]:
    assert columns.debit is not None
    assert columns.credit is not None
    sides = {DEBIT: fields[columns.debit], CREDIT: fields[columns.credit]}
    filled = [kind for kind, text in sides.items() if not amount_formats.is_empty(text)]
    if len(filled) != 1:
        raise ValueError("both debit and credit have an amount" if filled else "neither debit nor credit has an amount")
    (kind,) = filled
    amount = amount_formats.parse(sides[kind])
    if amount.kind not in {None, kind}:
        raise ValueError("the column contradicts the Cr or Dr after the amount")
    return kind, amount.rupees


def looks_like_a_row(fields: Sequence[str], columns: Columns) -> bool:
    """Whether these fields may be a row: enough fields, with two of number, date and money in their columns.

    The import asks this about lines inside quotes. A row that is mistaken for quoted text would be lost.
    """
    if len(fields) <= max(columns.needed):
        return False
    signs = (_is_number(fields[columns.aadhaar]), _is_date(fields[columns.date]), _has_movement(fields, columns))
    return sum(signs) >= 2


def is_a_row(fields: Sequence[str], columns: Columns) -> bool:
    """Whether these fields are a valid row."""
    try:
        read(fields, columns, "lenient")
    except ValueError:
        return False
    return True


def _is_number(text: str) -> bool:
    return sum(character.isdigit() for character in text) >= _LEAST_DIGITS or bool(_SHORTENED.fullmatch(text.strip()))


def _is_date(text: str) -> bool:
    try:
        date_formats.parse(text)
    except ValueError:
        return date_formats.is_month_first(text)
    return True


def _has_movement(fields: Sequence[str], columns: Columns) -> bool:
    try:
        _movement(fields, columns)
    except ValueError:
        return False
    return True


def _number_reason(text: str) -> str:
    if aadhaar.parse(text, "lenient") is not None:
        return "the Aadhaar number has a wrong first or check digit"
    text = text.strip().lstrip("'")
    if _SHORTENED.fullmatch(text):
        return "the spreadsheet shortened the Aadhaar number: format the column as text and export again"
    if text and set(text) == {"#"}:
        return "the spreadsheet's column was too narrow for the Aadhaar number: widen it and export again"
    if _DIGITS.fullmatch(text.partition(".")[0]):
        return (
            "the Aadhaar number is not 12 digits: the spreadsheet may have dropped zeros at its beginning; format the"
            " column as text and export again"
        )
    return "the Aadhaar number is not 12 digits"


def masked(fields: Sequence[str], columns: Columns) -> list[str]:
    """The fields of a rejected row for storage, with at most the last four digits of a number.

    Columns may be shifted in such a row, so every field is masked.
    """
    return [aadhaar.hidden(_masked_field(field, position == columns.aadhaar)) for position, field in enumerate(fields)]


def _masked_field(text: str, is_number: bool) -> str:
    return _mask(text) if is_number else _NUMBER_ANYWHERE.sub(lambda run: _mask(run.group()), text)


def masked_text(text: str) -> str:
    """A text of a file for display, with every possible Aadhaar number masked."""
    return aadhaar.hidden(_masked_field(text, False))


def _mask(text: str) -> str:
    digits = sum(character.isdigit() for character in text)
    if digits < _LEAST_DIGITS:
        return text
    hidden = digits - 4
    characters = []
    for character in text:
        hide = character.isdigit() and hidden > 0
        hidden -= hide
        characters.append("X" if hide else character)
    return "".join(characters)
