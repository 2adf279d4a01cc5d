"""A statement tells what was posted and what is still to come (lending rules, 7)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from rules import life, statement
from rules.events import Disbursed, Event, RateChanged
from tests.rules.book import DISBURSED_ON, Book, terms


def day(number: int) -> date:
    return DISBURSED_ON + timedelta(days=number)


def past(book: Book) -> list[str]:
    return [
        f"{line.date} {line.kind} {line.amount_paid} {line.interest} {line.principal} {line.principal_balance}"
        for line in book.past
    ]


def upcoming(book: Book, today: date) -> list[str]:
    return [
        " ".join(
            map(str, (line.number, line.date, line.due_date, line.interest, line.principal, line.principal_balance))
        )
        for line in statement.upcoming(book.loan, today)
    ]


def worked() -> Book:
    book = Book(terms())
    book.bill(day(30))
    book.pay("1000.00", day(40))
    book.bill(day(60))
    book.pay("6000.00", day(70))
    return book


def test_the_past_of_the_worked_life() -> None:
    book = worked()
    book.bill(day(90))
    book.pay("44264.51", day(90))
    assert past(book) == [
        "2026-01-01 DISBURSAL 0.00 0.00 50000.00 50000.00",
        "2026-01-31 BILL 0.00 435.00 0.00 50000.00",
        "2026-02-10 PAYMENT 1000.00 435.00 565.00 49435.00",
        "2026-03-02 BILL 0.00 431.72 0.00 49435.00",
        "2026-03-12 PAYMENT 6000.00 431.72 5568.28 43866.72",
        "2026-04-01 BILL 0.00 397.79 0.00 43866.72",
        "2026-04-01 PAYMENT 44264.51 397.79 43866.72 0.00",
    ]


def test_a_bill_comes_before_the_payments_of_its_day_and_those_in_their_order() -> None:
    book = Book(terms())
    book.bill(day(30))
    book.pay("35.00", day(30))
    book.pay("3.00", day(30))
    assert [line.split()[1:3] for line in past(book)] == [
        ["DISBURSAL", "0.00"],
        ["BILL", "0.00"],
        ["PAYMENT", "35.00"],
        ["PAYMENT", "3.00"],
    ]


def test_interest_paid_before_it_was_billed_is_in_the_past_once() -> None:
    book = Book(terms())
    book.pay("50145.00", day(10))
    assert past(book)[-1] == "2026-01-11 PAYMENT 50145.00 145.00 50000.00 0.00"


def test_a_bill_without_interest_is_an_event_all_the_same() -> None:
    book = Book(terms("1000", "0"))
    book.bill(day(30))
    assert past(book)[-1] == "2026-01-31 BILL 0.00 0.00 0.00 1000.00"


def test_what_comes_of_a_fresh_loan_is_its_plan() -> None:
    lines = upcoming(Book(terms("1000", "18.25", 3)), day(0))
    assert lines == [  # 1.5 % a cycle, EMI 343.38
        "1 2026-01-31 2026-02-15 15.00 328.38 671.62",
        "2 2026-03-02 2026-03-17 10.07 333.31 338.31",
        "3 2026-04-01 2026-04-16 5.07 338.31 0.00",
    ]
    assert upcoming(Book(terms("1000", "18.25", 3)), day(17)) == lines


def test_what_comes_begins_with_what_open_bills_ask_for() -> None:
    book = Book(terms("1000", "18.25", 3))
    book.bill(day(30))
    book.pay("20.00", day(30))  # its interest, and 5.00 of its principal
    book.bill(day(60))  # interest 14.925; undemanded 970.00 in 2: EMI 495.94
    assert upcoming(book, day(60)) == [
        "1 2026-01-31 2026-02-15 0.00 25.00 970.00",
        "2 2026-03-02 2026-03-17 14.93 481.01 488.99",
        "3 2026-04-01 2026-04-16 7.33 488.99 0.00",
    ]


def test_the_first_interest_to_come_counts_what_has_accrued() -> None:
    book = Book(terms("1000", "18.25", 3))
    book.bill(day(30))
    # Ten days on 1000.00, then twenty on the 671.62 that the bill does not ask for: 5.00 + 6.7162.
    assert upcoming(book, day(40))[1] == "2 2026-03-02 2026-03-17 11.72 331.66 339.96"


def test_cycles_that_have_come_are_billed_in_what_comes() -> None:
    late, punctual = Book(terms()), Book(terms())
    punctual.bill(day(60))
    assert upcoming(late, day(65)) == upcoming(punctual, day(65))


def test_past_the_term_only_bills_are_to_come() -> None:
    book = Book(terms("10000", "24", 3))
    book.bill(day(120))
    assert [line.split()[0] for line in upcoming(book, day(125))] == ["1", "2", "3", "4"]


def test_a_superseded_bill_whose_minimum_is_paid_is_not_to_come() -> None:
    book = Book(terms())
    book.bill(day(30))
    book.pay("2000.00", day(30))
    book.bill(day(60))
    assert [line.split()[0] for line in upcoming(book, day(60))] == [str(number) for number in range(2, 13)]


def test_nothing_comes_after_the_end() -> None:
    book = worked()
    book.pay(book.payoff(day(90)), day(90))
    assert upcoming(book, day(90)) == []
    assert upcoming(book, day(1000)) == []


def test_what_comes_has_the_rate_that_was_agreed_ahead_from_its_date_on() -> None:
    changed, agreed_on = RateChanged(Decimal("5.000")), day(60)
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    disbursed = Event(1, DISBURSED_ON, DISBURSED_ON, at, Disbursed())
    ahead, at_once = (Event(2, day(95), on, at, changed) for on in (agreed_on, day(95)))
    for today in (day(95), day(110), day(121)):
        plans = [
            list(statement.upcoming(life.fold(terms(), [disbursed, one], until=today).loan, today))
            for one in (ahead, at_once)
        ]
        assert plans[0] == plans[1], today
