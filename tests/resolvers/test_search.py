"""Operators find borrowers, loans and payments by a text; the text of an Aadhaar number leaves no trace."""

import json
import logging
from typing import Any

import pytest

from models import credentials
from models.audit import AuditEntry
from models.users import User
from settings import Settings
from tests.builders import PAY, Client, key, lent, on, operating, registered, serving
from tests.servers import contents, overhear

SEARCH = """query ($text: String!, $first: Int) { search(text: $text, first: $first) {
  matched user { id name } loan { id status } payment { id transactionId } } }"""
NUMBER = "234123412346"


async def named(client: Client, number: str, name: str, phone: str | None = None) -> Client:
    borrower = await registered(client, aadhaar_id=number)
    me = await borrower.ask("{ me { id } }")
    email = f"{name.split(maxsplit=1)[0].lower()}@lender.example"
    await User.filter(id=int(me["id"])).update(name=name, email=email, phone=phone)
    return borrower


RECEIPT = "query ($id: ID!) { loan(id: $id) { payments { edges { node { receiptNumber } } } } }"


async def found(operator: Client, text: str, **more: Any) -> list[str]:
    """The results in short: the match, the name, and the loan or the payment."""
    return [
        " ".join(
            [
                one["matched"],
                one["user"]["name"],
                *([f"loan {one['loan']['id']}"] if one["loan"] else []),
                *([one["payment"]["transactionId"]] if one["payment"] else []),
            ]
        )
        for one in await operator.ask(SEARCH, text=text, **more)
    ]


@pytest.mark.pooled
async def test_people_are_found_by_parts_of_words_in_any_order(client: Client, operator: Client) -> None:
    await named(client, NUMBER, "Asha Rao", "9876543210")
    await named(client, "234123412347", "Om Prakash Rao", "9000012345")
    await named(client, "234123412348", "आशा देवी")
    await named(client, "234123412349", "Tom Das")
    for text, expected in {
        "rao": ["NAME Asha Rao", "NAME Om Prakash Rao"],
        "RAO asha": ["NAME Asha Rao"],
        "rak": ["NAME Om Prakash Rao"],
        "om": ["NAME Om Prakash Rao"],
        "देवी": ["NAME आशा देवी"],
        "शा": [],  # two characters are the beginning of a word
        "98765 43210": ["PHONE Asha Rao"],
        "+91 90000 12345": ["PHONE Om Prakash Rao"],
        "0123": ["PHONE Om Prakash Rao"],
        "OM@lender.example": ["EMAIL Om Prakash Rao"],  # a whole address, so not "tom@…", which has these letters too
        "om@lender": ["EMAIL Om Prakash Rao", "EMAIL Tom Das"],
        "lender rao": ["SEVERAL Asha Rao", "SEVERAL Om Prakash Rao"],
        "r%": [],
        "_ao": [],
        "\\": [],
        "nobody": [],
        "": [],
        "x": [],
    }.items():
        assert await found(operator, text) == expected, text
    assert len(await found(operator, "lender", first=2)) == 2


async def test_loans_and_payments_are_found_by_their_ids(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "10", "transactionId": "counter-17"})
    assert await found(operator, loan_id) == [f"LOAN_ID Asha Rao loan {loan_id}", "BORROWER_ID Asha Rao"]
    assert await found(operator, " counter-17 ") == [f"TRANSACTION_ID Asha Rao loan {loan_id} counter-17"]
    assert await found(operator, "counter-1") == []
    paid = f"Asha Rao loan {loan_id} counter-17"
    number = (await operator.ask(RECEIPT, id=loan_id))["payments"]["edges"][0]["node"]["receiptNumber"]
    assert await found(operator, number) == await found(operator, f" r {number[2:]}") == [f"RECEIPT_NUMBER {paid}"]
    assert await found(operator, f"R-{'9' * 40}") == []
    assert await found(operator, "9" * 30) == []


async def test_a_person_is_found_by_all_digits_of_their_number_with_every_key(settings: Settings) -> None:
    async with serving(settings) as client:
        await registered(client, aadhaar_id=NUMBER)
    newer = settings.model_copy(update={"aadhaar_digest_keys": key("e")})
    async with serving(newer) as client:
        operator = await operating(client)
        await registered(client, aadhaar_id="999941057058")
        assert await found(operator, "2341 2341 2346") == ["AADHAAR Asha Rao"]
        assert await found(operator, "9999-4105-7058") == ["AADHAAR Asha Rao"]
        assert await found(operator, "234123412347") == []
        assert await found(operator, "Asha 2341 2341 2346") == []


async def test_the_number_is_neither_sent_to_the_database_nor_stored_nor_logged(
    borrower: Client, operator: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    heard = await overhear(10)
    assert await found(operator, "2341 2341 2346") == ["AADHAAR Asha Rao"]
    assert len(heard) > 0
    kept = json.dumps(await contents()).replace("asha.234123412346@kist.test", "")
    for text in ("234123412346", "2341 2341 2346", "23412341"):
        assert text not in kept
        assert text not in caplog.text
    (entry,) = await AuditEntry.filter(event="SEARCHED")
    assert entry.details == {"kinds": ["aadhaar"], "found": 1}


async def test_an_erased_person_is_not_found_by_former_data(borrower: Client, operator: Client) -> None:
    await User.all().update(phone="9876543210")
    assert len(await found(operator, "98765")) == 1
    (person,) = await User.all()
    await credentials.erase(person.id)
    placeholder = f"erased-{person.id}@erased.invalid"
    for text in ("98765", "asha", "234123412346", "asha.234123412346@kist.test", "erased", "invalid", placeholder):
        assert await found(operator, text) == [], text
    # The books are kept under the id.
    assert await found(operator, str(person.id)) == ["BORROWER_ID erased"]


async def test_a_text_that_is_too_long_is_bad_input(operator: Client) -> None:
    assert await operator.error(SEARCH, text="x" * 201) == "BAD_USER_INPUT"
    assert await operator.error(SEARCH, text="x", first=101) == "BAD_USER_INPUT"
    assert await operator.error(SEARCH, text="x", first=0) == "BAD_USER_INPUT"
    await found(operator, "x " * 100)


async def test_a_search_is_recorded_with_the_people_whom_it_shows(client: Client, operator: Client) -> None:
    for number in (6, 7):
        await registered(client, aadhaar_id=f"23412341234{number}")
    await found(operator, "asha")
    await found(operator, "asha", first=1)
    entries = await AuditEntry.filter(event__in=["SEARCHED", "PERSON_READ"]).order_by("id")
    told = [(entry.event, entry.actor, entry.user_id, entry.details) for entry in entries]
    kinds = {"kinds": ["transaction", "words"]}
    assert told == [
        ("SEARCHED", "OPERATOR", None, kinds | {"found": 2}),
        ("PERSON_READ", "OPERATOR", 1, {"day": "2026-01-01"}),
        ("PERSON_READ", "OPERATOR", 2, {"day": "2026-01-01"}),
        ("SEARCHED", "OPERATOR", None, kinds | {"found": 1}),
    ]
    await on(operator, "2026-01-02")
    await found(operator, "2341")
    assert await AuditEntry.filter(event="PERSON_READ").count() == 4
