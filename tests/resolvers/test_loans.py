"""Loans by the API: the quote, the decision, and the borrowers and operators who may read a loan."""

from decimal import Decimal
from typing import Any

import pytest

from models.ledger import LedgerEntry
from models.loans import Loan, LoanApplication
from models.users import User
from settings import Settings
from tasks.scoring import score
from tests.builders import (
    APPLY,
    OPERATOR_HASH,
    OPERATOR_PASSWORD,
    PAY,
    REFUSAL,
    REGISTER,
    Client,
    billed,
    deposit,
    lent,
    on,
    registered,
)
from tests.servers import contents, overhear

LINE = "number date dueDate amountDue principal interest principalBalance"
QUOTE = f"""query ($amount: Money!, $rate: Percent!, $term: Int!) {{
  quote(amount: $amount, interestRate: $rate, loanTerm: $term) {{ __typename {REFUSAL} ... on Quote {{
    amount interestRate dailyRate loanTerm emi totalInterest totalPayable schedule {{ {LINE} }} }} }} }}"""
LOAN = f"""query ($id: ID!) {{ loan(id: $id) {{ id status amount interestRate dailyRate loanTerm disbursedOn
  nextBillingDate emi principalBalance payoff pastDue daysPastDue emiSchedule {{ {LINE} }}
  bills {{ edges {{ node {{ cycle billingDate dueDate principalBalance interest minimumDue pastDue totalDue
    installment interestPaid principalPaid status }} }} }} }} }}"""
OWED = """query ($id: ID!) { loan(id: $id) { amountDue minimumDue nextDueDate leastPrepayment
  bills { edges { node { status paymentState stillToPay } } } } }"""
PAID_BILLS = """mutation ($input: MakePaymentInput!) { makePayment(input: $input) { ... on PaymentReceipt { payment {
  allocations { bill { cycle status paymentState stillToPay } } } } } }"""
OBSTACLES = "query { me { borrowingProblems { code field } } }"
STATEMENT = "query ($id: ID!) { statement(loanId: $id) { asOf loan { id } } }"
# Texts that are not an id of a loan: empty, beyond a bigint, not a number.
NOBODYS = ["0", "999999", "9223372036854775807", "9223372036854775808", "9" * 400, "-1", "1.0", "", " 1", "x", "٣"]
FIRST = {
    "number": 1,
    "date": "2026-01-31",
    "dueDate": "2026-02-15",
    "amountDue": "4406.03",
    "principal": "3971.03",
    "interest": "435.00",
    "principalBalance": "46028.97",
}
LAST = {
    "number": 12,
    "date": "2026-12-27",
    "dueDate": "2027-01-11",
    "amountDue": "4406.06",
    "principal": "4368.06",
    "interest": "38.00",
    "principalBalance": "0.00",
}


async def test_a_quote_is_public_and_says_the_whole_plan(client: Client) -> None:
    quote = await client.ask(QUOTE, amount="50000", rate="10.5", term=12)
    schedule = quote.pop("schedule")
    assert quote == {
        "__typename": "Quote",
        "amount": "50000.00",
        "interestRate": "10.500",
        "dailyRate": "0.029",
        "loanTerm": 12,
        "emi": "4406.03",
        "totalInterest": "2872.39",
        "totalPayable": "52872.39",
    }
    assert (schedule[0], schedule[-1], len(schedule)) == (FIRST, LAST, 12)
    assert sum(Decimal(line["principal"]) for line in schedule) == 50000


async def test_a_loan_without_interest_costs_what_it_is(client: Client) -> None:
    quote = await client.ask(QUOTE, amount=100, rate=0, term=3)
    assert (quote["emi"], quote["totalInterest"], quote["totalPayable"]) == ("33.33", "0.00", "100.00")
    assert [line["amountDue"] for line in quote["schedule"]] == ["33.33", "33.33", "33.34"]


@pytest.mark.parametrize(
    ("amount", "rate", "term", "codes"),
    [
        ("0", "10", 12, ["AMOUNT_TOO_LOW"]),
        ("-0.01", "10", 12, ["AMOUNT_TOO_LOW"]),
        ("50000.01", "10", 12, ["AMOUNT_TOO_HIGH"]),
        ("999999999999.99", "10", 12, ["AMOUNT_TOO_HIGH"]),
        ("1", "10", 0, ["TERM_OUT_OF_RANGE"]),
        ("1", "10", 61, ["TERM_OUT_OF_RANGE"]),
        ("1", "10", -(2**31), ["TERM_OUT_OF_RANGE"]),
        ("1", "-0.001", 12, ["RATE_OUT_OF_RANGE"]),
        ("1", "36.001", 12, ["RATE_OUT_OF_RANGE"]),
        ("1", "999999.999", 12, ["RATE_OUT_OF_RANGE"]),
        ("0", "37", 0, ["AMOUNT_TOO_LOW", "TERM_OUT_OF_RANGE", "RATE_OUT_OF_RANGE"]),
    ],
)
async def test_terms_out_of_range_are_neither_quoted_nor_lent(
    borrower: Client, amount: str, rate: str, term: int, codes: list[str]
) -> None:
    assert await borrower.codes(QUOTE, amount=amount, rate=rate, term=term) == codes
    terms = {"amount": amount, "interestRate": rate, "loanTerm": term}
    assert await borrower.codes(APPLY, input=terms) == codes
    assert await Loan.all().count() == 0


