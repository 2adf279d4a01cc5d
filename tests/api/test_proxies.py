"""The origin of a request is the socket's address, or the one that a trusted proxy reports."""

import httpx
import pytest

from auth import sign_in_limit
from settings import Settings
from tests.builders import LOGIN, Client
from tests.running import listening


async def tried(http: httpx.AsyncClient, says: str) -> str:
    """The code of a failed sign-in with an X-Forwarded-For header."""
    http.headers["X-Forwarded-For"] = says
    credentials = {"email": f"{says.replace(',', '.').replace(' ', '')}@kist.test", "password": "wrong"}
    (code,) = await Client(http).codes(LOGIN, input=credentials)
    return code


@pytest.mark.parametrize(
    ("trusted", "expected"),
    [
        ("", ["BAD_CREDENTIALS", "TOO_MANY_ATTEMPTS", "TOO_MANY_ATTEMPTS"]),
        ("10.0.0.0/8", ["BAD_CREDENTIALS", "TOO_MANY_ATTEMPTS", "TOO_MANY_ATTEMPTS"]),
        # The client wrote the entries before the proxy's own: they change nothing.
        ("127.0.0.0/8", ["BAD_CREDENTIALS", "BAD_CREDENTIALS", "TOO_MANY_ATTEMPTS"]),
    ],
)
async def test_a_client_cannot_say_where_it_comes_from(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, trusted: str, expected: list[str]
) -> None:
    monkeypatch.setattr(sign_in_limit, "MOST_FROM_AN_ADDRESS", 1)
    settings = settings.model_copy(update={"trusted_proxies": trusted})
    async with listening(settings) as address, httpx.AsyncClient(base_url=f"http://{address}", timeout=20) as http:
        assert [await tried(http, says) for says in ("192.0.2.1", "192.0.2.2", "1.1.1.1, 192.0.2.2")] == expected
