"""Each refusal and each step of a payment, with numbers worked by hand (lending rules, 6)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from rules import life, owed
from rules.loan import Bill
from rules.payments import Allocation, Payer, demand, still_to_pay
from rules.refusals import ProblemCode, Refused
from tests.rules.book import DISBURSED_ON, Book, terms

ZERO = Decimal("0.00")


def day(number: int) -> date:
    return DISBURSED_ON + timedelta(days=number)


def billed() -> Book:
    """The worked loan with its first bill: interest 435.00, minimum 1935.00, installment 4406.03."""
    book = Book(terms())
    book.bill(day(30))
    return book


def test_a_cancelled_loan_takes_no_payments() -> None:
    book = Book(terms())
    book.life = life.cancelled(book.terms)
    assert refusal(book, "1.00", day(3)) == [(ProblemCode.LOAN_CANCELLED, "loanId")]


def allocation(cycle: int | None, interest: str, principal: str) -> Allocation:
    return Allocation(cycle, Decimal(interest), Decimal(principal))


def refusal(
    book: Book, amount: str, paid_on: date, today: date | None = None, payer: Payer = Payer.OPERATOR
) -> list[tuple[ProblemCode, str | None]]:
    before = book.loan, list(book.bills), list(book.entries)
    with pytest.raises(Refused) as refused:
        book.pay(amount, paid_on, today, payer)
    assert before == (book.loan, book.bills, book.entries), "a refused payment changes nothing"
    return [(problem.code, problem.field) for problem in refused.value.problems]


@pytest.mark.parametrize("amount", ["0", "0.00", "-0.01", "-50000"])
def test_a_payment_is_more_than_nothing(amount: str) -> None:
    assert refusal(billed(), amount, day(30)) == [(ProblemCode.AMOUNT_TOO_LOW, "amount")]


def test_a_payment_is_no_more_than_the_payoff_which_the_refusal_tells() -> None:
    book = billed()
    with pytest.raises(Refused) as refused:
        book.pay("50449.51", day(31))
    (problem,) = refused.value.problems
    assert (problem.code, problem.field) == (ProblemCode.AMOUNT_EXCEEDS_PAYOFF, "amount")
    assert problem.message == "The payoff on 2026-02-01 is 50449.50. Pay at most that amount."
    assert book.pay("50449.50", day(31)).standing.closed_on == day(31)


def test_the_payoff_of_a_refusal_is_that_of_the_payment_date() -> None:
    assert refusal(billed(), "50449.51", day(31), today=day(500)) == [(ProblemCode.AMOUNT_EXCEEDS_PAYOFF, "amount")]


def test_a_payment_is_not_before_the_latest_event() -> None:
    too_early = [(ProblemCode.PAYMENT_DATE_TOO_EARLY, "paymentDate")]
    assert refusal(Book(terms()), "1.00", day(-1), today=day(5)) == too_early
    book = billed()
    assert refusal(book, "1.00", day(29), today=day(40)) == too_early
    book.pay("1.00", day(35))
    assert refusal(book, "1.00", day(34), today=day(40)) == too_early
    with pytest.raises(Refused, match="PAYMENT_DATE_TOO_EARLY") as refused:
        book.pay("1.00", day(34), day(40))
    assert "2026-02-05" in refused.value.problems[0].message
    book.pay("2.00", day(35), today=day(40))


def test_a_payment_is_not_in_the_future() -> None:
    future = [(ProblemCode.PAYMENT_DATE_IN_FUTURE, "paymentDate")]
    assert refusal(billed(), "1.00", day(41), today=day(40)) == future


@pytest.mark.parametrize("paid_on", [date(1, 1, 1), day(-1), day(0), day(30), day(31), day(59)])
def test_a_borrower_dates_no_payment_back_and_is_told_the_earliest_date(paid_on: date) -> None:
    book = billed()  # its latest event is of day 30
    too_early = [(ProblemCode.PAYMENT_DATE_TOO_EARLY, "paymentDate")]
    assert refusal(book, "1.00", paid_on, day(60), Payer.BORROWER) == too_early
    with pytest.raises(Refused) as refused:
        book.pay("1.00", paid_on, day(60), Payer.BORROWER)
    assert str(day(60)) in refused.value.problems[0].message


@pytest.mark.parametrize("paid_on", [day(61), day(400), date.max])
def test_a_borrower_dates_no_payment_ahead(paid_on: date) -> None:
    future = [(ProblemCode.PAYMENT_DATE_IN_FUTURE, "paymentDate")]
    assert refusal(billed(), "1.00", paid_on, day(60), Payer.BORROWER) == future


def test_a_borrower_pays_the_interest_up_to_the_day_on_which_they_pay() -> None:
    book = Book(terms())
    on_the_last_day = [(ProblemCode.PAYMENT_DATE_TOO_EARLY, "paymentDate")]
    assert refusal(book, "50000.00", day(0), day(29), Payer.BORROWER) == on_the_last_day
    assert book.pay("50000.00", day(29), day(29), Payer.BORROWER).standing.closed_on is None
    assert book.payoff(day(29)) == Decimal("420.50")


def test_a_borrower_hears_of_the_date_beside_every_other_reason() -> None:
    book = billed()
    book.pay("50435.00", day(30))
    assert [code for code, _ in refusal(book, "0.00", day(30), day(31), Payer.BORROWER)] == [
        ProblemCode.AMOUNT_TOO_LOW,
        ProblemCode.LOAN_CLOSED,
        ProblemCode.PAYMENT_DATE_TOO_EARLY,
    ]


def test_a_business_date_before_the_latest_event_takes_no_payment() -> None:
    for payer in Payer:
        book = billed()
        too_early = [(ProblemCode.PAYMENT_DATE_TOO_EARLY, "paymentDate")]
        assert refusal(book, "1.00", day(29), day(29), payer) == too_early


def test_a_closed_loan_takes_no_money() -> None:
    book = billed()
    book.pay("50435.00", day(30))
    assert refusal(book, "0.01", day(31)) == [(ProblemCode.LOAN_CLOSED, "loanId")]
    assert refusal(book, "0.01", day(1), today=day(31)) == [(ProblemCode.LOAN_CLOSED, "loanId")]


def test_every_reason_is_told_at_once() -> None:
    book = billed()
    assert [code for code, _ in refusal(book, "0.00", day(41), today=day(40))] == [
        ProblemCode.AMOUNT_TOO_LOW,
        ProblemCode.PAYMENT_DATE_IN_FUTURE,
    ]
    book.pay("50435.00", day(30))
    assert [code for code, _ in refusal(book, "0.00", day(41), today=day(40))] == [
        ProblemCode.AMOUNT_TOO_LOW,
        ProblemCode.LOAN_CLOSED,
        ProblemCode.PAYMENT_DATE_IN_FUTURE,
    ]


@pytest.mark.parametrize(
    ("amount", "parts"),
    [
        ("0.01", [allocation(1, "0.01", "0.00")]),
        ("434.99", [allocation(1, "434.99", "0.00")]),
        ("435.00", [allocation(1, "435.00", "0.00")]),
        ("435.01", [allocation(1, "435.00", "0.01")]),
        ("4406.03", [allocation(1, "435.00", "3971.03")]),
        ("4406.04", [allocation(1, "435.00", "3971.03"), allocation(None, "0.00", "0.01")]),
        ("50435.00", [allocation(1, "435.00", "3971.03"), allocation(None, "0.00", "46028.97")]),
        ("50435.01", [allocation(1, "435.00", "3971.03"), allocation(None, "0.01", "46028.97")]),
        ("50580.00", [allocation(1, "435.00", "3971.03"), allocation(None, "145.00", "46028.97")]),
    ],
)
def test_money_goes_to_interest_then_principal_then_what_is_not_billed(amount: str, parts: list[Allocation]) -> None:
    applied = billed().pay(amount, day(40))  # 145.00 have accrued since the bill
    assert list(applied.allocations) == parts
    assert applied.interest == sum(part.interest for part in parts)
    assert applied.principal == sum(part.principal for part in parts)
    assert applied.unbilled_interest == sum(part.interest for part in parts if part.cycle is None)


@pytest.mark.parametrize(
    ("amount", "parts"),
    [
        ("435.00", [allocation(1, "435.00", "0.00")]),
        ("1935.00", [allocation(1, "435.00", "1500.00")]),
        ("2000.00", [allocation(1, "435.00", "1500.00"), allocation(2, "65.00", "0.00")]),
        ("2370.00", [allocation(1, "435.00", "1500.00"), allocation(2, "435.00", "0.00")]),
        ("2500.00", [allocation(1, "435.00", "1500.00"), allocation(2, "435.00", "130.00")]),
    ],
)
def test_earlier_bills_come_first_up_to_their_minimum(amount: str, parts: list[Allocation]) -> None:
    book = Book(terms())
    book.bill(day(60))
    assert list(book.pay(amount, day(60)).allocations) == parts


def test_the_worked_payment_settles_a_past_due_and_prepays() -> None:
    book = billed()
    book.pay("1000.00", day(40))
    applied = book.pay("6000.00", day(70))
    assert [bill.cycle for bill in applied.issued] == [2]
    assert applied.allocations == (
        allocation(1, "0.00", "935.00"),
        allocation(2, "431.72", "4210.85"),
        allocation(None, "0.00", "422.43"),
    )
    assert (applied.emi_before, applied.standing.emi) == (Decimal("4642.57"), Decimal("4599.30"))
    assert applied.standing.principal_balance == Decimal("43866.72")
    assert applied.standing.oldest_due_on is None
    assert book.payoff(day(70)) == Decimal("44010.08")


def test_a_payment_of_exactly_what_is_asked_leaves_the_emi_alone() -> None:
    applied = billed().pay("4406.03", day(30))
    assert applied.emi_before == applied.standing.emi == Decimal("4406.03")


def test_a_short_payment_leaves_the_emi_alone_until_the_next_bill() -> None:
    book = billed()
    applied = book.pay("4406.02", day(30))
    assert applied.emi_before == applied.standing.emi == Decimal("4406.03")
    book.bill(day(60))
    assert book.standing.emi == Decimal("4406.03")  # 46028.98 in 11: 4406.0322…
    poorer = billed()
    poorer.pay("435.00", day(30))
    poorer.bill(day(60))
    assert poorer.standing.emi == Decimal("4642.57")  # 48500.00 in 11: the minimum still asks for 1500.00


def test_money_before_the_first_bill_is_prepaid() -> None:
    applied = Book(terms()).pay("5000.00", day(0))
    assert applied.allocations == (allocation(None, "0.00", "5000.00"),)
    assert applied.standing.emi == Decimal("3965.43")  # 45000.00 in 12
    assert applied.standing.accrued_interest == 0


def test_a_payment_lowers_the_interest_of_the_day_after() -> None:
    book = Book(terms())
    book.pay("10000.00", day(10))
    assert book.standing.accrued_interest == Decimal("145")  # ten days on 50,000
    (bill,) = book.bill(day(30))
    assert bill.interest == Decimal("377.00")  # and twenty on 40,000


def test_a_payment_bills_every_cycle_that_has_come_first() -> None:
    book = Book(terms())
    applied = book.pay("100.00", day(95))
    assert [bill.cycle for bill in applied.issued] == [1, 2, 3]
    assert applied.allocations == (allocation(1, "100.00", "0.00"),)
    assert applied.standing.accrued_interest == Decimal("72.5")  # five days since the third bill


def test_interest_alone_may_be_left_and_paid_later() -> None:
    book = billed()
    left = book.pay("50435.00", day(40)).standing  # all but the 145.00 accrued since the bill
    assert (left.principal_balance, left.interest_due, left.accrued_interest) == (ZERO, ZERO, Decimal(145))
    assert left.closed_on is None
    (bill,) = book.bill(day(60))
    assert (bill.interest, bill.installment, bill.principal_balance) == (Decimal("145.00"), Decimal("145.00"), ZERO)
    closed = book.pay("145.00", day(61)).standing
    assert (closed.closed_on, closed.interest_due) == (day(61), ZERO)


@pytest.mark.parametrize(
    ("amount", "days", "payoff"),
    [
        ("100.00", 1, "100.03"),  # 0.029
        ("50.00", 1, "50.01"),  # 0.0145
        ("10.00", 1, "10.00"),  # 0.0029: dropped
        ("17.24", 1, "17.24"),  # 0.0049996: dropped
        ("17.25", 1, "17.26"),  # 0.0050025: paid as a paisa
        ("17.24", 3, "17.25"),  # 0.0149988
    ],
)
def test_a_fraction_of_a_paisa_is_dropped_at_the_end(amount: str, days: int, payoff: str) -> None:
    book = Book(terms(amount))
    assert str(book.payoff(day(days))) == payoff
    closed = book.pay(payoff, day(days)).standing
    assert closed.closed_on == day(days)
    assert (closed.principal_balance, closed.interest_due, closed.accrued_interest) == (ZERO, ZERO, ZERO)


def test_a_paisa_short_of_the_payoff_closes_nothing() -> None:
    book = billed()
    assert book.pay("50579.99", day(40)).standing.closed_on is None
    assert book.payoff(day(40)) == Decimal("0.01")
    assert book.pay("0.01", day(40)).standing.closed_on == day(40)


def test_the_principal_alone_may_end_with_interest_below_a_paisa() -> None:
    book = Book(terms("10.00"))
    assert book.pay("10.00", day(1)).standing.closed_on == day(1)  # 0.0029 had accrued


def test_closing_settles_bills_past_due() -> None:
    book = Book(terms("10000", "24", 3))
    book.bill(day(150))
    closed = book.pay(book.payoff(day(150)), day(150)).standing
    assert closed.closed_on == day(150)
    assert (closed.past_due, closed.installment_due, closed.minimum_due, closed.oldest_due_on) == (
        ZERO,
        ZERO,
        ZERO,
        None,
    )
    assert not [bill for bill in book.bills if bill.interest_paid != bill.interest]


@pytest.mark.parametrize(
    ("paid", "newest", "asked"),
    [
        ("0 0", True, "435.00 3971.03 1935.00"),
        ("0 0", False, "435.00 1500.00 1935.00"),
        ("200.00 0", True, "235.00 3971.03 1735.00"),
        ("200.00 0", False, "235.00 1500.00 1735.00"),
        ("435.00 565.00", True, "0.00 3406.03 935.00"),
        ("435.00 565.00", False, "0.00 935.00 935.00"),
        ("435.00 2000.00", True, "0.00 1971.03 0.00"),
        ("435.00 2000.00", False, "0.00 0.00 0.00"),
        ("435.00 3971.03", True, "0.00 0.00 0.00"),
    ],
)
def test_the_newest_bill_asks_for_its_installment_and_an_earlier_one_for_its_minimum(
    paid: str, newest: bool, asked: str
) -> None:
    interest_paid, principal_paid = paid.split()
    bill = Bill(
        cycle=3,
        billing_date=day(90),
        due_date=day(105),
        principal_balance=Decimal("50000.00"),
        interest=Decimal("435.00"),
        minimum_due=Decimal("1935.00"),
        installment=Decimal("4406.03"),
        past_due=Decimal("0.00"),
        interest_paid=Decimal(interest_paid),
        principal_paid=Decimal(principal_paid),
    )
    found = demand(bill, newest_cycle=3 if newest else 4)
    interest, principal, minimum = map(Decimal, asked.split())
    assert found == (3, day(105), (interest, principal), minimum)


def test_bills_still_ask_for_what_the_loan_owes() -> None:
    book = billed()

    def asked(on: date) -> list[str]:
        newest = owed.newest_cycle(book.loan, on)
        amounts = [still_to_pay(bill, newest) for bill in book.bills]
        assert sum(amounts) == owed.position(book.loan, on).amount_due
        return [str(amount) for amount in amounts]

    assert asked(day(30)) == ["4406.03"]
    book.pay("1000.00", day(40))
    assert asked(day(40)) == ["3406.03"]
    # The next bill asks for the rest of the installment in another way.
    book.bill(day(60))
    assert asked(day(60)) == ["935.00", "4642.57"]
    book.pay("3000.00", day(70))
    assert asked(day(70)) == ["0.00", "2577.57"]
    book.bill(day(90))
    assert asked(day(90))[:2] == ["0.00", "0.00"]
