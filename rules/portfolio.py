"""A portfolio is the outstanding principal of a date, and the overdue amounts by age."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from rules import billing, life, owed
from rules.events import Event
from rules.loan import Loan
from rules.money import ZERO

MONTHS = 12

# The customary limits, in days past due, at which a lender reviews a loan; the last bucket has no end.
_BUCKETS: tuple[tuple[int, int | None], ...] = ((0, 0), (1, 30), (31, 60), (61, 90), (91, None))


class AgedBalance(NamedTuple):
    """The number and the rupees of the active loans whose oldest unpaid minimum is `days` days past its due date."""

    days_past_due: int
    loans: int
    principal_outstanding: Decimal
    past_due: Decimal


class Bucket(NamedTuple):
    """The active loans from `first_day` to `last_day` days past due; None means no limit."""

    first_day: int
    last_day: int | None
    loans: int
    principal_outstanding: Decimal
    past_due: Decimal


class BilledMonth(NamedTuple):
    """The bills of a calendar month, named by its first day."""

    month: date
    bills: int
    interest: Decimal


class Portfolio(NamedTuple):
    """The active loans at the end of a date."""

    as_of: date
    active_loans: int
    principal_outstanding: Decimal
    past_due: Decimal
    buckets: tuple[Bucket, ...]
    billed_months: tuple[BilledMonth, ...]


def of(as_of: date, aged: Iterable[AgedBalance], billed: Iterable[BilledMonth]) -> Portfolio:
    """The portfolio of a date, from its loans by days past due and from its months with bills.

    Loans and months given in parts are summed.

    """
    buckets = in_buckets(aged)
    known: dict[date, BilledMonth] = {}
    for month, bills, interest in billed:
        before = known.get(month, BilledMonth(month, 0, ZERO))
        known[month] = BilledMonth(month, before.bills + bills, before.interest + interest)
    return Portfolio(
        as_of=as_of,
        active_loans=sum(bucket.loans for bucket in buckets),
        principal_outstanding=sum((bucket.principal_outstanding for bucket in buckets), ZERO),
        past_due=sum((bucket.past_due for bucket in buckets), ZERO),
        buckets=buckets,
        billed_months=tuple(known.get(month, BilledMonth(month, 0, ZERO)) for month in months(as_of)),
    )


def in_buckets(aged: Iterable[AgedBalance]) -> tuple[Bucket, ...]:
    """Every bucket in order, including empty ones."""
    buckets = [Bucket(first, last, 0, ZERO, ZERO) for first, last in _BUCKETS]
    for one in aged:
        assert one.days_past_due >= 0, "nothing is past due before its due date"
        place = max(number for number, bucket in enumerate(buckets) if bucket.first_day <= one.days_past_due)
        bucket = buckets[place]
        buckets[place] = bucket._replace(
            loans=bucket.loans + one.loans,
            principal_outstanding=bucket.principal_outstanding + one.principal_outstanding,
            past_due=bucket.past_due + one.past_due,
        )
    return tuple(buckets)


def months(as_of: date) -> tuple[date, ...]:
    """The first days of the twelve calendar months up to that of a date, oldest first."""
    newest = as_of.year * 12 + as_of.month - 1
    first = date.min.year * 12  # a calendar begins somewhere
    return tuple(
        date(number // 12, number % 12 + 1, 1) for number in range(max(newest - MONTHS + 1, first), newest + 1)
    )


class UnbilledCycles:
    """Sums up, in little space, loans with unbilled cycles that have come by a date.

    These cycles count as billed, as they do in the loan's past due and in its statement.
    """

    def __init__(self, as_of: date) -> None:
        self._as_of = as_of
        self._aged: dict[int, AgedBalance] = {}
        self._billed: dict[date, BilledMonth] = {month: BilledMonth(month, 0, ZERO) for month in months(as_of)}

    def add(self, loan: Loan) -> None:
        issued, standing = billing.bill_through(loan.terms, loan.standing, self._as_of)
        owing = owed.position(Loan(loan.terms, standing, (*loan.bills, *issued)), self._as_of)
        days = owing.days_past_due
        known = self._aged.get(days, AgedBalance(days, 0, ZERO, ZERO))
        self._aged[days] = AgedBalance(
            days,
            known.loans + 1,
            known.principal_outstanding + standing.principal_balance,
            known.past_due + owing.past_due,
        )
        for bill in issued:
            month = self._billed.get(bill.billing_date.replace(day=1))
            if month is not None:
                self._billed[month.month] = month._replace(
                    bills=month.bills + 1, interest=month.interest + bill.own_interest
                )

    def total(self) -> tuple[list[AgedBalance], list[BilledMonth]]:
        return list(self._aged.values()), list(self._billed.values())


class ActiveLoan(NamedTuple):
    """A loan that was active on a date, with the rows that determine its standing on that date.

    If `events` is None, the loan has not changed since: its standing is valid, and `loan` has its unpaid bills.
    Otherwise only its terms are valid.
    """

    id: int
    loan: Loan
    events: Sequence[Event] | None


def standing_on(active: ActiveLoan, as_of: date) -> Loan:
    """The loan on the date. Cycles after its last event by then are not billed yet."""
    if active.events is None:
        return active.loan
    return life.fold(active.loan.terms, active.events, until=as_of, cycles=0).loan
