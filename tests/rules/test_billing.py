"""Each numbered rule of billing, with numbers worked by hand (lending rules, 5)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest

from rules import billing
from rules.billing import BillStatus, PaymentState
from rules.loan import Bill, Standing
from tests.rules.book import DISBURSED_ON, Book, terms

ZERO = Decimal("0.00")


def day(number: int) -> date:
    return DISBURSED_ON + timedelta(days=number)


def test_a_loan_begins_owing_what_was_lent() -> None:
    book = Book(terms())
    assert book.standing == Standing(
        emi=Decimal("4406.03"),
        principal_balance=Decimal("50000.00"),
        interest_due=Decimal(0),
        accrued_interest=Decimal(0),
        accrued_through=DISBURSED_ON,
        cycles_billed=0,
        last_cycle=12,
        past_due=Decimal(0),
        installment_due=Decimal(0),
        minimum_due=Decimal(0),
        credit=Decimal(0),
        oldest_due_on=None,
        due_again_on=None,
        closed_on=None,
        status="ACTIVE",
    )
    assert billing.next_billing_on(book.terms, book.standing) == date(2026, 1, 31)


def test_nothing_is_billed_before_its_date() -> None:
    book = Book(terms())
    before = book.standing
    assert book.bill(day(29)) == ()
    assert book.standing == before


def test_the_first_bill_of_the_worked_loan() -> None:
    book = Book(terms())
    (bill,) = book.bill(day(30))
    assert bill == Bill(
        1,
        date(2026, 1, 31),
        date(2026, 2, 15),
        Decimal("50000.00"),
        Decimal("435.00"),
        Decimal("1935.00"),
        Decimal("4406.03"),
        Decimal("0.00"),
    )
    assert book.standing.accrued_interest == 0
    assert book.standing.interest_due == Decimal("435.00")
    assert book.standing.undemanded_principal == Decimal("46028.97")


# 5.1
def test_interest_is_rounded_when_billed_and_accrual_starts_again() -> None:
    book = Book(terms("33333.33", "13.7", 24))  # 0.038 a day: 12.6666654 rupees
    (first,) = book.bill(day(30))
    assert first.interest == Decimal("380.00")  # 379.999962
    assert book.standing.accrued_interest == 0
    (second,) = book.bill(day(60))
    assert second.interest == Decimal("380.00")  # not 759.999924 less 380.00


# 5.2
def test_a_full_installment_leaves_the_emi_alone() -> None:
    book = Book(terms())
    book.bill(day(30))
    book.pay("4406.03", day(40))
    (bill,) = book.bill(day(60))
    assert (bill.installment, book.standing.emi, bill.past_due) == (Decimal("4406.03"), Decimal("4406.03"), ZERO)
    assert bill.interest == Decimal("411.97")  # 10 days on 50,000, 20 on 46,028.97: 145.00 + 266.968026


def test_a_short_installment_is_superseded_and_the_emi_worked_out_again() -> None:
    book = Book(terms())
    book.bill(day(30))
    book.pay("1000.00", day(40))
    (bill,) = book.bill(day(60))
    assert bill.interest == Decimal("431.72")  # 145.00 + 20 * 14.33615 = 431.723
    assert bill.past_due == Decimal("935.00")  # 1935.00 - 1000.00
    assert bill.minimum_due == Decimal("1914.77")  # 1483.05 + 431.72
    assert bill.installment == book.standing.emi == Decimal("4642.57")  # of 49435.00 - 935.00 in 11
    assert book.standing.undemanded_principal == Decimal("44289.15")  # 48500.00 - 4210.85


def test_a_bill_whose_minimum_is_paid_asks_for_nothing_once_superseded() -> None:
    book = Book(terms())
    book.bill(day(30))
    book.pay("1935.00", day(30))
    assert book.standing.installment_due == Decimal("2471.03")
    (bill,) = book.bill(day(60))
    assert (bill.past_due, book.standing.past_due) == (ZERO, ZERO)
    assert book.standing.emi != Decimal("4406.03")


def test_bills_carry_every_earlier_minimum_forward() -> None:
    book = Book(terms("10000", "24", 3))  # 0.066 a day: 198.00 a cycle
    bills = book.bill(day(90))
    assert [str(bill.past_due) for bill in bills] == ["0.00", "498.00", "996.00"]
    assert [str(bill.minimum_due) for bill in bills] == ["498.00", "498.00", "9598.00"]
    assert [bill.billing_date for bill in bills] == [day(30), day(60), day(90)]
    assert [bill.due_date for bill in bills] == [day(45), day(75), day(105)]


# 5.3
def test_an_installment_below_its_interest_is_its_interest() -> None:
    book = Book(terms("50000", "36", 12))
    standing = book.standing._replace(emi=Decimal("10.00"))
    bill, _ = billing.bill_next_cycle(book.terms, standing)
    assert bill.interest == bill.installment == bill.minimum_due == Decimal("1485.00")


def test_an_installment_is_no_more_than_is_owed() -> None:
    book = Book(terms())
    standing = book.standing._replace(principal_balance=Decimal("1000.00"))
    bill, after = billing.bill_next_cycle(book.terms, standing)
    assert (bill.interest, bill.installment) == (Decimal("8.70"), Decimal("1008.70"))
    assert after.undemanded_principal == 0


def test_the_last_cycle_asks_for_everything_and_as_its_minimum() -> None:
    book = Book(terms("1000", "0", 2))
    book.bill(day(30))
    book.pay("500.00", day(30))
    (last,) = book.bill(day(60))
    assert last.installment == last.minimum_due == Decimal("500.00")
    one = Book(terms("50000", "10.5", 1)).bill(day(30))[0]
    assert one.installment == one.minimum_due == Decimal("50435.00")


def test_after_the_last_cycle_each_bill_asks_for_its_interest() -> None:
    book = Book(terms("10000", "24", 3))
    *_, fourth, fifth = book.bill(day(150))
    assert (fourth.cycle, {fourth.interest, fourth.installment, fourth.minimum_due}) == (4, {Decimal("198.00")})
    assert fourth.past_due == Decimal("10594.00")  # 498.00 + 498.00 + 9598.00
    assert fifth.past_due == Decimal("10792.00")
    assert book.standing.undemanded_principal == 0
    assert book.standing.emi == Decimal("9586.12")  # of 9400.00 in 1, when the third cycle was billed


# 5.4
@pytest.mark.parametrize(
    ("amount", "rate", "term", "minimum"),
    [
        ("50000", "10.5", 12, "1935.00"),
        ("33333.33", "0", 12, "1000.00"),  # 999.9999
        ("33333.50", "0", 12, "1000.01"),  # 1000.005
        ("50000", "0", 60, "833.33"),  # 3 % is 1500.00, the installment is less
        ("0.16", "0", 12, "0.00"),  # 0.0048
        ("0.17", "0", 2, "0.01"),  # 0.0051
    ],
)
def test_the_minimum_is_three_percent_and_the_interest(amount: str, rate: str, term: int, minimum: str) -> None:
    (bill,) = Book(terms(amount, rate, term)).bill(day(30))
    assert str(bill.minimum_due) == minimum
    assert bill.minimum_due <= bill.installment


def test_the_rate_of_the_minimum_is_the_loans_own() -> None:
    (bill,) = Book(terms()._replace(minimum_due_rate=Decimal("5.000"))).bill(day(30))
    assert bill.minimum_due == Decimal("2935.00")


class Owed(NamedTuple):
    minimum_due: Decimal = Decimal("100.00")
    installment: Decimal = Decimal("300.00")
    interest_paid: Decimal = Decimal(0)
    principal_paid: Decimal = Decimal(0)
    due_date: date = date(2026, 2, 15)
    withdrawn: bool = False


# 5.6
@pytest.mark.parametrize(
    ("bill", "today", "status"),
    [
        (Owed(), date(2026, 2, 15), BillStatus.OPEN),
        (Owed(), date(2026, 2, 16), BillStatus.PAST_DUE),
        (Owed(interest_paid=Decimal("99.99")), date(2026, 2, 16), BillStatus.PAST_DUE),
        (Owed(interest_paid=Decimal(40), principal_paid=Decimal(60)), date(2026, 2, 15), BillStatus.PAID),
        (Owed(interest_paid=Decimal(40), principal_paid=Decimal(60)), date(2026, 12, 31), BillStatus.PAID),
        (Owed(minimum_due=Decimal("0.00")), date(2026, 12, 31), BillStatus.PAID),
        (Owed(withdrawn=True), date(2026, 12, 31), BillStatus.WITHDRAWN),
    ],
)
def test_a_bill_is_open_paid_or_past_due(bill: Owed, today: date, status: BillStatus) -> None:
    assert billing.status(bill, today) is status


@pytest.mark.parametrize(
    ("bill", "state"),
    [
        (Owed(), PaymentState.UNPAID),
        (Owed(interest_paid=Decimal("99.99")), PaymentState.UNPAID),
        (Owed(interest_paid=Decimal(40), principal_paid=Decimal(60)), PaymentState.MINIMUM_PAID),
        (Owed(interest_paid=Decimal(40), principal_paid=Decimal("259.99")), PaymentState.MINIMUM_PAID),
        (Owed(interest_paid=Decimal(40), principal_paid=Decimal(260)), PaymentState.PAID),
        (Owed(minimum_due=Decimal("0.00")), PaymentState.MINIMUM_PAID),
    ],
)
def test_a_bill_is_paid_only_with_its_whole_installment(bill: Owed, state: PaymentState) -> None:
    assert billing.payment_state(bill) is state


def test_billing_after_a_gap_gives_each_cycle_its_own_dates() -> None:
    late, punctual = Book(terms()), Book(terms())
    for number in range(30, 420, 30):
        punctual.bill(day(number))
    late.bill(day(419))
    assert late.bills == punctual.bills
    assert late.standing == punctual.standing
    assert [bill.cycle for bill in late.bills] == list(range(1, 14))


def test_billing_again_bills_nothing_more() -> None:
    book = Book(terms())
    assert len(book.bill(day(30))) == 1
    assert book.bill(day(30)) == ()


def test_a_closed_loan_is_never_billed() -> None:
    book = Book(terms())
    book.pay("50000.00", day(0))
    assert book.standing.closed_on == DISBURSED_ON
    assert billing.next_billing_on(book.terms, book.standing) is None
    assert book.bill(day(400)) == ()
    with pytest.raises(AssertionError):
        billing.bill_next_cycle(book.terms, book.standing)
