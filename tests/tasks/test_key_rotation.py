"""A rotation moves all registered people to the new keys, even after interruptions; other people are still found."""

from datetime import date
from decimal import Decimal

import pytest
from pydantic import SecretStr

from models import database, scores, users
from models import key_rotation as rekeying
from models.transactions import Transaction
from models.users import User
from settings import Settings
from tasks import key_rotation as keys
from tests.builders import REGISTER, Client, deposit, key, registered, serving
from tests.running import run

NUMBERS = [f"{234123412340 + number}" for number in range(5)]


def renewed(settings: Settings) -> Settings:
    return settings.model_copy(update={"aadhaar_digest_keys": key("e"), "aadhaar_cipher_keys": key("f")})


def without_the_former(settings: Settings) -> Settings:
    none = SecretStr("")
    return renewed(settings).model_copy(update={"aadhaar_digest_key": none, "aadhaar_cipher_key": none})


async def numbers(settings: Settings) -> dict[int, str]:
    """Each person's number by the newest keys alone; asserts that the digest belongs to it."""
    found = {}
    for user in await User.all():
        number = users.unseal(settings.key("aadhaar_cipher_key"), user.aadhaar_ciphertext)
        assert users.digest(settings.key("aadhaar_digest_key"), number) == user.aadhaar_digest
        found[user.id] = number
    return found


async def test_everybody_comes_under_the_newest_keys(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(settings) as client:
        people = [await registered(client, aadhaar_id=number) for number in NUMBERS]
        before = await numbers(settings)
    monkeypatch.setattr(keys, "BATCH", 2)
    new = renewed(settings)
    async with serving(new) as client:
        # During the rotation, people are found by either key.
        taken = {"name": "Asha", "email": "other@kist.test", "aadhaarId": NUMBERS[0]}
        assert await client.codes(REGISTER, input=taken) == ["AADHAAR_TAKEN"]

        # After an interruption, exactly one batch is done.
        class Interrupted(Exception):  # noqa: N818 — it stands for any
            pass

        def interrupt(done: int, total: int) -> None:
            raise Interrupted

        with pytest.raises(Interrupted):
            await keys.rotate(new, interrupt)
        mark = users.mark(new.key("aadhaar_digest_key"), new.key("aadhaar_cipher_key"))
        assert await rekeying.count_under_others(mark) == 3
        assert await keys.rotate(new) == keys.Rotation(3, ())
        assert await keys.rotate(new) == keys.Rotation(0, ())
        assert await numbers(without_the_former(settings)) == before
        assert {row.aadhaar_digest for row in await Transaction.all()} == {
            user.aadhaar_digest for user in await User.all()
        }
        assert await client.codes(REGISTER, input=taken) == ["AADHAAR_TAKEN"]
        # Their tokens contained the former digest.
        assert await client.signed_in(people[0].token).error("{ me { id } }") == "UNAUTHENTICATED"


async def test_somebody_who_never_registered_is_found_when_they_do(settings: Settings) -> None:
    async with database.connected(settings.database_url):
        await deposit(NUMBERS[0], "600000.00")
    async with serving(renewed(settings)) as client:
        digest = users.digest(b"e" * 32, NUMBERS[0])
        # An import with the new key has the same row again, and another one.
        for amount in ("600000.00", "1.00"):
            await Transaction.create(
                aadhaar_digest=digest, occurred_on=date(2026, 1, 1), kind="CREDIT", amount=Decimal(amount), ordinal=1
            )
        person = {"name": "Asha", "email": "a@kist.test", "aadhaarId": NUMBERS[0]}
        session = await client.ask(REGISTER, input=person)
        (totals,) = await scores.transaction_totals([int(session["user"]["id"])])
        assert (totals.credit_total, totals.transaction_count) == (Decimal("600001.00"), 2)
        assert {row.aadhaar_digest for row in await Transaction.all()} == {digest}


async def test_rows_that_came_before_their_person_was_rotated_count_from_then_on(settings: Settings) -> None:
    async with serving(settings) as client:
        await registered(client, aadhaar_id=NUMBERS[0])
        before = await User.get()
        await Transaction.create(
            aadhaar_digest=users.digest(b"e" * 32, NUMBERS[0]),
            occurred_on=date(2026, 1, 2),
            kind="DEBIT",
            amount=Decimal("300000.00"),
            ordinal=1,
        )
        await keys.rotate(renewed(settings))
        after = await User.get()
        assert (before.credit_score, after.credit_score) == (690, 490)
        assert await Transaction.filter(aadhaar_digest=after.aadhaar_digest).count() == 2


async def test_the_command_tells_whose_number_no_key_opens(client: Client, settings: Settings) -> None:
    for number in NUMBERS[:2]:
        await registered(client, aadhaar_id=number)
    lost = await User.all().order_by("id").first()
    assert lost is not None
    await User.filter(id=lost.id).update(aadhaar_ciphertext=bytes(40))
    done = run(renewed(settings), "keys", "rotate")
    assert (done.returncode, done.stdout) == (1, "1 people moved to the newest keys\n"), done.stderr
    assert f"kist: no key decrypts the Aadhaar numbers of users {lost.id}\n" in done.stderr
    assert "Traceback" not in done.stderr
    assert (await User.get(id=lost.id)).aadhaar_digest == lost.aadhaar_digest
