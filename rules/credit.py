"""A credit score is a step function of the balance of a person's transactions."""

from decimal import Decimal

LOWEST_SCORE = 300
HIGHEST_SCORE = 900
POINTS_A_STEP = 10
RUPEES_A_STEP = 15_000
BALANCE_OF_THE_LOWEST = 10_000


def score(balance: Decimal) -> int:
    """The score, 300 to 900, of a transaction balance (credits less debits) in rupees (lending rules, 1)."""
    if balance <= BALANCE_OF_THE_LOWEST:
        return LOWEST_SCORE
    steps = int((balance - BALANCE_OF_THE_LOWEST) // RUPEES_A_STEP)
    return min(HIGHEST_SCORE, LOWEST_SCORE + POINTS_A_STEP * steps)
