"""`python -m data.make_transactions` makes the sample from a seed: the file is the same to the byte every time."""

import csv
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from rules import verhoeff
from rules.money import PAISA

FILE = Path(__file__).with_name("transactions.csv")

SEED = 20260101
PEOPLE = 197
FIRST_DAY = date(2025, 1, 1)
MONTHS = 12

# The people whom the tour and the tests register, with their balances. The scores are 670, 300 and 900.
KNOWN = {
    "234123412346": Decimal("568450.00"),
    "999941057058": Decimal("7250.50"),
    "123456789012": Decimal("1240000.00"),
}


class Row(NamedTuple):
    number: str
    occurred_on: date
    kind: str
    amount: Decimal


def main() -> None:
    # Python guarantees the same sequence in every version for random() alone.
    draw = random.Random(SEED).random
    rows = [row for number, balance in _people(draw) for row in _year(number, balance, draw)]
    rows.sort(key=lambda row: (row.occurred_on, row.number))
    with FILE.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["aadhaar_id", "date", "transaction_type", "amount"])
        writer.writerows(rows)


def _people(draw: Callable[[], float]) -> Iterator[tuple[str, Decimal]]:
    """Yield Aadhaar numbers and their balances after the year, from 1,000 rupees to more than ten lakh."""
    yield from KNOWN.items()
    numbers: set[str] = set(KNOWN)
    while len(numbers) < len(KNOWN) + PEOPLE:
        start = str(int(2e10 + draw() * 8e10))
        number = start + verhoeff.check_digit(start)
        if number not in numbers:
            numbers.add(number)
            yield number, _rupees(1000 + draw() ** 2 * 1_100_000)


def _year(number: str, balance: Decimal, draw: Callable[[], float]) -> Iterator[Row]:
    """Yield a year's rows: a salary and expenses each month, and one row that adjusts the sum to the balance."""
    salary = _rupees(18_000 + draw() * 90_000)
    left = Decimal(0)
    rows = []
    for month in range(MONTHS):
        rows.append(Row(number, _day(month, 0, draw), "CREDIT", salary))
        left += salary
        for _ in range(int(draw() * 3)):
            spent = _rupees(200 + draw() * float(salary) / 2)
            rows.append(Row(number, _day(month, 1 + int(draw() * 27), draw), "DEBIT", spent))
            left -= spent
    if left > balance:
        rows.append(Row(number, FIRST_DAY + timedelta(days=360), "DEBIT", left - balance))
    elif left < balance:
        rows.append(Row(number, FIRST_DAY, "CREDIT", balance - left))
    yield from rows


def _day(month: int, day: int, draw: Callable[[], float]) -> date:
    return FIRST_DAY.replace(month=month + 1) + timedelta(days=day or int(draw() * 3))


def _rupees(amount: float) -> Decimal:
    return Decimal(amount).quantize(PAISA)


if __name__ == "__main__":
    main()
