"""Registration by the API: an answer reports every problem, and a number is never shown again."""

import asyncio
import logging
from typing import Any

import pytest

from models import users
from models.operators import Operator
from models.users import User
from settings import Settings
from tests.builders import REGISTER, Client, serving
from tests.servers import contents

NUMBER = "123456789012"
WRONG = {
    "name": "  ",
    "email": "nobody",
    "aadhaarId": "1234",
    "phone": "12345",
    "address": "x" * 1001,
    "annualIncome": "-0.01",
    "password": "too short",
}


def person(**changes: object) -> dict[str, Any]:
    return {"name": "Asha Rao", "email": "asha@kist.test", "aadhaarId": NUMBER, **changes}


async def test_a_person_registers_and_is_signed_in(client: Client) -> None:
    session = await client.ask(
        REGISTER,
        input=person(
            name=" Asha Rao ",
            email=" Asha@Kist.TEST ",
            aadhaarId="1234 5678-9012",
            phone="+91 98765 43210",
            address=" 1 Main Street ",
            annualIncome=250000,
        ),
    )
    assert session["role"] == "BORROWER"
    assert session["user"]["email"] == "Asha@kist.test"
    assert session["user"]["aadhaarMasked"] == "XXXX XXXX 9012"
    assert session["user"]["creditScore"] is None
    me = await client.signed_in(session["accessToken"]).ask("{ me { id name phone address annualIncome } }")
    assert me == {
        "id": session["user"]["id"],
        "name": "Asha Rao",
        "phone": "9876543210",
        "address": "1 Main Street",
        "annualIncome": "250000.00",
    }


async def test_a_field_is_refused_by_its_own_code_and_name(client: Client) -> None:
    refused = [
        ("name", "", "INVALID_NAME"),
        ("name", "\u3000\t", "INVALID_NAME"),
        ("name", "x" * 201, "INVALID_NAME"),
        ("email", "", "INVALID_EMAIL"),
        ("email", "asha@", "INVALID_EMAIL"),
        ("email", "a@b@c.test", "INVALID_EMAIL"),
        ("aadhaarId", "12345678901", "INVALID_AADHAAR"),
        ("aadhaarId", "1234567890123", "INVALID_AADHAAR"),
        ("aadhaarId", "１２３４５６７８９０１２", "INVALID_AADHAAR"),
        ("phone", "5876543210", "INVALID_PHONE"),
        ("phone", "+1 9876543210", "INVALID_PHONE"),
        ("annualIncome", "-1", "INVALID_INCOME"),
        ("password", "ninechars", "WEAK_PASSWORD"),
        ("password", "", "WEAK_PASSWORD"),
        ("password", "x" * 1001, "WEAK_PASSWORD"),
        ("address", "x" * 1001, "INVALID_ADDRESS"),
    ]
    for field, value, code in refused:
        refusal = await client.ask(REGISTER, input=person(**{field: value}))
        assert [(problem["code"], problem["field"]) for problem in refusal["problems"]] == [(code, field)], value


async def test_all_problems_are_told_at_once_and_nothing_is_stored(client: Client) -> None:
    before = await contents()
    codes = await client.codes(REGISTER, input=WRONG)
    assert sorted(codes) == [
        "INVALID_AADHAAR",
        "INVALID_ADDRESS",
        "INVALID_EMAIL",
        "INVALID_INCOME",
        "INVALID_NAME",
        "INVALID_PHONE",
        "WEAK_PASSWORD",
    ]
    assert await contents() == before


async def test_an_email_is_taken_whatever_its_case(client: Client) -> None:
    await client.ask(REGISTER, input=person())
    before = await contents()
    other = person(email="ASHA@KIST.TEST", aadhaarId="999941057058")
    assert await client.codes(REGISTER, input=other) == ["EMAIL_TAKEN"]
    assert await contents() == before


async def test_an_operators_email_is_taken(client: Client) -> None:
    await Operator.create(email="asha@kist.test", password_hash="none")
    assert await client.codes(REGISTER, input=person(email="Asha@kist.test")) == ["EMAIL_TAKEN"]


async def test_an_aadhaar_number_is_taken_however_it_is_written(client: Client) -> None:
    await client.ask(REGISTER, input=person())
    before = await contents()
    other = person(email="other@kist.test", aadhaarId="1234-5678-9012")
    assert await client.codes(REGISTER, input=other) == ["AADHAAR_TAKEN"]
    assert await contents() == before


async def test_both_taken_are_told_together(client: Client) -> None:
    await client.ask(REGISTER, input=person())
    assert await client.codes(REGISTER, input=person()) == ["EMAIL_TAKEN", "AADHAAR_TAKEN"]


async def test_a_strict_lender_asks_for_the_check_digit(settings: Settings) -> None:
    async with serving(settings.model_copy(update={"aadhaar_checksum": "strict"})) as client:
        assert await client.codes(REGISTER, input=person()) == ["INVALID_AADHAAR"]
        assert await client.codes(REGISTER, input=person(aadhaarId="234123412347")) == ["INVALID_AADHAAR"]
        session = await client.ask(REGISTER, input=person(aadhaarId="2341 2341 2346"))
        assert session["__typename"] == "Session"


@pytest.mark.pooled
async def test_of_two_registrations_of_one_number_at_once_one_is_refused(client: Client) -> None:
    answers = await asyncio.gather(
        *(client.ask(REGISTER, input=person(email=f"asha.{i}@kist.test", password="a long password")) for i in range(2))
    )
    assert sorted(answer["__typename"] for answer in answers) == ["Refusal", "Session"]
    (refusal,) = (answer for answer in answers if answer["__typename"] == "Refusal")
    assert [problem["code"] for problem in refusal["problems"]] == ["AADHAAR_TAKEN"]
    assert await User.all().count() == 1


async def test_the_number_is_stored_and_logged_nowhere_in_the_clear(
    client: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    session = await client.ask(REGISTER, input=person(password="a long password"))
    await client.signed_in(session["accessToken"]).post("{ me { aadhaarMasked } }")
    await client.codes(REGISTER, input=person())
    stored = "\n".join(text for rows in (await contents()).values() for text in rows)
    for form in (NUMBER, "1234 5678 9012", "1234-5678-9012", NUMBER[:8]):
        assert form not in stored
        assert form.encode().hex() not in stored
        assert form not in caplog.text
    user = await User.get(id=session["user"]["id"])
    assert users.unseal(settings.key("aadhaar_cipher_key"), bytes(user.aadhaar_ciphertext)) == NUMBER


async def test_a_password_is_stored_as_argon2id_only(client: Client) -> None:
    session = await client.ask(REGISTER, input=person(password="a long password"))
    user = await User.get(id=session["user"]["id"])
    assert user.password_hash is not None
    assert user.password_hash.startswith("$argon2id$")
    stored = "\n".join(text for rows in (await contents()).values() for text in rows)
    for secret in ("a long password", session["accessToken"], session["refreshToken"]):
        assert secret not in stored
        assert secret.encode().hex() not in stored
