"""The class of a loan is a fact of a day's end: it follows from the loan's standing after all events of the day.

The class that was found last is in `Special.classing`; a loan that is STANDARD has none (lending rules, 12).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import NamedTuple

from rules import suspense
from rules.asset_classes import AssetClass, Classing
from rules.loan import Bill, Standing, Status
from rules.suspense import Suspense
from rules.terms import Terms

_DAY = timedelta(days=1)
_STANDARD = Classing()


class ClassChange(NamedTuple):
    """The class of a loan from the end of a day on."""

    on: date
    asset_class: AssetClass


# The days from the oldest unpaid due date at whose end a class begins (12.2). The product says when NPA does.
_WATCHED = ((60, AssetClass.SMA_2), (30, AssetClass.SMA_1), (0, AssetClass.SMA_0))


def of_elapsed(elapsed: int | None, npa_days: int = 90) -> AssetClass:
    """The class by the days since the oldest due date with an unpaid minimum; None or below 0 if there is none."""
    if elapsed is None or elapsed < 0:
        return AssetClass.STANDARD
    if elapsed >= npa_days:
        return AssetClass.NPA
    return next(found for least, found in _WATCHED if elapsed >= least)


def classing_of(standing: Standing) -> Classing:
    """The class of a loan, with its dates."""
    return (standing.special.classing if standing.special else None) or _STANDARD


def has_arrears(standing: Standing, day: date) -> bool:
    """Whether a minimum is unpaid at the end of a day that was due by then."""
    return standing.oldest_due_on is not None and standing.oldest_due_on <= day and standing.status == Status.ACTIVE


def at_end_of(terms: Terms, standing: Standing, day: date) -> AssetClass:
    """The class at the end of a day on which, and after which, nothing else has happened to the loan."""
    if standing.status != Status.ACTIVE:
        return AssetClass.WRITTEN_OFF if standing.status == Status.WRITTEN_OFF else AssetClass.STANDARD
    oldest, classing = standing.oldest_due_on, classing_of(standing)
    found = of_elapsed(None if oldest is None else (day - oldest).days, terms.product.npa_days)
    if classing.is_borrower_npa or (classing.npa_until is not None and day < classing.npa_until):
        return AssetClass.NPA
    # Fewer than 90 days are not enough to leave NPA (12.3).
    return AssetClass.NPA if classing.asset_class == AssetClass.NPA and found != AssetClass.STANDARD else found


def borrower_is_npa(loans: Iterable[tuple[Terms, Standing]], day: date, *, was_npa: bool) -> bool:
    """Whether the ACTIVE loans of a borrower are NPA at the end of a day, by the worst of them (lending rules, 12.5).

    `loans` are these loans, each with its standing at the end of the day. `was_npa` says that they were NPA before.
    """
    found, arrears = False, False
    for terms, standing in loans:
        until, oldest = classing_of(standing).npa_until, standing.oldest_due_on
        elapsed = None if oldest is None else (day - oldest).days
        is_worst = of_elapsed(elapsed, terms.product.npa_days) == AssetClass.NPA
        found = found or is_worst or (until is not None and day < until)
        arrears = arrears or has_arrears(standing, day)
    return found or (was_npa and arrears)


def next_change(terms: Terms, standing: Standing) -> ClassChange | None:
    """The first change of class at whose day's end no later event is known, if nothing else happens."""
    oldest, classing = standing.oldest_due_on, classing_of(standing)
    if oldest is None and classing is _STANDARD and standing.status != Status.WRITTEN_OFF:
        return None
    first = standing.accrued_through
    if classing.on is not None:
        first = max(first, classing.on + _DAY)
    days = {first}
    if classing.npa_until is not None:
        days.add(classing.npa_until)
    if oldest is not None:
        days.update(oldest + timedelta(days=least) for least in (0, 30, 60, terms.product.npa_days))
    for day in sorted(days):
        if day >= first and (found := at_end_of(terms, standing, day)) != classing.asset_class:
            return ClassChange(day, found)
    return None


def is_due(terms: Terms, standing: Standing, through: date) -> bool:
    """Whether the class changes by the end of a day. For a loan without arrears, it reads two fields."""
    if is_ordinary(standing, through):
        return False
    change = next_change(terms, standing)
    return change is not None and change.on <= through


def is_ordinary(standing: Standing, through: date) -> bool:
    """Whether a loan is certainly STANDARD up to the end of a day, as nearly every loan is."""
    oldest, special = standing.oldest_due_on, standing.special
    return (oldest is None or oldest > through) and (
        special is None or (special.classing is None and special.claim is None)
    )


def needs_replay(terms: Terms, before: Standing, after: Standing, issued: Sequence[Bill], today: date) -> bool:
    """Whether a payment meets a class that is not found yet, or changes one that was found before (8.5).

    `before` and `after` are the standings around the payment, which counts from `after.accrued_through` and is recorded
    `today`; `issued` are the bills that it issues.
    """
    if before.special is None and before.oldest_due_on is None and not issued:
        return False
    paid_on, found_on = after.accrued_through, classing_of(before).on
    if found_on is not None and found_on >= paid_on:
        return True
    if any(bill.due_date < paid_on for bill in issued) or is_due(terms, before, paid_on - _DAY):
        return True
    return is_due(terms, after, today - _DAY)


@dataclass(slots=True)
class ClassLog:
    """The classes that a life has found, the interest that they move, and the bills that were issued to an NPA.

    `moved` has, by the day of a class, what goes into suspense, and whether it comes back out instead. `suspended` are
    the cycles of the bills.
    """

    changes: list[ClassChange] = field(default_factory=list)
    moved: dict[date, tuple[Suspense, bool]] = field(default_factory=dict)
    suspended: set[int] = field(default_factory=set)

    def find(self, terms: Terms, standing: Standing, through: date) -> Standing:
        """Find the changes of class up to the end of a day, and return the standing after them."""
        if is_ordinary(standing, through):
            return standing
        while (change := next_change(terms, standing)) is not None and change.on <= through:
            was_npa, is_npa = suspense.is_npa(standing), change.asset_class == AssetClass.NPA
            standing = changed(standing, change)
            if was_npa or is_npa:
                self.moved[change.on] = (suspense.owed(standing), was_npa)
            self.changes.append(change)
        return standing


def changed(standing: Standing, change: ClassChange) -> Standing:
    """The standing with a class that was found at a day's end."""
    before = classing_of(standing)
    is_npa = change.asset_class == AssetClass.NPA
    npa_since = (before.npa_since or change.on) if is_npa else None
    return _with(standing, replace(before, asset_class=change.asset_class, on=change.on, npa_since=npa_since))


def with_borrower_npa(standing: Standing, *, is_npa: bool) -> Standing:
    """The standing after BORROWER_NPA: loans of the borrower make the loan NPA, or no longer do (12.5)."""
    return _with(standing, replace(classing_of(standing), is_borrower_npa=is_npa))


def _with(standing: Standing, classing: Classing) -> Standing:
    """The standing with another classing; none of a loan that is STANDARD, so that it is as cheap as before."""
    is_standard = classing.asset_class == AssetClass.STANDARD and not classing.is_borrower_npa
    return standing.having(classing=None if is_standard and classing.npa_until is None else classing)
