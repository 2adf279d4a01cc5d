"""A figure is explained by the steps of the life that led to it: date, section of the rules, formula, and result."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from rules import billing, ends, explained_bills, explained_charges, explained_emi, owed, settlements, trace
from rules.events import Event, WrittenOff
from rules.explained_bills import Step
from rules.life import Life
from rules.loan import ClosureReason, Standing, Status
from rules.money import ZERO, to_paise
from rules.trace import Asked, Moment


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
    CHARGES_DUE = "CHARGES_DUE"
    APR = "APR"


OF_BILLS = {
    Figure.BILL_INTEREST: explained_bills.interest,
    Figure.BILL_MINIMUM: explained_bills.minimum,
    Figure.BILL_INSTALLMENT: explained_bills.installment,
}


def steps(lived: Life, recorded: Sequence[Event], figure: Figure, on: date, cycle: int | None = None) -> list[Step]:
    """The steps that led to a figure at the end of a day, oldest first. The last one has the figure.

    `lived` is the life up to that day, and `recorded` are the events that it was lived from. `cycle` is one that is
    billed by then, and only figures of a bill have one.
    """
    if lived.standing.status == Status.CANCELLED:
        value = None if figure is Figure.DAYS_PAST_DUE else ZERO
        return [Step(lived.terms.disbursed_on, "9.1", "the disbursal was reversed: the loan owes nothing", value, 1)]
    assert figure is not Figure.APR, "the APR is that of key facts: `explained_rate` has its steps"
    moments = trace.of(lived, recorded)
    if figure in OF_BILLS:
        assert cycle is not None, "a figure of a bill names its cycle"
        return list(OF_BILLS[figure](lived.terms, moments, cycle))
    return list(_OF_LOANS[figure](Asked(lived, moments, on)))


def _principal(asked: Asked) -> Iterator[Step]:
    terms = asked.lived.terms
    yield Step(terms.disbursed_on, "8.1", f"disbursal of {terms.amount}", terms.amount, 1)
    for moment in asked.moments:
        lost = moment.paid.written_off if moment.paid else ZERO
        yield from _reduced(moment, "principal", lambda standing: standing.principal_balance, lost)


def _interest_due(asked: Asked) -> Iterator[Step]:
    yield Step(asked.lived.terms.disbursed_on, "5", "no bill asks for interest yet", ZERO, 1)
    for moment in asked.moments:
        before, after, bill = moment.before, moment.after, moment.bill
        if bill is not None:
            text = f"interest of bill {bill.cycle}: {before.interest_due} + {bill.interest} = {after.interest_due}"
            yield Step(moment.on, "5.1", text, after.interest_due, cycle=bill.cycle)
            continue
        lost = ZERO
        if moment.paid and moment.paid.loss:
            lost = moment.paid.loss.interest - (before.deferred_interest - moment.paid.deferred)
        yield from _reduced(moment, "interest", lambda standing: standing.interest_due, lost)


def _reduced(moment: Moment, what: str, of: Callable[[Standing], Decimal], lost: Decimal) -> Iterator[Step]:
    """The steps of an event that reduces a balance; the rest of a settlement, `lost`, is a step of its own."""
    if moment.event is None or of(moment.before) == of(moment.after):
        return
    balance, end = of(moment.before), of(moment.after)
    is_write_off = isinstance(moment.event.act, WrittenOff)
    section, source = ("14.1", "write-off") if is_write_off else ("6", "payment") if moment.paid else ("11.6", "waiver")
    rest = ("14.3", f"{what} that a settlement gave up", lost)
    for number, words, part in (section, f"{what} of a {source}", balance - end - lost), rest:
        if part:
            left = balance - part
            yield Step(moment.on, number, f"{words}: {balance} − {part} = {left}", left, moment.event.sequence)
            balance = left


def _deferred(asked: Asked) -> Iterator[Step]:
    return explained_bills.set_aside(asked.moments)


def _accrued(asked: Asked) -> Iterator[Step]:
    terms, standing = asked.lived.terms, asked.lived.standing
    newest = max((number for number, one in enumerate(asked.moments) if one.bill), default=-1)
    start = asked.moments[newest].after if newest >= 0 else asked.lived.first or billing.disbursed(terms)
    yield from explained_bills.accrual(terms, start, asked.moments[newest + 1 :], asked.on)
    if standing.closed_on is None:
        accrued = billing.accrue(terms, standing, max(asked.on, standing.accrued_through)).accrued_interest
        rounded = to_paise(accrued)
        text = f"accrued interest = round({explained_bills.exact(accrued)}, 2) = {rounded}"
        yield Step(asked.on, "6", text, rounded)
    elif ends.has_lapsed(standing):
        yield Step(standing.closed_on, *_lapsed(standing, "no interest accrues any more"), ZERO)
    else:
        yield Step(standing.closed_on, "6.4", "the loan is closed: no interest is left", ZERO)


def _lapsed(standing: Standing, effect: str) -> tuple[str, str]:
    """The section and the text about a loan that was settled for less or written off."""
    reason = standing.special and standing.special.closure_reason
    if reason == ClosureReason.SETTLED:
        return "14.3", f"the loan was settled for less: {effect}"
    return "14.1", f"the loan was written off: {effect}"


def _payoff(asked: Asked) -> Iterator[Step]:
    """The steps of its parts, by date, and their sum. A settlement limits it."""
    loan, standing = asked.lived.loan, asked.lived.standing
    parts = [list(part(asked)) for part in (_principal, _interest_due, _deferred, _accrued, _claim)]
    yield from sorted((step for part in parts for step in part), key=lambda step: step.date)
    amounts = [part[-1].value or ZERO for part in parts if part]
    section, below_zero = "6", min(standing.credit, ZERO)
    if below_zero:
        section = "10.1"
        amounts.append(-below_zero)
    unpaid = sum((one.unpaid for one in owed.charges_of(loan, asked.on)), ZERO)
    prepayment = owed.prepayment_on(loan, asked.on)
    if unpaid or prepayment:
        section = "10.1"
        amounts += [unpaid, prepayment]
    whole, total = sum(amounts, ZERO), owed.position(loan, asked.on).payoff
    yield Step(asked.on, section, f"payoff = {' + '.join(map(str, amounts))} = {whole}", whole)
    if total != whole:
        settlement = settlements.live(standing, asked.on)
        assert settlement is not None, "only a settlement limits the payoff"
        text = (
            f"the lender accepts {settlement.amount} by {settlement.until}, and {settlement.paid} is paid of it:"
            f" payoff = {settlement.amount} − {settlement.paid} = {total}"
        )
        yield Step(asked.on, "14.3", text, total)


def _claim(asked: Asked) -> Iterator[Step]:
    """The steps of the claim of a loan that was written off; none for another loan."""
    for moment in asked.moments:
        before, after = ends.claim_of(moment.before), ends.claim_of(moment.after)
        if moment.event is None or before == after:
            continue
        if isinstance(moment.event.act, WrittenOff):
            section, text = "14.1", f"the claim of the write-off is the payoff of the day = {after}"
        else:
            part = moment.paid.recovery if moment.paid else before - after
            ended = "" if before - part == after else f", and a settlement gave up {before - part}"
            section, text = "14.2", f"recovery: {before} − {part} = {before - part}{ended}"
        yield Step(moment.on, section, text, after, moment.event.sequence)


def _past_due(asked: Asked) -> Iterator[Step]:
    total = ZERO
    if ends.has_lapsed(asked.lived.standing):
        yield Step(asked.on, *_lapsed(asked.lived.standing, "no bill is past due"), ZERO)
        return
    for bill in sorted(asked.lived.bills.values(), key=lambda bill: bill.due_date):
        paid = bill.interest_paid + bill.principal_paid
        if bill.due_date < asked.on and paid < bill.minimum_due:
            before, total = total, total + bill.minimum_due - paid
            text = f"bill {bill.cycle} was due: {before} + minimum {bill.minimum_due} − paid {paid} = {total}"
            yield Step(bill.due_date, "5.6", text, total, cycle=bill.cycle)
    if not total:
        yield Step(asked.on, "5.6", "no bill is past due", ZERO)


def _days_past_due(asked: Asked) -> Iterator[Step]:
    late = [step for step in _past_due(asked) if step.cycle is not None]
    if not late:
        yield Step(asked.on, "5.6", "no bill is past due: 0 days", None)
        return
    oldest, days = late[0], (asked.on - late[0].date).days
    text = f"bill {oldest.cycle} has the oldest due date with an unpaid minimum"
    yield oldest._replace(text=text, value=None)
    yield Step(asked.on, "5.6", f"from {oldest.date} to {asked.on} = {days} days", None, cycle=oldest.cycle)


def _credit(asked: Asked) -> Iterator[Step]:
    yield Step(asked.lived.terms.disbursed_on, "9.7", "no payment has left credit", ZERO, 1)
    for moment in asked.moments:
        before, after, event = moment.before.credit, moment.after.credit, moment.event
        if event is None or before == after:
            continue
        section, what = "9.7", "credit of a payment" if moment.paid else "refund"
        if moment.waiver is not None:
            section, what = "11.6", "credit of a waiver"
        elif isinstance(event.act, WrittenOff):
            section, what = "14.1", "the write-off gave up what was refunded in excess"
        sign = "+" if after > before else "−"
        yield Step(
            moment.on, section, f"{what}: {before} {sign} {abs(after - before)} = {after}", after, event.sequence
        )


_OF_LOANS: dict[Figure, Callable[[Asked], Iterator[Step]]] = {
    Figure.EMI: explained_emi.steps,
    Figure.PRINCIPAL_BALANCE: _principal,
    Figure.INTEREST_DUE: _interest_due,
    Figure.ACCRUED_INTEREST: _accrued,
    Figure.PAYOFF: _payoff,
    Figure.PAST_DUE: _past_due,
    Figure.DAYS_PAST_DUE: _days_past_due,
    Figure.CREDIT: _credit,
    Figure.CHARGES_DUE: explained_charges.steps,
}
