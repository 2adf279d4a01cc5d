"""Payments by the API: amounts, dates, transaction ids and duplicates."""

import json
from datetime import date
from typing import Any

import pytest

from models import database
from models.payments import Payment
from rules import receipts
from tasks.verification import verify
from tests.builders import PAY, Client, billed, lent, on, operating, registered
from tests.servers import contents
from tests.tasks.postings import postings

# Invalid amounts that a client may send.
NO_AMOUNTS = ["NaN", "Infinity", "-Infinity", "sNaN", "1e400", "1.005", 1.005, "0.001", True, [], {}, None, "",
              "1,000", "1_000", " 1", "١", "0x10", "1000000000000", 10**12, 10**40, "9" * 5000,
              "1" + "0" * 39, "1e-3", "1e3", "1E+3", "+5", "5.", ".5"]  # fmt: skip
LITERALS = ["NaN", "1e400", "1.005", "true", "[]", "{}", "null", '"1.005"', "1000000000000", "1" * 5000, '"""x"""',
            '"1e3"', '"+5"', '".5"', "1e99999999999999999999"]  # fmt: skip


def payment(loan_id: str, amount: object, **more: object) -> dict[str, Any]:
    return {"loanId": loan_id, "amount": amount, **more}


async def refuse(client: Client, codes: list[str], **input_: object) -> str:
    """Assert that a payment is refused with these codes and changes nothing. Returns the message."""
    before = await contents()
    refusal = await client.ask(PAY, input=input_)
    assert refusal["__typename"] == "Refusal", refusal
    assert [problem["code"] for problem in refusal["problems"]] == codes
    assert await contents() == before
    return str(refusal["problems"][0]["message"])


