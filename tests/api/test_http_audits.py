"""The server follows the GraphQL over HTTP specification: all 61 audits of the npm package graphql-http pass."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from tests.api.subscribing import Server
from tests.programs import unavailable

AUDITS = Path(__file__).parent.parent / "audits"
FILES = (".npmrc", "package.json", "package-lock.json", "audits.js")
UNREACHABLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ERR_SOCKET_TIMEOUT", "ENETUNREACH")


async def ran(folder: Path, *command: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    output, errors = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode(), errors.decode()


async def test_all_audits_of_graphql_over_http_pass(server: Server, tmp_path: Path) -> None:
    if not shutil.which("npm") or not shutil.which("node"):
        unavailable("npm or node is not installed")
    for name in FILES:
        shutil.copy(AUDITS / name, tmp_path)
    code, _, errors = await ran(tmp_path, "npm", "ci", "--prefer-offline")
    if code and any(reason in errors for reason in UNREACHABLE):
        unavailable("the registry of npm cannot be reached from here")
    assert code == 0, errors
    code, output, errors = await ran(tmp_path, "node", "audits.js", f"http://{server.address}/graphql")
    assert code == 0, errors
    results = json.loads(output)
    assert len(results) == 61
    assert [result for result in results if result["status"] != "ok"] == []


def test_where_ci_says_true_nothing_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="there is no npm"):
        unavailable("there is no npm")
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception):
        unavailable("there is no npm")
