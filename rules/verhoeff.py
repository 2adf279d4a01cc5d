"""Verhoeff's check digit (1969) reveals each single wrong digit and each swap of two neighbours."""

# The dihedral multiplication table, the permutation of each position, and the inverse of each digit.
_PRODUCT = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_PERMUTATION = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 5, 7, 6, 2, 8, 3, 0, 9, 4),
    (5, 8, 0, 3, 7, 9, 6, 1, 4, 2),
    (8, 9, 1, 6, 0, 4, 3, 5, 2, 7),
    (9, 4, 5, 3, 1, 2, 6, 8, 7, 0),
    (4, 2, 8, 6, 5, 7, 3, 9, 0, 1),
    (2, 7, 9, 3, 8, 0, 6, 4, 1, 5),
    (7, 0, 4, 6, 9, 1, 3, 2, 5, 8),
)
_INVERSE = "0432156789"


def has_check_digit(digits: str) -> bool:
    """Whether the last digit is the check digit of those before it."""
    return _sum(digits) == 0


def check_digit(digits: str) -> str:
    """The check digit to append to some digits."""
    return _INVERSE[_sum(f"{digits}0")]


def _sum(digits: str) -> int:
    found = 0
    for position, digit in enumerate(reversed(digits)):
        found = _PRODUCT[found][_PERMUTATION[position % 8][int(digit)]]
    return found
