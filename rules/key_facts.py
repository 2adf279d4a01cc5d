"""The key facts statement has the whole cost of a proposed loan, before the borrower agrees (lending rules, 16)."""

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Protocol

from rules import apr, calendars, charges, plan, working_days
from rules.calendars import Calendar
from rules.money import ZERO
from rules.plan import Installment, Terms, terms_of
from rules.products import CARD, ChargePolicy, Product, RateType
from rules.refusals import Problem, ProblemCode

# A borrower may accept the statement for three working days, or for one if the loan is shorter than a week.
_WORKING_DAYS, _WORKING_DAYS_OF_A_SHORT_LOAN, _SHORT_LOAN_DAYS = 3, 1, 7

# The EMI of a floating loan is shown at this much more, in percent a year.
_MORE = Decimal("0.25")

# Statements of a borrower that are valid and not accepted. The same terms on the same day are one statement.
MOST_OPEN = 10

_ALWAYS = (
    "The dates of this statement hold for a disbursal on the day of issue. They move with a later disbursal.",
    "The lender may not levy a charge that this statement does not name.",
    "A penal charge bears no interest and is never added to the principal.",
    "The borrower may pay early on any day, in part or in full.",
    "The lender names a recovery agent to the borrower before the agent contacts the borrower.",
    "The lender alone lends this loan. There is no co-lender.",
    "The borrower may complain to the grievance officer. If the lender does not resolve the complaint within 30 days,"
    " the borrower may complain to the Ombudsman of the Reserve Bank of India (cms.rbi.org.in).",
)
_COOLING_OFF = (
    "In the cooling-off period, the borrower may leave by paying the principal and the interest until that day."
)
_FLOATING = "The rate may change during the loan. The lender states each change, with the new EMI, to the borrower."


@dataclass(frozen=True, slots=True)
class Proposal:
    """A loan that a borrower may agree to: rupees, percent a year, and cycles, disbursed on the day of issue."""

    product: Product
    amount: Decimal
    loan_term: int
    interest_rate: Decimal
    issued_on: date

    @property
    def calendar(self) -> Calendar:
        return calendars.from_disbursal(self.product.cycle_kind, self.product.cycle, self.issued_on)

    @property
    def terms(self) -> Terms:
        return terms_of(
            self.product,
            amount=self.amount,
            interest_rate=self.interest_rate,
            loan_term=self.loan_term,
            disbursed_on=self.issued_on,
        )

    @property
    def schedule(self) -> tuple[Installment, ...]:
        return plan.at_disbursal(self.terms)


@dataclass(frozen=True, slots=True)
class Fee:
    """A charge that is deducted at disbursal, in rupees; `payable_to` is empty for the lender."""

    kind: str
    amount: Decimal
    gst: Decimal
    payable_to: str
    recurring: bool = False


class Contact(NamedTuple):
    """A person of the lender; a value that the lender did not set is empty."""

    name: str
    phone: str
    email: str


class Promise(NamedTuple):
    """The lender's statements beside the cost: the last day on which it is bound, the officer for complaints, and
    whether it may transfer the loan to another lender.
    """

    valid_until: date
    officer: Contact
    transferable: bool


@dataclass(frozen=True, slots=True)
class Cost:
    """The net disbursed in rupees, and the yearly rates in percent that it is repaid with."""

    net_disbursed: Decimal
    apr: Decimal
    effective_rate: Decimal


def fees(proposal: Proposal) -> tuple[Fee, ...]:
    """The processing fee, and the charges of third parties (lending rules, 11.2)."""
    payees = {one.kind: one.payable_to for one in proposal.product.charges}
    return tuple(Fee(one.kind, one.amount, one.gst, payees[one.kind]) for one in charges.at_disbursal(proposal.terms))


def cost(proposal: Proposal) -> Cost:
    """The cost of a proposal.

    Raises:
        ValueError: the fees leave nothing, or the rate is not below 10^6 %.
    """
    net, calendar = charges.net_disbursed(proposal.terms), proposal.calendar
    payments = [line.amount_due for line in proposal.schedule]
    first, periods = calendars.first_period(calendar), calendars.cycles_in_a_year(calendar)
    return Cost(net, apr.apr(net, payments, first, periods), apr.effective_rate(net, payments, first, periods))


