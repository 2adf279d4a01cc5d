"""The night of a business date bills the cycles that have come, and finds the classes of the days that have ended."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from rules import billing, classes, ledger
from rules.classes import ClassChange
from rules.ledger import Entry
from rules.life import Life
from rules.loan import Bill, Standing
from rules.plan import Terms


class Night(NamedTuple):
    """The outcome of a night for a loan. `suspended` are the cycles of bills whose interest is in suspense.

    `moved` are the entries of the changes of class, by the day at whose end they are effective.
    """

    bills: Sequence[Bill]
    standing: Standing
    changes: Sequence[ClassChange] = ()
    suspended: Collection[int] = ()
    moved: Mapping[date, tuple[Entry, ...]] = {}


def live(terms: Terms, standing: Standing, as_of: date) -> Night:
    """Bill what has come by a date, and find the class at each day's end before it, all in the order of the days."""
    issued, after = billing.issue_through(terms, standing, as_of)
    if classes.is_ordinary(after, as_of - timedelta(days=1)):
        return Night(issued, after)  # nearly every loan: nothing was due by the end of the day before
    life = Life(terms, standing)
    life.bill(life.due_through(as_of))
    life.classify(as_of - timedelta(days=1))
    found = life.classes
    moved = {on: ledger.of_class(amounts, is_over=is_over) for on, (amounts, is_over) in found.moved.items()}
    return Night(tuple(life.bills.values()), life.standing, found.changes, found.suspended, moved)
