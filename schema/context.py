"""The part of the request's context that GraphQL types use. The resolvers implement it."""

from collections.abc import Awaitable, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeAlias

import strawberry

from rules import eligibility, owed, refusals
from rules.loan import Standing, Stands
from rules.repayments import Repaid
from schema.pagination import Connection


class Identified(Protocol):
    @property
    def id(self) -> int: ...


class OfStatement(Identified, Stands, Protocol):
    """A loan whose statement is read in pages."""

    @property
    def user_id(self) -> int: ...


class OfALoan(Protocol):
    @property
    def loan_id(self) -> int: ...


class OfABill(OfALoan, Protocol):
    @property
    def cycle(self) -> int: ...


class OfAnEvent(OfALoan, Protocol):
    @property
    def sequence(self) -> int: ...


class Paid(OfAnEvent, Identified, Protocol):
    """The fields of a payment that complete its allocations."""

    @property
    def credit(self) -> Decimal: ...
    @property
    def charges(self) -> Decimal: ...
    @property
    def charge_parts(self) -> str | None: ...
    @property
    def recovery(self) -> Decimal: ...
    @property
    def reversed_on(self) -> date | None: ...


class Context(Protocol):
    """`after` is a cursor of an earlier page; `first` is a page's length, 1 to 100.

    Raises (all pages):
        GraphQLError: BAD_USER_INPUT if the length or the cursor is invalid.

    """

    @property
    def today(self) -> date: ...

    def day_of(self, row: object) -> date:
        """The day whose figures a row of a loan shows: the business date, unless the row is a view as of a day."""
        ...

    def position(self, loan: Stands) -> owed.Position:
        """The figures owed of a loan on its day, computed once for all fields of the loan."""
        ...

    def standing(self, loan: Stands) -> Standing:
        """The standing of a loan, with a change of the rate that was agreed ahead and whose date has come."""
        ...

    def product_of(self, loan: Stands) -> object:
        """The version of the product that a loan was made under."""
        ...

    async def newest_cycle(self, bill: OfALoan) -> int:
        """The cycle of the newest bill of a bill's loan on its day."""
        ...

    async def obstacles(self, user_id: int, applicant: eligibility.Applicant) -> Sequence[refusals.Problem]:
        """The reasons against any loan of a person today."""
        ...

    async def loans_page(self, user_id: int, first: int | None, after: str | None) -> Connection[object]: ...

    async def bills_page(self, loan: Identified, first: int | None, after: str | None) -> Connection[object]: ...

    async def payments_page(self, loan: Identified, first: int | None, after: str | None) -> Connection[object]: ...

    async def events_page(self, loan: Identified, first: int | None, after: str | None) -> Connection[object]: ...

    async def changes_page(self, user_id: int, first: int | None, after: str | None) -> Connection[object]: ...
    async def failed_loans_page(self, run_id: int, first: int | None, after: str | None) -> Connection[object]: ...

    async def past_transactions_page(
        self, loan: OfStatement, first: int | None, after: str | None
    ) -> Connection[object]: ...

    def borrower(self, user_id: int) -> Awaitable[object]:
        """The borrower of a loan. All borrowers of a request are loaded at once."""
        ...

    def loan_event(self, row: OfAnEvent) -> object | Awaitable[object]:
        """The event of a payment or a line. All loans of a request are loaded at once."""
        ...

    def reversal_cause(self, payment: Paid) -> object | Awaitable[object]:
        """The cause of the reversal of a payment that does not count."""
        ...

    def moved_payment(self, payment: Paid) -> Awaitable[object]:
        """The payment to which another one was moved, if the viewer may see it."""
        ...

    def bill_versions(self, bill: OfABill) -> Awaitable[Sequence[object]]:
        """All versions of a bill, oldest first."""
        ...

    def charges(self, loan: OfStatement) -> Sequence[object]:
        """The charges of a loan on its day, oldest first."""
        ...

    def charges_due(self, loan: Stands) -> Decimal:
        """The unpaid charges of a loan on its day."""
        ...

    async def repaid(self, loan: OfStatement) -> Repaid:
        """The principal and the interest that are paid of a loan by its day."""
        ...

    async def apr(self, loan: Identified) -> Decimal | None:
        """The annual percentage rate of the key facts from which a loan was made, in percent; None without any."""
        ...

    async def bill_of_charge(self, charge: object) -> object:
        """The bill of a penal charge; None for other charges."""
        ...

    def allocations(self, payment: Paid) -> Sequence[object] | Awaitable[Sequence[object]]:
        """The allocations of a payment, without a query if they are known already. Its credit is one of them."""
        ...


Info: TypeAlias = strawberry.Info[Context, None]


# A row whose id is enough to query its lists.
Row = strawberry.Parent[Identified]
