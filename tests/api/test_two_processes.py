"""Two processes of the API use one database: a repeated request has one effect, with either process."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from models.loans import Loan
from models.payments import Payment
from settings import Settings
from tasks.verification import verify
from tests.api.api_process import Api, lending
from tests.builders import APPLY, PAY, unlimited

TWINS = 10


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return unlimited(settings)


async def test_a_payment_sent_to_two_processes_at_once_with_and_without_an_id_is_taken_as_if_in_turn(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = Api(settings.model_copy(update={"home": tmp_path / "other"}))
    async with lending(settings, loans=4) as place:
        try:
            await other.start()
            async with place.api.door(place.token) as here, other.door(place.token) as there:
                for number, loan_id in enumerate(place.loan_ids):
                    plain = {"loanId": loan_id, "amount": "100"}
                    with_id = plain | {"transactionId": f"t-{number}"}
                    sent = [(door, one) for one in (plain, with_id) for door in (here, there)] * TWINS
                    answers = await asyncio.gather(*(door.ask(PAY, input=one) for door, one in sent))
                    named = [answer for (_, one), answer in zip(sent, answers, strict=True) if one is with_id]
                    assert Counter(answer["replayed"] for answer in named) == {False: 1, True: 2 * TWINS - 1}
                    posted = await Payment.filter(loan_id=loan_id).order_by("id")
                    given = [payment.transaction_id_given for payment in posted]
                    assert given in ([True], [False, True])
                    refused = Counter(problem["code"] for answer in answers for problem in answer.get("problems", []))
                    assert refused == {"DUPLICATE_PAYMENT": 2 * TWINS + 1 - len(posted)}
                # The same holds for an application with a request id.
                terms = {"amount": "1000", "loanTerm": 6, "interestRate": "10.5", "requestId": "r"}
                answers = await asyncio.gather(
                    *(door.ask(APPLY, input=terms) for door in (here, there) for _ in range(TWINS))
                )
                assert len({answer["id"] for answer in answers}) == 1
                assert await Loan.all().count() == len(place.loan_ids) + 1
            assert await verify() == []
        finally:
            other.process.kill()
            other.process.wait()
