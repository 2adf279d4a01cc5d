"""Charges beside the plan: their amounts, the order of the buckets, and waivers (lending rules, 11)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import billing, charges, life, owed, payments, waivers, waterfall
from rules.charges import PENAL
from rules.events import Charged, Waived
from rules.life import Life
from rules.loan import PrepaymentChoice
from rules.money import ZERO
from rules.products import Bucket, ChargePolicy
from rules.refusals import ProblemCode
from rules.sample_products import PLUS
from tests.rules.book import DISBURSED_ON, Book, terms

PLUS_TERMS = terms()._replace(product=PLUS)


def day(number: int) -> date:
    return DISBURSED_ON + timedelta(days=number)


def plus(until: int) -> Life:
    """A loan of plus without payments."""
    lived = life.disbursed(PLUS_TERMS)
    lived.bill(billing.cycles_due(PLUS_TERMS, day(until)))
    return lived


def pay(lived: Life, amount: str, on: int, sequence: int = 2) -> payments.AppliedPayment:
    applied = payments.pay(lived.loan, Decimal(amount), day(on), PrepaymentChoice.REDUCE_EMI, sequence)
    lived.pay(sequence, applied)
    return applied


@pytest.mark.parametrize(
    ("policy", "amount", "gst"),
    [
        (ChargePolicy("visit", flat=Decimal("100.00"), gst=Decimal(18)), "100.00", "18.00"),
        (ChargePolicy("visit", rate=Decimal(2), gst=Decimal(18)), "38.70", "6.97"),
        (ChargePolicy("visit", rate=Decimal(2), flat=Decimal("1.30"), maximum=Decimal("20.00")), "20.00", "0.00"),
        (ChargePolicy("visit", rate=Decimal(2), minimum=Decimal("50.00")), "50.00", "0.00"),
        (ChargePolicy(PENAL, rate=Decimal(2), gst=Decimal(18)), "38.70", "0.00"),
    ],
)
def test_a_charge_is_flat_and_a_rate_within_its_limits_and_penal_charges_have_no_gst(
    policy: ChargePolicy, amount: str, gst: str
) -> None:
    levied = charges.amount(policy, Decimal("1935.00"))
    assert (str(levied), str(charges.gst(policy, levied))) == (amount, gst)


def test_third_parties_are_paid_from_the_deduction_too() -> None:
    insured = PLUS_TERMS._replace(
        product=replace(
            PLUS, charges=(*PLUS.charges, ChargePolicy("insurance", flat=Decimal("250.00"), payable_to="An insurer"))
        )
    )
    assert charges.net_disbursed(insured) == Decimal("48570.00")
    assert [one.key for one in charges.at_disbursal(insured)] == ["fee", "fee:insurance"]


def test_a_penal_charge_arises_once_on_the_morning_after_the_grace_days() -> None:
    lived = plus(30)
    assert owed.charges_of(lived.loan, day(48))[1:] == ()
    assert [(one.key, one.on, str(one.total)) for one in owed.charges_of(lived.loan, day(49))[1:]] == [
        ("penal:1", day(49), "38.70")
    ]
    assert [one.key for one in owed.charges_of(lived.loan, day(200))[1:]] == [f"penal:{cycle}" for cycle in range(1, 7)]


def test_a_minimum_that_is_paid_on_the_last_day_of_grace_brings_no_penal_charge() -> None:
    lived = plus(30)
    pay(lived, "1935.00", 48)
    assert owed.charges_of(lived.loan, day(59))[1:] == ()


def test_a_part_of_the_minimum_lowers_the_penal_charge() -> None:
    lived = plus(30)
    pay(lived, "935.00", 48)
    assert str(owed.charges_of(lived.loan, day(49))[-1].total) == "20.00"


def test_the_order_of_the_product_decides() -> None:
    order = (Bucket.CHARGES, Bucket.PENAL, Bucket.ACCRUED, Bucket.CURRENT, Bucket.PAST, Bucket.PRINCIPAL)
    lived = plus(60)
    lived.levy(2, Charged("bounce", Decimal("500.00")), day(61))
    turned = life.stored(
        PLUS_TERMS._replace(product=replace(PLUS, allocation=order)), lived.standing, lived.bills.values()
    )
    applied = payments.pay(turned.loan, Decimal("700.00"), day(61), PrepaymentChoice.REDUCE_EMI)
    assert [(part.key, str(part.amount)) for part in applied.charged] == [("charge:2", "590.00"), ("penal:1", "38.70")]
    assert applied.allocations == (
        payments.Allocation(2, Decimal("56.80"), ZERO),
        payments.Allocation(None, Decimal("14.50"), ZERO),
    )


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 1_000)), max_size=6),
    st.integers(1, 60_000_00).map(lambda paise: Decimal(paise) / 100),
)
def test_the_default_order_without_charges_is_that_of_card(paid: list[tuple[int, int]], money: Decimal) -> None:
    book, today = Book(terms()), DISBURSED_ON
    for days, parts in paid:
        today += timedelta(days=days)
        amount = (book.payoff(today) * parts / 1000).quantize(Decimal("0.01"))
        if amount and book.standing.closed_on is None:
            book.pay(amount, today)
    demands = payments.demands_after(book.loan.bills, (), book.standing.cycles_billed)
    of_card = waterfall.pour(book.terms, book.standing, demands, money)
    assert waterfall.by_buckets(book.terms, book.standing, demands, money) == of_card


def test_an_unpaid_charge_keeps_a_loan_open_until_it_is_paid() -> None:
    lived = plus(30)
    lived.levy(2, Charged("bounce", Decimal("500.00")), day(31))
    rest = owed.position(lived.loan, day(31)).payoff
    pay(lived, str(rest - Decimal("0.01")), 31, 3)
    assert (lived.standing.principal_balance, lived.standing.closed_on) == (ZERO, None)
    assert owed.position(lived.loan, day(31)).payoff == Decimal("0.01")
    pay(lived, "0.01", 32, 4)
    assert lived.standing.closed_on == day(32)


def test_there_is_no_prepayment_charge_in_the_cooling_off() -> None:
    lived = plus(0)
    assert owed.position(lived.loan, day(3)).payoff == Decimal("50043.50")
    assert owed.position(lived.loan, day(4)).payoff == Decimal("50058.00") + Decimal("1770.00")


def test_a_waived_charge_gives_its_gst_back_by_parts() -> None:
    lived = plus(30)
    lived.levy(2, Charged("bounce", Decimal("500.00")), day(31))
    lived.waive(3, Waived(Decimal("100.00"), "charge:2"), day(31))
    lived.waive(4, Waived(Decimal("490.00"), "charge:2"), day(31))
    assert [str(lived.waivers[number].gst) for number in (3, 4)] == ["15.25", "74.75"]
    assert charges.unpaid(lived.standing) == ZERO


def test_waived_interest_is_no_longer_demanded_oldest_bill_first() -> None:
    lived = plus(60)
    before = owed.position(lived.loan, day(70))
    lived.waive(2, Waived(Decimal("900.00")), day(70))
    after = owed.position(lived.loan, day(70))
    assert [bill.interest_paid for bill in lived.bills.values()] == [Decimal("435.00")] * 2
    assert before.payoff - after.payoff == Decimal("900.00")
    assert before.minimum_due - after.minimum_due == Decimal("870.00")
    # The rest was accrued interest.
    assert lived.standing.accrued_interest == Decimal("115.0000000")


@pytest.mark.parametrize(
    ("waived", "code"),
    [
        (Waived(ZERO), ProblemCode.AMOUNT_TOO_LOW),
        (Waived(Decimal("435.01")), ProblemCode.WAIVER_TOO_HIGH),
        (Waived(Decimal("1.00"), "charge:2"), ProblemCode.CHARGE_NOT_FOUND),
        (Waived(Decimal("1180.01"), "fee"), ProblemCode.WAIVER_TOO_HIGH),
    ],
)
def test_what_is_not_there_is_not_waived(waived: Waived, code: ProblemCode) -> None:
    assert [one.code for one in waivers.problems(plus(30).standing, waived)] == [code]
