"""Every person is scored by their latest transactions, even if the job's message is lost, late or repeated."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal
from time import monotonic

import pytest

from broker.stream import enqueue
from models import credentials, database, scores
from models.audit import AuditEntry
from models.transactions import CreditAssessment, Transaction
from models.users import User
from rules import credit
from rules.audit import Event
from settings import Settings
from tasks import scoring
from tasks.scoring import score, score_user
from tasks.sweeps import sweep
from tests.builders import REGISTER, TODAY, Client, deposit, serving
from tests.running import until
from tests.tasks.people import digest, person, score_of
from tests.tasks.workers import holding, is_idle, waiting, working

INPUT = {"name": "Asha Rao", "email": "asha@kist.test", "aadhaarId": "234123412346"}


async def transact(number: int, kind: str, amount: str, ordinal: int = 1) -> None:
    await Transaction.create(
        aadhaar_digest=digest(number), occurred_on=TODAY, kind=kind, amount=Decimal(amount), ordinal=ordinal
    )


async def test_a_registration_is_scored_within_seconds(client: Client, settings: Settings) -> None:
    await deposit(INPUT["aadhaarId"], "235000.00")
    async with working(settings):
        started = monotonic()
        session = await client.ask(REGISTER, input=INPUT)
        assert session["user"]["creditScore"] is None
        somebody = client.signed_in(session["accessToken"])
        while (await somebody.ask("{ me { creditScore } }"))["creditScore"] is None:
            assert monotonic() - started < 3
            await asyncio.sleep(0.02)
        assert await somebody.ask("{ me { creditScore } }") == {"creditScore": 450}
        await until(lambda: is_idle(settings))


async def test_a_score_follows_from_credits_less_debits(memory: Settings) -> None:
    # Each balance, such as 24,999.99, comes from a credit of whole rupees and a debit.
    expected = {
        "-5000.00": 300,
        "10000.00": 300,
        "24999.99": 300,
        "25000.00": 310,
        "234999.99": 440,
        "235000.00": 450,
        "568450.00": 670,
        "909999.99": 890,
        "910000.00": 900,
        "99999999.99": 900,
    }
    people = {}
    for number, balance in enumerate(expected, start=1):
        people[balance] = await person(number)
        await transact(number, "CREDIT", str(Decimal(balance) + 10_000))
        await transact(number, "DEBIT", "10000.00")
    await score(list(people.values()))
    assert {balance: await score_of(user_id) for balance, user_id in people.items()} == expected
    for balance, user_id in people.items():
        kept = await CreditAssessment.get(user_id=user_id)
        assert (kept.score, kept.balance, kept.transaction_count) == (expected[balance], Decimal(balance), 2)
        assert kept.credit_total - kept.debit_total == kept.balance


async def test_nobody_is_scored_by_the_transactions_of_another(memory: Settings) -> None:
    await transact(1, "CREDIT", "910000.00")
    one, other = await person(1), await person(2)
    await score([one, other])
    assert (await score_of(one), await score_of(other)) == (900, 300)


async def test_who_has_no_transactions_has_the_lowest_score(memory: Settings) -> None:
    user_id = await person(1)
    await score([user_id])
    assert await score_of(user_id) == 300
    kept = await CreditAssessment.get(user_id=user_id)
    assert (kept.balance, kept.transaction_count) == (Decimal("0.00"), 0)


async def test_a_new_score_keeps_the_one_before(memory: Settings) -> None:
    user_id = await person(1)
    await transact(1, "CREDIT", "235000.00")
    await score([user_id])
    await transact(1, "DEBIT", "210000.00")
    await score([user_id])
    assert await score_of(user_id) == 310
    assert [kept.score for kept in await CreditAssessment.filter(user_id=user_id).order_by("id")] == [450, 310]


async def test_whose_message_was_lost_is_scored_by_the_sweep(memory: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "BATCH", 2)
    people = [await person(number) for number in range(5)]
    async with working(memory):
        assert await enqueue(sweep)
        await until(lambda: User.filter(credit_score=300).count())
        await until(lambda: is_idle(memory))
    assert [await score_of(user_id) for user_id in people] == [300] * 5
    assert await CreditAssessment.all().count() == 5


async def test_of_two_scores_at_once_the_one_of_the_later_transactions_stays(memory: Settings) -> None:
    user_id = await person(1)
    await transact(1, "CREDIT", "235000.00")
    added_up, go_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> None:
        async with database.transaction():
            await scores.hold([user_id])
            (totals,) = await scores.transaction_totals([user_id])
            added_up.set()
            await go_on.wait()
            await scores.store_scores([(credit.score(totals.credit_total - totals.debit_total), totals)])

    early = asyncio.create_task(slowly())
    await added_up.wait()
    await transact(1, "CREDIT", "675000.00", ordinal=2)
    late = asyncio.create_task(score([user_id]))
    await until(waiting)
    go_on.set()
    await asyncio.gather(early, late)
    assert await score_of(user_id) == 900
    assert [kept.score for kept in await CreditAssessment.all().order_by("id")] == [450, 900]


async def test_a_score_of_sums_that_a_later_score_has_outdated_is_not_stored(memory: Settings) -> None:
    one, other = await person(1), await person(2)
    outdated = await scores.transaction_totals([one, other])
    await transact(1, "CREDIT", "910000.00")
    await score([one])
    assert await scores.store_scores([(300, totals) for totals in outdated]) == {other}
    assert (await score_of(one), await score_of(other)) == (900, 300)
    assert await CreditAssessment.filter(user_id=one).count() == 1
    assert await AuditEntry.filter(event=Event.SCORED, user_id=one).count() == 1


async def test_a_person_whose_row_changes_while_they_are_scored_is_scored_again(memory: Settings) -> None:
    user_id = await person(1)
    async with holding(memory, f"users WHERE id = {user_id}") as connection:
        late = asyncio.create_task(score([user_id]))
        await until(waiting)
        await connection.execute("UPDATE users SET phone = '9876543210' WHERE id = $1", user_id)
    await late
    assert await score_of(user_id) == 300


async def test_nobody_is_scored_who_has_left(memory: Settings) -> None:
    stays, leaves = [await person(number) for number in (1, 2)]
    await score([leaves])
    left, go_on = asyncio.Event(), asyncio.Event()

    async def leave() -> None:
        async with database.transaction():
            await credentials.hold(leaves)
            await credentials.erase(leaves)
            left.set()
            await go_on.wait()

    leaving = asyncio.create_task(leave())
    await left.wait()
    # The job of the registration is late, and begins while the account still exists.
    late = asyncio.create_task(score([stays, leaves]))
    await until(waiting)
    go_on.set()
    await asyncio.gather(leaving, late)
    assert (await score_of(stays), await score_of(leaves)) == (300, None)
    assert await CreditAssessment.filter(user_id=leaves).count() == 1


@contextmanager
def nobody() -> Iterator[str]:
    """A port without a listener."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield f"redis://127.0.0.1:{probe.getsockname()[1]}/0"


@contextmanager
def somebody_who_never_answers() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


@pytest.mark.parametrize("away", [nobody, somebody_who_never_answers])
async def test_a_registration_succeeds_without_a_broker(
    settings: Settings, away: Callable[[], AbstractContextManager[str]]
) -> None:
    with away() as url:
        started = monotonic()
        async with serving(settings.model_copy(update={"redis_url": url})) as client:
            assert monotonic() - started < 2
            started = monotonic()
            session = await client.ask(REGISTER, input=INPUT)
            assert monotonic() - started < 4
            assert session["__typename"] == "Session"
            user_id = int(session["user"]["id"])
            assert await score_of(user_id) is None
            async with working(settings):
                assert await enqueue(sweep)
                assert await until(lambda: score_of(user_id)) == 300


async def test_a_message_for_nobody_does_no_harm(memory: Settings) -> None:
    user_id = await person(1)
    async with working(memory):
        assert await enqueue(score_user, 4711)
        assert await enqueue(score_user, user_id)
        assert await until(lambda: score_of(user_id)) == 300
        await until(lambda: is_idle(memory))
