"""The authorization matrix: every operation of the schema, for every kind of client, and the answer."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import jwt
import pytest
from graphql import GraphQLObjectType, build_schema
from strawberry.types import get_object_definition
from strawberry.utils.str_converters import to_camel_case

from api.graphql.mutation import Mutation
from api.graphql.root import Query
from api.graphql.subscription import Subscription
from auth import tokens
from models import billing_runs, business_date, database
from models.operators import Operator
from models.sessions import RefreshToken
from models.users import User
from resolvers import access
from resolvers.access import Audience
from resolvers.session_opening import open_session
from rules.audit import WORKER
from schema.users import Role
from settings import Settings
from tests.api.subscribing import Server, events, socket
from tests.builders import OPERATOR_HASH, OPERATOR_PASSWORD, PAY, REFUSAL, TODAY, Client, lent, operating, registered
from tests.running import listening
from tests.servers import overhear

PRINTED = build_schema((Path(__file__).parents[2] / "schema.graphql").read_text())
OPERATIONS = sorted(
    name
    for root in (PRINTED.query_type, PRINTED.mutation_type, PRINTED.subscription_type)
    if isinstance(root, GraphQLObjectType)
    for name in root.fields
)

# The kind of an answer: a value, null, the code of a refusal, or the code of an error.
FINE, NULL = "fine", "null"
SIGN_IN, FORBIDDEN = "UNAUTHENTICATED", "FORBIDDEN"

# A client whose token is invalid, for whatever reason, has no session.
SPOILT = (
    "expired",
    "wrong audience",
    "alg none",
    "another key",
    "refresh token",
    "revoked family",
    "inactive account",
    "other aadhaar",
)
CALLERS = ("nobody", "a", "b", "operator", *SPOILT)


class Row(NamedTuple):
    """An operation, and the outcome for the callers that its declaration admits: the same for all except `others`.

    The loan of the row is borrower A's.
    """

    query: str
    outcome: str = FINE
    others: dict[str, str] = {}  # noqa: RUF012
    variables: dict[str, dict[str, Any]] | None = None

    def expected(self, audience: Audience, caller: str) -> str:
        caller = "nobody" if caller in SPOILT else caller
        if caller == "nobody" and audience is not Audience.PUBLIC:
            return SIGN_IN
        refused = {Audience.BORROWERS: ("operator",), Audience.OPERATORS: ("a", "b")}.get(audience, ())
        return FORBIDDEN if caller in refused else self.others.get(caller, self.outcome)


def mutation(name: str, variables: dict[str, Any], outcome: str = FINE, **others: str) -> Row:
    input_type = f"{name[0].upper()}{name[1:]}Input"
    query = f"mutation ($input: {input_type}!) {{ {name}(input: $input) {{ __typename {REFUSAL} }} }}"
    return Row(query, outcome, others, {"input": variables})


CREDENTIALS = {"email": "operator@kist.test", "password": OPERATOR_PASSWORD}
# LOAN is A's loan, USER is A, RUN is a billing run, FRESH is an unused refresh token, and ANEW begins an unknown email.
ROWS: dict[str, Row] = {
    "creditScore": Row("subscription { creditScore { id } }"),
    "billingProgress": Row("subscription { billingProgress(id: RUN) { id } }"),
    "businessDate": Row("{ businessDate }"),
    "quote": Row('{ quote(amount: "1000", interestRate: "1", loanTerm: 1) { __typename } }'),
    "policy": Row("{ policy { sandbox } }"),
    "products": Row("{ products { name } }"),
    "product": Row('{ product(name: "card") { name } }'),
    "lender": Row("{ lender { name } }"),
    "bookHead": Row("{ bookHead { root } }", NULL),
    "me": Row("{ me { id } }"),
    "loan": Row("{ loan(id: LOAN) { id } }", others={"b": NULL}),
    "statement": Row("{ statement(loanId: LOAN) { asOf } }", others={"b": NULL}),
    "loans": Row("{ loans(filter: PAST_DUE) { totalCount } }"),
    "preview": Row(
        '{ preview(loanId: LOAN, operation: {reverse: {eventId: "0-1", cause: ERROR}}) { __typename '
        + REFUSAL
        + " } }",
        "EVENT_NOT_FOUND",
    ),
    "search": Row('{ search(text: "Asha") { user { id } } }'),
    "payoffQuote": Row(f"{{ payoffQuote(loanId: LOAN) {{ __typename {REFUSAL} }} }}", others={"b": "LOAN_NOT_FOUND"}),
    "explain": Row("{ explain(loanId: LOAN, figure: EMI) { text } }", others={"b": "BAD_USER_INPUT"}),
    "whatIf": Row("{ whatIf(loanId: LOAN, input: {}) { asOf } }", others={"b": "BAD_USER_INPUT"}),
    "billingRun": Row("{ billingRun(id: RUN) { id } }"),
    "billingRuns": Row("{ billingRuns { edges { node { id failedLoans { totalCount } } } } }"),
    "portfolio": Row("{ portfolio { asOf } }"),
    "user": Row("{ user(id: USER) { id } }"),
    "registerUser": mutation(
        "registerUser", {"name": "Asha", "email": "a@kist.test", "aadhaarId": "234123412346"}, "AADHAAR_TAKEN"
    ),
    "login": mutation("login", CREDENTIALS),
    "refreshSession": mutation("refreshSession", {"refreshToken": "FRESH"}),
    "logout": Row("mutation { logout }"),
    "updateMe": mutation("updateMe", {"phone": "9876543210"}),
    "requestPasswordReset": Row(
        f'mutation {{ requestPasswordReset(email: "ANEW@kist.test") {{ __typename {REFUSAL} }} }}'
    ),
    "resetPassword": mutation(
        "resetPassword",
        {"email": "ANEW@kist.test", "code": "12345678", "password": "a long password"},
        "INVALID_RESET_CODE",
    ),
    "issuePasswordReset": Row(f"mutation {{ issuePasswordReset(userId: USER) {{ __typename {REFUSAL} }} }}"),
    "setPassword": mutation("setPassword", {"password": "a long password"}, "PASSWORD_ALREADY_SET"),
    "changePassword": mutation(
        "changePassword", {"oldPassword": "wrong", "newPassword": "a new password"}, "BAD_CREDENTIALS"
    ),
    "deleteMe": Row(
        f'mutation {{ deleteMe(password: "{OPERATOR_PASSWORD}") {{ __typename {REFUSAL} }} }}', "LOANS_OPEN"
    ),
    "keyFacts": Row('{ keyFacts(proposalNumber: "20260101-0000000000") { proposalNumber } }', NULL),
    "issueKeyFacts": mutation(
        "issueKeyFacts", {"amount": "1000", "loanTerm": 1, "interestRate": "1"}, operator="USER_NOT_FOUND"
    ),
    "addProduct": Row(f'mutation {{ addProduct(input: {{name: "ten"}}) {{ __typename {REFUSAL} }} }}'),
    "applyLoan": mutation("applyLoan", {"amount": "1000", "loanTerm": 1, "interestRate": "1"}),
    "operate": mutation(
        "operate",
        {"loanId": "LOAN", "requestId": "r", "reason": "r", "operation": {"refund": {"amount": "1"}}},
        "REFUND_EXCEEDS_CREDIT",
    ),
    "makePayment": mutation("makePayment", {"loanId": "LOAN", "amount": "1", "transactionId": "t"}, b="LOAN_NOT_FOUND"),
    "triggerBilling": Row(f"mutation {{ triggerBilling {{ __typename {REFUSAL} }} }}"),
    "createSampleAccounts": Row(f"mutation {{ createSampleAccounts {{ __typename {REFUSAL} }} }}"),
    "setBusinessDate": mutation("setBusinessDate", {"date": "2025-01-01"}, "BUSINESS_DATE_IN_PAST"),
}


def declarations() -> dict[str, access.Declaration]:
    """The declared access of each operation of the schema.

    Raises:
        TypeError: an operation has no declaration.
    """
    found: dict[str, access.Declaration] = {}
    for root in (Query, Mutation, Subscription):
        for field in get_object_definition(root, strict=True).fields:
            assert field.base_resolver is not None
            resolver: Any = field.base_resolver.wrapped_func
            found[to_camel_case(field.python_name)] = access.declaration(resolver)
    return found


DECLARED = declarations()


def test_every_operation_has_a_row_and_a_declaration() -> None:
    assert sorted(ROWS) == OPERATIONS == sorted(DECLARED)


def test_every_operation_says_whom_it_is_for() -> None:
    for root in (PRINTED.query_type, PRINTED.mutation_type, PRINTED.subscription_type):
        assert root is not None
        for name, field in root.fields.items():
            audience, refusals = DECLARED[name]
            assert (field.description or "").startswith(audience), name
            assert [code for code in refusals if code not in (field.description or "")] == [], name


def test_an_operation_that_declares_no_access_does_not_become_part_of_the_schema() -> None:
    async def undeclared() -> bool:
        return True

    with pytest.raises(TypeError, match="undeclared declares no access"):
        access.described(undeclared, "Does something.")


def test_no_resolver_checks_access_by_itself() -> None:
    """The declaration on the operation does. It also documents the access and feeds this matrix."""
    for path in (Path(__file__).parents[2] / "resolvers").glob("*.py"):
        if path.stem not in {"access", "context"}:
            assert not re.search(r"\.admit\(|\bforbidden\(", path.read_text()), path


class Cast:
    """Every kind of caller, with a new session for each attempt."""

    def __init__(self, address: str, client: Client, settings: Settings, users: dict[str, User | Operator]) -> None:
        self.address, self.client, self.settings, self.users = address, client, settings, users
        self.loan_id = self.run_id = ""

    async def token(self, caller: str) -> str:
        if caller == "nobody":
            return ""
        # C's account is made inactive, and active again later. The other invalid tokens are A's, who may do everything.
        whose = caller if caller in self.users else "c" if caller == "inactive account" else "a"
        session = await open_session(self.settings, self.users[whose])
        claims = jwt.decode(session.access_token, options={"verify_signature": False})
        if caller == "revoked family":
            await RefreshToken.filter(family=claims["family"]).update(revoked_at=datetime.now(UTC))
        if caller == "inactive account":
            await User.filter(id=self.users["c"].id).update(is_active=False)
        headers, key = jwt.get_unverified_header(session.access_token), self.settings.key("signing_key")
        changes: dict[str, dict[str, Any]] = {
            "expired": {"exp": datetime.now(UTC) - timedelta(seconds=1)},
            "wrong audience": {"aud": "another-api"},
            "other aadhaar": {"aadhaar": tokens.aadhaar_claim(b"another")},
        }
        made = {caller: jwt.encode({**claims, **change}, key, headers=headers) for caller, change in changes.items()}
        made["alg none"] = jwt.encode(claims, "", algorithm="none", headers={"kid": headers["kid"]})
        made["another key"] = jwt.encode(claims, b"x" * 32, headers=headers)
        made["refresh token"] = session.refresh_token
        return made.get(caller, session.access_token)

    async def fill(self, text: str) -> str:
        text = text.replace("LOAN", self.loan_id).replace("USER", str(self.users["a"].id)).replace("RUN", self.run_id)
        text = text.replace("ANEW", uuid4().hex)
        if "FRESH" in text:
            text = text.replace("FRESH", (await open_session(self.settings, self.users["a"])).refresh_token)
        return text

    async def outcome(self, row: Row, caller: str) -> str:
        query = await self.fill(row.query)
        variables = {
            name: {
                field: await self.fill(value) if isinstance(value, str) else value for field, value in fields.items()
            }
            for name, fields in (row.variables or {}).items()
        }
        token = await self.token(caller)
        try:
            if query.startswith("subscription"):
                return await self._first_event(query, token)
            return _told(await self.client.signed_in(token).post(query, **variables))
        finally:
            await User.filter(id=self.users["c"].id).update(is_active=True)

    async def _first_event(self, query: str, token: str) -> str:
        """The first error, on either transport."""
        async with socket(Server(self.address, self.client), token or None) as opened:
            name = await opened.begin(query)
            while (message := await opened.receive()).get("id") != name:
                pass
        async with events(self.client.signed_in(token), query) as results:
            result = await anext(results)
        told = {_told(message["payload"]), _told(result)}
        return told.pop() if len(told) == 1 else f"one of {sorted(told)}"


def _told(answer: dict[str, Any]) -> str:
    if answer.get("errors"):
        (error,) = answer["errors"]
        return str(error["extensions"]["code"])
    (value,) = answer["data"].values()
    if value is None:
        return NULL
    if isinstance(value, dict) and value.get("__typename") == "Refusal":
        (problem,) = value["problems"]
        return str(problem["code"])
    return FINE


@pytest.fixture
async def cast(settings: Settings) -> AsyncIterator[Cast]:
    async with database.connected(settings.database_url):
        await business_date.begin(TODAY)
    async with listening(settings) as address, httpx.AsyncClient(base_url=f"http://{address}", timeout=20) as http:
        client = Client(http)
        a, b, _ = [await registered(client, aadhaar_id=f"23412341234{digit}") for digit in (6, 7, 8)]
        await operating(client)
        loan_id = await lent(a)
        await lent(b)
        await User.all().update(password_hash=OPERATOR_HASH)
        first, second, third = await User.all().order_by("id")
        operator = await Operator.get()
        cast = Cast(address, client, settings, {"a": first, "b": second, "c": third, "operator": operator})
        cast.loan_id = loan_id
        cast.run_id = str((await billing_runs.begin(TODAY, WORKER)).id)
        yield cast


async def test_every_cell_of_the_matrix(cast: Cast) -> None:
    wrong = []
    for name, row in ROWS.items():
        for caller in CALLERS:
            expected = row.expected(DECLARED[name].audience, caller)
            if (told := await cast.outcome(row, caller)) != expected:
                wrong.append(f"{name} by {caller}: {told} instead of {expected}")
    assert wrong == []


async def test_anothers_loan_is_as_one_that_does_not_exist(cast: Cast, settings: Settings) -> None:
    b = cast.client.signed_in(await cast.token("b"))
    heard = await overhear(settings.database_connections)
    queries = {
        "loan": "query ($id: ID!) { loan(id: $id) { id payoff bills { totalCount } } }",
        "statement": "query ($id: ID!) { statement(loanId: $id) { asOf } }",
        "payment": PAY,
    }
    for name, query in queries.items():
        told = []
        # Twice, because asyncpg queries a statement's types once for each connection.
        for loan_id in (cast.loan_id, "999999999", cast.loan_id, "999999999"):
            heard.clear()
            given = {"loanId": loan_id, "amount": "1", "transactionId": uuid4().hex}
            answer = await b.post(query, id=loan_id) if name != "payment" else await b.post(query, input=given)
            told.append((answer, list(heard)))
        assert told[2] == told[3], name
        assert told[2][0] == told[0][0], name
        # Both cases run the same statements, and so take the same time.
        assert 0 < len(told[2][1]) <= 4, name


async def test_a_borrower_looks_at_nobodys_loans_through_an_operators_doors(cast: Cast) -> None:
    token = await cast.token("b")
    claims = jwt.decode(token, options={"verify_signature": False})
    bearer = tokens.Bearer(cast.users["b"].id, Role.OPERATOR, claims["family"], None)
    forged, _ = tokens.issue(cast.settings, bearer)
    # The token is signed with kist's own key, but its family is a borrower's.
    assert await cast.client.signed_in(forged).error("{ portfolio { asOf } }") == SIGN_IN
    assert await database.fetch_one("SELECT FROM operators WHERE id = $1", cast.users["b"].id) is None
