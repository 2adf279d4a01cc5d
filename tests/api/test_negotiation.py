"""An answer has a type that the client accepts: JSON if possible, a stream if preferred or necessary."""

import json
from typing import Any

import httpx
import pytest

from api import negotiation
from api.graphql.server_sent_events import ServerSentEvents
from api.negotiation import GRAPHQL, HTML, JSON, STREAM
from tests.api.subscribing import SCORE, Server
from tests.builders import PAY, Client, lent, registered
from tests.servers import contents

URQL = f"{GRAPHQL}, application/graphql+json, application/json, text/event-stream, multipart/mixed"
IOS = (
    'multipart/mixed;boundary="graphql";deferSpec=20220824/v0.1,'
    'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json'
)
IOS_3 = f'multipart/mixed;boundary="graphql";subscriptionSpec="1.0",{GRAPHQL}, application/json'
KOTLIN = f"multipart/mixed;deferSpec=20220824, {GRAPHQL}, application/json"
KOTLIN_5 = f"multipart/mixed;incrementalSpec=v0.2, {GRAPHQL}, application/json"
APOLLO_DEFER = f"multipart/mixed;deferSpec=20220824,{GRAPHQL},application/json;q=0.9"
APOLLO_SUBSCRIPTION = f"multipart/mixed;boundary=graphql;subscriptionSpec=1.0,{GRAPHQL},application/json;q=0.9"
RELAY = f"{GRAPHQL}; charset=utf-8, application/json; charset=utf-8"
JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
SAFARI = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("header", "media_type", "weight"),
    [
        *(
            ("text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5", *row)
            for row in (
                ("text/plain;format=flowed", 1),
                ("text/plain", 0.7),
                ("text/html", 0.3),
                ("image/jpeg", 0.5),
                ("text/plain;format=fixed", 0.4),
                ("text/html;level=3", 0.3),
            )
        ),
        ("audio/*; q=0.2, audio/basic", "audio/basic", 1),
        ("audio/*; q=0.2, audio/basic", "audio/ogg", 0.2),
        ("text/plain; q=0.5, text/html, text/x-dvi; q=0.8, text/x-c", "text/x-dvi", 0.8),
        ("text/*, text/plain, text/plain;format=flowed, */*", "text/plain", 1),
    ],
)
def test_the_examples_of_rfc_9110_have_its_weights(header: str, media_type: str, weight: float) -> None:
    assert negotiation.weight(header, media_type) == weight


@pytest.mark.parametrize(
    ("header", "media_type", "weight"),
    [
        ("application/json;q=0, */*", JSON, 0),
        ("*/*, application/json;q=0", JSON, 0),
        ("application/*;q=0.5, */*;q=0.9", JSON, 0.5),
        ("APPLICATION/JSON ; Q=0.5", JSON, 0.5),
        ("application/json;q=1.0;ext=1", JSON, 1),
        ("application/json;q=7", JSON, 1),
        ("application/json;q=nonsense", JSON, 0),
        ("application/json;q=", JSON, 0),
        ("application/json;q=1e0", JSON, 0),
        ("application/json;q=-1", JSON, 0),
        ("application/json;q=٠", JSON, 0),
        ('text/plain;a=";q=0, application/json;q=0.1", application/json;q=0.6', JSON, 0.6),
        ('text/plain;a="\\", application/json;q=0.1", application/json;q=0.6', JSON, 0.6),
        (",, application/json;q=0.6,,", JSON, 0.6),
        (JAVA, JSON, 0.2),
        ("json", JSON, 0),
        ("application/json; charset=utf-8", f"{JSON};charset=utf-8", 1),
        # A range with parameters that the answer lacks still matches, but a range without them has precedence.
        ("application/json; odata=verbose", JSON, 1),
        ("application/json; odata=verbose, application/json;q=0.3", JSON, 0.3),
        ('multipart/mixed;boundary="graphql"', JSON, 0),
    ],
)
def test_a_weight_is_that_of_the_range_that_names_the_type_most_exactly(
    header: str, media_type: str, weight: float
) -> None:
    assert negotiation.weight(header, media_type) == weight


