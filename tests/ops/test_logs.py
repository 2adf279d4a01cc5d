"""Logs are JSON for machines and text for a terminal; each line has its request and its job."""

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from settings import ROOT
from tests.builders import APPLY, REGISTER
from tests.ops.observed import NUMBER, SPELT, Run, lines
from tests.running import until

SCRIPT = f"""
import logging, sys, warnings
from ops.monitoring import logs
from settings import Settings
from telemetry import job_id, request_id
logs.configure(Settings(_env_file=None))
logging.getLogger("kist.api").debug("not this")
logging.getLogger("uvicorn.access").info("nor this")
logging.getLogger("kist.api").info("two\\n%s", "{SPELT[1]}")
request_id.set("request-1")
job_id.set("job-1")
logging.getLogger("uvicorn.error").warning("a number: {NUMBER}", extra={{"quoted": "{SPELT[2]}", "n": 1}})
warnings.warn("look out")
raise ValueError("{NUMBER}")
"""


def said(stderr: int, **variables: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KIST_")}
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, env=environment | variables, cwd=ROOT, stderr=stderr, check=False)
    assert done.returncode == 1


def on_a_terminal(**variables: str) -> str:
    ours, theirs = pty.openpty()
    said(theirs, **variables)
    os.close(theirs)
    text = b""
    try:
        while part := os.read(ours, 4096):
            text += part
    except OSError:  # Linux reports the closed other end in this way
        pass
    os.close(ours)
    return text.decode()


def in_a_file(path: Path, **variables: str) -> str:
    with path.open("wb") as file:
        said(file.fileno(), **variables)
    return path.read_text()


def test_a_file_gets_json(tmp_path: Path) -> None:
    text = in_a_file(tmp_path / "log")
    first, second, warned, failed = lines(text)
    assert first.pop("time") <= second.pop("time")
    assert first == {"level": "INFO", "logger": "kist.api", "message": "two\nXXXX XXXX 9012"}
    about = {"request_id": "request-1", "job_id": "job-1"}
    assert second == {
        "level": "WARNING", "logger": "uvicorn.error", "message": "a number: XXXX XXXX 9012",
        "quoted": "XXXX XXXX 9012", "n": 1, **about,
    }  # fmt: skip
    assert "look out" in warned["message"]
    assert warned.items() >= about.items()
    assert (failed["level"], failed.items() >= about.items()) == ("CRITICAL", True)
    assert failed["exception"].endswith("ValueError: XXXX XXXX 9012")
    assert not any(form in text for form in SPELT)


def test_a_terminal_gets_text() -> None:
    text = on_a_terminal()
    assert " INFO    kist.api [-] two\r\nXXXX XXXX 9012\r\n" in text
    assert " WARNING uvicorn.error [request-1 job-1] a number: XXXX XXXX 9012\r\n" in text
    assert "\r\nTraceback (most recent call last):\r\n" in text
    assert "ValueError: XXXX XXXX 9012\r\n" in text


def test_the_format_is_chosen_by_setting(tmp_path: Path) -> None:
    assert "[request-1 job-1]" in in_a_file(tmp_path / "log", KIST_LOG_FORMAT="text")
    assert len(lines(on_a_terminal(KIST_LOG_FORMAT="json"))) == 4
    assert [line["level"] for line in lines(in_a_file(tmp_path / "log", KIST_LOG_LEVEL="error"))] == [
        "WARNING", "WARNING", "CRITICAL",
    ]  # fmt: skip


async def asked(run: Run, query: str, token: str = "", name: str = "", **variables: Any) -> dict[str, Any]:
    headers = {"X-Request-Id": name} | ({"Authorization": f"Bearer {token}"} if token else {})
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{run.settings.port}", timeout=20) as http:
        response = await http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        await http.get("/health/live")
        await http.get("/nothing%0Athere")
    answer: dict[str, Any] = response.json()
    return answer


@pytest.mark.parametrize("level", ["debug", "info", "warning"])
async def test_each_request_and_its_job_have_a_line_with_its_id(begun: Run, level: str) -> None:
    begun.start("api", KIST_LOG_LEVEL=level)
    begun.start("worker", KIST_LOG_LEVEL=level)
    await until(begun.answers)
    person = {"name": "Asha Rao", "email": "asha@kist.test", "aadhaarId": NUMBER}
    session = (await asked(begun, REGISTER, name="first", input=person))["data"]["registerUser"]
    token, account = session["accessToken"], f"borrower {session['user']['id']}"

    async def scored() -> bool:
        return bool((await begun.post("{ me { creditScore } }", token))["data"]["me"]["creditScore"])

    await until(scored)
    await asked(begun, APPLY, token, "second", input={"amount": "1", "loanTerm": 1, "interestRate": "1"})
    # A request id that may be a person's number is replaced.
    await asked(begun, "{ x }", name=SPELT[2])
    await begun.stop()
    api, worker = (lines((begun.settings.home / f"{part}.log").read_text()) for part in ("api", "worker"))
    of = {name: [line for line in api if line.get("request_id") == name] for name in ("first", "second")}
    if level == "warning":
        assert (api, worker) == ([], [])
        return
    (first,), (second,) = of.values()
    assert first.items() >= {"method": "POST", "path": "/graphql", "status": 200, "fields": "registerUser"}.items()
    assert "account" not in first
    assert second["account"] == account
    assert second["message"].startswith("POST /graphql 200 after ")
    assert second["message"].endswith(f" ms: applyLoan by {account}")
    assert second["milliseconds"] > 0
    (scoring,) = [line for line in worker if line.get("task") == "score_user"]
    assert (scoring["request_id"], len(scoring["job_id"])) == ("first", 32)
    assert scoring["message"].startswith("score_user done after ")
    assert sum(line.get("path") == "/nothing\\nthere" for line in api) == 3
    assert any(line.get("path") == "/health/live" for line in api) == (level == "debug")
