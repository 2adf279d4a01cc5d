"""The log of a book is complete. Verification names every change that is made without the triggers."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context

import pytest

from models import audit, audit_chain, audit_facts, database
from models.audit import AuditEntry, AuditLink, Subject
from rules import audit as rules
from rules.audit import Actor, Entry, Event, Head, Origin
from settings import Settings
from tasks import audit_verification
from tests.builders import PAY, Client, lent
from tests.running import process, run, until
from tests.servers import tamper
from tests.tasks.loan_rows import bill, borrow, pay, unguarded

OWN = rules.by_command("a test")

# The entries of a fresh database: LOG_BEGUN and LOG_EXTENDED.
BEGUN = 2


async def faults(noted: Head | None = None) -> list[str]:
    return (await audit_verification.verify(noted)).faults


async def noted(event: Event) -> int:
    """Write an entry without consequences. Returns its id."""
    await audit.record(event, OWN)
    return await newest()


async def newest() -> int:
    (row,) = await database.fetch("SELECT max(id) AS id FROM audit_entries")
    return int(row["id"])


async def stored() -> list[Entry]:
    columns = ", ".join(Entry._fields)
    return [Entry(*row) for row in await database.fetch(f"SELECT {columns} FROM audit_entries ORDER BY id")]


async def digests() -> list[bytes]:
    return [row["digest"] for row in await database.fetch("SELECT digest FROM audit_entries ORDER BY id")]


async def test_the_database_makes_the_digest_that_the_rules_make(book: int) -> None:
    for text in ("", "'", '"\\', "a\tb", "नमस्ते", "x" * 64):
        await audit.record(Event.SIGNED_OUT, OWN._replace(request_id=text, address=text), Subject(1, 2, 3), text=text)
    async with database.transaction():
        await database.execute("SET LOCAL TimeZone = 'Asia/Kolkata'")
        await database.execute("SET LOCAL DateStyle = 'German'")
        await audit.record(Event.SIGNED_OUT, Origin(Actor.BORROWER, 2**63 - 1, "", ""))
    entries = await stored()
    assert len(entries) > 15
    assert await digests() == [rules.digest(entry) for entry in entries]


async def test_a_digest_that_is_given_is_not_taken(memory: Settings) -> None:
    await database.execute(
        "INSERT INTO audit_entries (event, actor, details, digest) VALUES ('SIGNED_OUT', 'NOBODY', '{}', '\\x00')"
    )
    assert await faults() == []


async def test_the_log_of_a_book_is_whole(book: int) -> None:
    found = await audit_verification.verify()
    assert (found.faults, found.unknown) == ([], 0)
    assert found.head == await audit_chain.head()
    assert found.head.position == await AuditEntry.all().count() == await AuditLink.all().count()
    told = [row["event"] for row in await database.fetch("SELECT event FROM audit_entries ORDER BY id")]
    assert told[0] == "LOG_BEGUN"
    assert (told.count("LOAN_DISBURSED"), told.count("PAYMENT_TAKEN")) == (5, 5)
    # A second verification finds the same head: nothing is chained twice.
    assert (await audit_verification.verify()).head == found.head


async def test_progress_is_reported_batch_by_batch(book: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_verification, "BATCH_ENTRIES", 7)
    entries = await AuditEntry.all().count()
    reports: list[tuple[int, int]] = []
    found = await audit_verification.verify(report=lambda done, total: reports.append((done, total)))
    assert found.faults == []
    assert [done for done, _ in reports] == [*range(7, entries, 7), entries]
    assert {total for _, total in reports} == {entries}


# No statement of kist could do this once everything is chained: the triggers are disabled. The entries are those of the
# beginning (0), five disbursals, a run with three chunks, five payments, and another run.
ENTRY_OF_PAYMENT_1 = "(SELECT id FROM audit_entries WHERE payment_id = 1)"
CRIMES: dict[str, list[str]] = {
    f"UPDATE audit_entries SET details = '{{}}' WHERE id = {ENTRY_OF_PAYMENT_1}": [
        "entry E was changed after it was written",
    ],
    f"UPDATE audit_entries SET actor = 'OPERATOR', actor_id = 7 WHERE id = {ENTRY_OF_PAYMENT_1}": [
        "entry E was changed after it was written"
    ],
    f"UPDATE audit_entries SET happened_at = happened_at + interval '1 microsecond' WHERE id = {ENTRY_OF_PAYMENT_1}": [
        "entry E was changed after it was written"
    ],
    f"UPDATE audit_entries SET address = '10.0.0.1', digest = sha256('') WHERE id = {ENTRY_OF_PAYMENT_1}": [
        "entry E was changed after it was written",
        "link P (entry E) does not follow from the link before it",
    ],
    f"DELETE FROM audit_entries WHERE id = {ENTRY_OF_PAYMENT_1}": [
        "link P: entry E is missing",
        "payment 1 is not in the log",
    ],
    f"DELETE FROM audit_links WHERE entry_id = {ENTRY_OF_PAYMENT_1};"
    f"DELETE FROM audit_entries WHERE id = {ENTRY_OF_PAYMENT_1}": [
        "link P is missing",
        "payment 1 is not in the log",
    ],
    f"UPDATE audit_links SET hash = sha256(hash) WHERE entry_id = {ENTRY_OF_PAYMENT_1}": [
        "link P (entry E) does not follow from the link before it",
        "link P+1 (entry E+1) does not follow from the link before it",
    ],
    # A correct link in the middle: all later links move on by one.
    "UPDATE audit_links SET position = position + 1000 WHERE position >= 5;"
    "UPDATE audit_links SET position = position - 999 WHERE position > 1000;"
    "SET session_replication_role = origin;"
    "INSERT INTO audit_entries (id, event, actor, details) VALUES (500, 'SIGNED_OUT', 'NOBODY', '{}');"
    "INSERT INTO audit_links SELECT 5, e.id, sha256(l.hash || e.digest) FROM audit_entries e, audit_links l"
    " WHERE e.id = 500 AND l.position = 4": ["link 6 (entry 4) does not follow from the link before it"],
    # The same payment twice: the second entry belongs to no event.
    "DROP INDEX audit_entries_payments;"
    "INSERT INTO audit_entries (event, actor, user_id, loan_id, payment_id, details, digest)"
    " SELECT event, actor, user_id, loan_id, payment_id, details, digest"
    f" FROM audit_entries WHERE id = {ENTRY_OF_PAYMENT_1}": [
        "entry N was changed after it was written",
        "payment 1 has 2 entries in the log, and must have one",
    ],
    "DELETE FROM payments WHERE id = 1": ["payment 1 is in the log, and not in the book"],
    "UPDATE payments SET amount = amount + 1, interest = interest + 1 WHERE id = 1": [
        "payment 1: amount is 1000.00 in the log, and 1001.00 in the book, interest is 435.00 in the log, and 436.00 in"
        " the book"
    ],
    "UPDATE loans SET amount = amount + 1 WHERE id = 2": [
        "loan 2: amount is 12345.67 in the log, and 12346.67 in the book"
    ],
    "DELETE FROM audit_entries WHERE id = 0": ["link 1: entry 0 is missing"],
}


@pytest.mark.parametrize("crime", CRIMES)
async def test_what_is_changed_behind_the_triggers_back_is_named(book: int, memory: Settings, crime: str) -> None:
    assert await faults() == []
    (row,) = await database.fetch(
        "SELECT id, position FROM audit_entries JOIN audit_links ON entry_id = id WHERE payment_id = 1"
    )
    last = await newest()
    await unguarded(memory, crime)
    names = {"E+1": row["id"] + 1, "P+1": row["position"] + 1, "E": row["id"], "P": row["position"], "N": last + 1}
    expected = [" ".join(_named(word, names) for word in line.split(" ")) for line in CRIMES[crime]]
    assert await faults() == expected


def _named(word: str, names: dict[str, int]) -> str:
    bare = word.strip("():")
    return word.replace(bare, str(names[bare])) if bare in names else word


async def test_an_entry_that_is_changed_before_it_is_chained_is_named(book: int, memory: Settings) -> None:
    assert await audit_chain.head() == Head(0, rules.GENESIS)
    await unguarded(memory, "UPDATE audit_entries SET address = 'elsewhere' WHERE payment_id = 2")
    entry = await AuditEntry.get(payment_id=2)
    assert await faults() == [f"entry {entry.id} was changed after it was written"]
    # The entry is chained, because it exists, and every verification reports it.
    assert await faults() == [f"entry {entry.id} was changed after it was written"]


async def test_an_end_that_is_cut_off_is_seen_by_who_noted_the_head(book: int, memory: Settings) -> None:
    before = (await audit_verification.verify()).head
    await noted(Event.SIGNED_OUT)
    after = (await audit_verification.verify(before)).head
    assert await faults(before) == await faults(after) == []
    cut = "DELETE FROM audit_links WHERE position = (SELECT max(position) FROM audit_links);"
    await unguarded(memory, f"{cut} DELETE FROM audit_entries WHERE id = (SELECT max(id) FROM audit_entries)")
    assert await faults() == await faults(before) == []
    assert await faults(after) == [f"the log has no link {after.position}, whose head was given: its end was cut off"]
    await noted(Event.SIGNED_IN)
    assert await faults(after) == [f"link {after.position} differs from the head that was given: the log was rewritten"]


async def test_a_log_that_is_wrong_everywhere_ends_early(
    book: int, memory: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_verification, "BATCH_ENTRIES", 2)
    monkeypatch.setattr(audit_verification, "MOST_FAULTS", 3)
    await unguarded(memory, "UPDATE audit_entries SET address = 'elsewhere'")
    assert len([fault for fault in await faults() if fault.startswith("entry")]) == 4


async def test_what_commits_late_is_chained_after_what_was_quicker(
    memory: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_chain, "_LATE", 3)
    await audit_chain.seal()

    async def beside(count: int) -> None:
        for _ in range(count):
            await noted(Event.SIGNED_IN)

    outside = copy_context()
    for quicker, found in ((2, 1), (8, 0)):
        async with database.transaction():
            slow = await noted(Event.SIGNED_OUT)
            await asyncio.create_task(beside(quicker), context=outside.copy())
            assert await asyncio.create_task(audit_chain.seal(), context=outside.copy()) == quicker
        # `seal` looks back over some ids only. The daily job and verification search the whole log.
        assert await audit_chain.seal() == found
        await audit_chain.seal(everything=True)
        assert await AuditLink.get(entry_id=slow) == await AuditLink.all().order_by("-position").first()
    assert await faults() == []


async def test_a_log_of_many_batches_is_chained_whole(memory: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_chain, "_AT_ONCE", 4)
    for _ in range(11):
        await noted(Event.SIGNED_IN)
    assert [await audit_chain.seal(), await audit_chain.seal()] == [11 + BEGUN, 0]
    assert await faults() == []


async def test_of_two_sealers_one_seals(memory: Settings) -> None:
    for _ in range(50):
        await noted(Event.SIGNED_IN)
    sealed = await asyncio.gather(*(audit_chain.seal(everything=n % 2 == 0) for n in range(6)))
    assert sum(sealed) == 50 + BEGUN
    assert await faults() == []


async def test_a_sealer_does_not_wait_for_another(memory: Settings) -> None:
    outside = copy_context()
    async with database.transaction():
        assert await audit_chain._lock(waiting=False)
        assert await asyncio.create_task(audit_chain.seal(), context=outside) == 0
    assert await audit_chain.seal() == BEGUN


async def test_what_is_rolled_back_leaves_no_entry(memory: Settings) -> None:
    before = await stored()
    with suppress(LookupError):
        async with database.transaction():
            await noted(Event.SIGNED_IN)
            await borrow()
            raise LookupError
    assert await stored() == before


async def test_money_that_moves_without_a_word_is_told_by_the_database(book: int, memory: Settings) -> None:
    await database.execute(
        "INSERT INTO payments (loan_id, user_id, transaction_id, transaction_id_given, paid_on, amount, interest,"
        " principal, emi_before, emi_after) VALUES (2, 2, 'by-hand', true, '2026-01-01', 10, 0, 10, 1, 1), "
        " (2, 2, 'by-hand-too', true, '2026-01-01', 20, 0, 20, 1, 1)"
    )
    found = await audit_verification.verify()
    assert (found.faults, found.unknown) == ([], 2)
    entries = await AuditEntry.filter(actor="UNKNOWN").order_by("id")
    assert [(entry.event, entry.loan_id, entry.details["amount"]) for entry in entries] == [
        ("PAYMENT_TAKEN", 2, "10.00"),
        ("PAYMENT_TAKEN", 2, "20.00"),
    ]
    # The database's entry has the same fields as a payment's own entry.
    own = await AuditEntry.get(payment_id=1)
    assert {frozenset(entry.details) for entry in entries} == {frozenset(own.details)}


async def test_an_event_that_is_recorded_without_a_word_is_told_by_the_database(book: int, memory: Settings) -> None:
    await tamper("INSERT INTO operators (id, email, password_hash) VALUES (7, 'one@kist.test', 'x')")
    (row,) = await database.fetch("UPDATE loans SET sequence = sequence + 1 WHERE id = 2 RETURNING sequence")
    columns = "loan_id, sequence, kind, effective_on, recorded_on, amount, reason, request_id, operator_id"
    values = "2, $1, 'REFUND', '2026-01-31', '2026-02-10', 5, 'Paid out.', 'first', 7"
    await database.execute(f"INSERT INTO loan_events ({columns}) VALUES ({values})", row["sequence"])
    assert await faults() == ["operator 7 is not in the log"]
    entry = await AuditEntry.get(event="LOAN_EVENT_RECORDED")
    assert (entry.actor, entry.loan_id, entry.details["kind"]) == ("UNKNOWN", 2, "REFUND")
    facts = audit_facts.LOAN_EVENT
    assert set(entry.details) == set(facts)
    await unguarded(memory, "UPDATE loan_events SET amount = 6")
    assert "loan event 1: amount is 5.00 in the log, and 6.00 in the book" in await faults()


async def test_a_payment_agrees_with_the_newest_restatement_and_with_its_own_amount(
    book: int, memory: Settings
) -> None:
    async with database.transaction():
        await database.execute("UPDATE payments SET interest = interest - 1, principal = principal + 1 WHERE id = 1")
        restated = audit_facts.PAYMENTS, audit_facts.RESTATED_PAYMENT
        await audit.record_rows(Event.PAYMENT_RESTATED, OWN, *restated, [1])
    assert await faults() == []
    await unguarded(memory, "UPDATE payments SET principal = principal - 1, credit = 1 WHERE id = 1")
    assert [line.split(":")[0] for line in await faults()] == ["payment 1"]
    # An entry that restates what never changes is not believed.
    async with database.transaction():
        await database.execute("UPDATE payments SET principal = principal + 1, credit = 0 WHERE id = 1")
        await audit.record_rows(Event.PAYMENT_RESTATED, OWN, *restated, [1], amount="1.00", paid_on="2026-01-01")
    assert await faults() == []


async def test_what_was_there_before_the_log_need_not_be_told(book: int, memory: Settings) -> None:
    """This is the log that the migration leaves if a book exists already."""
    await unguarded(memory, "DELETE FROM audit_entries WHERE id > 0")
    await unguarded(memory, "DELETE FROM audit_links")
    await unguarded(memory, "DELETE FROM audit_entries")
    began = {"loans": 5, "payments": 5}
    extended = {"users": 5, "loan_applications": 5, "billing_runs": 2, "billing_chunks": 9}
    for event, details in (("LOG_BEGUN", began), ("LOG_EXTENDED", extended)):
        await database.execute(
            "INSERT INTO audit_entries (event, actor, details) VALUES ($1, 'SYSTEM', $2)", event, json.dumps(details)
        )
    assert await faults() == []
    await pay(2, "2026-07-02", "100.00")
    assert await faults() == []
    # The entries that exist must still agree with the book.
    await unguarded(memory, "UPDATE audit_entries SET payment_id = 1 WHERE payment_id = 6")
    assert "payment 1: amount is 100.00 in the log, and 1000.00 in the book, " in "".join(await faults())
    await unguarded(memory, "DELETE FROM audit_entries WHERE payment_id = 1")
    assert "payment 6 is not in the log" in await faults()


# An entry and its link, as the worker writes them.
ANOTHER = """
SET session_replication_role = origin;
INSERT INTO audit_entries (event, actor, details) VALUES ('SIGNED_OUT', 'NOBODY', '{}');
INSERT INTO audit_links SELECT l.position + 1, e.id, sha256(l.hash || e.digest)
FROM (SELECT * FROM audit_links ORDER BY position DESC LIMIT 1) l,
    (SELECT * FROM audit_entries ORDER BY id DESC LIMIT 1) e
