"""Where a request comes from: from the socket, or from what a trusted proxy says, and nobody else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn

from resolvers import attempts
from server import api
from settings import Settings
from tests.conftest import LOGIN, Client


@asynccontextmanager
async def listening(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """The API as its process configures it, on a free port."""
    made: list[uvicorn.Config] = []

    class Caught(Exception):  # noqa: N818 — the configuration is caught, not the process started
        pass

    def catch(config: uvicorn.Config) -> None:
        made.append(config)
        raise Caught

    with monkeypatch.context() as patch:
        patch.setattr(api, "_Server", catch)
        with pytest.raises(Caught):
            api.serve(settings)
    (config,) = made
    for name in ("database_url", "redis_url", "signing_key", "aadhaar_digest_key", "aadhaar_cipher_key"):
        value = getattr(settings, name)
        monkeypatch.setenv(f"KIST_{name.upper()}", value if isinstance(value, str) else value.get_secret_value())
    monkeypatch.setenv("KIST_QUEUE", settings.queue)
    runner = uvicorn.Server(config)
    serving = asyncio.create_task(runner.serve())
    try:
        while not runner.started:
            assert not serving.done()
            await asyncio.sleep(0.01)
        port = runner.servers[0].sockets[0].getsockname()[1]
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as http:
            yield http
    finally:
        runner.should_exit = True
        await serving


async def tried(http: httpx.AsyncClient, says: str) -> str:
    """The code of a failed sign-in that says it comes from somewhere."""
    http.headers["X-Forwarded-For"] = says
    credentials = {"email": f"{says.replace(',', '.').replace(' ', '')}@kist.test", "password": "wrong"}
    (code,) = await Client(http).codes(LOGIN, input=credentials)
    return code


@pytest.mark.parametrize(
    ("trusted", "expected"),
    [
        ("", ["BAD_CREDENTIALS", "TOO_MANY_ATTEMPTS", "TOO_MANY_ATTEMPTS"]),
        ("10.0.0.0/8", ["BAD_CREDENTIALS", "TOO_MANY_ATTEMPTS", "TOO_MANY_ATTEMPTS"]),
        # What stands before the proxy's own word was said by the client: it changes nothing.
        ("127.0.0.0/8", ["BAD_CREDENTIALS", "BAD_CREDENTIALS", "TOO_MANY_ATTEMPTS"]),
    ],
)
async def test_a_client_cannot_say_where_it_comes_from(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, trusted: str, expected: list[str]
) -> None:
    monkeypatch.setattr(attempts, "MOST_FROM_AN_ADDRESS", 1)
    settings = settings.model_copy(update={"trusted_proxies": trusted, "port": 0})
    async with listening(settings, monkeypatch) as http:
        assert [await tried(http, says) for says in ("192.0.2.1", "192.0.2.2", "1.1.1.1, 192.0.2.2")] == expected
