"""People, loans and requests to test with, made through the application's own API."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
from argon2 import PasswordHasher
from pydantic import SecretStr

import app
from models import operators, users
from models.billing_runs import BillingRun
from models.transactions import Transaction
from rules.audit import by_command
from settings import Settings
from tasks.billing import bill_in_foreground
from tasks.scoring import score
from tests.servers import execute

TODAY = date(2026, 1, 1)


OPERATOR_PASSWORD = "a long password"


# The least that Argon2id allows, because few tests are about the cost of a password.
CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


OPERATOR_HASH = CHEAP_HASHER.hash(OPERATOR_PASSWORD)


LIMITS = ("address_budget", "account_budget", "requests_in_flight", "sockets_per_address")


def unlimited(settings: Settings) -> Settings:
    """The settings for a test that sends from one address, or for one account, what otherwise a crowd does."""
    return settings.model_copy(update=dict.fromkeys(LIMITS, 0))


def key(letter: str) -> SecretStr:
    return SecretStr(base64.b64encode(letter.encode() * 32).decode())


class Client:
    """A front end: it sends GraphQL to the application, with the token of its session."""

    def __init__(self, http: httpx.AsyncClient, token: str = "") -> None:
        self.http = http
        self.token = token

    async def post(self, query: str, **variables: object) -> dict[str, Any]:
        """The whole answer, errors included."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        body = {"query": query, "variables": variables}
        response = await self.http.post("/graphql", json=body, headers=headers)
        answer: dict[str, Any] = response.json()
        return answer

    async def ask(self, query: str, **variables: object) -> Any:
        """The one field that was asked for, where nothing went wrong."""
        answer = await self.post(query, **variables)
        assert "errors" not in answer, answer
        (field,) = answer["data"].values()
        return field

    async def codes(self, query: str, **variables: object) -> list[str]:
        """The codes of a refusal."""
        field = await self.ask(query, **variables)
        assert field["__typename"] == "Refusal", field
        return [problem["code"] for problem in field["problems"]]

    async def error(self, query: str, **variables: object) -> str:
        """The code of the one error."""
        answer = await self.post(query, **variables)
        (error,) = answer["errors"]
        return str(error["extensions"]["code"])

    def signed_in(self, token: str) -> "Client":
        return Client(self.http, token)


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Client]:
    """A client without a session, of a running application whose date is the first of January 2026."""
    # A pool only for this would take longer than all the rest of the start.
    row = "INSERT INTO business_date (id, date) VALUES (1, $1) ON CONFLICT DO NOTHING"
    await execute(settings.database_url, row, TODAY)
    application = app.application(settings)
    async with application.router.lifespan_context(application):
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://kist.test") as http:
            yield Client(http)


async def operating(client: Client) -> Client:
    await operators.add("operator@kist.test", OPERATOR_HASH, by_command("a test"))
    session = await client.ask(LOGIN, input={"email": "operator@kist.test", "password": OPERATOR_PASSWORD})
    return client.signed_in(session["accessToken"])


async def registered(client: Client, *, aadhaar_id: str = "234123412346", income: str | None = "600000") -> Client:
    session = await client.ask(
        REGISTER,
        input={
            "name": "Asha Rao",
            "email": f"asha.{aadhaar_id}@kist.test",
            "aadhaarId": aadhaar_id,
            "annualIncome": income,
        },
    )
    await deposit(aadhaar_id, "600000.00")
    await score([int(session["user"]["id"])])
    return client.signed_in(session["accessToken"])


async def deposit(aadhaar_id: str, amount: str) -> None:
    await Transaction.create(
        aadhaar_digest=users.digest(b"d" * 32, aadhaar_id),
        occurred_on=TODAY,
        kind="CREDIT",
        amount=Decimal(amount),
        ordinal=1,
    )


async def lent(borrower: Client, amount: str = "50000", term: int = 12, rate: str = "10.5") -> str:
    """The id of a fresh loan."""
    loan = await borrower.ask(APPLY, input={"amount": amount, "loanTerm": term, "interestRate": rate})
    assert loan["__typename"] == "Loan", loan
    return str(loan["id"])


async def on(operator: Client, day: str) -> None:
    """Move the business date."""
    moved = await operator.ask(SET_DATE, input={"date": day})
    assert moved["__typename"] == "BusinessDay", moved


async def billed(day: str) -> BillingRun:
    """Bill a date, here and now."""
    return await bill_in_foreground(date.fromisoformat(day), lambda run: None)


REFUSAL = "... on Refusal { problems { code message field } }"


REGISTER = f"""mutation ($input: RegisterUserInput!) {{ registerUser(input: $input) {{ __typename {REFUSAL}
  ... on Session {{ accessToken refreshToken expiresAt role
    user {{ id name email aadhaarMasked creditScore }} }} }} }}"""


LOGIN = f"""mutation ($input: LoginInput!) {{ login(input: $input) {{ __typename {REFUSAL}
  ... on Session {{ accessToken refreshToken expiresAt role user {{ id }} }} }} }}"""


APPLY = f"""mutation ($input: ApplyLoanInput!) {{ applyLoan(input: $input) {{ __typename {REFUSAL}
  ... on Loan {{ id status emi dailyRate principalBalance nextBillingDate payoff }} }} }}"""


PAY = f"""mutation ($input: MakePaymentInput!) {{ makePayment(input: $input) {{ __typename {REFUSAL}
  ... on PaymentReceipt {{ emiRecalculated replayed
    payment {{ id transactionId amount paymentDate interest principal
      allocations {{ interest principal bill {{ cycle status interestPaid principalPaid }} }} }}
    loan {{ id status emi principalBalance payoff pastDue daysPastDue nextBillingDate }} }} }} }}"""


UPDATE = f"""mutation ($input: UpdateMeInput!) {{ updateMe(input: $input) {{ __typename {REFUSAL}
  ... on User {{ id phone address annualIncome
    changes {{ edges {{ node {{ field oldValue changedAt }} }} }} }} }} }}"""


SET_DATE = f"""mutation ($input: SetBusinessDateInput!) {{ setBusinessDate(input: $input) {{ __typename {REFUSAL}
  ... on BusinessDay {{ date }} }} }}"""


STATEMENT = """query ($id: ID!) { statement(loanId: $id) { asOf loan { id status }
  pastTransactions { date kind amountPaid interest principal principalBalance }
  upcomingEmis { number date dueDate amountDue principal interest principalBalance } } }"""
