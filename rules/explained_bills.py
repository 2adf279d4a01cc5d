"""The steps that lead to the amounts of one bill, and to the interest that has accrued."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from rules import accruals, billing, plan
from rules.events import WrittenOff
from rules.loan import Bill, Standing
from rules.money import ZERO, to_paise
from rules.plan import Terms
from rules.trace import Moment


class Step(NamedTuple):
    """A step of an explanation. `section` is one of the lending rules.

    `value` is its result in rupees, None for days: the explained figure after the step, or a part of it. The step
    belongs to the event with a `sequence`, or to the bill of a `cycle`, if it belongs to one.
    """

    date: date
    section: str
    text: str
    value: Decimal | None
    sequence: int | None = None
    cycle: int | None = None


def exact(amount: Decimal) -> str:
    """An amount with all its decimals, at least two."""
    rounded = to_paise(amount)
    return str(rounded) if rounded == amount else f"{amount.normalize():f}"


def paid_short(moment: Moment) -> Step | None:
    """The step that recalculates the EMI because the previous bill was not fully paid (lending rules, 5.2)."""
    before, bill = moment.before, moment.bill
    if bill is None or not before.installment_due or before.cycles_left < 1:
        return None
    formula = f"emi({_undemanded(moment)}, {before.cycles_left - before.moratorium})"
    text = f"bill {bill.cycle - 1} was not fully paid: EMI {before.emi} → {moment.after.emi} = {formula}"
    return Step(moment.on, "5.2", text, moment.after.emi, cycle=bill.cycle)


def accrual(terms: Terms, start: Standing, later: Sequence[Moment], until: date) -> Iterator[Step]:
    """The steps of the interest that accrues after a standing, up to a date or to the closing of the loan."""
    standing = start
    for moment in later:
        if moment.event is None or not _concerns_accrual(moment):
            continue
        yield from _accrual(terms, standing, moment.on)
        accrued = _accrued(terms, standing, moment.on).accrued_interest
        section, what, less = _less_accrued(moment, accrued)
        if less:
            text = f"{what} before its bill: {exact(accrued)} − {less} = {exact(accrued - less)}"
            yield Step(moment.on, section, text, to_paise(accrued - less), moment.event.sequence)
        standing = moment.after
    yield from _accrual(terms, standing, until)


def _concerns_accrual(moment: Moment) -> bool:
    """Whether an event pays or waives interest, or interest accrues in another way after it."""
    is_changed = moment.after.changes != moment.before.changes or moment.after.closed_on != moment.before.closed_on
    return moment.paid is not None or moment.waiver is not None or is_changed


def _less_accrued(moment: Moment, accrued: Decimal) -> tuple[str, str, Decimal]:
    """The accrued interest that a payment paid, or that a waiver took away, with its section and its verb."""
    if moment.waiver is not None:
        return "11.6", "waived", to_paise(accrued - moment.after.accrued_interest)
    return "6.4", "paid", moment.paid.unbilled_interest if moment.paid else ZERO


def _accrual(terms: Terms, standing: Standing, until: date) -> Iterator[Step]:
    days, balance = (until - standing.accrued_through).days, standing.principal_balance
    if days > 0 and standing.closed_on is None:
        accrued = _accrued(terms, standing, until).accrued_interest
        if plan.is_level(terms, standing.changes):
            section, rate, part = "3", terms.daily_rate, str(days)
        else:
            section, (rate, fraction) = "15.3", accruals.share_of_a_rate(terms, standing, until)
            part = str(fraction)
        added = exact(accrued - standing.accrued_interest)
        text = f"interest of {days} day{'s' if days > 1 else ''} = {balance} × {rate} / 100 × {part} = {added}"
        yield Step(until, section, text, to_paise(accrued))


def _accrued(terms: Terms, standing: Standing, until: date) -> Standing:
    if standing.closed_on is not None or until <= standing.accrued_through:
        return standing
    return billing.accrue(terms, standing, until)


def interest(terms: Terms, moments: Sequence[Moment], cycle: int) -> Iterator[Step]:
    """The steps of a bill's interest (lending rules, 5.1)."""
    number, moment, bill = _issue(moments, cycle)
    first = max((one for one in range(number) if moments[one].bill), default=-1)
    start = moments[first].after if first >= 0 else moments[0].before
    yield from accrual(terms, start, moments[first + 1 : number], moment.on)
    yield from _interest(terms, moment, bill)


