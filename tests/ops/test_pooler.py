"""Behind PgBouncer in transaction mode everything works; commands that need a session connect past it.

The tests marked `pooled` run directly and behind PgBouncer. They cover each kind of statement that may depend on a
session.
"""

import asyncio

import pytest

from models import database
from settings import Settings
from tests import poolers
from tests.builders import PAY, lent, registered, serving
from tests.running import free_port, run
from tests.servers import Servers

FEW = 2


def behind(settings: Settings, port: int) -> Settings:
    url = f"postgresql://postgres@127.0.0.1:{port}/{settings.queue}?sslmode=disable"
    return settings.model_copy(update={"database_pooler_url": url})


async def test_many_share_the_few_connections_of_the_server(settings: Settings, servers: Servers) -> None:
    with poolers.running(servers.database_url, FEW) as url:
        pooled = settings.model_copy(update={"database_pooler_url": url.replace("/kist?", f"/{settings.queue}?")})
        async with serving(pooled) as client:
            borrower = await registered(client)
            loan_id = await lent(borrower)

            async def paid(number: int) -> None:
                given = {"loanId": loan_id, "amount": "1.00", "transactionId": str(number)}
                assert (await borrower.ask(PAY, input=given))["__typename"] == "PaymentReceipt"

            await asyncio.gather(*map(paid, range(40)))
            ((connections,),) = await database.fetch(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = 'kist' AND backend_type = 'client backend'"
            )
            ((payments,),) = await database.fetch("SELECT count(*) FROM payments")
            assert (connections, payments) == (FEW, 40)


@pytest.mark.parametrize("part", ["api", "worker", "scheduler"])
async def test_a_part_says_in_one_line_that_the_pooler_does_not_answer(settings: Settings, part: str) -> None:
    port = free_port()
    done = await asyncio.to_thread(run, behind(settings, port), part)
    assert done.returncode == 2
    assert done.stderr.startswith(f"kist: PgBouncer at 127.0.0.1:{port}/{settings.queue} (KIST_DATABASE_POOLER_URL): ")
    assert done.stderr.count("\n") == 1


async def test_migrations_and_commands_go_past_the_pooler(settings: Settings) -> None:
    nobody = behind(settings, free_port())
    assert (await asyncio.to_thread(run, nobody, "migrate")).stdout == "0 migrations applied\n"
    assert (await asyncio.to_thread(run, nobody, "verify")).stdout == "everything agrees\n"
