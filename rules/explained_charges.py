"""The steps that lead to the unpaid charges: what was levied, and what was paid, waived or given up of it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from rules import charges, owed
from rules.explained_bills import Step
from rules.loan import Charge, ClosureReason, Standing
from rules.money import ZERO
from rules.plan import Terms
from rules.products import CARD
from rules.trace import Asked, Moment


class _Change(NamedTuple):
    """A step without its sum: the part that it adds to the unpaid charges, in rupees."""

    step: Step
    added: Decimal


def steps(asked: Asked) -> Iterator[Step]:
    """The steps of the unpaid charges at the end of a day. Each has their sum after it."""
    terms = asked.lived.terms
    yield Step(terms.disbursed_on, "11", "no charge is unpaid yet", ZERO, 1)
    if terms.product is CARD:
        return
    found = [*_deducted(terms)]
    for moment in asked.moments:
        found += _changes(terms, moment)
    standing, total = asked.lived.standing, ZERO
    arisen = owed.charges_of(asked.lived.loan, asked.on)[len(charges.of(standing)) :]
    found += [_penal(terms, standing, charge) for charge in arisen]
    # A penal charge arises on its own morning, and is found by the next bill or event.
    for step, added in sorted(found, key=lambda change: change.step.date):
        before, total = total, total + added
        sign, part = ("−", -added) if added < 0 else ("+", added)
        sum_of = f": {before} {sign} {part} = {total}" if added else ""
        yield step._replace(text=f"{step.text}{sum_of}", value=total)


def _deducted(terms: Terms) -> Iterator[_Change]:
    """The charges that were deducted at disbursal, and so are paid."""
    for one in charges.at_disbursal(terms):
        text = f"{one.kind} of {_with_gst(one)} was deducted from the amount that was paid out"
        yield _Change(Step(one.on, "11.2", text, None, 1), ZERO)


def _changes(terms: Terms, moment: Moment) -> Iterator[_Change]:
    before = {one.key: one for one in charges.of(moment.before)}
    for after in charges.of(moment.after):
        known = before.get(after.key)
        if known is None:
            known = after._replace(waived=ZERO, paid=ZERO, lapsed=ZERO)
            yield _levied(terms, moment, known)
        yield from _less(moment, known, after)


def _levied(terms: Terms, moment: Moment, charge: Charge) -> _Change:
    if charge.kind == charges.PENAL:
        return _penal(terms, moment.before, charge)
    assert moment.event is not None, "an event levies every other charge"
    section, text = "11.1", f"{charge.kind} charge of {_with_gst(charge)}"
    if moment.paid is not None:
        prepaid = sum((part.principal for part in moment.paid.allocations if part.cycle is None), ZERO)
        rate = f"{terms.product.prepayment_rate.normalize():f}"
        formula = f"round({prepaid} × {rate} / 100, 2)"
        section, text = "10.2", f"prepayment charge = {formula} + GST = {_with_gst(charge)}"
    return _Change(Step(charge.on, section, text, None, moment.event.sequence), charge.total)


def _penal(terms: Terms, before: Standing, charge: Charge) -> _Change:
    """The step of a penal charge, whose bill had an unpaid minimum in the standing before it."""
    policy = charges.policy(terms.product, charges.PENAL)
    assert policy is not None, "only a product with a penal charge brings one"
    unpaid = before.special.unpaid_minimums if before.special else ()
    minimum = next(one for one in unpaid if charge.key == f"{charges.PENAL}:{one.cycle}")
    formula = f"round({minimum.amount} × {policy.rate.normalize():f} / 100, 2)"
    if policy.flat:
        formula += f" + {policy.flat}"
    if policy.maximum is not None:
        formula = f"min({formula}, {policy.maximum})"
    if policy.minimum:
        formula = f"max({formula}, {policy.minimum})"
    text = (
        f"penal charge: the minimum of bill {minimum.cycle} was due on {minimum.due_on}, and {minimum.amount} was"
        f" unpaid after {terms.product.grace_days} days of grace; {formula} = {charge.amount}"
    )
    return _Change(Step(charge.on, "11.5", text, None, cycle=minimum.cycle), charge.total)


def _less(moment: Moment, before: Charge, after: Charge) -> Iterator[_Change]:
    """The parts of a charge that an event paid, waived or ended."""
    if moment.event is None:
        return
    sequence = moment.event.sequence
    waived, paid = after.waived - before.waived, after.paid - before.paid
    if waived:
        text = f"{waived} of {after.key} was waived"
        # The money that had paid the waived part pays other debts.
        text += f", of which {-paid} had been paid" if paid < 0 else ""
        yield _Change(Step(moment.on, "11.6", text, None, sequence), -waived - paid)
    elif paid:
        yield _Change(Step(moment.on, "11.4", f"money paid {paid} of {after.key}", None, sequence), -paid)
    if after.lapsed != before.lapsed:
        lapsed, reason = after.lapsed - before.lapsed, moment.after.special and moment.after.special.closure_reason
        section = "14.3" if reason == ClosureReason.SETTLED else "14.1"
        yield _Change(Step(moment.on, section, f"{lapsed} of {after.key} lapsed", None, sequence), -lapsed)


def _with_gst(charge: Charge) -> str:
    return f"{charge.amount} + GST {charge.gst}" if charge.gst else str(charge.amount)
