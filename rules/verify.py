"""A loan's stored rows are correct when the fold of its events gives each of them back, to the paisa."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from rules import billing, charges, events, interest, ledger, life, postings
from rules.classes import ClassChange
from rules.events import Event
from rules.ledger import Entry
from rules.life import Life
from rules.loan import Bill, Standing
from rules.money import ZERO
from rules.payments import Allocation
from rules.plan import Terms
from rules.postings import Source


class StoredLoan(NamedTuple):
    """A loan's row. `sequence` is that of its latest event."""

    id: int
    sequence: int
    terms: Terms
    standing: Standing
    next_billing_on: date | None


class StoredPayment(NamedTuple):
    """The columns of a payment's row that the fold gives.

    `charge_parts` is JSON of the charges' keys and rupees, and `written_off` is principal.
    """

    interest: Decimal
    principal: Decimal
    credit: Decimal
    emi_before: Decimal
    emi_after: Decimal
    charges: Decimal = ZERO
    charge_parts: str | None = None
    recovery: Decimal = ZERO
    written_off: Decimal = ZERO


class StoredEntries(NamedTuple):
    """All ledger entries of a source together, and the dates on which they are effective: one, if all is right."""

    effective_on: frozenset[date]
    entries: frozenset[Entry]


class History(NamedTuple):
    """All stored rows of one loan: its events, its valid bills by cycle, and what its live payments did, by sequence.

    `void` are the sequences of the events whose rows say that they were reversed. A bill that belongs to another loan
    has its negative id as its cycle. `classed` is the last day whose class was found for certain.
    """

    loan: StoredLoan
    events: Sequence[Event]
    void: frozenset[int]
    bills: Mapping[int, Bill]
    payments: Mapping[int, StoredPayment]
    allocations: Mapping[int, Sequence[Allocation]]
    entries: Mapping[Source, StoredEntries]
    classes: Sequence[ClassChange] = ()
    classed: date = date.min


class Disagreement(NamedTuple):
    """One difference from the expected value. `loan_id` is None if it concerns the whole book."""

    loan_id: int | None
    what: str
    expected: str
    found: str

    def __str__(self) -> str:
        owner = "the book" if self.loan_id is None else f"loan {self.loan_id}"
        return f"{owner}: {self.what} is {self.found}, must be {self.expected}"


Fact: TypeAlias = Terms | Standing | Bill | StoredPayment | Allocation | str
_NOTHING = "nothing"


def disagreements(found: History) -> list[Disagreement]:
    """Every difference between a loan's stored rows and the fold of its events."""
    # The loan and its bills both give the number of billed cycles. The number with fewer differences is right.
    stories: list[list[Disagreement]] = []
    refusal = ""
    for cycles in {found.loan.standing.cycles_billed, max(found.bills, default=0)}:
        try:
            expected = expected_of(found.loan, found.events, cycles, found.classed)
        except (AssertionError, ArithmeticError) as error:
            refusal = str(error) or type(error).__name__
        else:
            # Nearly every loan ends here, so the rest may be slow.
            stories.append([] if expected == found else list(_between(expected, found)))
    return min(stories, key=len, default=[Disagreement(found.loan.id, "the history", "one the rules allow", refusal)])


def expected_of(loan: StoredLoan, recorded: Sequence[Event], cycles: int, classed: date = date.min) -> History:
    """The rows that a loan's terms, its events, a count of cycles, and the last day whose class was found make."""
    return rows_of(loan.id, lived_of(loan, recorded, cycles, classed), recorded, classed)


def lived_of(loan: StoredLoan, recorded: Sequence[Event], cycles: int, classed: date) -> Life:
    """The life that they make."""
    terms = loan.terms._replace(daily_rate=interest.daily_rate(loan.terms.interest_rate))
    lived = life.fold(terms, recorded, until=date.max, cycles=cycles)
    lived.classify(classed)
    return lived


