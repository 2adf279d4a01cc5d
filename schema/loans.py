"""A loan: its terms, its standing, its bills and payments, and the figures that the rules compute for today."""

import datetime
from typing import Any, Protocol

import strawberry

from rules import charges, owed, plan
from rules.loan import ClosureReason, Stands, Status
from rules.loan import Loan as LoanOfRules
from schema import ends, loan_terms
from schema.bills import Bill, Installment
from schema.borrowers import Borrower
from schema.charges import Charge
from schema.context import Info, OfStatement, Row
from schema.descriptions import explain
from schema.ends import Settlement
from schema.loan_events import LoanEvent
from schema.pagination import After, Connection, First
from schema.payments import Payment
from schema.products import Product
from schema.scalars import Money, Percent

LoanFields = strawberry.Parent[Stands]


explain(
    Status,
    "Whether the loan is paid in full.",
    {
        Status.ACTIVE: "The loan is not paid in full.",
        Status.CLOSED: "The loan is paid in full. It gets no more bills and takes no more payments.",
        Status.CANCELLED: "The disbursal was reversed: the money was never paid out.",
        Status.WRITTEN_OFF: "The loan is a loss in the books. The claim remains, and payments are recoveries.",
    },
    name="LoanStatus",
)


def _status(root: LoanFields) -> Status:
    return Status(root.standing.status)


def _closed_on(root: LoanFields) -> datetime.date | None:
    return root.standing.closed_on if root.standing.status == Status.CLOSED else None


def _credit(root: LoanFields) -> Money:
    return Money(root.standing.credit)


def _net_disbursed(root: LoanFields) -> Money:
    return Money(charges.net_disbursed(root.terms))


def _charges_due(root: LoanFields, info: Info) -> Money:
    return Money(info.context.charges_due(root))


def _charges(root: strawberry.Parent[OfStatement], info: Info) -> list[Charge]:
    rows: Any = info.context.charges(root)
    return rows  # type: ignore[no-any-return]


def _payoff(root: LoanFields, info: Info) -> Money:
    return Money(info.context.position(root).payoff)


def _amount_due(root: LoanFields, info: Info) -> Money:
    return Money(info.context.position(root).amount_due)


def _minimum_due(root: LoanFields, info: Info) -> Money:
    return Money(info.context.position(root).minimum_due)


def _past_due(root: LoanFields, info: Info) -> Money:
    return Money(info.context.position(root).past_due)


def _days_past_due(root: LoanFields, info: Info) -> int:
    return info.context.position(root).days_past_due


def _next_due_date(root: LoanFields, info: Info) -> datetime.date | None:
    return owed.next_due_on(LoanOfRules.of(root), info.context.day_of(root))


def _least_prepayment(root: LoanFields, info: Info) -> Money | None:
    least = owed.least_prepayment(LoanOfRules.of(root), info.context.day_of(root))
    return None if least is None else Money(least)


def _product(root: LoanFields, info: Info) -> Product:
    product: Any = info.context.product_of(root)
    return product  # type: ignore[no-any-return]


def _emi_schedule(root: LoanFields) -> list[Installment]:
    lines: Any = plan.at_disbursal(root.terms)
    return list(lines)


async def _bills(root: Row, info: Info, first: First = 20, after: After = strawberry.UNSET) -> Connection[Bill]:
    page: Any = await info.context.bills_page(root, first, after or None)
    return page  # type: ignore[no-any-return]


async def _payments(root: Row, info: Info, first: First = 20, after: After = strawberry.UNSET) -> Connection[Payment]:
    page: Any = await info.context.payments_page(root, first, after or None)
    return page  # type: ignore[no-any-return]


async def _events(root: Row, info: Info, first: First = 20, after: After = strawberry.UNSET) -> Connection[LoanEvent]:
    page: Any = await info.context.events_page(root, first, after or None)
    return page  # type: ignore[no-any-return]


class _Owned(Protocol):
    @property
    def user_id(self) -> int: ...


def _borrower(root: strawberry.Parent[_Owned], info: Info) -> Borrower:
    row: Any = info.context.borrower(root.user_id)
    return row  # type: ignore[no-any-return]


