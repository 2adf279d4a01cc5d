"""Two API processes and a worker correct loans at once: each race has one outcome, and every loan agrees with its life.

The races of tests/resolvers/test_operation_races.py, where only PostgreSQL is common to those that take part.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from models.bills import Bill
from models.loan_events import LoanEvent
from models.payments import Payment
from settings import Settings
from tasks.audit_verification import verify as verify_audit
from tasks.verification import verify
from tests.api.api_process import Api, lending
from tests.builders import PAY, TODAY, Client, on, operating, unlimited
from tests.running import process, until

# A round for each of the first cycles.
ROUNDS = 4

# Loans of each round: for a reversal and a payment, for two reversals, for backdated cash, for two moves, and for one
# request id on two loans.
LOANS = 7

OPERATE = """mutation ($input: OperateInput!) { operate(input: $input) { __typename
  ... on Change { replayed events { id } }
  ... on Refusal { problems { code } } } }"""
BILL = "mutation { triggerBilling { __typename ... on BillingRun { id } } }"
RUN = "query ($id: ID!) { billingRun(id: $id) { status } }"


class Doors(NamedTuple):
    """A client of each process, for an operator and for the borrower."""

    here: Client
    there: Client
    borrower: Client
    loan_ids: list[str]


@pytest.fixture
async def doors(settings: Settings, tmp_path: Path) -> AsyncIterator[Doors]:
    settings = unlimited(settings)
    (tmp_path / "other").mkdir()
    other = Api(settings.model_copy(update={"home": tmp_path / "other"}))
    async with lending(settings, loans=LOANS * ROUNDS) as place, AsyncExitStack() as stack:
        stack.enter_context(process(settings, "worker"))
        try:
            await other.start()
            here = await operating(await stack.enter_async_context(place.api.door()))
            there = await stack.enter_async_context(other.door(here.token))
            borrower = await stack.enter_async_context(other.door(place.token))
            yield Doors(here, there, borrower, place.loan_ids)
            for api in (place.api, other):
                assert "Traceback" not in api.said()
        finally:
            other.process.kill()
            other.process.wait()


def operation(loan_id: str, request_id: str, sequence: int | None = None, **named: Any) -> dict[str, Any]:
    return {"loanId": loan_id, "requestId": request_id, "sequence": sequence, "reason": "r", "operation": named}


def reversal(loan_id: str, request_id: str, sequence: int | None = None) -> dict[str, Any]:
    return operation(loan_id, request_id, sequence, reverse={"eventId": f"{loan_id}-2", "cause": "ERROR"})


async def told(*asked: Awaitable[Any]) -> Counter[str]:
    """The outcomes of requests that are sent at once."""
    return Counter(map(_outcome, await asyncio.gather(*asked)))


def _outcome(answer: Any) -> str:
    if answer["__typename"] == "Refusal":
        return " ".join(problem["code"] for problem in answer["problems"])
    return "replayed" if answer["replayed"] else "done"


async def recorded(loan_id: str) -> tuple[int, int]:
    """The number of a loan's payments that count, and of its reversals."""
    counting = Payment.filter(loan_id=int(loan_id), reversed_on=None)
    return await counting.count(), await LoanEvent.filter(loan_id=int(loan_id)).count()


async def reversed_while_paid(doors: Doors, loan_id: str) -> None:
    """The operator has seen the loan before the payment: after it, the reversal is refused."""
    outcomes = await told(
        doors.here.ask(OPERATE, input=reversal(loan_id, f"r-{loan_id}", sequence=2)),
        doors.borrower.ask(PAY, input={"loanId": loan_id, "amount": "800"}),
    )
    assert outcomes in ({"done": 2}, {"done": 1, "LOAN_CHANGED": 1})
    assert await recorded(loan_id) == ((1, 1) if outcomes["done"] == 2 else (2, 0))


async def reversed_twice(doors: Doors, loan_id: str) -> None:
    """Two operations at once, each sent to both processes."""
    sent = [(door, f"{name}-{loan_id}") for name in ("one", "two") for door in (doors.here, doors.there)]
    outcomes = await told(*(door.ask(OPERATE, input=reversal(loan_id, request_id)) for door, request_id in sent))
    assert outcomes == {"done": 1, "replayed": 1, "ALREADY_REVERSED": 2}
    assert await recorded(loan_id) == (0, 1)


async def found_while_billed(doors: Doors, loan_id: str) -> None:
    """Cash of an earlier day, sent to both processes while the worker bills."""
    late: dict[str, Any] = {"loanId": loan_id, "amount": "1000", "transactionId": f"late-{loan_id}"}
    late |= {"paymentDate": "2026-01-20", "backdate": True, "reason": "found"}
    outcomes = await told(doors.here.ask(PAY, input=late), doors.there.ask(PAY, input=late))
    assert outcomes == {"done": 1, "replayed": 1}
    assert await recorded(loan_id) == (2, 0)


async def exchanged(doors: Doors, one: str, other: str) -> None:
    """Two moves in opposite directions."""
    moves = [(doors.here, one, other), (doors.there, other, one)]
    outcomes = await told(
        *(
            door.ask(
                OPERATE, input=operation(loan_id, f"m-{loan_id}", move={"eventId": f"{loan_id}-2", "toLoanId": to})
            )
            for door, loan_id, to in moves
        )
    )
    assert outcomes == {"done": 2}
    assert [await recorded(loan_id) for loan_id in (one, other)] == [(1, 1), (1, 1)]


async def named_twice(doors: Doors, one: str, other: str) -> None:
    """One request id for operations on two loans, which have a lock each."""
    outcomes = await told(
        doors.here.ask(OPERATE, input=reversal(one, f"same-{one}")),
        doors.there.ask(OPERATE, input=reversal(other, f"same-{one}")),
    )
    assert outcomes == {"done": 1, "REQUEST_ID_CONFLICT": 1}
    assert sorted([await recorded(loan_id) for loan_id in (one, other)]) == [(0, 1), (1, 0)]


async def billed(doors: Doors) -> None:
    """A billing run of the worker."""
    run = await doors.there.ask(BILL)

    async def is_done() -> bool:
        return bool((await doors.here.ask(RUN, id=run["id"]))["status"] == "DONE")

    await until(is_done)


async def test_corrections_in_two_processes_and_billing_in_a_worker_have_one_outcome_each(doors: Doors) -> None:
    await on(doors.here, "2026-01-15")
    for number, loan_id in enumerate(doors.loan_ids):
        paid = await doors.borrower.ask(PAY, input={"loanId": loan_id, "amount": str(600 + number)})
        assert paid["__typename"] == "PaymentReceipt"
    for number in range(ROUNDS):
        await on(doors.here, (TODAY + timedelta(days=30 * (number + 1))).isoformat())
        first, second, third, *pairs = doors.loan_ids[number * LOANS : (number + 1) * LOANS]
        await asyncio.gather(
            billed(doors),
            reversed_while_paid(doors, first),
            reversed_twice(doors, second),
            found_while_billed(doors, third),
            exchanged(doors, *pairs[:2]),
            named_twice(doors, *pairs[2:]),
        )
    cycles = await Bill.filter(known_until=None).order_by("loan_id", "cycle").values_list("loan_id", "cycle")
    assert cycles == [(int(loan_id), cycle + 1) for loan_id in doors.loan_ids for cycle in range(ROUNDS)]
    log = await verify_audit()
    assert (await verify(), log.faults, log.unknown) == ([], [], 0)
