"""The REST paths from outside: successful requests, each refusal with its status, and invalid requests."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

import app
from api import middleware
from api.rest import view
from api.rest.paths import TABLE
from auth import sign_in_limit
from models import database
from models.users import User
from settings import Settings
from tasks.scoring import score
from tasks.verification import verify
from tests.builders import (
    OPERATOR_HASH,
    OPERATOR_PASSWORD,
    Client,
    billed,
    deposit,
    lent,
    on,
    operating,
    registered,
    serving,
)
from tests.servers import contents

REGISTER, LOGIN, APPLY, PAY = (f"/api/{name}/" for name in ("register-user", "login", "apply-loan", "make-payment"))
STATEMENT, BILL, DESCRIPTION = "/api/get-statement/", "/api/trigger-billing-cron/", "/api/openapi.json"

ASHA = {
    "name": "Asha Rao",
    "email": "asha@kist.test",
    "aadhar_id": "2341 2341 2346",
    "phone": "+91 98765 43210",
    "address": "12 MG Road, Bengaluru",
}
TERMS = {"amount": "50000.00", "loan_term": 12, "interest_rate": "10.5"}
DAY = "2026-01-01"


async def sent(client: Client, method: str, path: str, **more: Any) -> httpx.Response:
    """Send a request with the token of the session."""
    headers = {"Authorization": f"Bearer {client.token}"} if client.token else {}
    return await client.http.request(method, path, headers=headers | more.pop("headers", {}), **more)


async def done(client: Client, path: str, given: object, status: int) -> Any:
    response = await sent(client, "POST", path, json=given)
    assert response.status_code == status, response.text
    return response.json()


async def refused(client: Client, path: str, given: object, status: int = 400) -> list[tuple[str, str | None]]:
    """The codes and fields of a refusal."""
    return problems(await sent(client, "POST", path, json=given), status)


def problems(response: httpx.Response, status: int) -> list[tuple[str, str | None]]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    found = response.json()
    assert set(found) == {"problems"}
    assert all(set(one) == {"code", "message", "field"} and one["message"] for one in found["problems"])
    return [(one["code"], one["field"]) for one in found["problems"]]


async def own_id(borrower: Client) -> str:
    return str((await borrower.ask("{ me { id } }"))["id"])


async def test_a_whole_life_by_rest(client: Client, settings: Settings) -> None:
    session = await done(client, REGISTER, ASHA | {"annual_income": 600000.00, "password": "a long password"}, 201)
    assert session["role"] == "BORROWER"
    user = session["user"]
    assert (user["aadhar_masked"], user["phone"]) == ("XXXX XXXX 2346", "9876543210")
    assert (user["annual_income"], user["credit_score"]) == ("600000.00", None)
    await deposit("234123412346", "600000.00")
    await score([int(user["id"])])

    signed = await done(client, LOGIN, {"email": ASHA["email"], "password": "a long password"}, 200)
    assert signed["user"]["credit_score"] == 690
    asha = client.signed_in(signed["access_token"])
    loan = await done(asha, APPLY, TERMS | {"user": user["id"]}, 201)
    assert (loan["status"], loan["emi"], loan["interest_rate"]) == ("ACTIVE", "4406.03", "10.500")
    assert len(loan["emi_schedule"]) == 12
    assert loan["emi_schedule"][0]["amount_due"] == "4406.03"

    operator = await operating(client)
    await on(operator, "2026-01-31")
    for method in ("GET", "POST"):
        run = await sent(operator, method, BILL)
        assert (run.status_code, run.json()["as_of"], run.json()["status"]) == (200, "2026-01-31", "QUEUED")
    await billed("2026-01-31")
    assert (await sent(operator, "GET", BILL)).json()["bills_issued"] == 1

    payment = {"loan": loan["id"], "amount": 4406.03, "payment_date": "2026-01-31", "transaction_id": "first"}
    receipt = await done(asha, PAY, payment, 201)
    assert receipt["payment"] | {"id": "", "created_at": ""} == {
        "id": "", "transaction_id": "first", "amount": "4406.03", "payment_date": "2026-01-31",
        "interest": "435.00", "principal": "3971.03", "created_at": "",
        "receipt_number": "R-0000-0017", "mode": None, "reference": None,
    }  # fmt: skip
    assert (receipt["loan"]["principal_balance"], receipt["replayed"]) == ("46028.97", False)
    again = await done(asha, PAY, payment, 200)
    assert again == receipt | {"replayed": True}
    assert await done(asha, PAY, payment | {"amount": "4406.0300"}, 200) == again

    response = await sent(asha, "GET", STATEMENT, params={"loan": loan["id"]})
    assert response.status_code == 200
    statement = response.json()
    assert [line["kind"] for line in statement["past_transactions"]] == ["DISBURSAL", "BILL", "PAYMENT"]
    assert statement["past_transactions"][2] == {
        "date": "2026-01-31", "kind": "PAYMENT", "amount_paid": "4406.03", "interest": "435.00",
        "principal": "3971.03", "principal_balance": "46028.97",
    }  # fmt: skip
    assert statement["upcoming_transactions"][0] == {
        "number": 2, "date": "2026-03-02", "due_date": "2026-03-17", "amount_due": "4406.03",
        "principal": "4005.58", "interest": "400.45", "principal_balance": "42023.39",
    }  # fmt: skip
    assert [line["number"] for line in statement["upcoming_transactions"]] == list(range(2, 13))
    assert (await sent(operator, "GET", STATEMENT, params={"loan": loan["id"]})).json() == statement
    async with database.connected(settings.database_url):
        assert await verify() == []


async def test_a_path_may_be_written_without_its_slash(borrower: Client) -> None:
    loan_id = await lent(borrower)
    statements = [
        await sent(borrower, "GET", path, params={"loan": loan_id}) for path in (STATEMENT, STATEMENT.rstrip("/"))
    ]
    assert [response.status_code for response in statements] == [200, 200]
    assert statements[0].json() == statements[1].json()
    given = {"loan": loan_id, "amount": "1.00", "payment_date": DAY, "transaction_id": "slash"}
    await done(borrower, PAY.rstrip("/"), given, 201)
    await done(borrower, PAY, given, 200)
    for path in ("/api", "/api/", "/api/nothing/", f"{PAY}/", f"/{PAY}", "/api/Login/"):
        response = await sent(borrower, "POST", path, json={})
        assert response.status_code == 404, path


async def test_whoever_registers_is_told_all_that_is_wrong(client: Client) -> None:
    wrong = {"name": " ", "email": "asha", "aadhar_id": "12", "phone": "12", "address": "x" * 2000}
    found = await refused(client, REGISTER, wrong | {"annual_income": "-1", "password": "short"})
    assert dict(found) == {
        "INVALID_NAME": "name",
        "INVALID_EMAIL": "email",
        "INVALID_AADHAAR": "aadhar_id",
        "INVALID_PHONE": "phone",
        "INVALID_ADDRESS": "address",
        "INVALID_INCOME": "annual_income",
        "WEAK_PASSWORD": "password",
    }
    await done(client, REGISTER, ASHA, 201)
    assert await refused(client, REGISTER, ASHA) == [("EMAIL_TAKEN", "email"), ("AADHAAR_TAKEN", "aadhar_id")]


async def test_what_is_needed_and_what_is_of_another_type_is_named(client: Client) -> None:
    names = ["name", "email", "aadhar_id", "phone", "address"]
    assert await refused(client, REGISTER, {}) == [("BAD_USER_INPUT", name) for name in names]
    assert await refused(client, REGISTER, dict.fromkeys(names)) == [("BAD_USER_INPUT", name) for name in names]
    others: list[object] = [5, 1.5, True, [], {}, ["x"]]
    for other in others:
        assert await refused(client, REGISTER, ASHA | {"aadhar_id": other}) == [("BAD_USER_INPUT", "aadhar_id")]
    response = await sent(client, "POST", REGISTER, json=ASHA | {"annual_income": "0.001"})
    (problem,) = response.json()["problems"]
    assert problem["message"] == "an amount must be a plain number with at most 2 decimals, such as 0.12"
    # If the API ignored an unknown name, a repeated payment would be posted twice.
    given = {"loan": "1", "amount": "1", "payment_date": DAY, "transactionId": "first"}
    assert await refused(client, PAY, given) == [("BAD_USER_INPUT", "transactionId")]


async def test_a_loan_is_refused_with_every_reason(client: Client) -> None:
    session = await done(client, REGISTER, ASHA, 201)
    asha = client.signed_in(session["access_token"])
    given = {"user": session["user"]["id"], "amount": "60000", "loan_term": 0, "interest_rate": 99}
    assert await refused(asha, APPLY, given) == [
        ("CREDIT_SCORE_PENDING", None),
        ("INCOME_MISSING", None),
        ("AMOUNT_TOO_HIGH", "amount"),
        ("TERM_OUT_OF_RANGE", "loan_term"),
        ("RATE_OUT_OF_RANGE", "interest_rate"),
    ]


async def test_a_loan_is_for_whoever_the_token_is_of(client: Client, operator: Client) -> None:
    borrower = await registered(client)
    other = await registered(client, aadhaar_id="999941057058")
    user = await own_id(borrower)
    before = await contents()
    assert await refused(other, APPLY, TERMS | {"user": user}, 403) == [("FORBIDDEN", "user")]
    assert await refused(borrower, APPLY, TERMS | {"user": f"0{user}"}, 403) == [("FORBIDDEN", "user")]
    assert await refused(borrower, APPLY, TERMS) == [("BAD_USER_INPUT", "user")]
    nobodys: list[object] = [None, True, 1.5, [user], {"id": user}]
    for nobody in nobodys:
        assert await refused(borrower, APPLY, TERMS | {"user": nobody}) == [("BAD_USER_INPUT", "user")]
    assert await contents() == before
    # An operator may not apply for a borrower either: borrowers apply themselves.
    assert await refused(operator, APPLY, TERMS | {"user": user}, 403) == [("FORBIDDEN", None)]
    assert await refused(client, APPLY, TERMS | {"user": user}, 401) == [("UNAUTHENTICATED", None)]
    await done(borrower, APPLY, TERMS | {"user": int(user)}, 201)


async def test_an_application_is_safe_to_send_again_with_its_request_id(borrower: Client) -> None:
    terms = TERMS | {"user": await own_id(borrower), "request_id": "first"}
    loan = await done(borrower, APPLY, terms, 201)
    assert await done(borrower, APPLY, terms, 201) == loan
    conflict = [("REQUEST_ID_CONFLICT", "request_id")]
    assert await refused(borrower, APPLY, terms | {"loan_term": 6}) == conflict
    assert await refused(borrower, APPLY, terms | {"request_id": "a b"}) == [("INVALID_REQUEST_ID", "request_id")]
    large = terms | {"request_id": "large", "amount": "60000"}
    for _ in range(2):
        assert await refused(borrower, APPLY, large) == [("AMOUNT_TOO_HIGH", "amount")]
    for request_id in (None, "second"):
        other = await done(borrower, APPLY, terms | {"request_id": request_id}, 201)
        assert other["id"] != loan["id"]


async def test_a_whole_number_may_be_written_with_a_point(borrower: Client) -> None:
    user = float(await own_id(borrower))
    loan = await done(borrower, APPLY, {"user": user, "amount": 50000.0, "loan_term": 12.0, "interest_rate": 10.0}, 201)
    assert (loan["loan_term"], loan["amount"]) == (12, "50000.00")
    for term in (12.5, 1e308, -1e308, 2**31):
        terms = {"user": user, "amount": 1, "loan_term": term, "interest_rate": 1}
        assert await refused(borrower, APPLY, terms) == [("BAD_USER_INPUT", "loan_term")]
    given = {"loan": float(loan["id"]), "amount": 1, "payment_date": DAY}
    await done(borrower, PAY, given, 201)
    for nothing in (1e308, -0.0, 10**4000):
        assert await refused(borrower, PAY, given | {"loan": nothing}, 404) == [("LOAN_NOT_FOUND", "loan")]
    response = await sent(borrower, "POST", PAY, json=given | {"loan": 1.5})
    assert response.json()["problems"][0]["message"] == "ID cannot represent value: 1.5"


async def test_a_payment_is_refused_with_every_reason(client: Client, operator: Client) -> None:
    borrower = await registered(client)
    loan_id = await lent(borrower)
    given = {"loan": loan_id, "amount": "100.00", "payment_date": DAY}
    for change, code, field in (
        ({"amount": "0"}, "AMOUNT_TOO_LOW", "amount"),
        ({"amount": "-1"}, "AMOUNT_TOO_LOW", "amount"),
        ({"amount": "60000"}, "AMOUNT_EXCEEDS_PAYOFF", "amount"),
        ({"payment_date": "2025-12-31"}, "PAYMENT_DATE_TOO_EARLY", "payment_date"),
        ({"payment_date": "2026-01-02"}, "PAYMENT_DATE_IN_FUTURE", "payment_date"),
        ({"transaction_id": "a b"}, "INVALID_TRANSACTION_ID", "transaction_id"),
        ({"mode": "CASH"}, "COUNTER_ONLY", "mode"),
        ({"reference": "000123"}, "COUNTER_ONLY", "reference"),
    ):
        assert await refused(borrower, PAY, given | change) == [(code, field)]
    await done(borrower, PAY, given, 201)
    undated = {"loan": loan_id, "amount": "100.00"}
    for again in (given, undated, undated | {"payment_date": None}):
        assert await refused(borrower, PAY, again) == [("DUPLICATE_PAYMENT", None)]
    named = given | {"transaction_id": "first"}
    await done(borrower, PAY, named, 201)
    await done(borrower, PAY, named, 200)
    assert await refused(borrower, PAY, named | {"amount": "2"}) == [("TRANSACTION_ID_CONFLICT", "transaction_id")]
    assert await refused(borrower, PAY, undated) == [("DUPLICATE_PAYMENT", None)]
    cheque = {"mode": "CHEQUE", "reference": "000123"}
    taken = await done(operator, PAY, {"loan": int(loan_id), "amount": 1, "payment_date": DAY, **cheque}, 201)
    assert taken["payment"].items() >= cheque.items()


async def test_a_payment_needs_no_date_and_is_the_same_on_a_later_day(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    given = {"loan": loan_id, "amount": "100.00", "transaction_id": "first"}
    receipt = await done(borrower, PAY, given, 201)
    assert receipt["payment"]["payment_date"] == DAY
    await on(operator, "2026-01-05")
    for payer in (borrower, operator):
        again = await done(payer, PAY, given, 200)
        assert (again["replayed"], again["payment"]) == (True, receipt["payment"])
    late = {"loan": loan_id, "amount": "200.00", "payment_date": "2026-01-04"}
    assert await refused(borrower, PAY, late) == [("PAYMENT_DATE_TOO_EARLY", "payment_date")]
    await done(operator, PAY, late, 201)


async def test_a_loan_that_is_not_ones_own_is_not_there(client: Client) -> None:
    borrower = await registered(client)
    other = await registered(client, aadhaar_id="999941057058")
    loan_id = await lent(borrower)
    for who, loan in ((other, loan_id), (borrower, "0"), (borrower, "x"), (borrower, "9" * 30), (borrower, "")):
        payment = await sent(who, "POST", PAY, json={"loan": loan, "amount": "1.00", "payment_date": DAY})
        statement = await sent(who, "GET", STATEMENT, params={"loan": loan})
        assert problems(payment, 404) == problems(statement, 404) == [("LOAN_NOT_FOUND", "loan")]
        # The resolver of the payment gives the first message, and REST the second: GraphQL's statement is null.
        assert payment.json() == statement.json()


async def test_billing_is_for_operators(client: Client, operator: Client, borrower: Client) -> None:
    before = await contents()
    for method in ("GET", "POST"):
        assert problems(await sent(client, method, BILL), 401) == [("UNAUTHENTICATED", None)]
        assert problems(await sent(borrower, method, BILL), 403) == [("FORBIDDEN", None)]
    after = await contents()
    del before["audit_entries"], after["audit_entries"]
    assert after == before
    assert await refused(operator, BILL, {"as_of": "2026-01-02"}) == [("BILLING_DATE_IN_FUTURE", "as_of")]
    response = await sent(operator, "GET", BILL, params={"as_of": "2026-01-02"})
    assert problems(response, 400) == [("BILLING_DATE_IN_FUTURE", "as_of")]
    for given in ({"as_of": ""}, {"as_of": "yesterday"}, {"asOf": DAY}, {"as_of": ["2026-01-01", "2026-01-02"]}):
        response = await sent(operator, "GET", BILL, params=given)
        assert [code for code, _ in problems(response, 400)] == ["BAD_USER_INPUT"], given
    assert (await done(operator, BILL, {}, 200))["as_of"] == DAY
    assert (await done(operator, BILL, {"as_of": None}, 200))["as_of"] == DAY
    assert (await done(operator, BILL, {"as_of": "2025-12-01"}, 200))["as_of"] == "2025-12-01"


async def test_without_a_good_token_the_answer_says_what_is_asked_for(client: Client, borrower: Client) -> None:
    loan_id = await lent(borrower)
    for who, challenge in (
        (client, 'Bearer realm="kist"'),
        (client.signed_in("nonsense"), 'Bearer realm="kist", error="invalid_token"'),
        (client.signed_in(f"{borrower.token}x"), 'Bearer realm="kist", error="invalid_token"'),
    ):
        for response in (
            await sent(who, "GET", STATEMENT, params={"loan": loan_id}),
            await sent(who, "POST", PAY, json={"loan": loan_id, "amount": "1", "payment_date": DAY}),
            await sent(who, "POST", APPLY, json=TERMS | {"user": "1"}),
            await sent(who, "POST", BILL),
        ):
            assert problems(response, 401) == [("UNAUTHENTICATED", None)]
            assert response.headers["www-authenticate"] == challenge
    await borrower.ask("mutation { logout }")
    assert (await sent(borrower, "GET", STATEMENT, params={"loan": loan_id})).status_code == 401


async def test_a_wrong_password_is_told_so_until_the_door_is_shut(
    client: Client, borrower: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in_limit, "MOST_FOR_AN_ACCOUNT", 2)
    await User.all().update(password_hash=OPERATOR_HASH)
    email = (await User.get()).email
    for _ in range(2):
        response = await sent(client, "POST", LOGIN, json={"email": email, "password": "wrong"})
        assert problems(response, 401) == [("BAD_CREDENTIALS", None)]
        assert response.headers["www-authenticate"] == 'Bearer realm="kist"'
    response = await sent(client, "POST", LOGIN, json={"email": email, "password": OPERATOR_PASSWORD})
    assert problems(response, 429) == [("TOO_MANY_ATTEMPTS", None)]
    assert response.headers["retry-after"] == "900"


async def test_no_amount_is_ever_a_float(borrower: Client) -> None:
    loan_id = await lent(borrower)

    async def paid(written: str) -> httpx.Response:
        body = f'{{"loan": "{loan_id}", "amount": {written}, "payment_date": "{DAY}"}}'
        headers = {"Content-Type": "application/json"}
        return await sent(borrower, "POST", PAY, content=body, headers=headers)

    for written, amount in (
        ("0.29", "0.29"),
        ("1.10", "1.10"),
        ("9007.33", "9007.33"),
        ("1e2", "100.00"),
        ("2.000", "2.00"),
        ("3.00000000000000000000", "3.00"),
        ('"4.35"', "4.35"),
    ):
        response = await paid(written)
        assert (response.status_code, response.json()["payment"]["amount"]) == (201, amount), written
    for written in (
        repr(0.1 + 0.2),
        "0.300000000000000004440892098500626",
        "1.005",
        "1e400",
        "-1e400",
        "1e-400",
        "1e999999999999999999999",
        "NaN",
        "Infinity",
        "-Infinity",
        "9" * 5000,
        "9" * 4000,
        "0." + "1" * 5000,
        '"NaN"',
        '"1_0"',
        '"٣"',
        '" 1"',
        '"0x10"',
        "true",
        "null",
        "[1]",
    ):
        assert [code for code, _ in problems(await paid(written), 400)] == ["BAD_USER_INPUT"], written
    receipts = await database.fetch("SELECT sum(amount) AS paid FROM payments")
    assert receipts[0]["paid"] == Decimal("9118.07")


BODIES: list[str | bytes] = [
    "", " ", "{", "nonsense", '"x"', "1", "null", "true", "[]", "[{}]", b"\xff\xfe", b'{"loan": "\xff"}',
    "[" * 100_000, '{"loan": ' + "[" * 50_000 + "]" * 50_000 + "}", "9" * 5000, '{"loan": 1e99999999999999999999}',
    '{"loan": "1", "amount": "1", "amount": "2", "payment_date": "2026-01-01"}',
    '{"loan": {"a": 1, "a": 2}, "amount": "1", "payment_date": "2026-01-01"}',
    '{"loan": "\\u0000", "amount": "1", "payment_date": "2026-01-01"}',
    '{"loan": "\\ud800", "amount": "1", "payment_date": "2026-01-01"}',
    '{"\\ud800": 1}', '{"": 1}', json.dumps({"loan": [1] * 3_000}),
    json.dumps({f"a{number}": 1 for number in range(1_500)}),
]  # fmt: skip


async def test_a_body_that_is_no_request_is_refused(borrower: Client) -> None:
    loan_id = await lent(borrower)
    before = await contents()
    for body in BODIES:
        content = body.replace('"1"', f'"{loan_id}"', 1) if isinstance(body, str) else body
        headers = {"Content-Type": "application/json"}
        response = await sent(borrower, "POST", PAY, content=content, headers=headers)
        assert {code for code, _ in problems(response, 400)} == {"BAD_USER_INPUT"}, body[:80]
        assert len(response.content) < 200_000
    assert await contents() == before


async def test_a_body_of_another_type_or_too_long_is_refused(borrower: Client) -> None:
    given = json.dumps({"loan": "1", "amount": "1", "payment_date": DAY})
    kinds = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "")
    for kind in (*kinds, "application/json; charset=utf-16", "application/problem+json"):
        response = await sent(borrower, "POST", PAY, content=given, headers={"Content-Type": kind})
        assert problems(response, 415) == [("UNSUPPORTED_MEDIA_TYPE", None)], kind
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert problems(await sent(borrower, "POST", PAY, content=given, headers=headers), 415)
    response = await sent(borrower, "POST", BILL, content="x", headers={"Content-Type": "text/plain"})
    assert problems(response, 415)

    async def pieces() -> Any:
        for _ in range(20):
            yield b" " * 100_000

    for body in (b" " * 1_100_000, pieces()):
        response = await sent(borrower, "POST", PAY, content=body, headers={"Content-Type": "application/json"})
        assert problems(response, 413) == [("TOO_LARGE", None)]


async def test_another_method_is_told_which_there_are(borrower: Client) -> None:
    for path, methods in (
        (REGISTER, "POST, OPTIONS"),
        (PAY.rstrip("/"), "POST, OPTIONS"),
        (STATEMENT, "GET, HEAD, OPTIONS"),
        (BILL, "GET, POST, OPTIONS"),
    ):
        for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"} - set(methods.split(", ")):
            response = await sent(borrower, method, path)
            assert response.status_code == 405, (method, path)
            assert response.headers["allow"] == methods
            if method != "HEAD":
                assert problems(response, 405) == [("METHOD_NOT_ALLOWED", None)]
        response = await sent(borrower, "OPTIONS", path)
        assert (response.status_code, response.headers["allow"], response.content) == (204, methods, b"")
    loan = {"loan": await lent(borrower)}
    get, head = [await sent(borrower, method, STATEMENT, params=loan) for method in ("GET", "HEAD")]
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(get.content))


async def test_a_query_string_says_each_thing_once(borrower: Client) -> None:
    loan_id = await lent(borrower)
    for query, field in (
        ("", "loan"),
        (f"loan={loan_id}&loan={loan_id}", "loan"),
        (f"loan={loan_id}&load=2", "load"),
        ("loan=%00", None),
    ):
        response = await sent(borrower, "GET", f"{STATEMENT}?{query}")
        assert problems(response, 400) == [("BAD_USER_INPUT", field)], query


async def test_what_a_post_has_in_its_address_is_not_passed_over(borrower: Client) -> None:
    given = {"loan": await lent(borrower), "amount": "1.00", "payment_date": DAY}
    response = await sent(borrower, "POST", "/api/make-payment/?transaction_id=x", json=given)
    assert problems(response, 400) == [("BAD_USER_INPUT", None)]
    assert await database.fetch("SELECT FROM payments") == []


async def test_the_limits_and_the_doors_are_those_of_graphql(settings: Settings) -> None:
    theirs = {"Origin": "https://loans.example"}
    asking = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization, content-type"}
    async with serving(settings.model_copy(update={"cors_origins": "https://loans.example"})) as client:
        response = await client.http.options(LOGIN, headers=theirs | asking)
        assert response.headers["access-control-allow-origin"] == "https://loans.example"
        response = await client.http.options(LOGIN, headers={"Origin": "https://evil.example"} | asking)
        assert response.status_code == 400
        response = await client.http.post(LOGIN, json={}, headers=theirs | {"X-Request-Id": "mine"})
        assert response.headers["access-control-allow-origin"] == "https://loans.example"
        assert response.headers["x-request-id"] == "mine"
        assert "frame-ancestors 'none'" in response.headers["content-security-policy"]


async def test_the_paths_have_documents_of_their_own_whatever_is_stored(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "date.graphql").write_text("{ businessDate }")
    changes = {"trusted_documents": folder, "introspection": False, "explorer": False, "console": False}
    async with serving(settings.model_copy(update=changes)) as client:
        assert await client.error("{ me { id } }") == "PERSISTED_QUERY_NOT_FOUND"
        session = await done(client, REGISTER, ASHA, 201)
        asha = client.signed_in(session["access_token"])
        found = await refused(asha, APPLY, TERMS | {"user": session["user"]["id"]})
        assert ("CREDIT_SCORE_PENDING", None) in found
        assert (await client.http.get(DESCRIPTION)).status_code == 404
    async with serving(settings) as client:
        assert (await client.http.get("/about")).json()["rest"] is True
        assert (await client.http.get(DESCRIPTION)).json()["openapi"] == "3.1.0"
    async with serving(settings.model_copy(update={"rest": False})) as client:
        assert (await client.http.get("/about")).json()["rest"] is False
        for operation in TABLE:
            assert (await client.http.request(operation.method, operation.path)).status_code == 404
        assert (await client.http.get(DESCRIPTION)).status_code == 404


async def test_a_request_that_takes_too_long_is_to_be_tried_again(settings: Settings) -> None:
    async with serving(settings) as client:
        borrower = await registered(client)
        loan_id = await lent(borrower)
    # No request ends within a microsecond.
    async with serving(settings.model_copy(update={"request_seconds": 1e-6})) as client:
        response = await sent(client.signed_in(borrower.token), "GET", STATEMENT, params={"loan": loan_id})
        assert problems(response, 503) == [("TIMEOUT", None)]
        assert response.headers["retry-after"]


async def test_what_nobody_caught_has_problems_too(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(view, "_given", broken)
    async with serving(settings) as client:
        response = await client.http.post(LOGIN, json={}, headers={"X-Request-Id": "request-9"})
    assert problems(response, 500) == [("INTERNAL_SERVER_ERROR", None)]
    assert "request-9" in response.text
    assert "secret" not in response.text


async def test_the_log_and_the_metrics_know_the_paths(
    client: Client, caplog: pytest.LogCaptureFixture, operator: Client
) -> None:
    assert {operation.path for operation in TABLE} | {DESCRIPTION} <= app.PATHS
    for operation in TABLE:
        scope = {"method": operation.method, "path": operation.path.rstrip("/")}
        assert middleware._labels(scope, app.PATHS) == (operation.method, operation.path)
    caplog.set_level("INFO", "kist.api")
    caplog.clear()
    await sent(operator, "POST", BILL.rstrip("/"))
    (line,) = [record for record in caplog.records if record.name == "kist.api"]
    assert line.getMessage().startswith(f"POST {BILL.rstrip('/')} 200 after ")
    assert line.getMessage().endswith(": triggerBilling by operator 1")


async def test_whoever_is_audited_by_graphql_is_audited_here(client: Client, operator: Client) -> None:
    borrower = await registered(client)
    await sent(borrower, "POST", BILL, headers={"X-Request-Id": "who-was-it"})
    await sent(operator, "POST", BILL)
    entries = await database.fetch("SELECT event, actor, request_id FROM audit_entries ORDER BY id DESC LIMIT 2")
    assert [entry["event"] for entry in entries] == ["BILLING_TRIGGERED", "ACCESS_FORBIDDEN"]
    assert entries[1]["request_id"] == "who-was-it"
