"""A change of terms is refused with every reason at once (lending rules, 13)."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from rules import accruals, billing, charges, life, plan, term_changes
from rules.events import DueDateChanged, Event, MoratoriumGranted, RateChanged
from rules.life import Life
from rules.loan import Standing
from rules.plan import Terms
from rules.products import RateType
from rules.refusals import Problem, ProblemCode
from rules.term_changes import TermChange
from rules.terms import RateChangeChoice

# A change of the rate may be agreed as far ahead.
MOST_DAYS_AHEAD = 90
# The next bill may come as much later.
MOST_DAYS_LATER = 31


def problems(
    terms: Terms, recorded: Sequence[Event], act: TermChange, effective_on: date, today: date
) -> Iterator[Problem]:
    """The reasons against a change of terms that is recorded on the business date `today`."""
    if not isinstance(act, RateChanged):
        now = life.fold(terms, recorded, until=today)
        if isinstance(act, DueDateChanged):
            yield from _due_date_problems(terms, now.standing, act, today)
        else:
            yield from _moratorium_problems(now, recorded, act)
        return
    earliest, latest = _earliest(terms, today), today + plan.days(MOST_DAYS_AHEAD)
    yield from _date_problems(effective_on, earliest, latest)
    # A date out of range hides no other reason.
    on = min(max(effective_on, earliest), latest)
    then = life.fold(terms, recorded, until=on)
    is_open = then.standing.closed_on is None
    yield from _rate_problems(terms, then.advanced(on) if is_open else then.standing, act)


def rate_now(terms: Terms, standing: Standing) -> Decimal:
    """The rate at which interest accrues, in percent a year."""
    changed = standing.changes.interest_rate if standing.changes else None
    return terms.interest_rate if changed is None else changed


def _rate_problems(terms: Terms, then: Standing, act: RateChanged) -> Iterator[Problem]:
    """The reasons against a change of the rate. `then` is the standing on its date, before it (lending rules, 13.2).

    LOAN_CLOSED, LOAN_CANCELLED, RATE_OUT_OF_RANGE, RATE_IS_FIXED, EMI_TOO_LOW.
    """
    found = list(charges.ended(then))
    yield from found
    now = rate_now(terms, then)
    if not 0 <= act.interest_rate <= max(terms.product.maximum_rate, now):
        message = f"The rate of the product is at least 0 and at most {terms.product.maximum_rate} %."
        yield Problem(ProblemCode.RATE_OUT_OF_RANGE, message, "interestRate")
        return
    if terms.product.rate_type == RateType.FIXED and act.interest_rate > now:
        message = f"The rate of the loan is fixed at {now} %. It may only fall."
        yield Problem(ProblemCode.RATE_IS_FIXED, message, "interestRate")
    if not found and act.choice != RateChangeChoice.KEEP_TERM and then.cycles_left >= 1:
        wanted = act.emi if act.emi is not None else then.emi
        after = accruals.with_rate(terms, then, term_changes.rate_change(act, then.accrued_through))
        if after.emi != wanted or (act.choice == RateChangeChoice.SET_EMI and act.emi is None):
            message = "The EMI does not repay the loan within the longest term."
            if act.choice == RateChangeChoice.SET_EMI and act.emi is None:
                message = "SET_EMI needs the EMI."
            yield Problem(ProblemCode.EMI_TOO_LOW, message, "emi")


def _earliest(terms: Terms, today: date) -> date:
    return max(terms.disbursed_on, today - plan.days(terms.product.backdate_days))


def _date_problems(effective_on: date, earliest: date, latest: date) -> Iterator[Problem]:
    """The reasons against the date of a change of the rate: EFFECTIVE_DATE_IN_FUTURE, EFFECTIVE_DATE_TOO_EARLY."""
    if effective_on > latest:
        message = f"The date must not be after {latest}."
        yield Problem(ProblemCode.EFFECTIVE_DATE_IN_FUTURE, message, "effectiveOn")
    elif effective_on < earliest:
        message = f"The date must not be before {earliest}."
        yield Problem(ProblemCode.EFFECTIVE_DATE_TOO_EARLY, message, "effectiveOn")


def _due_date_problems(terms: Terms, before: Standing, act: DueDateChanged, today: date) -> Iterator[Problem]:
    """The reasons against another billing date: LOAN_CLOSED, LOAN_CANCELLED, BILLING_DATE_OUT_OF_RANGE (13.3)."""
    found = list(charges.ended(before))
    yield from found
    if found:
        return
    wanted, planned = act.next_billing_date, billing.next_date(terms, before)
    latest = planned + plan.days(MOST_DAYS_LATER)
    if wanted == planned:
        message = f"The next bill is issued on {planned} already."
        yield Problem(ProblemCode.BILLING_DATE_OUT_OF_RANGE, message, "nextBillingDate")
    elif wanted > latest or not term_changes.is_after_the_newest_bill(terms, before, wanted, today):
        message = f"The date must be after today and after the newest bill's due date, and at most {latest}."
        yield Problem(ProblemCode.BILLING_DATE_OUT_OF_RANGE, message, "nextBillingDate")


def _moratorium_problems(now: Life, recorded: Sequence[Event], act: MoratoriumGranted) -> Iterator[Problem]:
    """The reasons against a moratorium: LOAN_CLOSED, LOAN_CANCELLED, MORATORIUM_OUT_OF_RANGE, TERM_OVER (13.1)."""
    found = list(charges.ended(now.standing))
    yield from found
    granted = sum(
        event.act.cycles
        for event in recorded
        if isinstance(event.act, MoratoriumGranted) and event.sequence in now.changes
    )
    most = now.terms.product.maximum_moratorium - granted
    if not 1 <= act.cycles <= most:
        message = f"A moratorium must have 1 to {most} cycles." if most > 0 else "The loan has had all its moratorium."
        yield Problem(ProblemCode.MORATORIUM_OUT_OF_RANGE, message, "cycles")
    if not found and now.standing.cycles_left < 1:
        message = "All cycles of the term are billed. No cycle is left to demand nothing."
        yield Problem(ProblemCode.TERM_OVER, message, "loanId")
