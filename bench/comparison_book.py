"""A program that `bench.compare` runs in the tree of one revision: it makes a book there, and prints requests for it.

Every import comes from that tree, so each revision migrates its own database and signs its own tokens.
"""

import asyncio
import json
import sys
from random import Random

from bench import environment, http_clients, lives, loan_book, payments, statement
from settings import Settings, load


def main() -> None:
    """Print pairs of a token and a body, by the name of their endpoint.

    The arguments are the number of loans and the number of pairs, each for one endpoint.
    """
    loans, count = map(int, sys.argv[1:])
    settings = load()
    asyncio.run(_make_book(settings, loans))
    spans = {payments.PAYMENT: range(1, loans + 1), statement.STATEMENT: range(loans + 1, 2 * loans + 1)}
    drawn = Random(1)
    requests = {
        endpoint.name: [_request(settings, endpoint, drawn.choice(span), number) for number in range(count)]
        for endpoint, span in spans.items()
    }
    json.dump(requests, sys.stdout)


async def _make_book(settings: Settings, loans: int) -> None:
    await environment.prepare(settings)
    await loan_book.make(settings, loans, [lives.simulated(2, environment.DAY)])
    await loan_book.make(settings, loans, [lives.simulated(statement.EVENTS, environment.DAY)], after=loans)
    await environment.settle(settings)


def _request(settings: Settings, endpoint: http_clients.Endpoint, loan_id: int, number: int) -> tuple[str, str]:
    body = {"query": endpoint.query, "variables": endpoint.variables(loan_id, number)}
    return http_clients.token(settings, loan_id), json.dumps(body)


if __name__ == "__main__":
    main()
