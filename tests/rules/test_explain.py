"""Each figure is explained by steps whose last one has the figure: the worked life W14, and random lives."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import billing, explain, explained_rate, life, owed, plan
from rules.events import (
    Act,
    Charged,
    Disbursed,
    DueDateChanged,
    Event,
    Paid,
    RateChanged,
    Refunded,
    ReversalCause,
    Reversed,
    SettlementAgreed,
    Waived,
    WrittenOff,
)
from rules.explain import Figure
from rules.explained_bills import Step
from rules.key_facts import Proposal
from rules.life import Life
from rules.loan import PrepaymentChoice
from rules.money import ZERO, to_paise
from rules.plan import Terms
from rules.products import CARD, Product
from rules.sample_products import PLUS
from rules.terms import RateChangeChoice
from tests.rules.book import DISBURSED_ON, EMI, terms


def life_of(agreed: Terms, acts: list[tuple[date, Act]], until: date, ahead: int = 0) -> tuple[Life, list[Event]]:
    """A life of acts on days. Changes of the rate were recorded some days ahead."""
    recorded = []
    for number, (on, act) in enumerate([(agreed.disbursed_on, Disbursed()), *acts], 1):
        days = ahead if isinstance(act, RateChanged) else 0
        at = datetime(on.year, on.month, on.day, tzinfo=UTC) - timedelta(days=days)
        recorded.append(Event(number, on, at.date(), at, act))
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
        "2026-02-15 | 12.2 | day-end: SMA_0",
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
    for figure in set(Figure) - {Figure.APR}:
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
    check(lived, recorded, day)


rates = st.builds(
    RateChanged, st.sampled_from([Decimal(6), Decimal(18)]), st.sampled_from(list(RateChangeChoice)[:2]), st.none()
)
special_acts = st.one_of(
    acts,
    rates,
    st.just(Charged("bounce", Decimal("500.00"))),
    st.builds(Waived, amounts, st.sampled_from([None, "fee", "charge:2", "charge:3", "penal:1", "prepay:2"])),
    st.builds(SettlementAgreed, amounts, st.integers(10, 300).map(lambda days: DISBURSED_ON + timedelta(days=days))),
    st.just(WrittenOff()),
    st.builds(DueDateChanged, st.integers(20, 200).map(lambda days: DISBURSED_ON + timedelta(days=days))),
)


@settings(max_examples=150, deadline=None)
@given(
    product=st.sampled_from([PLUS, EMI, CARD]),
    dated=st.lists(st.tuples(st.integers(0, 250), special_acts), max_size=7),
    days=st.integers(0, 300),
    ahead=st.sampled_from([0, 20]),
)
def test_the_last_step_has_the_figure_after_every_kind_of_event(
    product: Product, dated: list[tuple[int, Act]], days: int, ahead: int
) -> None:
    day = DISBURSED_ON + timedelta(days=days)
    agreed = plan.terms_of(
        product, amount=Decimal("12345.67"), interest_rate=Decimal("10.5"), loan_term=6, disbursed_on=DISBURSED_ON
    )
    # The card has no charges.
    allowed = [(days, act) for days, act in dated if product is not CARD or not isinstance(act, Charged)]
    dated_acts = [(DISBURSED_ON + timedelta(days=one), act) for one, act in allowed]
    check(*life_of(agreed, dated_acts, day, ahead), day)


def check(lived: Life, recorded: list[Event], day: date) -> None:
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
        Figure.CHARGES_DUE: sum((one.unpaid for one in owed.charges_of(lived.loan, day)), ZERO),
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


def texts(agreed: Terms, acts: list[tuple[date, Act]], until: str, figure: Figure, ahead: int = 0) -> list[str]:
    lived, recorded = life_of(agreed, acts, on(until), ahead)
    return [f"{one.date} | {one.section} | {one.text}" for one in explain.steps(lived, recorded, figure, on(until))]


def test_the_unpaid_charges_are_explained_by_what_was_levied_paid_and_waived() -> None:
    agreed = terms()._replace(product=PLUS)
    acts: list[tuple[date, Act]] = [
        (on("2026-02-10"), Paid(Decimal("4406.03"))),
        (on("2026-02-10"), Reversed(2, ReversalCause.BOUNCED)),
        (on("2026-02-12"), Charged("bounce", Decimal("500.00"), 3)),
        (on("2026-03-02"), Paid(Decimal("6600.00"))),
        (on("2026-03-05"), Waived(Decimal("100.00"), "charge:4")),
    ]
    assert texts(agreed, acts, "2026-03-05", Figure.CHARGES_DUE) == [
        "2026-01-01 | 11 | no charge is unpaid yet",
        "2026-01-01 | 11.2 | fee of 1000.00 + GST 180.00 was deducted from the amount that was paid out",
        "2026-02-12 | 11.1 | bounce charge of 500.00 + GST 90.00: 0.00 + 590.00 = 590.00",
        "2026-02-19 | 11.5 | penal charge: the minimum of bill 1 was due on 2026-02-15, and 1935.00 was unpaid after 3"
        " days of grace; min(round(1935.00 × 2 / 100, 2), 500.00) = 38.70: 590.00 + 38.70 = 628.70",
        "2026-03-02 | 11.4 | money paid 22.43 of charge:4: 628.70 − 22.43 = 606.27",
        "2026-03-05 | 11.6 | 100.00 of charge:4 was waived: 606.27 − 100.00 = 506.27",
    ]


def test_a_prepayment_charge_is_explained() -> None:
    agreed = terms()._replace(product=PLUS)
    steps = texts(agreed, [(on("2026-02-10"), Paid(Decimal("52209.43")))], "2026-02-10", Figure.CHARGES_DUE)
    assert steps[-2:] == [
        "2026-02-10 | 10.2 | prepayment charge = round(46028.97 × 3 / 100, 2) + GST = 1380.87 + GST 248.56:"
        " 0.00 + 1629.43 = 1629.43",
        "2026-02-10 | 11.4 | money paid 1629.43 of prepay:2: 1629.43 − 1629.43 = 0.00",
    ]


def test_the_changes_of_terms_are_explained_even_if_they_were_agreed_ahead() -> None:
    changed = RateChanged(Decimal(13))
    for ahead in (0, 30):
        steps = texts(terms(), [(on("2026-02-10"), changed)], "2026-03-02", Figure.EMI, ahead)
        assert steps[2] == (
            "2026-02-10 | 13.2 | the rate is 13 % from the night after 2026-02-10 on: EMI 4406.03 → 4460.46 ="
            " emi(46028.97, 11), term 12 → 12"
        )
        steps = texts(terms(), [(on("2026-02-10"), changed)], "2026-03-02", Figure.INTEREST_DUE, ahead)
        assert steps[-1] == "2026-03-02 | 5.1 | interest of bill 2: 435.00 + 505.00 = 940.00"
    later = texts(terms(), [(on("2026-02-10"), DueDateChanged(on("2026-03-10")))], "2026-02-10", Figure.EMI)
    assert later[-1].startswith("2026-02-10 | 13.3 | the next bill is issued on 2026-03-10: EMI 4406.03 → ")


def test_the_ends_of_a_loan_are_explained() -> None:
    lost: list[tuple[date, Act]] = [(on("2026-02-10"), WrittenOff()), (on("2026-03-01"), Paid(Decimal("5000.00")))]
    assert texts(terms(), lost, "2026-03-01", Figure.PAYOFF)[2:] == [
        "2026-01-31 | 5.1 | interest of bill 1: 0.00 + 435.00 = 435.00",
        "2026-02-10 | 14.1 | principal of a write-off: 50000.00 − 50000.00 = 0.00",
        "2026-02-10 | 14.1 | interest of a write-off: 435.00 − 435.00 = 0.00",
        "2026-02-10 | 3 | interest of 10 days = 50000.00 × 0.029 / 100 × 10 = 145.00",
        "2026-02-10 | 14.1 | the loan was written off: no interest accrues any more",
        "2026-02-10 | 14.1 | the claim of the write-off is the payoff of the day = 50580.00",
        "2026-03-01 | 14.2 | recovery: 50580.00 − 5000.00 = 45580.00",
        "2026-03-01 | 6 | payoff = 0.00 + 0.00 + 0.00 + 45580.00 = 45580.00",
    ]
    assert texts(terms(), lost, "2026-03-01", Figure.EMI)[-3:] == [
        "2026-02-10 | 14.1 | the loan was written off: its bills demand nothing any more",
        "2026-02-10 | 12.2 | day-end: WRITTEN_OFF",
        "2026-03-01 | 14.2 | 5000.00 to the claim",
    ]
    assert texts(terms(), lost, "2026-03-01", Figure.DAYS_PAST_DUE) == [
        "2026-03-01 | 5.6 | no bill is past due: 0 days"
    ]
    settled: list[tuple[date, Act]] = [
        (on("2026-01-31"), SettlementAgreed(Decimal("40000.00"), on("2026-03-01"))),
        (on("2026-01-31"), Paid(Decimal("15000.00"))),
    ]
    assert texts(terms(), settled, "2026-02-01", Figure.PAYOFF)[-1] == (
        "2026-02-01 | 14.3 | the lender accepts 40000.00 by 2026-03-01, and 15000.00 is paid of it:"
        " payoff = 40000.00 − 15000.00 = 25000.00"
    )
    settled.append((on("2026-02-01"), Paid(Decimal("25000.00"))))
    assert texts(terms(), settled, "2026-02-01", Figure.PRINCIPAL_BALANCE)[-1] == (
        "2026-02-01 | 14.3 | principal that a settlement gave up: 10435.00 − 10435.00 = 0.00"
    )


def test_the_apr_is_that_of_the_key_facts() -> None:
    plus = Proposal(PLUS, Decimal("50000.00"), 12, Decimal("10.5"), DISBURSED_ON)
    assert [(one.section, one.text, one.value) for one in explained_rate.steps(plus)] == [
        ("11.2", "net disbursed = 50000.00 − fee 1180.00 = 48820.00", Decimal("48820.00")),
        (
            "4",
            "installments from 2026-01-31 on: 11 × 4406.03, 1 × 4406.06; in all 52872.39",
            Decimal("4406.03"),
        ),
        (
            "16.2",
            "i × 73/6 cycles a year, where i makes the installments worth 48820.00: APR = 15.19 %, compounded 16.30 %",
            Decimal("15.19"),
        ),
    ]
    emi = Proposal(EMI, Decimal("120000.00"), 12, Decimal(12), date(2026, 1, 20))
    assert explained_rate_of(emi).endswith(
        "cycles a year, where i makes the installments worth 120000.00: APR = 12.00 %, compounded 12.68 %"
    )


def explained_rate_of(proposal: Proposal) -> str:
    return list(explained_rate.steps(proposal))[-1].text
