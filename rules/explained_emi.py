"""The steps that lead to the EMI: bills, the parts of payments, and the events that change the plan."""

from collections.abc import Iterator

from rules import billing, explained_bills
from rules.events import DueDateChanged, MoratoriumGranted, RateChanged, SettlementAgreed, WrittenOff
from rules.explained_bills import Step
from rules.loan import PrepaymentChoice
from rules.terms import RateChangeChoice
from rules.trace import Asked, Moment


def steps(asked: Asked) -> Iterator[Step]:
    """The steps of the EMI: the first plan, and each bill and event that may have changed it."""
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
        elif moment.change is not None:
            yield Step(moment.on, "12.2", f"day-end: {moment.change.asset_class}", moment.after.emi)
        else:
            yield from _parts(moment)
            yield from _replanned(moment)
            yield from _changed(moment)


def _parts(moment: Moment) -> Iterator[Step]:
    """The parts of a payment, or of the money that a waiver gives back, each with the EMI before it."""
    applied = moment.waiver.given if moment.waiver else moment.paid
    if applied is None or moment.event is None:
        return
    parts: list[tuple[str, str]] = []
    for cycle, interest, principal in applied.allocations:
        if cycle is not None:
            parts.append(("6", f"{interest + principal} to bill {cycle}: interest {interest}, principal {principal}"))
            continue
        if principal:
            parts.append(("6.3", f"{principal} to undemanded principal"))
        if applied.deferred:
            parts.append(("13.1", f"{applied.deferred} to interest set aside"))
        if accrued := interest - applied.deferred:
            parts.append(("6.4", f"{accrued} to accrued interest"))
    parts += [("11.4", f"{part.amount} to charge {part.key}") for part in applied.charged]
    if applied.recovery:
        parts.append(("14.2", f"{applied.recovery} to the claim"))
    if applied.credit:
        parts.append(("9.7", f"{applied.credit} to credit"))
    for section, text in parts:
        yield Step(moment.on, section, text, moment.before.emi, moment.event.sequence)


def _replanned(moment: Moment) -> Iterator[Step]:
    """The step of money that reached undemanded principal (lending rules, 6.3 and 10.3)."""
    applied = moment.waiver.given if moment.waiver else moment.paid
    event, before, after = moment.event, moment.before, moment.after
    if applied is None or event is None:
        return
    if not any(part.cycle is None and part.principal for part in applied.allocations):
        return
    undemanded, cycles = after.undemanded_principal, after.cycles_left - after.moratorium
    formula = f"emi({undemanded}, {cycles})"
    if getattr(event.act, "choice", None) != PrepaymentChoice.REDUCE_TERM:
        section, text = "6.3", f"principal was paid early: EMI {before.emi} → {after.emi} = {formula}"
    elif after.emi == before.emi:
        term = f"term {before.last_cycle} → {after.last_cycle}"
        section, text = "10.3", f"principal was paid early: {term}, the least for which {formula} <= EMI {after.emi}"
    else:
        text = f"no shorter term has an EMI of at most {before.emi}: EMI {before.emi} → {after.emi} = {formula}"
        section = "10.3"
    yield Step(moment.on, section, text, after.emi, event.sequence)


def _changed(moment: Moment) -> Iterator[Step]:
    """The step of an event that is no payment, with the EMI after it."""
    if moment.event is None:
        return
    sequence, after = moment.event.sequence, moment.after
    match moment.event.act:
        case RateChanged() as act:
            section, text = "13.2", _of_a_rate(act, moment)
        case DueDateChanged(on):
            section, text = "13.3", f"the next bill is issued on {on}: {_by_term(moment)}"
        case MoratoriumGranted(cycles):
            section, text = "13.1", f"{cycles} cycles demand nothing: {_plan_of(moment)}"
        case SettlementAgreed(amount, until):
            section, text = "14.3", f"the lender accepts {amount} by {until} in place of the payoff"
        case WrittenOff():
            section, text = "14.1", "the loan was written off: its bills demand nothing any more"
        case _:
            return
    yield Step(moment.on, section, text, after.emi, sequence)


def _of_a_rate(act: RateChanged, moment: Moment) -> str:
    before, after = moment.before, moment.after
    rate = f"the rate is {act.interest_rate} % from the night after {moment.on} on"
    if act.choice == RateChangeChoice.KEEP_TERM or before.cycles_left < 1:
        return f"{rate}: {_by_term(moment)}"
    wanted = before.emi if act.emi is None else act.emi
    formula, emis = _formula(moment), f"EMI {before.emi} → {after.emi}"
    term = f"term {before.last_cycle} → {after.last_cycle}"
    if after.emi == wanted:
        return f"{rate}: {emis}, {term}, the least for which {formula} <= {wanted}"
    return f"{rate}: no term has an EMI of at most {wanted}: {emis} = {formula}, {term}"


def _by_term(moment: Moment) -> str:
    before, after = moment.before, moment.after
    if after.cycles_left < 1:
        return _plan_of(moment)
    emis, term = f"EMI {before.emi} → {after.emi}", f"term {before.last_cycle} → {after.last_cycle}"
    return f"{emis} = {_formula(moment)}, {term}"


def _plan_of(moment: Moment) -> str:
    before, after = moment.before, moment.after
    return f"EMI {before.emi} → {after.emi}, term {before.last_cycle} → {after.last_cycle}"


def _formula(moment: Moment) -> str:
    """The EMI of the cycles that are left and will demand."""
    after = moment.after
    return f"emi({after.undemanded_principal}, {after.cycles_left - after.moratorium})"
