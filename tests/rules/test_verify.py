"""A replay gives back the worked life of the lending rules, and calls whatever was changed by its name."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from rules import billing, interest, ledger, verify
from rules.events import Disbursed, Event, Paid
from rules.ledger import Account, Entry
from rules.loan import Bill, Standing
from rules.plan import Terms
from rules.postings import Source
from rules.verify import History, StoredEntries, StoredLoan, StoredPayment

RATE = Decimal("10.500")
TERMS = Terms(Decimal("50000.00"), RATE, interest.daily_rate(RATE), 12, date(2026, 1, 1), 30, 15, Decimal("3.000"))
LENT = StoredLoan(7, 1, TERMS, billing.disbursed(TERMS), date(2026, 1, 31))


def event(sequence: int, day: str, amount: str = "") -> Event:
    on = date.fromisoformat(day)
    act = Paid(Decimal(amount)) if amount else Disbursed()
    return Event(sequence, on, on, datetime(2026, 1, 1, tzinfo=UTC), act)


DISBURSAL = event(1, "2026-01-01")
FIRST, SECOND = event(2, "2026-02-10", "1000.00"), event(3, "2026-03-12", "6000.00")
LAST = event(4, "2026-04-01", "44264.51")
OPEN = verify.expected_of(LENT, [DISBURSAL, FIRST, SECOND], 3)
CLOSED = verify.expected_of(LENT, [DISBURSAL, FIRST, SECOND, LAST], 3)


def with_standing(**columns: Any) -> History:
    return OPEN._replace(loan=OPEN.loan._replace(standing=OPEN.loan.standing._replace(**columns)))


def with_bill(cycle: int, **columns: Any) -> History:
    return OPEN._replace(bills={**OPEN.bills, cycle: OPEN.bills[cycle]._replace(**columns)})


def with_payment(**columns: Any) -> History:
    return OPEN._replace(payments={**OPEN.payments, 3: OPEN.payments[3]._replace(**columns)})


def without_bill(cycle: int) -> History:
    return OPEN._replace(bills={kept: bill for kept, bill in OPEN.bills.items() if kept != cycle})


def with_entries(source: Source, change: Callable[[Entry], list[Entry]]) -> History:
    posted = OPEN.entries[source]
    changed = ledger.net(new for old in posted.entries for new in change(old))
    return OPEN._replace(entries={**OPEN.entries, source: posted._replace(entries=frozenset(changed))})


def whats(history: History) -> set[str]:
    return {one.what for one in verify.disagreements(history)}


def test_the_worked_life_comes_back() -> None:
    first, second = OPEN.payments.values()
    assert (first.interest, first.principal, first.emi_after) == (
        Decimal("435.00"),
        Decimal("565.00"),
        Decimal("4406.03"),
    )
    assert (second.interest, second.principal) == (Decimal("431.72"), Decimal("5568.28"))
    assert (second.emi_before, second.emi_after) == (Decimal("4642.57"), Decimal("4599.30"))
    assert OPEN.bills[2] == Bill(
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
    assert [(part.cycle, part.interest, part.principal) for part in OPEN.allocations[3]] == [
        (1, 0, Decimal("935.00")),
        (2, Decimal("431.72"), Decimal("4210.85")),
        (None, 0, Decimal("422.43")),
    ]
    assert OPEN.loan.standing.principal_balance == Decimal("43866.72")
    assert OPEN.loan.next_billing_on == date(2026, 5, 1)
    assert (CLOSED.loan.standing.closed_on, CLOSED.loan.next_billing_on) == (date(2026, 4, 1), None)


def stored(day: str, *entries: Entry) -> StoredEntries:
    return StoredEntries(frozenset({date.fromisoformat(day)}), frozenset(entries))


def test_every_movement_of_money_comes_back() -> None:
    receivable, income, cash, principal = (
        Account.INTEREST_RECEIVABLE,
        Account.INTEREST_INCOME,
        Account.CASH,
        Account.PRINCIPAL,
    )
    assert OPEN.entries[Source(sequence=1)] == stored(
        "2026-01-01", Entry(ledger.Event.DISBURSAL, principal, cash, Decimal("50000.00"))
    )
    assert OPEN.entries[Source(cycle=1)] == stored(
        "2026-01-31", Entry(ledger.Event.BILL, receivable, income, Decimal("435.00"))
    )
    assert OPEN.entries[Source(sequence=2)] == stored(
        "2026-02-10",
        Entry(ledger.Event.PAYMENT, cash, receivable, Decimal("435.00")),
        Entry(ledger.Event.PAYMENT, cash, principal, Decimal("565.00")),
    )
    assert set(OPEN.entries) == {*(Source(cycle=c) for c in (1, 2, 3)), *(Source(sequence=s) for s in (1, 2, 3))}


@pytest.mark.parametrize(
    "history", [OPEN, CLOSED, *(verify.expected_of(LENT, [DISBURSAL], cycles) for cycles in (0, 20))]
)
def test_what_comes_back_agrees_with_itself(history: History) -> None:
    assert verify.disagreements(history) == []


def test_a_bill_without_interest_posts_nothing() -> None:
    free = LENT._replace(terms=TERMS._replace(interest_rate=Decimal("0.000"), daily_rate=Decimal("0.000")))
    assert set(verify.expected_of(free, [DISBURSAL], 3).entries) == {Source(sequence=1)}


def test_the_order_in_which_rows_were_read_means_nothing() -> None:
    shuffled = OPEN._replace(
        bills={cycle: OPEN.bills[cycle] for cycle in (3, 2, 1)},
        allocations={payment_id: parts[::-1] for payment_id, parts in OPEN.allocations.items()},
    )
    assert shuffled != OPEN
    assert verify.disagreements(shuffled) == []


@pytest.mark.parametrize("name", Standing._fields)
def test_a_changed_column_of_a_loan_is_named_alone(name: str) -> None:
    history = with_standing(**{name: other_than(getattr(OPEN.loan.standing, name))})
    assert whats(history) == {name}


def test_a_changed_sequence_is_named_alone() -> None:
    assert whats(OPEN._replace(loan=OPEN.loan._replace(sequence=4))) == {"sequence"}


def test_an_event_that_its_row_says_is_reversed_is_named() -> None:
    assert whats(OPEN._replace(void=frozenset({3}))) == {"event 3 is reversed"}


def test_a_changed_date_of_the_next_bill_is_named_alone() -> None:
    assert whats(OPEN._replace(loan=OPEN.loan._replace(next_billing_on=None))) == {"next_billing_on"}


@pytest.mark.parametrize("name", [name for name in Bill._fields if name != "cycle"])
def test_a_changed_column_of_a_bill_is_named_alone(name: str) -> None:
    history = with_bill(2, **{name: other_than(getattr(OPEN.bills[2], name))})
    assert whats(history) == {f"bill 2 {name}"}


@pytest.mark.parametrize("name", StoredPayment._fields)
def test_a_changed_column_of_a_payment_is_named_alone(name: str) -> None:
    history = with_payment(**{name: other_than(getattr(OPEN.payments[3], name))})
    assert whats(history) == {f"event 3 {name}"}


def other_than(value: object) -> object:
    match value:
        case Decimal():
            return value + Decimal("0.01")
        case date():
            return value + timedelta(days=1)
        case int():
            return value + 1
        case str():
            return f"{value}?"
        case _:
            return date(2026, 3, 17)


@pytest.mark.parametrize("cycle", [1, 2, 3])
def test_a_lost_bill_is_missing(cycle: int) -> None:
    lost = without_bill(cycle)
    (missing,) = verify.disagreements(lost)
    assert (missing.loan_id, missing.what, missing.found) == (7, f"bill {cycle}", "nothing")


def test_a_bill_too_many_is_named() -> None:
    extra = OPEN.bills[3]._replace(cycle=4)
    assert whats(OPEN._replace(bills={**OPEN.bills, 4: extra})) == {"bill 4"}


def test_a_closed_loan_is_not_billed_by_its_replay() -> None:
    ended = CLOSED.loan.standing._replace(cycles_billed=4)
    late = CLOSED._replace(loan=CLOSED.loan._replace(standing=ended), bills={**CLOSED.bills, 4: CLOSED.bills[3]})
    assert whats(late) == {"cycles_billed", "bill 4"}


def test_a_changed_allocation_is_named() -> None:
    first, second, third = OPEN.allocations[3]
    moved = [first, second._replace(interest=second.interest - 1), third._replace(cycle=-31)]
    assert whats(OPEN._replace(allocations={**OPEN.allocations, 3: moved})) == {
        "event 3 allocation to bill 2 interest",
        "event 3 allocation to no bill",
        "event 3 allocation to a bill of id 31",
    }


def test_a_changed_ledger_is_named() -> None:
    bill, payment = Source(cycle=2), Source(sequence=3)
    assert whats(with_entries(bill, lambda entry: [])) == {"ledger of bill 2"}
    assert whats(with_entries(bill, lambda entry: [entry, entry])) == {"ledger of bill 2"}
    assert whats(with_entries(payment, lambda entry: [entry._replace(amount=entry.amount + 1)])) == {
        "ledger of event 3"
    }
    disbursal = Source(sequence=1)
    moved = OPEN.entries[disbursal]._replace(effective_on=frozenset({date(2026, 1, 1), date(2026, 1, 2)}))
    assert whats(OPEN._replace(entries={**OPEN.entries, disbursal: moved})) == {"ledger of the disbursal"}
    assert whats(OPEN._replace(entries={**OPEN.entries, Source(sequence=8): OPEN.entries[payment]})) == {
        "ledger of event 8"
    }


def test_a_payment_of_more_than_the_payoff_is_a_disagreement() -> None:
    """The fold makes the rest a credit. No payment may leave one without a correction."""
    again = CLOSED._replace(events=[*CLOSED.events, event(5, "2026-04-02", "1.00")])
    assert whats(again) == {"credit", "sequence", "event 5", "ledger of event 5"}


def test_a_daily_rate_that_is_not_of_its_yearly_rate_is_named_alone() -> None:
    changed = OPEN.loan._replace(terms=TERMS._replace(daily_rate=Decimal("0.030")))
    assert whats(OPEN._replace(loan=changed)) == {"daily_rate"}


def test_an_absurd_count_of_cycles_is_named_alone() -> None:
    assert whats(with_standing(cycles_billed=2**31 - 1)) == {"cycles_billed"}


def test_a_disagreement_reads_as_a_sentence() -> None:
    (wrong,) = verify.disagreements(with_standing(principal_balance=Decimal("43866.71")))
    assert str(wrong) == "loan 7: principal_balance is 43866.71, must be 43866.72"
