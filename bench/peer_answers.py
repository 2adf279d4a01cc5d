"""Two servers must give the same answers to the same requests, and leave the same rows, before they are measured."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from bench import environment, http_clients, load_generator
from bench.environment import DAY
from bench.errors import BenchmarkError
from bench.http_clients import Endpoint
from bench.payments import PAYMENT
from bench.statement import STATEMENT
from settings import Settings

# Loans whose answers are compared, of each kind.
_SAMPLE = 20

# The rows that a payment writes, without times and the ids of requests.
_ROWS = """
SELECT jsonb_agg(
    to_jsonb(stored) - '{{created_at,happened_at,request_id,digest}}'::text[] #- '{{details,created_at}}' ORDER BY id
)::text
FROM {table} stored WHERE {column} = ANY($1::bigint[])
"""
_TABLES = {
    "loans": "id",
    "bills": "loan_id",
    "payments": "loan_id",
    "ledger_entries": "loan_id",
    "audit_entries": "loan_id",
}

_NUMBER = 10**14


async def compare(ours: Settings, theirs: Settings, spans: Mapping[Endpoint, range]) -> None:
    """Send the same requests to both, for a sample of loans.

    Raises:
        BenchmarkError: an answer or a row differs.
    """
    paid = spans[PAYMENT][:: max(len(spans[PAYMENT]) // _SAMPLE, 1)]
    read = spans[STATEMENT][:: max(len(spans[STATEMENT]) // _SAMPLE, 1)]
    answers = []
    for settings in (ours, theirs):
        job = load_generator.Job(settings.host, settings.port, 1, 0.0, "", [])
        connection = await load_generator.opened(settings.host, settings.port)
        requests = list(_requests(settings, paid, read))
        sent = [await connection.send(load_generator.post(job, token, body)) for token, body in requests]
        answers.append([json.dumps(json.loads(answer)) for answer in sent])
        bodies = [body for _, body in requests]
    for body, our, their in zip(bodies, *answers, strict=True):
        if our != their:
            raise BenchmarkError(f"the answers differ:\n{body}\n{our}\n{their}")
    await compare_rows(ours, theirs, [*paid])


async def compare_rows(ours: Settings, theirs: Settings, loans: list[int]) -> None:
    """Compare the rows that both have for some loans.

    Raises:
        BenchmarkError: a row differs.
    """
    for table, column in _TABLES.items():
        rows = [await _rows(settings, table, column, loans) for settings in (ours, theirs)]
        if rows[0] != rows[1]:
            raise BenchmarkError(f"the rows of {table} differ:\n{rows[0]}\n{rows[1]}")


async def _rows(settings: Settings, table: str, column: str, loans: list[int]) -> str:
    async with environment.connection(settings) as connection:
        return str(await connection.fetchval(_ROWS.format(table=table, column=column), loans))


def _requests(settings: Settings, paid: range, read: range) -> Iterator[tuple[str, str]]:
    """Pairs of a token and a body: payments and statements, and payments that are refused."""
    for number, loan_id in enumerate(paid, _NUMBER):
        yield _request(settings, PAYMENT, loan_id, loan_id, number)
    for loan_id in (*read, *paid):
        yield _request(settings, STATEMENT, loan_id, loan_id, 0)
    own, other = paid[0], paid[1]
    for loan_id in (other, 0, 2**62):
        yield _request(settings, PAYMENT, own, loan_id, _NUMBER + _SAMPLE)
        yield _request(settings, STATEMENT, own, loan_id, 0)
    tomorrow, yesterday = (str(DAY + timedelta(days=days)) for days in (1, -1))
    for change in (
        *({"amount": amount} for amount in ("0.00", "-1.00", "49999.99", "999999999.00")),
        *({"paymentDate": day} for day in (tomorrow, yesterday)),
        {"amount": "0", "paymentDate": tomorrow},
        {"transactionId": str(_NUMBER), "amount": "2.00"},
    ):
        yield _request(settings, PAYMENT, own, own, _NUMBER + _SAMPLE, **change)


def _request(
    settings: Settings, endpoint: Endpoint, user_id: int, loan_id: int, number: int, **change: Any
) -> tuple[str, str]:
    variables: Any = endpoint.variables(loan_id, number)
    if change:
        variables = {"input": {**variables["input"], **change}}
    return http_clients.token(settings, user_id), json.dumps({"query": endpoint.query, "variables": variables})
