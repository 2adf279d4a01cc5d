"""A proof agrees with itself. Every change of it is found by name, and the work for a hostile file is bounded."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import chains, products, proof_check, proofs
from rules.chains import Tree
from rules.events import Charged, Disbursed, Event, Paid, Refunded, ReversalCause, Reversed, Waived
from rules.loan import PrepaymentChoice
from rules.proof_check import NotAProofError
from rules.proofs import Proof
from rules.sample_products import PLUS
from tests.rules.book import DISBURSED_ON, terms

AS_OF = date(2026, 4, 3)
TERMS = terms()._replace(interest_rate=Decimal("10.500"), minimum_due_rate=Decimal("3.000"))


def event(sequence: int, day: date, act: Any, again: tuple[int, ...] = (), recorded_on: date | None = None) -> Event:
    on = recorded_on or day
    return Event(sequence, day, on, datetime(on.year, on.month, on.day, 12, 0, sequence, 7, UTC), act, again)


EVENTS = [
    event(1, DISBURSED_ON, Disbursed()),
    event(2, date(2026, 2, 10), Paid(Decimal("1000.00"))),
    event(3, date(2026, 3, 12), Paid(Decimal("6000.00"), PrepaymentChoice.REDUCE_TERM)),
    event(4, date(2026, 3, 12), Reversed(3, ReversalCause.BOUNCED), (2,), AS_OF),
    event(5, AS_OF, Paid(Decimal("60000.00"))),
    event(6, AS_OF, Refunded(Decimal("10.00"))),
]


def made(recorded: list[Event] = EVENTS, loan_id: int = 3) -> Proof:
    """The proof of loan 3 in a book of five."""
    tree = Tree()
    for number in range(1, 6):
        is_own = number == 3
        head = chains.chain(number, TERMS, EVENTS if is_own else EVENTS[:1])[-1]
        tree.add(chains.leaf(number, 6 if is_own else 1, head), is_wanted=number == loan_id)
    tree.root()
    assert tree.index is not None
    return Proof("Asha Finance", loan_id, TERMS, AS_OF, recorded, tree.index, tree.path, tree.size)


DOCUMENT: Any = proofs.document(made())
TEXT = proofs.written(DOCUMENT).encode()


def faults(text: bytes) -> list[str]:
    try:
        return proof_check.check(text).faults
    except NotAProofError as error:
        return [str(error)]


def changed(**values: Any) -> list[str]:
    return faults(proofs.written({**DOCUMENT, **values}).encode())


def test_a_proof_agrees_and_has_the_lines_of_the_statement() -> None:
    assert proof_check.check(TEXT).faults == []
    lines = [(line["date"], line["kind"], line["amountPaid"], line["event"]) for line in DOCUMENT["statement"]]
    assert lines == [
        ("2026-01-01", "DISBURSAL", "0.00", 1),
        ("2026-01-31", "BILL", "0.00", None),
        ("2026-02-10", "PAYMENT", "1000.00", 2),
        ("2026-03-02", "BILL", "0.00", None),
        ("2026-04-01", "BILL", "0.00", None),
        ("2026-04-03", "PAYMENT", "60000.00", 5),
        ("2026-04-03", "REFUND", "0.00", 6),
    ]
    assert DOCUMENT["standing"]["status"] == "CLOSED"


@given(st.integers(0, len(TEXT) - 1), st.integers(0, 255))
def test_any_changed_byte_is_found(place: int, byte: int) -> None:
    if TEXT[place] != byte:
        assert faults(TEXT[:place] + bytes([byte]) + TEXT[place + 1 :])


def fields(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every value of a document that is no object and no list, with the way to it."""
    if isinstance(value, dict | list):
        for name, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from fields(one, (*path, name))
    else:
        yield path, value


def other(value: Any) -> Any:
    """A value of the same form."""
    if value is None or isinstance(value, int):
        return (value or 0) + 1
    digits = [place for place, letter in enumerate(value) if letter in "0123456789"]
    if not digits:
        return f"{value}X"
    place = digits[-1]
    return value[:place] + ("1" if value[place] == "0" else "0" if value[place] != "2" else "1") + value[place + 1 :]


def test_any_changed_field_is_found_and_no_field_may_be_added_or_left_out() -> None:
    found = list(fields(DOCUMENT))
    assert len(found) > 150
    forged: Any
    for path, value in found:
        for forged in (other(value), None, [], "x" * 10_000):
            document = json.loads(TEXT)
            holder = document
            for name in path[:-1]:
                holder = holder[name]
            if forged != value:
                holder[path[-1]] = forged
                assert faults(proofs.written(document).encode()), path
        del holder[path[-1]]
        assert faults(proofs.written(document).encode()), path
    assert changed(more=1) == ["more is not in a proof"]
    assert faults(json.dumps(DOCUMENT).encode()) == [
        "the text differs from the one that kist writes: in its spaces, or in the order of its fields"
    ]


def test_an_attack_is_found_by_name() -> None:
    recorded, chain = DOCUMENT["events"], DOCUMENT["chain"]
    # The last event and its link are cut off, and the rest is computed again.
    shorter: Any = proofs.document(made(EVENTS[:-1]))
    cut = {**shorter, "book": DOCUMENT["book"]}
    assert [line.split(" is ")[0] for line in faults(proofs.written(cut).encode())] == ["book root", "book head"]
    removed = changed(events=[*recorded[:3], *recorded[4:]], chain=[*chain[:4], *chain[5:]])
    assert "event 4 is missing" in removed
    assert any(line.startswith("book head is") for line in removed)
    (amount,) = [
        line
        for line in changed(events=[recorded[0], {**recorded[1], "amount": "999.00"}, *recorded[2:]])
        if line.startswith("statement 3 amountPaid")
    ]
    assert amount == "statement 3 amountPaid is 1000.00, must be 999.00"
    neighbour = made(EVENTS[:1], loan_id=2)
    path = {"index": neighbour.place, "hashes": [beside.hex() for beside in neighbour.path]}
    assert any(line.startswith("book root is") for line in changed(path=path))
    assert changed(chain=chain[:-1]) == ["chain has 6 entries, must have 7"]
    head = "0" * 64
    assert changed(book={**DOCUMENT["book"], "head": head}) == [
        f"book head is {head}, must be {DOCUMENT['book']['head']}"
    ]


