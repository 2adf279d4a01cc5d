"""The installment repays a loan level, and the plan of a loan repays all of it."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from rules import plan
from rules.calendars import CycleKind
from rules.products import CARD, Product
from tests.rules.banker import half_up
from tests.rules.book import terms

ZERO = Decimal("0.00")


@pytest.mark.parametrize(
    ("amount", "rate", "term", "emi"),
    [
        ("50000", "10.5", 12, "4406.03"),
        ("50000", "10.5", 1, "50435.00"),
        ("50000", "0", 12, "4166.67"),
        ("50000", "0.182", 12, "4166.67"),  # a daily rate of 0.000
        ("1000", "0", 3, "333.33"),
        ("10000", "24", 3, "3466.20"),
        ("0.01", "36", 1, "0.01"),
        ("0.01", "36", 60, "0.00"),
        ("0.06", "0", 12, "0.01"),  # half a paisa, up
        ("50", "10.5", 1, "50.44"),  # likewise, and likewise below
        ("6", "9", 1, "6.05"),
        ("33726", "9", 2, "17052.95"),
    ],
)
def test_the_installment_is_level(amount: str, rate: str, term: int, emi: str) -> None:
    agreed = terms(amount, rate, term)
    assert str(plan.emi(agreed, agreed.amount, term)) == emi


@pytest.mark.parametrize("rate", ["0.183", "1", "10.5", "17.35", "24", "36"])
@pytest.mark.parametrize("term", [1, 2, 7, 12, 36, 60])
def test_the_installment_is_the_annuity_in_exact_fractions(rate: str, term: int) -> None:
    agreed = terms("49999.99", rate, term)
    i = half_up(Fraction(rate) / 365, 3) * 30 / 100
    factor = sum(1 / (1 + i) ** k for k in range(1, term + 1))  # the present value of one rupee a cycle
    assert Fraction(plan.emi(agreed, agreed.amount, term)) == half_up(Fraction("49999.99") / factor)


@pytest.mark.parametrize(("rate", "term"), [("0", 12), ("0.183", 60), ("10.5", 12), ("24", 3), ("36", 1)])
@pytest.mark.parametrize("installment", ["0.01", "0.02", "50.44", "4406.03", "49999.99"])
def test_the_most_principal_below_an_installment_is_one_paisa_too_little_for_it(
    rate: str, term: int, installment: str
) -> None:
    agreed, limit = terms("50000", rate, term), Decimal(installment)
    most = plan.most_principal_below(agreed, limit, term)
    assert plan.emi(agreed, most, term) < limit <= plan.emi(agreed, most + Decimal("0.01"), term)


WORKED_PLAN = """
 1 2026-01-31 2026-02-15 4406.03 3971.03 435.00 46028.97
 2 2026-03-02 2026-03-17 4406.03 4005.58 400.45 42023.39
 3 2026-04-01 2026-04-16 4406.03 4040.43 365.60 37982.96
 4 2026-05-01 2026-05-16 4406.03 4075.58 330.45 33907.38
 5 2026-05-31 2026-06-15 4406.03 4111.04 294.99 29796.34
 6 2026-06-30 2026-07-15 4406.03 4146.80 259.23 25649.54
 7 2026-07-30 2026-08-14 4406.03 4182.88 223.15 21466.66
 8 2026-08-29 2026-09-13 4406.03 4219.27 186.76 17247.39
 9 2026-09-28 2026-10-13 4406.03 4255.98 150.05 12991.41
