"""Concurrent payments: every accepted payment is posted completely and once."""

import asyncio
from collections import Counter
from contextvars import copy_context
from datetime import date
from decimal import Decimal

import pytest

from models import database, outcomes, payment_posting, reads
from models.loans import Loan
from models.outcomes import TakenPayment
from models.payment_posting import PaymentRecord
from models.payments import Payment
from rules import loan as loan_rules
from rules import payments as rules
from rules.audit import WORKER
from rules.payments import Payer, PaymentOrder
from settings import Settings
from tasks.verification import verify
from tests.builders import PAY, Client, lent, on, unlimited
from tests.running import until


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return unlimited(settings)


@pytest.mark.pooled
async def test_of_100_payments_at_once_exactly_the_accepted_are_posted(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    await on(operator, "2026-02-15")
    given = [{"loanId": loan_id, "amount": str(600 + number), "transactionId": f"t-{number}"} for number in range(100)]
    answers = await asyncio.gather(*(borrower.ask(PAY, input=one) for one in given))
    accepted = [answer["payment"] for answer in answers if answer["__typename"] == "PaymentReceipt"]
    refused = Counter(
        problem["code"] for answer in answers if answer["__typename"] == "Refusal" for problem in answer["problems"]
    )
    assert set(refused) == {"AMOUNT_EXCEEDS_PAYOFF"}
    assert len(accepted) + refused.total() == 100
    posted = await Payment.filter(loan_id=loan_id).values_list("transaction_id", "amount")
    assert sorted(posted) == sorted((one["transactionId"], Decimal(one["amount"])) for one in accepted)
    loan = await Loan.get(id=loan_id)
    paid = sum(Decimal(one["principal"]) for one in accepted)
    assert loan.principal_balance == 50000 - paid
    assert await verify() == []


async def test_of_20_payments_alike_at_once_one_is_posted(borrower: Client) -> None:
    loan_id = await lent(borrower)
    given = {"loanId": loan_id, "amount": "100"}
    answers = await asyncio.gather(*(borrower.ask(PAY, input=given) for _ in range(20)))
    assert Counter(answer["__typename"] for answer in answers) == {"PaymentReceipt": 1, "Refusal": 19}
    codes = {problem["code"] for answer in answers for problem in answer.get("problems", [])}
    assert codes == {"DUPLICATE_PAYMENT"}
    assert await Payment.all().count() == 1
    assert await verify() == []


async def test_with_an_id_and_without_one_at_once_it_is_as_if_one_had_come_first(borrower: Client) -> None:
    for round_ in range(12):
        loan_id = await lent(borrower)
        plain = {"loanId": loan_id, "amount": "100"}
        with_id = plain | {"transactionId": f"t-{round_}"}
        sent = [plain, with_id] * 5
        answers = await asyncio.gather(*(borrower.ask(PAY, input=one) for one in sent))
        named = [answer["replayed"] for one, answer in zip(sent, answers, strict=True) if one is with_id]
        assert Counter(named) == {False: 1, True: 4}
        others = [answer for one, answer in zip(sent, answers, strict=True) if one is plain]
        posted = [payment.transaction_id_given for payment in await Payment.filter(loan_id=loan_id).order_by("id")]
        # If the payment without an id came first, the other one is a second payment. Otherwise it is a duplicate.
        assert posted in ([True], [False, True])
        assert Counter(answer["__typename"] for answer in others) == Counter(
            PaymentReceipt=len(posted) - 1, Refusal=6 - len(posted)
        )
        codes = {problem["code"] for answer in others for problem in answer.get("problems", [])}
        assert codes == {"DUPLICATE_PAYMENT"}
    assert await verify() == []


async def test_a_payment_without_an_id_that_was_decided_before_its_twin_was_stored_is_decided_again(
    borrower: Client,
) -> None:
    loan_id = await lent(borrower)
    plain = {"loanId": loan_id, "amount": "100"}
    outside = copy_context()
    async with database.transaction():
        await payment_posting.lock(int(loan_id))
        # The payment has found no duplicate, and waits for the lock.
        asked = asyncio.create_task(borrower.ask(PAY, input=plain), context=outside.copy())
        await until(one_waits)
        day, amount = date(2026, 1, 1), Decimal("100.00")
        account = await reads.run(
            payment_posting.reading(int(loan_id), owner_id=None, transaction_id="t", paid_on=day, amount=amount)
        )
        assert account is not None
        applied = rules.take(loan_rules.Loan.of(account.loan), PaymentOrder(amount, day, Payer.BORROWER), today=day)
        receipt = PaymentRecord(account.loan.id, account.loan.user_id, None, "t", True, day, amount, day)
        terms = account.loan.terms
        assert await outcomes.store(terms, account.version, TakenPayment(receipt, applied), WORKER)
    refusal = await asked
    assert [problem["code"] for problem in refusal["problems"]] == ["DUPLICATE_PAYMENT"]
    assert await Payment.filter(loan_id=loan_id).count() == 1
    assert await verify() == []


@pytest.mark.pooled
async def test_of_20_payments_with_one_id_at_once_one_is_posted_and_all_are_answered(borrower: Client) -> None:
    loan_id = await lent(borrower)
    given = {"loanId": loan_id, "amount": "100", "transactionId": "t"}
    answers = await asyncio.gather(*(borrower.ask(PAY, input=given) for _ in range(20)))
    assert Counter(answer["replayed"] for answer in answers) == {False: 1, True: 19}
    assert len({answer["payment"]["id"] for answer in answers}) == 1
    assert await Payment.all().count() == 1
    assert await verify() == []


async def test_one_id_for_two_loans_at_once_is_one_payment_and_one_conflict(borrower: Client) -> None:
    # Each loan has a lock of its own: only the unique index prevents a second payment.
    loans = [await lent(borrower) for _ in range(8)]
    answers = await asyncio.gather(
        *(borrower.ask(PAY, input={"loanId": loan_id, "amount": "100", "transactionId": "t"}) for loan_id in loans)
    )
    assert Counter(answer["__typename"] for answer in answers) == {"PaymentReceipt": 1, "Refusal": 7}
    codes = {problem["code"] for answer in answers for problem in answer.get("problems", [])}
    assert codes == {"TRANSACTION_ID_CONFLICT"}
    assert await verify() == []


async def one_waits() -> bool:
    return len(await database.fetch("SELECT FROM pg_locks WHERE NOT granted")) == 1


async def both_wait() -> bool:
    return len(await database.fetch("SELECT FROM pg_locks WHERE NOT granted")) == 2


async def test_a_payment_of_a_loan_that_changes_meanwhile_is_decided_anew(borrower: Client) -> None:
    loan_id = await lent(borrower)
    day, amount = date(2026, 1, 1), Decimal("49600.00")
    outside = copy_context()
    async with database.transaction():
        await payment_posting.lock(int(loan_id))
        asked = [
            asyncio.create_task(borrower.ask(PAY, input={"loanId": loan_id, "amount": amount}), context=outside.copy())
            for amount in ("300", "301")
        ]
        # Wait until both have read the loan and wait for its lock.
        await until(both_wait)
        account = await reads.run(
            payment_posting.reading(int(loan_id), owner_id=None, transaction_id="t", paid_on=day, amount=amount)
        )
        assert account is not None
        applied = rules.take(loan_rules.Loan.of(account.loan), PaymentOrder(amount, day, Payer.BORROWER), today=day)
        receipt = PaymentRecord(account.loan.id, account.loan.user_id, None, "t", True, day, amount, day)
        terms = account.loan.terms
        assert await outcomes.store(terms, account.version, TakenPayment(receipt, applied), WORKER)
        # A version is valid for one payment only.
        again = receipt._replace(transaction_id="u")
        assert await outcomes.store(terms, account.version, TakenPayment(again, applied), WORKER) is None
    answers = await asyncio.gather(*asked)
    assert Counter(answer["__typename"] for answer in answers) == {"PaymentReceipt": 1, "Refusal": 1}
    assert await Payment.filter(loan_id=loan_id).count() == 2
    assert await verify() == []


@pytest.mark.pooled
async def test_a_cancelled_request_gives_its_connection_back(borrower: Client) -> None:
    loan_id = await lent(borrower)
    for number in range(60):
        task = asyncio.create_task(borrower.ask(PAY, input={"loanId": loan_id, "amount": str(1 + number)}))
        await asyncio.sleep(number / 10_000)
        task.cancel()
        await asyncio.wait([task])
    answers = await asyncio.gather(
        *(borrower.ask(PAY, input={"loanId": loan_id, "amount": str(100 + number)}) for number in range(20))
    )
    assert {answer["__typename"] for answer in answers} == {"PaymentReceipt"}
    assert await verify() == []
