"""A product is a named set of policies; a loan keeps the version that it was made under (lending rules, 15)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from rules.calendars import CycleKind
from rules.day_counts import DayCount
from rules.money import PAISA, ZERO


class RateType(StrEnum):
    FIXED = "FIXED"
    FLOATING = "FLOATING"


class Bucket(StrEnum):
    """A kind of debt that a payment pays. A product gives the buckets an order (lending rules, 11.4)."""

    PAST = "PAST"
    CURRENT = "CURRENT"
    CHARGES = "CHARGES"
    PENAL = "PENAL"
    PRINCIPAL = "PRINCIPAL"
    ACCRUED = "ACCRUED"


@dataclass(frozen=True, slots=True)
class ChargePolicy:
    """A charge of a kind: `flat` rupees and `rate` percent of its base, at least `minimum` and at most `maximum`.

    `gst` percent of that is added.
    """

    kind: str
    rate: Decimal = ZERO
    flat: Decimal = ZERO
    minimum: Decimal = ZERO
    maximum: Decimal | None = None
    gst: Decimal = ZERO
    payable_to: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """A version of a product. Amounts are rupees, rates percent a year; the defaults are those of `card`.

    `cycle` is the days of a cycle with DAYS, and the day of the month with MONTHS: 0 for that of the disbursal, 31 for
    the last.
    """

    name: str = "card"
    version: int = 1
    effective_from: date = date.min
    title: str = "Card"
    rate_type: RateType = RateType.FIXED
    minimum_score: int = 450
    minimum_annual_income: Decimal = Decimal("150000.00")
    minimum_amount: Decimal = PAISA
    maximum_amount: Decimal = Decimal("50000.00")
    minimum_rate: Decimal = Decimal("0.000")
    maximum_rate: Decimal = Decimal("36.000")
    maximum_term: int = 60
    cycle_kind: CycleKind = CycleKind.DAYS
    cycle: int = 30
    due_days: int = 15
    minimum_due_rate: Decimal = Decimal("3.000")
    day_count: DayCount = DayCount.DAILY3
    emi_step: Decimal = PAISA
    allocation: tuple[Bucket, ...] = tuple(Bucket)
    charges: tuple[ChargePolicy, ...] = ()
    grace_days: int = 3
    prepayment_rate: Decimal = ZERO
    cooling_off_days: int = 0
    maximum_moratorium: int = 6
    npa_days: int = 90
    watch_days: int = 365
    backdate_days: int = 365
    quote_days: int = 31

    @property
    def is_level(self) -> bool:
        """Whether all cycles of its loans have as many days and the same interest, and an EMI may have paise."""
        return (self.cycle_kind, self.day_count, self.emi_step) == (CycleKind.DAYS, DayCount.DAILY3, PAISA)


# The product of part 1 of the rules. The terms of its loans are those of their own rows, so that a loan of card needs
# no product beside them.
CARD = Product()


class CardPolicies(Protocol):
    """The policies of card's first version, which are settings."""

    @property
    def minimum_score(self) -> int: ...
    @property
    def minimum_annual_income(self) -> Decimal: ...
    @property
    def maximum_amount(self) -> Decimal: ...
    @property
    def maximum_term(self) -> int: ...
    @property
    def minimum_rate(self) -> Decimal: ...
    @property
    def maximum_rate(self) -> Decimal: ...
    @property
    def cycle_days(self) -> int: ...
    @property
    def due_days(self) -> int: ...
    @property
    def minimum_due_rate(self) -> Decimal: ...
    @property
    def quote_days(self) -> int: ...


def card(policies: CardPolicies) -> Product:
    """The first version of card, as the settings make it."""
    return replace(
        CARD,
        minimum_score=policies.minimum_score,
        minimum_annual_income=policies.minimum_annual_income,
        maximum_amount=policies.maximum_amount,
        minimum_rate=policies.minimum_rate,
        maximum_rate=policies.maximum_rate,
        maximum_term=policies.maximum_term,
        cycle=policies.cycle_days,
        due_days=policies.due_days,
        minimum_due_rate=policies.minimum_due_rate,
        quote_days=policies.quote_days,
    )


def document(product: Product) -> dict[str, object]:
    """The policies of a product in texts, numbers, nulls, lists and objects of JSON."""
    found: dict[str, object] = json.loads(json.dumps(asdict(product), default=str))
    return found


def text(product: Product) -> str:
    """The one text of a product's policies, without a line break."""
    return json.dumps(document(product), ensure_ascii=True, separators=(",", ":"))


def read(found: Mapping[str, Any]) -> Product:
    """The product of a document.

    Raises:
        KeyError, TypeError, ValueError, ArithmeticError: the document is none that `document` writes.
    """
    charges = tuple(
        ChargePolicy(**{name: _policy(name, value) for name, value in one.items()}) for one in found["charges"]
    )
    product = Product(
        **{name: _policy(name, value) for name, value in found.items() if name != "charges"}, charges=charges
    )
    if document(product) != found:
        raise ValueError("the document is not that of a product")
    return product


_ENUMS: Mapping[str, Callable[[str], object]] = {
    "rate_type": RateType,
    "cycle_kind": CycleKind,
    "day_count": DayCount,
    "effective_from": date.fromisoformat,
}
_TEXTS = {"name", "title", "kind", "payable_to"}


def _policy(name: str, value: Any) -> Any:
    if name in _ENUMS:
        return _ENUMS[name](value)
    if name == "allocation":
        return tuple(map(Bucket, value))
    if name in _TEXTS or not isinstance(value, str):
        return value
    return Decimal(value)