10 2026-10-28 2026-11-12 4406.03 4293.00 113.03  8698.41
11 2026-11-27 2026-12-12 4406.03 4330.35  75.68  4368.06
12 2026-12-27 2027-01-11 4406.06 4368.06  38.00     0.00
"""


def test_the_plan_of_the_worked_loan_to_the_paisa() -> None:
    lines = [" ".join(map(str, line)) for line in plan.at_disbursal(terms())]
    assert lines == [" ".join(line.split()) for line in WORKED_PLAN.strip().splitlines()]


def test_a_plan_of_one_cycle_is_everything_at_once() -> None:
    (only,) = plan.at_disbursal(terms("50000", "10.5", 1))
    assert only == (
        1,
        date(2026, 1, 31),
        date(2026, 2, 15),
        Decimal("50435.00"),
        Decimal("50000.00"),
        Decimal("435.00"),
        Decimal("0.00"),
    )


def test_a_plan_without_interest_is_principal_alone() -> None:
    lines = plan.at_disbursal(terms("1000", "0", 3))
    assert [str(line.amount_due) for line in lines] == ["333.33", "333.33", "333.34"]
    assert {line.interest for line in lines} == {0}


def test_a_paisa_is_repaid_in_the_last_cycle() -> None:
    lines = plan.at_disbursal(terms("0.01", "36", 60))
    assert [str(line.amount_due) for line in lines] == ["0.00"] * 59 + ["0.01"]


def test_an_installment_rounded_up_ends_a_plan_early() -> None:
    lines = plan.at_disbursal(terms("0.07", "0", 12))  # 0.07 / 12 rounds up to a paisa
    assert [str(line.principal) for line in lines] == ["0.01"] * 7 + ["0.00"] * 5


def test_a_plan_begins_where_the_bills_end() -> None:
    lines = list(
        plan.installments(
            terms(),
            emi=Decimal("4599.30"),
            principal_balance=Decimal("4500.00"),
            cycles=range(10, 13),
            first_interest=Decimal("30.00"),
        )
    )
    assert [(line.number, str(line.interest), str(line.principal), str(line.principal_balance)) for line in lines] == [
        (10, "30.00", "4500.00", "0.00"),
        (11, "0.00", "0.00", "0.00"),
        (12, "0.00", "0.00", "0.00"),
    ]


def test_an_installment_below_its_interest_repays_nothing() -> None:
    first, *_, last = plan.installments(
        terms(), emi=Decimal("400.00"), principal_balance=Decimal("50000.00"), cycles=range(1, 13)
    )
    assert (first.principal, first.amount_due) == (ZERO, Decimal("435.00"))
    assert (last.principal, last.amount_due) == (Decimal("50000.00"), Decimal("50435.00"))


def test_no_plan_is_left_after_the_term() -> None:
    assert not list(plan.installments(terms(), emi=Decimal(1), principal_balance=Decimal(1), cycles=range(13, 13)))
    assert not list(plan.installments(terms(), emi=Decimal(1), principal_balance=Decimal(1), cycles=range(15, 13)))


def test_the_calendar_counts_days_and_not_months() -> None:
    agreed = terms(disbursed_on=date(2028, 1, 30))
    assert plan.billing_date(agreed, 1) == date(2028, 2, 29)
    assert plan.due_date(agreed, 1) == date(2028, 3, 15)
    assert plan.billing_date(agreed, 12) == date(2029, 1, 24)
    weekly = agreed._replace(cycle_days=7, due_days=3)
    assert (plan.billing_date(weekly, 2), plan.due_date(weekly, 2)) == (date(2028, 2, 13), date(2028, 2, 16))


def test_a_loan_has_the_terms_of_its_product() -> None:
    days = Product(name="weekly", cycle=7, due_days=3, minimum_due_rate=Decimal("10.000"))
    months = Product(name="emi", cycle_kind=CycleKind.MONTHS, cycle=0, due_days=10)
    agreed = {"amount": Decimal("50000.00"), "interest_rate": Decimal("10.500"), "loan_term": 12}
    card = plan.terms_of(CARD, **agreed, disbursed_on=date(2026, 1, 1))  # type: ignore[arg-type]
    assert card == terms()
    assert card.product is CARD
    weekly = plan.terms_of(days, **agreed, disbursed_on=date(2026, 1, 1))  # type: ignore[arg-type]
    assert weekly == card._replace(cycle_days=7, due_days=3, minimum_due_rate=Decimal("10.000"), product=days)
    monthly = plan.terms_of(months, **agreed, disbursed_on=date(2026, 1, 1))  # type: ignore[arg-type]
    assert monthly == card._replace(cycle_days=28, due_days=10, product=months)


def test_the_first_version_of_card_is_the_same_value_in_all_loans() -> None:
    settings = Product(name="card", version=1, cycle=20, due_days=5)
    made = plan.terms_of(
        settings, amount=Decimal(1), interest_rate=Decimal(1), loan_term=1, disbursed_on=date(2026, 1, 1)
    )
    assert made.product is CARD
    assert (made.cycle_days, made.due_days) == (20, 5)
