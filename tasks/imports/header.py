"""The header of a history file is looked for below what a bank writes above it; where there is none, that is shown."""

import csv
from typing import NamedTuple

from rules import amount_formats, import_columns, imports
from rules.import_columns import SEPARATORS, Columns, Missing

# Lines in which the header is looked for: a bank's address, account and period take about twenty.
MOST_LINES = 50

_SHOWN_NAMES = 20
_SHOWN_LETTERS = 40


class Header(NamedTuple):
    """The names of the columns; `lines` and `size` are the lines and bytes up to the first row."""

    names: list[str]
    separator: str
    columns: Columns
    lines: int
    size: int


class _Failed(NamedTuple):
    found: int
    line: int
    names: list[str]
    reason: str


def find(head: bytes, is_whole: bool) -> Header:
    """Find the header in the beginning of a file, in UTF-8 with LF at the end of lines.

    Raises:
        ValueError: there is none, or it has a column twice; the text shows the line that was taken for it.
    """
    lines = head.split(b"\n")
    if not is_whole:
        lines.pop()  # the beginning of a line
    if not any(line.strip() for line in lines):
        raise ValueError("it is empty")
    separators, best, size = SEPARATORS, _Failed(-1, 0, [], ""), 0
    for number, line in enumerate(lines[:MOST_LINES], 1):
        size += len(line) + 1
        if not line.strip():
            continue
        try:
            text = line.decode().strip("\r")
        except UnicodeDecodeError:
            text = line.decode(errors="replace")
        if text.lower().startswith("sep=") and len(text) == 5:
            separators = text[4]
            continue
        for separator in sorted(separators, key=text.count, reverse=True):
            names = _names(text, separator)
            try:
                columns = import_columns.find(names)
                if columns.amount is not None and columns.kind is None:
                    _expect_a_kind_behind_amounts(lines[number:], columns, separator)
            except ValueError as error:
                found = error.found if isinstance(error, Missing) else len(import_columns.WANTED)
                # The first of equals: rows below a header have as little to do with it as a preamble.
                if found > best.found or (found == best.found == 0 and not best.names):
                    best = _Failed(found, number, names, str(error))
            else:
                return Header(names, separator, columns, number, min(size, len(head)))
    raise ValueError(_shown(best))


def _names(text: str, separator: str) -> list[str]:
    try:
        found = next(csv.reader([text], delimiter=separator), [])
    except csv.Error:
        found = text.split(separator)
    # Quotes around a name may have blanks before them, which csv would take as part of the name.
    return [name.strip().strip('"').strip() for name in found]


def _expect_a_kind_behind_amounts(below: list[bytes], columns: Columns, separator: str) -> None:
    """Raises: Missing: the amount of the first row has no Cr or Dr behind it."""
    row = next((line for line in below if line.strip()), b"").decode(errors="replace")
    try:
        fields = next(csv.reader([row], delimiter=separator), [])
        is_told = amount_formats.parse(fields[columns.amount or 0]).kind is not None
    except (ValueError, IndexError, csv.Error):
        is_told = False
    if not is_told:
        raise import_columns.missing_type(columns)


def _shown(failed: _Failed) -> str:
    if not failed.names:
        return f"it has no header in its first {MOST_LINES} lines. Wanted: {import_columns.WANTED}"
    if "\ufffd" in "".join(failed.names):
        return f"line {failed.line} is not text in UTF-8: save it as CSV in UTF-8"
    names = [imports.masked_text(name)[:_SHOWN_LETTERS] for name in failed.names[:_SHOWN_NAMES]]
    return (
        f"{failed.reason}. Line {failed.line} was taken for the header, with the names: {', '.join(names)}."
        f" Wanted: {import_columns.WANTED}"
    )
