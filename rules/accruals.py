"""Interest accrues on a loan day by day, exactly by the day count of its product (lending rules, 3 and 15.3)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rules import cycles, day_counts, plan, replan
from rules.cycles import Span
from rules.day_counts import DayCount
from rules.interest import accrual
from rules.loan import Special, Standing
from rules.money import to_paise
from rules.terms import Changes, RateChange, RateChangeChoice, Terms

_ORDINARY = Special()
_UNCHANGED = Changes()


def accrue(terms: Terms, standing: Standing, until: date) -> Standing:
    """The standing with interest accrued up to `until`, at most the end of the cycle that is not billed yet."""
    if not plan.is_level(terms, standing.changes):
        return _accrue_exactly(terms, before(terms, standing, until + plan.days(1)), until)
    interest = accrual(standing.principal_balance, terms.daily_rate, since=standing.accrued_through, until=until)
    return standing.accrued(standing.accrued_interest + interest, until)


def before(terms: Terms, standing: Standing, day: date) -> Standing:
    """The standing after the changes of the rate whose date comes before a day, with interest up to the last one."""
    while standing.closed_on is None and standing.changes is not None and standing.changes.ahead:
        change, *ahead = standing.changes.ahead
        if change.effective_on >= day:
            break
        standing = _accrue_exactly(terms, standing, max(change.effective_on, standing.accrued_through))
        standing = with_rate(terms, with_changes(standing, ahead=tuple(ahead)), change)
    return standing


def with_changes(standing: Standing, **values: Any) -> Standing:
    """The standing with other values of its changed terms."""
    special = standing.special or _ORDINARY
    changes = replace(special.changes or _UNCHANGED, **values)
    changed = None if changes == _UNCHANGED else changes
    return standing._replace(special=kept(replace(special, changes=changed)))


def with_rate(terms: Terms, standing: Standing, change: RateChange) -> Standing:
    """The standing with another rate, and the plan that the borrower chose (lending rules, 13.2).

    Interest has accrued up to the date of the change.
    """
    standing = with_changes(standing, interest_rate=change.interest_rate)
    if standing.cycles_left < 1:
        return standing
    if change.choice == RateChangeChoice.KEEP_TERM:
        return replan.by_term(terms, standing)
    wanted = standing if change.emi is None else standing._replace(emi=change.emi)
    longest = max(terms.product.maximum_term, standing.last_cycle)
    return replan.by_emi(terms, wanted, longest - standing.cycles_billed)


def _accrue_exactly(terms: Terms, standing: Standing, until: date) -> Standing:
    if not standing.principal_balance:
        return standing._replace(accrued_through=until)
    units = cycles.accrued_units(terms, standing.changes, standing.principal_balance, _span(standing, until))
    if terms.product.day_count == DayCount.DAILY3:
        accrued = standing.accrued_interest + cycles.stored(DayCount.DAILY3, units)
        return standing._replace(accrued_interest=accrued, accrued_through=until)
    special = standing.special or _ORDINARY
    return _with_accrued(terms, standing, special.accrued + units)._replace(accrued_through=until)


def _span(standing: Standing, until: date) -> Span:
    return Span(standing.cycles_billed + 1, standing.accrued_through, until)


def share_of_a_rate(terms: Terms, standing: Standing, until: date) -> tuple[Decimal, Fraction]:
    """The rate in percent, and the part of it that the days up to a date have, of a loan that is not level."""
    return cycles.share_of_a_rate(terms, standing.changes, _span(standing, until))


def billed(terms: Terms, standing: Standing, on: date) -> tuple[Decimal, Special | None]:
    """The interest of the next bill, and what is special about the loan after it."""
    if plan.is_level(terms, standing.changes):
        accrued = accrual(standing.principal_balance, terms.daily_rate, since=standing.accrued_through, until=on)
        return to_paise(standing.accrued_interest + accrued), standing.special
    standing = _accrue_exactly(terms, standing, on)
    return to_paise(standing.accrued_interest), without(terms, standing).special


def without(terms: Terms, standing: Standing, paid: Decimal | None = None) -> Standing:
    """The standing whose exact accrued interest is less by a paid part, by default by all of it."""
    special = standing.special
    if special is None or terms.product.day_count == DayCount.DAILY3:
        return standing
    units = day_counts.UNITS_OF_A_RUPEE[terms.product.day_count]
    return _with_accrued(terms, standing, 0 if paid is None else special.accrued - int(paid * units))


def _with_accrued(terms: Terms, standing: Standing, units: int) -> Standing:
    special = replace(standing.special or _ORDINARY, accrued=units)
    return standing._replace(accrued_interest=cycles.stored(terms.product.day_count, units), special=kept(special))


def kept(special: Special) -> Special | None:
    """None if nothing about the loan is special any more."""
    return None if special == _ORDINARY else special
