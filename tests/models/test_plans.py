"""Hand-written statements, as they are really sent, read by index what they need, however large the book is.

Every module that has such statements has the plans of all of them tested: those of batches too.
"""

import asyncio
import json
import re
import struct
from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest

from models import (
    audit,
    audit_chain,
    audit_money,
    audit_sums,
    billing_chunks,
    billing_runs,
    bills,
    book_heads,
    business_date,
    class_history,
    database,
    due_loans,
    event_numbers,
    histories,
    import_rows,
    import_undo,
    imports,
    loan_list,
    payment_posting,
    policy_lives,
    portfolio,
    reads,
    registrations,
    scores,
    search,
    session_locks,
    token_rotation,
    transaction_merge,
    verification_rows,
)
from models.book_heads import NewHead, Published
from models.import_rows import People
from models.loans import Loan
from models.payment_posting import PayableLoan
from models.payments import Payment
from models.users import User
from rules.audit import WORKER, Event
from rules.loan import Bill as IssuedBill
from tasks.imports import copy_format
from tests.builders import TODAY
from tests.models.correcting import correcting
from tests.models.plans import FAMILY, Explained, explained, faults, fill, hot_statements, repeated_scans
from tests.models.sql_texts import HOUSE, MODULES, statements
from tests.servers import Servers, administer, copied, tamper
from tests.tasks.loan_rows import borrow

DAY = date(2026, 1, 27)
ZERO = Decimal("0.00")
FILLED = "kist_filled"


@pytest.fixture(scope="module")
def filled(servers: Servers) -> Iterator[str]:
    """The name of a database with a year of business. Filling one takes longer than all tests that read it."""

    async def make() -> None:
        await administer(servers, copied(FILLED))
        async with database.connected(servers.database(FILLED)):
            await business_date.begin(TODAY)
            await fill()

    asyncio.run(make())
    yield FILLED
    asyncio.run(administer(servers, f"DROP DATABASE {FILLED}"))


@pytest.fixture
async def book(servers: Servers, filled: str) -> AsyncIterator[None]:
    """The pool of the test's own copy of it."""
    name = f"{filled}_copy"
    await administer(servers, copied(name, filled))
    async with database.connected(servers.database(name)):
        yield
    await administer(servers, f"DROP DATABASE {name} WITH (FORCE)")


def digest(number: int) -> bytes:
    return sha256(number.to_bytes(8)).digest()


def token(number: int) -> bytes:
    return digest(number)


async def single_rows() -> None:
    """The writes and reads of single rows, beside those of `hot_statements`."""
    await borrow(200)
    assert (await registrations.taken("7@kist.test", [digest(8)])) == (True, True)
    await session_locks.hold_family_of(token(7))
    assert await token_rotation.rotate(token(7), 30, b"successor") is not None
    await audit.record(Event.SIGNED_IN, WORKER)
    await audit.record_forbidden(WORKER, FAMILY)
    await scores.hold([7, 8])
    await scores.store_scores([(700, totals) for totals in await scores.transaction_totals([7, 8])])
    await audit.record_reads(WORKER, [7, 8], DAY)
    issued = IssuedBill(
        13, DAY, DAY + timedelta(days=15), Decimal(50000), Decimal(435), Decimal(1000), Decimal(1000), ZERO
    )
    assert await bills.issue_and_read(7, [issued], DAY)
    # Rows of both digests are equal: they are merged.
    await transaction_merge.move(digest(7), [digest(8)])


async def billing() -> None:
    run = await billing_runs.begin(DAY, WORKER)
    first, second, *_ = await billing_runs.plan(run.id, chunk_bills=20)
    chunk = await billing_chunks.claim(first)
    assert chunk is not None
    due = await due_loans.lock(chunk.first_id, chunk.last_id, DAY)
    await due_loans.store_standings([(loan.id, loan.standing, DAY) for loan in due])
    await billing_chunks.complete(first, bills_issued=1, interest_billed=ZERO, by=WORKER)
    await billing_chunks.fail(second, "It failed.")
    await billing_chunks.FAILED_OF_RUNS.page([run.id, 2], after=0, limit=21)
    await billing_chunks.FAILED_OF_RUNS.count([run.id, 2])
    await billing_runs.before(2, 21)
    await billing_runs.finish(run.id, WORKER)


