"""The head of the book is public: anyone may compare a proof with it."""

from datetime import date

from rules.audit import WORKER
from tasks import book_heads
from tests.builders import Client, lent

HEAD = "query ($on: Date) { bookHead(on: $on) { date head root loans publishedAt } }"


async def test_anyone_reads_the_newest_head_or_that_of_a_date(client: Client, borrower: Client) -> None:
    assert await client.ask(HEAD) is None
    await lent(borrower)
    first, second = [await book_heads.publish(date(2026, 1, day), "Asha Finance", WORKER) for day in (1, 2)]
    found = await client.ask(HEAD, on="2026-01-01")
    assert {name: found[name] for name in ("date", "head", "root", "loans")} == {
        "date": "2026-01-01",
        "head": first.head.hex(),
        "root": first.root.hex(),
        "loans": 1,
    }
    assert (await client.ask(HEAD))["head"] == second.head.hex()
    assert await client.ask(HEAD, on="2025-12-31") is None
