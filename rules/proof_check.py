"""A proof is checked without a database: its document is computed again from its terms and events, and compared.

The file comes from anyone. Every value has a strict form, and the work is bounded before it begins.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, NoReturn

from rules import act_columns, billing, products, proof_bounds, proofs
from rules.act_columns import KINDS, ActColumns
from rules.events import Act, Event
from rules.plan import Terms
from rules.products import CARD
from rules.proofs import Proof

# A proof of 10,000 events has about 3 MB.
MOST_BYTES = 8_000_000
MOST_EVENTS = 10_000
# A payment may touch every unpaid bill and every charge, or compute an EMI over all cycles of the term, in 20
# microseconds each. Sixty cycles and 200 payments are 12,000 steps.
MOST_STEPS = 300_000
# A loan that is not paid is billed for ever.
MOST_BILLS = 10_000
# The largest number that a lender's settings allow.
MOST_DAYS = 366
# A tree of 2^31 leaves.
LONGEST_PATH = 31

# The same limits as those of the columns.
_MONEY = re.compile(r"[0-9]{1,12}\.[0-9]{2}")
_RATE = re.compile(r"[0-9]{1,3}\.[0-9]{3}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_HASH = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[1-9][0-9]{0,17}")
_LONGEST_SHOWN = 80


class NotAProofError(ValueError):
    """The text is not a proof, or is one that kist would not write."""


class Checked(NamedTuple):
    """A proof and its head, and each value of the file that disagrees, a line each."""

    proof: Proof
    head: str | None
    faults: list[str]


def check(text: bytes) -> Checked:
    """Compare the whole file with the document that its terms and events make.

    Raises:
        NotAProofError: with a reason in a line.
    """
    found = _parsed(text)
    try:
        proof = _proof(found)
        bills = billing.cycles_due(proof.terms, proof.as_of)
        steps = (max(bills, proof.terms.loan_term) + proof_bounds.most_charges(proof, bills)) * len(proof.events)
        _require(bills <= MOST_BILLS and steps <= MOST_STEPS, "has too many cycles, charges and events")
        expected = proofs.document(proof)
        exact = proofs.written(expected).encode()
    except NotAProofError:
        raise
    except (AssertionError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        raise NotAProofError("its values are none that the rules allow") from None
    faults = [*_gaps(proof), *_differences("", expected, found)]
    if not faults and exact != text:
        faults = ["the text differs from the one that kist writes: in its spaces, or in the order of its fields"]
    book = expected["book"]
    assert isinstance(book, Mapping), "a document has a book"
    return Checked(proof, book["head"], faults)


def _parsed(text: bytes) -> Any:
    if len(text) > MOST_BYTES:
        raise NotAProofError(f"it is longer than {MOST_BYTES} bytes")
    try:
        return json.loads(text.decode(), parse_float=_refused, parse_constant=_refused)
    except (ValueError, RecursionError):
        raise NotAProofError("it is not the JSON of a proof") from None


def _refused(text: str) -> NoReturn:
    raise ValueError(text)


def _gaps(proof: Proof) -> Iterator[str]:
    expected = 1
    for event in proof.events:
        if event.sequence != expected:
            yield f"event {expected} is missing" if event.sequence > expected else f"event {event.sequence} is repeated"
        expected = event.sequence + 1


def _differences(where: str, expected: Any, found: Any) -> Iterator[str]:
    if isinstance(expected, Mapping) and isinstance(found, dict):
        for name in (*expected, *(name for name in found if name not in expected)):
            label = f"{where} {name}".strip() if name in expected else f"{where} {_shown(name)}".strip()
            if name not in found:
                yield f"{label} is missing"
            elif name not in expected:
                yield f"{label} is not in a proof"
            else:
                yield from _differences(label, expected[name], found[name])
    elif isinstance(expected, list) and isinstance(found, list):
        for number, (one, other) in enumerate(zip(expected, found, strict=False), 1):
            yield from _differences(f"{where} {number}", one, other)
        if len(expected) != len(found):
            yield f"{where} has {len(found)} entries, must have {len(expected)}"
    elif expected != found or type(expected) is not type(found):
        yield f"{where} is {_shown(found)}, must be {_shown(expected)}"


def _shown(value: object) -> str:
    """A value in a line of bounded length, without control characters."""
    if isinstance(value, Mapping | list):
        return "an object" if isinstance(value, Mapping) else "a list"
    text = value if isinstance(value, str) and value.isascii() and value.isprintable() else ascii(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise NotAProofError(f"it {what}")


def _proof(found: Any) -> Proof:
    _require(isinstance(found, dict) and found.get("format") == proofs.FORMAT, f"does not begin with {proofs.FORMAT}")
    loan, path, book = (_member(found, name, dict) for name in ("loan", "path", "book"))
    listed, hashes = _member(found, "events", list), _member(path, "hashes", list)
    _require(0 < len(listed) <= MOST_EVENTS, f"must have 1 to {MOST_EVENTS} events")
    _require(len(hashes) <= LONGEST_PATH, f"must have a path of at most {LONGEST_PATH} hashes")
    return Proof(
        lender=_member(found, "lender", str),
        loan_id=int(_text(loan, "id", _ID)),
        terms=_terms(loan),
        as_of=_date(found, "asOf"),
        events=[_event(one) for one in listed],
        place=_number(path, "index"),
        path=[bytes.fromhex(_matched(one, "a hash", _HASH)) for one in hashes],
        loans=_number(book, "loans"),
    )


def _terms(loan: Mapping[str, Any]) -> Terms:
    terms = Terms(
        amount=Decimal(_text(loan, "amount", _MONEY)),
        interest_rate=Decimal(_text(loan, "interestRate", _RATE)),
        daily_rate=Decimal(_text(loan, "dailyRate", _RATE)),
        loan_term=_number(loan, "loanTerm"),
        disbursed_on=_date(loan, "disbursedOn"),
        cycle_days=_number(loan, "cycleDays"),
        due_days=_number(loan, "dueDays"),
        minimum_due_rate=Decimal(_text(loan, "minimumDueRate", _RATE)),
        product=products.read(_member(loan, "product", dict)) if "product" in loan else CARD,
    )
    _require(1 <= terms.loan_term <= proof_bounds.MOST_CYCLES, "has a loanTerm of too many cycles")
    _require(proof_bounds.allow(terms.product), "has no valid product")
    _require(1 <= terms.cycle_days <= MOST_DAYS and terms.due_days <= MOST_DAYS, "has cycles of too many days")
    return terms


def _event(found: Any) -> Event:
    _require(isinstance(found, dict), "has an event that is none")
    again = _member(found, "dueAgain", list)
    _require(all(type(one) is int for one in again), "has an event whose dueAgain has no numbers")
    return Event(
        sequence=_number(found, "sequence"),
        effective_on=_date(found, "effectiveOn"),
        recorded_on=_date(found, "recordedOn"),
        recorded_at=datetime.fromisoformat(_text(found, "recordedAt", _MOMENT)),
        act=_act(found),
        due_again=tuple(again),
    )


def _act(found: Mapping[str, Any]) -> Act:
    kind = _member(found, "kind", str)
    _require(kind in KINDS, "has an event of an unknown kind")
    return act_columns.act_of(
        ActColumns(
            kind,
            amount=None if found.get("amount") is None else Decimal(_text(found, "amount", _MONEY)),
            prepayment=None if found.get("prepayment") is None else _member(found, "prepayment", str),
            reverses=None if found.get("reverses") is None else _number(found, "reverses"),
            cause=None if found.get("cause") is None else _member(found, "cause", str),
            details=None if found.get("details") is None else _details(_member(found, "details", str)),
        )
    )


def _details(text: str) -> str:
    _require(proof_bounds.allow_details(text), "has an event with no valid details")
    return text


def _member(found: Mapping[str, Any], name: str, kind: type) -> Any:
    value = found.get(name)
    _require(type(value) is kind, f"has no valid {name}")
    return value


def _number(found: Mapping[str, Any], name: str) -> int:
    number: int = _member(found, name, int)
    _require(0 <= number < 2**31, f"has no valid {name}")
    return number


def _text(found: Mapping[str, Any], name: str, form: re.Pattern[str]) -> str:
    return _matched(found.get(name), name, form)


def _matched(value: object, name: str, form: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise NotAProofError(f"it has no valid {name}")
    return value


def _date(found: Mapping[str, Any], name: str) -> date:
    return date.fromisoformat(_text(found, name, _DATE))
