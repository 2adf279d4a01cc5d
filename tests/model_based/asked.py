"""Questions about loans on days, by what was known at times: each has the same answer whenever it is asked again."""

from datetime import date
from typing import Any

from tests.builders import Client

BILLS = "bills(first: 100) { edges { node { cycle dueDate interest minimumDue installment interestPaid } } }"
AS_OF = f"""query ($id: ID!, $asOf: Date, $knownAt: DateTime) {{
  loan(id: $id, asOf: $asOf, knownAt: $knownAt) {{ status principalBalance credit emi loanTerm payoff pastDue
    daysPastDue sequence nextDueDate {BILLS}
    payments(first: 50) {{ edges {{ node {{ amount interest principal credit reversedOn reversalCause
      movedTo {{ amount interest }} allocations {{ interest principal credit bill {{ cycle status }} }} }} }} }}
    events(first: 50) {{ edges {{ node {{ id kind reversedBy {{ id }} }} }} }} }}
  statement(loanId: $id, asOf: $asOf, knownAt: $knownAt) {{ asOf knownAt chainHead
    pastTransactions {{ date kind amountPaid interest principal credit principalBalance reversedOn event {{ id }} }}
    upcomingEmis {{ number dueDate amountDue }} }} }}"""
KNOWN_AT = "query ($id: ID!) { statement(loanId: $id) { knownAt } }"


class Asked:
    """The questions that were asked, with their answers."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.answers: list[tuple[dict[str, str], Any]] = []

    async def ask(self, loan_id: str, day: date) -> Any:
        """The answer by what is known now, after all questions that were asked before.

        Raises:
            AssertionError: an earlier answer has changed.
        """
        await self.check()
        known_at = (await self.client.ask(KNOWN_AT, id=loan_id))["knownAt"]
        question = {"id": loan_id, "asOf": day.isoformat(), "knownAt": known_at}
        answer = await self._answer(question)
        self.answers.append((question, answer))
        return answer

    async def check(self) -> None:
        """Raises: AssertionError: the answer to an earlier question has changed."""
        for question, answer in self.answers:
            assert await self._answer(question) == answer, question

    async def _answer(self, question: dict[str, str]) -> Any:
        answer = await self.client.post(AS_OF, **question)
        assert "errors" not in answer, answer
        return answer["data"]
