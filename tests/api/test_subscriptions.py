"""Subscriptions of a real server, by WebSocket and server-sent events: clients receive changes until access ends."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from api.graphql import websocket
from models import billing_runs
from resolvers import subscriptions
from rules.audit import WORKER
from settings import Settings
from tasks.billing import bill_chunk
from tasks.scoring import score
from tests.api.subscribing import NUMBER, SCORE, SECONDS, Server, events, socket
from tests.builders import PAY, TODAY, billed, deposit, lent, on, operating, registered
from tests.running import listening, until
from tests.servers import tamper

PROGRESS = "subscription ($id: ID!) { billingProgress(id: $id) { status billsIssued interestBilled } }"


def codes(message: dict[str, Any]) -> list[str]:
    """The codes of the errors of a message or a result."""
    payload = message.get("payload", message)
    errors = payload if isinstance(payload, list) else payload["errors"]
    return [error["extensions"]["code"] for error in errors]


async def test_a_score_is_told_over_a_websocket_and_again_when_it_changes(server: Server) -> None:
    borrower, user_id = await server.unscored()
    async with socket(server, borrower.token) as opened:
        name = await opened.begin(SCORE)
        assert await opened.next(name) == {"creditScore": None, "loans": {"totalCount": 0}}
        await deposit(NUMBER, "600000")
        await score([user_id])
        assert await opened.next(name) == {"creditScore": 690, "loans": {"totalCount": 0}}


async def test_each_event_and_each_operation_of_a_socket_is_fresh(server: Server) -> None:
    borrower, user_id = await server.unscored()
    await score([user_id])
    await deposit(NUMBER, "600000")
    await score([user_id])
    operator = await operating(server.client)
    async with socket(server, borrower.token) as opened:
        watching = await opened.begin(SCORE)
        assert (await opened.next(watching))["loans"] == {"totalCount": 0}
        first = await opened.next(await opened.begin("{ me { loans { totalCount } } }"))
        await lent(borrower)
        await on(operator, "2026-01-11")
        second = await opened.next(await opened.begin("{ me { loans { totalCount edges { node { payoff } } } } }"))
        assert first == {"loans": {"totalCount": 0}}
        assert second == {"loans": {"totalCount": 1, "edges": [{"node": {"payoff": "50145.00"}}]}}
        assert await opened.next(await opened.begin("{ businessDate }")) == "2026-01-11"
        await score([user_id])
        assert (await opened.next(watching))["loans"] == {"totalCount": 1}


async def test_billing_is_watched_over_a_websocket_until_it_is_done(server: Server) -> None:
    borrower, operator = await registered(server.client), await operating(server.client)
    await lent(borrower)
    await on(operator, "2026-01-31")
    run = await billing_runs.begin(TODAY.replace(day=31), WORKER)
    async with socket(server, operator.token) as opened:
        name = await opened.begin(PROGRESS, id=str(run.id))
        assert await opened.next(name) == {"status": "QUEUED", "billsIssued": 0, "interestBilled": "0.00"}
        await billed("2026-01-31")
        result = await opened.next(name)
        while result != {"id": name, "type": "complete"}:
            last = result
            result = await opened.next(name)
        assert last == {"status": "DONE", "billsIssued": 1, "interestBilled": "435.00"}


async def test_a_step_of_billing_is_told_where_payments_had_the_bills_issued_before(server: Server) -> None:
    borrower, operator = await registered(server.client), await operating(server.client)
    loan_ids = [await lent(borrower) for _ in range(2)]
    await on(operator, "2026-01-31")
    run = await billing_runs.begin(TODAY.replace(day=31), WORKER)
    first, _ = await billing_runs.plan(run.id, chunk_bills=1)
    for loan_id in loan_ids:
        await borrower.ask(PAY, input={"loanId": loan_id, "amount": "100"})
    query = "subscription ($id: ID!) { billingProgress(id: $id) { status loansDue loansBilled billsIssued } }"
    async with socket(server, operator.token) as opened:
        name = await opened.begin(query, id=str(run.id))
        expected = {"status": "RUNNING", "loansDue": 2, "loansBilled": 0, "billsIssued": 0}
        assert await opened.next(name) == expected
        await bill_chunk.original_func(first)
        assert await opened.next(name) == {**expected, "loansBilled": 1}
        await billed("2026-01-31")
        assert await opened.next(name) == {**expected, "status": "DONE", "loansBilled": 2}


@pytest.mark.pooled
async def test_both_are_told_over_server_sent_events(server: Server) -> None:
    borrower, user_id = await server.unscored()
    async with asyncio.timeout(SECONDS), events(borrower, SCORE) as results:
        told = anext_field(results, "creditScore")
        assert (await told)["creditScore"] is None
        await deposit(NUMBER, "600000")
        await score([user_id])
        assert (await anext_field(results, "creditScore"))["creditScore"] == 690
    operator = await operating(server.client)
    run = await billed("2026-01-01")
    async with asyncio.timeout(SECONDS), events(operator, PROGRESS, id=str(run.id)) as results:
        seen = [result["data"]["billingProgress"]["status"] async for result in results if "data" in result]
    assert seen == ["DONE"]


async def anext_field(results: AsyncIterator[dict[str, Any]], name: str) -> dict[str, Any]:
    result = await anext(results)
    field: dict[str, Any] = result["data"][name]
    return field


async def test_nobody_and_the_wrong_person_are_told_nothing(server: Server) -> None:
    borrower, operator = await registered(server.client), await operating(server.client)
    run = await billed("2026-01-01")
    for token, query, code in (
        (None, SCORE, "UNAUTHENTICATED"),
        ("x", SCORE, "UNAUTHENTICATED"),
        (operator.token, SCORE, "FORBIDDEN"),
        (None, PROGRESS, "UNAUTHENTICATED"),
        (borrower.token, PROGRESS, "FORBIDDEN"),
    ):
        variables = {"id": str(run.id)} if query is PROGRESS else {}
        async with socket(server, token) as opened:
            assert codes(await opened.next(await opened.begin(query, **variables))) == [code]
        async with (
            asyncio.timeout(SECONDS),
            events(server.client.signed_in(token or ""), query, **variables) as results,
        ):
            assert codes(await anext(results)) == [code]


async def test_a_connection_has_so_many_operations_at_once_and_an_account_so_many_watchers(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "MOST_AT_ONCE", 3)
    monkeypatch.setattr(subscriptions, "MOST_OF_AN_ACCOUNT", 5)
    borrower, _ = await server.unscored()
    other = await registered(server.client, aadhaar_id="999941057058")
    async with socket(server, borrower.token) as first, socket(server, borrower.token) as second:
        for opened in (first, first, first, second, second):
            assert (await opened.next(await opened.begin(SCORE)))["creditScore"] is None
        name = await first.begin("{ businessDate }")
        assert codes(await first.next(name)) == ["TOO_MANY_AT_ONCE"]
        # There is room for a query, and none for another subscription, on either transport.
        assert await second.next(await second.begin("{ businessDate }")) == "2026-01-01"
        assert codes(await second.next(await second.begin(SCORE))) == ["TOO_MANY_AT_ONCE"]
        async with asyncio.timeout(SECONDS), events(borrower, SCORE) as results:
            assert codes(await anext(results)) == ["TOO_MANY_AT_ONCE"]
        async with asyncio.timeout(SECONDS), events(other, SCORE) as results:
            assert (await anext(results))["data"]
        # A subscription that ends makes room.
        await second.send({"type": "complete", "id": "1"})

        async def there_is_room() -> bool:
            return "type" not in await second.next(await second.begin(SCORE))

        await until(there_is_room)

    async def nobody_watches() -> bool:
        return not subscriptions._open

    await until(nobody_watches)


async def test_a_socket_whose_client_says_nothing_is_closed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "INIT_SECONDS", 0.2)
    async with (
        listening(settings) as address,
        connect(f"ws://{address}/graphql", subprotocols=["graphql-transport-ws"]) as opened,  # type: ignore[list-item]
    ):
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(opened.recv(), SECONDS)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4408


async def test_a_run_that_nobody_began_cannot_be_watched(server: Server) -> None:
    operator = await operating(server.client)
    async with socket(server, operator.token) as opened:
        for nonsense in ("0", "9" * 40, "x"):
            assert codes(await opened.next(await opened.begin(PROGRESS, id=nonsense))) == ["BAD_USER_INPUT"]


async def test_a_watcher_who_logs_out_is_told_no_more(server: Server) -> None:
    borrower, _ = await server.unscored()
    async with socket(server, borrower.token) as opened, asyncio.timeout(SECONDS):
        name = await opened.begin(SCORE)
        await opened.next(name)
        await borrower.ask("mutation { logout }")
        assert codes(await opened.next(name)) == ["UNAUTHENTICATED"]
        assert await opened.next(name) == {"id": name, "type": "complete"}
        assert codes(await opened.next(await opened.begin("{ me { id } }"))) == ["UNAUTHENTICATED"]


async def test_what_breaks_a_subscription_on_our_side_is_masked(server: Server) -> None:
    borrower, _ = await server.unscored()
    async with socket(server, borrower.token) as opened, asyncio.timeout(SECONDS):
        name = await opened.begin(SCORE)
        await opened.next(name)
        await tamper("ALTER TABLE users RENAME TO gone")
        broken = await opened.next(name)
        assert codes(broken) == ["INTERNAL_SERVER_ERROR"]
        assert "users" not in json.dumps(broken)


async def test_of_several_operations_and_in_bad_ones_a_socket_says_what_is_wrong(server: Server) -> None:
    async with socket(server, None) as opened:
        for query in (
            "query A { businessDate } query B { businessDate }",
            "fragment F on Query { __typename }",
            "subscription { creditScore { nothing } }",
            r'{ user(id: "\u0000") { id } }',
            "{ nothing }",
            "{a" * 20_000,
            "{",
            "",
        ):
            assert codes(await opened.next(await opened.begin(query))) == ["BAD_USER_INPUT"], query[:80]
        assert await opened.next(await opened.begin("{ businessDate }")) == "2026-01-01"


async def test_what_is_no_operation_is_bad_input_over_server_sent_events_too(server: Server) -> None:
    for query in ("query A { businessDate } query B { businessDate }", "{", "{ nothing }", "{a" * 20_000, ""):
        async with asyncio.timeout(SECONDS), events(server.client, query) as results:
            assert codes(await anext(results)) == ["BAD_USER_INPUT"], query[:80]


async def test_a_message_that_is_none_closes_the_socket_and_nothing_else(server: Server) -> None:
    subscribe = {"type": "subscribe", "id": "1"}
    for message in (
        "{", '"x"', "1", "null", "[]", "{}", '{"type": 5}', '{"type": "nothing"}', '{"type": "subscribe"}',
        json.dumps({**subscribe, "payload": "x"}), json.dumps({**subscribe, "payload": []}),
        json.dumps({**subscribe, "payload": {}}), json.dumps({**subscribe, "payload": {"query": 5}}),
        json.dumps({**subscribe, "id": [], "payload": {"query": "{ businessDate }"}}),
        json.dumps({**subscribe, "payload": {"query": "{ businessDate }", "variables": [1]}}),
        json.dumps({**subscribe, "payload": {"query": "{ businessDate }", "operationName": 5}}),
    ):  # fmt: skip
        async with socket(server, None) as opened:
            await opened.connection.send(message)
            with pytest.raises(ConnectionClosed) as closed:
                await opened.receive()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4400, message
    assert await server.client.ask("{ businessDate }") == "2026-01-01"
