"""A statement: the posted transactions, and the installments to come."""

import datetime
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

import strawberry

from rules.statement import LineKind
from schema.bills import Installment
from schema.charges import Charge
from schema.context import Info, OfAnEvent
from schema.descriptions import explain
from schema.loan_events import LoanEvent
from schema.loans import Loan
from schema.pagination import After, Connection, First
from schema.scalars import Money, Percent

explain(
    LineKind,
    "The kind of the event.",
    {
        LineKind.DISBURSAL: "The loan was disbursed.",
        LineKind.BILL: "A bill was issued, with its interest.",
        LineKind.PAYMENT: "A payment was taken.",
        LineKind.REVERSAL: "An earlier event no longer counts, from its own date on.",
        LineKind.REFUND: "Credit was paid out to the borrower.",
        LineKind.CHARGE: "A charge was levied.",
        LineKind.WAIVER: "A charge or interest was waived.",
        LineKind.SETTLEMENT: "The lender accepts less than the payoff, by a date.",
        LineKind.WRITE_OFF: "The loan was written off: its bills demand nothing any more.",
        LineKind.RECOVERY: "A payment of a written-off loan was taken.",
        LineKind.RATE_CHANGE: "The interest rate changes from the date on.",
        LineKind.DUE_DATE_CHANGE: "The next billing date moved.",
        LineKind.MORATORIUM: "The next cycles demand nothing.",
        LineKind.RESTRUCTURE: "Cycles, rate, dates and arrears were agreed again.",
    },
    name="StatementLineKind",
)


def _event(root: strawberry.Parent[OfAnEvent], info: Info) -> LoanEvent | None:
    event: Any = info.context.loan_event(root) if root.sequence else None
    return event  # type: ignore[no-any-return]


@strawberry.type(description="One posted event.")
class StatementLine:
    date: datetime.date = strawberry.field(description="The day on which the event counts.")
    kind: LineKind = strawberry.field(description="The kind of the event.")
    amount_paid: Money = strawberry.field(description="The amount of a PAYMENT or a RECOVERY; 0.00 otherwise.")
    interest: Money = strawberry.field(
        description="The interest of a bill, or what a payment paid or a WAIVER waived of it."
    )
    principal: Money = strawberry.field(description="The disbursed amount, or the principal that a payment paid.")
    credit: Money = strawberry.field(
        description=(
            "The part of a payment that became the borrower's credit. That of a REFUND is below zero. Lines without"
            " reversedOn sum to Loan.credit."
        )
    )
    charges: Money = strawberry.field(
        description="The charge of a CHARGE with GST, the charges that a payment paid, or what a WAIVER waived of one."
    )
    principal_balance: Money = strawberry.field(description="The loan's principal after the event.")
    event: LoanEvent | None = strawberry.field(
        resolver=_event, description="The event; null for a BILL, which follows from the events."
    )
    reversed_on: datetime.date | None = strawberry.field(
        description=(
            "The date of its reversal; null while it counts. A reversed line stays visible, and changes no balance."
        )
    )


class _OfALoan(Protocol):
    @property
    def loan(self) -> Any: ...


async def _past_transactions_page(
    root: strawberry.Parent[_OfALoan], info: Info, first: First = 20, after: After = strawberry.UNSET
) -> Connection[StatementLine]:
    page: Any = await info.context.past_transactions_page(root.loan, first, after or None)
    return page  # type: ignore[no-any-return]


def _charges(root: strawberry.Parent[_OfALoan], info: Info) -> list[Charge]:
    charges: Any = info.context.charges(root.loan)
    return charges  # type: ignore[no-any-return]


async def _principal_paid(root: strawberry.Parent[_OfALoan], info: Info) -> Money:
    return Money((await info.context.repaid(root.loan)).principal)


async def _interest_paid(root: strawberry.Parent[_OfALoan], info: Info) -> Money:
    return Money((await info.context.repaid(root.loan)).interest)


async def _apr(root: strawberry.Parent[_OfALoan], info: Info) -> Percent | None:
    apr = await info.context.apr(root.loan)
    return None if apr is None else Percent(apr)


class _Coming(Protocol):
    @property
    def upcoming_emis(self) -> Sequence[object]: ...


def _installments_left(root: strawberry.Parent[_Coming]) -> int:
    return len(root.upcoming_emis)


@strawberry.type(description="A loan's statement at the end of a day, as it was known at a time.")
class Statement:
    loan: Loan = strawberry.field(description="The loan as of the statement's day.")
    as_of: datetime.date = strawberry.field(description="The day of the statement: the business date unless given.")
    known_at: datetime.datetime = strawberry.field(
        description=(
            "The time of knowledge that the statement shows. Without the argument it is the time of the newest record"
            " of the loan. Send it back unchanged, with asOf, to get this answer again."
        )
    )
    projected: bool = strawberry.field(
        description=(
            "Whether asOf is after the business date. The statement then assumes that nothing else happens. It turns"
            " false once the day has come."
        )
    )
    charges: list[Charge] = strawberry.field(
        resolver=_charges, description="The charges of the loan on that day, oldest first."
    )
    principal_paid: Money = strawberry.field(
        resolver=_principal_paid, description="The principal paid so far, without recoveries of a claim."
    )
    interest_paid: Money = strawberry.field(resolver=_interest_paid, description="The interest paid so far.")
    installments_left: int = strawberry.field(
        resolver=_installments_left, description="The number of upcomingEmis, which unpaid bills belong to."
    )
    apr: Percent | None = strawberry.field(
        resolver=_apr,
        description="The annual percentage rate of the accepted key facts; null for a loan without key facts.",
    )
    posted: strawberry.Private[Callable[[], Sequence[object]]]
    chain: strawberry.Private[Callable[[], Awaitable[str]]]
    upcoming_emis: list[Installment] = strawberry.field(
        description=(
            "The unpaid amounts of open bills, then the plan for the remaining cycles as if those bills were paid"
            " on that day. Empty once the loan is CLOSED."
        )
    )
    past_transactions_connection: Connection[StatementLine] = strawberry.field(
        resolver=_past_transactions_page,
        description="The lines of pastTransactions in pages, for loans with any number of events.",
    )

    @strawberry.field(  # type: ignore[untyped-decorator]
        description=(
            "Every posted event by its date, oldest first: a bill before the events of its day, and these in the order"
            " of their sequence. More than 1,000 lines are BAD_USER_INPUT: use pastTransactionsConnection instead."
        )
    )
    def past_transactions(self) -> list[StatementLine]:
        lines: Any = self.posted()
        return lines  # type: ignore[no-any-return]

    @strawberry.field(  # type: ignore[untyped-decorator]
        description=(
            "The head of the chain of the loan's events: a SHA-256 in 64 hexadecimal digits. It covers the events that"
            " were recorded by knownAt. A later event extends the chain, and a changed event would change the head."
        )
    )
    async def chain_head(self) -> str:
        return await self.chain()
