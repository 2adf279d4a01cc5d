"""The paths of the earlier service, in one table: each a document of the same GraphQL operations.

The names that come in are the document's variables and the names that go out its aliases, so that the document is the
mapping too: what is read from a request, what a problem's field is called, and the description are all found in it.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from graphql import (
    ArgumentNode,
    DocumentNode,
    GraphQLInputType,
    GraphQLNonNull,
    ObjectFieldNode,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    type_from_ast,
    visit,
)

from resolvers.root import schema

INSTALLMENT = """fragment Installment on Installment {
  number date due_date: dueDate amount_due: amountDue principal interest principal_balance: principalBalance
}"""
LOAN = """fragment Loan on Loan {
  id status amount loan_term: loanTerm interest_rate: interestRate daily_rate: dailyRate
  disbursed_on: disbursedOn next_billing_date: nextBillingDate emi principal_balance: principalBalance payoff
  amount_due: amountDue minimum_due: minimumDue past_due: pastDue days_past_due: daysPastDue
}"""
SESSION = """fragment Session on Session {
  access_token: accessToken refresh_token: refreshToken expires_at: expiresAt role
  user {
    id name email aadhar_masked: aadhaarMasked phone address annual_income: annualIncome credit_score: creditScore
  }
}"""
REFUSAL = "... on Refusal { problems { code message field } }"

# Who asks, where a member of the request says so too.
ME = "query { answer: me { id } }"


class Operation(NamedTuple):
    """What is done at a path by a method."""

    method: str
    path: str
    document: str
    summary: str
    description: str
    # Of a success, and of each no beside 400 and those that any request may have.
    status: int
    refused: tuple[int, ...]
    given: dict[str, Any]
    # A member that names whoever asks, and must be the token's own.
    own: str = ""

    @property
    def name(self) -> str:
        found = read(self.document)[1].name
        assert found is not None
        return found.value

    @property
    def is_public(self) -> bool:
        return not {403, 404} & set(self.refused)

    @property
    def is_asking(self) -> bool:
        """Whether something has to come in."""
        return any(isinstance(kind, GraphQLNonNull) for kind in self.members.values())

    @property
    def is_replayed(self) -> bool:
        """Whether the same may be asked for again, and be answered as before."""
        return "replayed" in self.document

    @property
    def members(self) -> dict[str, GraphQLInputType]:
        """What may come in, by name, and of which type it is."""
        return _members(self.document)

    @property
    def spelt(self) -> dict[str, str]:
        """What GraphQL's names of what comes in are here."""
        return _spelt(self.document)


@lru_cache
def read(document: str) -> tuple[DocumentNode, OperationDefinitionNode]:
    """A document, and the one operation in it."""
    parsed = parse(document)
    (operation,) = (node for node in parsed.definitions if isinstance(node, OperationDefinitionNode))
    return parsed, operation


@lru_cache
def _members(document: str) -> dict[str, GraphQLInputType]:
    variables = read(document)[1].variable_definitions or ()
    return {one.variable.name.value: type_from_ast(schema._schema, one.type) for one in variables}  # type: ignore[misc]


@lru_cache
def _spelt(document: str) -> dict[str, str]:
    found: dict[str, str] = {}

    class Names(Visitor):
        def enter(self, node: Any, *_: Any) -> None:
            if isinstance(node, ArgumentNode | ObjectFieldNode) and isinstance(node.value, VariableNode):
                found[node.name.value] = node.value.name.value

    visit(read(document)[0], Names())
    return found


_BILL = f"""mutation triggerBilling($as_of: Date) {{
  answer: triggerBilling(input: {{ asOf: $as_of }}) {{
    ... on BillingRun {{
      id as_of: asOf status loans_due: loansDue loans_billed: loansBilled bills_issued: billsIssued
      interest_billed: interestBilled started_at: startedAt finished_at: finishedAt
    }}
    {REFUSAL}
  }}
}}"""
_BILL_DESCRIPTION = (
    "Operators only. Starts the billing run of a date, or finds it; it is done in the background, and asking again "
    "tells how far it is. The date is the business date unless given."
)