@strawberry.type(
    description=(
        "A disbursed loan on its day: the business date, or asOf of the query. Its amounts include the cycles that have"
        " come by then, even before a billing run has billed them."
    )
)
class Loan:
    id: strawberry.ID = strawberry.field(description="The id of the loan.")
    borrower: Borrower = strawberry.field(
        resolver=_borrower,
        description=(
            "The borrower: any for an operator, whose read the audit log records. A borrower sees only their own loans,"
            " and so only themselves. It is the person as they are now, also on another day."
        ),
    )
    status: Status = strawberry.field(resolver=_status, description="Whether the loan is paid in full.")
    product: Product = strawberry.field(
        resolver=_product,
        description=(
            "The version of the product that it was made under. For the first version of card, the cycle, the due days"
            " and the minimum are the loan's own. Its other policies are present settings."
        ),
    )
    amount: Money = strawberry.field(description="The disbursed amount.")
    net_disbursed: Money = strawberry.field(
        resolver=_net_disbursed, description="The amount that was paid out: amount less the deductions at disbursal."
    )
    interest_rate: Percent = strawberry.field(
        resolver=loan_terms.interest_rate_of, description="The yearly interest rate in percent on its day."
    )
    daily_rate: Percent = strawberry.field(
        resolver=loan_terms.daily_rate_of, description="The daily interest rate in percent on its day."
    )
    loan_term: int = strawberry.field(
        resolver=loan_terms.loan_term_of,
        description="The term in cycles. A prepayment that reduces the term makes it shorter.",
    )
    disbursed_on: datetime.date = strawberry.field(
        description="The day of the disbursal. Interest accrues from the next day."
    )
    next_billing_on: datetime.date | None = strawberry.field(
        name="nextBillingDate", description="The next billing date; null once the loan is CLOSED."
    )
    emi: Money = strawberry.field(
        resolver=loan_terms.emi_of,
        description=("The level installment. A prepayment of principal and an installment paid short recalculate it."),
    )
    principal_balance: Money = strawberry.field(description="The unpaid principal.")
    payoff: Money = strawberry.field(
        resolver=_payoff,
        description=(
            "The amount that closes the loan on its day: principal + unpaid billed interest + deferredInterest +"
            " interest accrued to that day + unpaid charges + the prepayment charge with its GST."
        ),
    )
    amount_due: Money = strawberry.field(
        resolver=_amount_due, description="The unpaid installments of the bills. Paying this amount keeps the plan."
    )
    minimum_due: Money = strawberry.field(
        resolver=_minimum_due,
        description=("The unpaid minimums of the bills. Paying this amount keeps the loan from being past due."),
    )
    past_due: Money = strawberry.field(
        resolver=_past_due, description="The unpaid minimums of the bills whose due date has passed."
    )
    days_past_due: int = strawberry.field(
        resolver=_days_past_due, description="Days since the oldest of these due dates; 0 if there is none."
    )
    next_due_date: datetime.date | None = strawberry.field(
        resolver=_next_due_date,
        description=(
            "The next day by which a minimum has to be paid: that of the newest bill if its minimum is unpaid and not"
            " past due, otherwise that of the next bill. Nothing but pastDue is due before it. Null once the loan is"
            " CLOSED."
        ),
    )
    least_prepayment: Money | None = strawberry.field(
        resolver=_least_prepayment,
        description=(
            "The smallest payment on its day that lowers the EMI: all that it pays before principal, and enough"
            " principal. Null if no such payment leaves the loan open."
        ),
    )
    emi_schedule: list[Installment] = strawberry.field(
        resolver=_emi_schedule,
        description=("The plan at disbursal. Statement.upcomingEmis has the installments to come."),
    )
    bills: Connection[Bill] = strawberry.field(
        resolver=_bills,
        description=(
            "The issued bills, oldest first. With asOf or knownAt, the bills of all cycles that have come by that day."
        ),
    )
    payments: Connection[Payment] = strawberry.field(
        resolver=_payments, description="The payments, in the order in which they were taken."
    )
    charges_due: Money = strawberry.field(
        resolver=_charges_due, description="The unpaid charges, penal charges included. They bear no interest."
    )
    deferred_interest: Money = strawberry.field(
        resolver=ends.deferred_interest_of, description="Unpaid interest that was set aside. It bears no interest."
    )
    charges: list[Charge] = strawberry.field(
        resolver=_charges,
        description="All charges of the loan, oldest first, with the penal charges that have arisen by its day.",
    )
    sequence: int = strawberry.field(
        description="The sequence of its newest event, of those up to its day. Bills do not change it."
    )
    closed_on: datetime.date | None = strawberry.field(resolver=_closed_on, description="The day of its closing.")
    closure_reason: ClosureReason | None = strawberry.field(
        resolver=ends.closure_reason_of, description="The reason of its closing; null for a loan that is not CLOSED."
    )
    claim: Money = strawberry.field(resolver=ends.claim_of, description="The amount that a WRITTEN_OFF loan owes.")
    settlement: Settlement | None = strawberry.field(resolver=ends.settlement_of, description="The live settlement.")
    credit: Money = strawberry.field(
        resolver=_credit,
        description="Money of the borrower that nothing demands. Below zero: the amount that was refunded in excess.",
    )
    events: Connection[LoanEvent] = strawberry.field(
        resolver=_events, description="The events of its life, in the order in which they were recorded."
    )
