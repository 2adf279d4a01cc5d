"""The events of a loan as clients see them: which event reverses which, and for operators who recorded it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from models.life_events import EventRow
from rules.events import ReversalCause
from schema.loan_events import EventKind

# Money moved, or another event no longer counts: such an event always has an effect (lending rules, 8.4).
_NEVER_VOID = frozenset({"DISBURSAL", "PAYMENT", "REVERSAL", "REFUND"})

# The sequences of a loan's events that have no effect, or a function that finds them by a fold.
Void: TypeAlias = AbstractSet[int] | Callable[[], Awaitable[AbstractSet[int]]]


@dataclass(slots=True)
class EventView:
    """An event among all events of its loan, by their sequences."""

    row: EventRow
    life: Mapping[int, EventRow]
    for_operator: bool
    voided: Void

    @property
    def id(self) -> str:
        return f"{self.row.loan_id}-{self.row.sequence}"

    @property
    def sequence(self) -> int:
        return self.row.sequence

    @property
    def kind(self) -> EventKind:
        return EventKind(self.row.kind)

    @property
    def effective_on(self) -> date:
        return self.row.effective_on

    @property
    def recorded_at(self) -> datetime:
        return self.row.recorded_at

    @property
    def amount(self) -> Decimal | None:
        return self.row.amount

    @property
    def cause(self) -> ReversalCause | None:
        return None if self.row.cause is None else ReversalCause(self.row.cause)

    @property
    def reason(self) -> str | None:
        return self.row.reason

    @property
    def made_by(self) -> int | None:
        return self.row.operator_id if self.for_operator else None

    @property
    def approved_by(self) -> int | None:
        """No operation needs an approval."""
        return None

    @property
    def reverses(self) -> "EventView | None":
        return None if self.row.reverses is None else self._other(self.life[self.row.reverses])

    @property
    def reversed_by(self) -> "EventView | None":
        own = self.row.sequence
        found = (row for row in self.life.values() if row.reverses == own and row.counts)
        return next((self._other(row) for row in found), None)

    @property
    def void(self) -> bool | Awaitable[bool]:
        if self.row.kind in _NEVER_VOID:
            return False
        return self._is_void() if callable(self.voided) else self.row.sequence in self.voided

    async def _is_void(self) -> bool:
        assert callable(self.voided), "the void events are not known yet"
        return self.row.sequence in await self.voided()

    def _other(self, row: EventRow) -> "EventView":
        return EventView(row, self.life, self.for_operator, self.voided)


def views(rows: Sequence[EventRow], void: Void, *, for_operator: bool) -> list[EventView]:
    """The views of all events of a loan, whose rows are in the order of their sequences."""
    life = {row.sequence: row for row in rows}
    return [EventView(row, life, for_operator, void) for row in life.values()]


def sequence_of(event_id: str, loan_id: int) -> int | None:
    """The sequence of an event's id; None if it is no id of an event of the loan."""
    owner, _, sequence = event_id.partition("-")
    if owner != str(loan_id) or not (sequence.isascii() and sequence.isdigit() and len(sequence) < 10):
        return None
    return int(sequence)
