"""A loan's rate, its billing dates and its demands change by agreement (lending rules, 13)."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple, TypeAlias

from rules import accruals, deferrals, events, plan, replan
from rules.events import DueDateChanged, Event, MoratoriumGranted, RateChanged
from rules.loan import Standing
from rules.plan import Terms
from rules.terms import RateChange, Shift

TermChange: TypeAlias = RateChanged | DueDateChanged | MoratoriumGranted


class Applied(NamedTuple):
    """A change of terms that had an effect: its kind, and the standing after it."""

    kind: str
    standing: Standing


def waiting(standing: Standing, counting: Iterable[Event]) -> Standing:
    """The standing of a new loan with the changes of the rate that were recorded before their dates."""
    ahead = tuple(
        rate_change(event.act, event.effective_on)
        for event in counting
        if isinstance(event.act, RateChanged) and events.is_ahead(event)
    )
    return accruals.with_changes(standing, ahead=ahead) if ahead and standing.closed_on is None else standing


def rate_change(act: RateChanged, on: date) -> RateChange:
    return RateChange(on, act.interest_rate, act.choice, act.emi)


def apply(terms: Terms, standing: Standing, act: TermChange, on: date) -> Standing | None:
    """The standing after a change on its date, up to which interest has accrued; None if it has no effect."""
    if isinstance(act, RateChanged):
        return accruals.with_rate(terms, standing, rate_change(act, on))
    if isinstance(act, MoratoriumGranted):
        return deferrals.granted(standing, act.cycles)
    if not is_after_the_newest_bill(terms, standing, act.next_billing_date, on):
        return None
    cycle = standing.cycles_billed + 1
    start = plan.billing_date(terms, standing.cycles_billed, standing.changes)
    shifts = (*(standing.changes.shifts if standing.changes else ()), Shift(cycle, start, act.next_billing_date))
    standing = accruals.with_changes(standing, shifts=shifts)
    return replan.by_term(terms, standing) if standing.cycles_left >= 1 else standing


def is_after_the_newest_bill(terms: Terms, standing: Standing, next_billing_date: date, on: date) -> bool:
    """Whether a date can be that of the next bill: it is after a day, and after the due date of the newest bill."""
    newest = standing.cycles_billed
    due_on = plan.due_date(terms, newest, standing.changes) if newest else terms.disbursed_on
    return next_billing_date > max(on, due_on)