@pytest.mark.parametrize(("amount", "rate", "term"), [("0.01", "0", 1), ("50000", "36", 60)])
async def test_terms_at_the_edge_are_lent(borrower: Client, amount: str, rate: str, term: int) -> None:
    await lent(borrower, amount, term, rate)


@pytest.mark.parametrize(
    "change",
    [{"interestRate": "10.0001"}, {"amount": "1.001"}, {"loanTerm": 2**31}, {"loanTerm": "12"}, {"loanTerm": 1.5},
     {"amount": None}, {"interestRate": "NaN"}, {"interestRate": True}],
    ids=str,
)  # fmt: skip
async def test_what_is_no_number_is_bad_input(borrower: Client, change: dict[str, Any]) -> None:
    before = await contents()
    terms = {"amount": "1000", "interestRate": "10", "loanTerm": 12, **change}
    assert await borrower.error(APPLY, input=terms) == "BAD_USER_INPUT"
    assert await contents() == before


async def test_every_reason_is_given_at_once_and_the_application_is_kept(client: Client) -> None:
    person = {"name": "Asha", "email": "a@kist.test", "aadhaarId": "234123412346"}
    applicant = client.signed_in((await client.ask(REGISTER, input=person))["accessToken"])
    terms = {"amount": "60000", "interestRate": "99.999", "loanTerm": 0}
    codes = [
        "CREDIT_SCORE_PENDING",
        "INCOME_MISSING",
        "AMOUNT_TOO_HIGH",
        "TERM_OUT_OF_RANGE",
        "RATE_OUT_OF_RANGE",
    ]
    assert await applicant.codes(APPLY, input=terms) == codes
    application = await LoanApplication.get()
    assert (application.decision, application.reasons) == ("REFUSED", codes)
    assert (application.credit_score, application.annual_income) == (None, None)
    assert (str(application.amount), application.loan_term) == ("60000.00", 0)
    assert await Loan.all().count() == 0


async def test_a_poor_score_and_a_small_income_are_refused(client: Client) -> None:
    person = {"name": "Asha", "email": "a@kist.test", "aadhaarId": "234123412346", "annualIncome": "149999.99"}
    session = await client.ask(REGISTER, input=person)
    await deposit("234123412346", "234999.99")
    await score([int(session["user"]["id"])])
    applicant = client.signed_in(session["accessToken"])
    terms = {"amount": "1000", "interestRate": "10", "loanTerm": 12}
    assert await applicant.codes(APPLY, input=terms) == ["CREDIT_SCORE_TOO_LOW", "INCOME_TOO_LOW"]
    application = await LoanApplication.get()
    assert (application.credit_score, str(application.annual_income)) == (440, "149999.99")


async def test_a_score_and_an_income_that_just_do_are_lent_to(client: Client) -> None:
    person = {"name": "Asha", "email": "a@kist.test", "aadhaarId": "234123412346", "annualIncome": "150000"}
    session = await client.ask(REGISTER, input=person)
    await deposit("234123412346", "235000")
    await score([int(session["user"]["id"])])
    await lent(client.signed_in(session["accessToken"]))
    application = await LoanApplication.get()
    assert (application.decision, application.reasons, application.credit_score) == ("APPROVED", [], 450)


@pytest.mark.pooled
async def test_an_approved_loan_is_disbursed_at_once(borrower: Client, operator: Client) -> None:
    await on(operator, "2026-01-05")
    loan_id = await lent(borrower)
    (entry,) = await LedgerEntry.all()
    assert (entry.event, entry.debit, entry.credit, str(entry.amount)) == ("DISBURSAL", "PRINCIPAL", "CASH", "50000.00")
    loan = await borrower.ask(LOAN, id=loan_id)
    assert (loan["disbursedOn"], loan["nextBillingDate"]) == ("2026-01-05", "2026-02-04")


