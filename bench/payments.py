"""Payments through HTTP: a request has a borrower's token, and its receipt lists the allocations."""

from bench import environment, http_clients, lives, loan_book
from bench.http_clients import Endpoint
from bench.measure import Result
from settings import Settings

# One rupee, so that the same loan can be paid many times.
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
    """Measure payments per second on loans with one open bill."""
    await environment.prepare(settings)
    await loan_book.make(settings, loans, [lives.simulated(2, environment.DAY)])
    return await http_clients.measured(settings, PAYMENT, loans, seconds)
