"""An Aadhaar number that enters kist appears in no output, log, dump or queue, after every operation on it."""

import asyncio
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from models import database
from ops.embedded.postgres import PROGRAMS
from rules import aadhaar
from tests.builders import APPLY, LOGIN, REGISTER, key
from tests.ops.observed import FORMS, NUMBER, ODDLY, SPELT, Run
from tests.ops.span_receiver import receiving
from tests.running import free_port, run, until
from tests.servers import Servers, tamper
from tests.tasks.workers import is_idle, speaking_to

CSV = f"""aadhaar_id,date,transaction_type,amount
{NUMBER},2025-01-01,CREDIT,600000
{SPELT[1]},2025-01-02,CREDIT,not money
{SPELT[2]},2025-01-32,DEBIT,1
{NUMBER}7,2025-01-02,CREDIT,1
,2025-01-02,{NUMBER},1
"""


async def kept(valkey: Any, queue: str) -> str:
    """All keys and values of a queue in Valkey, as text."""
    reading = {
        b"string": valkey.get,
        b"hash": valkey.hgetall,
        b"set": valkey.smembers,
        b"stream": valkey.xrange,
        b"zset": lambda key: valkey.zrange(key, 0, -1, withscores=True),
        b"list": lambda key: valkey.lrange(key, 0, -1),
    }
    # The cost of a request expires within moments.
    kinds = {key: await valkey.type(key) for key in await valkey.keys(f"*{queue}*")}
    found = {key: await reading[kind](key) for key, kind in kinds.items() if kind != b"none"}
    return str(found)


