"""Schemathesis reads the description of the REST paths, and sends valid and invalid requests."""

import asyncio
import os
import sys
from pathlib import Path

import pytest
import schemathesis

from api.rest.openapi import description
from api.rest.paths import TABLE
from auth import sign_in_limit
from models import database
from settings import ROOT, Settings
from tasks.verification import verify
from tests.api import schemathesis_checks
from tests.api.subscribing import Server
from tests.builders import lent, on, operating, registered, unlimited
from tests.servers import contents

# Examples for each operation, in addition to those of the description and of each limit in it.
EXAMPLES = 8
# For more examples, which differ in each run: `FUZZING=2000 ./kist test tests/api/test_rest_fuzzing.py -n 0`.
MANY = os.environ.get("FUZZING", "")
# The limit of sign-in attempts. Each takes most of a core for its password.
TRIES = 10

CONFIGURATION = """
# A refusal is a valid answer. A check of kist asserts that the API understood the request.
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "400", "401", "403", "404", "429"]
"""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return unlimited(settings)


def test_the_description_is_openapi() -> None:
    schemathesis.openapi.from_dict(description()).validate()
    assert {path: set(methods) for path, methods in description()["paths"].items()} == {
        operation.path: {other.method.lower() for other in TABLE if other.path == operation.path} for operation in TABLE
    }


async def fuzzed(server: Server, token: str, folder: Path) -> None:
    """Run schemathesis on everything, and assert that it finds no fault."""
    configuration = folder / "schemathesis.toml"
    configuration.write_text(CONFIGURATION)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(configuration),
        "run", f"http://{server.address}/api/openapi.json", "--checks", "all", "--no-color",
        "--max-examples", MANY or str(EXAMPLES),
        *(["--generation-database", "none"] if MANY else ["--generation-deterministic", "--seed", "1"]),
        "--request-timeout", "60",
        *(["--header", f"Authorization: Bearer {token}"] if token else []),
        env={**os.environ, "SCHEMATHESIS_HOOKS": schemathesis_checks.__name__, "PYTHONPATH": str(ROOT)},
        cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said = (await process.communicate())[0].decode()
    assert process.returncode == 0, said


@pytest.mark.timeout(0 if MANY else 600)
@pytest.mark.parametrize("who", ["nobody", "borrower", "operator"])
async def test_schemathesis_finds_nothing(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, who: str
) -> None:
    monkeypatch.setattr(sign_in_limit, "MOST_FROM_AN_ADDRESS", TRIES)
    operator, borrower = await operating(server.client), await registered(server.client, aadhaar_id="999941057058")
    # The loan and the date that the examples use.
    await on(operator, "2026-01-31")
    assert await lent(borrower) == "1"
    token = {"nobody": "", "borrower": borrower.token, "operator": operator.token}[who]
    await fuzzed(server, token, tmp_path)
    # The requests succeeded where the caller may do so.
    stored = {table: len(rows) for table, rows in (await contents()).items()}
    assert stored["users"] > 1
    signed_in = await database.fetch("SELECT 1 FROM audit_entries WHERE event = 'SIGNED_IN'")
    assert len(signed_in) > 1
    assert (stored["loans"] > 1) == (who == "borrower")
    assert (stored["payments"] > 0) == (who != "nobody")
    assert (stored["billing_runs"] > 0) == (who == "operator")
    assert [record for record in caplog.records if record.name.startswith("kist") and record.levelno >= 40] == []
    assert await verify() == []
