"""A loan is its terms, its standing and its bills; only a step of its life gives it a new standing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from rules.asset_classes import Classing
from rules.bills import ISSUED as ISSUED  # noqa: PLC0414 — callers have bills from here
from rules.bills import Bill as Bill  # noqa: PLC0414 — likewise
from rules.bills import BillBalance as BillBalance  # noqa: PLC0414 — likewise
from rules.money import ZERO
from rules.terms import Changes, Terms


class Status(StrEnum):
    ACTIVE = "ACTIVE"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"
    WRITTEN_OFF = "WRITTEN_OFF"


class ClosureReason(StrEnum):
    """The reason for which a loan is closed (lending rules, 14.5)."""

    PAID = "PAID"
    COOLING_OFF = "COOLING_OFF"
    SETTLED = "SETTLED"
    RECOVERED = "RECOVERED"


class PrepaymentChoice(StrEnum):
    """The effect of a payment that reaches undemanded principal (lending rules, 10.3)."""

    REDUCE_EMI = "REDUCE_EMI"
    REDUCE_TERM = "REDUCE_TERM"


class Charge(NamedTuple):
    """A charge in rupees: `amount` and its GST are waived, paid or unpaid. `kind` is that of the product's policy."""

    key: str
    kind: str
    on: date
    amount: Decimal
    gst: Decimal
    waived: Decimal = ZERO
    paid: Decimal = ZERO
    lapsed: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return self.amount + self.gst

    @property
    def unpaid(self) -> Decimal:
        return self.amount + self.gst - self.waived - self.paid - self.lapsed


class UnpaidMinimum(NamedTuple):
    """The unpaid minimum of a bill that has brought no penal charge yet."""

    cycle: int
    due_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Settlement:
    """Rupees that the lender accepts in place of the payoff if they come by a date, and the part that has come."""

    amount: Decimal
    until: date
    paid: Decimal = ZERO

    @property
    def rest(self) -> Decimal:
        return self.amount - self.paid


@dataclass(frozen=True, slots=True)
class Special:
    """The part of a standing that only some products and events make; other loans have none.

    `accrued` is the exact accrued interest in units of `day_counts.UNITS_OF_A_RUPEE`, for a day count other than
    DAILY3. `Standing.accrued_interest` is then cut to its seven decimals. `changes` are the terms that have changed.
    `charges` are all charges of the loan, oldest first. A product with a penal charge has `unpaid_minimums` too.

    `settlement` is the newest one, even if it has lapsed. A written-off loan has a `claim`. A loan that was settled or
    recovered has a `closure_reason`. A loan that is or was past due has a `classing`.

    `deferred` is interest that was set aside and is unpaid, and `moratorium` the cycles ahead that demand nothing.
    `capitalised` is the interest that became principal. `distressed_on` is the day of a distressed restructuring.
    """

    accrued: int = 0
    changes: Changes | None = None
    charges: tuple[Charge, ...] = ()
    unpaid_minimums: tuple[UnpaidMinimum, ...] = ()
    settlement: Settlement | None = None
    claim: Decimal | None = None
    closure_reason: ClosureReason | None = None
    deferred: Decimal = ZERO
    moratorium: int = 0
    capitalised: Decimal = ZERO
    distressed_on: date | None = None
    classing: Classing | None = None


_ORDINARY = Special()


class Standing(NamedTuple):
    """The standing of a loan right after its latest event. All amounts are rupees.

    `interest_due` is billed and unpaid. `last_cycle` is the cycle whose bill asks for the rest of the loan. `past_due`
    is the sum of the unpaid minimums of all bills but the newest. `installment_due` and `minimum_due` are the unpaid
    parts of the newest bill's installment and minimum. Every bill asks for all of its interest. So `past_due +
    installment_due - interest_due` is the principal that bills ask for, and billing computes it without reading a bill.
    `credit` is money of the borrower that nothing demands; below zero, it is what was refunded in excess.
    `oldest_due_on` is the earliest due date of a bill whose minimum is unpaid, and `due_again_on` the latest one that a
    correction has set. `closed_on` is the date on which the loan ended: closed, cancelled or written off.
    `special` is what only some loans have.
    """

    emi: Decimal
    principal_balance: Decimal
    interest_due: Decimal
    accrued_interest: Decimal
    accrued_through: date
    cycles_billed: int
    last_cycle: int
    past_due: Decimal
    installment_due: Decimal
    minimum_due: Decimal
    credit: Decimal
    oldest_due_on: date | None
    due_again_on: date | None
    closed_on: date | None
    status: str
    special: Special | None = None

    @property
    def undemanded_principal(self) -> Decimal:
        """Principal that no bill asks for yet (lending rules, 5.2)."""
        return self.principal_balance - (self.past_due + self.installment_due - self.interest_due)

    def having(self, **changes: Any) -> "Standing":
        """The standing with some fields of `special` changed; None again if no field differs from other loans."""
        special = replace(self.special or _ORDINARY, **changes)
        return self._replace(special=None if special == _ORDINARY else special)

    def accrued(self, interest: Decimal, through: date) -> "Standing":
        """The standing with other accrued interest. To make it from its parts takes a third of `_replace`."""
        emi, principal_balance, interest_due, _, _, *rest = self
        return Standing._make((emi, principal_balance, interest_due, interest, through, *rest))

    @property
    def changes(self) -> Changes | None:
        """The terms of the loan that are no longer those of its disbursal."""
        return None if self.special is None else self.special.changes

    @property
    def deferred_interest(self) -> Decimal:
        """Interest that was set aside, and that no bill has demanded yet (lending rules, 13)."""
        return ZERO if self.special is None else self.special.deferred

    @property
    def interest_receivable(self) -> Decimal:
        """Interest that was posted and is unpaid: billed or set aside."""
        return self.interest_due if self.special is None else self.interest_due + self.special.deferred

    @property
    def moratorium(self) -> int:
        """The cycles ahead that demand nothing."""
        return 0 if self.special is None else self.special.moratorium

    @property
    def cycles_left(self) -> int:
        """The cycles that are not billed yet; below 1 once the last one is billed."""
        return self.last_cycle - self.cycles_billed


class Split(NamedTuple):
    """An amount in its parts, in rupees. Money pays the interest of a debt before its principal."""

    interest: Decimal
    principal: Decimal

    @property
    def total(self) -> Decimal:
        return self.interest + self.principal

    def up_to(self, money: Decimal) -> "Split":
        """The part of this debt that the money pays."""
        interest = min(money, self.interest)
        return Split(interest, min(money - interest, self.principal))


class Loan(NamedTuple):
    """The terms and the standing of a loan, and those of its bills that are not fully paid, oldest first.

    A rule that needs no bill takes a loan without bills.
    """

    terms: Terms
    standing: Standing
    bills: Sequence[BillBalance] = ()

    @classmethod
    def of(cls, row: "Stands") -> "Loan":
        return cls(row.terms, row.standing, row.unpaid_bills)


class Stands(Protocol):
    """A row that has the terms and the standing of a loan.

    If a correction has made one of its bills due again, it has the unpaid bills, oldest first.
    """

    @property
    def terms(self) -> Terms: ...
    @property
    def standing(self) -> Standing: ...
    @property
    def unpaid_bills(self) -> Sequence[BillBalance]: ...