def _loan(**values: Any) -> bytes:
    return proofs.written({**DOCUMENT, "loan": {**DOCUMENT["loan"], **values}}).encode()


OF_PLUS: Any = products.document(PLUS)
_CHARGED = {
    **DOCUMENT["events"][1], "kind": "CHARGE", "amount": "1.00", "prepayment": None, "details": '{"kind": "bounce"}'
}  # fmt: skip


def _event(**values: Any) -> bytes:
    changed = {**DOCUMENT["events"][1], "amount": None, "prepayment": None, **values}
    return proofs.written({**DOCUMENT, "events": [DOCUMENT["events"][0], changed]}).encode()


HOSTILE = {
    "empty": b"",
    "no text": b"\xff\xfe",
    "no object": b"[]",
    "null": b"null",
    "deep": b"[" * 100_000,
    "deep objects": b'{"format":' * 100_000,
    "a huge number": b'{"format": 1' + b"0" * 5_000 + b"}",
    "a float": b'{"format": 1.5}',
    "not a number": b'{"format": NaN}',
    "a zip": b"PK\x03\x04" + bytes(100),
    "no events": proofs.written({**DOCUMENT, "events": []}).encode(),
    "a thousand million cycles": _loan(loanTerm=10**9),
    "a number beyond": _loan(loanTerm=10**30),
    "true": _loan(loanTerm=True),
    "cycles of no days": _loan(cycleDays=0),
    "a long life": proofs.written({**DOCUMENT, "asOf": "9999-12-31"}).encode(),
    "a life of bills": _loan(cycleDays=1, disbursedOn="1900-01-01"),
    "no such day": _loan(disbursedOn="2026-02-30"),
    "digits of another script": _loan(amount="५००००.00"),
    "an exponent": _loan(amount="1e9"),
    "a surrogate": TEXT.replace(b"Asha Finance", b"\\ud800"),
    "the last day": proofs.written({**DOCUMENT, "asOf": "9999-12-31"}).encode().replace(b"2026-", b"9999-"),
    "cycles due again": TEXT.replace(b'dueAgain": []', b'dueAgain": [1000000000]', 1),
    "an EMI step of a million decimals": _loan(product={**OF_PLUS, "emi_step": "1E-999999999"}),
    "a product of a million cycles": _loan(product={**OF_PLUS, "maximum_term": 10**6}),
    "a rate beyond": _loan(product={**OF_PLUS, "prepayment_rate": "1E+999999999"}),
    "no rate": _loan(product={**OF_PLUS, "prepayment_rate": "NaN"}),
    "charges that are texts": _loan(product={**OF_PLUS, "charges": ["fee"]}),
    "a thousand charges": _loan(product={**OF_PLUS, "charges": [{**OF_PLUS["charges"][0], "kind": "x"}] * 1000}),
    "a life of charges": proofs.written(
        {
            **DOCUMENT,
            "events": [DOCUMENT["events"][0], *[{**_CHARGED, "sequence": number} for number in range(2, 5000)]],
        }
    ).encode(),
    "details that are a list": _event(kind="WAIVER", amount="1.00", details="[]"),
    "deep details": _event(kind="WAIVER", amount="1.00", details="[" * 100_000),
    "details of a million cycles": _event(kind="RATE_CHANGE", details='{"cycles":1000000}'),
    "an EMI beyond": _event(kind="RATE_CHANGE", details='{"rate":"9.000","choice":"SET_EMI","emi":"1E+9999999"}'),
    "too long": b" " * (proof_check.MOST_BYTES + 1),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_one_line_and_little_work(name: str) -> None:
    start = datetime.now(UTC)
    found = faults(HOSTILE[name])
    assert found
    assert all("\n" not in line and len(line) < 300 and line.isprintable() for line in found)
    assert datetime.now(UTC) - start < timedelta(seconds=5)


def test_charges_and_waivers_are_proved_too() -> None:
    agreed = TERMS._replace(product=PLUS)
    recorded = [
        *EVENTS[:4],
        event(5, AS_OF, Charged("bounce", Decimal("500.00"), 4)),
        event(6, AS_OF, Waived(Decimal("118.00"), "charge:5")),
        event(7, AS_OF, Waived(Decimal("10.00"))),
    ]
    tree = Tree()
    tree.add(chains.leaf(3, 7, chains.chain(3, agreed, recorded)[-1]), is_wanted=True)
    tree.root()
    assert tree.index is not None
    document: Any = proofs.document(Proof("Asha Finance", 3, agreed, AS_OF, recorded, tree.index, tree.path, tree.size))
    assert faults(proofs.written(document).encode()) == []
    lines = [(line["kind"], line["event"], line.get("charges")) for line in document["statement"]]
    assert lines[-3:] == [("CHARGE", 5, "590.00"), ("WAIVER", 6, "118.00"), ("WAIVER", 7, None)]
    document["events"][4]["details"] = document["events"][4]["details"].replace("bounce", "visit")
    assert faults(proofs.written(document).encode()) != []
