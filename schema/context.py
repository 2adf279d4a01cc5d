"""The part of the request's context that GraphQL types use. The resolvers implement it."""

from collections.abc import Awaitable, Sequence
from datetime import date
from typing import Protocol, TypeAlias

import strawberry

from rules import billing, eligibility, owed, refusals
from schema.pagination import Connection


class Context(Protocol):
    """`after` is a cursor of an earlier page; `first` is a page's length, 1 to 100.

    Raises (all pages):
        GraphQLError: BAD_USER_INPUT if the length or the cursor is invalid.

    """

    @property
    def today(self) -> date: ...

    def position(self, loan: billing.Loan) -> owed.Position:
        """The figures owed of a loan today, computed once for all fields of the loan."""
        ...

    async def newest_cycle(self, loan_id: int) -> int:
        """The cycle of a loan's newest bill today."""
        ...

    async def obstacles(self, user_id: int, applicant: eligibility.Applicant) -> Sequence[refusals.Problem]:
        """The reasons against any loan of a person today."""
        ...

    async def loans_page(self, user_id: int, first: int | None, after: str | None) -> Connection[object]: ...

    async def bills_page(self, loan_id: int, first: int | None, after: str | None) -> Connection[object]: ...

    async def payments_page(self, loan_id: int, first: int | None, after: str | None) -> Connection[object]: ...

    async def changes_page(self, user_id: int, first: int | None, after: str | None) -> Connection[object]: ...
    async def failed_loans_page(self, run_id: int, first: int | None, after: str | None) -> Connection[object]: ...

    async def past_transactions_page(
        self, loan_id: int, loan: billing.Loan, first: int | None, after: str | None
    ) -> Connection[object]: ...

    def borrower(self, user_id: int) -> Awaitable[object]:
        """The borrower of a loan. All borrowers of a request are loaded at once."""
        ...

    def allocations(self, payment_id: int) -> Sequence[object] | Awaitable[Sequence[object]]:
        """The allocations of a payment, without a query if they are known already."""
        ...


Info: TypeAlias = strawberry.Info[Context, None]


class _Identified(Protocol):
    @property
    def id(self) -> int: ...


# A row whose id is enough to query its lists.
Row = strawberry.Parent[_Identified]
