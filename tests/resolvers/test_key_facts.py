"""Key facts by the API: issued for a proposal, read, accepted by an application, and bound for some working days."""

import asyncio
from typing import Any

import pytest

from models.audit import AuditEntry
from models.key_facts import KeyFacts
from models.loans import Loan, LoanApplication
from settings import Settings
from tasks import audit_verification, verification
from tests.builders import REFUSAL, Client, on, operating, registered, serving, unlimited

FACTS = """proposalNumber issuedOn validUntil acceptedAt product { name version } quote { emi totalInterest totalPayable
  schedule { number } } fees { kind amount gst payableTo recurring } netDisbursed apr effectiveRate
  contingentCharges { kind rate flat gst } emiAtQuarterMore coolingOffDays grievanceOfficer { name phone email }
  transferable clauses"""
ISSUE = f"""mutation ($input: IssueKeyFactsInput!) {{ issueKeyFacts(input: $input) {{ __typename {REFUSAL}
  ... on KeyFacts {{ {FACTS} }} }} }}"""
READ = f"query ($number: String!) {{ keyFacts(proposalNumber: $number) {{ {FACTS} }} }}"
ACCEPT = f"""mutation ($input: ApplyLoanInput!) {{ applyLoan(input: $input) {{ __typename {REFUSAL}
  ... on Loan {{ id emi amount product {{ name version }} }} }} }}"""
