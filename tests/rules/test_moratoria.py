"""A moratorium: the next bills demand nothing, and later bills demand the interest that was set aside, in shares."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from rules import billing, explain, life, owed, payments, plan, statement, term_problems, waivers
from rules.events import Act, Disbursed, Event, MoratoriumGranted, Paid, Waived, WrittenOff
from rules.explain import Figure
from rules.life import Life
from rules.loan import PrepaymentChoice
from rules.money import ZERO
from rules.plan import Terms
from rules.products import Bucket
from rules.sample_products import EMI
from tests.rules.book import terms
from tests.rules.life_desk import at

GRANTED_ON = date(2026, 2, 10)
TWO_CYCLES = (GRANTED_ON, MoratoriumGranted(2))


def recorded(agreed: Terms, *acts: tuple[date, Act]) -> list[Event]:
    dated = [(agreed.disbursed_on, Disbursed()), *acts]
    return [Event(number, on, on, at(on, number), act) for number, (on, act) in enumerate(dated, 1)]


def lived(agreed: Terms, *acts: tuple[date, Act], until: str) -> Life:
    return life.fold(agreed, recorded(agreed, *acts), until=date.fromisoformat(until))


def of_months() -> Terms:
    product = replace(EMI, charges=(), prepayment_rate=ZERO)
    return plan.terms_of(
        product, amount=Decimal(120000), interest_rate=Decimal(12), loan_term=6, disbursed_on=date(2026, 1, 5)
    )


@pytest.mark.parametrize("agreed", [terms(term=6), of_months()], ids=["card", "emi"])
def test_the_bills_to_come_are_those_that_the_statement_announces(agreed: Terms) -> None:
    loan = lived(agreed, (date(2026, 2, 5), Paid(Decimal("9000.00"))), TWO_CYCLES, until="2026-02-20")
    announced = list(statement.upcoming(loan.loan, date(2026, 2, 20)))
    for line in announced:
        if line.number > loan.standing.cycles_billed:
            loan.bill(line.number)
            bill = loan.bills[line.number]
            assert (bill.billing_date, bill.interest) == (line.date, line.interest)
        bill = loan.bills[line.number]
        asked = bill.installment - bill.interest_paid - bill.principal_paid
        assert asked == line.amount_due
        if asked:
            paid_on = max(line.date, date(2026, 2, 20))
            applied = payments.pay(loan.loan, asked, paid_on, PrepaymentChoice.REDUCE_EMI)
            loan.pay(100 + line.number, applied)
    assert [line.amount_due for line in announced].count(ZERO) == 2
    assert loan.standing.status == "CLOSED"
    assert loan.standing.last_cycle == 8


def test_a_bill_that_is_unpaid_stays_due_in_a_moratorium() -> None:
    agreed = terms()
    loan = lived(agreed, TWO_CYCLES, until="2026-03-20")
    first, silent = loan.bills[1], loan.bills[2]
    assert (silent.minimum_due, silent.installment, silent.past_due) == (ZERO, ZERO, first.minimum_due)
    assert (silent.interest, silent.deferred) == (ZERO, Decimal("435.00"))
    assert owed.position(loan.loan, date(2026, 3, 20)).past_due == first.minimum_due
    # The EMI repays what no bill demands in the eleven cycles that will demand.
    assert loan.standing.emi == plan.emi(agreed, Decimal("48500.00"), 11, 4)
    assert owed.next_due_on(loan.loan, date(2026, 3, 20)) == plan.due_date(agreed, 4)


def test_money_pays_interest_that_was_set_aside_before_accrued_interest() -> None:
    first = replace(of_months().product, allocation=(Bucket.ACCRUED, *[one for one in Bucket if one != "ACCRUED"]))
    agreed = of_months()._replace(product=first)
    paid = (date(2026, 4, 10), Paid(Decimal("2450.00")))
    loan = lived(agreed, TWO_CYCLES, paid, until="2026-04-10")
    applied = loan.payments[3]
    assert (applied.deferred, applied.unbilled_interest) == (Decimal("2400.00"), Decimal("50.00"))
    assert applied.interest == Decimal("2450.00")
    steps = explain.steps(loan, recorded(agreed, TWO_CYCLES, paid), Figure.EMI, date(2026, 4, 10))
    assert ("13.1", "2400.00 to interest set aside") in [(step.section, step.text) for step in steps]


def test_a_waiver_of_interest_reaches_bills_then_set_aside_then_accrued_interest() -> None:
    agreed = terms()
    loan = lived(agreed, TWO_CYCLES, until="2026-03-12")
    assert not list(waivers.problems(loan.advanced(date(2026, 3, 12)), Waived(Decimal("1015.00"))))
    waived = lived(agreed, TWO_CYCLES, (date(2026, 3, 12), Waived(Decimal("1000.00"))), until="2026-03-12")
    now = waived.standing
    assert (now.interest_due, now.deferred_interest, now.accrued_interest) == (ZERO, ZERO, Decimal("15.00"))
    assert waived.waivers[3].interest == Decimal("870.00")


def test_a_write_off_of_a_moratorium_takes_the_interest_that_was_set_aside() -> None:
    agreed = terms()
    loan = lived(agreed, TWO_CYCLES, (date(2026, 3, 12), WrittenOff()), until="2026-03-12")
    assert loan.losses[3].interest == Decimal("870.00")
    assert loan.standing.deferred_interest == loan.standing.moratorium == 0


def test_a_payoff_closes_a_loan_with_interest_that_was_set_aside() -> None:
    agreed = terms()
    day = date(2026, 3, 12)
    payoff = owed.position(lived(agreed, TWO_CYCLES, until="2026-03-12").loan, day).payoff
    assert payoff == Decimal("50000.00") + Decimal("435.00") * 2 + Decimal("145.00")
    assert lived(agreed, TWO_CYCLES, (day, Paid(payoff)), until="2026-03-12").standing.status == "CLOSED"


def test_a_shorter_term_keeps_the_cycles_of_the_moratorium() -> None:
    agreed = terms()
    prepaid = (GRANTED_ON, Paid(Decimal("24406.03"), PrepaymentChoice.REDUCE_TERM))
    with_it = lived(agreed, TWO_CYCLES, prepaid, until="2026-02-10").standing
    without = lived(agreed, prepaid, until="2026-02-10").standing
    assert (with_it.last_cycle, with_it.emi) == (without.last_cycle + 2, without.emi)


def test_a_moratorium_needs_a_cycle_and_has_at_most_six_in_a_life() -> None:
    agreed = terms(term=2)

    def codes(cycles: int, *acts: tuple[date, Act], on: str) -> list[str]:
        day = date.fromisoformat(on)
        events = recorded(agreed, *acts)
        return [one.code for one in term_problems.problems(agreed, events, MoratoriumGranted(cycles), day, day)]

    assert codes(6, on="2026-02-10") == []
    assert codes(0, on="2026-02-10") == codes(7, on="2026-02-10") == ["MORATORIUM_OUT_OF_RANGE"]
    assert codes(5, TWO_CYCLES, on="2026-02-10") == ["MORATORIUM_OUT_OF_RANGE"]
    assert codes(4, TWO_CYCLES, on="2026-02-10") == []
    assert codes(1, on="2026-03-10") == ["TERM_OVER"]
    # An earlier event that is found later can make it void.
    void = lived(agreed, (date(2026, 3, 10), MoratoriumGranted(1)), until="2026-03-10")
    assert (void.void, void.changes) == ({2}, {})


def test_the_figures_of_a_moratorium_are_explained() -> None:
    agreed = terms()
    events = recorded(agreed, TWO_CYCLES)
    loan = life.fold(agreed, events, until=date(2026, 5, 10))
    for figure, cycle in ((Figure.BILL_INTEREST, 3), (Figure.BILL_INSTALLMENT, 3), (Figure.BILL_MINIMUM, 3)):
        last = explain.steps(loan, events, figure, date(2026, 5, 10), cycle)[-1]
        assert (last.section, last.value) == ("13.1", ZERO)
    share = explain.steps(loan, events, Figure.BILL_INTEREST, date(2026, 5, 10), 4)[-1]
    assert share.text == "with a share of the interest set aside: 435.00 + round(870.00 / 11, 2) = 514.09"
    installment = explain.steps(loan, events, Figure.BILL_INSTALLMENT, date(2026, 5, 10), 4)[-1]
    assert installment.value == loan.bills[4].installment
    payoff = explain.steps(loan, events, Figure.PAYOFF, date(2026, 5, 10))
    assert payoff[-1].value == owed.position(loan.loan, date(2026, 5, 10)).payoff
    assert "bill 2 sets aside: 0.00 + 435.00 = 435.00" in [step.text for step in payoff]
    granted = [step.text for step in explain.steps(loan, events, Figure.EMI, date(2026, 5, 10)) if step.sequence == 2]
    assert granted == ["2 cycles demand nothing: EMI 4406.03 → 4406.03, term 12 → 14"]


def test_a_moratorium_is_counted_once_its_cycles_are_billed() -> None:
    agreed = terms()
    loan = lived(agreed, TWO_CYCLES, (date(2026, 3, 10), MoratoriumGranted(1)), until="2026-03-10")
    assert (loan.standing.moratorium, loan.standing.last_cycle) == (2, 15)
    statuses = [billing.status(loan.bills[cycle], date(2026, 3, 10)) for cycle in (1, 2)]
    assert statuses == ["PAST_DUE", "PAID"]
