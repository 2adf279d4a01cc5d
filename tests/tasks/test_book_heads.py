"""The head of the book of each date that has ended: it covers what was recorded by then, and never changes."""

import asyncio
from datetime import date

import pytest

from models import book_heads, business_date, database, life_events
from models.book_heads import BookHead, LoanHead
from models.loans import Loan
from rules import chains
from rules.audit import WORKER
from settings import Settings
from tasks import audit_verification, verification
from tasks import book_heads as tasks
from tests.running import process, until
from tests.servers import tamper
from tests.tasks.loan_rows import borrow, pay, unguarded

FEBRUARY, MARCH, JULY = date(2026, 2, 28), date(2026, 3, 31), date(2026, 7, 31)


async def published(day: date) -> BookHead:
    return await tasks.publish(day, "Asha Finance", WORKER)


async def expected(day: date) -> bytes:
    """The head of the book, computed at once from all events by the rules."""
    tree = chains.Tree()
    for loan in await Loan.all().order_by("id"):
        rows = (await life_events.of_loans([loan.id]))[loan.id]
        events = [row.event() for row in rows if row.recorded_on <= day]
        if events:
            tree.add(chains.leaf(loan.id, len(events), chains.chain(loan.id, loan.terms, events)[-1]))
    return chains.head_of_book("Asha Finance", day, tree.size, tree.root())


async def stored() -> list[tuple[int, int, str]]:
    return [(one.loan_id, one.sequence, str(one.published_on)) for one in await LoanHead.all().order_by("id")]


async def test_a_head_covers_what_was_recorded_by_the_end_of_its_date(
    book: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book_heads, "LEAVES_AT_ONCE", 2)
    for day in (FEBRUARY, MARCH):
        found = await published(day)
        assert (found.head, found.loans) == (await expected(day), 5)
    # In March two loans had a payment; the heads of the others are not stored again.
    first = [(1, 2), (2, 1), (3, 1), (4, 1), (5, 3)]
    assert await stored() == [
        *((number, sequence, "2026-02-28") for number, sequence in first),
        (1, 3, "2026-03-31"),
        (3, 2, "2026-03-31"),
    ]
    assert await verification.verify() == []
    assert (await audit_verification.verify()).faults == []
    again = await published(FEBRUARY)
    assert (again.head, await BookHead.all().count()) == (await expected(FEBRUARY), 2)


async def test_an_interrupted_publication_continues_and_two_at_once_publish_one_head(
    book: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book_heads, "LEAVES_AT_ONCE", 2)

    def interrupt(done: int, loans: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await tasks.publish(JULY, "Asha Finance", WORKER, interrupt)
    assert [loan_id for loan_id, _, _ in await stored()] == [1, 2]
    # It is recorded on a date whose publication has begun, and so it comes under the same date.
    await pay(2, "2026-07-10", "100.00")
    both = await asyncio.gather(published(JULY), published(JULY))
    assert [one.head for one in both] == [await expected(JULY)] * 2
    assert [one[1:] for one in await stored() if one[0] == 2] == [(1, "2026-07-31"), (2, "2026-07-31")]
    assert await verification.verify() == []
    (entries,) = await database.fetch("SELECT count(*) FROM audit_entries WHERE event = 'BOOK_HEAD_PUBLISHED'")
    assert entries["count"] == 1


async def test_every_date_that_has_ended_gets_a_head_after_the_first(
    memory: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await tasks.outstanding(FEBRUARY) == [FEBRUARY]
    assert (await published(FEBRUARY)).loans == 0
    assert await tasks.outstanding(FEBRUARY) == []
    assert await tasks.outstanding(date(2026, 3, 2)) == [date(2026, 3, 1), date(2026, 3, 2)]
    monkeypatch.setattr(tasks, "MOST_DATES", 1)
    assert await tasks.outstanding(MARCH) == [MARCH]


async def test_a_worker_publishes_the_head_of_a_date_that_has_ended(memory: Settings) -> None:
    await borrow()
    await business_date.move_to(date(2026, 1, 2))

    async def is_published() -> bool:
        return await book_heads.on(date(2026, 1, 1)) is not None

    with process(memory):
        await until(is_published)
    found = await book_heads.newest()
    assert found
    assert (found.date, found.loans) == (date(2026, 1, 1), 1)
    assert (found.lender, await verification.verify()) == (memory.lender().name or "", [])


# A statement, and the beginnings of what is reported.
TAMPERINGS = {
    "UPDATE payments SET amount = amount + 1, principal = principal + 1 WHERE id = 1": [
        "loan 1: the head of 2026-02-28 after event 2 is",
        "loan 1: the head of 2026-03-31 after event 3 is",
    ],
    "UPDATE payments SET recorded_on = '2026-02-11' WHERE id = 1": ["loan 1: the head of 2026-02-28 after event 2 is"],
    "UPDATE loans SET due_days = due_days + 1 WHERE id = 2": ["loan 2: the head of 2026-02-28 after event 1 is"],
    "UPDATE loan_heads SET head = sha256('x') WHERE loan_id = 3 AND sequence = 2": [
        "loan 3: the head of 2026-03-31 after event 2 is",
        "the book: the root of the book on 2026-03-31 is",
    ],
    "DELETE FROM loan_heads WHERE loan_id = 2": [
        "the book: the number of loans of the book on 2026-02-28 is 5, must be 4",
        "the book: the root of the book on 2026-02-28 is",
    ],
    "UPDATE loan_heads SET published_on = '2026-03-01' WHERE loan_id = 2": [
        "the book: the root of the book on 2026-02-28 is",
    ],
    "UPDATE book_heads SET root = sha256('x')": [
        "the book: the root of the book on 2026-02-28 is",
        "the book: the head of the book on 2026-02-28 is",
    ],
    "UPDATE book_heads SET loans = loans + 1": ["the book: the number of loans of the book on 2026-02-28 is"],
    "UPDATE book_heads SET lender = 'Mallory'": ["the book: the head of the book on 2026-02-28 is"],
    "UPDATE book_heads SET head = sha256('x')": ["the book: the head of the book on 2026-02-28 is"],
}


async def test_verification_names_each_head_that_does_not_follow(memory: Settings, book: int) -> None:
    for day in (FEBRUARY, MARCH):
        await published(day)
    for statement, named in TAMPERINGS.items():
        table = statement.removeprefix("DELETE FROM ").removeprefix("UPDATE ").split()[0]
        await unguarded(memory, f"CREATE TABLE kept AS TABLE {table}; {statement}")
        found = [str(one) for one in await verification.verify()]
        await unguarded(memory, f"DELETE FROM {table}; INSERT INTO {table} TABLE kept; DROP TABLE kept")
        for words in named:
            assert any(line.startswith(words) for line in found), (statement, words, found)
    assert await verification.verify() == []


async def test_the_audit_log_names_a_head_that_was_rewritten(book: int) -> None:
    await published(MARCH)
    await tamper("ALTER TABLE book_heads DISABLE TRIGGER ALL")
    await tamper("UPDATE book_heads SET lender = 'Mallory'")
    (fault,) = (await audit_verification.verify()).faults
    assert fault.startswith("head of 2026-03-31 is ")
    assert "of Asha Finance, 5 loans" in fault
    assert "of Mallory, 5 loans" in fault
