"""Error codes distinguish transient faults from faults of the program."""

import asyncpg
import pytest
from graphql import GraphQLError

from api import status_codes
from api.negotiation import GRAPHQL, JSON
from models import database
from resolvers.errors import present
from settings import Settings
from tests.builders import PAY, Client, lent
from tests.servers import Servers, administer

AWAY = [
    ConnectionRefusedError(111, "Connection refused"),
    FileNotFoundError(2, "there is no such socket"),
    TimeoutError(),
    asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
    asyncpg.DiskFullError("could not extend file"),
    asyncpg.TooManyConnectionsError("sorry, too many clients already"),
    asyncpg.CannotConnectNowError("the database system is starting up"),
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.DeadlockDetectedError("deadlock detected"),
]


def code(cause: Exception) -> str:
    """The code that a client receives when a resolver raises this exception."""
    errors = [GraphQLError(str(cause), path=["makePayment"], original_error=cause)]
    present(errors, suggesting=True)
    assert str(cause) not in errors[0].message or not str(cause)
    return str((errors[0].extensions or {})["code"])


@pytest.mark.parametrize("cause", AWAY, ids=lambda cause: type(cause).__name__)
def test_a_server_that_is_away_is_not_an_error_of_ours(cause: Exception) -> None:
    assert code(cause) == "UNAVAILABLE"


def test_a_statement_that_the_server_ended_took_too_long() -> None:
    assert code(asyncpg.QueryCanceledError("canceling statement due to statement timeout")) == "TIMEOUT"


@pytest.mark.parametrize("cause", [asyncpg.UndefinedTableError("x"), asyncpg.CheckViolationError("x"), KeyError("x")])
def test_anything_else_is(cause: Exception) -> None:
    assert code(cause) == "INTERNAL_SERVER_ERROR"


@pytest.mark.parametrize("media_type", [JSON, GRAPHQL])
def test_the_status_says_to_try_again_only_where_there_is_nothing_else_in_the_answer(media_type: str) -> None:
    unavailable = {"message": "", "extensions": {"code": "UNAVAILABLE"}}
    broken = {"message": "", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}
    again = (503, {"Retry-After": "2"})
    assert status_codes.of({"data": {"me": {"id": "1"}}}, media_type) == (200, {})
    assert status_codes.of({"data": None, "errors": [unavailable]}, media_type) == again
    assert status_codes.of({"errors": [unavailable]}, media_type) == again
    assert status_codes.of({"data": {"loan": None}, "errors": [unavailable]}, media_type) == again
    assert status_codes.of({"data": {"loan": None, "me": {"id": "1"}}, "errors": [unavailable]}, media_type) == (
        200,
        {},
    )
    assert status_codes.of({"data": None, "errors": [broken]}, media_type) == (200, {})
    refused = {"errors": [{"message": "no extensions"}]}
    assert status_codes.of(refused, media_type) == ((400 if media_type == GRAPHQL else 200), {})


async def test_a_server_that_has_become_a_standby_is_away(
    settings: Settings, servers: Servers, borrower: Client
) -> None:
    loan_id = await lent(borrower)
    await administer(servers, f"ALTER DATABASE {settings.queue} SET default_transaction_read_only = on")
    await administer(
        servers, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{settings.queue}'"
    )
    given = {"loanId": loan_id, "amount": "1000", "transactionId": "t"}
    body = {"query": PAY, "variables": {"input": given}}
    response = await borrower.http.post("/graphql", json=body, headers={"Authorization": f"Bearer {borrower.token}"})
    (error,) = response.json()["errors"]
    assert (response.status_code, error["extensions"]["code"]) == (503, "UNAVAILABLE")
    assert await database.fetch("SELECT FROM payments") == []