async def everything_done(running: Run, watched: dict[str, str]) -> None:
    """Every operation on a number: typos, registration, import, scoring, refusals, failures, rotation, erasure."""
    running.start("api", **watched)
    await until(running.answers)
    person = {"name": "Asha Rao", "email": "asha@kist.test", "annualIncome": "600000", "password": "a long password"}
    unread = [text for text in ODDLY if aadhaar.parse(text, "lenient") is None]
    mistyped: list[Any] = [*unread, f"{NUMBER}7", int(NUMBER), [NUMBER], {"number": SPELT[1]}, f"x{NUMBER}"]
    for nonsense in mistyped:
        await running.post(REGISTER, input={**person, "aadhaarId": nonsense})
    await running.post(f'mutation {{ registerUser(input: {{ aadhaarId: {NUMBER}, name: "{NUMBER}" }}) {{ x }} }}')
    await running.post(f"{{ me }} # {NUMBER} \x00 {{")
    await running.post(f'{{ user(id: "{SPELT[1]}") {{ id }} }}')
    for number in (NUMBER, *ODDLY):
        await running.post(LOGIN, input={"email": number, "password": number})
        for field in ("name", "address", "consent"):
            refused = await running.post(REGISTER, input={**person, "aadhaarId": SPELT[1], field: f"Asha {number}"})
            assert refused["data"]["registerUser"]["__typename"] == "Refusal"
        await running.post(f"{{ businessDate }} # {number}")
    answer = await running.post(REGISTER, input={**person, "aadhaarId": SPELT[1]})
    token = answer["data"]["registerUser"]["accessToken"]
    await running.post(REGISTER, input={**person, "aadhaarId": SPELT[2]})
    async with speaking_to(running.settings) as valkey:
        running.said["job"] = str(await valkey.xrange(running.settings.queue))
        assert "score_user" in running.said["job"]
        running.said["Valkey"] = await kept(valkey, running.settings.queue)
        # The search covers the right keys: jobs, sign-in attempts, and queries that were sent in full.
        for part in ("score_user", "attempts", "{ businessDate }"):
            assert part in running.said["Valkey"]
    file = running.settings.home / "history.csv"
    file.write_text(CSV)
    imported = run(running.settings, "import", str(file), KIST_LOG_LEVEL="debug")
    assert imported.returncode == 0, imported.stderr
    running.said["import"] = imported.stdout + imported.stderr
    running.said["rejects"] = file.with_suffix(".rejects.csv").read_text()
    assert running.said["rejects"].count("\n") == 5
    file.unlink()
    running.start("worker", **watched | {"KIST_METRICS_PORT": str(free_port())})

    async def scored() -> bool:
        return bool((await running.post("{ me { creditScore aadhaarMasked } }", token))["data"]["me"]["creditScore"])

    await until(scored)
    # The import has also scored the person: the job of the registration may not have begun yet.
    await until(lambda: is_idle(running.settings))
    terms = {"amount": "1000", "loanTerm": 1, "interestRate": "1"}
    await running.post(APPLY, token, input=terms)
    rotated = run(running.settings.model_copy(update={"aadhaar_digest_keys": key("e")}), "keys", "rotate")
    running.said["rotation"] = rotated.stdout + rotated.stderr
    assert rotated.returncode == 0, rotated.stderr
    await tamper("ALTER TABLE credit_assessments RENAME TO away")
    await tamper("ALTER TABLE users RENAME COLUMN consent_version TO away")
    failed = await running.post(REGISTER, input={**person, "email": "b@kist.test", "aadhaarId": NUMBER[:-1] + "3"})
    assert failed["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    async with httpx.AsyncClient(timeout=20) as http:
        for number in (*SPELT, *ODDLY[:-1]):
            headers = {
                "X-Request-Id": number.replace(" ", ".").replace("/", "_"),
                "traceparent": number,
                "User-Agent": number,
            }
            address = f"http://127.0.0.1:{running.settings.port}/{number}"
            running.said[f"nothing {number}"] = str((await http.get(address, headers=headers)).headers)
        for name, port, path in (
            ("health", running.settings.port, "health/ready"),
            ("metrics", watched["KIST_METRICS_PORT"], "metrics"),
        ):
            running.said[name] = (await http.get(f"http://127.0.0.1:{port}/{path}")).text
    await running.stop()


def dumped(url: str) -> str:
    command = [str(PROGRAMS / "pg_dump"), "--dbname", url]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def left_in(folder: Path) -> dict[str, str]:
    return {str(path): path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file()}


async def test_the_number_is_in_nothing_that_is_left(begun: Run, servers: Servers, tmp_path: Path) -> None:
    async with database.connected(begun.settings.database_url):
        already = servers.log.stat().st_size
        with receiving() as receiver:
            await everything_done(begun, receiver.environment() | {"KIST_METRICS_PORT": str(free_port())})
            begun.said["traces"] = b"".join(receiver.bodies).decode("latin-1")
    begun.said["dump"] = await asyncio.to_thread(dumped, begun.settings.owner_url())
    begun.said["log of PostgreSQL"] = servers.log.read_bytes()[already:].decode(errors="replace")
    begun.said |= left_in(tmp_path)
    # The search covers the right data.
    assert "asha@kist.test" in begun.said["dump"]
    assert "asha@kist.test" in begun.said["log of PostgreSQL"]
    assert "Traceback" in begun.said[str(tmp_path / "api.log")]
    assert '"fields": "registerUser"' in begun.said[str(tmp_path / "api.log")]
    assert "job score_user" in begun.said["traces"]
    assert 'kist_refusals_total{code="AADHAAR_TAKEN"} 1.0' in begun.said["metrics"]
    assert '"status":"ready"' in begun.said["health"]
    found = [(where, form) for where, text in begun.said.items() for form in FORMS if form in text]
    assert found == []


@pytest.mark.parametrize("spelt", [*SPELT, f"{NUMBER}7"])
def test_a_number_is_hidden_wherever_it_stands_in_a_text(spelt: str) -> None:
    for text in (spelt, f"'{spelt}'", f"a {spelt}.", f"({spelt}),"):
        assert NUMBER[:4] not in aadhaar.hidden(text)
    harmless = "0f567812349012ab 2026-11-23 23:58:00,123 127.0.0.1:54321 12345678901 1234.56"
    assert aadhaar.hidden(harmless) == harmless
