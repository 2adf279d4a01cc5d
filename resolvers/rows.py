"""The rows and figures that GraphQL types read: loaded for all parents of a request at once, or computed once."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property, partial

from strawberry.dataloader import DataLoader

from models import key_facts
from models.payment_posting import AllocationRow
from models.users import User
from resolvers import (
    borrowers,
    charges,
    commitments,
    loan_events,
    loans_as_of,
    pagination,
    product_versions,
    statement_pages,
)
from resolvers.loan_events import EventView, Void
from resolvers.loans_as_of import AsOf, LoanAsOf
from resolvers.pagination import PageLoaders
from resolvers.viewer import Viewer
from rules import eligibility, owed, plan, products, repayments
from rules.audit import Origin
from rules.charges import parts_of_text
from rules.eligibility import Applicant, Commitments
from rules.loan import Loan, Standing, Stands
from rules.money import ZERO
from rules.owed import Position
from rules.products import CARD, Product
from rules.refusals import Problem
from rules.repayments import Repaid
from schema.context import Identified, OfABill, OfALoan, OfAnEvent, OfStatement, Paid
from schema.pagination import Connection
from settings import Settings


class Rows(ABC):
    """The part of a request's context that `schema.context` describes. Each loader is created at its first use: most
    operations need none.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def forget_rows(self) -> None:
        """Drop all rows and figures; call it once before the first use."""
        self.known_allocations: dict[int, Sequence[object]] = {}
        self._offered: list[Product] | None = None
        self._positions: dict[int, tuple[Stands, Position]] = {}
        self._standings: dict[int, tuple[Stands, Standing]] = {}
        for name in ("pages", "_borrowers", "_debts"):
            self.__dict__.pop(name, None)

    @property
    @abstractmethod
    def origin(self) -> Origin: ...

    @property
    @abstractmethod
    def today(self) -> date: ...

    @property
    @abstractmethod
    def viewer(self) -> Viewer: ...

    @abstractmethod
    async def business_date(self) -> date: ...

    @cached_property
    def pages(self) -> PageLoaders:
        return PageLoaders()

    @cached_property
    def _borrowers(self) -> DataLoader[int, User]:
        return borrowers.loader(self)

    @cached_property
    def _debts(self) -> DataLoader[int, Commitments]:
        return commitments.loader(self.business_date)

    @property
    def _is_operator(self) -> bool:
        return self.viewer.owner_id is None

    def product_of(self, loan: Stands) -> Product:
        return plan.product_of(loan.terms, products.card(self.settings))

    async def loans_page(self, user_id: int, first: int | None, after: str | None) -> Connection[object]:
        return await self.pages.loans.connection(user_id, first, after)

    async def bills_page(self, loan: Identified, first: int | None, after: str | None) -> Connection[object]:
        if isinstance(loan, LoanAsOf):
            return await pagination.page_of(await loan.life.bills(), "cycle", first, after)
        return await self.pages.bills.connection(loan.id, first, after)

    async def payments_page(self, loan: Identified, first: int | None, after: str | None) -> Connection[object]:
        if isinstance(loan, LoanAsOf):
            return await pagination.page_of(await loan.life.payments(), "id", first, after)
        return await self.pages.payments.connection(loan.id, first, after)

    async def events_page(self, loan: Identified, first: int | None, after: str | None) -> Connection[object]:
        void: Void
        if isinstance(loan, LoanAsOf):
            rows, void = loan.life.rows, loan.life.lived.void
        else:
            rows, void = await self.pages.events.load(loan.id), partial(self.pages.void_events.load, loan.id)
        events = loan_events.views(list(rows.values()), void, for_operator=self._is_operator)
        return await pagination.page_of(events, "sequence", first, after)

    async def changes_page(self, user_id: int, first: int | None, after: str | None) -> Connection[object]:
        return await self.pages.changes.connection(user_id, first, after)

    async def failed_loans_page(self, run_id: int, first: int | None, after: str | None) -> Connection[object]:
        return await self.pages.failed_loans.connection(run_id, first, after)

    async def past_transactions_page(
        self, loan: OfStatement, first: int | None, after: str | None
    ) -> Connection[object]:
        if isinstance(loan, LoanAsOf):
            return await statement_pages.page_of(loan.terms, await loan.life.lines(), first, after)
        if loan.terms.product is not CARD:
            # Only the fold knows what a waiver of a charge has paid.
            events = await self.pages.events.load(loan.id)
            view = loans_as_of.of_now(loan, list(events.values()), self.today, for_operator=self._is_operator)
            return await statement_pages.page_of(loan.terms, await view.life.lines(), first, after)
        return await statement_pages.page(loan.id, loan, first, after)

    def day_of(self, row: object) -> date:
        return row.loan_as_of.life.as_of if isinstance(row, AsOf) else self.today

    def position(self, loan: Stands) -> Position:
        known = self._positions.get(id(loan))
        if known is None:
            # The loan is kept too: while it lives, no other object has its id.
            known = self._positions[id(loan)] = loan, owed.position(Loan.of(loan), self.day_of(loan))
        return known[1]

    def standing(self, loan: Stands) -> Standing:
        known = self._standings.get(id(loan))
        if known is None:
            known = self._standings[id(loan)] = loan, owed.standing_on(Loan.of(loan), self.day_of(loan))
        return known[1]

    def charges(self, loan: OfStatement) -> Sequence[object]:
        return charges.of(loan, self.day_of(loan))

    def charges_due(self, loan: Stands) -> Decimal:
        return sum((one.unpaid for one in owed.charges_of(Loan.of(loan), self.day_of(loan))), ZERO)

    async def repaid(self, loan: OfStatement) -> Repaid:
        if isinstance(loan, LoanAsOf):
            return repayments.of(loan.life.lived)
        return await self.pages.repaid.load(loan.id)

    async def apr(self, loan: Identified) -> Decimal | None:
        statement = await key_facts.of_loan(loan.id)
        return None if statement is None else statement.apr

    async def bill_of_charge(self, charge: object) -> object:
        assert isinstance(charge, charges.ChargeOfALoan)
        cycle, loan = charges.cycle_of(charge), charge.loan
        if cycle is None:
            return None
        if isinstance(loan, LoanAsOf):
            return (await loan.life.versions())[cycle][-1]
        versions = await self.pages.bill_versions.load((loan.id, cycle))
        return versions[-1] if versions else None

    async def newest_cycle(self, bill: OfALoan) -> int:
        if isinstance(bill, AsOf):
            return bill.loan_as_of.standing.cycles_billed
        return owed.newest_cycle(Loan.of(await self.pages.loans_by_id.load(bill.loan_id)), self.today)

    async def obstacles(self, user_id: int, applicant: Applicant) -> Sequence[Problem]:
        """The reasons against the product with the fewest: one with none lends to the person."""
        debts = await self._debts.load(user_id)
        offered = await self._products_offered()
        found = [eligibility.obstacles(eligibility.limits(one, self.settings), applicant, debts) for one in offered]
        return min(found, key=len)

    async def _products_offered(self) -> list[Product]:
        if self._offered is None:
            self._offered = await product_versions.offered(self.settings, await self.business_date())
        return self._offered

    def borrower(self, user_id: int) -> Awaitable[object]:
        return self._borrowers.load(user_id)

    def loan_event(self, row: OfAnEvent) -> object | Awaitable[object]:
        return row.loan_as_of.life.event(row.sequence) if isinstance(row, AsOf) else self._event(row)

    def reversal_cause(self, payment: Paid) -> object | Awaitable[object]:
        if isinstance(payment, AsOf):
            return payment.loan_as_of.life.reversal_cause(payment.sequence)
        return self._reversal_cause(payment)

    async def moved_payment(self, payment: Paid) -> object:
        if isinstance(payment, AsOf):
            return await payment.loan_as_of.life.moved_payment(payment.id, self.viewer.owner_id)
        moved = await self.pages.moved_payments.load(payment.id)
        return moved if moved is not None and self.viewer.owner_id in (None, moved.user_id) else None

    async def bill_versions(self, bill: OfABill) -> Sequence[object]:
        if isinstance(bill, AsOf):
            return (await bill.loan_as_of.life.versions())[bill.cycle]
        return await self.pages.bill_versions.load((bill.loan_id, bill.cycle))

    def allocations(self, payment: Paid) -> Sequence[object] | Awaitable[Sequence[object]]:
        if isinstance(payment, AsOf):
            return payment.loan_as_of.life.allocations(payment.sequence)
        known = self.known_allocations.get(payment.id)
        # A reversed payment has no allocations any more.
        if (payment.credit or payment.charges or payment.recovery) and payment.reversed_on is None:
            return self._with_others(payment, known)
        return self.pages.allocations.load(payment.id) if known is None else known

    async def _event(self, row: OfAnEvent) -> EventView:
        life = await self.pages.events.load(row.loan_id)
        return EventView(life[row.sequence], life, self._is_operator, partial(self.pages.void_events.load, row.loan_id))

    async def _reversal_cause(self, payment: Paid) -> object:
        reversal = (await self._event(payment)).reversed_by
        return None if reversal is None else reversal.cause

    async def _with_others(self, payment: Paid, known: Sequence[object] | None) -> Sequence[object]:
        """The allocations of a payment with those to charges and to credit, which are no rows."""
        rows = await self.pages.allocations.load(payment.id) if known is None else known
        charged: Sequence[object] = ()
        if payment.charges:
            loan, parts = await self.pages.loans_by_id.load(payment.loan_id), parts_of_text(payment.charge_parts)
            charged = charges.allocations(loan, self.today, parts)
        recovered = [AllocationRow(None, ZERO, ZERO, recovery=payment.recovery)] if payment.recovery else []
        credit = [AllocationRow(None, ZERO, ZERO, payment.credit)] if payment.credit else []
        return [*rows, *charged, *recovered, *credit]
