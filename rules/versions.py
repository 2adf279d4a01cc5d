"""Versions of a bill are right when each has the values that the fold gave with the events known at its time."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple

from rules import life
from rules.events import Event, Reversed
from rules.loan import ISSUED, Bill
from rules.plan import Terms
from rules.verify import Disagreement


class BillVersion(NamedTuple):
    """The values of a bill's issue, known from a moment until another one, or until now.

    `issued_at` is the moment of the issue, which all versions of a bill have.
    """

    issued_at: datetime
    known_from: datetime
    known_until: datetime | None
    bill: Bill


Versions = Mapping[int, Sequence[BillVersion]]


def is_corrected(recorded: Sequence[Event]) -> bool:
    """Whether the events of a loan can have changed a bill after its issue."""
    return any(map(_corrects, recorded))


def _corrects(event: Event) -> bool:
    return isinstance(event.act, Reversed) or event.effective_on < event.recorded_on


def disagreements(loan_id: int, terms: Terms, recorded: Sequence[Event], found: Versions) -> Iterator[Disagreement]:
    """The differences between the stored versions of a loan's bills, by cycle, and those that the fold gives.

    The first version of a bill is known from its issue. A bill that a correction withdrew has no version until another
    one brings it back.
    """
    states = list(_states(terms, recorded, max(found, default=0)))
    for cycle, versions in sorted(found.items()):
        expected = _versions(cycle, min(one.issued_at for one in versions), states)
        if [one[:3] for one in expected] != [one[:3] for one in versions]:
            yield Disagreement(loan_id, f"the versions of bill {cycle}", _times(expected), _times(versions))
            continue
        for number, (must, is_) in enumerate(zip(expected, versions, strict=True), 1):
            for name in ISSUED:
                value, stored = getattr(must.bill, name), getattr(is_.bill, name)
                if value != stored:
                    yield Disagreement(loan_id, f"version {number} of bill {cycle} {name}", str(value), str(stored))


class _State(NamedTuple):
    """The bills of a loan as they were known from a correction on, until the next one."""

    known_from: datetime
    bills: Mapping[int, Bill]


def _states(terms: Terms, recorded: Sequence[Event], cycles: int) -> Iterator[_State]:
    starts = [place for place, event in enumerate(recorded) if place == 0 or _corrects(event)]
    for start, end in pairwise([*starts, len(recorded)]):
        lived = life.fold(terms, recorded[:end], until=date.max, cycles=cycles)
        yield _State(recorded[start].recorded_at, lived.bills)


def _versions(cycle: int, issued_at: datetime, states: Sequence[_State]) -> list[BillVersion]:
    versions: list[BillVersion] = []
    for state, following in zip(states, (*states[1:], None), strict=True):
        until = following.known_from if following else None
        bill = state.bills.get(cycle)
        if bill is None or (until is not None and until <= issued_at):
            continue
        last = versions[-1] if versions else None
        if last and last.known_until == state.known_from and _issue(last.bill) == _issue(bill):
            versions[-1] = last._replace(known_until=until)
        else:
            versions.append(BillVersion(issued_at, max(issued_at, state.known_from), until, bill))
    return versions


def _issue(bill: Bill) -> tuple[object, ...]:
    return bill[: len(ISSUED)]


def _times(versions: Sequence[BillVersion]) -> str:
    return ", ".join(f"{one.known_from} to {one.known_until or 'now'}" for one in versions) or "none"