@pytest.mark.parametrize(
    ("header", "json_type", "is_stream", "may_stream"),
    [
        ("", JSON, False, False),
        ("*/*", JSON, False, False),
        (URQL, GRAPHQL, False, True),
        (IOS, JSON, False, False),
        (IOS_3, GRAPHQL, False, False),
        (KOTLIN, GRAPHQL, False, False),
        (KOTLIN_5, GRAPHQL, False, False),
        (APOLLO_DEFER, GRAPHQL, False, False),
        (APOLLO_SUBSCRIPTION, GRAPHQL, False, False),
        (RELAY, GRAPHQL, False, False),
        (JAVA, JSON, False, False),
        (SAFARI, JSON, False, False),
        (STREAM, None, True, True),
        ("text/*", None, True, True),
        (f"{STREAM}, multipart/mixed", None, True, True),
        (f"{STREAM}, {JSON}", JSON, False, True),
        (f"{STREAM}, */*", JSON, False, True),
        (f"{STREAM}, {JSON};q=0.9", JSON, True, True),
        (f"{STREAM}, {JSON};q=0", None, True, True),
        (f"{STREAM};q=0.5, {JSON};q=0.4, {GRAPHQL};q=0.6", GRAPHQL, False, True),
        (f"{STREAM};q=0.5, */*;q=0.1", JSON, True, True),
        (f"{STREAM};q=0.1, application/*", JSON, False, True),
        (f"{STREAM};q=0, */*", JSON, False, False),
        (f"*/*;q=0, {STREAM}", None, True, True),
        (f"{GRAPHQL};q=0.5, */*;q=0.5", GRAPHQL, False, False),
        ("image/png", None, False, False),
        (f"{JSON};q=0, {STREAM};q=0", None, False, False),
    ],
)
def test_json_is_answered_unless_a_stream_weighs_more(
    header: str, json_type: str | None, is_stream: bool, may_stream: bool
) -> None:
    assert negotiation.accepted(header)[:3] == (json_type, is_stream, may_stream)


@pytest.mark.parametrize(
    "header", ["," * 60_000, '"\\' * 30_000, "a/b;" * 15_000, ";=" * 30_000, "*/*;q=0." + "1" * 60_000]
)
def test_a_header_of_any_length_is_read_at_once(header: str) -> None:
    assert isinstance(negotiation.accepted(header), negotiation.Accepted)
    assert negotiation.weight(header, HTML) in {0, 0.1} or header.startswith("*/*")


def lines(text: str) -> list[str]:
    return text.split("\n")


async def asked(client: Client, query: str, accept: str, **more: Any) -> httpx.Response:
    headers = {"Accept": accept} | ({"Authorization": f"Bearer {client.token}"} if client.token else {})
    return await client.http.post("/graphql", json={"query": query, **more}, headers=headers)


@pytest.mark.parametrize("accept", [URQL, IOS, KOTLIN, RELAY, "*/*", f"{STREAM}, {JSON}", f"{JSON}, {STREAM};q=0.9"])
async def test_a_payment_is_taken_once_and_answered_in_json(client: Client, accept: str) -> None:
    borrower = await registered(client)
    loan_id = await lent(borrower)
    response = await asked(borrower, PAY, accept, variables={"input": {"loanId": loan_id, "amount": "100"}})
    assert response.headers["content-type"].split(";")[0] in {JSON, GRAPHQL}
    assert response.json()["data"]["makePayment"]["loan"]["payoff"] == "49900.00"
    again = await asked(borrower, PAY, accept, variables={"input": {"loanId": loan_id, "amount": "100"}})
    assert again.json()["data"]["makePayment"]["problems"][0]["code"] == "DUPLICATE_PAYMENT"