async def importing() -> None:
    started = await imports.begin(digest(1), "a.csv")
    async with database.connection() as connection:
        pass
    people = People(bytes(32), b"\xff" * 32)
    addition = await import_rows.add(connection, people, _copied(started.id), copy_format.COLUMNS)
    assert addition.added == 1
    await import_rows.people_who_gained(addition, people, after=0, limit=100)
    await transaction_merge.people_with("transactions", after=0, limit=100)


async def undoing() -> None:
    (imported,) = await imports.latest(1)
    await import_undo.undo(imported.id)
    await transaction_merge.people_with("lost", after=0, limit=100)


async def comparing() -> None:
    async with database.connection() as connection:
        pass
    await import_rows.compare(connection, _copied(1), copy_format.COLUMNS)
    # It drops its temporary table, which a plan needs.
    columns = ", ".join(copy_format.COLUMNS)
    await connection.execute(f"CREATE TEMP TABLE staged ON COMMIT DROP AS SELECT {columns} FROM transactions LIMIT 2")


async def _copied(import_id: int) -> AsyncIterator[bytes]:
    """A row that is there, and one that is not, in COPY's binary format."""
    yield copy_format.HEADER
    for day in (1, 400):
        columns = (
            digest(9),
            struct.pack(">i", (date(2025, 1, 1) + timedelta(days=day) - date(2000, 1, 1)).days),
            struct.pack(">4hh", 1, 0, 0, 2, 100),
            struct.pack(">i", 1),
            struct.pack(">q", import_id),
            b"CREDIT",
        )
        yield struct.pack(">h", len(columns)) + b"".join(struct.pack(">i", len(one)) + one for one in columns)
    yield copy_format.TRAILER


async def portfolios() -> None:
    for day in (DAY, date(2025, 6, 1)):
        await portfolio.sums(day)
        await portfolio.unbilled(0, day, 100)
        await portfolio.demanded(day)
        await portfolio.plans(0, day, 100)
        await portfolio.after(0, day, 100)


async def verification() -> None:
    await verification_rows.hold_still()
    await histories.after(0, 100)


async def numbering() -> None:
    async with database.connection() as connection:
        await event_numbers.fill(connection)
        await event_numbers.number(connection, 0, 100)
        await connection.fetch(event_numbers._COUNT)
        await class_history.is_pending(connection)
        await connection.fetch(class_history._LATE, 0, 100)


async def auditing() -> None:
    await audit_chain.seal(everything=True)
    await audit_chain.after(0, 100)
    await audit_money.differences(10)
    await audit_sums.differences(10)


async def test_no_hot_statement_reads_or_sorts_more_than_it_needs(book: None) -> None:
    plans = await explained(hot_statements)
    assert len(plans) >= 16
    for query, plan in plans:
        assert list(faults(plan)) == [], query


async def test_a_payment_without_an_id_is_looked_for_among_those_of_its_loan_date_and_amount(book: None) -> None:
    # A loan of many payments, one of them on each day: none but those of the day and the amount are read.
    await database.execute(
        "INSERT INTO payments (loan_id, user_id, transaction_id, transaction_id_given, paid_on, amount, interest,"
        " principal, emi_before, emi_after) SELECT 9, 9, 'daily-' || n, n % 2 = 0, date '2026-01-01' + n, 1, 0, 1,"
        " 1000, 1000 FROM generate_series(1, 3000) AS n"
    )
    await tamper("VACUUM ANALYZE")
    found: list[PayableLoan | None] = []

    async def read() -> None:
        day, amount = date(2026, 5, 1), Decimal(1)
        found.append(
            await reads.run(payment_posting.reading(9, owner_id=9, transaction_id=None, paid_on=day, amount=amount))
        )

    ((query, plan),) = await explained(read)
    assert found[0] is not None
    assert found[0].earlier is not None
    assert found[0].earlier.transaction_id == "daily-120"
    assert "payments_same" in json.dumps(plan)
    assert list(faults(plan)) == [], query


