"""A replay gives back the worked life of the lending rules, and calls whatever was changed by its name."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from rules import billing, interest, replay
from rules.plan import Proposal
from rules.replay import History, Source, StoredBill, StoredEntry, StoredLoan, StoredPayment

RATE = Decimal("10.500")
TERMS = Proposal(Decimal("50000.00"), RATE, interest.daily_rate(RATE), 12, date(2026, 1, 1), 30, 15, Decimal("3.000"))
LENT = StoredLoan._make((7, *TERMS, *billing.disbursed(TERMS), date(2026, 1, 31)))


def paid(payment_id: int, day: str, amount: str) -> StoredPayment:
    zero = Decimal(0)
    return StoredPayment(payment_id, date.fromisoformat(day), Decimal(amount), zero, zero, zero, zero)


FIRST, SECOND = paid(1, "2026-02-10", "1000.00"), paid(2, "2026-03-12", "6000.00")
LAST = paid(9, "2026-04-01", "44264.51")
OPEN = replay.replay(LENT, [FIRST, SECOND], 3)
CLOSED = replay.replay(LENT, [FIRST, SECOND, LAST], 3)


def with_loan(**columns: Any) -> History:
    return OPEN._replace(loan=OPEN.loan._replace(**columns))


def with_bill(cycle: int, **columns: Any) -> History:
    return OPEN._replace(bills={**OPEN.bills, cycle: OPEN.bills[cycle]._replace(**columns)})


def with_payment(**columns: Any) -> History:
    return OPEN._replace(payments=[OPEN.payments[0], OPEN.payments[1]._replace(**columns)])


def without_bill(cycle: int) -> History:
    return OPEN._replace(bills={kept: bill for kept, bill in OPEN.bills.items() if kept != cycle})


def with_entries(source: Source, change: Callable[[StoredEntry], list[StoredEntry]]) -> History:
    return OPEN._replace(entries={**OPEN.entries, source: [new for old in OPEN.entries[source] for new in change(old)]})


def whats(history: History) -> set[str]:
    return {one.what for one in replay.disagreements(history)}


def test_the_worked_life_comes_back() -> None:
    first, second = OPEN.payments
    assert (first.interest, first.principal, first.emi_after) == (
        Decimal("435.00"),
        Decimal("565.00"),
        Decimal("4406.03"),
    )
    assert (second.interest, second.principal) == (Decimal("431.72"), Decimal("5568.28"))
    assert (second.emi_before, second.emi_after) == (Decimal("4642.57"), Decimal("4599.30"))
    assert OPEN.bills[2] == StoredBill(
        cycle=2,
        billing_date=date(2026, 3, 2),
        due_date=date(2026, 3, 17),
        principal_balance=Decimal("49435.00"),
        interest=Decimal("431.72"),
        minimum_due=Decimal("1914.77"),
        installment=Decimal("4642.57"),
        past_due=Decimal("935.00"),
        interest_paid=Decimal("431.72"),
        principal_paid=Decimal("4210.85"),
    )
    assert [(part.cycle, part.interest, part.principal) for part in OPEN.allocations[2]] == [
        (1, 0, Decimal("935.00")),
        (2, Decimal("431.72"), Decimal("4210.85")),
        (None, 0, Decimal("422.43")),
    ]
    assert OPEN.loan.principal_balance == Decimal("43866.72")
    assert OPEN.loan.next_billing_on == date(2026, 5, 1)
    assert (CLOSED.loan.closed_on, CLOSED.loan.next_billing_on) == (date(2026, 4, 1), None)


def test_every_movement_of_money_comes_back() -> None:
    receivable, income, cash = "INTEREST_RECEIVABLE", "INTEREST_INCOME", "CASH"
    assert OPEN.entries[Source()] == [
        StoredEntry(date(2026, 1, 1), "DISBURSAL", "PRINCIPAL", cash, Decimal("50000.00"))
    ]
    assert OPEN.entries[Source(cycle=1)] == [
        StoredEntry(date(2026, 1, 31), "BILL", receivable, income, Decimal("435.00"))
    ]
    assert OPEN.entries[Source(payment_id=1)] == [
        StoredEntry(date(2026, 2, 10), "PAYMENT", cash, receivable, Decimal("435.00")),
        StoredEntry(date(2026, 2, 10), "PAYMENT", cash, "PRINCIPAL", Decimal("565.00")),
    ]
    assert set(OPEN.entries) == {Source(), *(Source(cycle=c) for c in (1, 2, 3)), Source(0, 1), Source(0, 2)}


@pytest.mark.parametrize("history", [OPEN, CLOSED, replay.replay(LENT, [], 0), replay.replay(LENT, [], 20)])
def test_what_comes_back_agrees_with_itself(history: History) -> None:
    assert replay.disagreements(history) == []


def test_a_bill_without_interest_posts_nothing() -> None:
    free = LENT._replace(interest_rate=Decimal("0.000"), daily_rate=Decimal("0.000"))
    assert set(replay.replay(free, [], 3).entries) == {Source()}


def test_the_order_in_which_rows_were_read_means_nothing() -> None:
    shuffled = OPEN._replace(
        bills={cycle: OPEN.bills[cycle] for cycle in (3, 2, 1)},
        allocations={payment_id: parts[::-1] for payment_id, parts in OPEN.allocations.items()},
        entries={source: posted[::-1] for source, posted in OPEN.entries.items()},
    )
    assert shuffled != OPEN
    assert replay.disagreements(shuffled) == []


@pytest.mark.parametrize("name", [name for name in StoredLoan._fields if name not in {"id", *Proposal._fields}])
def test_a_changed_column_of_a_loan_is_named_alone(name: str) -> None:
    history = with_loan(**{name: other_than(getattr(OPEN.loan, name))})
    assert whats(history) == {name}


@pytest.mark.parametrize("name", [name for name in StoredBill._fields if name != "cycle"])
def test_a_changed_column_of_a_bill_is_named_alone(name: str) -> None:
    history = with_bill(2, **{name: other_than(getattr(OPEN.bills[2], name))})
    assert whats(history) == {f"bill 2 {name}"}


@pytest.mark.parametrize("name", ["interest", "principal", "emi_before", "emi_after"])
def test_a_changed_column_of_a_payment_is_named_alone(name: str) -> None:
    history = with_payment(**{name: other_than(getattr(OPEN.payments[1], name))})
    assert whats(history) == {f"payment 2 {name}"}


def other_than(value: object) -> object:
    match value:
        case Decimal():
            return value + Decimal("0.01")
        case date():
            return value + timedelta(days=1)
        case int():
            return value + 1
        case _:
            return date(2026, 3, 17)


@pytest.mark.parametrize("cycle", [1, 2, 3])
def test_a_lost_bill_is_missing(cycle: int) -> None:
    lost = without_bill(cycle)
    (missing,) = replay.disagreements(lost)
    assert (missing.loan_id, missing.what, missing.found) == (7, f"bill {cycle}", "nothing")


def test_a_bill_too_many_is_named() -> None:
    extra = OPEN.bills[3]._replace(cycle=4)
    assert whats(OPEN._replace(bills={**OPEN.bills, 4: extra})) == {"bill 4"}


def test_a_closed_loan_is_not_billed_by_its_replay() -> None:
    late = CLOSED._replace(loan=CLOSED.loan._replace(cycles_billed=4), bills={**CLOSED.bills, 4: CLOSED.bills[3]})
    assert whats(late) == {"cycles_billed", "bill 4"}


def test_a_changed_allocation_is_named() -> None:
    first, second, third = OPEN.allocations[2]
    moved = [first, second._replace(interest=second.interest - 1), third._replace(cycle=-31)]
    assert whats(OPEN._replace(allocations={**OPEN.allocations, 2: moved})) == {
        "payment 2 allocation to bill 2 interest",
        "payment 2 allocation to no bill",
        "payment 2 allocation to a bill of id 31",
    }


def test_a_changed_ledger_is_named() -> None:
    bill, payment = Source(cycle=2), Source(payment_id=2)
    assert whats(with_entries(bill, lambda entry: [])) == {"ledger of bill 2"}
    assert whats(with_entries(bill, lambda entry: [entry, entry])) == {"ledger of bill 2"}
    assert whats(with_entries(payment, lambda entry: [entry._replace(amount=entry.amount + 1)])) == {
        "ledger of payment 2"
    }
    assert whats(with_entries(Source(), lambda entry: [entry._replace(posted_on=date(2026, 1, 2))])) == {
        "ledger of the disbursal"
    }
    assert whats(OPEN._replace(entries={**OPEN.entries, Source(payment_id=8): OPEN.entries[payment]})) == {
        "ledger of payment 8"
    }


@pytest.mark.parametrize(
    ("payment", "reason"),
    [
        (paid(2, "2026-03-12", "99999.00"), "payment 2: AMOUNT_EXCEEDS_PAYOFF"),
        (paid(2, "2026-02-01", "6000.00"), "payment 2: PAYMENT_DATE_TOO_EARLY"),
    ],
)
def test_a_history_that_the_rules_refuse_is_a_disagreement(payment: StoredPayment, reason: str) -> None:
    (refused,) = replay.disagreements(OPEN._replace(payments=[OPEN.payments[0], payment]))
    assert str(refused) == f"loan 7: the history is {reason}, must be one the rules allow"


def test_a_payment_after_the_end_is_a_disagreement() -> None:
    again = CLOSED._replace(payments=[*CLOSED.payments, paid(10, "2026-04-02", "1.00")])
    (refused,) = replay.disagreements(again)
    assert refused.found == "payment 10: LOAN_CLOSED"


def test_a_daily_rate_that_is_not_of_its_yearly_rate_is_named_alone() -> None:
    assert whats(with_loan(daily_rate=Decimal("0.030"))) == {"daily_rate"}


def test_an_absurd_count_of_cycles_is_named_alone() -> None:
    assert whats(with_loan(cycles_billed=2**31 - 1)) == {"cycles_billed"}


def test_a_disagreement_reads_as_a_sentence() -> None:
    (wrong,) = replay.disagreements(with_loan(principal_balance=Decimal("43866.71")))
    assert str(wrong) == "loan 7: principal_balance is 43866.71, must be 43866.72"
