"""The ends of a loan: settlements, write-offs, recoveries and the cooling-off, as folds of small lives."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from rules import chains, corrections, ends, ledger, life, owed, postings, settlements
from rules.act_columns import act_of, columns_of
from rules.events import (
    Act,
    Charged,
    Disbursed,
    Event,
    Paid,
    ReversalCause,
    Reversed,
    SettlementAgreed,
    Waived,
    WrittenOff,
)
from rules.life import Life
from rules.loan import ClosureReason, Settlement, Status
from rules.money import ZERO
from rules.plan import Terms
from rules.refusals import ProblemCode
from rules.sample_products import PLUS
from tests.rules.book import terms

FIRST, LATER = date(2026, 3, 5), date(2026, 4, 20)
SETTLED = SettlementAgreed(Decimal("30000.00"), date(2026, 5, 1))


def events(*acts: tuple[date, Act]) -> list[Event]:
    dated = [(date(2026, 1, 1), Disbursed()), *acts]
    return [
        Event(number, on, on, datetime(on.year, on.month, on.day, 12, tzinfo=UTC), act)
        for number, (on, act) in enumerate(dated, 1)
    ]


def lived(*acts: tuple[date, Act], until: date = LATER, agreed: Terms | None = None) -> Life:
    return life.fold(agreed or terms(), events(*acts), until=until)


def paid(amount: str) -> Paid:
    return Paid(Decimal(amount))


def test_a_settlement_limits_the_payoff_until_its_date() -> None:
    found = lived((FIRST, SETTLED), (LATER, paid("10000.00")))
    assert owed.position(found.loan, SETTLED.until).payoff == Decimal("20000.00")
    free = lived((LATER, paid("10000.00")), until=date(2026, 5, 2))
    lapsed = lived((FIRST, SETTLED), (LATER, paid("10000.00")), until=date(2026, 5, 2))
    day = date(2026, 5, 2)
    assert owed.position(lapsed.loan, day) == owed.position(free.loan, day)
    assert settlements.live(lapsed.standing, day) is None


def test_money_beyond_a_settlement_is_credit() -> None:
    found = lived((FIRST, SETTLED), (LATER, paid("30000.50")))
    assert (found.standing.status, found.standing.credit) == (Status.CLOSED, Decimal("0.50"))
    assert ends.closure_reason(found.terms, found.standing) == ClosureReason.SETTLED


def test_a_loan_that_is_paid_in_full_before_a_settlement_is_reached_is_paid() -> None:
    payoff = owed.position(lived().loan, LATER).payoff
    found = lived((FIRST, SettlementAgreed(payoff - 1, SETTLED.until)), (LATER, Paid(payoff)))
    assert found.standing.credit == 1  # the settlement was reached first
    lapsed = lived((FIRST, SettlementAgreed(payoff - 1, FIRST)), (LATER, Paid(payoff)))
    assert ends.closure_reason(lapsed.terms, lapsed.standing) == ClosureReason.PAID


def test_what_a_waiver_gives_back_is_no_payment_of_a_settlement() -> None:
    plus = terms()._replace(product=PLUS)
    # The payment pays the bounce charge, which is waived later: with it the settlement would be reached.
    settled = SettlementAgreed(Decimal("8100.00"), SETTLED.until)
    bounce, waived = Charged("bounce", Decimal("500.00")), Waived(Decimal("590.00"), "charge:3")
    acts = ((FIRST, settled), (FIRST, bounce), (FIRST, paid("8000.00")), (LATER, waived))
    found = lived(*acts, agreed=plus)
    agreed = settlements.live(found.standing, LATER)
    assert agreed is not None
    assert (agreed.paid, found.standing.status) == (Decimal("8000.00"), Status.ACTIVE)
    posted = [entry for one in postings.of(found, events(*acts)).values() for entry in one.entries]
    balances = ledger.balances((one.debit, one.credit, one.amount) for one in posted)
    assert balances[ledger.Account.PRINCIPAL] == found.standing.principal_balance


def test_a_payment_of_a_settlement_that_is_reversed_makes_the_bills_due_again() -> None:
    recorded = events((FIRST, SETTLED), (LATER, paid("30000.00")))
    undo = Event(4, LATER, LATER, recorded[-1].recorded_at, Reversed(3, ReversalCause.ERROR))
    correction = corrections.add(terms(), recorded, undo, LATER)
    assert correction.event.due_again == (1, 2, 3)
    assert owed.position(correction.after.loan, LATER).days_past_due == 0


def test_a_claim_that_is_paid_is_recovered() -> None:
    found = lived((FIRST, WrittenOff()))
    claim = ends.claim_of(found.standing)
    assert claim == owed.position(lived(until=FIRST).loan, FIRST).payoff
    assert owed.position(found.loan, LATER).payoff == claim
    done = lived((FIRST, WrittenOff()), (LATER, Paid(claim)))
    assert ends.closure_reason(done.terms, done.standing) == ClosureReason.RECOVERED
    assert (done.standing.closed_on, ends.claim_of(done.standing)) == (LATER, ZERO)
    assert done.payments[3].recovery == claim


def test_an_end_of_a_loan_that_has_ended_is_void() -> None:
    payoff = owed.position(lived(until=FIRST).loan, FIRST).payoff
    assert lived((FIRST, Paid(payoff)), (LATER, SETTLED), (LATER, WrittenOff())).void == {3, 4}
    assert lived((FIRST, WrittenOff()), (LATER, WrittenOff())).void == {3}


def test_a_loan_paid_in_the_cooling_off_says_so() -> None:
    agreed = terms()
    agreed = agreed._replace(product=replace(agreed.product, name="plus", cooling_off_days=3))
    for day, reason in ((4, ClosureReason.COOLING_OFF), (5, ClosureReason.PAID)):
        on = date(2026, 1, day)
        payoff = owed.position(lived(until=on, agreed=agreed).loan, on).payoff
        found = lived((on, Paid(payoff)), agreed=agreed)
        assert ends.closure_reason(agreed, found.standing) == reason
    assert owed.position(lived(until=date(2026, 1, 4)).loan, date(2026, 1, 4)).payoff == Decimal("50043.50")


@pytest.mark.parametrize(
    ("acts", "code"),
    [
        ([], ProblemCode.NOT_NPA),
        ([WrittenOff()], ProblemCode.LOAN_WRITTEN_OFF),
        ([Reversed(1, ReversalCause.ERROR)], ProblemCode.LOAN_CANCELLED),
        ([paid("60000.00")], ProblemCode.LOAN_CLOSED),
    ],
)
def test_a_write_off_is_refused(acts: list[Act], code: ProblemCode) -> None:
    standing = lived(*((FIRST, act) for act in acts)).standing
    assert [problem.code for problem in ends.write_off_problems(standing, is_npa=False)] == [code]


def test_an_ended_loan_is_not_settled() -> None:
    for act, code in ((paid("60000.00"), "LOAN_CLOSED"), (Reversed(1, ReversalCause.ERROR), "LOAN_CANCELLED")):
        standing = lived((FIRST, act)).standing
        agreed = Settlement(Decimal("1.00"), LATER)
        assert [one.code for one in settlements.problems(standing, Decimal(1), agreed, LATER)] == [code]


def test_each_act_is_made_of_its_columns_again() -> None:
    for act in (SETTLED, WrittenOff()):
        assert act_of(columns_of(act)) == act
    (one, other) = events((FIRST, SETTLED), (FIRST, SETTLED._replace(until=LATER)))[1:]
    assert chains.canonical(one) != chains.canonical(other._replace(sequence=2))
