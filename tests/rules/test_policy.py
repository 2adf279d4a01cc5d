"""Another policy is tried on the same events; with the policy that a loan has, nothing differs."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import life, policy
from rules.events import Act, Disbursed, Event, Paid, Refunded
from rules.money import ZERO
from rules.policy import RUPEES, SUMMED, Policy, Totals
from tests.rules.book import DISBURSED_ON, terms

AT = datetime(2026, 1, 1, tzinfo=UTC)
TODAY = date(2026, 3, 12)


def events(*acts: tuple[date, Act]) -> list[Event]:
    dated: list[tuple[date, Act]] = [(DISBURSED_ON, Disbursed()), *acts]
    return [Event(sequence, on, on, AT, act) for sequence, (on, act) in enumerate(dated, 1)]


# W14 of the worked lives: 1000.00 are paid on 2026-02-10.
W14 = events((date(2026, 2, 10), Paid(Decimal("1000.00"))))


@pytest.mark.parametrize(
    ("changed", "emi", "past_due"),
    [(Policy(), "4642.57", "935.00"), (Policy(minimum_due_rate=Decimal("5.000")), "4546.84", "1935.00")],
)
def test_the_worked_life_under_another_minimum(changed: Policy, emi: str, past_due: str) -> None:
    found = policy.lived(changed.applied_to(terms()), W14, TODAY)
    assert (str(found.emi), str(found.past_due)) == (emi, past_due)
    assert (str(found.principal_balance), str(found.payoff), found.days_past_due) == ("49435.00", "50010.08", 25)
    assert (str(found.interest_income), str(found.interest_paid), found.cycles_billed) == ("866.72", "435.00", 2)


def test_a_policy_replaces_the_terms_that_it_names() -> None:
    own = terms()
    assert Policy().applied_to(own) == own
    assert Policy(due_days=20).applied_to(own) == own._replace(due_days=20)
    assert str(Policy(due_days=20, minimum_due_rate=Decimal(5))) == "due_days=20 minimum_due_rate=5"


PAYMENTS = st.lists(st.tuples(st.integers(0, 400), st.decimals("0.01", "60000", places=2), st.booleans()), max_size=6)


@given(paid=PAYMENTS, cycle_days=st.integers(2, 90), rate=st.decimals("0", "100", places=3), data=st.data())
def test_every_life_can_be_lived_under_every_policy(
    paid: list[tuple[int, Decimal, bool]], cycle_days: int, rate: Decimal, data: st.DataObject
) -> None:
    acts: list[tuple[date, Act]] = [
        (DISBURSED_ON + timedelta(days=days), Refunded(amount) if refunded else Paid(amount))
        for days, amount, refunded in sorted(paid)
    ]
    own, recorded, today = terms(), events(*acts), DISBURSED_ON + timedelta(days=401)
    lived = life.fold(own, recorded, until=today)
    actual = policy.lived(own, recorded, today)
    interest = sum((one.interest for one in lived.payments.values()), ZERO)
    assert policy.stored(lived.loan, interest, today) == actual
    due_days = data.draw(st.integers(1, cycle_days - 1))
    changed = policy.lived(Policy(cycle_days, due_days, rate).applied_to(own), recorded, today)
    received = sum((-amount if refunded else amount for _, amount, refunded in paid), ZERO)
    for found in (actual, changed):
        # The money received is in the principal, the interest and the credit of the life.
        assert own.amount - found.principal_balance + found.interest_paid + found.credit == received


def test_the_sums_of_parts_are_those_of_the_whole() -> None:
    actual = policy.lived(terms(), W14, TODAY)
    changed = policy.lived(Policy(minimum_due_rate=Decimal(5)).applied_to(terms()), W14, TODAY)
    whole, part = Totals(), Totals()
    for _ in range(3):
        whole.count(actual, changed)
    for _ in range(2):
        part.count(actual, changed)
    part.add(part)
    assert part.loans == 4
    assert part.figures["past_due"].difference == 4 * Decimal("1000.00")
    assert whole.loans == whole.differing == whole.figures["emi"].differing == 3
    assert dict(whole.figures["emi"].sizes) == {-2: 3}
    assert dict(whole.figures["past_due"].sizes) == {4: 3}
    assert whole.figures["payoff"].sizes.total() == 0
    assert [*whole.figures] == [*SUMMED]
    assert tuple(name for name in SUMMED if isinstance(getattr(actual, name), Decimal)) == RUPEES


@pytest.mark.parametrize(
    ("difference", "size"), [("0.01", 1), ("-9.99", -1), ("10.00", 2), ("-99.99", -2), ("1000.00", 4), (7, 1)]
)
def test_the_size_of_a_difference_is_its_number_of_digits(difference: str | int, size: int) -> None:
    assert policy.size(difference if isinstance(difference, int) else Decimal(difference)) == size
