"""An act is stored as columns, and made of them again: in rows, in the chain of its loan, and in proofs."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from rules.events import (
    Act,
    BorrowerNpa,
    Charged,
    Disbursed,
    DueDateChanged,
    MoratoriumGranted,
    Paid,
    RateChanged,
    Refunded,
    ReversalCause,
    Reversed,
    SettlementAgreed,
    Waived,
    WrittenOff,
)
from rules.loan import PrepaymentChoice
from rules.terms import RateChangeChoice

KINDS = frozenset(
    {
        *("DISBURSAL", "PAYMENT", "REFUND", "REVERSAL", "CHARGE", "WAIVER", "SETTLEMENT", "WRITE_OFF"),
        *("RATE_CHANGE", "DUE_DATE_CHANGE", "MORATORIUM", "BORROWER_NPA"),
    }
)


class ActColumns(NamedTuple):
    """An act as columns; those of other kinds are None. `details` is JSON of the values that only its kind has."""

    kind: str
    amount: Decimal | None = None
    prepayment: str | None = None
    reverses: int | None = None
    cause: str | None = None
    details: str | None = None


def columns_of(act: Act) -> ActColumns:
    match act:
        case Disbursed():
            columns = ActColumns("DISBURSAL")
        case Paid():
            columns = ActColumns("PAYMENT", act.amount, act.choice)
        case Refunded():
            columns = ActColumns("REFUND", act.amount)
        case Reversed():
            columns = ActColumns("REVERSAL", reverses=act.sequence, cause=act.cause)
        case Charged():
            reversal = {"reversal": act.reversal} if act.reversal else {}
            columns = ActColumns("CHARGE", act.amount, details=json.dumps({"kind": act.kind, **reversal}))
        case Waived():
            details = json.dumps({"charge": act.charge}) if act.charge else None
            columns = ActColumns("WAIVER", act.amount, details=details)
        case SettlementAgreed():
            columns = ActColumns("SETTLEMENT", act.amount, details=_text({"until": str(act.until)}))
        case WrittenOff():
            columns = ActColumns("WRITE_OFF")
        case RateChanged():
            emi = {} if act.emi is None else {"emi": str(act.emi)}
            changed = {"rate": f"{act.interest_rate:.3f}", "choice": str(act.choice), **emi}
            columns = ActColumns("RATE_CHANGE", details=json.dumps(changed))
        case DueDateChanged():
            columns = ActColumns("DUE_DATE_CHANGE", details=json.dumps({"next": str(act.next_billing_date)}))
        case MoratoriumGranted():
            columns = ActColumns("MORATORIUM", details=json.dumps({"cycles": act.cycles}))
        case BorrowerNpa():
            columns = ActColumns("BORROWER_NPA", details=json.dumps({"npa": act.is_npa}))
    return columns


def act_of(columns: ActColumns) -> Act:
    """The act of columns that the rules have made."""
    # Payments are most acts, and have no details.
    amount, details = columns.amount, json.loads(columns.details) if columns.details else {}
    act: Act
    match columns.kind:
        case "DISBURSAL":
            act = Disbursed()
        case "REVERSAL":
            assert columns.reverses is not None
            assert columns.cause is not None
            act = Reversed(columns.reverses, ReversalCause(columns.cause))
        case "WRITE_OFF":
            act = WrittenOff()
        case "RATE_CHANGE":
            emi = Decimal(details["emi"]) if "emi" in details else None
            act = RateChanged(Decimal(details["rate"]), RateChangeChoice(details["choice"]), emi)
        case "DUE_DATE_CHANGE":
            act = DueDateChanged(date.fromisoformat(details["next"]))
        case "MORATORIUM":
            act = MoratoriumGranted(details["cycles"])
        case "BORROWER_NPA":
            act = BorrowerNpa(details["npa"])
        case _:
            assert amount is not None
            act = _of_an_amount(columns, amount, details)
    return act


def _of_an_amount(columns: ActColumns, amount: Decimal, details: Mapping[str, Any]) -> Act:
    match columns.kind:
        case "REFUND":
            return Refunded(amount)
        case "SETTLEMENT":
            return SettlementAgreed(amount, date.fromisoformat(details["until"]))
        case "WAIVER":
            return Waived(amount, details.get("charge"))
        case "CHARGE":
            return Charged(details["kind"], amount, details.get("reversal", 0))
        case _:
            return Paid(amount, PrepaymentChoice(columns.prepayment or PrepaymentChoice.REDUCE_EMI))


def _text(values: Mapping[str, str]) -> str:
    """The one text of details."""
    return json.dumps(values, sort_keys=True, separators=(",", ":"))
