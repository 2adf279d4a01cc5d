"""The lines of a statement for charges, waivers and changes of terms, from the life that has them."""

from collections.abc import Iterator, Mapping
from datetime import date

from rules.life import Life
from rules.money import ZERO
from rules.statement import LineKind, Posted
from rules.waivers import AppliedWaiver


def posted(lived: Life, dated: Mapping[int, date]) -> Iterator[Posted]:
    """The charges, waivers and changes of terms that count. `dated` has the dates of a life's events by sequence."""
    for sequence, (charge, _) in lived.levies.items():
        yield Posted(LineKind.CHARGE, dated[sequence], sequence, ZERO, charges=charge.total)
    for sequence, waiver in lived.waivers.items():
        yield of_waiver(waiver, dated[sequence], sequence)
    for sequence, change in lived.changes.items():
        yield Posted(LineKind(change.kind), dated[sequence], sequence, ZERO)


def of_waiver(waiver: AppliedWaiver, on: date, sequence: int) -> Posted:
    """A waiver: the interest or the charges that were waived, and what the money paid that it gave back."""
    given = waiver.given
    return Posted(
        LineKind.WAIVER,
        on,
        sequence,
        waiver.interest + waiver.accrued + (given.interest if given else ZERO),
        given.principal if given else ZERO,
        given.credit if given else ZERO,
        charges=waiver.charges,
    )
