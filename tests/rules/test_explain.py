"""Each figure is explained by steps whose last one has the figure: the worked life W14, and random lives."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import billing, explain, life, owed
from rules.events import Act, Charged, Disbursed, Event, Paid, Refunded, ReversalCause, Reversed, Waived
from rules.explain import Figure
from rules.explained_bills import Step
from rules.life import Life
from rules.loan import PrepaymentChoice
from rules.money import ZERO, to_paise
from rules.plan import Terms
from rules.sample_products import PLUS
from tests.rules.book import DISBURSED_ON, terms


def life_of(agreed: Terms, acts: list[tuple[date, Act]], until: date) -> tuple[Life, list[Event]]:
    recorded = [
        Event(number, on, on, datetime(on.year, on.month, on.day, tzinfo=UTC), act)
        for number, (on, act) in enumerate([(agreed.disbursed_on, Disbursed()), *acts], 1)
    ]
    return life.fold(agreed, recorded, until=until), recorded


def on(text: str) -> date:
    return date.fromisoformat(text)


AS_OF = on("2026-03-12")
WORKED, RECORDED = life_of(terms(), [(on("2026-02-10"), Paid(Decimal("1000.00")))], AS_OF)


def explained(figure: Figure, cycle: int | None = None) -> list[str]:
    steps = explain.steps(WORKED, RECORDED, figure, AS_OF, cycle)
    return [f"{step.date} | {step.section} | {step.text}" for step in steps]


def test_the_emi_of_a_bill_that_was_paid_short_is_explained() -> None:
    assert explained(Figure.EMI) == [
        "2026-01-01 | 4 | EMI of 50000.00 over 12 cycles = 4406.03",
        "2026-01-31 | 5 | bill 1: interest 435.00, minimum 1935.00, installment 4406.03, past due 0.00, charges 0.00",
        "2026-02-10 | 6 | 1000.00 to bill 1: interest 435.00, principal 565.00",
        "2026-03-02 | 5.2 | bill 1 was not fully paid: EMI 4406.03 → 4642.57 = emi(48500.00, 11)",
        "2026-03-02 | 5 | bill 2: interest 431.72, minimum 1914.77, installment 4642.57, past due 935.00, charges 0.00",
    ]


def test_the_payoff_is_the_sum_of_its_explained_parts() -> None:
    assert explained(Figure.PAYOFF) == [
        "2026-01-01 | 8.1 | disbursal of 50000.00",
        "2026-01-01 | 5 | no bill asks for interest yet",
        "2026-01-31 | 5.1 | interest of bill 1: 0.00 + 435.00 = 435.00",
        "2026-02-10 | 6 | principal of a payment: 50000.00 − 565.00 = 49435.00",
        "2026-02-10 | 6 | interest of a payment: 435.00 − 435.00 = 0.00",
        "2026-03-02 | 5.1 | interest of bill 2: 0.00 + 431.72 = 431.72",
        "2026-03-12 | 3 | interest of 10 days = 49435.00 × 0.029 / 100 × 10 = 143.3615",
        "2026-03-12 | 6 | accrued interest = round(143.3615, 2) = 143.36",
        "2026-03-12 | 6 | payoff = 49435.00 + 431.72 + 143.36 = 50010.08",
    ]


@pytest.mark.parametrize(
    ("figure", "cycle", "steps"),
    [
        (Figure.PAST_DUE, None, ["2026-02-15 | 5.6 | bill 1 was due: 0.00 + minimum 1935.00 − paid 1000.00 = 935.00"]),
        (
            Figure.DAYS_PAST_DUE,
            None,
            [
                "2026-02-15 | 5.6 | bill 1 has the oldest due date with an unpaid minimum",
                "2026-03-12 | 5.6 | from 2026-02-15 to 2026-03-12 = 25 days",
            ],
        ),
        (
            Figure.BILL_INTEREST,
            2,
            [
                "2026-02-10 | 3 | interest of 10 days = 50000.00 × 0.029 / 100 × 10 = 145.00",
                "2026-03-02 | 3 | interest of 20 days = 49435.00 × 0.029 / 100 × 20 = 286.723",
                "2026-03-02 | 5.1 | interest of bill 2 = round(431.723, 2) = 431.72",
            ],
        ),
        (
            Figure.BILL_MINIMUM,
            2,
            [
                "2026-03-02 | 5.1 | interest of bill 2 = round(431.723, 2) = 431.72",
                "2026-03-02 | 5.2 | undemanded principal = 49435.00 − 935.00 = 48500.00",
                "2026-03-02 | 5.2 | bill 1 was not fully paid: EMI 4406.03 → 4642.57 = emi(48500.00, 11)",
                "2026-03-02 | 5.3 | installment of bill 2 = min(max(4642.57, 431.72), 48500.00 + 431.72) = 4642.57",
                "2026-03-02 | 5.4 | minimum of bill 2 = min(round(49435.00 × 3 / 100, 2) + 431.72, 4642.57) = 1914.77",
            ],
        ),
    ],
)
def test_the_figures_of_the_worked_life_are_explained(figure: Figure, cycle: int | None, steps: list[str]) -> None:
    assert explained(figure, cycle) == steps


@pytest.mark.parametrize(
    ("choice", "step"),
    [
        (PrepaymentChoice.REDUCE_EMI, "6.3 principal was paid early: EMI 4406.03 → 2913.33 = emi(30435.00, 11)"),
        (
            PrepaymentChoice.REDUCE_TERM,
            "10.3 principal was paid early: term 12 → 9, the least for which emi(30435.00, 8) <= EMI 4406.03",
        ),
    ],
)
def test_the_choice_of_a_prepayment_is_explained(choice: PrepaymentChoice, step: str) -> None:
    day = on("2026-02-10")
    lived, recorded = life_of(terms(), [(day, Paid(Decimal("20000.00"), choice))], day)
    last = explain.steps(lived, recorded, Figure.EMI, day)[-1]
    assert f"{last.section} {last.text}" == step


def test_a_credit_is_explained_by_the_payments_and_refunds_that_made_it() -> None:
    day = on("2026-01-11")
    acts: list[tuple[date, Act]] = [(day, Paid(Decimal("50200.00"))), (day, Refunded(Decimal("60.00")))]
    lived, recorded = life_of(terms(), acts, day)
    assert [step.text for step in explain.steps(lived, recorded, Figure.CREDIT, day)] == [
        "no payment has left credit",
        "credit of a payment: 0.00 + 55.00 = 55.00",
        "refund: 55.00 − 60.00 = -5.00",
    ]
    assert explain.steps(lived, recorded, Figure.PAYOFF, day)[-1].text == "payoff = 0.00 + 0.00 + 0.00 + 5.00 = 5.00"


def test_a_loan_whose_disbursal_was_reversed_has_one_step() -> None:
    lived, recorded = life_of(terms(), [(DISBURSED_ON, Reversed(1, ReversalCause.ERROR))], AS_OF)
    for figure in Figure:
        (step,) = explain.steps(lived, recorded, figure, AS_OF)
        assert step.value == (None if figure is Figure.DAYS_PAST_DUE else ZERO)


amounts = st.integers(1, 2_000_000).map(lambda paise: Decimal(paise) / 100)
acts = st.one_of(
    st.builds(Paid, amounts, st.sampled_from(list(PrepaymentChoice))),
    st.builds(Refunded, st.integers(1, 500_00).map(lambda paise: Decimal(paise) / 100)),
    st.builds(Reversed, st.integers(2, 6), st.sampled_from(list(ReversalCause))),
)


@settings(max_examples=60, deadline=None)
@given(
    dated=st.lists(st.tuples(st.integers(0, 250), acts), max_size=7),
    days=st.integers(0, 300),
    rate=st.sampled_from(["0", "10.5", "35.999"]),
    term=st.integers(1, 6),
)
def test_the_last_step_has_the_figure(dated: list[tuple[int, Act]], days: int, rate: str, term: int) -> None:
    day = DISBURSED_ON + timedelta(days=days)
    lived, recorded = life_of(
        terms("12345.67", rate, term), [(DISBURSED_ON + timedelta(days=one), act) for one, act in dated], day
    )
    standing, position = lived.standing, owed.position(lived.loan, day)
    accrued = billing.accrue(lived.terms, standing, max(day, standing.accrued_through)).accrued_interest
    expected = {
        Figure.EMI: standing.emi,
        Figure.PRINCIPAL_BALANCE: standing.principal_balance,
        Figure.INTEREST_DUE: standing.interest_due,
        Figure.ACCRUED_INTEREST: to_paise(accrued),
        Figure.PAYOFF: position.payoff,
        Figure.PAST_DUE: position.past_due,
        Figure.CREDIT: standing.credit,
    }
    for figure, value in expected.items():
        assert last(lived, recorded, figure, day).value == value, figure
    assert last(lived, recorded, Figure.DAYS_PAST_DUE, day).text.endswith(f"{position.days_past_due} days")
    for cycle, bill in lived.bills.items():
        of_bill = (bill.interest, bill.minimum_due, bill.installment)
        assert tuple(last(lived, recorded, figure, day, cycle).value for figure in explain.OF_BILLS) == of_bill


def last(lived: Life, recorded: list[Event], figure: Figure, day: date, cycle: int | None = None) -> Step:
    """The last step, of steps that are in the order of their dates."""
    steps = explain.steps(lived, recorded, figure, day, cycle)
    assert [step.date for step in steps] == sorted(step.date for step in steps)
    return steps[-1]


def test_the_steps_of_a_payoff_with_charges_lead_to_it() -> None:
    agreed, today = terms()._replace(product=PLUS), on("2026-03-02")
    acts: list[Act] = [Charged("bounce", Decimal("500.00")), Waived(Decimal("100.00")), Waived(Decimal("90.00"), "fee")]
    lived, recorded = life_of(agreed, [(today, act) for act in acts], today)
    steps = explain.steps(lived, recorded, Figure.PAYOFF, today)
    parts, total = steps[-1].text.removeprefix("payoff = ").split(" = ")
    assert sum(map(Decimal, parts.split(" + "))) == Decimal(total) == owed.position(lived.loan, today).payoff
    words = [step.text for step in explain.steps(lived, recorded, Figure.INTEREST_DUE, today)]
    assert words[-2:] == [
        "interest of a waiver: 870.00 − 100.00 = 770.00",
        "interest of a waiver: 770.00 − 90.00 = 680.00",
    ]
