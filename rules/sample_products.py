"""The products of a sandbox beside card: those of the worked lives, a card with charges and a plain EMI loan."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from rules.calendars import CycleKind
from rules.day_counts import DayCount
from rules.product_checks import GST
from rules.products import CARD, ChargePolicy, RateType

# Before every date of a sandbox.
_FROM = date(2000, 1, 1)
_BOUNCE = ChargePolicy("bounce", flat=Decimal("500.00"), gst=GST)

PLUS = replace(
    CARD,
    name="plus",
    title="Card with charges",
    effective_from=_FROM,
    charges=(
        ChargePolicy("fee", rate=Decimal("2.000"), gst=GST),
        ChargePolicy("penal", rate=Decimal("2.000"), maximum=Decimal("500.00")),
        _BOUNCE,
    ),
    prepayment_rate=Decimal("3.000"),
    cooling_off_days=3,
)
EMI = replace(
    CARD,
    name="emi",
    title="Monthly EMI loan",
    effective_from=_FROM,
    rate_type=RateType.FLOATING,
    maximum_amount=Decimal("500000.00"),
    cycle_kind=CycleKind.MONTHS,
    cycle=0,
    due_days=10,
    minimum_due_rate=Decimal("100.000"),
    day_count=DayCount.MONTHLY,
    charges=(
        ChargePolicy("fee", rate=Decimal("1.000"), gst=GST),
        ChargePolicy("penal", rate=Decimal("2.000")),
        _BOUNCE,
    ),
    cooling_off_days=3,
)
SAMPLES = (PLUS, EMI)
