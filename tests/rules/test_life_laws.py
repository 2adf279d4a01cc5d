"""Laws that hold for every life with corrections, in whatever order its events are recorded (lending rules, 21)."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from rules import billing, corrections, events, life, plan, statement
from rules.calendars import CycleKind
from rules.cash import CashForecast
from rules.day_counts import DayCount
from rules.events import Disbursed, Event, Paid, Refunded, ReversalCause, Reversed
from rules.ledger import Account
from rules.life import Life
from rules.loan import Bill, PrepaymentChoice, Standing
from rules.money import PAISA, ZERO
from rules.plan import Terms
from rules.products import CARD, Product
from tests.rules.book import DISBURSED_ON
from tests.rules.life_desk import LAW, Desk, Move, apart_from_due_dates, at, balances

rupees = st.integers(100, 5_000_000).map(lambda paise: str(Decimal(paise) / 100))
rates = st.one_of(st.just("0"), st.integers(0, 36_000).map(lambda thousandths: str(Decimal(thousandths) / 1000)))
by_days = st.integers(2, 40).flatmap(
    lambda days: st.builds(
        Product,
        cycle_kind=st.just(CycleKind.DAYS),
        cycle=st.just(days),
        due_days=st.integers(1, days - 1),
        day_count=st.sampled_from(sorted(set(DayCount) - {DayCount.MONTHLY, DayCount.E30360})),
        name=st.just("days"),
        minimum_due_rate=st.integers(0, 100).map(Decimal),
        emi_step=st.sampled_from([PAISA, Decimal("1.00")]),
    )
)
by_months = st.builds(
    Product,
    cycle_kind=st.just(CycleKind.MONTHS),
    cycle=st.integers(0, 31),
    due_days=st.integers(1, 14),
    day_count=st.sampled_from(list(DayCount)),
    name=st.just("months"),
    minimum_due_rate=st.sampled_from([Decimal(0), Decimal(3), Decimal(100)]),
    emi_step=st.sampled_from([PAISA, Decimal("1.00")]),
)
products = st.one_of(st.just(CARD), by_days, by_months)


def agreed(product: Product, amount: str, rate: str, term: int, day: int) -> Terms:
    return plan.terms_of(
        product,
        amount=Decimal(amount).quantize(PAISA),
        interest_rate=Decimal(rate),
        loan_term=term,
        disbursed_on=DISBURSED_ON + timedelta(days=day),
    )


KINDS_OF_PART_13 = ("moratorium", "moratorium", "waive")
loans = st.builds(agreed, products, rupees, rates, st.integers(1, 12), st.just(0) | st.integers(1, 800))
moves = st.lists(
    st.builds(
        Move,
        days=st.one_of(st.integers(0, 3), st.integers(0, 45), st.just(30)),
        kind=st.sampled_from([*["pay"] * 4, "close", *["reverse"] * 3, "refund", "rate", "due", *KINDS_OF_PART_13]),
        days_back=st.one_of(st.just(0), st.integers(0, 60)),
        parts=st.integers(1, 1000),
        place=st.integers(0, 20),
        choice=st.sampled_from(list(PrepaymentChoice)),
        cause=st.sampled_from(list(ReversalCause)),
    ),
    max_size=10,
)


@LAW
@given(loans, moves)
def test_no_paisa_is_made_or_lost(agreed: Terms, moves: list[Move]) -> None:
    desk = Desk(agreed)
    desk.live(moves)
    lived, totals = desk.life, balances(desk)
    counting = events.live(desk.events)
    paid = sum((event.act.amount for event in counting if isinstance(event.act, Paid)), ZERO)
    refunded = sum((event.act.amount for event in counting if isinstance(event.act, Refunded)), ZERO)
    lent = agreed.amount if lived.standing.status != "CANCELLED" else ZERO
    assert totals[Account.CASH] == paid - refunded - lent
    assert totals[Account.PRINCIPAL] == lived.standing.principal_balance
    assert totals[Account.INTEREST_RECEIVABLE] == lived.standing.interest_receivable
    assert lived.standing.interest_due == sum((bill.interest - bill.interest_paid for bill in demanding(lived)), ZERO)
    assert totals[Account.BORROWER_CREDIT] == -lived.standing.credit
    assert sum(totals.values()) == 0


def demanding(lived: Life) -> list[Bill]:
    """The bills that were not withdrawn, of a loan that has not ended with a loss."""
    return [bill for bill in lived.bills.values() if not bill.withdrawn]


@LAW
@given(loans, moves)
def test_a_standing_is_always_within_its_bounds(agreed: Terms, moves: list[Move]) -> None:
    desk = Desk(agreed)
    desk.live(moves)
    now: Standing = desk.life.standing
    assert 0 <= now.principal_balance <= agreed.amount
    assert min(now.interest_due, now.deferred_interest, now.accrued_interest, now.past_due, now.emi) >= 0
    assert now.moratorium == 0 or now.cycles_left - now.moratorium >= 1
    assert 0 <= now.minimum_due <= now.installment_due
    assert 0 <= now.undemanded_principal <= now.principal_balance
    longest = agreed.product.maximum_term + agreed.product.maximum_moratorium
    assert 1 <= now.last_cycle <= (agreed.loan_term if now.special is None else longest)
    assert (now.oldest_due_on is not None) == (now.past_due + now.minimum_due > 0)
    assert (now.closed_on is not None) == (now.status != "ACTIVE")
    assert now.status == "ACTIVE" or not any((now.principal_balance, now.interest_due, now.accrued_interest))


@LAW
@given(loans, moves)
def test_the_state_known_on_a_day_can_be_read_for_ever(agreed: Terms, moves: list[Move]) -> None:
    desk = Desk(agreed)
    known: list[tuple[date, datetime, Life]] = []
    for move in moves:
        desk.live([move])
        known.append((desk.today, at(desk.today, len(desk.events)), desk.life))
    for day, moment, lived in known:
        assert life.fold(agreed, desk.events, until=day, known_at=moment) == lived


@LAW
@given(loans, moves, st.integers(0, 20), st.sampled_from(list(ReversalCause)))
def test_a_reversed_reversal_leaves_the_state_as_if_neither_existed(
    agreed: Terms, moves: list[Move], place: int, cause: ReversalCause
) -> None:
    desk = Desk(agreed)
    desk.live(moves)
    before = desk.life
    sequence = 1 + place % len(desk.events)
    if any(corrections.reversal_problems(desk.events, sequence)):
        return
    desk.record(desk.events[sequence - 1].effective_on, Reversed(sequence, cause))
    desk.record(desk.events[sequence - 1].effective_on, Reversed(len(desk.events), cause))
    assert apart_from_due_dates(desk.life) == apart_from_due_dates(before)
    if cause is ReversalCause.BOUNCED:
        assert desk.life == before


@LAW
@given(loans, moves)
def test_a_loan_whose_events_are_all_reversed_is_a_new_one_and_then_none(agreed: Terms, moves: list[Move]) -> None:
    desk = Desk(agreed)
    desk.live([move for move in moves if move.kind != "reverse"])
    for event in desk.events[:0:-1]:
        desk.record(event.effective_on, Reversed(event.sequence, ReversalCause.ERROR))
    alone = life.fold(agreed, desk.events[:1], until=desk.today)
    assert apart_from_due_dates(desk.life) == apart_from_due_dates(alone)
    desk.record(agreed.disbursed_on, Reversed(1, ReversalCause.ERROR))
    assert desk.life.standing.status == "CANCELLED"
    assert not any(balances(desk).values())


@LAW
@given(loans, st.dictionaries(st.integers(0, 200), st.integers(1, 400), min_size=2, max_size=6))
def test_the_order_of_recording_does_not_matter(agreed: Terms, paid: dict[int, int]) -> None:
    start = agreed.disbursed_on
    until = start + timedelta(days=250)
    first = Event(1, start, start, at(start), Disbursed())

    def lived(order: list[tuple[int, int]]) -> Life:
        recorded = []
        for number, (days, share) in enumerate(order, 2):
            amount = (agreed.amount * share / 1000).quantize(Decimal("0.01"))
            recorded.append(Event(number, start + timedelta(days=days), until, at(until), Paid(amount)))
        return life.fold(agreed, [first, *recorded], until=until)

    one, other = lived(list(paid.items())), lived(list(paid.items())[::-1])
    assert (one.standing, one.bills) == (other.standing, other.bills)


@LAW
@given(loans, moves)
def test_the_expected_cash_is_that_of_the_statement(agreed: Terms, moves: list[Move]) -> None:
    desk = Desk(agreed)
    desk.live(moves)
    computed, listed = CashForecast(desk.today), CashForecast(desk.today)
    computed.add_loan(desk.life.loan)
    lines = list(statement.upcoming(desk.life.loan, desk.today))
    for line in lines:
        listed.add(line.due_date, line.interest, line.principal)
    assert computed.total() == listed.total()
    assert sum((line.principal for line in lines), ZERO) == desk.life.standing.principal_balance


@LAW
@given(loans, st.integers(0, 400))
def test_interest_that_accrues_day_by_day_is_that_of_all_days(agreed: Terms, days: int) -> None:
    daily = life.disbursed(agreed)
    until = agreed.disbursed_on + timedelta(days=days)
    for number in range(days + 1):
        day = agreed.disbursed_on + timedelta(days=number)
        daily.bill(daily.due_through(day))
        daily.classify(day - timedelta(days=1))
        daily.standing = billing.accrue(agreed, daily.standing, day)
    folded = life.fold(
        agreed, [Event(1, agreed.disbursed_on, agreed.disbursed_on, at(until), Disbursed())], until=until
    )
    assert daily.standing == billing.accrue(agreed, folded.standing, until)