def problems(proposal: Proposal) -> Iterator[Problem]:
    """The reason against a proposal whose fees leave nothing, or so little that its rate is beyond all bounds."""
    try:
        cost(proposal)
    except ValueError:
        yield _too_low(proposal.amount)


def fee_problems(product: Product, amount: Decimal) -> Iterator[Problem]:
    """The reason against an amount of which the fees leave nothing. An amount that is not above 0 has another one."""
    terms = terms_of(product, amount=amount, interest_rate=ZERO, loan_term=1, disbursed_on=date.min)
    if amount > 0 and charges.net_disbursed(terms) <= 0:
        yield _too_low(amount)


def _too_low(amount: Decimal) -> Problem:
    message = f"The fees take all of {amount:.2f}, or nearly all. Ask for more."
    return Problem(ProblemCode.AMOUNT_TOO_LOW, message, "amount")


def contingent_charges(product: Product) -> tuple[ChargePolicy, ...]:
    """The charges that arise only if something happens. They are not in the APR."""
    found = tuple(one for one in product.charges if one.kind != charges.FEE and not one.payable_to)
    if product.prepayment_rate:
        found += (ChargePolicy(charges.PREPAYMENT, rate=product.prepayment_rate, gst=charges.GST),)
    return found


def emi_at_quarter_more(proposal: Proposal) -> Decimal | None:
    """The EMI at a rate 25 basis points higher; None for a fixed rate."""
    if proposal.product.rate_type is not RateType.FLOATING:
        return None
    dearer = replace(proposal, interest_rate=proposal.interest_rate + _MORE)
    return plan.first_emi(dearer.terms)


def clauses(product: Product) -> tuple[str, ...]:
    """The clauses that the statement quotes."""
    cooling_off = (_COOLING_OFF,) if product.cooling_off_days else ()
    floating = (_FLOATING,) if product.rate_type is RateType.FLOATING else ()
    return (*floating, *_ALWAYS, *cooling_off)


def valid_until(proposal: Proposal, holidays: Container[date] = ()) -> date:
    """The last day on which the borrower may accept the statement."""
    last = calendars.billing_date(proposal.calendar, proposal.loan_term)
    is_short = (last - proposal.issued_on).days < _SHORT_LOAN_DAYS
    days = _WORKING_DAYS_OF_A_SHORT_LOAN if is_short else _WORKING_DAYS
    return working_days.later(proposal.issued_on, days, holidays)


class Request(Protocol):
    """An application: rupees, cycles, percent a year, and the product that it names."""

    @property
    def amount(self) -> Decimal: ...
    @property
    def loan_term(self) -> int: ...
    @property
    def interest_rate(self) -> Decimal: ...
    @property
    def product(self) -> str | None: ...


def acceptance_problems(
    proposal: Proposal, request: Request, *, valid_until: date, today: date, is_used: bool
) -> Iterator[Problem]:
    """The reasons against an application by the number of a statement."""
    if is_used:
        message = "These key facts were accepted already. Ask for new ones."
        yield Problem(ProblemCode.KEY_FACTS_USED, message, "proposalNumber")
    if today > valid_until:
        message = f"These key facts were valid until {valid_until}. Ask for new ones."
        yield Problem(ProblemCode.KEY_FACTS_EXPIRED, message, "proposalNumber")
    agreed = (proposal.amount, proposal.loan_term, proposal.interest_rate)
    # Null and the default do not tell whether the client named a product.
    is_other = (request.product or CARD.name) not in (CARD.name, proposal.product.name)
    if is_other or (request.amount, request.loan_term, request.interest_rate) != agreed:
        message = (
            f"The key facts are for {proposal.amount:.2f} of {proposal.product.name} for {proposal.loan_term} cycles"
            f" at {proposal.interest_rate.normalize():f} percent. Apply for exactly these terms."
        )
        yield Problem(ProblemCode.KEY_FACTS_DIFFER, message, "proposalNumber")
