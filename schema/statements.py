"""A statement: the posted transactions, and the installments to come."""

import datetime
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import strawberry

from rules import ledger
from schema.bills import Installment
from schema.context import Info
from schema.descriptions import explain
from schema.loans import Loan
from schema.pagination import After, Connection, First
from schema.scalars import Money

explain(
    ledger.Event,
    "The kind of the event.",
    {
        ledger.Event.DISBURSAL: "The loan was disbursed.",
        ledger.Event.BILL: "A bill was issued, with its interest.",
        ledger.Event.PAYMENT: "A payment was taken.",
    },
    name="StatementLineKind",
)


@strawberry.type(description="One posted event.")
class StatementLine:
    date: datetime.date = strawberry.field(description="The day on which the event counts.")
    kind: ledger.Event = strawberry.field(description="The kind of the event.")
    amount_paid: Money = strawberry.field(description="interest + principal of a PAYMENT; 0.00 otherwise.")
    interest: Money = strawberry.field(description="The interest of a bill, or the interest that a payment paid.")
    principal: Money = strawberry.field(description="The disbursed amount, or the principal that a payment paid.")
    principal_balance: Money = strawberry.field(description="The loan's principal after the event.")


class _OfALoan(Protocol):
    @property
    def loan(self) -> Any: ...


async def _past_transactions_page(
    root: strawberry.Parent[_OfALoan], info: Info, first: First = 20, after: After = strawberry.UNSET
) -> Connection[StatementLine]:
    page: Any = await info.context.past_transactions_page(root.loan.id, root.loan, first, after or None)
    return page  # type: ignore[no-any-return]


@strawberry.type(description="A loan's statement on the business date.")
class Statement:
    loan: Loan = strawberry.field(description="The loan.")
    as_of: datetime.date = strawberry.field(description="The business date.")
    posted: strawberry.Private[Callable[[], Sequence[object]]]
    upcoming_emis: list[Installment] = strawberry.field(
        description=(
            "The unpaid amounts of open bills, then the plan for the remaining cycles as if those bills were paid"
            " today. Empty once the loan is CLOSED."
        )
    )
    past_transactions_connection: Connection[StatementLine] = strawberry.field(
        resolver=_past_transactions_page,
        description="The lines of pastTransactions in pages, for loans with any number of events.",
    )

    @strawberry.field(  # type: ignore[untyped-decorator]
        description=(
            "Every posted event, oldest first. A bill comes before a payment of the same day. More than 1,000"
            " lines are BAD_USER_INPUT: use pastTransactionsConnection instead."
        )
    )
    def past_transactions(self) -> list[StatementLine]:
        lines: Any = self.posted()
        return lines  # type: ignore[no-any-return]