def rows_of(loan_id: int, lived: Life, recorded: Sequence[Event], classed: date = date.min) -> History:
    """The rows of a life."""
    next_on = billing.next_billing_on(lived.terms, lived.standing)
    entries = {
        source: StoredEntries(frozenset({posted.effective_on}), frozenset(ledger.net(posted.entries)))
        for source, posted in postings.of(lived, recorded).items()
        if posted.entries
    }
    sequences = {event.sequence for event in recorded}
    return History(
        StoredLoan(loan_id, max(sequences), lived.terms, lived.standing, next_on),
        recorded,
        frozenset(sequences - events.counting(recorded)),
        lived.bills,
        payments_of(lived),
        allocations_of(lived),
        entries,
        tuple(lived.classes.changes),
        classed,
    )


def payments_of(lived: Life) -> dict[int, StoredPayment]:
    """The rows of a life's payments by sequence."""
    return {
        sequence: StoredPayment(
            one.interest,
            one.principal,
            one.credit,
            one.emi_before,
            one.standing.emi,
            one.charges,
            charges.text_of_parts(one.charged),
            one.recovery,
            one.written_off,
        )
        for sequence, one in lived.payments.items()
    }


def allocations_of(lived: Life) -> dict[int, list[Allocation]]:
    """The allocations of those payments that have any."""
    return {sequence: list(one.allocations) for sequence, one in lived.payments.items() if one.allocations}


def _between(expected: History, found: History) -> Iterator[Disagreement]:
    loan_id = found.loan.id
    must, is_ = _facts(expected), _facts(found)
    for what in dict.fromkeys((*must, *is_)):
        one, other = must.get(what, _NOTHING), is_.get(what, _NOTHING)
        if isinstance(one, tuple) and isinstance(other, tuple):
            for name, value, stored in zip(one._fields, one, other, strict=True):
                if value != stored:
                    owner = "" if isinstance(one, Terms | Standing) else f"{what} "
                    yield Disagreement(loan_id, f"{owner}{name}", str(value), str(stored))
        elif one != other:
            yield Disagreement(loan_id, what, _text(one), _text(other))


def _facts(history: History) -> dict[str, Fact]:
    """Rows, and what the ledger says, by their names in a report."""
    loan = history.loan
    facts: dict[str, Fact] = {
        "the terms": loan.terms,
        "the standing": loan.standing,
        "next_billing_on": str(loan.next_billing_on),
        "sequence": str(loan.sequence),
    }
    facts |= {f"{_event(sequence)} is reversed": "yes" for sequence in history.void}
    for cycle, bill in sorted(history.bills.items()):
        facts[_bill(cycle)] = bill
    for sequence, payment in history.payments.items():
        facts[_event(sequence)] = payment
    for sequence, parts in history.allocations.items():
        for part in parts:
            target = "no bill" if part.cycle is None else _bill(part.cycle)
            facts[f"{_event(sequence)} allocation to {target}"] = part
    facts |= {f"the class at the end of {on}": found.value for on, found in history.classes}
    for source, posted in history.entries.items():
        owner = _source(source)
        on = " and ".join(map(str, sorted(posted.effective_on)))
        said = sorted(f"{_sentence(entry)} on {on}" for entry in posted.entries)
        facts[f"ledger of {owner}"] = "; ".join(said)
    return facts


def _source(source: Source) -> str:
    if source.class_on is not None:
        return f"the class of {source.class_on}"
    return _bill(source.cycle) if source.cycle else _event(source.sequence)


def _bill(cycle: int) -> str:
    return f"bill {cycle}" if cycle > 0 else f"a bill of id {-cycle}"


def _event(sequence: int) -> str:
    if sequence < 0:
        return f"an event of id {-sequence}"
    return "the disbursal" if sequence == 1 else f"event {sequence}"


def _sentence(entry: Entry) -> str:
    return f"{entry.event} {entry.amount:.2f} to {entry.debit} from {entry.credit}"


def _text(fact: Fact) -> str:
    return fact if isinstance(fact, str) else ", ".join(map("{} {}".format, fact._fields, fact))