def installment(terms: Terms, moments: Sequence[Moment], cycle: int) -> Iterator[Step]:
    """The steps of a bill's installment (lending rules, 5.3)."""
    _, moment, bill = _issue(moments, cycle)
    yield from _interest(terms, moment, bill)
    undemanded = _undemanded(moment)
    demanded = bill.principal_balance - undemanded
    text = f"undemanded principal = {bill.principal_balance} − {demanded} = {undemanded}"
    yield Step(moment.on, "5.2", text, undemanded, cycle=cycle)
    short = paid_short(moment)
    if short is not None:
        yield short
    if moment.before.moratorium:
        yield _silent(moment, bill)
        return
    own, share = bill.own_interest, f" + {bill.deferred_share}" if bill.deferred_share else ""
    whole = f"{undemanded} + {own}"
    if moment.before.cycles_left <= 1:
        formula = f"no cycle is left: installment of bill {cycle} = {whole}{share}"
    else:
        formula = f"installment of bill {cycle} = min(max({moment.after.emi}, {own}), {whole}){share}"
    yield Step(moment.on, "5.3", f"{formula} = {bill.installment}", bill.installment, cycle=cycle)


def minimum(terms: Terms, moments: Sequence[Moment], cycle: int) -> Iterator[Step]:
    """The steps of a bill's minimum due (lending rules, 5.4)."""
    yield from installment(terms, moments, cycle)
    _, moment, bill = _issue(moments, cycle)
    if moment.before.moratorium:
        return
    if moment.before.cycles_left <= 1:
        formula = f"no cycle is left: minimum of bill {cycle} = its installment"
    else:
        rate = f"{terms.minimum_due_rate.normalize():f}"
        part = f"round({bill.principal_balance} × {rate} / 100, 2) + {bill.interest}"
        formula = f"minimum of bill {cycle} = min({part}, {bill.installment})"
    yield Step(moment.on, "5.4", f"{formula} = {bill.minimum_due}", bill.minimum_due, cycle=cycle)


def _issue(moments: Sequence[Moment], cycle: int) -> tuple[int, Moment, Bill]:
    return next(
        (number, moment, moment.bill)
        for number, moment in enumerate(moments)
        if moment.bill is not None and moment.bill.cycle == cycle
    )


def _interest(terms: Terms, moment: Moment, bill: Bill) -> Iterator[Step]:
    accrued, own = billing.accrue(terms, moment.before, moment.on).accrued_interest, bill.own_interest
    text = f"interest of bill {bill.cycle} = round({exact(accrued)}, 2) = {own}"
    yield Step(moment.on, "5.1", text, own, cycle=bill.cycle)
    if moment.before.moratorium:
        yield _silent(moment, bill)
    elif bill.deferred_share:
        left, cycles = moment.before.deferred_interest, max(moment.before.cycles_left, 1)
        text = f"with a share of the interest set aside: {own} + round({left} / {cycles}, 2) = {bill.interest}"
        yield Step(moment.on, "13.1", text, bill.interest, cycle=bill.cycle)


def _silent(moment: Moment, bill: Bill) -> Step:
    """The step of a bill in a moratorium."""
    text = f"a moratorium: bill {bill.cycle} demands nothing, and {bill.deferred} is set aside"
    return Step(moment.on, "13.1", text, ZERO, cycle=bill.cycle)


def _undemanded(moment: Moment) -> Decimal:
    """The principal that no bill asks for when a bill supersedes the one before it."""
    before = moment.before
    return before.principal_balance - (before.past_due + before.minimum_due - before.interest_due)


def set_aside(moments: Sequence[Moment]) -> Iterator[Step]:
    """The steps of the interest that was set aside; none if no cycle set any aside."""
    for moment in moments:
        left, now = moment.before.deferred_interest, moment.after.deferred_interest
        moved = f"{left} {'+' if now > left else '−'} {abs(now - left)} = {now}"
        if left == now:
            continue
        if moment.bill is not None:
            what = f"bill {moment.bill.cycle} {'sets aside' if now > left else 'demands a share'}"
            yield Step(moment.on, "13.1", f"{what}: {moved}", now, cycle=moment.bill.cycle)
        elif moment.event is not None:
            section, what = _event_that_moves(moment)
            yield Step(moment.on, section, f"interest set aside, after a {what}: {moved}", now, moment.event.sequence)


def _event_that_moves(moment: Moment) -> tuple[str, str]:
    """The section and the name of an event that changes the interest set aside."""
    if moment.event is not None and isinstance(moment.event.act, WrittenOff):
        return "14.1", "write-off"
    if moment.waiver is not None:
        return "11.6", "waiver"
    return "6", "payment"