async def test_only_a_borrower_borrows(client: Client, operator: Client) -> None:
    terms = {"amount": "1000", "interestRate": "10", "loanTerm": 12}
    assert await client.error(APPLY, input=terms) == "UNAUTHENTICATED"
    assert await operator.error(APPLY, input=terms) == "FORBIDDEN"


async def test_a_loan_is_seen_by_its_borrower_and_any_operator(
    client: Client, borrower: Client, operator: Client
) -> None:
    loan_id = await lent(borrower)
    stranger = await registered(client, aadhaar_id="999941057058")
    for document in (LOAN, STATEMENT):
        assert await borrower.ask(document, id=loan_id) == await operator.ask(document, id=loan_id) is not None
        assert await stranger.ask(document, id=loan_id) is None
        assert await client.error(document, id=loan_id) == "UNAUTHENTICATED"


async def test_a_loan_names_its_borrower(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    query = "query ($id: ID!) { loan(id: $id) { borrower { id name aadhaarMasked phone } } }"
    me = await borrower.ask("{ me { id name aadhaarMasked phone } }")
    for viewer in (borrower, operator):
        assert await viewer.ask(query, id=loan_id) == {"borrower": me}
    session = f"mutation ($input: LoginInput!) {{ login(input: $input) {{ {REFUSAL} ... on Session {{ user {{"
    session += " loans { edges { node { borrower { name } } } } } } } }"
    await User.all().update(password_hash=OPERATOR_HASH)
    # No account has been admitted here, so there is no operator whose read is recorded.
    email = "asha.234123412346@kist.test"
    signed_in = await borrower.ask(session, input={"email": email, "password": OPERATOR_PASSWORD})
    assert signed_in["user"]["loans"]["edges"] == [{"node": {"borrower": {"name": "Asha Rao"}}}]


async def test_the_borrowers_of_several_loans_are_read_by_one_statement(
    client: Client, borrower: Client, operator: Client, settings: Settings
) -> None:
    other = await registered(client, aadhaar_id="999941057058")
    ids = [await lent(borrower), await lent(borrower), await lent(other)]
    fields = " ".join(
        f'a{number}: loan(id: "{loan_id}") {{ borrower {{ name }} }}' for number, loan_id in enumerate(ids)
    )
    heard = await overhear(settings.database_connections)
    answer = await operator.post(f"{{ {fields} }}")
    assert [one["borrower"]["name"] for one in answer["data"].values()] == ["Asha Rao"] * 3
    assert len([one for one in heard if 'FROM "users"' in one]) == 1, heard


async def test_an_id_that_no_loan_has_is_null(borrower: Client, operator: Client) -> None:
    for nonsense in NOBODYS:
        for viewer in (borrower, operator):
            assert await viewer.ask(LOAN, id=nonsense) is None
            assert await viewer.ask(STATEMENT, id=nonsense) is None


async def test_a_loan_shows_its_plan_at_disbursal(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    await on(operator, "2026-01-31")
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "20000"})
    loan = await borrower.ask(LOAN, id=loan_id)
    assert (loan["emiSchedule"][0], loan["emiSchedule"][-1]) == (FIRST, LAST)


async def test_a_bill_shows_what_it_asks_and_where_it_stands(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    await on(operator, "2026-01-31")
    await billed("2026-01-31")
    await on(operator, "2026-02-10")
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "1000"})
    await on(operator, "2026-03-02")
    await billed("2026-03-02")
    first, second = [edge["node"] for edge in (await borrower.ask(LOAN, id=loan_id))["bills"]["edges"]]
    assert (first["interestPaid"], first["principalPaid"], first["status"]) == ("435.00", "565.00", "PAST_DUE")
    assert second == {
        "cycle": 2,
        "billingDate": "2026-03-02",
        "dueDate": "2026-03-17",
        "principalBalance": "49435.00",
        "interest": "431.72",
        "minimumDue": "1914.77",
        "pastDue": "935.00",
        "totalDue": "2849.77",
        "installment": "4642.57",
        "interestPaid": "0.00",
        "principalPaid": "0.00",
        "status": "OPEN",
    }


async def test_the_debts_of_several_people_are_read_by_one_statement(
    client: Client, borrower: Client, operator: Client, settings: Settings
) -> None:
    await registered(client, aadhaar_id="999941057058")
    await lent(borrower)
    await on(operator, "2026-02-16")
    heard = await overhear(settings.database_connections)
    twice = "first: borrowingProblems { code } second: borrowingProblems { code }"
    found = await operator.ask(f'{{ search(text: "asha") {{ user {{ {twice} }} }} }}')
    late = [{"code": "HAS_PAST_DUE"}]
    assert sorted(one["user"]["first"] for one in found) == [[], late]
    assert all(one["user"]["first"] == one["user"]["second"] for one in found)
    assert len([one for one in heard if 'FROM "loans"' in one]) == 1, heard