TABLE = (
    Operation(
        method="POST",
        path="/api/register-user/",
        document=f"""mutation registerUser(
  $name: String! $email: String! $aadhar_id: String! $phone: String! $address: String!
  $annual_income: Money $password: String
) {{
  answer: registerUser(input: {{
    name: $name, email: $email, aadhaarId: $aadhar_id, phone: $phone, address: $address
    annualIncome: $annual_income, password: $password
  }}) {{
    ...Session
    {REFUSAL}
  }}
}}
{SESSION}""",
        summary="Register a person",
        description="Their credit score is worked out in the background within a second or so; until then it is null. "
        "Without a password the tokens in the answer are the only way in.",
        status=201,
        refused=(),
        given={
            "name": "Asha Rao",
            "email": "asha@example.com",
            "aadhar_id": "2341 2341 2346",
            "phone": "+91 98765 43210",
            "address": "12 MG Road, Bengaluru",
            "annual_income": "600000.00",
            "password": "a long password",
        },
    ),
    Operation(
        method="POST",
        path="/api/login/",
        document=f"""mutation login($email: String!, $password: String!) {{
  answer: login(input: {{ email: $email, password: $password }}) {{
    ...Session
    {REFUSAL}
  }}
}}
{SESSION}""",
        summary="Sign in, as a borrower or an operator",
        description="The access token goes into the header `Authorization: Bearer …` of the other requests.",
        status=200,
        refused=(401, 429),
        given={"email": "asha@example.com", "password": "a long password"},
    ),
    Operation(
        method="POST",
        path="/api/apply-loan/",
        document=f"""mutation applyLoan($amount: Money!, $loan_term: Int!, $interest_rate: Percent!) {{
  answer: applyLoan(input: {{ amount: $amount, loanTerm: $loan_term, interestRate: $interest_rate }}) {{
    ... on Loan {{ ...Loan emi_schedule: emiSchedule {{ ...Installment }} }}
    {REFUSAL}
  }}
}}
{LOAN}
{INSTALLMENT}""",
        summary="Apply for a loan",
        description="Borrowers only, for themselves: `user` is the id of whoever the token is of. It is judged at "
        "once, and an approved loan is disbursed at once.",
        status=201,
        refused=(401, 403),
        given={"user": "1", "amount": "50000.00", "loan_term": 12, "interest_rate": "10.5"},
        own="user",
    ),
    Operation(
        method="POST",
        path="/api/make-payment/",
        document=f"""mutation makePayment($loan: ID!, $amount: Money!, $payment_date: Date!, $transaction_id: String) {{
  answer: makePayment(input: {{
    loanId: $loan, amount: $amount, paymentDate: $payment_date, transactionId: $transaction_id
  }}) {{
    ... on PaymentReceipt {{
      payment {{
        id transaction_id: transactionId amount payment_date: paymentDate interest principal created_at: createdAt
      }}
      loan {{ ...Loan }}
      emi_recalculated: emiRecalculated
      replayed
    }}
    {REFUSAL}
  }}
}}
{LOAN}""",
        summary="Pay",
        description="By the borrower, or by an operator for any loan. With a `transaction_id` it is safe to send "
        "again: a payment that was taken before is answered with 200, and `replayed` is true.",
        status=201,
        refused=(401, 404),
        given={
            "loan": "1",
            "amount": "4406.03",
            "payment_date": "2026-01-31",
            "transaction_id": "my-first-payment",
        },
    ),
    Operation(
        method="GET",
        path="/api/get-statement/",
        document=f"""query getStatement($loan: ID!) {{
  answer: statement(loanId: $loan) {{
    loan {{ ...Loan }}
    as_of: asOf
    past_transactions: pastTransactions {{
      date kind amount_paid: amountPaid interest principal principal_balance: principalBalance
    }}
    upcoming_transactions: upcomingEmis {{ ...Installment }}
  }}
}}
{LOAN}
{INSTALLMENT}""",
        summary="Read the statement of a loan",
        description="One's own loan; any loan for an operator. As it stands on the business date: what was posted, "
        "and what is still to come.",
        status=200,
        refused=(401, 404),
        given={"loan": "1"},
    ),
    # A GET that changes something: a browser, a crawler or a page of somebody else's sends no bearer token by itself,
    # and there is no other way to say who one is.
    Operation(
        method="GET",
        path="/api/trigger-billing-cron/",
        document=_BILL.replace("triggerBilling(", "triggerBillingByGet(", 1),
        summary="Bill the book, for a cron job that can only GET",
        description=_BILL_DESCRIPTION,
        status=200,
        refused=(401, 403),
        given={"as_of": "2026-01-31"},
    ),
    Operation(
        method="POST",
        path="/api/trigger-billing-cron/",
        document=_BILL,
        summary="Bill the book",
        description=_BILL_DESCRIPTION,
        status=200,
        refused=(401, 403),
        given={"as_of": "2026-01-31"},
    ),
)
