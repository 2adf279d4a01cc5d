"""The lines of a statement for charges and waivers, from the life that has them."""

from collections.abc import Iterator, Mapping
from datetime import date

from rules.life import Life
from rules.money import ZERO
from rules.statement import LineKind, Posted
from rules.waivers import AppliedWaiver


def posted(lived: Life, dated: Mapping[int, date]) -> Iterator[Posted]:
    """The charges and the waivers of a life that count. `dated` has the dates of its events by their sequences."""
    for sequence, (charge, _) in lived.levies.items():
        yield Posted(LineKind.CHARGE, dated[sequence], sequence, ZERO, charges=charge.total)
    for sequence, waiver in lived.waivers.items():
        yield of_waiver(waiver, dated[sequence], sequence)


def of_waiver(waiver: AppliedWaiver, on: date, sequence: int) -> Posted:
    """A waiver: the interest or the charges that were waived, and what the money paid that it gave back."""
    given = waiver.given
    return Posted(
        LineKind.WAIVER,
        on,
        sequence,
        waiver.interest + (given.interest if given else ZERO),
        given.principal if given else ZERO,
        given.credit if given else ZERO,
        charges=waiver.charges,
    )