async def test_a_bill_is_paid_with_its_whole_installment_and_tells_what_is_still_to_pay(
    borrower: Client, operator: Client
) -> None:
    loan_id = await lent(borrower)

    async def owed() -> tuple[list[Any], list[tuple[str, ...]]]:
        loan = await borrower.ask(OWED, id=loan_id)
        bills = [tuple(edge["node"].values()) for edge in loan.pop("bills")["edges"]]
        return list(loan.values()), bills

    assert await owed() == (["0.00", "0.00", "2026-02-15", "0.10"], [])
    await on(operator, "2026-01-31")
    await billed("2026-01-31")
    pay = {"loanId": loan_id, "amount": "1935.00"}
    paid = await borrower.ask(PAID_BILLS, input=pay)
    (bill,) = [part["bill"] for part in paid["payment"]["allocations"]]
    assert bill == {"cycle": 1, "status": "PAID", "paymentState": "MINIMUM_PAID", "stillToPay": "2471.03"}
    assert await owed() == (
        ["2471.03", "0.00", "2026-03-17", "2471.12"],
        [("PAID", "MINIMUM_PAID", "2471.03")],
    )
    # The next cycle has come, although it is not billed: the rest of the installment is part of its bill.
    await on(operator, "2026-03-02")
    assert (await owed())[1] == [("PAID", "MINIMUM_PAID", "0.00")]
    await billed("2026-03-02")
    amounts, bills = await owed()
    assert bills == [("PAID", "MINIMUM_PAID", "0.00"), ("OPEN", "UNPAID", amounts[0])]
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": amounts[0]})
    assert (await owed())[1][1] == ("PAID", "PAID", "0.00")


async def test_a_person_sees_in_advance_why_every_loan_would_be_refused(
    client: Client, borrower: Client, operator: Client
) -> None:
    assert (await borrower.ask(OBSTACLES))["borrowingProblems"] == []
    await lent(borrower)
    await on(operator, "2026-02-16")
    past_due = [{"code": "HAS_PAST_DUE", "field": None}]
    assert (await borrower.ask(OBSTACLES))["borrowingProblems"] == past_due
    assert await borrower.codes(APPLY, input={"amount": "1", "interestRate": "10", "loanTerm": 1}) == ["HAS_PAST_DUE"]
    session = REGISTER.replace("accessToken", "user { borrowingProblems { code } }", 1)
    person = {"name": "Asha", "email": "b@kist.test", "aadhaarId": "999941057058"}
    codes = (await client.ask(session, input=person))["user"]["borrowingProblems"]
    assert [problem["code"] for problem in codes] == ["CREDIT_SCORE_PENDING", "INCOME_MISSING"]


async def test_a_minimum_is_past_due_the_day_after_its_due_date(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    await on(operator, "2026-01-31")
    await billed("2026-01-31")
    for day, past_due, days, status in (
        ("2026-02-15", "0.00", 0, "OPEN"),
        ("2026-02-16", "1935.00", 1, "PAST_DUE"),
        ("2026-03-01", "1935.00", 14, "PAST_DUE"),
    ):
        await on(operator, day)
        loan = await borrower.ask(LOAN, id=loan_id)
        assert (loan["pastDue"], loan["daysPastDue"]) == (past_due, days)
        assert loan["bills"]["edges"][0]["node"]["status"] == status


async def test_the_payoff_counts_a_late_billing_run_in(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    await on(operator, "2026-03-12")
    loan = await borrower.ask(LOAN, id=loan_id)
    assert loan["bills"]["edges"] == []
    # 50,000 * 0.029 % * 30 days, twice, billed late, and ten more days.
    assert loan["payoff"] == "51015.00"
    paise_more = str(Decimal(loan["payoff"]) + Decimal("0.01"))
    assert await borrower.codes(PAY, input={"loanId": loan_id, "amount": paise_more}) == ["AMOUNT_EXCEEDS_PAYOFF"]
    receipt = await borrower.ask(PAY, input={"loanId": loan_id, "amount": loan["payoff"]})
    assert (receipt["loan"]["status"], receipt["loan"]["payoff"]) == ("CLOSED", "0.00")
    loan = await borrower.ask(LOAN, id=loan_id)
    assert (loan["nextBillingDate"], loan["pastDue"], loan["daysPastDue"]) == (None, "0.00", 0)
    assert [edge["node"]["status"] for edge in loan["bills"]["edges"]] == ["PAID", "PAID"]