async def test_where_a_stream_is_preferred_it_is_one_whose_lines_end_with_lf(client: Client) -> None:
    for accept in (STREAM, f"{STREAM}, {JSON};q=0.9", "text/*", f"{JSON};q=0, {STREAM}"):
        response = await asked(client, "{ businessDate }", accept)
        assert (response.status_code, response.headers["content-type"]) == (200, STREAM), accept
        assert "\r" not in response.text
        assert lines(response.text) == [
            "event: next", 'data: {"data":{"businessDate":"2026-01-01"}}', "", "event: complete", "data: ", "", "",
        ]  # fmt: skip


def test_a_heartbeat_ends_with_lf_too() -> None:
    assert ServerSentEvents().heartbeat_message(json.dumps) == ": ping\n\n"


async def test_a_subscription_is_a_stream_for_each_client_that_reads_one_and_refused_to_others(client: Client) -> None:
    for accept in (URQL, STREAM, f"{JSON}, {STREAM};q=0.1", "text/*, application/json"):
        response = await asked(client, SCORE, accept)
        assert response.headers["content-type"] == STREAM, accept
        assert "UNAUTHENTICATED" in response.text
    before = await contents()
    for accept in (JSON, GRAPHQL, "*/*", IOS, f"{STREAM};q=0, */*"):
        response = await asked(client, SCORE, accept)
        assert response.status_code == 400
        assert response.headers["content-type"].startswith("application/")
        assert response.json()["errors"][0]["message"].startswith("Send a subscription with Accept: text/event-stream")
    assert await contents() == before


async def test_the_operation_that_is_named_decides_before_anything_runs(client: Client) -> None:
    borrower = await registered(client)
    loan_id = await lent(borrower)
    several = f"{PAY.replace('mutation', 'mutation Pay', 1)} {SCORE.replace('subscription', 'subscription Watch', 1)}"
    variables = {"input": {"loanId": loan_id, "amount": "100"}}
    before = await contents()
    response = await asked(client, several, URQL, variables=variables, operationName="Watch")
    assert response.headers["content-type"] == STREAM
    for name in (None, "", "Other"):
        response = await asked(borrower, several, URQL, variables=variables, operationName=name)
        assert response.status_code == 400, name
        assert response.headers["content-type"].startswith("application/")
    assert await contents() == before
    response = await asked(borrower, several, URQL, variables=variables, operationName="Pay")
    assert response.json()["data"]["makePayment"]["replayed"] is False


async def test_a_get_is_negotiated_alike(client: Client) -> None:
    for accept, kind in ((URQL, GRAPHQL), (STREAM, STREAM), ("*/*", JSON), (f"{STREAM}, */*", JSON)):
        response = await client.http.get("/graphql", params={"query": "{ businessDate }"}, headers={"Accept": accept})
        assert response.headers["content-type"].split(";")[0] == kind, accept
    response = await client.http.get("/graphql", params={"query": "mutation { logout }"}, headers={"Accept": URQL})
    assert response.status_code == 405


async def test_several_lines_of_a_header_are_one_list(server: Server) -> None:
    headers = [("Accept", f"{STREAM}"), ("Accept", f"{GRAPHQL}"), ("Content-Type", "application/json")]
    response = await server.client.http.post("/graphql", content='{"query": "{ businessDate }"}', headers=headers)
    assert (response.headers["content-type"], response.json()) == (GRAPHQL, {"data": {"businessDate": "2026-01-01"}})


async def test_an_error_is_json_wherever_json_is_accepted(client: Client) -> None:
    for body in ({"query": "{"}, {"query": "{ nothing }"}, {"query": "{ me { id } }"}):
        response = await client.http.post("/graphql", json=body, headers={"Accept": URQL})
        assert response.headers["content-type"] == GRAPHQL
        assert json.loads(response.text)["errors"]
