"""A budget: what is in it after some time, and how long it is empty."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.budgets import HOLDS, LONGEST_WAIT, MINUTE, spent, wait

SECOND = 1_000_000


@pytest.mark.parametrize(
    ("costs", "later", "expected"),
    [
        # 60 units a minute: one a second, and 20 in a full bucket.
        ([], 0, 0),
        ([20], 0, 0),
        ([19, 1], 0, 0),
        ([20, 1], 0, 1 * SECOND),
        ([20, 5], 0, 5 * SECOND),
        ([20, 5], 4 * SECOND, 1 * SECOND),
        ([20, 5], 5 * SECOND, 0),
        ([1_000_000], 0, LONGEST_WAIT),
        ([1_000_000], 30 * SECOND, 30 * SECOND),
    ],
)
def test_a_bucket_is_empty_until_what_was_spent_has_come_in_again(costs: list[int], later: int, expected: int) -> None:
    now = full_at = 1_000 * SECOND
    for cost in costs:
        full_at = spent(full_at, now, cost, 60)
    assert wait(full_at, now + later) == expected


@given(st.lists(st.tuples(st.integers(0, 3 * SECOND), st.integers(1, 50)), max_size=200), st.integers(60, 10_000))
def test_who_asks_only_while_there_is_something_never_gets_much_more_than_the_budget(
    asked: list[tuple[int, int]], per_minute: int
) -> None:
    now = full_at = begun = 10**12
    total = 0
    for pause, cost in asked:
        now += pause
        if wait(full_at, now) == 0:
            full_at = spent(full_at, now, cost, per_minute)
            total += cost
    # A full bucket, what came in meanwhile, and the last cost, which may be more than was left.
    assert total * MINUTE <= per_minute * (HOLDS + now - begun) + 50 * MINUTE
