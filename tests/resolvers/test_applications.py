"""Applications by the API: repeated, concurrent, and beyond the limit of a person's debt."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest

from models import database
from models.loans import Loan, LoanApplication
from settings import Settings
from tasks import audit_verification
from tasks.scoring import score
from tasks.verification import verify
from tests.builders import (
    APPLY,
    PAY,
    REGISTER,
    Client,
    billed,
    deposit,
    lent,
    on,
    operating,
    registered,
    serving,
    unlimited,
)
from tests.servers import contents

TERMS = {"amount": "1000", "interestRate": "10", "loanTerm": 12}
POLICY = "{ policy { minimumRate maximumRate maximumExposure maximumLoans lendsWhenPastDue } }"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return unlimited(settings)


@asynccontextmanager
async def lender(settings: Settings, **policy: object) -> AsyncIterator[tuple[Client, Client]]:
    """A borrower and an operator of a lender with this policy."""
    async with serving(settings.model_copy(update=policy)) as client:
        yield await registered(client), await operating(client)


async def test_an_application_sent_again_is_answered_with_the_first_loan(borrower: Client, operator: Client) -> None:
    sent = TERMS | {"requestId": "form:2026.01-1_a"}
    first = await borrower.ask(APPLY, input=sent)
    before = await contents()
    for again in (sent, sent | {"amount": "1000.00", "interestRate": "10.000"}, sent | {"amount": 1000}):
        assert await borrower.ask(APPLY, input=again) == first
    assert await contents() == before
    await on(operator, "2026-03-20")
    # On a later day the answer is the same loan in its state of that day, even if a new loan would be refused.
    later = await borrower.ask(APPLY, input=sent)
    assert (later["id"], later["payoff"] > first["payoff"]) == (first["id"], True)
    await borrower.ask(PAY, input={"loanId": first["id"], "amount": later["payoff"]})
    assert (await borrower.ask(APPLY, input=sent))["status"] == "CLOSED"
    assert await Loan.all().count() == await LoanApplication.all().count() == 1


async def test_a_request_id_means_one_application_of_one_person(client: Client, borrower: Client) -> None:
    await borrower.ask(APPLY, input=TERMS | {"requestId": "r"})
    before = await contents()
    for change in ({"amount": "1000.01"}, {"loanTerm": 11}, {"interestRate": "10.001"}):
        refusal = await borrower.ask(APPLY, input=TERMS | {"requestId": "r"} | change)
        (problem,) = refusal["problems"]
        assert (problem["code"], problem["field"]) == ("REQUEST_ID_CONFLICT", "requestId")
    assert await contents() == before
    stranger = await registered(client, aadhaar_id="999941057058")
    assert (await stranger.ask(APPLY, input=TERMS | {"requestId": "r"}))["__typename"] == "Loan"
    # Applications without an id, or with another id, are separate.
    for more in ({}, {}, {"requestId": "R"}, {"requestId": None}):
        await borrower.ask(APPLY, input=TERMS | more)
    assert await Loan.all().count() == 6


async def test_a_refused_application_sent_again_is_refused_with_the_same_words(client: Client) -> None:
    person = {"name": "Asha", "email": "a@kist.test", "aadhaarId": "234123412346", "annualIncome": "600000"}
    session = await client.ask(REGISTER, input=person)
    applicant = client.signed_in(session["accessToken"])
    sent = TERMS | {"amount": "60000", "requestId": "r"}
    first = await applicant.ask(APPLY, input=sent)
    assert [problem["code"] for problem in first["problems"]] == ["CREDIT_SCORE_PENDING", "AMOUNT_TOO_HIGH"]
    await deposit("234123412346", "600000")
    await score([int(session["user"]["id"])])
    before = await contents()
    # The score exists now. The stored answer stays the same, and a new id makes a new application.
    assert await applicant.ask(APPLY, input=sent) == first
    assert await contents() == before
    assert await applicant.codes(APPLY, input=sent | {"amount": "1000"}) == ["REQUEST_ID_CONFLICT"]
    assert await applicant.codes(APPLY, input=sent | {"requestId": "s"}) == ["AMOUNT_TOO_HIGH"]
    assert await applicant.codes(APPLY, input=TERMS | {"loanTerm": 0}) == ["TERM_OUT_OF_RANGE"]


async def test_a_request_id_is_64_plain_characters_at_most(borrower: Client) -> None:
    for request_id in ("", "x" * 65, "a b", "é", "a/b", "r\n", "٣"):
        sent = TERMS | {"requestId": request_id, "loanTerm": 0}
        assert await borrower.codes(APPLY, input=sent) == ["INVALID_REQUEST_ID", "TERM_OUT_OF_RANGE"]
        assert await borrower.codes(APPLY, input=TERMS | {"requestId": request_id}) == ["INVALID_REQUEST_ID"]
    assert await Loan.all().count() == 0
    assert (await LoanApplication.first().values("request_id", "decision"))["decision"] == "REFUSED"
    await borrower.ask(APPLY, input=TERMS | {"requestId": "x" * 64})
    assert await Loan.all().count() == 1


async def test_of_40_applications_with_one_request_id_at_once_one_is_a_loan(borrower: Client) -> None:
    answers = await asyncio.gather(*(borrower.ask(APPLY, input=TERMS | {"requestId": "r"}) for _ in range(40)))
    assert {answer["__typename"] for answer in answers} == {"Loan"}
    assert len({answer["id"] for answer in answers}) == 1
    assert await Loan.all().count() == await LoanApplication.all().count() == 1
    assert await verify() == []


async def test_of_two_applications_with_one_request_id_at_once_one_is_a_conflict(borrower: Client) -> None:
    for number in range(5):
        sent = [TERMS | {"requestId": f"r-{number}", "loanTerm": term} for term in (6, 12)] * 3
        answers = await asyncio.gather(*(borrower.ask(APPLY, input=one) for one in sent))
        assert Counter(answer["__typename"] for answer in answers) == {"Loan": 3, "Refusal": 3}
        assert len({answer["id"] for answer in answers if "id" in answer}) == 1
        codes = {problem["code"] for answer in answers for problem in answer.get("problems", [])}
        assert codes == {"REQUEST_ID_CONFLICT"}


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        ({"maximum_exposure": Decimal("2999.99")}, "EXPOSURE_TOO_HIGH"),
        ({"maximum_exposure": Decimal("2000.00")}, "EXPOSURE_TOO_HIGH"),
        ({"maximum_loans": 2}, "TOO_MANY_LOANS"),
    ],
    ids=str,
)
@pytest.mark.pooled
async def test_of_40_applications_at_once_two_are_within_the_limit(
    settings: Settings, policy: dict[str, Any], code: str
) -> None:
    async with lender(settings, **policy) as (borrower, _):
        answers = await asyncio.gather(*(borrower.ask(APPLY, input=TERMS) for _ in range(40)))
        assert Counter(answer["__typename"] for answer in answers) == {"Loan": 2, "Refusal": 38}
        assert {problem["code"] for answer in answers for problem in answer.get("problems", [])} == {code}
        assert await Loan.all().count() == 2
        assert await LoanApplication.all().count() == 40
        assert await verify() == []
        assert (await audit_verification.verify()).faults == []


async def test_a_limit_counts_what_is_owed_now(settings: Settings) -> None:
    async with lender(settings, maximum_exposure=Decimal("50000.00"), maximum_loans=2) as (borrower, operator):
        first = await lent(borrower, "30000")
        assert await borrower.codes(APPLY, input=TERMS | {"amount": "20000.01"}) == ["EXPOSURE_TOO_HIGH"]
        second = await lent(borrower, "20000")
        assert await borrower.codes(APPLY, input=TERMS | {"amount": "0.01"}) == ["EXPOSURE_TOO_HIGH", "TOO_MANY_LOANS"]
        await borrower.ask(PAY, input={"loanId": first, "amount": "10000"})
        assert await borrower.codes(APPLY, input=TERMS | {"amount": "10000"}) == ["TOO_MANY_LOANS"]
        await borrower.ask(PAY, input={"loanId": second, "amount": "20000"})
        await lent(borrower, "30000")
        # Another person has separate limits.
        stranger = await registered(Client(borrower.http), aadhaar_id="999941057058")
        await lent(stranger, "50000")
        assert await operator.ask(POLICY) == {
            "minimumRate": "0.000",
            "maximumRate": "36.000",
            "maximumExposure": "50000.00",
            "maximumLoans": 2,
            "lendsWhenPastDue": False,
        }


@pytest.mark.parametrize("is_billed", [True, False])
async def test_a_bill_past_due_keeps_from_another_loan_whether_or_not_billing_has_been_there(
    borrower: Client, operator: Client, is_billed: bool
) -> None:
    loan_id = await lent(borrower)
    await on(operator, "2026-02-15")  # the first bill is due
    if is_billed:
        await billed("2026-02-15")
    await lent(borrower, "1000")
    await on(operator, "2026-02-16")
    refusal = await borrower.ask(APPLY, input=TERMS | {"requestId": "late"})
    assert [(one["code"], one["field"]) for one in refusal["problems"]] == [("HAS_PAST_DUE", None)]
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "1935.00"})
    await lent(borrower, "1000")
    assert await borrower.ask(APPLY, input=TERMS | {"requestId": "late"}) == refusal
    # A paid loan does not make up for another loan that is past due.
    await on(operator, "2026-04-20")
    assert await borrower.codes(APPLY, input=TERMS) == ["HAS_PAST_DUE"]


async def test_a_closed_loan_and_an_unbilled_one_whose_date_has_not_come_are_not_past_due(
    borrower: Client, operator: Client
) -> None:
    loan_id = await lent(borrower)
    await on(operator, "2026-01-30")
    await lent(borrower, "1000")
    await on(operator, "2026-02-20")
    assert await borrower.codes(APPLY, input=TERMS) == ["HAS_PAST_DUE"]
    payoff = (await borrower.ask("query ($id: ID!) { loan(id: $id) { payoff } }", id=loan_id))["payoff"]
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": payoff})
    await lent(borrower, "1000")


async def test_a_lender_may_lend_when_a_bill_is_past_due_and_at_no_less_than_a_rate(settings: Settings) -> None:
    policy = {"lend_when_past_due": True, "minimum_rate": Decimal("5.000")}
    quote = """query ($rate: Percent!) { quote(amount: "1000", interestRate: $rate, loanTerm: 12) {
      __typename ... on Refusal { problems { code message field } } } }"""
    async with lender(settings, **policy) as (borrower, operator):
        await lent(borrower)
        await on(operator, "2026-03-01")
        await lent(borrower, "1000")
        for rate in ("0", "4.999"):
            assert await borrower.codes(APPLY, input=TERMS | {"interestRate": rate}) == ["RATE_OUT_OF_RANGE"]
            assert await borrower.codes(quote, rate=rate) == ["RATE_OUT_OF_RANGE"]
        assert (await borrower.ask(quote, rate="5"))["__typename"] == "Quote"
        assert (await operator.ask(POLICY))["lendsWhenPastDue"] is True
        assert len(await database.fetch("SELECT FROM loans WHERE interest_rate < 5")) == 0
