"""Statements through HTTP: a statement lists a loan's past transactions and its upcoming EMIs."""

from bench import environment, http_clients, lives, loan_book
from bench.http_clients import Endpoint
from bench.measure import Result
from settings import Settings

# A disbursal, and four cycles that are billed and paid: a typical statement.
EVENTS = 10

STATEMENT = Endpoint(
    name="statement",
    query="""query Statement($id: ID!) { statement(loanId: $id) { asOf
  loan { id status emi principalBalance payoff }
  pastTransactions { date kind amountPaid interest principal principalBalance }
  upcomingEmis { number date dueDate amountDue principal interest principalBalance } } }""",
    variables=lambda loan_id, number: {"id": str(loan_id)},
    expected='"upcomingEmis"',
    is_repeatable=True,
)


async def measured(settings: Settings, loans: int, seconds: float) -> Result:
    """Measure statements per second of loans with `EVENTS` events."""
    await environment.prepare(settings)
    await loan_book.make(settings, loans, [lives.simulated(EVENTS, environment.DAY)])
    return await http_clients.measured(settings, STATEMENT, loans, seconds)
