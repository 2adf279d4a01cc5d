"""A product is refused with each invalid policy, by the name of its input field."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rules.calendars import CycleKind
from rules.day_counts import DayCount
from rules.product_checks import problems
from rules.products import CARD, Bucket, ChargePolicy, Product, RateType
from rules.refusals import ProblemCode

PENAL = ChargePolicy("penal", rate=Decimal(2), maximum=Decimal("500.00"))
PLUS = replace(
    CARD,
    name="plus",
    charges=(ChargePolicy("fee", rate=Decimal(2), gst=Decimal(18)), PENAL),
    prepayment_rate=Decimal(3),
    cooling_off_days=3,
)
EMI = replace(
    CARD,
    name="emi",
    cycle_kind=CycleKind.MONTHS,
    cycle=0,
    due_days=10,
    minimum_due_rate=Decimal(100),
    day_count=DayCount.MONTHLY,
    rate_type=RateType.FLOATING,
)


def fields(product: Product) -> list[str | None]:
    found = list(problems(product))
    assert {problem.code for problem in found} <= {ProblemCode.INVALID_PRODUCT}
    return [problem.field for problem in found]


@pytest.mark.parametrize("product", [CARD, PLUS, EMI, replace(EMI, day_count=DayCount.E30360, cycle=31)])
def test_the_products_of_the_worked_lives_are_valid(product: Product) -> None:
    assert fields(product) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "Card"}, "name"),
        ({"name": "x" * 33}, "name"),
        ({"title": " "}, "title"),
        ({"title": "two\nlines"}, "title"),
        ({"minimum_score": 299}, "minimumScore"),
        ({"minimum_annual_income": Decimal("-0.01")}, "minimumAnnualIncome"),
        ({"minimum_amount": Decimal(0)}, "minimumAmount"),
        ({"minimum_amount": Decimal(60000)}, "maximumAmount"),
        ({"minimum_rate": Decimal(37)}, "maximumRate"),
        ({"maximum_rate": Decimal(101)}, "maximumRate"),
        ({"minimum_rate": Decimal(-1)}, "minimumRate"),
        ({"maximum_term": 0}, "maximumTerm"),
        ({"cycle": 1}, "cycle"),
        ({"cycle": 367}, "cycle"),
        ({"cycle_kind": CycleKind.MONTHS, "cycle": 32}, "cycle"),
        ({"due_days": 0}, "dueDays"),
        ({"due_days": 30}, "dueDays"),
        ({"cycle_kind": CycleKind.MONTHS, "due_days": 28}, "dueDays"),
        ({"minimum_due_rate": Decimal(101)}, "minimumDueRate"),
        ({"day_count": DayCount.MONTHLY}, "dayCount"),
        ({"day_count": DayCount.E30360}, "dayCount"),
        ({"emi_step": Decimal("0.10")}, "emiStep"),
        ({"allocation": tuple(Bucket)[1:]}, "allocation"),
        ({"allocation": (*Bucket, Bucket.PAST)}, "allocation"),
        ({"grace_days": 366}, "graceDays"),
        ({"prepayment_rate": Decimal(-1)}, "prepaymentRate"),
        ({"prepayment_rate": Decimal(3), "cooling_off_days": 3, "rate_type": RateType.FLOATING}, "prepaymentRate"),
        ({"prepayment_rate": Decimal(3)}, "coolingOffDays"),
        ({"charges": (PENAL,)}, "coolingOffDays"),
        ({"cooling_off_days": -1}, "coolingOffDays"),
        ({"maximum_moratorium": 1001}, "maximumMoratorium"),
        ({"npa_days": 0}, "npaDays"),
        ({"watch_days": -1}, "watchDays"),
        ({"backdate_days": 3651}, "backdateDays"),
        ({"quote_days": 367}, "quoteDays"),
    ],
)
def test_each_invalid_policy_is_named(changes: dict[str, Any], field: str) -> None:
    assert fields(replace(CARD, **changes)) == [field]


@pytest.mark.parametrize(
    ("charge", "field"),
    [
        (ChargePolicy("Fee"), "kind"),
        (ChargePolicy("prepayment"), "kind"),
        (ChargePolicy("fee", rate=Decimal(101)), "rate"),
        (ChargePolicy("fee", flat=Decimal(-1)), "flat"),
        (ChargePolicy("fee", flat=Decimal(10**9)), "flat"),
        (ChargePolicy("fee", minimum=Decimal(10), maximum=Decimal(5)), "maximum"),
        (ChargePolicy("fee", gst=Decimal(-1)), "gst"),
        (ChargePolicy("penal", gst=Decimal(18)), "gst"),
        (ChargePolicy("stamp", payable_to="a\nb"), "payableTo"),
        (ChargePolicy("stamp", payable_to=" "), "payableTo"),
        (ChargePolicy("fee", payable_to="An insurer"), "payableTo"),
        (ChargePolicy("bounce", payable_to="A bank"), "payableTo"),
        (ChargePolicy("penal", payable_to="A bank"), "payableTo"),
    ],
)
def test_each_invalid_value_of_a_charge_is_named(charge: ChargePolicy, field: str) -> None:
    assert fields(replace(PLUS, charges=(PENAL if charge.kind != "penal" else PLUS.charges[0], charge))) == [
        f"charges.1.{field}"
    ]


def test_a_kind_of_charge_stands_once_and_there_are_few() -> None:
    assert fields(replace(PLUS, charges=(PENAL, PENAL))) == ["charges"]
    many = tuple(ChargePolicy(f"kind-{number}") for number in range(21))
    assert fields(replace(PLUS, charges=many)) == ["charges"]


def test_all_invalid_policies_are_named_together() -> None:
    assert fields(replace(CARD, name="", maximum_term=0, due_days=40)) == ["name", "maximumTerm", "dueDays"]
