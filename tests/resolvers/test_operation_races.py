"""Concurrent operations: of two that exclude each other one is done, and none fails."""

import asyncio
from collections import Counter
from contextvars import copy_context
from typing import Any

from models import database, payment_posting
from models.bills import Bill
from models.loan_events import LoanEvent
from models.payments import Payment
from tasks.audit_verification import verify as verify_audit
from tasks.verification import verify
from tests.builders import PAY, Client, billed, lent, on
from tests.running import until

OPERATE = """mutation ($input: OperateInput!) { operate(input: $input) { __typename
  ... on Change { replayed events { id } loan { payoff } }
  ... on Refusal { problems { code } } } }"""


def operation(loan_id: str, request_id: str, **named: Any) -> dict[str, Any]:
    return {"loanId": loan_id, "requestId": request_id, "reason": "r", "operation": named}


def reversal(loan_id: str, request_id: str, sequence: int = 2) -> dict[str, Any]:
    return operation(loan_id, request_id, reverse={"eventId": f"{loan_id}-{sequence}", "cause": "ERROR"})


def told(answers: list[Any]) -> Counter[str]:
    """The answers' codes; of what was done, whether it was done before."""
    return Counter(
        " ".join(problem["code"] for problem in one["problems"])
        if one["__typename"] == "Refusal"
        else "replayed"
        if one["replayed"]
        else "done"
        for one in answers
    )


async def paid_loan(borrower: Client, operator: Client) -> str:
    """A loan with one payment that has no bill yet, on the day of its second bill."""
    loan_id = await lent(borrower)
    await on(operator, "2026-02-15")
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "700", "transactionId": f"first-{loan_id}"})
    await on(operator, "2026-03-02")
    return loan_id


async def is_clean() -> bool:
    log = await verify_audit()
    return (await verify(), log.faults, log.unknown) == ([], [], 0)


async def test_two_reversals_of_one_payment_at_once_are_one(borrower: Client, operator: Client) -> None:
    loan_id = await paid_loan(borrower, operator)
    sent = [reversal(loan_id, f"r-{number % 4}") for number in range(8)]
    answers = await asyncio.gather(*(operator.ask(OPERATE, input=one) for one in sent))
    assert told(answers) == {"done": 1, "replayed": 1, "ALREADY_REVERSED": 6}
    assert await LoanEvent.all().count() == 1
    assert await is_clean()


async def test_one_request_id_for_two_loans_at_once_is_one_operation(borrower: Client, operator: Client) -> None:
    # Each loan has a lock of its own: only the unique index prevents a second operation.
    loans = [await lent(borrower) for _ in range(4)]
    for loan_id in loans:
        await borrower.ask(PAY, input={"loanId": loan_id, "amount": "700"})
    answers = await asyncio.gather(*(operator.ask(OPERATE, input=reversal(one, "same")) for one in loans))
    assert told(answers) == {"done": 1, "REQUEST_ID_CONFLICT": 3}
    assert await is_clean()


async def test_a_reversal_and_a_payment_at_once_are_both_done(borrower: Client, operator: Client) -> None:
    loan_id = await paid_loan(borrower, operator)
    paid, reversed_ = await asyncio.gather(
        borrower.ask(PAY, input={"loanId": loan_id, "amount": "800"}),
        operator.ask(OPERATE, input=reversal(loan_id, "r")),
    )
    assert (paid["__typename"], reversed_["__typename"]) == ("PaymentReceipt", "Change")
    assert await is_clean()


async def test_a_move_and_a_payment_on_the_other_loan_at_once_never_pay_too_much(
    borrower: Client, operator: Client
) -> None:
    own, other = await lent(borrower), await lent(borrower, "1000")
    await borrower.ask(PAY, input={"loanId": own, "amount": "900"})
    moved, paid = await asyncio.gather(
        operator.ask(OPERATE, input=operation(own, "m", move={"eventId": f"{own}-2", "toLoanId": other})),
        borrower.ask(PAY, input={"loanId": other, "amount": "950"}),
    )
    # Together they are more than the payoff.
    kinds = (moved["__typename"], paid["__typename"])
    assert kinds in (("Change", "Refusal"), ("Refusal", "PaymentReceipt"))
    assert await Payment.filter(loan_id=int(other)).count() == 1
    assert await is_clean()


async def test_two_moves_in_opposite_directions_do_not_block_each_other(borrower: Client, operator: Client) -> None:
    loans = [await lent(borrower) for _ in range(2)]
    for place, loan_id in enumerate(loans):
        await borrower.ask(PAY, input={"loanId": loan_id, "amount": str(100 + place)})
    there, back = loans, loans[::-1]
    answers = await asyncio.gather(
        *(
            operator.ask(OPERATE, input=operation(one, f"m-{one}", move={"eventId": f"{one}-2", "toLoanId": other}))
            for one, other in zip(there, back, strict=True)
        )
    )
    assert told(answers) == {"done": 2}
    assert await is_clean()


async def test_backdated_cash_and_a_billing_run_at_once_are_both_done(borrower: Client, operator: Client) -> None:
    loans = []
    for number in range(4):
        loans.append(await lent(borrower, "40000", rate=str(10 + number)))
    await on(operator, "2026-04-05")
    late = {"amount": "1000", "paymentDate": "2026-02-10", "backdate": True, "reason": "found"}
    for day in ("2026-01-31", "2026-03-02", "2026-04-05"):
        _, *answers = await asyncio.gather(
            billed(day),
            *(operator.ask(PAY, input=late | {"loanId": one, "transactionId": f"{day}-{one}"}) for one in loans),
        )
        assert Counter(answer["__typename"] for answer in answers) == {"PaymentReceipt": 4}
    cycles = await Bill.filter(known_until=None).order_by("loan_id", "cycle").values_list("loan_id", "cycle")
    assert cycles == [(int(one), cycle) for one in loans for cycle in (1, 2, 3)]
    assert await is_clean()


async def test_the_times_of_events_have_the_order_of_their_sequences(borrower: Client, operator: Client) -> None:
    loan_id = await paid_loan(borrower, operator)
    outside = copy_context()
    async with database.transaction():
        await payment_posting.lock(int(loan_id))
        # This operation begins first, and the other one takes the lock before it.
        waiting = asyncio.create_task(
            operator.ask(OPERATE, input=reversal(loan_id, "later", sequence=2)), context=outside.copy()
        )
        await until(_one_waits)
        await database.execute("UPDATE bills SET known_from = clock_timestamp() WHERE loan_id = $1", int(loan_id))
    assert (await waiting)["__typename"] == "Change"
    times = [one.recorded_at for one in await LoanEvent.filter(loan_id=int(loan_id))]
    versions = await Bill.filter(loan_id=int(loan_id), known_until__not_isnull=True)
    assert all(one.known_from is not None and one.known_from < times[0] for one in versions)


async def _one_waits() -> bool:
    return len(await database.fetch("SELECT FROM pg_locks WHERE NOT granted")) == 1