@pytest.mark.pooled
async def test_the_worked_life_of_a_loan(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    await on(operator, "2026-01-31")
    run = await billed("2026-01-31")
    assert (run.status, run.bills_issued, str(run.interest_billed)) == ("DONE", 1, "435.00")
    await on(operator, "2026-02-10")
    receipt = await borrower.ask(PAY, input=payment(loan_id, "1000.00"))
    assert receipt["loan"]["principalBalance"] == "49435.00"
    assert receipt["loan"]["emi"] == "4406.03"
    assert receipt["emiRecalculated"] is False
    await on(operator, "2026-03-02")
    await billed("2026-03-02")
    await on(operator, "2026-03-12")
    receipt = await borrower.ask(PAY, input=payment(loan_id, "6000.00"))
    assert receipt["loan"]["principalBalance"] == "43866.72"
    assert receipt["loan"]["emi"] == "4599.30"
    assert receipt["loan"]["payoff"] == "44010.08"
    assert receipt["emiRecalculated"] is True
    assert receipt["payment"]["allocations"] == [
        {
            "interest": "0.00",
            "principal": "935.00",
            "bill": {"cycle": 1, "status": "PAID", "interestPaid": "435.00", "principalPaid": "1500.00"},
        },
        {
            "interest": "431.72",
            "principal": "4210.85",
            "bill": {"cycle": 2, "status": "PAID", "interestPaid": "431.72", "principalPaid": "4210.85"},
        },
        {"interest": "0.00", "principal": "422.43", "bill": None},
    ]
    await on(operator, "2026-04-01")
    receipt = await borrower.ask(PAY, input=payment(loan_id, "44264.51"))
    assert receipt["loan"]["status"] == "CLOSED"
    message = await refuse(borrower, ["LOAN_CLOSED"], **payment(loan_id, "1"))
    assert "2026-04-01" in message


async def test_a_receipt_says_what_a_later_look_says(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    await on(operator, "2026-03-12")
    receipt = await borrower.ask(PAY, input=payment(loan_id, "6000", transactionId="upi:1"))
    fields = PAY[PAY.index("payment {") + len("payment {") : PAY.index("loan { id status")].rsplit("}", 1)[0]
    query = f"query ($id: ID!) {{ loan(id: $id) {{ payments {{ edges {{ node {{ {fields} }} }} }} }} }}"
    loan = await borrower.ask(query, id=loan_id)
    assert loan["payments"]["edges"] == [{"node": receipt["payment"]}]


async def test_a_payment_without_a_date_is_of_the_business_date(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    await on(operator, "2026-01-11")
    receipt = await borrower.ask(PAY, input=payment(loan_id, "1000"))
    assert receipt["payment"]["paymentDate"] == "2026-01-11"
    # Ten days' interest has accrued and is not billed yet, so the payment goes to principal.
    assert (receipt["payment"]["interest"], receipt["payment"]["principal"]) == ("0.00", "1000.00")
    assert receipt["loan"]["payoff"] == "49145.00"
    assert receipt["emiRecalculated"] is True


async def test_an_operator_dates_a_payment_between_the_latest_event_and_today(
    borrower: Client, operator: Client
) -> None:
    loan_id = await lent(borrower)
    await on(operator, "2026-02-10")
    codes = ["PAYMENT_DATE_IN_FUTURE"]
    await refuse(operator, codes, **payment(loan_id, "1000", paymentDate="2026-02-11"))
    await refuse(operator, codes, **payment(loan_id, "1000", paymentDate="9999-12-31"))
    codes = ["PAYMENT_DATE_TOO_EARLY"]
    assert "2026-01-01" in await refuse(operator, codes, **payment(loan_id, "1", paymentDate="2025-12-31"))
    assert "2026-01-01" in await refuse(operator, codes, **payment(loan_id, "1", paymentDate="0001-01-01"))
    await operator.ask(PAY, input=payment(loan_id, "1000", paymentDate="2026-01-20"))
    assert "2026-01-20" in await refuse(operator, codes, **payment(loan_id, "1000", paymentDate="2026-01-19"))
    await operator.ask(PAY, input=payment(loan_id, "2000", paymentDate="2026-01-20"))
    await billed("2026-01-31")
    assert "2026-01-31" in await refuse(operator, codes, **payment(loan_id, "1000", paymentDate="2026-01-30"))


async def test_a_borrower_pays_on_the_business_date_and_on_no_other(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    await on(operator, "2026-01-30")
    # With the date of the disbursal, 50,000 would close a loan on which 50,420.50 is owed.
    for day in ("2026-01-01", "2026-01-29", "2025-12-31", "0001-01-01"):
        message = await refuse(
            borrower, ["PAYMENT_DATE_TOO_EARLY"], **payment(loan_id, "50000", paymentDate=day, transactionId="t")
        )
        assert "2026-01-30" in message
    for day in ("2026-01-31", "9999-12-31"):
        await refuse(borrower, ["PAYMENT_DATE_IN_FUTURE"], **payment(loan_id, "50000", paymentDate=day))
    receipt = await borrower.ask(PAY, input=payment(loan_id, "50000", paymentDate="2026-01-30"))
    assert (receipt["loan"]["status"], receipt["loan"]["payoff"]) == ("ACTIVE", "420.50")


async def test_a_retry_of_a_borrower_is_found_before_its_date_is_judged(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    await on(operator, "2026-01-30")
    given = payment(loan_id, "1000", transactionId="t", paymentDate="2026-01-30")
    first = await borrower.ask(PAY, input=given)
    for day in ("2026-01-31", "2026-04-01"):
        await on(operator, day)
        await billed(day)
        again = await borrower.ask(PAY, input=given)
        assert (again["replayed"], again["payment"]) == (True, first["payment"])
    await refuse(borrower, ["TRANSACTION_ID_CONFLICT"], **{**given, "paymentDate": "2026-04-01"})


async def test_every_reason_is_given_at_once(borrower: Client) -> None:
    loan_id = await lent(borrower)
    codes = ["AMOUNT_TOO_LOW", "PAYMENT_DATE_IN_FUTURE"]
    await refuse(borrower, codes, **payment(loan_id, "0", paymentDate="2026-01-02"))


async def test_nothing_and_less_is_too_low(borrower: Client) -> None:
    loan_id = await lent(borrower)
    for amount in ("0", "0.00", "-0", "-0.01", -1, "-999999999999.99"):
        await refuse(borrower, ["AMOUNT_TOO_LOW"], **payment(loan_id, amount))


async def test_more_than_the_payoff_is_refused_and_says_the_payoff(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    await on(operator, "2026-01-11")
    codes = ["AMOUNT_EXCEEDS_PAYOFF"]
    assert "50145.00" in await refuse(borrower, codes, **payment(loan_id, "50145.01"))
    assert "50145.00" in await refuse(borrower, codes, **payment(loan_id, "999999999999.99"))
    operators = payment(loan_id, "50145", paymentDate="2026-01-02")
    assert "50014.50" in await refuse(operator, codes, **operators)
    receipt = await borrower.ask(PAY, input=payment(loan_id, "50145"))
    assert receipt["loan"]["status"] == "CLOSED"
    assert receipt["payment"]["allocations"] == [{"interest": "145.00", "principal": "50000.00", "bill": None}]


async def test_what_is_no_amount_is_bad_input_and_changes_nothing(borrower: Client) -> None:
    loan_id = await lent(borrower)
    before = await contents()
    for amount in NO_AMOUNTS:
        assert await borrower.error(PAY, input=payment(loan_id, amount)) == "BAD_USER_INPUT", amount
    for literal in LITERALS:
        query = f'mutation {{ makePayment(input: {{ loanId: "{loan_id}", amount: {literal} }}) {{ __typename }} }}'
        assert await borrower.error(query) == "BAD_USER_INPUT", literal
    assert await contents() == before


async def test_what_is_no_date_is_bad_input(borrower: Client) -> None:
    loan_id = await lent(borrower)
    for day in ("2026-02-30", "2026-1-1", "20260101", "today", "", 20260101, "2026-01-01T00:00", "２026-01-01", True):
        assert await borrower.error(PAY, input=payment(loan_id, "1", paymentDate=day)) == "BAD_USER_INPUT", day


async def test_an_amount_is_a_string_or_a_number(borrower: Client) -> None:
    loan_id = await lent(borrower)
    for number, amount in enumerate(('"100"', "100", "100.0", '"100.00"', "1e2", "1.0E+2", '"100.000"')):
        # As text, because json.dumps decides how numbers of a dictionary are written.
        sent = f'{{"loanId": "{loan_id}", "amount": {amount}, "transactionId": "t-{number}"}}'
        body = f'{{"query": {json.dumps(PAY)}, "variables": {{"input": {sent}}}}}'
        headers = {"Authorization": f"Bearer {borrower.token}", "Content-Type": "application/json"}
        answer = (await borrower.http.post("/graphql", content=body, headers=headers)).json()
        assert answer["data"]["makePayment"]["payment"]["amount"] == "100.00", answer


async def test_a_transaction_id_is_replayed_with_the_first_answer(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    given = payment(loan_id, "1000", transactionId="upi:2026.01-1_a", paymentDate="2026-01-01")
    first = await borrower.ask(PAY, input=given)
    assert first["payment"]["transactionId"] == "upi:2026.01-1_a"
    await on(operator, "2026-01-20")
    before = await contents()
    again = await borrower.ask(PAY, input=given)
    assert (first["replayed"], again["replayed"]) == (False, True)
    assert again["payment"] == first["payment"]
    assert again["emiRecalculated"] == first["emiRecalculated"] is True
    assert await contents() == before


@pytest.mark.parametrize("later", ["2026-01-01", "2026-01-02", "2026-01-31", "2026-06-01", "2030-01-01"])
async def test_a_retry_without_a_date_is_the_same_payment_on_any_later_day(
    borrower: Client, operator: Client, later: str
) -> None:
    loan_id = await lent(borrower)
    given = payment(loan_id, "1000", transactionId="t")
    first = await borrower.ask(PAY, input=given)
    await on(operator, later)
    await billed(later)
    before = await contents()
    for payer in (borrower, operator):
        for sent in (given, {**given, "paymentDate": "2026-01-01"}, {**given, "paymentDate": None}):
            again = await payer.ask(PAY, input=sent)
            assert (again["replayed"], again["payment"]) == (True, first["payment"])
    codes = ["TRANSACTION_ID_CONFLICT"]
    await refuse(borrower, codes, **{**given, "amount": "1000.01"})
    await refuse(borrower, codes, **{**given, "paymentDate": "2026-01-03"})
    assert await contents() == before


async def test_a_payment_that_closed_its_loan_is_replayed_too(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    given = payment(loan_id, "50000", transactionId="last")
    assert (await borrower.ask(PAY, input=given))["loan"]["status"] == "CLOSED"
    for day in ("2026-01-01", "2026-03-01"):
        await on(operator, day)
        again = await borrower.ask(PAY, input=given)
        assert (again["replayed"], again["loan"]["status"]) == (True, "CLOSED")


async def test_a_transaction_id_means_one_payment(client: Client, borrower: Client, operator: Client) -> None:
    loan_id, other_loan = await lent(borrower), await lent(borrower)
    await on(operator, "2026-01-02")
    day = "2026-01-02"
    await borrower.ask(PAY, input=payment(loan_id, "1000", transactionId="t", paymentDate=day))
    codes = ["TRANSACTION_ID_CONFLICT"]
    await refuse(borrower, codes, **payment(loan_id, "1000.01", transactionId="t", paymentDate=day))
    await refuse(borrower, codes, **payment(loan_id, "1000", transactionId="t", paymentDate="2026-01-01"))
    await refuse(borrower, codes, **payment(other_loan, "1000", transactionId="t", paymentDate=day))
    await refuse(operator, codes, **payment(other_loan, "1000", transactionId="t", paymentDate=day))
    # The id belongs to one borrower: another borrower may use the same id.
    stranger = await registered(client, aadhaar_id="999941057058")
    strangers = await stranger.ask(PAY, input=payment(await lent(stranger), "1000", transactionId="t"))
    assert strangers["replayed"] is False


async def test_a_transaction_id_is_64_plain_characters_at_most(borrower: Client) -> None:
    loan_id = await lent(borrower)
    for transaction_id in ("", "x" * 65, "a b", "é", "a/b", "t\n", "٣"):
        await refuse(borrower, ["INVALID_TRANSACTION_ID"], **payment(loan_id, "1000", transactionId=transaction_id))
    await borrower.ask(PAY, input=payment(loan_id, "1000", transactionId="x" * 64))


@pytest.mark.parametrize(
    "transaction_id",
    [
        "567812349012",
        "x567812349012",
        "567812349012z",
        "5678-1234-9012",
        "567.812.349.012",
        "t:56_78_12_34_90_12",
        "a-1-5678-1234-9012",
    ],
)
async def test_a_transaction_id_is_no_aadhaar_number(borrower: Client, transaction_id: str) -> None:
    loan_id = await lent(borrower)
    said = await refuse(borrower, ["INVALID_TRANSACTION_ID"], **payment(loan_id, "1000", transactionId=transaction_id))
    assert "UUID" in said


async def test_ordinary_ids_with_digits_are_good_transaction_ids(borrower: Client) -> None:
    loan_id = await lent(borrower)
    ids = ["2026-11-29-000123", "55555555-5555-4555-8555-567812349012", "01A567812349012345678901AB", "1732900000123"]
    for number, transaction_id in enumerate(ids):
        paid = await borrower.ask(PAY, input=payment(loan_id, f"{100 + number}", transactionId=transaction_id))
        assert paid["payment"]["transactionId"] == transaction_id


async def test_without_an_id_the_same_payment_twice_is_a_duplicate(borrower: Client, operator: Client) -> None:
    loan_id, other_loan = await lent(borrower), await lent(borrower)
    first = await borrower.ask(PAY, input=payment(loan_id, "1000"))
    message = await refuse(borrower, ["DUPLICATE_PAYMENT"], **payment(loan_id, "1000.00"))
    assert first["payment"]["transactionId"] in message
    assert f"payment {first['payment']['id']} " in message
    await refuse(operator, ["DUPLICATE_PAYMENT"], **payment(loan_id, 1000))
    # A payment with another loan, amount, date or transaction id is not a duplicate.
    await borrower.ask(PAY, input=payment(other_loan, "1000"))
    await borrower.ask(PAY, input=payment(loan_id, "1000", transactionId="t"))
    await borrower.ask(PAY, input=payment(loan_id, "1000", transactionId="u"))
    await borrower.ask(PAY, input=payment(loan_id, "1001"))
    assert first["payment"]["transactionId"] in await refuse(
        borrower, ["DUPLICATE_PAYMENT"], **payment(loan_id, "1000")
    )
    await on(operator, "2026-01-02")
    await borrower.ask(PAY, input=payment(loan_id, "1000"))
    assert await Payment.filter(loan_id=loan_id).count() == 5


async def test_without_an_id_a_payment_that_was_taken_with_one_is_a_duplicate_too(
    borrower: Client, operator: Client
) -> None:
    loan_id, other_loan = await lent(borrower), await lent(borrower)
    await on(operator, "2026-01-05")
    await borrower.ask(PAY, input=payment(loan_id, "1000", transactionId="first"))
    await operator.ask(PAY, input=payment(loan_id, "1000", transactionId="second"))
    sent = payment(loan_id, "1000.00")
    for payer, more in (
        (borrower, {}),
        (operator, {}),
        (borrower, {"paymentDate": "2026-01-05"}),
        (operator, {"paymentDate": "2026-01-05"}),
    ):
        message = await refuse(payer, ["DUPLICATE_PAYMENT"], **sent, **more)
        assert ", first." in message
    # On the next day it is still a duplicate if the request contains the date of the first payment.
    await on(operator, "2026-01-06")
    await refuse(operator, ["DUPLICATE_PAYMENT"], **sent, paymentDate="2026-01-05")
    await refuse(borrower, ["DUPLICATE_PAYMENT"], **sent, paymentDate="2026-01-05")
    for other in (sent, payment(loan_id, "1000.01"), payment(other_loan, "1000")):
        assert (await borrower.ask(PAY, input=other))["replayed"] is False
    assert await Payment.filter(loan_id=loan_id).count() == 4


async def test_an_operator_takes_money_at_the_counter(client: Client, borrower: Client) -> None:
    loan_id = await lent(borrower)
    operator = await operating(client)
    receipt = await operator.ask(PAY, input=payment(loan_id, "1000"))
    row = await Payment.get(id=receipt["payment"]["id"]).values("user_id", "taken_by_id")
    me = await borrower.ask("{ me { id } }")
    assert str(row["user_id"]) == me["id"]
    assert row["taken_by_id"] is not None
    await borrower.ask(PAY, input=payment(loan_id, "1001"))
    assert await Payment.filter(taken_by_id=None).count() == 1


AT_THE_COUNTER = PAY.replace("payment { id ", "payment { receiptNumber mode reference id ")


async def test_money_at_the_counter_has_a_mode_a_reference_and_a_receipt_number(
    borrower: Client, operator: Client
) -> None:
    loan_id = await lent(borrower)
    given = payment(loan_id, "1000", transactionId="t", mode="CHEQUE", reference="\u200b 000123 ")
    receipt = await operator.ask(AT_THE_COUNTER, input=given)
    number, mode, reference = (receipt["payment"][name] for name in ("receiptNumber", "mode", "reference"))
    assert receipts.payment_id(number) == int(receipt["payment"]["id"])
    assert (mode, reference) == ("CHEQUE", "000123")
    seen = "query ($id: ID!) { loan(id: $id) { payments { edges { node { receiptNumber mode reference } } } } }"
    loan = await borrower.ask(seen, id=loan_id)
    shown = {"receiptNumber": number, "mode": "CHEQUE", "reference": "000123"}
    assert loan["payments"]["edges"] == [{"node": shown}]
    # Only what is sent is compared.
    for sent in ({}, {"mode": None}, {"mode": "CHEQUE"}, {"reference": "000123"}):
        again = await operator.ask(AT_THE_COUNTER, input=payment(loan_id, "1000", transactionId="t", **sent))
        assert (again["replayed"], again["payment"]) == (True, receipt["payment"])
    for sent in ({"mode": "CASH"}, {"mode": "CHEQUE", "reference": "000124"}):
        await refuse(operator, ["TRANSACTION_ID_CONFLICT"], **payment(loan_id, "1000", transactionId="t", **sent))
    without = await operator.ask(AT_THE_COUNTER, input=payment(loan_id, "1", reference="  "))
    assert (without["payment"]["mode"], without["payment"]["reference"]) == (None, None)
    assert await operator.error(PAY, input=payment(loan_id, "1", mode="GOLD")) == "BAD_USER_INPUT"


async def test_a_borrower_sends_no_mode_and_no_reference(borrower: Client) -> None:
    loan_id = await lent(borrower)
    await refuse(borrower, ["COUNTER_ONLY"], **payment(loan_id, "1", mode="CASH"))
    await refuse(borrower, ["COUNTER_ONLY", "COUNTER_ONLY"], **payment(loan_id, "1", mode="UPI", reference="x"))
    codes = ["INVALID_TRANSACTION_ID", "COUNTER_ONLY", "AMOUNT_TOO_LOW"]
    await refuse(borrower, codes, **payment(loan_id, "0", transactionId="a b", mode="CASH"))


async def test_a_reference_of_twelve_digits_is_a_transfers_and_no_persons_number(
    borrower: Client, operator: Client
) -> None:
    loan_id = await lent(borrower)
    for mode, reference in (("CASH", "612345678901"), ("CHEQUE", "6123 4567 8901"), ("UPI", "UPI/612345678901/ASHA")):
        await refuse(operator, ["INVALID_REFERENCE"], **payment(loan_id, "1", mode=mode, reference=reference))
    for reference in ("234123412346", "2341 2341 2346"):
        said = await refuse(operator, ["INVALID_REFERENCE"], **payment(loan_id, "1", mode="UPI", reference=reference))
        assert "borrower" in said
    for number, mode in enumerate(("UPI", "BANK_TRANSFER"), 1):
        sent = payment(loan_id, str(number), mode=mode, reference="612345678901")
        assert (await operator.ask(PAY, input=sent))["__typename"] == "PaymentReceipt"


async def test_nobody_pays_what_they_cannot_see(client: Client, borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    stranger = await registered(client, aadhaar_id="999941057058")
    await refuse(stranger, ["LOAN_NOT_FOUND"], **payment(loan_id, "1000"))
    for nonsense in ("0", "999999", "9" * 40, "-1", "x", ""):
        for viewer in (borrower, operator):
            assert await viewer.codes(PAY, input=payment(nonsense, "1000")) == ["LOAN_NOT_FOUND"]
    assert await client.error(PAY, input=payment(loan_id, "1000")) == "UNAUTHENTICATED"


async def test_a_payment_bills_what_has_come_by_first(borrower: Client, operator: Client) -> None:
    punctual, late = await lent(borrower), await lent(borrower)
    await on(operator, "2026-01-31")
    await operator.ask(PAY, input=payment(punctual, "435.00"))
    await on(operator, "2026-03-12")
    await operator.ask(PAY, input=payment(late, "435.00", paymentDate="2026-01-31"))
    answers = [await borrower.ask(PAY, input=payment(loan_id, "6000")) for loan_id in (punctual, late)]
    cycles = [[part["bill"] and part["bill"]["cycle"] for part in a["payment"]["allocations"]] for a in answers]
    assert cycles[0] == cycles[1] == [1, 2]
    for receipt in answers:
        del receipt["loan"]["id"], receipt["payment"]["id"], receipt["payment"]["transactionId"]
    assert answers[0] == answers[1]
    run = await billed("2026-03-12")
    assert run.bills_issued == 0


async def test_a_late_bill_and_a_payment_dated_back_are_posted_on_the_business_date(
    borrower: Client, operator: Client
) -> None:
    loan_id = await lent(borrower)
    await on(operator, "2026-03-05")
    await operator.ask(PAY, input=payment(loan_id, "435.00", paymentDate="2026-02-10"))
    await borrower.ask(PAY, input=payment(loan_id, "6000"))
    first, second, then, today = (date.fromisoformat(f"2026-{day}") for day in ("01-31", "03-02", "02-10", "03-05"))
    assert await postings(int(loan_id), "BILL") == [(today, first), (today, second)]
    assert await postings(int(loan_id), "PAYMENT") == [(today, then), (today, today)]
    assert await verify() == []
    assert await database.fetch("SELECT id FROM ledger_entries WHERE posted_on = effective_on") == []
