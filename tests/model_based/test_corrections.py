"""Hypothesis reverses, moves, refunds and dates back at random, through the API, and the fold gives every figure."""

import pytest
from hypothesis import HealthCheck, Phase, given, note, seed, settings
from hypothesis import strategies as st

from rules.events import ReversalCause
from rules.loan import PrepaymentChoice
from tests.builders import registered
from tests.model_based.corrected import Desk, Order
from tests.model_based.doors import Doors
from tests.model_based.rounds import LONG
from tests.servers import Servers

PROGRAMS, LONG_PROGRAMS = 6, 300
KINDS = ["pay", "pay", "pay", "reverse", "reverse", "reverse", "move", "refund", "bill", "again", "ask", "ask"]

orders = st.builds(
    Order,
    days=st.one_of(st.just(0), st.integers(0, 3), st.integers(0, 45), st.just(30)),
    kind=st.sampled_from(KINDS),
    loan=st.integers(0, 2),
    place=st.integers(0, 20),
    parts=st.one_of(st.integers(1, 1000), st.integers(1, 100), st.just(1000)),
    days_back=st.one_of(st.just(0), st.integers(0, 60)),
    choice=st.sampled_from(list(PrepaymentChoice)),
    cause=st.sampled_from(list(ReversalCause)),
)
programs = st.lists(orders, min_size=12, max_size=25)


async def _live(doors: Doors, program: list[Order]) -> None:
    desk = Desk(doors.operator)
    borrower = await registered(doors.nobody)
    for amount, term, rate in (("50000.00", 12, "10.5"), ("1010.00", 3, "18.25"), ("20000.00", 24, "0")):
        await desk.lend(borrower, amount, term, rate)
    for order in program:
        await desk.run(order)
    await desk.asked.check()


@pytest.mark.timeout(0)  # a failing program takes its time to be made short
def test_corrected_loans_are_what_the_fold_of_their_events_says(servers: Servers) -> None:
    is_long = settings.get_current_profile_name() == LONG

    @seed(15)
    @settings(
        max_examples=LONG_PROGRAMS if is_long else PROGRAMS,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(program=programs)
    def run(program: list[Order]) -> None:
        doors = Doors(servers)
        try:
            doors.run(_live(doors, program))
        finally:
            wrong = doors.close()
            if wrong:
                note("\n".join(wrong))
        assert wrong == []

    run()
