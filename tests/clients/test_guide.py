"""The examples of docs/frontend.md for client libraries run as they stand."""

import asyncio
import re
import sys
from pathlib import Path

import pytest

from ops.commands import build_web
from settings import ROOT
from tests.api.subscribing import Server
from tests.builders import registered

GUIDE = (ROOT / "docs" / "frontend.md").read_text(encoding="utf-8")
EXAMPLES = {
    library: (language, text)
    for language, library, text in re.findall(r"^```(js|python) ([\w-]+)\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
}
SECONDS = 60


def test_the_guide_has_an_example_for_each_library() -> None:
    assert list(EXAMPLES) == ["urql", "apollo", "graphql-request", "graphql-ws", "gql"]


async def printed(command: list[str], folder: Path, program: str) -> str:
    file = folder / f"example{'.py' if command[0] == sys.executable else '.mjs'}"
    file.write_text(program)
    process = await asyncio.create_subprocess_exec(
        *command, str(file), cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        output, errors = await asyncio.wait_for(process.communicate(), SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0, errors.decode()
    return output.decode().strip()


@pytest.mark.parametrize("library", EXAMPLES)
async def test_an_example_prints_the_name_or_the_code_of_the_error(server: Server, scripts: Path, library: str) -> None:
    borrower = await registered(server.client)
    language, text = EXAMPLES[library]
    assert "127.0.0.1:8000" in text
    text = text.replace("127.0.0.1:8000", server.address)
    if language == "js":
        command, session = [str(build_web.node())], 'const session = {{ accessToken: "{}" }};\n'
    else:
        command, session = [sys.executable], 'session = {{"accessToken": "{}"}}\n'
    said = [printed(command, scripts, session.format(token) + text) for token in (borrower.token, "over")]
    assert [await one for one in said] == ["Asha Rao", "UNAUTHENTICATED"]
