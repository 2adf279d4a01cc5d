"""The key facts statement has the whole cost of a proposed loan, before the borrower agrees (lending rules, 16)."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rules import apr, calendars, charges, schedules, working_days
from rules.calendars import Calendar
from rules.money import ZERO
from rules.plan import Installment
from rules.products import ChargePolicy, Product, RateType
from rules.refusals import Problem, ProblemCode
from rules.schedules import Agreement

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
    def schedule(self) -> tuple[Installment, ...]:
        return schedules.at_disbursal(_agreement(self, self.interest_rate))


@dataclass(frozen=True, slots=True)
class Fee:
    """A charge that is deducted at disbursal, in rupees; `payable_to` is empty for the lender."""

    kind: str
    amount: Decimal
    gst: Decimal
    payable_to: str
    recurring: bool = False


@dataclass(frozen=True, slots=True)
class Cost:
    """The net disbursed in rupees, and the yearly rates in percent that it is repaid with."""

    net_disbursed: Decimal
    apr: Decimal
    effective_rate: Decimal


def fees(proposal: Proposal) -> tuple[Fee, ...]:
    """The processing fee, and the charges of third parties (lending rules, 11.2)."""
    found = []
    for one in proposal.product.charges:
        levied = charges.amount(one, proposal.amount)
        if _is_deducted(one) and levied:
            found.append(Fee(one.kind, levied, charges.gst(one, levied), one.payable_to))
    return tuple(found)


def _is_deducted(charged: ChargePolicy) -> bool:
    return charged.kind == charges.FEE or bool(charged.payable_to)


def net_disbursed(proposal: Proposal) -> Decimal:
    """The amount less all that is deducted at disbursal; not above 0.00 if the fees take it all."""
    return proposal.amount - sum((fee.amount + fee.gst for fee in fees(proposal)), ZERO)


def cost(proposal: Proposal) -> Cost:
    """The cost of a proposal whose fees leave something.

    Raises:
        ValueError: the rate is not below 10^6 %.
    """
    net, calendar = net_disbursed(proposal), proposal.calendar
    payments = [line.amount_due for line in proposal.schedule]
    first, periods = calendars.first_period(calendar), calendars.cycles_in_a_year(calendar)
    return Cost(net, apr.apr(net, payments, first, periods), apr.effective_rate(net, payments, first, periods))


def problems(proposal: Proposal) -> Iterator[Problem]:
    """The reason against a proposal whose fees leave nothing."""
    if net_disbursed(proposal) <= 0:
        message = f"The fees are at least {proposal.amount:.2f}, the amount. Ask for more."
        yield Problem(ProblemCode.AMOUNT_TOO_LOW, message, "amount")


def contingent_charges(product: Product) -> tuple[ChargePolicy, ...]:
    """The charges that arise only if something happens. They are not in the APR."""
    found = tuple(one for one in product.charges if not _is_deducted(one))
    if product.prepayment_rate:
        found += (ChargePolicy(charges.PREPAYMENT, rate=product.prepayment_rate, gst=charges.GST),)
    return found


def emi_at_quarter_more(proposal: Proposal) -> Decimal | None:
    """The EMI at a rate 25 basis points higher; None for a fixed rate."""
    if proposal.product.rate_type is not RateType.FLOATING:
        return None
    agreement = _agreement(proposal, proposal.interest_rate + _MORE)
    cycles = schedules.billed_cycles(agreement, range(1, proposal.loan_term + 1))
    return schedules.emi(proposal.amount, (cycle.factor for cycle in cycles), proposal.product.emi_step)


def _agreement(proposal: Proposal, interest_rate: Decimal) -> Agreement:
    product = proposal.product
    return Agreement(
        proposal.amount,
        interest_rate,
        proposal.loan_term,
        proposal.calendar,
        product.due_days,
        product.day_count,
        product.emi_step,
    )


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
