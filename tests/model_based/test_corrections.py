"""Hypothesis operates on loans of several products at random, through the API, and the fold gives every figure."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, note, seed, settings
from hypothesis import strategies as st

from rules.calendars import CycleKind
from rules.day_counts import DayCount
from rules.events import ReversalCause
from rules.loan import PrepaymentChoice
from rules.money import PAISA
from rules.products import CARD, Bucket, ChargePolicy, Product, RateType
from rules.sample_products import EMI, PLUS
from tests.builders import registered
from tests.model_based.corrected import Order
from tests.model_based.doors import Doors
from tests.model_based.operated import LendersDesk
from tests.model_based.rounds import LONG
from tests.servers import Servers

PROGRAMS, LONG_PROGRAMS = 6, 300
OF_MONEY = ["pay", "pay", "pay", "close", "accept", "bill", "again", "ask", "ask"]
OF_CORRECTIONS = ["reverse", "reverse", "reverse", "move", "refund"]
OF_TERMS = ["charge", "charge", "waive", "waive", "rate", "rate", "due", "write off", "settle"]

orders = st.builds(
    Order,
    days=st.one_of(st.just(0), st.integers(0, 3), st.integers(0, 45), st.just(30)),
    kind=st.sampled_from([*OF_MONEY, *OF_CORRECTIONS, *OF_TERMS]),
    loan=st.integers(0, 7),
    place=st.integers(0, 20),
    parts=st.one_of(st.integers(1, 1000), st.integers(1, 100), st.just(1000)),
    days_back=st.one_of(st.just(0), st.integers(0, 60)),
    choice=st.sampled_from(list(PrepaymentChoice)),
    cause=st.sampled_from(list(ReversalCause)),
)
programs = st.lists(orders, min_size=12, max_size=25)

percent = st.sampled_from([Decimal("0.000"), Decimal("3.000"), Decimal("12.500"), Decimal("100.000")])
fees = st.builds(ChargePolicy, kind=st.just("fee"), rate=st.sampled_from([Decimal("0.000"), Decimal("2.500")]))
visits = st.builds(ChargePolicy, kind=st.just("visit"), flat=st.just(Decimal("250.00")), gst=st.just(Decimal("18.000")))
penals = st.builds(
    ChargePolicy,
    kind=st.just("penal"),
    rate=st.sampled_from([Decimal("1.000"), Decimal("24.000")]),
    flat=st.sampled_from([Decimal("0.00"), Decimal("100.00")]),
    maximum=st.sampled_from([None, Decimal("150.00")]),
)


@st.composite
def products(draw: st.DrawFn) -> Product:
    """A product with a calendar, a day count, charges and an order of payment that no product of ours has."""
    by_months = draw(st.booleans())
    day_counts = set(DayCount) if by_months else set(DayCount) - {DayCount.MONTHLY, DayCount.E30360}
    cycle = draw(st.integers(0, 31) if by_months else st.integers(5, 40))
    rate_type = draw(st.sampled_from(RateType))
    return Product(
        name="own",
        title="Own",
        rate_type=rate_type,
        cycle_kind=CycleKind.MONTHS if by_months else CycleKind.DAYS,
        cycle=cycle,
        due_days=draw(st.integers(1, 27 if by_months else cycle - 1)),
        day_count=draw(st.sampled_from(sorted(day_counts))),
        minimum_due_rate=draw(percent),
        emi_step=draw(st.sampled_from([PAISA, Decimal("1.00")])),
        allocation=tuple(draw(st.permutations(list(Bucket)))),
        charges=tuple(draw(st.tuples(fees, visits, penals))),
        grace_days=draw(st.integers(0, 20)),
        prepayment_rate=Decimal("2.000") if rate_type is RateType.FIXED else Decimal("0.000"),
        cooling_off_days=draw(st.integers(1, 10)),
        npa_days=draw(st.sampled_from([30, 60, 90])),
    )


async def _live(doors: Doors, program: list[Order], own: Product) -> None:
    borrower = await registered(doors.nobody)
    desk = LendersDesk(doors.operator, borrower, [CARD, PLUS, EMI, own])
    for product in desk.products[1:]:
        await desk.add(product)
    for product, amount, term, rate in (
        (CARD, "50000.00", 12, "10.5"),
        (CARD, "1010.00", 3, "18.25"),
        (PLUS, "20000.00", 24, "0"),
        (EMI, "120000.00", 12, "12"),
        (own, "30000.00", 6, "24"),
    ):
        await desk.lend(borrower, amount, term, rate, product)
    for order in program:
        await desk.run(order)
    await desk.asked.check()


@pytest.mark.timeout(0)  # a failing program takes its time to be made short
def test_loans_are_what_the_fold_of_their_events_says(servers: Servers) -> None:
    is_long = settings.get_current_profile_name() == LONG

    @seed(15)
    @settings(
        max_examples=LONG_PROGRAMS if is_long else PROGRAMS,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(program=programs, own=products())
    def run(program: list[Order], own: Product) -> None:
        doors = Doors(servers)
        try:
            doors.run(_live(doors, program, own))
        finally:
            wrong = doors.close()
            if wrong:
                note("\n".join(wrong))
        assert wrong == []

    run()
