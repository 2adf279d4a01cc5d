"""Commands from outside: a refusal is one line on standard error."""

import asyncio
from datetime import date
from pathlib import Path

import pytest

from models import business_date, database
from settings import Settings
from tests.running import run, until
from tests.servers import Servers, administer
from tests.tasks.loan_rows import borrow
from tests.tasks.workers import holding, waiting


@pytest.mark.parametrize("sandbox", [True, False])
@pytest.mark.parametrize("part", ["api", "worker", "scheduler"])
async def test_a_part_asks_for_the_migrations_it_lacks(
    settings: Settings, servers: Servers, part: str, sandbox: bool
) -> None:
    name = f"empty_{part}_{sandbox}".lower()
    await administer(servers, f"CREATE DATABASE {name} OWNER kist_owner")
    empty = settings.model_copy(update={**servers.settings(name), "port": 0, "sandbox": sandbox})
    done = run(empty, part)
    await administer(servers, f"DROP DATABASE {name}")
    assert (done.returncode, done.stdout) == (2, "")
    every = len(list(database.MIGRATIONS.glob("models/[0-9]*.py")))
    assert done.stderr == f"kist: the database lacks {every} migrations: run ./kist migrate\n"


async def test_a_deployment_of_one_role_migrates_and_is_told_what_that_means(settings: Settings) -> None:
    alone = settings.model_copy(update={"database_url": settings.database_owner_url, "database_owner_url": ""})
    for given, told in ((settings, ""), (alone, "one database role does everything")):
        done = run(given, "migrate")
        assert (done.returncode, done.stdout) == (0, "0 migrations applied\n")
        assert done.stderr.count("\n") == bool(told)
        assert told in done.stderr
    # The application's role may not change tables.
    application = settings.model_copy(update={"database_owner_url": ""})
    done = run(application, "migrate")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("kist: the role kist_application may not change tables")


async def test_an_operator_is_made_once_and_may_have_a_domain_of_the_lenders_own(settings: Settings) -> None:
    password = {"KIST_OPERATOR_PASSWORD": "a long password"}
    first = run(settings, "operator", "add", "Counter@lender.local", **password)
    assert (first.returncode, first.stdout) == (0, "Counter@lender.local is an operator\n")
    again = run(settings, "operator", "add", "counter@LENDER.local", **password)
    assert (again.returncode, again.stderr) == (2, "kist: counter@lender.local has an account already\n")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["operator", "add", "clerk"], "clerk is not an email address"),
        (["bill", "--as-of", "31-01-2026"], "31-01-2026 is not a date. Write it as 2026-01-31"),
        (["bill", "--as-of", "2999-01-01"], "a later date cannot be billed yet"),
        (["import", "nothing.csv"], "nothing.csv"),
    ],
)
async def test_what_cannot_be_done_is_one_line(settings: Settings, command: list[str], words: str) -> None:
    done = run(settings, *command, KIST_OPERATOR_PASSWORD="a long password")
    assert done.returncode == 2
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("kist: ")]
    assert words in line
    assert "Traceback" not in done.stderr


async def test_billing_shows_how_far_it_is_and_what_has_come_of_it(memory: Settings) -> None:
    await borrow()
    await business_date.move_to(date(2026, 1, 31))
    done = run(memory, "bill", COLUMNS="160")
    assert done.stdout == "2026-01-31: 1 loans due, 1 bills, interest 435.00\n", done.stderr
    assert "billing 2026-01-31: 1 bills, interest 435.00" in done.stderr
    assert "1/1" in done.stderr


async def test_a_command_whose_database_goes_away_says_so_in_one_line(memory: Settings) -> None:
    loan_id = await borrow()
    await business_date.move_to(date(2026, 1, 31))
    async with holding(memory, f"loans WHERE id = {loan_id}") as connection:
        billing = asyncio.create_task(asyncio.to_thread(run, memory, "bill"))
        await until(waiting)
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        done = await billing
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "kist: the connection to the database was lost" in done.stderr.splitlines()[-1]


async def test_a_spreadsheet_is_refused_in_one_line(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "history.csv"
    file.write_bytes(b"PK\x03\x04" + bytes(100))
    done = run(settings, "import", str(file))
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
