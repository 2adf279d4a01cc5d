"""A figure is explained by the steps of the life that led to it: date, section of the rules, formula, and result."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from rules import billing, explained_bills, owed, trace
from rules.events import DueDateChanged, Event, RateChanged
from rules.explained_bills import Step
from rules.life import Life
from rules.loan import PrepaymentChoice, Status
from rules.money import ZERO, to_paise
from rules.payments import AppliedPayment
from rules.trace import Moment


class Figure(StrEnum):
    EMI = "EMI"
    PRINCIPAL_BALANCE = "PRINCIPAL_BALANCE"
    INTEREST_DUE = "INTEREST_DUE"
    ACCRUED_INTEREST = "ACCRUED_INTEREST"
    PAYOFF = "PAYOFF"
    PAST_DUE = "PAST_DUE"
    DAYS_PAST_DUE = "DAYS_PAST_DUE"
    CREDIT = "CREDIT"
    BILL_INTEREST = "BILL_INTEREST"
    BILL_MINIMUM = "BILL_MINIMUM"
    BILL_INSTALLMENT = "BILL_INSTALLMENT"


OF_BILLS = {
    Figure.BILL_INTEREST: explained_bills.interest,
    Figure.BILL_MINIMUM: explained_bills.minimum,
    Figure.BILL_INSTALLMENT: explained_bills.installment,
}


class _Asked(NamedTuple):
    """A life with its moments, and the day whose figure is explained."""

    lived: Life
    moments: list[Moment]
    on: date


def steps(lived: Life, recorded: Sequence[Event], figure: Figure, on: date, cycle: int | None = None) -> list[Step]:
    """The steps that led to a figure at the end of a day, oldest first. The last one has the figure.

    `lived` is the life up to that day, and `recorded` are the events that it was lived from. `cycle` is one that is
    billed by then, and only figures of a bill have one.
    """
    if lived.standing.status == Status.CANCELLED:
        value = None if figure is Figure.DAYS_PAST_DUE else ZERO
        return [Step(lived.terms.disbursed_on, "9.1", "the disbursal was reversed: the loan owes nothing", value, 1)]
    moments = trace.of(lived, recorded)
    if figure in OF_BILLS:
        assert cycle is not None, "a figure of a bill names its cycle"
        return list(OF_BILLS[figure](lived.terms, moments, cycle))
    return list(_OF_LOANS[figure](_Asked(lived, moments, on)))


def _emi(asked: _Asked) -> Iterator[Step]:
    terms, emi = asked.lived.terms, billing.disbursed(asked.lived.terms).emi
    text = f"EMI of {terms.amount} over {terms.loan_term} cycles = {emi}"
    yield Step(terms.disbursed_on, "4", text, emi, 1)
    for moment in asked.moments:
        if moment.bill is not None:
            bill, paid_short = moment.bill, explained_bills.paid_short(moment)
            if paid_short is not None:
                yield paid_short
            text = (
                f"bill {bill.cycle}: interest {bill.interest}, minimum {bill.minimum_due}, installment"
                f" {bill.installment}, past due {bill.past_due}, charges {bill.charges}"
            )
            yield Step(moment.on, "5", text, moment.after.emi, cycle=bill.cycle)
        else:
            yield from _parts(moment)
            yield from _replanned(moment)
            yield from _changed(moment)


def _parts(moment: Moment) -> Iterator[Step]:
    """The parts of a payment, each with the EMI before it."""
    if moment.paid is None or moment.event is None:
        return
    parts: list[tuple[str, str]] = []
    for cycle, interest, principal in moment.paid.allocations:
        if cycle is not None:
            parts.append(("6", f"{interest + principal} to bill {cycle}: interest {interest}, principal {principal}"))
            continue
        if principal:
            parts.append(("6.3", f"{principal} to undemanded principal"))
        if interest:
            parts.append(("6.4", f"{interest} to accrued interest"))
    if moment.paid.credit:
        parts.append(("9.7", f"{moment.paid.credit} to credit"))
    for section, text in parts:
        yield Step(moment.on, section, text, moment.before.emi, moment.event.sequence)


def _replanned(moment: Moment) -> Iterator[Step]:
    """The step of a payment that reached undemanded principal (lending rules, 6.3 and 10.3)."""
    paid, event, before, after = moment.paid, moment.event, moment.before, moment.after
    if paid is None or event is None or not any(part.cycle is None and part.principal for part in paid.allocations):
        return
    undemanded, cycles = after.undemanded_principal, after.cycles_left
    formula = f"emi({undemanded}, {cycles})"
    if getattr(event.act, "choice", None) != PrepaymentChoice.REDUCE_TERM or not undemanded:
        section, text = "6.3", f"principal was paid early: EMI {before.emi} → {after.emi} = {formula}"
    elif after.emi == before.emi:
        term = f"term {before.last_cycle} → {after.last_cycle}"
        section, text = "10.3", f"principal was paid early: {term}, the least for which {formula} <= EMI {after.emi}"
    else:
        text = f"no shorter term has an EMI of at most {before.emi}: EMI {before.emi} → {after.emi} = {formula}"
        section = "10.3"
    yield Step(moment.on, section, text, after.emi, event.sequence)


def _source(paid: AppliedPayment | None) -> str:
    return "payment" if paid else "waiver"


def _changed(moment: Moment) -> Iterator[Step]:
    """The step of a change of terms (lending rules, 13)."""
    if moment.event is None or not isinstance(moment.event.act, RateChanged | DueDateChanged):
        return
    act, before, after = moment.event.act, moment.before, moment.after
    plan_of = f"EMI {before.emi} → {after.emi}, term {before.last_cycle} → {after.last_cycle}"
    if isinstance(act, RateChanged):
        section, text = "13.2", f"the rate is {act.interest_rate} %: {plan_of}"
    else:
        section, text = "13.3", f"the next bill is issued on {act.next_billing_date}: {plan_of}"
    yield Step(moment.on, section, text, after.emi, moment.event.sequence)


def _principal(asked: _Asked) -> Iterator[Step]:
    terms = asked.lived.terms
    yield Step(terms.disbursed_on, "8.1", f"disbursal of {terms.amount}", terms.amount, 1)
    for on, before, after, _, event, paid in asked.moments:
        if event is not None and before.principal_balance != after.principal_balance:
            balance, part = after.principal_balance, before.principal_balance - after.principal_balance
            text = f"principal of a {_source(paid)}: {before.principal_balance} − {part} = {balance}"
            yield Step(on, "6" if paid else "11.6", text, balance, event.sequence)


def _interest_due(asked: _Asked) -> Iterator[Step]:
    yield Step(asked.lived.terms.disbursed_on, "5", "no bill asks for interest yet", ZERO, 1)
    for on, before, after, bill, event, paid in asked.moments:
        if bill is not None:
            text = f"interest of bill {bill.cycle}: {before.interest_due} + {bill.interest} = {after.interest_due}"
            yield Step(on, "5.1", text, after.interest_due, cycle=bill.cycle)
        elif event is not None and before.interest_due != after.interest_due:
            part = before.interest_due - after.interest_due
            text = f"interest of a {_source(paid)}: {before.interest_due} − {part} = {after.interest_due}"
            yield Step(on, "6" if paid else "11.6", text, after.interest_due, event.sequence)


def _accrued(asked: _Asked) -> Iterator[Step]:
    terms, standing = asked.lived.terms, asked.lived.standing
    newest = max((number for number, one in enumerate(asked.moments) if one.bill), default=-1)
    start = asked.moments[newest].after if newest >= 0 else asked.lived.first or billing.disbursed(terms)
    yield from explained_bills.accrual(terms, start, asked.moments[newest + 1 :], asked.on)
    if standing.closed_on is None:
        accrued = billing.accrue(terms, standing, max(asked.on, standing.accrued_through)).accrued_interest
        rounded = to_paise(accrued)
        text = f"accrued interest = round({explained_bills.exact(accrued)}, 2) = {rounded}"
        yield Step(asked.on, "6", text, rounded)
    else:
        yield Step(standing.closed_on, "6.4", "the loan is closed: no interest is left", ZERO)


def _payoff(asked: _Asked) -> Iterator[Step]:
    """The steps of its parts, by date, and their sum."""
    parts = [list(part(asked)) for part in (_principal, _interest_due, _accrued)]
    yield from sorted((step for part in parts for step in part), key=lambda step: step.date)
    amounts = [part[-1].value for part in parts]
    section, below_zero = "6", min(asked.lived.standing.credit, ZERO)
    if below_zero:
        section = "10.1"
        amounts.append(-below_zero)
    unpaid = sum((one.unpaid for one in owed.charges_of(asked.lived.loan, asked.on)), ZERO)
    prepayment = owed.prepayment_on(asked.lived.loan, asked.on)
    if unpaid or prepayment:
        section = "10.1"
        amounts += [unpaid, prepayment]
    total = owed.position(asked.lived.loan, asked.on).payoff
    yield Step(asked.on, section, f"payoff = {' + '.join(map(str, amounts))} = {total}", total)


def _past_due(asked: _Asked) -> Iterator[Step]:
    total = ZERO
    for bill in sorted(asked.lived.bills.values(), key=lambda bill: bill.due_date):
        paid = bill.interest_paid + bill.principal_paid
        if bill.due_date < asked.on and paid < bill.minimum_due:
            before, total = total, total + bill.minimum_due - paid
            text = f"bill {bill.cycle} was due: {before} + minimum {bill.minimum_due} − paid {paid} = {total}"
            yield Step(bill.due_date, "5.6", text, total, cycle=bill.cycle)
    if not total:
        yield Step(asked.on, "5.6", "no bill is past due", ZERO)


def _days_past_due(asked: _Asked) -> Iterator[Step]:
    late = [step for step in _past_due(asked) if step.cycle is not None]
    if not late:
        yield Step(asked.on, "5.6", "no bill is past due: 0 days", None)
        return
    oldest, days = late[0], (asked.on - late[0].date).days
    text = f"bill {oldest.cycle} has the oldest due date with an unpaid minimum"
    yield oldest._replace(text=text, value=None)
    yield Step(asked.on, "5.6", f"from {oldest.date} to {asked.on} = {days} days", None, cycle=oldest.cycle)


def _credit(asked: _Asked) -> Iterator[Step]:
    yield Step(asked.lived.terms.disbursed_on, "9.7", "no payment has left credit", ZERO, 1)
    for on, before, after, _, event, paid in asked.moments:
        if event is not None and before.credit != after.credit:
            what, sign = ("credit of a payment", "+") if paid else ("refund", "−")
            text = f"{what}: {before.credit} {sign} {abs(after.credit - before.credit)} = {after.credit}"
            yield Step(on, "9.7", text, after.credit, event.sequence)


_OF_LOANS: dict[Figure, Callable[[_Asked], Iterator[Step]]] = {
    Figure.EMI: _emi,
    Figure.PRINCIPAL_BALANCE: _principal,
    Figure.INTEREST_DUE: _interest_due,
    Figure.ACCRUED_INTEREST: _accrued,
    Figure.PAYOFF: _payoff,
    Figure.PAST_DUE: _past_due,
    Figure.DAYS_PAST_DUE: _days_past_due,
    Figure.CREDIT: _credit,
}
