"""A history file's columns are identified by their names; an exact name takes precedence over a synonym."""

import re
from collections.abc import Sequence
from typing import NamedTuple

SEPARATORS = ",;\t|~"

_SYNONYMS = {
    "aadhaar": {"aadhaarid", "aadharid", "aadhaar", "aadhar", "aadhaarnumber", "aadharnumber", "aadhaarno", "aadharno",
                "user", "userid"},
    "date": {"date", "transactiondate", "txndate"},
    "kind": {"transactiontype", "type", "crdr", "drcr", "creditdebit", "debitcredit"},
    "amount": {"amount", "transactionamount", "amountinr", "amountrs"},
    "debit": {"debit", "debits", "dr", "debitamount", "debitinr", "debitrs", "withdrawal", "withdrawals",
              "withdrawalamount", "withdrawalamt"},
    "credit": {"credit", "credits", "cr", "creditamount", "creditinr", "creditrs", "deposit", "deposits",
               "depositamount", "depositamt"},
}  # fmt: skip
_SPELT = {
    "aadhaar": "aadhaar_id",
    "date": "date",
    "kind": "transaction_type",
    "amount": "amount",
    "debit": "debit",
    "credit": "credit",
}
WANTED = "aadhaar_id, date, and transaction_type with amount, or debit with credit"


class Columns(NamedTuple):
    """The positions of the required cells, from 0, in a row of `width` columns.

    Money is in `amount`, with its direction in `kind` or, as Cr or Dr, behind the amount; or in `debit` or `credit`.
    """

    aadhaar: int
    date: int
    kind: int | None
    amount: int | None
    width: int
    debit: int | None = None
    credit: int | None = None

    @property
    def needed(self) -> list[int]:
        """The positions that a row must have."""
        found = (self.aadhaar, self.date, self.kind, self.amount, self.debit, self.credit)
        return [position for position in found if position is not None]


class Missing(ValueError):  # noqa: N818 — it is an answer, not an error
    """A header lacks columns; `found` is the number of required columns that it has."""

    def __init__(self, missing: Sequence[str], found: int) -> None:
        super().__init__(f"it has no column {' or '.join(missing)}")
        self.found = found


def find(names: Sequence[str]) -> Columns:
    """Find the required columns by their names, in any case and order; other columns are ignored.

    A header with an amount but without a type is accepted, with `kind` None: then Cr or Dr must stand behind each
    amount.

    Raises:
        Missing: a column is missing.
        ValueError: a column occurs twice.
    """
    plain = [re.sub(r"[\W_]", "", name).lower() for name in names]
    at = {column: _position(column, plain) for column in _SYNONYMS}
    needed = {"aadhaar": at["aadhaar"], "date": at["date"]}
    has_two_sides = at["debit"] is not None and at["credit"] is not None
    if not (at["amount"] is not None and (at["kind"] is not None or not has_two_sides)) and has_two_sides:
        money = {"debit": at["debit"], "credit": at["credit"]}
    else:
        money = {"amount": at["amount"]}
    missing = [_SPELT[column] for column, position in (needed | money).items() if position is None]
    if missing:
        raise Missing(missing, sum(position is not None for position in at.values()))
    aadhaar, date = needed["aadhaar"], needed["date"]
    assert aadhaar is not None
    assert date is not None
    kind = at["kind"] if "amount" in money else None
    return Columns(
        aadhaar, date, kind, money.get("amount"), len(names), debit=money.get("debit"), credit=money.get("credit")
    )


def missing_type(columns: Columns) -> Missing:
    """The error for a header with an amount whose rows do not give a direction."""
    return Missing([_SPELT["kind"]], len(columns.needed))


def _position(column: str, plain: Sequence[str]) -> int | None:
    """The position of the column, by its exact name or else by a synonym."""
    exact = _SPELT[column].replace("_", "")
    for spellings in ({exact}, _SYNONYMS[column]):
        found = [position for position, name in enumerate(plain) if name in spellings]
        if len(found) > 1:
            raise ValueError(f"it has the column {_SPELT[column]} twice")
        if found:
            return found[0]
    return None
