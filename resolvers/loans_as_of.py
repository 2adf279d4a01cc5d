"""A loan as of a day, by what was known at a time: views whose fields are those of the folded life, and never today's.

Each view leads to the loan as of that day, from which the context takes the figures that depend on a day.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, Protocol, TypeVar

from models import bills, life_events, loans, payments, recorded_times
from models.bills import Bill, BillRow
from models.life_events import EventRow
from models.loans import Loan, LoanRow
from models.payment_posting import AllocationRow, PaymentRow
from models.payments import Payment
from resolvers import charges, line_parts
from resolvers.line_parts import Parts
from resolvers.loan_events import EventView
from rules import billing, charge_lines, events, life, statement
from rules.events import Event, ReversalCause
from rules.life import Life
from rules.loan import Bill as BillOfRules
from rules.loan import Stands
from rules.money import ZERO
from rules.statement import LineKind, Posted, StatementLine

# The disbursal is the first line, and the class of the borrower's loans moves no money.
_WITHOUT_LINES = {"DISBURSAL", "BORROWER_NPA"}


class OfABorrower(Stands, Protocol):
    """A row, or a view, of a loan."""

    @property
    def id(self) -> int: ...
    @property
    def user_id(self) -> int: ...


class KnownLife(NamedTuple):
    """A loan, the events that were known at a time, and the life that they make up to the end of a day."""

    loan: OfABorrower
    rows: Sequence[EventRow]
    events: Sequence[Event]
    lived: Life
    as_of: date
    known_at: datetime


class AsOf:
    """A view of a row of a loan as of a day."""

    loan_as_of: "LoanAsOf"


Viewed = TypeVar("Viewed", bound=AsOf)


class LoanAsOf(LoanRow, AsOf):
    """A loan as of a day, with the life from which its lists are read."""

    life: "LifeAsOf"


class BillAsOf(BillRow, AsOf):
    """A bill as of a day. One that was not issued by the time of knowledge has the id 0."""


class PaymentAsOf(PaymentRow, AsOf):
    """A payment as of a day. A reversed one has the parts that it had before its reversal."""


class LineAsOf(StatementLine, AsOf):
    """A line of a statement as of a day."""


async def read(loan: Loan, as_of: date, known_at: datetime) -> KnownLife:
    """The life of a loan up to the end of a day, with the events that were recorded by a time."""
    rows = [row for row in (await life_events.of_loans([loan.id]))[loan.id] if row.recorded_at <= known_at]
    recorded = [row.event() for row in rows]
    return KnownLife(loan, rows, recorded, life.fold(loan.terms, recorded, until=as_of), as_of, known_at)


def of_now(loan: "OfABorrower", rows: Sequence[EventRow], today: date, *, for_operator: bool) -> "LoanAsOf":
    """The view of a loan on the business date, by all of its events."""
    recorded = [row.event() for row in rows]
    known_at = max(row.recorded_at for row in rows)
    known = KnownLife(loan, rows, recorded, life.fold(loan.terms, recorded, until=today), today, known_at)
    return loan_of(known, for_operator=for_operator)


def loan_of(known: KnownLife, *, for_operator: bool) -> LoanAsOf:
    """The view of a loan."""
    stored, lived = known.loan, known.lived
    lists = LifeAsOf(known, for_operator=for_operator)
    next_on = billing.next_billing_on(lived.terms, lived.standing)
    standing, unpaid = lived.standing, lived.loan.bills
    view = LoanAsOf(stored.id, stored.user_id, max(lists.rows), lived.terms, standing, next_on, unpaid)
    view.loan_as_of, view.life, lists.loan = view, lists, view
    return view


class LifeAsOf:
    """The events, bills, payments and lines of a loan as of a day. Rows are read where they are needed, and once."""

    loan: LoanAsOf

    def __init__(self, known: KnownLife, *, for_operator: bool) -> None:
        self.lived, self.as_of, self.known_at = known.lived, known.as_of, known.known_at
        self.loan_id, self.recorded, self.for_operator = known.loan.id, known.events, for_operator
        live = events.counting(known.events)
        # A reversal counts from the date of the event that it reverses, so neither is here without the other.
        self.rows = {
            row.sequence: row._replace(counts=row.sequence in live)
            for row in known.rows
            if row.effective_on <= known.as_of
        }
        self._reversals = {row.reverses: row for row in self.rows.values() if row.reverses is not None and row.counts}
        self._bills: dict[int, list[BillAsOf]] | None = None
        self._parts: dict[int, Parts] | None = None

    def event(self, sequence: int) -> EventView:
        return EventView(self.rows[sequence], self.rows, self.for_operator, self.lived.void)

    def reversal_cause(self, sequence: int) -> ReversalCause:
        return ReversalCause(self._reversals[sequence].cause or "")

    async def versions(self) -> dict[int, list[BillAsOf]]:
        """The versions of each bill by cycle that were known, oldest first. The last one is valid."""
        if self._bills is None:
            stored = await bills.versions_of_loan(self.loan_id)
            self._bills = {cycle: self._versions(bill, stored[cycle]) for cycle, bill in self.lived.bills.items()}
        return self._bills

    def _versions(self, bill: BillOfRules, stored: Sequence[Bill]) -> list[BillAsOf]:
        known = [one for one in stored if (one.known_from or one.created_at) <= self.known_at]
        if not known:
            return [self._bill(BillRow(0, self.loan_id, *bill, None, None, self.known_at))]
        *former, valid = known
        # A correction copies former values to a new row, so the first row of a cycle is the bill's own.
        own_id = min(one.id for one in stored)
        return [
            *(self._bill(BillRow(*(getattr(one, name) for name in BillRow._fields))) for one in former),
            self._bill(BillRow(own_id, self.loan_id, *bill, valid.known_from, None, valid.created_at)),
        ]

    def _bill(self, row: BillRow) -> BillAsOf:
        return _viewed(BillAsOf(*row), self.loan)

    async def bills(self) -> list[BillAsOf]:
        """The valid versions of all bills, oldest first."""
        return [versions[-1] for versions in (await self.versions()).values()]

    async def payments(self) -> list[PaymentAsOf]:
        """The payments in the order in which they were taken."""
        parts = await self._parts_of_payments()
        stored = await Payment.filter(loan_id=self.loan_id, sequence__in=list(parts)).order_by("id")
        shown = []
        for row in stored:
            of_life = parts[row.sequence or 0]._asdict()
            values = {name: of_life.get(name, getattr(row, name)) for name in PaymentRow._fields}
            shown.append(_viewed(PaymentAsOf(**values), self.loan))
        return shown

    async def moved_payment(self, payment_id: int, owner_id: int | None) -> PaymentAsOf | None:
        """The payment that counts and was moved from another one, on the same day and by the same knowledge.

        None if there is none, or if it is not on a loan of the borrower `owner_id`.
        """
        moved = Payment.filter(moved_from_id=payment_id, created_at__lte=self.known_at)
        for row in await moved.order_by("-id"):
            other = await loans.find(row.loan_id, owner_id=owner_id)
            if other is not None:
                await recorded_times.settled(other.id)
                view = loan_of(await read(other, self.as_of, self.known_at), for_operator=self.for_operator)
                found = (one for one in await view.life.payments() if one.id == row.id and one.reversed_on is None)
                if (payment := next(found, None)) is not None:
                    return payment
        return None

    async def allocations(self, sequence: int) -> list[AllocationRow]:
        """The parts of a payment by the bills that they paid; none for a reversed payment."""
        applied = self.lived.payments.get(sequence)
        if applied is None:
            return []
        versions = await self.versions()
        parts = [
            AllocationRow(None if cycle is None else versions[cycle][-1], interest, principal)
            for cycle, interest, principal in applied.allocations
        ]
        charged = ((part.key, part.amount) for part in applied.charged)
        parts += charges.allocations(self.loan, self.as_of, charged)
        if applied.recovery:
            parts.append(AllocationRow(None, ZERO, ZERO, recovery=applied.recovery))
        return [*parts, AllocationRow(None, ZERO, ZERO, applied.credit)] if applied.credit else parts

    async def lines(self) -> list[LineAsOf]:
        """The lines of the statement in order."""
        paid, cancelled = await self._parts_of_payments(), self._reversed_on(1)
        posted = [Posted(LineKind.BILL, one.billing_date, 0, one.interest) for one in self.lived.bills.values()]
        derived = {*self.lived.levies, *self.lived.waivers, *self.lived.changes}
        for sequence, row in self.rows.items():
            if row.kind == "PAYMENT":
                posted.append(Posted(LineKind.PAYMENT, row.effective_on, sequence, *paid[sequence]))
            elif row.kind not in _WITHOUT_LINES and sequence not in derived:
                kind, credit = LineKind(row.kind), -(row.amount or ZERO) if row.kind == "REFUND" else ZERO
                charged = line_parts.levied(self.lived.terms, row)
                gone = self._reversed_on(sequence)
                posted.append(Posted(kind, row.effective_on, sequence, ZERO, ZERO, credit, gone, charged))
        posted += charge_lines.posted(self.lived, {number: row.effective_on for number, row in self.rows.items()})
        lines = statement.past(self.loan_id, self.lived.terms, posted, cancelled)
        return [_viewed(LineAsOf(*line), self.loan) for line in lines]

    def _reversed_on(self, sequence: int) -> date | None:
        reversal = self._reversals.get(sequence)
        return None if reversal is None else reversal.recorded_on

    async def _parts_of_payments(self) -> dict[int, Parts]:
        """The parts of all payments by sequence. A reversed one had the allocations that its reversal ended."""
        if self._parts is None:
            rows = [row for row in self.rows.values() if row.kind == "PAYMENT"]
            ended = await payments.ended_parts([row.row_id for row in rows if not row.counts])
            self._parts = {row.sequence: self._parts_of(row, ended) for row in rows}
        return self._parts

    def _parts_of(self, row: EventRow, ended: Mapping[tuple[int, datetime], tuple[Decimal, Decimal]]) -> Parts:
        applied = self.lived.payments.get(row.sequence)
        if applied is not None:
            return line_parts.of(applied)
        reversal = self._reversals[row.sequence]
        paid = ended.get((row.row_id, reversal.recorded_at), (ZERO, ZERO))
        if sum(paid) == row.amount:
            return Parts(*paid, ZERO, reversal.recorded_on)
        # No allocation has the rest: it had paid charges or a claim, or was credit.
        return line_parts.before(self.lived.terms, self.recorded, row, reversal)


def _viewed(row: Viewed, loan: LoanAsOf) -> Viewed:
    row.loan_as_of = loan
    return row
