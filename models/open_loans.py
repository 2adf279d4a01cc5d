"""An operation reads loans with all their rows, and locks them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from tortoise.expressions import Q

from models import bills, histories, life_events
from models.histories import RowIds
from models.life_events import EventRow
from models.loan_events import LoanEvent
from models.loans import Loan
from rules import corrections, events, life, verify
from rules.corrections import Correction
from rules.events import Act, Event
from rules.life import Life
from rules.verify import History


class OpenLoan(NamedTuple):
    """A loan, its history, the ids of its rows, its events in the order of their sequences, and the version of its row.

    The version is the `xmin` of the loan's row.
    """

    loan: Loan
    history: History
    ids: RowIds
    rows: Sequence[EventRow]
    version: int

    def next_event(self, effective_on: date, today: date, at: datetime, act: Act) -> Event:
        """The next event of the loan, recorded on the business date `today`."""
        return Event(self.history.loan.sequence + 1, effective_on, today, at, act)

    def correct(self, event: Event) -> Correction:
        """The correction that an event makes, on the day of its recording.

        The life before it comes from the stored rows: to fold it too would take as long as the correction.
        """
        today = event.recorded_on
        return corrections.correct(self.lived(today), self.history.events, event, today)

    def lived(self, today: date) -> Life:
        """The life at the present moment of the business date `today`, from the stored rows."""
        _, _, terms, standing, _ = self.history.loan
        lived = life.stored(terms, standing, self.history.bills.values())
        lived.bill(lived.due_through(today), events.due_again(self.history.events, terms.due_days))
        lived.classify(today - timedelta(days=1))
        return lived

    def followed_by(self, correction: Correction, row: LoanEvent) -> "OpenLoan":
        """The loan after an event whose rows are not stored yet. Its row has another version then."""
        recorded = [*self.history.events, correction.event]
        counting = events.counting(recorded)
        rows = [*self.rows, life_events.row_of(self.loan.id, correction.event, row)]
        return self._replace(
            history=verify.rows_of(self.loan.id, correction.after, recorded),
            rows=[one._replace(counts=one.sequence in counting) for one in rows],
        )


async def version(loan_id: int) -> int:
    """The version of a loan's row, which exists."""
    return (await histories.one(loan_id))[-1]


async def locked(loan_ids: Iterable[int]) -> dict[int, OpenLoan]:
    """Lock the loans that exist, in the order of their ids, until the transaction ends."""
    return await _opened(await Loan.filter(id__in=set(loan_ids)).order_by("id").select_for_update())


async def read(loan_ids: Iterable[int]) -> dict[int, OpenLoan]:
    """The loans that exist, as the transaction's snapshot has them."""
    return await _opened(await Loan.filter(id__in=set(loan_ids)).order_by("id"))


async def open_or_settled(user_ids: list[int]) -> list[Loan]:
    """The borrowers' loans that have not ended, and those that were settled for less."""
    wanted = Q(closed_on=None) | Q(special__contains='"closure_reason":"SETTLED"')
    return await Loan.filter(wanted, user_id__in=user_ids).order_by("id")


async def _opened(found: list[Loan]) -> dict[int, OpenLoan]:
    await bills.attach(found)
    return {loan.id: OpenLoan(loan, *await histories.one(loan.id)) for loan in found}