APR = "query ($id: ID!) { statement(loanId: $id) { apr } }"
EXPLAIN_APR = "query ($id: ID!) { explain(loanId: $id, figure: APR) { rule text value } }"
ADD = f"""mutation ($input: ProductInput!) {{ addProduct(input: $input) {{ __typename {REFUSAL} }} }}"""
PLUS = {
    "name": "plus",
    "charges": [
        {"kind": "fee", "rate": "2"},
        {"kind": "bounce", "flat": "500"},
        {"kind": "penal", "rate": "2"},
    ],
    "coolingOffDays": 3,
    "maximumAmount": "200000",
}
LOAN = {"amount": "50000", "loanTerm": 12, "interestRate": "10.5"}
OF_PLUS = LOAN | {"product": "plus"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return unlimited(settings)


async def issued(asker: Client, **values: object) -> Any:
    found = await asker.ask(ISSUE, input=LOAN | values)
    assert found.pop("__typename") == "KeyFacts", found
    return found


async def test_the_key_facts_of_plus(borrower: Client, operator: Client) -> None:
    """W16: 50000.00 at 10.5 % for 12 cycles of 30 days."""
    await operator.ask(ADD, input=PLUS)
    facts = await issued(borrower, product="plus")
    assert await borrower.ask(READ, number=facts["proposalNumber"]) == facts
    assert (facts["issuedOn"], facts["validUntil"], facts["acceptedAt"]) == ("2026-01-01", "2026-01-05", None)
    assert facts["product"] == {"name": "plus", "version": 1}
    quote = facts["quote"]
    assert (quote["emi"], quote["totalInterest"], quote["totalPayable"]) == ("4406.03", "2872.39", "52872.39")
    assert len(quote["schedule"]) == 12
    assert facts["fees"] == [{"kind": "fee", "amount": "1000.00", "gst": "180.00", "payableTo": "", "recurring": False}]
    assert (facts["netDisbursed"], facts["apr"], facts["effectiveRate"]) == ("48820.00", "15.190", "16.300")
    assert [one["kind"] for one in facts["contingentCharges"]] == ["bounce", "penal"]
    assert (facts["emiAtQuarterMore"], facts["coolingOffDays"], facts["transferable"]) == (None, 3, False)
    assert facts["grievanceOfficer"] == {
        "name": "Example Officer",
        "phone": "+91 00000 00000",
        "email": "grievances@lender.example",
    }
    assert (await audit_verification.verify()).faults == []


async def test_the_same_terms_on_the_same_day_are_one_statement(borrower: Client, operator: Client) -> None:
    first = await issued(borrower)
    assert await issued(borrower) == first
    assert (await issued(borrower, loanTerm=6))["proposalNumber"] != first["proposalNumber"]
    await on(operator, "2026-01-02")
    again = await issued(borrower)
    assert (again["issuedOn"], again["proposalNumber"] == first["proposalNumber"]) == ("2026-01-02", False)
    assert await KeyFacts.all().count() == 3


async def test_a_proposal_is_refused_as_an_application_is(borrower: Client) -> None:
    wrong = {"amount": "50000.01", "loanTerm": 0, "interestRate": "36.001"}
    assert await borrower.codes(ISSUE, input=wrong) == ["AMOUNT_TOO_HIGH", "TERM_OUT_OF_RANGE", "RATE_OUT_OF_RANGE"]
    assert await borrower.codes(ISSUE, input=LOAN | {"product": "none"}) == ["PRODUCT_NOT_FOUND"]
    assert await KeyFacts.all().count() == 0


async def test_fees_that_take_the_whole_amount_are_refused(borrower: Client, operator: Client) -> None:
    charges = [{"kind": "fee", "flat": "1000"}]
    await operator.ask(ADD, input={"name": "flat", "charges": charges, "coolingOffDays": 1})
    assert await borrower.codes(ISSUE, input=LOAN | {"product": "flat", "amount": "1180"}) == ["AMOUNT_TOO_LOW"]
    # Without key facts too, and beside every other reason.
    small = LOAN | {"product": "flat", "amount": "1180", "loanTerm": 0}
    assert await borrower.codes(ACCEPT, input=small) == ["TERM_OUT_OF_RANGE", "AMOUNT_TOO_LOW"]
    assert (await borrower.ask(ACCEPT, input=small | {"amount": "1180.01", "loanTerm": 1}))["__typename"] == "Loan"


async def test_the_open_statements_of_a_person_have_a_bound(borrower: Client, operator: Client) -> None:
    terms = range(1, 11)
    for term in terms:
        await issued(borrower, loanTerm=term)
    assert await borrower.codes(ISSUE, input=LOAN | {"loanTerm": 11}) == ["TOO_MANY_PROPOSALS"]
    await issued(borrower, loanTerm=10)
    await on(operator, "2026-01-06")
    await issued(borrower, loanTerm=11)


async def test_an_operator_issues_for_a_borrower_and_reads(client: Client, borrower: Client, operator: Client) -> None:
    me = (await borrower.ask("{ me { id } }"))["id"]
    facts = await issued(operator, userId=me)
    number = facts["proposalNumber"]
    assert await borrower.ask(READ, number=number) == await operator.ask(READ, number=number) == facts
    for user_id in (None, "0", "none"):
        assert await operator.codes(ISSUE, input=LOAN | {"userId": user_id}) == ["USER_NOT_FOUND"]
    other = await registered(client, aadhaar_id="999941057058")
    assert await other.ask(READ, number=number) is None
    assert await other.codes(ISSUE, input=LOAN | {"userId": me}) == ["USER_NOT_FOUND"]
    assert await other.codes(ACCEPT, input=LOAN | {"proposalNumber": number}) == ["KEY_FACTS_NOT_FOUND"]
    for unknown in ("", "20260101-000000000\n", "20260101-0000000000"):
        assert await operator.ask(READ, number=unknown) is None


async def test_a_refusal_that_tells_of_a_person_is_recorded(borrower: Client, operator: Client) -> None:
    me = (await borrower.ask("{ me { id } }"))["id"]
    assert await operator.codes(ISSUE, input=LOAN | {"userId": me, "loanTerm": 0}) == ["TERM_OUT_OF_RANGE"]
    assert await AuditEntry.filter(event="PERSON_READ", user_id=me).count() == 1


async def test_an_application_by_the_number_makes_the_loan_of_the_key_facts(borrower: Client, operator: Client) -> None:
    await operator.ask(ADD, input=PLUS)
    number = (await issued(borrower, product="plus"))["proposalNumber"]
    # A later version does not change what the lender is bound to.
    await operator.ask(ADD, input={"name": "plus", "maximumAmount": "1000"})
    await on(operator, "2026-01-05")
    sent = LOAN | {"proposalNumber": number, "requestId": "form-1"}
    loan = await borrower.ask(ACCEPT, input=sent)
    assert (loan["emi"], loan["product"]) == ("4406.03", {"name": "plus", "version": 1})
    assert await borrower.ask(ACCEPT, input=sent) == loan
    assert (await borrower.ask(READ, number=number))["acceptedAt"] is not None
    assert await borrower.ask(APR, id=loan["id"]) == {"apr": "15.190"}
    assert [(one["rule"], one["value"]) for one in await borrower.ask(EXPLAIN_APR, id=loan["id"])] == [
        ("11.2", "48820.00"),
        ("4", "4406.03"),
        ("16.2", "15.19"),
    ]
    assert await borrower.codes(ACCEPT, input=sent | {"requestId": "form-2"}) == ["KEY_FACTS_USED"]
    assert await borrower.codes(ACCEPT, input=OF_PLUS | {"requestId": "form-1"}) == ["REQUEST_ID_CONFLICT"]
    assert await verification.verify() == []
    assert (await audit_verification.verify()).faults == []


async def test_expired_key_facts_and_those_of_other_terms_are_refused(borrower: Client, operator: Client) -> None:
    number = (await issued(borrower))["proposalNumber"]
    accept = LOAN | {"proposalNumber": number}
    others: list[dict[str, object]] = [
        {"amount": "49999.99"},
        {"loanTerm": 11},
        {"interestRate": "10.499"},
        {"product": "plus"},
    ]
    for other in others:
        assert await borrower.codes(ACCEPT, input=accept | other) == ["KEY_FACTS_DIFFER"]
    await on(operator, "2026-01-06")
    assert await borrower.codes(ACCEPT, input=accept) == ["KEY_FACTS_EXPIRED"]
    assert await borrower.codes(ACCEPT, input=accept | {"loanTerm": 1}) == ["KEY_FACTS_EXPIRED", "KEY_FACTS_DIFFER"]
    assert await LoanApplication.filter(decision="REFUSED").count() == 6
    assert await Loan.all().count() == 0
    assert (await audit_verification.verify()).faults == []


async def test_two_acceptances_at_once_make_one_loan(borrower: Client) -> None:
    accept = LOAN | {"proposalNumber": (await issued(borrower))["proposalNumber"]}
    answers = await asyncio.gather(*(borrower.ask(ACCEPT, input=accept) for _ in range(3)))
    assert sorted(answer["__typename"] for answer in answers) == ["Loan", "Refusal", "Refusal"]
    assert await Loan.all().count() == 1


async def test_a_lender_may_require_key_facts_and_has_holidays(settings: Settings) -> None:
    own = {"key_facts_required": True, "holidays": "2026-01-05, 2026-01-26", "transferable": True}
    async with serving(settings.model_copy(update=own)) as client:
        borrower, operator = await registered(client), await operating(client)
        assert await borrower.codes(ACCEPT, input=LOAN) == ["KEY_FACTS_NOT_FOUND"]
        facts = await issued(borrower)
        assert (facts["validUntil"], facts["transferable"]) == ("2026-01-06", True)
        await on(operator, "2026-01-06")
        loan = await borrower.ask(ACCEPT, input=LOAN | {"proposalNumber": facts["proposalNumber"]})
        assert loan["product"] == {"name": "card", "version": 1}
