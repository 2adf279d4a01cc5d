"""Hand-written SQL: all that an event does to its loan is stored by one function, in one transaction.

One statement sets the loan's standing, if the loan is still the one that was read, and records the event with its audit
entry. With the allocations and the ledger entries, that is all of a payment that restates nothing. The correction of
another event's rows follows under the loan's lock.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from models import audit, audit_facts, corrections, database, loan_columns, loans
from models.audit_facts import Facts
from models.corrections import Restatement
from models.payment_posting import PaymentRecord, Stored
from models.payments import Payment
from rules import billing, charges, ledger
from rules.audit import Event, Origin
from rules.loan import Standing
from rules.payments import AppliedPayment
from rules.plan import Terms


class TakenPayment(NamedTuple):
    """The outcome of a payment that restates nothing. The bills of its allocations exist."""

    record: PaymentRecord
    applied: AppliedPayment


Outcome: TypeAlias = TakenPayment | Restatement


_CHANGED = ("next_billing_on", *Standing._fields)


def _recording(
    table: str, columns: Mapping[str, str], values: int, audited: tuple[Event, Facts], more: str = ""
) -> str:
    """The SQL that changes a loan and records an event with its audit entry: a trigger notes rows without one.

    `columns` are the event's with their expressions, of which `loan_id` is the first parameter. The statement's own
    parameters follow the first `values`: the standing, the version of the loan, and the `Origin`.
    """
    event, facts = audited
    version = values + 1 + len(_CHANGED)
    entry = audit.insertion(
        event,
        "FROM recorded",
        origin=version + 1,
        about={
            "user_id": "(SELECT user_id FROM changed)",
            "loan_id": "loan_id",
            **({"payment_id": "id"} if table == "payments" else {}),
        },
        details=audit_facts.as_json(facts, "recorded"),
    )
    # The loan's row is updated first, and only if its `xmin` is the one that was read. The update waits for a
    # transaction that holds the row; if that transaction changed it, nothing is stored. Every event changes the row. So
    # a payment that the read did not find cannot be stored in between, with a transaction id or without.
    return f"""
WITH changed AS (
    UPDATE loans SET {", ".join(f"{name} = ${number}" for number, name in enumerate(_CHANGED, values + 1))},
        sequence = sequence + 1
    WHERE id = $1 AND xmin = ${version}
    RETURNING id, user_id, sequence
), recorded AS (
    INSERT INTO {table} (sequence, {", ".join(columns)}) SELECT sequence, {", ".join(columns.values())} FROM changed
    RETURNING *
), noted AS (
    {entry}
){more}
SELECT id, {"created_at" if table == "payments" else "recorded_at"}, sequence FROM recorded
"""


def _numbered(names: Sequence[str]) -> dict[str, str]:
    return {name: f"${number}" for number, name in enumerate(names, 1)}


# The parameters of a payment, in their order: its row, its parts, its entries. Few payments have the others.
_PAID = (*PaymentRecord._fields, "interest", "principal", "credit", "emi_before", "emi_after")
_FEW = ("charges", "charge_parts", "recovery", "written_off")


def _taking(columns: Sequence[str]) -> str:
    """The SQL that takes a payment with these columns, which restates nothing."""
    part, posted = len(columns) + 1, len(columns) + 4
    whole = f""", part AS (
    SELECT * FROM unnest(${part}::int[], ${part + 1}::numeric[], ${part + 2}::numeric[]) WITH ORDINALITY
        AS p (cycle, interest, principal, position)
), settled AS (
    UPDATE bills SET interest_paid = interest_paid + part.interest, principal_paid = principal_paid + part.principal
    FROM changed, part WHERE bills.loan_id = changed.id AND bills.cycle = part.cycle
        AND bills.known_until IS NULL
    RETURNING bills.id, bills.cycle
), allocated AS (
    INSERT INTO allocations (payment_id, bill_id, interest, principal)
    SELECT recorded.id, settled.id, part.interest, part.principal
    FROM recorded CROSS JOIN part LEFT JOIN settled ON settled.cycle = part.cycle
    ORDER BY part.position
), posted AS (
    INSERT INTO ledger_entries (loan_id, posted_on, effective_on, event, debit, credit, amount, payment_id)
    SELECT recorded.loan_id, recorded.recorded_on, nullif(recorded.paid_on, recorded.recorded_on),
        e.event, e.debit, e.credit, e.amount, recorded.id
    FROM recorded, unnest(${posted}::text[], ${posted + 1}::text[], ${posted + 2}::text[], ${posted + 3}::numeric[])
        AS e (event, debit, credit, amount)
)"""
    # The payment's time is that of the clock: the transaction may have begun before the event before it.
    return _recording(
        "payments", _numbered(columns) | {"created_at": "clock_timestamp()"}, posted + 3, _PAYMENT_TAKEN, whole
    )


_RESTATING = (*_PAID, *_FEW, "reason", "due_again", "moved_from_id", "created_at")
_EVENT = (
    "loan_id", "kind", "effective_on", "recorded_on", "recorded_at", "amount", "reverses", "cause", "details",
    "due_again", "reason", "request_id", "operator_id",
)  # fmt: skip
_PAYMENT_TAKEN = Event.PAYMENT_TAKEN, audit_facts.PAYMENT
_TAKE, _TAKE_FEW = _taking(_PAID), _taking((*_PAID, *_FEW))
_RECORD_PAYMENT = _recording("payments", _numbered(_RESTATING), len(_RESTATING), _PAYMENT_TAKEN)
_RECORD_EVENT = _recording(
    "loan_events", _numbered(_EVENT), len(_EVENT), (Event.LOAN_EVENT_RECORDED, audit_facts.LOAN_EVENT)
)


async def store(terms: Terms, version: int, outcome: Outcome, by: Origin) -> Stored | None:
    """Store the outcome of an event on a loan. Return None and store nothing if the loan's version has changed.

    A restatement needs a transaction that holds the loan's lock.

    Raises:
        asyncpg.UniqueViolationError: the same payment, or an operation with the same request id, was stored meanwhile.
    """
    statement, values, standing = _recorded(outcome)
    next_billing_on = billing.next_billing_on(terms, standing)
    row = await database.fetch_one(
        statement, *values, next_billing_on, *loan_columns.standing_values(standing), version, *by
    )
    if row is None:
        return None
    stored = Stored(*row)
    if isinstance(outcome, Restatement):
        await corrections.restate(outcome, stored.id, by)
    return stored


def _recorded(outcome: Outcome) -> tuple[str, Sequence[Any], Standing]:
    """The statement that records an event, the parameters of its own, and the loan's standing after it."""
    if isinstance(outcome, TakenPayment):
        record, applied = outcome
        few: tuple[Any, ...] = ()
        if applied.charged or applied.recovery or applied.loss:
            parts = charges.text_of_parts(applied.charged)
            few = (applied.charges, parts, applied.recovery, applied.written_off)
        values = (
            *record,
            applied.interest,
            applied.principal,
            applied.credit,
            applied.emi_before,
            applied.standing.emi,
            *few,
            *[[part[place] for part in applied.allocations] for place in range(3)],
            *loans.ledger_columns(ledger.of_payment(applied)),
        )
        return _TAKE_FEW if few else _TAKE, values, applied.standing
    is_paid = isinstance(outcome.row, Payment)
    statement, columns = (_RECORD_PAYMENT, _RESTATING) if is_paid else (_RECORD_EVENT, _EVENT)
    return statement, [getattr(outcome.row, name) for name in columns], outcome.correction.after.standing