async def test_no_statement_of_single_rows_reads_or_sorts_more_than_it_needs(book: None) -> None:
    for query, plan in await explained(single_rows):
        assert list(faults(plan)) == [], query


async def searches() -> None:
    """The statements of a search and of lists of loans. A text of one word, of several, and of parts of words."""
    await search.limited()
    for words in (("asha",), ("as", "7@kist"), ("999@kist.test",)):
        await search.people(words, 11)
    await Payment.filter(transaction_id="payment-7").limit(11)
    await User.filter(aadhaar_digest__in=[digest(7), digest(8)], erased_at=None).limit(11)
    await loan_list.by_due_date(loan_list.Position(date.min, 0), DAY, 21)
    await loan_list.by_due_date(loan_list.Position(DAY, 500), date.max, 21)
    await loan_list.count_due(date.min, date(2025, 6, 1))
    await Loan.filter(closed_on__isnull=False, id__lt=900).order_by("-id").limit(21)
    await Loan.filter(id__lt=900).order_by("-id").limit(21)


async def test_a_search_and_a_page_of_loans_read_by_index_what_they_show(book: None) -> None:
    plans = await explained(searches)
    for query, plan in plans:
        assert list(repeated_scans(plan)) == [], query
        # The candidates of a search are sorted; the search bounds their number.
        found = [fault for fault in faults(plan) if not (fault.startswith("a sort") and "found AS" in query)]
        assert found == [], query
    used = json.dumps(plans)
    for index in ("users_words", "payments_transaction_ids", "loans_by_due_date"):
        assert index in used


async def publishing() -> None:
    """Publish the head of the book of a day."""
    async for _ in book_heads.leaves(DAY):
        pass
    await book_heads.extend([NewHead(1, 2, bytes(32))], DAY)
    assert await book_heads.publish(Published(DAY, "Kist", 1, bytes(32), bytes(32)), 2, WORKER)


async def trying_a_policy() -> None:
    """Read the lives of some loans, which a policy is tried on."""
    assert await policy_lives.read(policy_lives.Span(1, 50))


async def test_no_statement_of_a_correction_reads_more_than_the_rows_of_its_loans(book: None) -> None:
    for query, plan in await explained(correcting):
        # Verification sorts the bills of some loans.
        assert [fault for fault in faults(plan) if not fault.startswith("a sort")] == [], query


@pytest.mark.timeout(240)
async def test_every_statement_has_its_plan_tested_and_none_reads_a_table_again_and_again(book: None) -> None:
    plans: list[Explained] = []
    for work in (
        hot_statements,
        single_rows,
        searches,
        billing,
        importing,
        comparing,
        verification,
        auditing,
        numbering,
        correcting,
        publishing,
        trying_a_policy,
    ):
        plans += await explained(work)
    plans += await explained(portfolios, portfolio.held_still)
    for query, plan in plans:
        assert list(repeated_scans(plan)) == [], query
    # PostgreSQL has no statistics of the few repeats, and reads all transactions whatever it thinks of them.
    plans += await explained(undoing)
    sent = {_words(query) for query, _ in plans}
    left = {
        path: [text for text in _of(path) if not _is_sent(text, sent)] for path in MODULES if path.parts[0] == "models"
    }
    assert {str(path): texts for path, texts in left.items() if texts} == {}


def _of(path: Path) -> list[str]:
    return statements((HOUSE / path).read_text())


def _words(text: str) -> str:
    return " ".join(text.split())


def _is_sent(text: str, sent: set[str]) -> bool:
    """Whether a statement was sent, whatever was put into its places, or appended."""
    pattern = re.compile(re.sub(r"(\\\{\w*\\\}|%s)", ".*", re.escape(_words(text))), re.DOTALL)
    return any(pattern.match(query) for query in sent)
