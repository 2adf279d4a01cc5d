"""A payment through HTTP: its borrower's token, a transaction, and the receipt with its allocations."""

from bench import environment, http_clients, lives, loan_book
from bench.http_clients import Endpoint
from bench.measure import Result
from settings import Settings

# So little that the same loan can be paid again and again.
_AMOUNT = "1.00"

PAYMENT = Endpoint(
    name="payments",
    query="""mutation Pay($input: MakePaymentInput!) { makePayment(input: $input) { __typename
  ... on PaymentReceipt { emiRecalculated replayed
    payment { id transactionId amount paymentDate interest principal
      allocations { interest principal bill { cycle status } } }
    loan { id status emi principalBalance payoff nextBillingDate } }
  ... on Refusal { problems { code message } } } }""",
    variables=lambda loan_id, number: {
        "input": {"loanId": str(loan_id), "amount": _AMOUNT, "transactionId": str(number)}
    },
    expected='"replayed"',
)


async def measured(settings: Settings, loans: int, seconds: float) -> Result:
    """Payments a second on loans with one open bill."""
    await environment.prepare(settings)
    await loan_book.make(settings, loans, [lives.simulated(2, environment.DAY)])
    return await http_clients.measured(settings, PAYMENT, loans, seconds)
