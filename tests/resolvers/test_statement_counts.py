"""The number of statements that the hot paths send to PostgreSQL, including BEGIN and COMMIT."""

from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest

from settings import Settings
from tests.builders import PAY, Client, billed, lent, on, operating, registered, serving
from tests.servers import overhear

STATEMENT = """query ($id: ID!) { statement(loanId: $id) { asOf loan { payoff pastDue }
  pastTransactions { date kind amountPaid } upcomingEmis { date amountDue } } }"""
LOANS = """query ($first: Int!) { me { loans(first: $first) { totalCount edges { node { payoff pastDue
  bills { totalCount edges { node { status } } }
  events { totalCount edges { node { kind } } }
  payments { totalCount edges { node { amount allocations { interest bill { cycle status } } } } } } } } } }"""


class Scene(NamedTuple):
    """A borrower and an operator of an application with one connection, and the statements on that connection."""

    borrower: Client
    operator: Client
    heard: list[str]

    def spoken(self) -> list[str]:
        """The statements since the last call."""
        statements = [" ".join(text.split()) for text in self.heard]
        self.heard.clear()
        return statements


@pytest.fixture
async def scene(settings: Settings) -> AsyncIterator[Scene]:
    async with serving(settings.model_copy(update={"database_connections": 1})) as client:
        yield Scene(await registered(client), await operating(client), await overhear(1))


async def test_a_payment_takes_2_statements_and_one_that_bills_first_7(scene: Scene) -> None:
    first, loan_id = await lent(scene.borrower), await lent(scene.borrower)
    # asyncpg queries each type once for each connection: the first payment is not counted.
    await on(scene.operator, "2026-01-31")
    await scene.borrower.ask(PAY, input={"loanId": first, "amount": "10"})
    scene.spoken()
    await scene.borrower.ask(PAY, input={"loanId": loan_id, "amount": "10", "transactionId": "t"})
    billing_one = scene.spoken()
    await scene.borrower.ask(PAY, input={"loanId": loan_id, "amount": "11", "transactionId": "u"})
    assert len(scene.spoken()) == 2
    assert (billing_one[1], billing_one[-1]) == ("BEGIN;", "COMMIT;")
    assert len(billing_one) == 7, billing_one


async def test_a_payment_that_meets_unknown_classes_takes_as_many_statements_for_one_as_for_four(scene: Scene) -> None:
    loans = [await lent(scene.borrower) for _ in range(3)]
    counts = []
    for loan_id, day in zip(loans, ("2026-02-20", "2026-03-20", "2026-08-31"), strict=True):
        await on(scene.operator, day)
        scene.spoken()
        await scene.operator.ask(PAY, input={"loanId": loan_id, "amount": "10", "transactionId": day})
        counts.append(len(scene.spoken()))
    assert counts[1] >= counts[2]
    assert max(counts) < 40


async def test_a_payment_without_an_id_takes_3_statements_where_only_the_database_knows_the_date(scene: Scene) -> None:
    loan_id = await lent(scene.borrower)
    await scene.borrower.ask(PAY, input={"loanId": loan_id, "amount": "10"})
    scene.spoken()
    await scene.borrower.ask(PAY, input={"loanId": loan_id, "amount": "11"})
    assert len(scene.spoken()) == 3
    await scene.borrower.ask(PAY, input={"loanId": loan_id, "amount": "12", "paymentDate": "2026-01-01"})
    assert len(scene.spoken()) == 2


async def test_a_replayed_payment_takes_hardly_more(scene: Scene) -> None:
    given = {"loanId": await lent(scene.borrower), "amount": "10", "transactionId": "t"}
    await scene.borrower.ask(PAY, input=given)
    scene.spoken()
    assert (await scene.borrower.ask(PAY, input=given))["replayed"] is True
    # The allocations and their bills are read again.
    assert len(scene.spoken()) <= 4


async def test_a_statement_takes_1_statement(scene: Scene) -> None:
    loan_id = await lent(scene.borrower)
    await on(scene.operator, "2026-08-31")
    await scene.borrower.ask(PAY, input={"loanId": loan_id, "amount": "9000"})
    for viewer in (scene.borrower, scene.operator):
        await viewer.ask(STATEMENT, id=loan_id)
        scene.spoken()
        assert (await viewer.ask(STATEMENT, id=loan_id))["asOf"] == "2026-08-31"
        assert len(scene.spoken()) == 1


async def test_twenty_loans_with_all_of_theirs_take_as_many_statements_as_one(scene: Scene) -> None:
    loans = [await lent(scene.borrower, "1000") for _ in range(20)]
    await on(scene.operator, "2026-03-02")
    await billed("2026-03-02")
    for loan_id in loans:
        for amount in ("60", "70"):
            await scene.borrower.ask(PAY, input={"loanId": loan_id, "amount": amount})
    await scene.borrower.ask(LOANS, first=20)
    scene.spoken()
    page = (await scene.borrower.ask(LOANS, first=20))["loans"]
    for_twenty = scene.spoken()
    assert [len(edge["node"]["payments"]["edges"]) for edge in page["edges"]] == [2] * 20
    assert [edge["node"]["bills"]["totalCount"] for edge in page["edges"]] == [2] * 20
    await scene.borrower.ask(LOANS, first=1)
    assert len(scene.spoken()) == len(for_twenty) <= 11
