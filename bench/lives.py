"""The rules simulate the life of a loan with any number of events; `loan_book` copies it to many loans."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from rules import interest, life, payments, verify
from rules.events import Act, Disbursed, Event, Paid
from rules.life import Life
from rules.money import to_paise
from rules.payments import Payer, PaymentOrder
from rules.plan import Terms
from rules.verify import History

CYCLE_DAYS, DUE_DAYS, MINIMUM_DUE_RATE = 30, 15, Decimal("3.000")

# Payments are made within four days after a bill, so that the newest cycle's payments are complete on the last day.
PAYING_DAYS = 4

# Every loan has as many cycles left, so that the upcoming EMIs cost every statement the same.
CYCLES_LEFT = 12
# With `CYCLES_LEFT`, the 60 cycles of the longest permitted loan.
_MOST_CYCLES = 48


def fresh(amount: Decimal, annual_rate: Decimal, loan_term: int, disbursed_on: date) -> History:
    """Return a loan on the day of its disbursal."""
    terms = _terms(amount, annual_rate, loan_term, disbursed_on)
    return verify.rows_of(0, life.disbursed(terms), [_event(1, disbursed_on, Disbursed())])


def _terms(amount: Decimal, annual_rate: Decimal, loan_term: int, disbursed_on: date) -> Terms:
    daily = interest.daily_rate(annual_rate)
    return Terms(amount, annual_rate, daily, loan_term, disbursed_on, CYCLE_DAYS, DUE_DAYS, MINIMUM_DUE_RATE)


def _event(sequence: int, on: date, act: Act) -> Event:
    return Event(sequence, on, on, datetime.combine(on, time(12), UTC), act)


def simulated(events: int, today: date) -> History:
    """Return a loan of 50,000 rupees with `events` events: its disbursal, bills and payments.

    The newest bill is `PAYING_DAYS` + 1 days old. With two events it is unpaid; with more, every bill is paid.
    """
    assert events >= 2, "a loan needs a disbursal and a bill"
    cycles = min(max((events - 1) // 2, 1), _MOST_CYCLES)
    since = timedelta(days=CYCLE_DAYS * cycles + PAYING_DAYS + 1)
    terms = _terms(Decimal("50000.00"), Decimal("10.500"), cycles + CYCLES_LEFT, today - since)
    lived, recorded = life.disbursed(terms), [_event(1, terms.disbursed_on, Disbursed())]
    for cycle in range(cycles):
        lived.bill(cycle + 1)
        paid = (events - 1 - cycles + cycle) // cycles  # the sum is `events` less the disbursal and the bills
        _pay_in_parts(lived, recorded, paid)
    assert len(recorded) + len(lived.bills) == events
    return verify.rows_of(0, lived, recorded)


def _pay_in_parts(lived: Life, recorded: list[Event], parts: int) -> None:
    """Pay the newest bill's installment in `parts` payments."""
    newest = lived.bills[lived.standing.cycles_billed]
    for part in range(parts):
        left = lived.standing.installment_due
        amount = left if part == parts - 1 else to_paise(left / (parts - part))
        paid_on = newest.billing_date + timedelta(days=1 + part * PAYING_DAYS // parts)
        sequence = len(recorded) + 1
        lived.pay(sequence, payments.take(lived.loan, PaymentOrder(amount, paid_on, Payer.BORROWER), today=paid_on))
        recorded.append(_event(sequence, paid_on, Paid(amount)))
