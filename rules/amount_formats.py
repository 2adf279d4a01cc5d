"""An amount in a file is accepted only if its text has one possible meaning."""

import re
from decimal import Decimal
from typing import NamedTuple

from rules import money

CREDIT, DEBIT = "CREDIT", "DEBIT"

# The banks' words for the two directions of money.
_KINDS = {"CREDIT": CREDIT, "DEBIT": DEBIT, "CR": CREDIT, "DR": DEBIT}


class Amount(NamedTuple):
    """Rupees, and CREDIT or DEBIT if `Cr` or `Dr` stands behind them."""

    rupees: Decimal
    kind: str | None


_BLANKS = re.compile(r"\s+")
_AMOUNT = re.compile(
    r"(?:(?:\u20b9|INR|Rs) ?\.? ?)?\+?(?P<number>[0-9][0-9,]*(?:\.[0-9]{1,2})?|\.[0-9]{1,2})(?: ?(?P<kind>[CD]R)\.?)?",
    re.IGNORECASE,
)
# 123,456,789 or 12,34,56,789; a group that begins with 0, as in 0,123, is a decimal comma.
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]?(?:,[0-9]{2})*,[0-9]{3}")

# Rejected texts, with the reason. Decimal would accept "Infinity" and "nan".
_MINUS = "[-\u2010-\u2015\u2212\ufe63\uff0d]"
_REASONS = (
    (re.compile(r"^[-+]?(?:s?nan|inf|infinity)$", re.IGNORECASE), "the amount is not a finite number"),
    (
        re.compile(r"^\(.*[0-9].*\)$"),
        "the amount is negative (in parentheses): write it without a sign and give CREDIT or DEBIT",
    ),
    (
        re.compile(r"^[-+]?[0-9]+(?:[.,][0-9]*)?E[-+]?[0-9]+$", re.IGNORECASE),
        "the spreadsheet shortened the amount: format the column as a number with two decimals and export again",
    ),
    (re.compile("^#+$"), "the spreadsheet's column was too narrow for the amount: widen it and export again"),
    (
        re.compile(r"[$\u20ac\u00a3\u00a5].*[0-9]|[0-9].*[$\u20ac\u00a3\u00a5]"),
        "the amount is in another currency: only rupees are accepted (\u20b9, Rs. or INR)",
    ),
    (
        re.compile(r"^(?!INR)[A-Z]{3}\.? ?[-+]?[0-9]|[0-9] ?(?!INR)[A-Z]{3}$"),
        "the amount is in another currency: only rupees are accepted (\u20b9, Rs. or INR)",
    ),
    (
        re.compile(rf"(?<![0-9]){_MINUS} ?(?:\u20b9|INR|Rs)?\.? ?[0-9.]|[0-9] ?{_MINUS}$", re.IGNORECASE),
        "the amount is negative: write it without a sign and give CREDIT or DEBIT",
    ),
)


def kind(text: str) -> str | None:
    """CREDIT or DEBIT from a type such as `credit`, `Cr` or `DR.`; None if it is neither."""
    return _KINDS.get(text.strip().upper().removesuffix("."))


def parse(text: str) -> Amount:
    """The rupees of a text: plain, in Indian or western groups, with a rupee sign in front, with Cr or Dr behind.

    Raises:
        ValueError: the message is the reason, without the value.

    """
    text = _BLANKS.sub(" ", text).strip(" ")
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise ValueError(_reason(text))
    whole, point, decimals = match["number"].partition(".")
    if "," in whole and not _GROUPED.fullmatch(whole):
        raise ValueError(
            "the amount's commas are neither Indian (1,23,456.78) nor western (123,456.78) groups: remove them"
        )
    try:
        rupees = money.parse_money(whole.replace(",", "") + point + decimals)
    except ValueError as error:
        raise ValueError(f"the amount is invalid: {error}") from None
    return Amount(rupees, kind(match["kind"]) if match["kind"] else None)


def is_empty(text: str) -> bool:
    """Whether a cell of the debit or credit column is empty: blank, a dash, or 0.00."""
    text = _BLANKS.sub(" ", text).strip(" ")
    if not text or not text.strip("-"):
        return True
    try:
        return parse(text).rupees == 0
    except ValueError:
        return False


def _reason(text: str) -> str:
    for form, reason in _REASONS:
        if form.search(text):
            return reason
    return "the amount is invalid: an amount must be a plain number with at most 2 decimals, such as 12.00"
