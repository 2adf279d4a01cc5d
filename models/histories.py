"""Hand-written SQL: all stored rows of loans, to be compared with the fold of their events.

Verification reads hundreds of loans at a time, and a correction reads one.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import asyncpg

from models import bills, class_changes, database, life_events, loan_columns
from models.life_events import EventRow
from rules import ledger
from rules.ledger import Entry
from rules.loan import Bill
from rules.payments import Allocation
from rules.postings import Source
from rules.verify import History, StoredEntries, StoredLoan, StoredPayment

_LOANS = f"""
SELECT xmin, id, sequence, next_billing_on, {", ".join(loan_columns.TERMS_AND_STANDING)}
FROM loans
"""
_BILLS = f"""
SELECT loan_id, id, {", ".join(Bill._fields)}
FROM bills WHERE loan_id = ANY($1::bigint[]) AND known_until IS NULL
"""
_BILL_IDS = f"SELECT cycle, id FROM bills WHERE loan_id = $1 AND {bills.ANY_VERSION} ORDER BY id DESC"
_PAYMENTS = f"""
SELECT loan_id, sequence, {", ".join(StoredPayment._fields)}
FROM payments WHERE loan_id = ANY($1::bigint[]) AND reversed_on IS NULL ORDER BY loan_id, sequence
"""
_ALLOCATIONS = """
SELECT p.loan_id, p.sequence, a.bill_id, a.interest, a.principal
FROM payments p JOIN allocations a ON a.payment_id = p.id
WHERE p.loan_id = ANY($1::bigint[]) AND a.known_until IS NULL ORDER BY a.id
"""
_ENTRIES = """
SELECT loan_id, bill_id, payment_id, event_id, coalesce(effective_on, posted_on), event, debit, credit, amount
FROM ledger_entries WHERE loan_id = ANY($1::bigint[]) ORDER BY loan_id, id
"""


class RowIds(NamedTuple):
    """The ids of a loan's rows: of bills by cycle, bills that are no longer valid included, and of events by sequence.

    `versions` are the ids of all rows of bills, former versions included. A payment's id is one of the table
    `payments`, any other event's one of `loan_events`. `unnamed` are the sequences of the payments that came without a
    transaction id.
    """

    bills: dict[int, int]
    versions: frozenset[int]
    events: dict[int, int]
    unnamed: frozenset[int]


async def after(loan_id: int, limit: int, classed: date = date.min) -> list[History]:
    """The histories of the first `limit` loans after an id, in seven statements.

    `classed` is the last day whose class was found for all loans.
    """
    found = await database.fetch(f"{_LOANS} WHERE id > $1 ORDER BY id LIMIT $2", loan_id, limit)
    return await _of(found, await life_events.of_loans(row["id"] for row in found), classed)


async def one(loan_id: int) -> tuple[History, RowIds, list[EventRow], int]:
    """The history of a loan that exists, the ids of its rows, its events, and the version of its row."""
    found, events = await database.fetch(f"{_LOANS} WHERE id = $1", loan_id), await life_events.of_loans([loan_id])
    (history,) = await _of(found, events, date.min)
    # A correction copies a bill's former values to a new row, so that the first row of a cycle stays its own.
    of_bills = await database.fetch(_BILL_IDS, loan_id)
    rows = events[loan_id]
    ids = RowIds(
        dict(map(tuple, of_bills)),
        frozenset(row["id"] for row in of_bills),
        {row.sequence: row.row_id for row in rows},
        frozenset(row.sequence for row in rows if row.transaction_id_given is False),
    )
    return history, ids, rows, found[0]["xmin"]


async def _of(found: Sequence[asyncpg.Record], events: dict[int, list[EventRow]], classed: date) -> list[History]:
    ids = [row["id"] for row in found]
    if not ids:
        return []
    issued: dict[int, dict[int, Bill]] = defaultdict(dict)
    payments: dict[int, dict[int, StoredPayment]] = defaultdict(dict)
    allocations: dict[int, dict[int, list[Allocation]]] = defaultdict(dict)
    cycles: dict[tuple[int, int], int] = {}
    for owner, bill_id, *columns in await database.fetch(_BILLS, ids):
        bill = Bill._make(columns)
        issued[owner][bill.cycle] = bill
        cycles[owner, bill_id] = bill.cycle
    for owner, sequence, *columns in await database.fetch(_PAYMENTS, ids):
        payments[owner][sequence] = StoredPayment._make(columns)
    for owner, sequence, bill_id, interest, principal in await database.fetch(_ALLOCATIONS, ids):
        cycle = None if bill_id is None else cycles.get((owner, bill_id), -bill_id)
        allocations[owner].setdefault(sequence, []).append(Allocation(cycle, interest, principal))
    entries, classes = await _entries(ids, cycles, events), await class_changes.valid(ids)
    histories = []
    for _, number, sequence, next_billing_on, *rest in found:
        terms, standing = loan_columns.parts_of(rest)
        histories.append(
            History(
                StoredLoan(number, sequence, terms, standing, next_billing_on),
                [row.event() for row in events[number]],
                frozenset(row.sequence for row in events[number] if not row.counts),
                issued[number],
                payments[number],
                allocations[number],
                entries.get(number, {}),
                tuple(changes := classes.get(number, [])),
                # Payments and corrections find classes before the night does.
                max(classed, changes[-1].on) if changes else classed,
            )
        )
    return histories


async def _entries(
    ids: list[int], cycles: dict[tuple[int, int], int], events: dict[int, list[EventRow]]
) -> dict[int, dict[Source, StoredEntries]]:
    """The ledger entries of loans, netted by source. Bills that are no longer valid are found by their id."""
    rows = [row for of in events.values() for row in of]
    paid = {row.row_id: row.sequence for row in rows if row.kind == "PAYMENT"}
    others = {row.row_id: row.sequence for row in rows if row.kind not in {"PAYMENT", "DISBURSAL"}}
    posted: dict[int, dict[Source, list[tuple[date, Entry]]]] = defaultdict(lambda: defaultdict(list))
    for owner, bill_id, payment_id, event_id, effective_on, event, *rest in await database.fetch(_ENTRIES, ids):
        if event == ledger.Event.CLASS:
            source = Source(class_on=effective_on)
        elif bill_id is not None:
            source = Source(cycle=cycles.get((owner, bill_id), -bill_id))
        elif payment_id is not None:
            source = Source(sequence=paid.get(payment_id, -payment_id))
        else:
            source = Source(sequence=1 if event_id is None else others.get(event_id, -event_id))
        posted[owner][source].append((effective_on, Entry(ledger.Event(event), *rest)))
    return {
        owner: {
            source: StoredEntries(_dates(of), frozenset(net))
            for source, of in sources.items()
            if (net := ledger.net([entry for _, entry in of]))
        }
        for owner, sources in posted.items()
    }


def _dates(entries: Sequence[tuple[date, Entry]]) -> frozenset[date]:
    """The dates on which entries of a source are effective. A date on which they cancel each other is none."""
    found = frozenset([on for on, _ in entries])
    if len(found) == 1:
        return found
    return frozenset(day for day in found if ledger.net(entry for on, entry in entries if on == day))
