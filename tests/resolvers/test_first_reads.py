"""The first rows of an operation come with its account, and are used only after the account is checked."""

from collections.abc import Awaitable, Callable

import pytest

from models import database, statements, viewers
from models.users import User
from tests.builders import PAY, STATEMENT, Client, lent, registered
from tests.resolvers.sessions import LOGOUT

OF_MINE = (
    "query ($one: ID!, $other: ID!) { one: statement(loanId: $one) { ...S } other: statement(loanId: $other) { ...S } }"
)
WITH_LOAN = f"{OF_MINE} fragment S on Statement {{ loan {{ id }} pastTransactions {{ amountPaid }} }}"


async def end_the_session(borrower: Client) -> None:
    assert await borrower.ask(LOGOUT) is True


async def disable_the_account(_: Client) -> None:
    await User.all().update(is_active=False)


async def change_the_number(_: Client) -> None:
    await database.execute("UPDATE users SET aadhaar_digest = sha256(aadhaar_digest)")


@pytest.mark.parametrize("spoil", [end_the_session, disable_the_account, change_the_number])
async def test_an_account_is_refused_before_anything_about_the_loan(
    borrower: Client, spoil: Callable[[Client], Awaitable[None]]
) -> None:
    loan_id = await lent(borrower)
    await spoil(borrower)
    for number in (loan_id, "999999", "none"):
        assert await borrower.error(STATEMENT, id=number) == "UNAUTHENTICATED"
        given = {"loanId": number, "amount": "-1", "transactionId": "t"}
        assert await borrower.error(PAY, input=given) == "UNAUTHENTICATED"
    assert await database.fetch("SELECT FROM payments") == []


async def test_no_row_leaves_the_database_for_an_account_that_is_not_valid(borrower: Client) -> None:
    loan_id = int(await lent(borrower))
    (row,) = await database.fetch("SELECT user_id, family::text FROM loans JOIN refresh_tokens USING (user_id)")
    owner_id, family = row
    read = statements.reading(loan_id, owner_id=owner_id)
    assert len((await viewers.borrower(owner_id, family, read)).rows) == 1
    await end_the_session(borrower)
    account, rows = await viewers.borrower(owner_id, family, read)
    assert account is not None
    assert not account.family_is_live
    assert rows == []
    assert await viewers.borrower(999_999, family, read) == (None, ())


async def test_two_statements_of_one_request_are_those_of_their_loans(client: Client, borrower: Client) -> None:
    one, other = await lent(borrower, "1000"), await lent(borrower, "2000")
    await borrower.ask(PAY, input={"loanId": other, "amount": "10"})
    expected = {
        "one": {"loan": {"id": one}, "pastTransactions": [{"amountPaid": "0.00"}]},
        "other": {"loan": {"id": other}, "pastTransactions": [{"amountPaid": "0.00"}, {"amountPaid": "10.00"}]},
    }
    assert await borrower.post(WITH_LOAN, one=one, other=other) == {"data": expected}
    assert await borrower.post(WITH_LOAN, one=one, other=one) == {
        "data": {"one": expected["one"], "other": expected["one"]}
    }
    stranger = await registered(client, aadhaar_id="999941057058")
    assert await stranger.post(WITH_LOAN, one=one, other=other) == {"data": {"one": None, "other": None}}
