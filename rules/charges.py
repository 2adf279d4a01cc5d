"""Charges are levied and paid beside the plan: they bear no interest and never become principal (lending rules, 11)."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple, Protocol

from rules.events import Charged
from rules.loan import Bill, Charge, Special, Standing, Status, UnpaidMinimum
from rules.money import ZERO, to_paise
from rules.plan import Terms
from rules.products import Bucket, ChargePolicy, Product
from rules.refusals import Problem, ProblemCode

FEE = "fee"
BOUNCE = "bounce"
PENAL = "penal"
PREPAYMENT = "prepayment"

# The rate of a prepayment charge is a policy of its own, which says nothing about GST.
GST = Decimal(18)

_NONE = Special()
_DAY = timedelta(days=1)
_LONGEST_SHOWN = 40


class Part(NamedTuple):
    """A part of a payment that pays the charge with a key."""

    key: str
    kind: str
    amount: Decimal


def policy(product: Product, kind: str) -> ChargePolicy | None:
    """The product's policy for a kind of charge."""
    return next((one for one in product.charges if one.kind == kind), None)


def amount(charged: ChargePolicy, base: Decimal) -> Decimal:
    """The charge on a base, without GST."""
    found = to_paise(base * charged.rate / 100) + charged.flat
    return max(found if charged.maximum is None else min(found, charged.maximum), charged.minimum)


def gst(charged: ChargePolicy, levied: Decimal) -> Decimal:
    """The GST on a charge. A penal charge has none (lending rules, 11.1)."""
    return ZERO if charged.kind == PENAL else to_paise(levied * charged.gst / 100)


def at_disbursal(terms: Terms) -> tuple[Charge, ...]:
    """The charges that are deducted at disbursal: the processing fee, and the charges of third parties (11.2).

    They are paid at once. Their keys are `fee`, and `fee:` with the kind for those of third parties.
    """
    found = []
    for one in terms.product.charges:
        if one.kind == FEE or one.payable_to:
            levied = amount(one, terms.amount)
            key = FEE if one.kind == FEE else f"{FEE}:{one.kind}"
            charge = Charge(key, one.kind, terms.disbursed_on, levied, gst(one, levied))
            found.append(charge._replace(paid=charge.total))
    return tuple(one for one in found if one.total)


def disbursed(terms: Terms) -> Special | None:
    """The special part of a new standing: the charges that were deducted; None without any."""
    deducted = at_disbursal(terms)
    return replace(_NONE, charges=deducted) if deducted else None


def is_deducted(charge: Charge) -> bool:
    """Whether a charge was deducted at disbursal."""
    return charge.key == FEE or is_of_third_party(charge)


def is_of_third_party(charge: Charge) -> bool:
    """Whether a charge was deducted for a third party, GST included."""
    return charge.key.startswith(f"{FEE}:")


def of(standing: Standing) -> tuple[Charge, ...]:
    """All charges of a loan, oldest first."""
    return standing.special.charges if standing.special else ()


def net_disbursed(terms: Terms) -> Decimal:
    """The rupees that were paid out: the amount less all that was deducted."""
    return terms.amount - sum((one.total for one in at_disbursal(terms)), ZERO)


def unpaid(standing: Standing) -> Decimal:
    """The sum of the unpaid charges, penal charges included."""
    return ZERO if standing.special is None else sum((one.unpaid for one in standing.special.charges), ZERO)


def of_bucket(standing: Standing, bucket: Bucket) -> list[Charge]:
    """The charges of the bucket CHARGES or PENAL, oldest first."""
    return [one for one in of(standing) if (one.kind == PENAL) == (bucket is Bucket.PENAL)]


def levied(standing: Standing, *charges: Charge) -> Standing:
    """The standing with more charges."""
    special = standing.special or _NONE
    return standing._replace(special=replace(special, charges=(*special.charges, *charges)))


def levy(terms: Terms, kind: str, levied_amount: Decimal, on: date, sequence: int) -> Charge:
    """The charge of an event with a sequence."""
    charged = policy(terms.product, kind)
    tax = ZERO if charged is None else gst(charged, levied_amount)
    return Charge(f"charge:{sequence}", kind, on, levied_amount, tax)


def problems(terms: Terms, standing: Standing, charged: Charged) -> Iterator[Problem]:
    """The reasons against a charge (lending rules, 11.1): AMOUNT_TOO_LOW, CHARGE_NOT_ALLOWED, LOAN_CLOSED …"""
    yield from ended(standing)
    found = policy(terms.product, charged.kind)
    if found is None or found.kind in {FEE, PENAL} or found.payable_to:
        message = f'The product has no charge "{charged.kind[:_LONGEST_SHOWN]}" for operators.'
        yield Problem(ProblemCode.CHARGE_NOT_ALLOWED, message, "kind")
    elif charged.amount > (most := amount(found, terms.amount)):
        message = f"The charge of the product is {most}. Levy at most that amount."
        yield Problem(ProblemCode.CHARGE_NOT_ALLOWED, message, "amount")
    if charged.amount <= 0:
        yield Problem(ProblemCode.AMOUNT_TOO_LOW, "The amount must be more than 0.00.", "amount")


