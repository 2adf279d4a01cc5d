"""The header may stand below a bank's preamble. If no header is found, the message shows the line that came closest."""

import csv
from typing import NamedTuple

from rules import amount_formats, import_columns, imports
from rules.import_columns import SEPARATORS, Columns, Missing

# Lines that are searched for the header. A bank's address, account and period take about twenty.
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
    """Find the header in the beginning of a file, which is UTF-8 with LF line ends.

    Raises:
        ValueError: no header was found, or it has a column twice. The text shows the line that came closest.
    """
    lines = head.split(b"\n")
    if not is_whole:
        lines.pop()  # the last line may be incomplete
    if not any(line.strip() for line in lines):
        raise ValueError("the file is empty")
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
                    _require_kind_after_amounts(lines[number:], columns, separator)
            except ValueError as error:
                found = error.found if isinstance(error, Missing) else len(import_columns.WANTED)
                # On a tie the first line wins: the header stands above the rows.
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
    # csv keeps the quotes of a name that has blanks before them.
    return [name.strip().strip('"').strip() for name in found]


def _require_kind_after_amounts(below: list[bytes], columns: Columns, separator: str) -> None:
    """Raises: Missing: the amount of the first row is not followed by Cr or Dr."""
    row = next((line for line in below if line.strip()), b"").decode(errors="replace")
    try:
        fields = next(csv.reader([row], delimiter=separator), [])
        has_kind = amount_formats.parse(fields[columns.amount or 0]).kind is not None
    except (ValueError, IndexError, csv.Error):
        has_kind = False
    if not has_kind:
        raise import_columns.missing_type(columns)


def _shown(failed: _Failed) -> str:
    if not failed.names:
        return f"the file has no header in its first {MOST_LINES} lines. Required columns: {import_columns.WANTED}"
    if "\ufffd" in "".join(failed.names):
        return f"line {failed.line} is not UTF-8 text: save the file as CSV in UTF-8"
    names = [imports.masked_text(name)[:_SHOWN_LETTERS] for name in failed.names[:_SHOWN_NAMES]]
    return (
        f"{failed.reason}. Line {failed.line} was read as the header, with the columns: {', '.join(names)}."
        f" Required columns: {import_columns.WANTED}"
    )
