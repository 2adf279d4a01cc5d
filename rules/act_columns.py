"""An act is stored as columns, and made of them again: in rows, in the chain of its loan, and in proofs."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from rules.events import (
    Act,
    Charged,
    Disbursed,
    Paid,
    Refunded,
    ReversalCause,
    Reversed,
    SettlementAgreed,
    Waived,
    WrittenOff,
)
from rules.loan import PrepaymentChoice

KINDS = frozenset({"DISBURSAL", "PAYMENT", "REFUND", "REVERSAL", "CHARGE", "WAIVER", "SETTLEMENT", "WRITE_OFF"})


class ActColumns(NamedTuple):
    """An act as columns; those of other kinds are None. `details` is JSON of the values that only its kind has."""

    kind: str
    amount: Decimal | None = None
    prepayment: str | None = None
    reverses: int | None = None
    cause: str | None = None
    details: str | None = None


def columns_of(act: Act) -> ActColumns:  # noqa: PLR0911 — one for each kind
    if isinstance(act, Disbursed):
        return ActColumns("DISBURSAL")
    if isinstance(act, Paid):
        return ActColumns("PAYMENT", act.amount, act.choice)
    if isinstance(act, Refunded):
        return ActColumns("REFUND", act.amount)
    if isinstance(act, Charged):
        reversal = {"reversal": act.reversal} if act.reversal else {}
        return ActColumns("CHARGE", act.amount, details=json.dumps({"kind": act.kind, **reversal}))
    if isinstance(act, Waived):
        return ActColumns("WAIVER", act.amount, details=json.dumps({"charge": act.charge}) if act.charge else None)
    if isinstance(act, SettlementAgreed):
        return ActColumns("SETTLEMENT", act.amount, details=_text({"until": str(act.until)}))
    if isinstance(act, WrittenOff):
        return ActColumns("WRITE_OFF")
    return ActColumns("REVERSAL", reverses=act.sequence, cause=act.cause)


def act_of(columns: ActColumns) -> Act:  # noqa: PLR0911 — one for each kind
    """The act of columns that the rules have made."""
    if columns.kind == "DISBURSAL":
        return Disbursed()
    if columns.kind == "REVERSAL":
        assert columns.reverses is not None
        assert columns.cause is not None
        return Reversed(columns.reverses, ReversalCause(columns.cause))
    if columns.kind == "WRITE_OFF":
        return WrittenOff()
    assert columns.amount is not None
    if columns.kind == "SETTLEMENT":
        return SettlementAgreed(columns.amount, date.fromisoformat(_values(columns)["until"]))
    if columns.kind == "REFUND":
        return Refunded(columns.amount)
    if columns.kind in {"CHARGE", "WAIVER"}:
        details = json.loads(columns.details or "{}")
        if columns.kind == "WAIVER":
            return Waived(columns.amount, details.get("charge"))
        return Charged(details["kind"], columns.amount, details.get("reversal", 0))
    return Paid(columns.amount, PrepaymentChoice(columns.prepayment or PrepaymentChoice.REDUCE_EMI))


def _text(values: Mapping[str, str]) -> str:
    """The one text of details."""
    return json.dumps(values, sort_keys=True, separators=(",", ":"))


def _values(columns: ActColumns) -> dict[str, str]:
    assert columns.details is not None, f"an event of kind {columns.kind} has details"
    values: dict[str, str] = json.loads(columns.details)
    return values
