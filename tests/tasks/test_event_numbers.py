"""The events of a book that the version before made are numbered in batches, which may be interrupted."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from models import database, event_numbers, upgrades
from ops.commands import checks
from settings import Settings, SettingsError
from tasks import audit_verification, verification
from tests.models.schemas import command
from tests.servers import tamper
from tests.tasks.loan_rows import bill, borrow, pay

NUMBERS = """
SELECT l.id, l.sequence, l.status, l.last_cycle,
    ARRAY(SELECT p.sequence FROM payments p WHERE p.loan_id = l.id ORDER BY p.id) AS payments
FROM loans l ORDER BY l.id
"""
# As the version before disburses a loan, takes a payment, and closes a loan by one.
DISBURSE = """
INSERT INTO loan_applications (id, user_id, amount, loan_term, interest_rate, decision, reasons, decided_on)
VALUES (99, 1, 100, 3, 0, 'APPROVED', '{}', '2026-01-01');
INSERT INTO loans (id, user_id, application_id, amount, interest_rate, daily_rate, loan_term, disbursed_on, cycle_days,
    due_days, minimum_due_rate, emi, principal_balance, interest_due, accrued_interest, accrued_through, cycles_billed,
    past_due, installment_due, minimum_due, next_billing_on)
VALUES (99, 1, 99, 100, 0, 0, 3, '2026-01-01', 30, 15, 3, 33.33, 100, 0, 0, '2026-01-01', 0, 0, 0, 0, '2026-01-31')
"""
PAY = """
WITH changed AS (UPDATE loans SET principal_balance = principal_balance - 10 WHERE id = 99 RETURNING id)
INSERT INTO payments (loan_id, user_id, transaction_id, transaction_id_given, paid_on, amount, interest, principal,
    emi_before, emi_after)
SELECT id, 1, '{}', true, '2026-01-01', 10, 0, 10, 33.33, 33.33 FROM changed
"""
CLOSE = "UPDATE loans SET principal_balance = 0, closed_on = '2026-01-02', next_billing_on = NULL WHERE id = 99"


async def migrate(settings: Settings, report: event_numbers.Progress = event_numbers.unreported) -> list[str]:
    return await asyncio.create_task(upgrades.upgrade(settings.owner_url(), settings.database_url, report))


async def interrupted(settings: Settings) -> list[tuple[int, int]]:
    """Interrupt a migration after its first batch. Returns the reports."""
    reports: list[tuple[int, int]] = []

    def interrupt(done: int, loans: int) -> None:
        reports.append((done, loans))
        raise InterruptedError

    with pytest.raises(InterruptedError):
        await migrate(settings, interrupt)
    return reports


@pytest.fixture
async def former(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A book in the schema of the version before: a loan that is paid, a closed one, and a past due one."""
    monkeypatch.setattr(event_numbers, "_AT_ONCE", 1)

    async def lend() -> None:
        async with database.connected(settings.database_url):
            paid, closed, _past_due = [await borrow(number, term=number) for number in (3, 1, 12)]
            await bill("2026-01-31")
            await pay(paid, "2026-02-01", "100.00")
            for loan_id, day, amount in (
                (closed, "02-10", "50435.00"),
                (paid, "02-10", "200.00"),
                (closed, "02-11", "145"),
            ):
                await pay(loan_id, f"2026-{day}", amount)
            await bill("2026-03-02")

    async def downgrade() -> None:
        async with command(settings.owner_url()) as aerich:
            await aerich.downgrade(version=12, delete=False)

    # Tortoise remembers its database for as long as a task lives.
    await asyncio.create_task(lend())
    await asyncio.create_task(downgrade())
    return settings


@pytest.fixture
async def owner(former: Settings) -> AsyncIterator[database.Connection]:
    connection = await asyncpg.connect(**database.arguments(former.owner_url()))
    yield connection
    await connection.close()


async def numbers(connection: database.Connection) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await connection.fetch(NUMBERS)]


async def test_a_book_of_the_version_before_is_numbered_after_an_interruption(
    former: Settings, owner: database.Connection
) -> None:
    # A batch is committed before it is reported.
    assert await interrupted(former) == [(1, 3)]
    assert [row[1] for row in await numbers(owner)] == [3, 0, 0]
    with pytest.raises(SettingsError, match=r"interrupted before it changed all loans: run \./kist migrate"):
        await checks.database_is_ready(former)
    assert await migrate(former) == []
    assert await numbers(owner) == [
        (1, 3, "ACTIVE", 3, [2, 3]),
        (2, 3, "CLOSED", 1, [2, 3]),
        (3, 1, "ACTIVE", 12, []),
    ]
    await checks.database_is_ready(former)
    async with database.connected(former.database_url):
        # The entries of the log have a date that the downgrade dropped from the payments.
        await tamper("UPDATE payments SET recorded_on = paid_on")
        await pay(1, "2026-03-03", "100.00")
        assert (await numbers(owner))[0] == (1, 4, "ACTIVE", 3, [2, 3, 4])
        assert await verification.verify() == []
        audited = await audit_verification.verify()
        assert (audited.faults, audited.unknown) == ([], 0)


async def test_the_version_before_works_on_while_loans_are_numbered_and_afterwards(
    former: Settings, owner: database.Connection
) -> None:
    application = await asyncpg.connect(**database.arguments(former.database_url))
    try:
        await owner.execute(DISBURSE)
        await application.execute(PAY.format("before"))
        await application.execute(PAY.format("before-too"))
        assert await interrupted(former) == [(1, 4)]
        # A change of a loan that has no numbers yet numbers it.
        await application.execute(PAY.format("meanwhile"))
        assert (await numbers(owner))[3] == (99, 4, "ACTIVE", 3, [2, 3, 4])
        await migrate(former)
        await application.execute(PAY.format("after"))
        await application.execute(CLOSE)
        assert (await numbers(owner))[3] == (99, 5, "CLOSED", 3, [2, 3, 4, 5])
    finally:
        await application.close()
