"""Nights find the classes of loans, and those of all loans of a borrower, in the rows of PostgreSQL."""

import asyncio
from datetime import date
from decimal import Decimal

import pytest

from models import billing_runs, class_history, database
from models.class_changes import ClassChange
from models.ledger import LedgerEntry
from models.loan_events import LoanEvent
from models.loans import Loan
from models.upgrades import upgrade
from rules.audit import WORKER
from rules.classes import classing_of
from settings import Settings
from tasks import audit_verification, borrower_classes
from tasks.verification import verify
from tests.servers import tamper
from tests.tasks.loan_rows import bill, borrow, pay, unguarded

NIGHTS = ("2026-01-31", "2026-02-16", "2026-03-02", "2026-03-18", "2026-04-01", "2026-04-17", "2026-05-01")


async def night(day: str) -> int:
    """The billing of a date, and the comparison of the loans of each borrower. Returns the number of its events."""
    await bill(day)
    return await borrower_classes.compare(date.fromisoformat(day), WORKER)


async def changes(loan_id: int) -> list[tuple[str, str]]:
    rows = await ClassChange.filter(loan_id=loan_id, known_until=None).order_by("changed_on")
    return [(str(row.changed_on), row.asset_class) for row in rows]


async def clean() -> None:
    assert await verify() == []
    assert (await audit_verification.verify()).faults == []


async def test_a_loan_becomes_npa_and_standard_again(memory: Settings) -> None:
    loan_id = await borrow()
    for day in (*NIGHTS, "2026-05-17"):
        await night(day)
    found = [("2026-02-15", "SMA_0"), ("2026-03-17", "SMA_1"), ("2026-04-16", "SMA_2"), ("2026-05-16", "NPA")]
    assert await changes(loan_id) == found
    await clean()
    await night("2026-05-31")
    await pay(loan_id, "2026-05-31", "3000.00")
    await pay(loan_id, "2026-05-31", "4740.00")
    await clean()
    await night("2026-06-01")
    assert await changes(loan_id) == [*found, ("2026-05-31", "STANDARD")]
    assert (await Loan.get(id=loan_id)).standing.special is None
    posted = LedgerEntry.filter(debit="INTEREST_INCOME", credit="INTEREST_SUSPENSE")
    assert await posted.values_list("event", "amount") == [("CLASS", Decimal("1740.00"))]
    await clean()


async def test_the_worst_loan_makes_all_loans_of_its_borrower_npa(memory: Settings) -> None:
    late, paid = await borrow(1, amount="10000.00", rate="12.000"), await borrow(1, amount="20000.00", rate="12.000")
    for day in NIGHTS:
        await night(day)
        if day in {"2026-01-31", "2026-03-02", "2026-04-01", "2026-05-01"}:
            on = date.fromisoformat(day).replace(day=5)
            on = on if str(on) > day else date(2026, 2, 5)
            await pay(paid, str(on), "1775.85" if day > "2026-01-31" else "1776.98")
    assert await night("2026-05-16") == 0
    assert await night("2026-05-17") == 2
    assert (await changes(late))[-1] == (await changes(paid))[-1] == ("2026-05-16", "NPA")
    assert [classing_of((await Loan.get(id=one)).standing).is_borrower_npa for one in (late, paid)] == [True, True]
    await clean()
    await pay(late, "2026-05-20", str((await Loan.get(id=late)).past_due + (await Loan.get(id=late)).minimum_due))
    assert await night("2026-05-21") == 2
    assert (await changes(late))[-1] == (await changes(paid))[-1] == ("2026-05-20", "STANDARD")
    assert await LoanEvent.filter(kind="BORROWER_NPA").count() == 4
    assert await borrower_classes.compare(date(2026, 5, 21), WORKER) == 0
    assert await billing_runs.unclassed() == []
    await clean()


async def _former_book(settings: Settings) -> tuple[list[int], list[list[tuple[str, str]]]]:
    """Three loans of a book from before the log of classes, and the classes that they must get."""
    async with database.connected(settings.database_url):
        late, npa, good = [await borrow(number) for number in (1, 2, 3)]
        for day in (*NIGHTS, "2026-05-17"):
            await night(day)
            if day == "2026-01-31":
                await pay(good, day, "4406.03")
        await pay(late, "2026-05-17", "9000.00")
        wanted = [await changes(one) for one in (late, npa, good)]
        # The rows of a book from before the log.
        await tamper("ALTER TABLE class_changes DISABLE TRIGGER USER")
        await tamper("DELETE FROM class_changes")
        await tamper("ALTER TABLE class_changes ENABLE TRIGGER USER")
        await unguarded(settings, "UPDATE loans SET special = NULL; DELETE FROM ledger_entries WHERE event = 'CLASS'")
        await unguarded(settings, "DELETE FROM ledger_entries WHERE debit = 'INTEREST_SUSPENSE'")
        await tamper(
            "ALTER TABLE class_changes DROP CONSTRAINT class_changes_known_check, "
            "ADD CONSTRAINT class_changes_known_check CHECK (known_until >= known_from) NOT VALID"
        )
        assert await verify() != []
        return [late, npa, good], wanted


async def test_an_upgrade_finds_the_classes_of_a_book_from_before_the_log(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(class_history, "_AT_ONCE", 1)
    # Tortoise remembers its database for as long as a task lives.
    ids, wanted = await asyncio.create_task(_former_book(settings))
    reports: list[tuple[int, int]] = []

    def interrupted(done: int, loans: int) -> None:
        reports.append((done, loans))
        if len(reports) == 1:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        await asyncio.create_task(upgrade(settings.owner_url(), settings.database_url, interrupted))
    await asyncio.create_task(upgrade(settings.owner_url(), settings.database_url, interrupted))
    assert reports[0] == (1, 3)
    assert reports[-1][1] == 3
    before = len(reports)
    await asyncio.create_task(upgrade(settings.owner_url(), settings.database_url, interrupted))
    assert len(reports) == before
    async with database.connected(settings.database_url):
        assert [await changes(one) for one in ids] == wanted
        await clean()