def ended(standing: Standing) -> Iterator[Problem]:
    """The reasons against a charge or a waiver on a loan that has ended: LOAN_CLOSED, LOAN_CANCELLED."""
    if standing.status == Status.CLOSED:
        yield Problem(ProblemCode.LOAN_CLOSED, f"The loan was closed on {standing.closed_on}.", "loanId")
    if standing.status == Status.CANCELLED:
        yield Problem(ProblemCode.LOAN_CANCELLED, "The loan was cancelled: it owes nothing.", "loanId")
    if standing.status == Status.WRITTEN_OFF:
        yield Problem(ProblemCode.LOAN_WRITTEN_OFF, "The loan is written off: only its claim is left.", "loanId")


def bounce(terms: Terms, standing: Standing, reversal: int, payment: Decimal) -> Charged | None:
    """The charge of a payment that bounced, whose reversal has a sequence; None without one (lending rules, 9.2)."""
    found = policy(terms.product, BOUNCE)
    if found is None or standing.closed_on is not None:
        return None
    levied_amount = amount(found, payment)
    return Charged(BOUNCE, levied_amount, reversal) if levied_amount else None


def with_penal(terms: Terms, standing: Standing, through: date) -> Standing:
    """The standing with the penal charges of the mornings up to a date (lending rules, 11.5).

    A penal charge arises once for a bill, on the morning after the grace days, if its minimum is unpaid then.
    """
    special = standing.special
    if special is None or not special.unpaid_minimums or standing.closed_on is not None:
        return standing
    charged = policy(terms.product, PENAL)
    assert charged is not None, "only a product with a penal charge keeps unpaid minimums"
    later, arisen = [], []
    for one in special.unpaid_minimums:
        on = one.due_on + (terms.product.grace_days + 1) * _DAY
        if on > through:
            later.append(one)
        elif levied_amount := amount(charged, one.amount):
            arisen.append(Charge(f"{PENAL}:{one.cycle}", PENAL, on, levied_amount, ZERO))
    if len(later) == len(special.unpaid_minimums):
        return standing
    arisen.sort(key=lambda charge: charge.on)
    return standing._replace(
        special=replace(special, charges=(*special.charges, *arisen), unpaid_minimums=tuple(later))
    )


def billed(terms: Terms, special: Special | None, bill: Bill) -> Special | None:
    """The special part of a standing after a new bill, whose minimum may bring a penal charge."""
    if not bill.minimum_due or policy(terms.product, PENAL) is None:
        return special
    special = special or _NONE
    minimum = UnpaidMinimum(bill.cycle, bill.due_date, bill.minimum_due)
    return replace(special, unpaid_minimums=(*special.unpaid_minimums, minimum))


def pay(charges: Sequence[Charge], money: Decimal) -> list[Part]:
    """The parts of money that pay unpaid charges, oldest first."""
    parts = []
    for one in charges:
        part = min(money, one.unpaid)
        if part > 0:
            money -= part
            parts.append(Part(one.key, one.kind, part))
    return parts


class OfABill(Protocol):
    """A part of money that pays a bill; other parts have no cycle."""

    @property
    def cycle(self) -> int | None: ...
    @property
    def interest(self) -> Decimal: ...
    @property
    def principal(self) -> Decimal: ...


def paid(standing: Standing, new: Charge | None, parts: Iterable[Part], bills: Iterable[OfABill]) -> Standing:
    """The standing after a payment with its own charge, its parts of charges, and its parts of bills."""
    if new is not None:
        standing = levied(standing, new)
    special = standing.special
    if special is None:
        return standing
    of_charges = {part.key: part.amount for part in parts}
    of_bills = {part.cycle: part.interest + part.principal for part in bills}
    minimums = (one._replace(amount=one.amount - of_bills.get(one.cycle, ZERO)) for one in special.unpaid_minimums)
    return standing._replace(
        special=replace(
            special,
            charges=tuple(one._replace(paid=one.paid + of_charges.get(one.key, ZERO)) for one in special.charges),
            unpaid_minimums=tuple(one for one in minimums if one.amount > 0),
        )
    )


def text_of_parts(parts: Iterable[Part]) -> str | None:
    """The parts of a payment by their charges' keys, as JSON; None without parts."""
    found = {part.key: str(part.amount) for part in parts}
    return json.dumps(found) if found else None


def parts_of_text(text: str | None) -> list[tuple[str, Decimal]]:
    """The keys and rupees of a text of parts."""
    return [] if text is None else [(key, Decimal(rupees)) for key, rupees in json.loads(text).items()]


def prepayment(terms: Terms, standing: Standing, prepaid: Decimal, on: date, sequence: int = 0) -> Charge | None:
    """The charge of a payment on a day that puts more than one EMI into undemanded principal (lending rules, 10.2).

    `standing` is the one before the payment. There is no such charge in the cooling-off (14.4).
    """
    rate, cooling_off = terms.product.prepayment_rate, terms.product.cooling_off_days
    if not rate or prepaid <= standing.emi or (cooling_off and on <= terms.disbursed_on + cooling_off * _DAY):
        return None
    levied_amount = to_paise(prepaid * rate / 100)
    key = f"prepay:{sequence}"
    charge = Charge(key, PREPAYMENT, on, levied_amount, to_paise(levied_amount * GST / 100))
    return charge if charge.total else None
