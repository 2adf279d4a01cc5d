"""A book of five loans for tests of tasks."""

import pytest

from settings import Settings
from tests.tasks.loan_rows import bill, borrow, pay


@pytest.fixture
async def book(memory: Settings) -> int:
    """Five loans: the worked life, an untouched one, one without interest, one overdue to the end, and a closed one.

    Returns the id of the first.
    """
    worked = await borrow(1)
    await borrow(2, amount="12345.67", rate="36.000", term=60)
    free = await borrow(3, rate="0.000")
    await borrow(4, amount="1000.00", rate="24.000", term=2)
    closed = await borrow(5, term=1)
    await bill("2026-01-31")
    await pay(worked, "2026-02-10", "1000.00")
    await pay(closed, "2026-02-10", "50435.00")
    await pay(closed, "2026-02-11", "145.00")  # interest that is not billed yet
    await pay(worked, "2026-03-12", "6000.00")
    await pay(free, "2026-03-12", "20000.00")
    await bill("2026-07-01")
    return worked
