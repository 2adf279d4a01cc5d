"""Hand-written SQL: a correction restates every row of a loan that differs, in one transaction under the loan's lock.

Nothing is lost: a bill's former values are kept as a row of their own, a payment's former allocations stay, and the
ledger gets the differences (lending rules, 8.5 and 8.6).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, TypeAlias

from models import audit, audit_facts, class_changes, database, loans
from models.histories import RowIds
from models.loan_events import LoanEvent
from models.open_loans import OpenLoan
from models.payments import Payment
from rules import corrections, events, postings, verify
from rules.audit import Event as AuditEvent
from rules.audit import Origin
from rules.corrections import Correction
from rules.events import Disbursed, Event, Paid
from rules.ledger import Entry
from rules.life import Life
from rules.loan import ISSUED, Bill
from rules.payments import Allocation
from rules.postings import Posted, Source
from rules.verify import History, StoredPayment

Bills: TypeAlias = Mapping[int, Bill]
# The parts of payments by sequence.
Allocations: TypeAlias = Mapping[int, Sequence[Allocation]]
# An entry to post, with its source and the date on which it is effective.
Difference: TypeAlias = tuple[Source, date, Entry]


class Posting(NamedTuple):
    """A stored ledger entry: the business date of its posting, and the date on which it is effective."""

    posted_on: date
    effective_on: date
    entry: Entry


class Restatement(NamedTuple):
    """The outcome of an event that corrects others: its row, which is not saved yet, and the entries to post."""

    opened: OpenLoan
    correction: Correction
    row: LoanEvent | Payment
    differences: Sequence[Difference]

    @property
    def postings(self) -> list[Posting]:
        """The entries as they are posted on the business date."""
        today = self.correction.event.recorded_on
        return [Posting(today, effective_on, entry) for _, effective_on, entry in self.differences]


def restatement(opened: OpenLoan, correction: Correction, row: LoanEvent | Payment) -> Restatement:
    """The outcome of a correction. The row gets the values that the fold gives."""
    event = correction.event
    row.due_again = list(event.due_again)
    if isinstance(row, Payment):
        row.update_from_dict(verify.payments_of(correction.after)[event.sequence]._asdict())
    wanted = differences(opened.history, correction.after, [*opened.history.events, event])
    return Restatement(opened, correction, row, list(wanted))


async def restate(outcome: Restatement, row_id: int, by: Origin) -> None:
    """Restate all that an event changes, within the transaction that has recorded it."""
    (loan, stored, ids, *_), correction = outcome.opened, outcome.correction
    event, after, at = correction.event, correction.after, correction.event.recorded_at
    outcome.row.id = ids.events[event.sequence] = row_id
    await _restate_bills(loan.id, ids, stored.bills, after.bills, at)
    restated = await _restate_payments(ids, stored, verify.payments_of(after), event)
    await _restate_allocations(ids, stored.allocations, verify.allocations_of(after), at)
    await _restate_events(ids, stored, event)
    await class_changes.restate(loan.id, stored.classes, after.classes.changes, at)
    await post(ids, [*stored.events, event], outcome.differences, Recorded(loan.id, at, event.recorded_on))
    if restated:
        await audit.record_rows(
            AuditEvent.PAYMENT_RESTATED, by, audit_facts.PAYMENTS, audit_facts.RESTATED_PAYMENT, restated
        )


_BILL_COLUMNS = ", ".join(Bill._fields)
_SUPERSEDE = f"""
INSERT INTO bills (loan_id, {_BILL_COLUMNS}, known_from, known_until, created_at)
SELECT loan_id, {_BILL_COLUMNS}, known_from, coalesce(known_until, $2), created_at
FROM bills WHERE id = ANY($1::bigint[])
"""
_ARRAYS = {int: "int[]", date: "date[]", bool: "bool[]"}
_UNNESTED = ", ".join(
    f"${number}::{_ARRAYS.get(kind, 'numeric[]')}" for number, kind in enumerate(Bill.__annotations__.values(), 4)
)
_RESTATE = f"""
UPDATE bills SET {", ".join(f"{name} = w.{name}" for name in Bill._fields[1:])},
    known_from = CASE WHEN bills.id = ANY($1::bigint[]) THEN $2 ELSE known_from END, known_until = NULL
FROM unnest($3::bigint[], {_UNNESTED}) AS w (id, {_BILL_COLUMNS})
WHERE bills.id = w.id
"""
_ADD = f"""
INSERT INTO bills (loan_id, created_at, {_BILL_COLUMNS}) SELECT $1, $2, w.* FROM unnest({_UNNESTED}) AS w
WHERE $3::int IS NULL RETURNING cycle, id
"""
_WITHDRAW = "UPDATE bills SET known_until = $2 WHERE id = ANY($1::bigint[])"


async def _restate_bills(loan_id: int, ids: RowIds, stored: Bills, wanted: Bills, at: datetime) -> None:
    issued = len(ISSUED)
    added = [bill for cycle, bill in wanted.items() if cycle not in ids.bills]
    changed = [bill for cycle, bill in wanted.items() if cycle in ids.bills and stored.get(cycle) != bill]
    # Payments of a bill are no new version of it. A bill that comes back has a former version too.
    versions = [
        ids.bills[bill.cycle]
        for bill in changed
        if bill.cycle not in stored or stored[bill.cycle][:issued] != bill[:issued]
    ]
    gone = [ids.bills[cycle] for cycle in stored if cycle not in wanted]
    if versions:
        await database.execute(_SUPERSEDE, versions, at)
    if changed:
        of_bills = [ids.bills[bill.cycle] for bill in changed]
        await database.execute(_RESTATE, versions, at, of_bills, *_columns(changed))
    if added:
        ids.bills.update(map(tuple, await database.fetch(_ADD, loan_id, at, None, *_columns(added))))
    if gone:
        await database.execute(_WITHDRAW, gone, at)


def _columns(rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


_RESTATE_PAYMENTS = """
UPDATE payments SET interest = w.interest, principal = w.principal, credit = w.credit, emi_before = w.emi_before,
    emi_after = w.emi_after, charges = w.charges, charge_parts = w.charge_parts, recovery = w.recovery,
    written_off = w.written_off, reversed_on = NULL
