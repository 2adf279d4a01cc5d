"""A book that the models wrote has no differences. Verification names every change that is made past them."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from models import database
from settings import Settings
from tasks import verification
from tests.servers import tamper
from tests.tasks.loan_rows import unguarded


async def whats() -> list[str]:
    return [str(one).rpartition(" is ")[0] for one in await verification.verify()]


async def test_an_empty_book_is_clean(memory: Settings) -> None:
    assert await verification.verify() == []


async def test_a_book_kept_by_the_models_is_clean(book: int) -> None:
    assert await verification.verify() == []


async def test_the_book_has_a_loan_of_every_kind(book: int) -> None:
    rows = await database.fetch(
        "SELECT closed_on, cycles_billed > loan_term AS over, oldest_due_on FROM loans ORDER BY id"
    )
    assert [(row["closed_on"] is not None, row["over"], row["oldest_due_on"] is not None) for row in rows] == [
        (False, False, True),
        (False, False, True),
        (False, False, True),
        (False, True, True),
        (True, False, False),
    ]


async def test_progress_is_reported_batch_by_batch(book: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "BATCH_LOANS", 2)
    reports: list[tuple[int, int]] = []
    assert await verification.verify(lambda done, total: reports.append((done, total))) == []
    assert reports == [(2, 5), (4, 5), (5, 5)]


# A change in the loan of the worked life, as of its second bill, and every difference that it causes.
CHANGES = {
    "UPDATE loans SET principal_balance = principal_balance + 1 WHERE id = $1": [
        "the book: the balance of PRINCIPAL",
        "loan 1: principal_balance",
    ],
    "UPDATE loans SET accrued_interest = accrued_interest + 0.0000001 WHERE id = $1": ["loan 1: accrued_interest"],
    "UPDATE loans SET emi = emi + 0.01 WHERE id = $1": ["loan 1: emi"],
    "UPDATE loans SET interest_due = interest_due - 0.01 WHERE id = $1": [
        "the book: the balance of INTEREST_RECEIVABLE",
        "loan 1: interest_due",
    ],
    "UPDATE loans SET accrued_through = accrued_through - 1 WHERE id = $1": ["loan 1: accrued_through"],
    "UPDATE loans SET cycles_billed = cycles_billed - 1 WHERE id = $1": ["loan 1: cycles_billed"],
    "UPDATE loans SET past_due = past_due + 0.01 WHERE id = $1": ["loan 1: past_due"],
    "UPDATE loans SET installment_due = installment_due + 0.01 WHERE id = $1": ["loan 1: installment_due"],
    "UPDATE loans SET minimum_due = minimum_due - 0.01 WHERE id = $1": ["loan 1: minimum_due"],
    "UPDATE loans SET oldest_due_on = oldest_due_on + 1 WHERE id = $1": ["loan 1: oldest_due_on"],
    "UPDATE loans SET next_billing_on = next_billing_on + 1 WHERE id = $1": ["loan 1: next_billing_on"],
    "UPDATE loans SET daily_rate = daily_rate + 0.001 WHERE id = $1": ["loan 1: daily_rate"],
    "UPDATE bills SET due_date = due_date + 1 WHERE loan_id = $1 AND cycle = 2": ["loan 1: bill 2 due_date"],
    "UPDATE bills SET past_due = 0 WHERE loan_id = $1 AND cycle = 2": ["loan 1: bill 2 past_due"],
    "UPDATE bills SET installment = installment + 1 WHERE loan_id = $1 AND cycle = 2": ["loan 1: bill 2 installment"],
    "UPDATE bills SET principal_paid = principal_paid - 1 WHERE loan_id = $1 AND cycle = 2": [
        "loan 1: bill 2 principal_paid"
    ],
    "UPDATE bills SET interest = interest - 1, interest_paid = interest_paid - 1 WHERE loan_id = $1 AND cycle = 2": [
        "the book: the balance of INTEREST_INCOME",
        "loan 1: bill 2 interest",
        "loan 1: bill 2 interest_paid",
    ],
    "UPDATE payments SET emi_before = emi_after WHERE loan_id = $1 AND paid_on = '2026-03-12'": [
        "loan 1: event 3 emi_before"
    ],
    "UPDATE payments SET interest = interest - 1, principal = principal + 1 WHERE loan_id = $1 AND interest = 435": [
        "loan 1: event 2 interest",
        "loan 1: event 2 principal",
    ],
    "UPDATE allocations SET principal = principal - 1 WHERE payment_id = $1 AND principal > 1": [
        "loan 1: event 2 allocation to bill 1 principal"
    ],
    "DELETE FROM allocations WHERE payment_id = $1": ["loan 1: event 2 allocation to bill 1"],
    "UPDATE allocations SET bill_id = NULL WHERE payment_id = $1": [
        "the book: the balance of INTEREST_INCOME",
        "loan 1: event 2 allocation to bill 1",
        "loan 1: event 2 allocation to no bill",
    ],
}


@pytest.mark.parametrize("change", CHANGES)
async def test_whatever_is_changed_is_named(book: int, change: str) -> None:
    await tamper(change, book)
    assert await whats() == CHANGES[change]


# No statement of kist could do this: the trigger and the foreign keys are disabled.
CRIMES = {
    "DELETE FROM bills WHERE loan_id = 1 AND cycle = 5": [
        "the book: the balance of INTEREST_INCOME",
        "loan 1: bill 5",
        "loan 1: ledger of bill 5",
        "loan 1: ledger of a bill of id 10",
    ],
    "DELETE FROM ledger_entries WHERE loan_id = 1 AND bill_id IS NOT NULL AND effective_on = '2026-03-02'": [
        "the book: the balance of INTEREST_RECEIVABLE",
        "the book: the balance of INTEREST_INCOME",
        "loan 1: ledger of bill 2",
    ],
    "UPDATE ledger_entries SET posted_on = '2026-03-13' WHERE loan_id = 1 AND posted_on = '2026-03-12'": [
        "loan 1: ledger of event 3"
    ],
    "UPDATE ledger_entries SET effective_on = '2026-03-03' WHERE loan_id = 1 AND effective_on = '2026-03-02'": [
        "loan 1: ledger of bill 2"
    ],
    "UPDATE ledger_entries SET effective_on = NULL WHERE loan_id = 1 AND effective_on = '2026-03-02'": [
        "loan 1: ledger of bill 2"
    ],
    "UPDATE ledger_entries SET debit = 'INTEREST_INCOME' WHERE loan_id = 1 AND event = 'DISBURSAL'": [
        "the book: the balance of PRINCIPAL",
        "the book: the balance of INTEREST_INCOME",
        "loan 1: ledger of the disbursal",
    ],
    "INSERT INTO ledger_entries (loan_id, posted_on, event, debit, credit, amount, payment_id)"
    " VALUES (1, '2026-02-10', 'PAYMENT', 'CASH', 'PRINCIPAL', 0.01, 1)": [
        "the book: the balance of CASH",
        "the book: the balance of PRINCIPAL",
        "loan 1: ledger of event 2",
    ],
    "UPDATE loans SET accrued_interest = 0, status = 'ACTIVE', closed_on = NULL, next_billing_on = '2026-03-02',"
    " cycles_billed = 1, principal_balance = 1 WHERE id = 5": [
        "the book: the balance of PRINCIPAL",
        "loan 5: principal_balance",
        "loan 5: closed_on",
        "loan 5: status",
        "loan 5: next_billing_on",
    ],
    "UPDATE billing_runs SET interest_billed = interest_billed + 1 WHERE as_of = '2026-01-31'": [
        "the book: billing run of 2026-01-31 interest_billed"
    ],
    "UPDATE billing_chunks SET bills_issued = 0, done_at = NULL WHERE run_id = 1 AND loans_due = 1": [
        "the book: billing run of 2026-01-31 loans_billed",
        "the book: billing run of 2026-01-31 bills_issued",
        "the book: billing run of 2026-01-31 status",
    ],
}


@pytest.mark.parametrize("crime", CRIMES)
async def test_what_happens_behind_the_constraints_back_is_named(book: int, memory: Settings, crime: str) -> None:
    await unguarded(memory, crime)
    assert await whats() == CRIMES[crime]


@pytest.mark.pooled
async def test_the_whole_book_is_seen_at_one_moment(
    book: int, memory: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "BATCH_LOANS", 1)
    change = "UPDATE loans SET emi = emi + 0.01"

    def meanwhile(done: int, _total: int) -> None:
        if done == 1:  # in a thread, because the report is called inside a transaction of this one
            with ThreadPoolExecutor(1) as thread:
                thread.submit(asyncio.run, unguarded(memory, change)).result()

    assert await verification.verify(meanwhile) == []
    assert len(await verification.verify()) == 5


async def test_a_book_that_is_wrong_everywhere_ends_early(book: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "BATCH_LOANS", 1)
    monkeypatch.setattr(verification, "MOST_DISAGREEMENTS", 2)
    await database.execute("UPDATE loans SET emi = emi + 0.01")
    assert await whats() == ["loan 1: emi", "loan 2: emi"]


async def test_a_payment_that_vanished_leaves_its_traces(book: int, memory: Settings) -> None:
    await unguarded(memory, "DELETE FROM payments WHERE id = 1")
    assert {"the book: the balance of CASH", "loan 1: ledger of an event of id 1"} < set(await whats())


async def test_a_payment_of_more_than_the_payoff_changes_all_that_follows(book: int, memory: Settings) -> None:
    await unguarded(memory, "UPDATE payments SET amount = 99999, principal = 99999 - interest WHERE id = 4")
    assert {"the book: the balance of CASH", "loan 1: emi", "loan 1: principal_balance"} < set(await whats())
