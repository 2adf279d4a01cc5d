"""A statement: what was posted, and what is still to come."""

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
    "What happened.",
    {
        ledger.Event.DISBURSAL: "The loan was paid out.",
        ledger.Event.BILL: "A bill was issued, and its interest with it.",
        ledger.Event.PAYMENT: "A payment was taken.",
    },
    name="StatementLineKind",
)


@strawberry.type(description="One posted event.")
class StatementLine:
    date: datetime.date = strawberry.field(description="The day it counts on.")
    kind: ledger.Event = strawberry.field(description="What happened.")
    amount_paid: Money = strawberry.field(description="interest + principal of a PAYMENT; 0.00 otherwise.")
    interest: Money = strawberry.field(description="What a bill asked, or what a payment paid.")
    principal: Money = strawberry.field(description="What was lent, or what a payment paid.")
    principal_balance: Money = strawberry.field(description="The principal after it.")


class _OfALoan(Protocol):
    @property
    def loan(self) -> Any: ...


async def _past_transactions_page(
    root: strawberry.Parent[_OfALoan], info: Info, first: First = 20, after: After = strawberry.UNSET
) -> Connection[StatementLine]:
    page: Any = await info.context.past_transactions_page(root.loan.id, root.loan, first, after or None)
    return page  # type: ignore[no-any-return]


@strawberry.type(description="A loan's statement as it stands on the business date.")
class Statement:
    loan: Loan = strawberry.field(description="The loan that it is of.")
    as_of: datetime.date = strawberry.field(description="The business date.")
    posted: strawberry.Private[Callable[[], Sequence[object]]]
    upcoming_emis: list[Installment] = strawberry.field(
        description=(
            "What open bills still ask for, then the plan for the cycles left as if those were paid today. Empty once"
            " the loan is CLOSED."
        )
    )
    past_transactions_connection: Connection[StatementLine] = strawberry.field(
        resolver=_past_transactions_page,
        description="The lines of pastTransactions, page by page, for loans of any number of events.",
    )

    @strawberry.field(  # type: ignore[untyped-decorator]
        description=(
            "Every posted event, oldest first. Of one day, a bill comes before a payment. BAD_USER_INPUT where there"
            " are more than 1,000: page through pastTransactionsConnection instead."
        )
    )
    def past_transactions(self) -> list[StatementLine]:
        lines: Any = self.posted()
        return lines  # type: ignore[no-any-return]
