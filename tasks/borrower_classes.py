"""After a billing run, the loans of each borrower are compared: the worst one makes them all NPA (lending rules, 12.5).

A run that has done so is noted. After an interruption, the sweep compares the loans again: what is recorded already
changes nothing.
"""

from datetime import date, timedelta
from typing import NamedTuple

from models import billing_runs, borrowers_of_npas, corrections, database, open_loans, outcomes, recorded_times
from models.loan_events import LoanEvent
from models.open_loans import OpenLoan
from rules import act_columns, classes, life, suspense
from rules.audit import Origin
from rules.events import BorrowerNpa
from rules.loan import Standing, Status

_AT_ONCE = 500
_REASONS = {
    True: "A loan of the borrower is NPA, and so are all of them.",
    False: "The arrears of all loans of the borrower are paid.",
}


class _Night(NamedTuple):
    """The day that has ended, the business date of the recording, and who records."""

    day: date
    today: date
    by: Origin


async def compare(today: date, by: Origin) -> int:
    """Compare the loans of each borrower for the runs that have not done so. Return the number of new events."""
    recorded = 0
    for run in await billing_runs.unclassed():
        night = _Night(run.as_of - timedelta(days=1), max(today, run.as_of), by)
        last_id = -(2**63)
        while ids := await borrowers_of_npas.after(last_id, _AT_ONCE):
            for user_id in ids:
                recorded += await _compare(user_id, night)
            last_id = ids[-1]
        await billing_runs.note_classed(run.id)
    return recorded


async def _compare(user_id: int, night: _Night) -> int:
    async with database.transaction():
        opened = await open_loans.locked(await borrowers_of_npas.active_loans(user_id))
        found = {number: _standing(one, night.day) for number, one in opened.items()}
        loans = [(opened[number].history.loan.terms, standing) for number, standing in found.items() if standing]
        was_npa = any(suspense.is_npa(standing) for _, standing in loans)
        is_npa = classes.borrower_is_npa(loans, night.day, was_npa=was_npa)
        changed = [
            opened[number]
            for number, standing in found.items()
            if standing and classes.classing_of(standing).is_borrower_npa != is_npa
        ]
        if is_npa and len(loans) == 1:
            return 0
        for one in changed:
            await _record(one, BorrowerNpa(is_npa), night)
        return len(changed)


def _standing(opened: OpenLoan, day: date) -> Standing | None:
    """The standing of a loan at the end of a day; None for a loan that was not active then."""
    terms = opened.history.loan.terms
    if terms.disbursed_on > day:
        return None
    lived = life.fold(terms, opened.history.events, until=day)
    lived.classify(day)
    return lived.standing if lived.standing.status == Status.ACTIVE else None


async def _record(opened: OpenLoan, act: BorrowerNpa, night: _Night) -> None:
    event = opened.next_event(night.day, night.today, await recorded_times.now(), act)
    columns = act_columns.columns_of(act)
    row = LoanEvent(
        loan_id=opened.loan.id,
        sequence=event.sequence,
        kind=columns.kind,
        effective_on=event.effective_on,
        recorded_on=event.recorded_on,
        recorded_at=event.recorded_at,
        details=columns.details,
        reason=_REASONS[act.is_npa],
    )
    outcome = corrections.restatement(opened, opened.correct(event), row)
    stored = await outcomes.store(opened.history.loan.terms, opened.version, outcome, night.by)
    assert stored is not None, "a locked loan does not change"
