"""The key facts of the worked lives, W16 and W17, to the paisa."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import key_facts
from rules.calendars import CycleKind
from rules.day_counts import DayCount
from rules.key_facts import Proposal
from rules.money import ZERO
from rules.products import CARD, ChargePolicy, Product, RateType

EIGHTEEN = Decimal(18)
PLUS = Product(
    name="plus",
    title="Plus",
    charges=(
        ChargePolicy("fee", rate=Decimal(2), gst=EIGHTEEN),
        ChargePolicy("bounce", flat=Decimal("500.00"), gst=EIGHTEEN),
        ChargePolicy("penal", rate=Decimal(2)),
    ),
    cooling_off_days=3,
)
EMI = Product(
    name="emi",
    title="EMI",
    cycle_kind=CycleKind.MONTHS,
    cycle=0,
    day_count=DayCount.MONTHLY,
    due_days=10,
    maximum_amount=Decimal("500000.00"),
    charges=(ChargePolicy("fee", rate=Decimal(1), gst=EIGHTEEN),),
)
OF_PLUS = Proposal(PLUS, Decimal("50000.00"), 12, Decimal("10.5"), date(2026, 1, 1))
OF_EMI = Proposal(EMI, Decimal("120000.00"), 12, Decimal(12), date(2026, 1, 5))
TO_THE_5TH = replace(OF_EMI, product=replace(EMI, cycle=5), issued_on=date(2026, 1, 20))


def figures(proposal: Proposal) -> str:
    (fee,), cost, schedule = key_facts.fees(proposal), key_facts.cost(proposal), proposal.schedule
    interest = sum((line.interest for line in schedule), ZERO)
    total = sum((line.amount_due for line in schedule), ZERO)
    emi = schedule[0].amount_due
    return f"{fee.amount} {fee.gst} {cost.net_disbursed} {emi} {interest} {total} {cost.apr} {cost.effective_rate}"


def test_w16_the_key_facts_of_plus() -> None:
    assert figures(OF_PLUS) == "1000.00 180.00 48820.00 4406.03 2872.39 52872.39 15.19 16.30"


def test_w17_the_key_facts_of_emi() -> None:
    assert figures(OF_EMI) == "1200.00 216.00 118584.00 10661.85 7942.26 127942.26 14.26 15.23"


def test_w17_a_first_cycle_of_16_days() -> None:
    first = TO_THE_5TH.schedule[0]
    assert (first.date, (first.date - TO_THE_5TH.issued_on).days) == (date(2026, 2, 5), 16)
    assert f"{first.interest} {first.amount_due} {key_facts.cost(TO_THE_5TH).apr}" == "631.23 10611.82 14.42"


def test_a_statement_of_a_friday_before_the_second_saturday_is_valid_until_wednesday() -> None:
    proposal = replace(OF_PLUS, issued_on=date(2026, 1, 9))
    assert key_facts.valid_until(proposal) == date(2026, 1, 14)
    assert key_facts.valid_until(proposal, {date(2026, 1, 14)}) == date(2026, 1, 15)


def test_a_statement_of_a_loan_of_less_than_a_week_is_valid_for_one_working_day() -> None:
    days_6, days_7 = (
        Proposal(replace(CARD, cycle=days, due_days=1), Decimal("1000.00"), 1, Decimal(12), date(2026, 1, 9))
        for days in (6, 7)
    )
    assert (key_facts.valid_until(days_6), key_facts.valid_until(days_7)) == (date(2026, 1, 12), date(2026, 1, 14))


def test_the_charge_of_a_third_party_is_a_fee_and_is_deducted() -> None:
    stamp = ChargePolicy("stamp", flat=Decimal("100.00"), payable_to="State of Karnataka")
    proposal = replace(OF_PLUS, product=replace(PLUS, charges=(*PLUS.charges, stamp)))
    assert [(fee.kind, str(fee.amount), fee.payable_to) for fee in key_facts.fees(proposal)] == [
        ("fee", "1000.00", ""),
        ("stamp", "100.00", "State of Karnataka"),
    ]
    cost = key_facts.cost(proposal)
    assert str(cost.net_disbursed) == "48720.00"
    assert cost.apr > key_facts.cost(OF_PLUS).apr


def test_contingent_charges_are_all_others_and_that_of_a_prepayment() -> None:
    product = replace(PLUS, prepayment_rate=Decimal(3))
    found = [(one.kind, str(one.rate), str(one.gst)) for one in key_facts.contingent_charges(product)]
    assert found == [("bounce", "0.00", "18"), ("penal", "2", "0.00"), ("prepayment", "3", "18")]
    assert key_facts.contingent_charges(CARD) == ()


def test_a_floating_loan_shows_the_emi_at_a_quarter_more() -> None:
    floating = replace(OF_EMI, product=replace(EMI, rate_type=RateType.FLOATING))
    dearer = replace(floating, interest_rate=Decimal("12.25"))
    assert key_facts.emi_at_quarter_more(OF_EMI) is None
    assert key_facts.emi_at_quarter_more(floating) == dearer.schedule[0].amount_due
    assert any("rate may change" in clause for clause in key_facts.clauses(floating.product))


def test_fees_that_take_the_whole_amount_are_a_reason_against_the_proposal() -> None:
    flat = replace(PLUS, charges=(ChargePolicy("fee", flat=Decimal("1000.00"), gst=EIGHTEEN),))
    small, enough = (replace(OF_PLUS, product=flat, amount=Decimal(amount)) for amount in ("1181.00", "2000.00"))
    assert [problem.code for problem in key_facts.problems(small)] == ["AMOUNT_TOO_LOW"]
    assert [*key_facts.problems(enough)] == []


@pytest.mark.parametrize("product", [CARD, PLUS, EMI])
def test_clauses_are_lines_without_figures_of_one_loan(product: Product) -> None:
    found = key_facts.clauses(product)
    assert len(set(found)) == len(found)
    assert ("cooling-off" in " ".join(found)) == (product.cooling_off_days > 0)


@settings(max_examples=50)
@given(
    st.sampled_from([PLUS, EMI, replace(EMI, cycle=5), replace(EMI, day_count=DayCount.ACT365)]),
    st.decimals(Decimal("1000.00"), Decimal("50000.00"), places=2),
    st.integers(1, 36),
    st.decimals(0, 36, places=3),
    st.dates(date(2025, 12, 1), date(2026, 12, 31)),
)
def test_a_fee_makes_the_apr_higher_than_without_one(
    product: Product, amount: Decimal, term: int, rate: Decimal, day: date
) -> None:
    proposal = Proposal(product, amount, term, rate, day)
    free = replace(proposal, product=replace(product, charges=()))
    assert key_facts.cost(proposal).apr > key_facts.cost(free).apr
    assert key_facts.cost(proposal).effective_rate >= key_facts.cost(proposal).apr
    assert key_facts.cost(free).net_disbursed == amount
    assert sum((line.principal for line in proposal.schedule), ZERO) == amount