FROM unnest($1::bigint[], $2::numeric[], $3::numeric[], $4::numeric[], $5::numeric[], $6::numeric[], $7::numeric[],
    $8::text[], $9::numeric[], $10::numeric[])
    AS w (id, interest, principal, credit, emi_before, emi_after, charges, charge_parts, recovery, written_off)
WHERE payments.id = w.id
"""
_REPLACE_ALLOCATIONS = "UPDATE allocations SET known_until = $2 WHERE payment_id = ANY($1) AND known_until IS NULL"
_ALLOCATE = """
INSERT INTO allocations (payment_id, bill_id, interest, principal)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::numeric[], $4::numeric[])
"""


async def _restate_payments(
    ids: RowIds, stored: History, wanted: Mapping[int, StoredPayment], event: Event
) -> list[int]:
    """Restate the payments whose parts differ. Return the ids of those that were recorded before."""
    changed = [number for number, paid in wanted.items() if stored.payments.get(number) != paid]
    reversed_ones = [number for number in stored.payments if number not in wanted]
    if changed:
        rows = [(ids.events[number], *wanted[number]) for number in changed]
        await database.execute(_RESTATE_PAYMENTS, *_columns(rows))
    if reversed_ones:
        await Payment.filter(id__in=[ids.events[number] for number in reversed_ones]).update(
            reversed_on=event.recorded_on
        )
    return [ids.events[number] for number in (*changed, *reversed_ones) if number < event.sequence]


async def _restate_allocations(ids: RowIds, stored: Allocations, wanted: Allocations, at: datetime) -> None:
    moved = [number for number in {*stored, *wanted} if stored.get(number) != wanted.get(number)]
    if not moved:
        return
    await database.execute(_REPLACE_ALLOCATIONS, [ids.events[number] for number in moved], at)
    parts = [
        (ids.events[number], None if cycle is None else ids.bills[cycle], interest, principal)
        for number in moved
        for cycle, interest, principal in wanted.get(number, ())
    ]
    if parts:
        await database.execute(_ALLOCATE, *_columns(parts))


async def _restate_events(ids: RowIds, stored: History, event: Event) -> None:
    """Mark the events other than payments that this event makes void, or makes count again."""
    void = {one.sequence for one in stored.events} - events.counting([*stored.events, event])
    others = {one.sequence for one in stored.events if not isinstance(one.act, Disbursed | Paid)}
    for counts, numbers in ((False, void - stored.void), (True, stored.void - void)):
        rows = [ids.events[number] for number in numbers & others]
        if rows:
            await LoanEvent.filter(id__in=rows).update(counts=counts)


_POST = """
INSERT INTO ledger_entries
    (loan_id, created_at, posted_on, effective_on, event, debit, credit, amount, bill_id, payment_id, event_id)
SELECT $1, $2, $3, * FROM unnest($4::date[], $5::text[], $6::text[], $7::text[], $8::numeric[], $9::bigint[],
    $10::bigint[], $11::bigint[])
"""


class Recorded(NamedTuple):
    """The loan, the time and the business date of a recording."""

    loan_id: int
    at: datetime
    on: date


async def post(ids: RowIds, recorded: Iterable[Event], differences: Sequence[Difference], by: Recorded) -> None:
    """Post entries of a loan with recorded events, whose rows have the ids."""
    paid = {one.sequence for one in recorded if corrections.is_payment(one)}
    rows = []
    for source, _, _ in differences:
        row_id = ids.events[source.sequence] if source.sequence > 1 else None
        is_paid = source.sequence in paid
        bill_id = ids.bills[source.cycle] if source.cycle else None
        rows.append((bill_id, row_id if is_paid else None, None if is_paid else row_id))
    if differences:
        columns = loans.ledger_columns([entry for _, _, entry in differences])
        days = [None if effective_on == by.on else effective_on for _, effective_on, _ in differences]
        await database.execute(_POST, by.loan_id, by.at, by.on, days, *columns, *_columns(rows))


def differences(stored: History, after: Life, recorded: Sequence[Event]) -> Iterator[Difference]:
    """The entries to post, so that a loan has those of a life that events made."""
    wanted = postings.of(after, recorded)
    posted: dict[Source, Posted] = {}
    # Most sources keep their entries. To compute the differences of all took a tenth of a correction.
    for source, (effective_on, entries) in stored.entries.items():
        kept = wanted[source].entries if source in wanted else ()
        is_dated = not kept or wanted[source].effective_on in effective_on
        if is_dated and len(entries) == len(kept) and entries == {*kept}:
            del wanted[source]
        else:
            posted[source] = Posted(max(effective_on), tuple(entries))
    return corrections.differences(posted, wanted)
