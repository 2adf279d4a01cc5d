"""A proof: the statement of a loan as of a day with its events, their chain, and the path to the published head.

The head is a hash of the lender, the day, the number of loans and the tree of all chains. So the terms and the events
decide all that a proof says, and a check computes the whole document again from them.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from rules import chains, charge_lines, events, life, products, statement
from rules.act_columns import columns_of
from rules.events import Event, Reversed
from rules.life import Life
from rules.loan import Standing
from rules.money import ZERO
from rules.plan import Terms
from rules.products import CARD
from rules.statement import LineKind, Posted, StatementLine

# Objects, lists, texts, whole numbers and nulls of JSON.
Document: TypeAlias = Mapping[str, object]

FORMAT = "kist proof 1"


class Proof(NamedTuple):
    """All that a proof is written from. `path` leads from leaf `place`, from 0, to the root of `loans` leaves."""

    lender: str
    loan_id: int
    terms: Terms
    as_of: date
    events: Sequence[Event]
    place: int
    path: Sequence[bytes]
    loans: int


def document(proof: Proof) -> Document:
    """The proof as a document. Its root and head are null if the path cannot be one of the leaf.

    Raises:
        AssertionError, ArithmeticError, ValueError, KeyError: the rules allow no such events.
    """
    lived = life.fold(proof.terms, proof.events, until=proof.as_of)
    chain = chains.chain(proof.loan_id, proof.terms, proof.events)
    leaf = chains.leaf(proof.loan_id, proof.events[-1].sequence, chain[-1])
    root = chains.root_along(leaf, proof.place, proof.loans, proof.path)
    head = None if root is None else chains.head_of_book(proof.lender, proof.as_of, proof.loans, root)
    return {
        "format": FORMAT,
        "lender": proof.lender,
        "asOf": str(proof.as_of),
        "loan": {"id": str(proof.loan_id), **_terms(proof.terms)},
        "statement": [_line(line) for line in _lines(proof, lived)],
        "standing": _standing(lived.standing),
        "events": [_event(event) for event in proof.events],
        "chain": [link.hex() for link in chain],
        "path": {"index": proof.place, "hashes": [beside.hex() for beside in proof.path]},
        "book": {
            "loans": proof.loans,
            "root": None if root is None else root.hex(),
            "head": None if head is None else head.hex(),
        },
    }


def written(found: Document) -> str:
    """The one text of a document."""
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def moment_text(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def camel(name: str) -> str:
    """The name of a column as clients know it."""
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def _lines(proof: Proof, lived: Life) -> Iterator[StatementLine]:
    """The lines that count. A reversed event has none; it is in the list of events, before its reversal."""
    dated = {event.sequence: event.effective_on for event in proof.events}
    posted = [Posted(LineKind.BILL, bill.billing_date, 0, bill.interest) for bill in lived.bills.values()]
    for sequence, paid in lived.payments.items():
        parts = paid.interest, paid.principal, paid.credit, None, paid.charges, paid.recovery, paid.written_off
        posted.append(Posted(LineKind.PAYMENT, dated[sequence], sequence, *parts))
    for sequence, amount in lived.refunds.items():
        posted.append(Posted(LineKind.REFUND, dated[sequence], sequence, ZERO, ZERO, -amount))
    for sequence in lived.changed.keys() - lived.changes.keys():
        kind = LineKind.WRITE_OFF if sequence in lived.losses else LineKind.SETTLEMENT
        posted.append(Posted(kind, dated[sequence], sequence, ZERO))
    posted += charge_lines.posted(lived, dated)
    live = events.counting(proof.events)
    cancelled_on = next(
        (
            event.recorded_on
            for event in proof.events
            if isinstance(event.act, Reversed) and event.act.sequence == 1 and event.sequence in live
        ),
        None,
    )
    return statement.past(proof.loan_id, proof.terms, posted, cancelled_on)


def _line(line: StatementLine) -> Document:
    found = {**_named(line), "event": line.sequence or None}
    # Only lines of products with charges have these.
    hidden = {"loanId", "sequence", *([] if line.charges else ["charges"])}
    return {name: value for name, value in found.items() if name not in hidden}


def _event(event: Event) -> Document:
    columns = {camel(name): _value(value) for name, value in columns_of(event.act)._asdict().items()}
    if columns["details"] is None:
        del columns["details"]
    return {
        "sequence": event.sequence,
        "effectiveOn": str(event.effective_on),
        "recordedOn": str(event.recorded_on),
        "recordedAt": moment_text(event.recorded_at),
        **columns,
        "dueAgain": list(event.due_again),
    }


def _terms(terms: Terms) -> Document:
    """The terms; those of `card` have no product."""
    found = _named(terms)
    return (
        {**found, "product": products.document(terms.product)}
        if terms.product is not CARD
        else _without(found, "product")
    )


def _standing(standing: Standing) -> Document:
    """The standing; most have nothing special."""
    found, special = _without(_named(standing), "special"), standing.special
    return found if special is None else {**found, "special": json.loads(json.dumps(asdict(special), default=str))}


def _without(found: Document, name: str) -> Document:
    return {key: value for key, value in found.items() if key != name}


def _named(values: NamedTuple) -> dict[str, object]:
    return {camel(name): _value(value) for name, value in values._asdict().items()}


def _value(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value if value is None or isinstance(value, int) else str(value)