"""


async def test_the_whole_log_is_seen_at_one_moment(
    book: int, memory: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_verification, "BATCH_ENTRIES", 3)
    reports: list[tuple[int, int]] = []

    def meanwhile(done: int, total: int) -> None:
        reports.append((done, total))
        with ThreadPoolExecutor(1) as thread:  # the report is called inside a transaction of this thread
            thread.submit(asyncio.run, unguarded(memory, ANOTHER)).result()

    assert (await audit_verification.verify(report=meanwhile)).faults == []
    assert reports[-1][0] == reports[-1][1] == await AuditLink.all().count() - len(reports)
    assert await faults() == []


async def test_payments_of_many_at_once_are_all_chained(borrower: Client, memory: Settings) -> None:
    loans = [await lent(borrower) for _ in range(4)]
    finish = asyncio.Event()

    async def seal() -> None:
        while not finish.is_set():
            await audit_chain.seal()

    # An account may have fifty requests in progress.
    places = asyncio.Semaphore(40)

    async def pay(number: int) -> None:
        async with places:
            await borrower.ask(PAY, input={"loanId": loans[number % 4], "amount": str(100 + number)})

    sealing = asyncio.create_task(seal())
    await asyncio.gather(*map(pay, range(160)))
    finish.set()
    await sealing
    paid = await database.fetch("SELECT count(*) FROM payments")
    assert paid[0]["count"] == await AuditEntry.filter(event="PAYMENT_TAKEN").count() > 100
    found = await audit_verification.verify()
    assert (found.faults, found.unknown) == ([], 0)
    assert found.head.position == await AuditEntry.all().count()


async def test_a_worker_chains_what_is_written(memory: Settings) -> None:
    await noted(Event.SIGNED_IN)

    async def chained() -> bool:
        return await AuditLink.all().count() == await AuditEntry.all().count()

    with process(memory):
        await until(chained)
        await noted(Event.SIGNED_OUT)
        await until(chained)
    assert await faults() == []


async def test_sealing_goes_on_after_it_went_wrong(memory: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_verification, "SEAL_SECONDS", 0.05)
    finish = asyncio.Event()
    sealing = asyncio.create_task(audit_verification.seal_until(finish))
    await tamper("ALTER TABLE audit_links RENAME TO away")
    await asyncio.sleep(0.3)
    await tamper("ALTER TABLE away RENAME TO audit_links")
    await noted(Event.SIGNED_IN)

    async def chained() -> bool:
        return await AuditLink.all().count() == await AuditEntry.all().count()

    await until(chained)
    finish.set()
    await sealing


async def test_the_command_says_that_all_agrees_and_which_head_to_note(book: int, memory: Settings) -> None:
    first = await asyncio.to_thread(run, memory, "verify", "--audit")
    head = await audit_chain.head()
    assert (first.returncode, first.stdout) == (0, f"head {head}\neverything agrees\n"), first.stderr
    await bill("2026-08-01")
    again = await asyncio.to_thread(run, memory, "verify", "--audit", "--head", str(head))
    assert again.returncode == 0, again.stderr
    assert again.stdout != first.stdout
    plain = await asyncio.to_thread(run, memory, "verify")
    assert (plain.returncode, plain.stdout) == (0, "everything agrees\n")


async def test_the_command_names_what_was_changed(book: int, memory: Settings) -> None:
    assert await faults() == []
    await unguarded(memory, 'UPDATE audit_entries SET details = \'{"amount":"1.00"}\' WHERE payment_id = 1')
    entry = await AuditEntry.get(payment_id=1)
    done = await asyncio.to_thread(run, memory, "verify", "--audit")
    assert done.returncode == 1
    assert f"entry {entry.id} was changed after it was written\n" in done.stdout
    assert "payment 1: amount is 1.00 in the log, and 1000.00 in the book\n" in done.stdout
    assert done.stderr.endswith("kist: 2 differences\n")
    plain = await asyncio.to_thread(run, memory, "verify")
    assert plain.returncode == 0


@pytest.mark.parametrize("arguments", [["--head", f"1:{'0' * 64}"], ["--audit", "--head", "nonsense"]])
async def test_a_head_that_is_none_is_refused_in_one_line(settings: Settings, arguments: list[str]) -> None:
    done = await asyncio.to_thread(run, settings, "verify", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("kist: ")
