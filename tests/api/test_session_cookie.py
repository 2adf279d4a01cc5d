"""A browser's refresh token is in a cookie that only `/graphql/session` reads and sets, for pages of this origin."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from graphql import get_named_type
from strawberry.types import get_object_definition
from strawberry.utils.str_converters import to_camel_case

from api.graphql.mutation import Mutation
from api.graphql.root import schema
from models.audit import AuditEntry
from models.sessions import RefreshToken
from resolvers.session_opening import kept_by_browser
from settings import WEB, Settings
from tests.builders import LOGIN, OPERATOR_PASSWORD, REFUSAL, REGISTER, Client, operating, serving
from tests.resolvers.sessions import LOGOUT, is_signed_in, let_the_grace_pass
from tests.servers import tamper

PATH = "/graphql/session"
REFRESH = f"""mutation ($token: String!) {{ refreshSession(input: {{refreshToken: $token}}) {{ __typename {REFUSAL}
  ... on Session {{ id name accessToken refreshToken idleMinutes }} }} }}"""
PERSON = {"name": "Asha Rao", "email": "asha@kist.test", "aadhaarId": "234123412346"}
OPERATOR = {"email": "operator@kist.test", "password": OPERATOR_PASSWORD}
DAYS_30 = 30 * 24 * 3600


def test_a_browser_keeps_the_token_of_every_mutation_that_opens_a_session() -> None:
    opening = {
        name
        for name, field in schema.core.mutation_type.fields.items()
        if "Session" in {kind.name for kind in getattr(get_named_type(field.type), "types", ())}
    }
    kept = {
        to_camel_case(field.python_name)
        for field in get_object_definition(Mutation, strict=True).fields
        if _is_kept(getattr(field.base_resolver, "wrapped_func", None))
    }
    text = (WEB / "src" / "api" / "sessionRequests.ts").read_text()
    (named,) = re.findall(r"const OPENING = \[(.*?)\]", text)
    # The console sends a refresh from one place, with its own address.
    assert opening == kept == set(re.findall(r"\w+", named)) | {"refreshSession"}


def _is_kept(resolver: Any) -> bool:
    code: Any = getattr(resolver, "__code__", None)
    return code is not None and code.co_qualname.startswith(kept_by_browser.__name__)


async def sent(client: Client, query: str, path: str = PATH, **variables: object) -> httpx.Response:
    """The response to a request of a browser, which keeps the cookies of earlier responses."""
    headers = {"Authorization": f"Bearer {client.token}"} if client.token else {}
    return await client.http.post(path, json={"query": query, "variables": variables}, headers=headers)


async def opened(client: Client, query: str = REGISTER, **given: str) -> dict[str, Any]:
    """A session that a browser opens."""
    response = await sent(client, query, input=given or PERSON)
    (session,) = response.json()["data"].values()
    assert session["__typename"] == "Session", session
    found: dict[str, Any] = session
    return found


async def refreshed(client: Client, token: str = "") -> dict[str, Any]:
    response = await sent(client, REFRESH, token=token)
    answer: dict[str, Any] = response.json()["data"]["refreshSession"]
    return answer


def cookies(client: Client) -> dict[str, str]:
    return dict(client.http.cookies)


async def test_a_browser_opens_continues_and_ends_a_session_without_a_token_in_the_body(client: Client) -> None:
    response = await sent(client, REGISTER, input=PERSON)
    session = response.json()["data"]["registerUser"]
    assert session["refreshToken"] == ""
    cookie = re.fullmatch(
        r"kist_session=([\w-]{43}); HttpOnly; Max-Age=(\d+); Path=/graphql/session; SameSite=strict",
        response.headers["set-cookie"],
    )
    assert cookie
    assert DAYS_30 - 5 < int(cookie[2]) <= DAYS_30
    assert cookie[1] not in response.text
    assert response.headers["cache-control"] == "no-store"

    next_one = await refreshed(client)
    assert (next_one["refreshToken"], next_one["name"]) == ("", "Asha Rao")
    assert cookies(client)["kist_session"] != cookie[1]
    assert await is_signed_in(client, next_one["accessToken"])

    # The access token of the page may be lost or expired.
    left = await sent(client, LOGOUT)
    assert left.json() == {"data": {"logout": True}}
    assert "Max-Age=0" in left.headers["set-cookie"]
    assert cookies(client) == {}
    assert not await is_signed_in(client, next_one["accessToken"])
    assert [problem["code"] for problem in (await refreshed(client))["problems"]] == ["SESSION_EXPIRED"]
    events = await AuditEntry.filter(user_id__not_isnull=True).order_by("id").values_list("event", "actor", "actor_id")
    assert events[-1] == ("SIGNED_OUT", "BORROWER", int(session["user"]["id"]))


async def test_a_refresh_keeps_the_id_of_the_session_and_a_second_sign_in_has_another(client: Client) -> None:
    await opened(client)
    ids = [(await refreshed(client))["id"] for _ in range(2)]
    assert ids[0] == ids[1]
    await operating(client)
    await opened(client, LOGIN, **OPERATOR)
    assert (await refreshed(client))["id"] != ids[0]


async def test_only_the_path_of_sessions_reads_and_sets_the_cookie(client: Client) -> None:
    response = await sent(client, REGISTER, "/graphql", input=PERSON)
    assert "set-cookie" not in response.headers
    token = response.json()["data"]["registerUser"]["refreshToken"]
    assert len(token) == 43
    cookie = {"Cookie": f"kist_session={token}"}
    body = {"query": REFRESH, "variables": {"token": ""}}
    answer = await client.http.post("/graphql", json=body, headers=cookie)
    assert answer.json()["data"]["refreshSession"]["__typename"] == "Refusal"
    assert "set-cookie" not in answer.headers
    assert (await client.post(LOGOUT))["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    # The token is still good: the cookie was not read. In a body it moves to the cookie.
    assert (await refreshed(client, token))["refreshToken"] == ""
    assert cookies(client).keys() == {"kist_session"}
    for sent_to in ("/graphql", "/", "/about", "/graphql/"):
        assert "cookie" not in (await client.http.get(sent_to)).request.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://attacker.test"},
        {"Origin": "http://other.kist.test"},
        {"Origin": "http://kist.test:81"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://kist.test"},
        {"Sec-Fetch-Site": "none"},
    ],
)
async def test_a_page_of_another_origin_cannot_use_the_cookie(client: Client, headers: dict[str, str]) -> None:
    await opened(client)
    before = cookies(client)
    for query in (REFRESH, LOGOUT):
        body = {"query": query, "variables": {"token": ""}}
        response = await client.http.post(PATH, json=body, headers=headers)
        assert response.status_code == 403
        assert response.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        assert "set-cookie" not in response.headers
    assert cookies(client) == before
    await let_the_grace_pass()
    assert (await refreshed(client))["__typename"] == "Session"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://kist.test"},
        {"Origin": "HTTP://KIST.test", "Sec-Fetch-Site": "same-origin"},
        # A proxy has replaced the Host header.
        {"Origin": "http://loans.example", "Sec-Fetch-Site": "same-origin"},
    ],
)
async def test_a_page_of_this_origin_may_use_the_cookie(client: Client, headers: dict[str, str]) -> None:
    await opened(client)
    response = await client.http.post(PATH, json={"query": REFRESH, "variables": {"token": ""}}, headers=headers)
    assert response.json()["data"]["refreshSession"]["__typename"] == "Session"


async def test_forms_other_methods_and_streams_do_not_reach_the_operation(client: Client) -> None:
    await opened(client)
    before = cookies(client)
    text = '{"query": "mutation { logout }"}'
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        response = await client.http.post(PATH, content=text, headers={"Content-Type": kind})
        assert response.status_code == 415, kind
    for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS"):
        response = await client.http.request(method, PATH, params={"query": LOGOUT})
        assert response.status_code == 405, method
        assert response.headers["allow"] == "POST"
    for accept in ("text/event-stream", "text/html"):
        response = await client.http.post(PATH, json={"query": LOGOUT}, headers={"Accept": accept})
        assert response.status_code == 406, accept
    assert cookies(client) == before
    assert (await refreshed(client))["__typename"] == "Session"


async def test_pages_that_may_call_the_api_get_no_cookies(settings: Settings) -> None:
    async with serving(settings.model_copy(update={"cors_origins": "https://loans.example"})) as client:
        origin = {"Origin": "https://loans.example"}
        asks = {**origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
        preflight = await client.http.options(PATH, headers=asks)
        refusal = await client.http.post(PATH, json={"query": REGISTER, "variables": {"input": PERSON}}, headers=origin)
        assert refusal.status_code == 403
        for response in (preflight, refusal):
            assert "access-control-allow-credentials" not in response.headers
            assert "set-cookie" not in response.headers


@pytest.mark.parametrize("by", ["a setting", "the browser's origin"])
async def test_behind_tls_the_cookie_is_secure(settings: Settings, by: str) -> None:
    is_set = by == "a setting"
    async with serving(settings.model_copy(update={"strict_transport": is_set})) as client:
        origin = {} if is_set else {"Origin": "https://kist.test"}
        body = {"query": REGISTER, "variables": {"input": PERSON}}
        response = await client.http.post(PATH, json=body, headers=origin)
        text = response.headers["set-cookie"]
        assert text.startswith("__Secure-kist_session=")
        assert text.endswith("; SameSite=strict; Secure")
        # The plain name counts for nothing: a page that came over HTTP can set it.
        name, _, token = text.partition(";")[0].partition("=")
        for sent_name, kind in (("kist_session", "Refusal"), (name, "Session")):
            headers = {"Cookie": f"{sent_name}={token}", **origin}
            body = {"query": REFRESH, "variables": {"token": ""}}
            answer = await client.http.post(PATH, json=body, headers=headers)
            assert answer.json()["data"]["refreshSession"]["__typename"] == kind


@pytest.mark.parametrize("end", ["a stolen token", "a sign-out elsewhere", "an erased account"])
async def test_the_cookie_of_a_session_that_has_ended_is_deleted(client: Client, end: str) -> None:
    session = await opened(client)
    stolen = cookies(client)["kist_session"]
    owner = client.signed_in(session["accessToken"])
    if end == "a stolen token":
        await refreshed(client)
        await let_the_grace_pass()
        token = {"query": REFRESH, "variables": {"token": stolen}}
        await client.http.post("/graphql", json=token)
    elif end == "a sign-out elsewhere":
        await owner.ask(LOGOUT)
    else:
        await owner.ask("mutation { deleteMe { __typename } }")
    ended = cookies(client)
    assert ended.keys() == {"kist_session"}
    assert (await refreshed(client))["problems"][0]["code"] == "SESSION_EXPIRED"
    assert cookies(client) == {}
    # A page that signs out instead is not refused either.
    client.http.cookies.set("kist_session", ended["kist_session"], domain="kist.test", path=PATH)
    assert (await sent(client, LOGOUT)).json() == {"data": {"logout": True}}
    assert "kist_session" not in cookies(client)


async def test_signing_out_without_a_cookie_takes_an_access_token(client: Client) -> None:
    session = await opened(client)
    client.http.cookies.clear()
    assert (await sent(client, LOGOUT)).json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert (await sent(client.signed_in(session["accessToken"]), LOGOUT)).json() == {"data": {"logout": True}}
    assert not await is_signed_in(client, session["accessToken"])


async def _seconds_left() -> float:
    row = await RefreshToken.filter(rotated_at=None, revoked_at=None).order_by("-id").first()
    assert row is not None
    return (row.expires_at - datetime.now(UTC)).total_seconds()


async def test_the_cookie_of_an_idle_operator_ends_soon(client: Client) -> None:
    await operating(client)
    await opened(client, LOGIN, **OPERATOR)
    for _ in range(2):
        answer = await refreshed(client)
        assert (answer["name"], answer["idleMinutes"]) == ("operator@kist.test", 15)
        assert 20 * 60 - 5 < await _seconds_left() <= 20 * 60
    await tamper("UPDATE refresh_tokens SET expires_at = expires_at - $1::interval", timedelta(minutes=20))
    assert (await refreshed(client))["problems"][0]["code"] == "SESSION_EXPIRED"
    assert cookies(client) == {}
    # Other clients keep the token themselves, and as long as ever.
    session = await client.ask(LOGIN, input=OPERATOR)
    assert DAYS_30 - 5 < await _seconds_left() <= DAYS_30
    await client.ask(REFRESH, token=session["refreshToken"])
    assert DAYS_30 - 5 < await _seconds_left() <= DAYS_30


async def test_a_lender_may_let_operators_idle(settings: Settings) -> None:
    async with serving(settings.model_copy(update={"operator_idle_minutes": 0})) as client:
        await operating(client)
        await opened(client, LOGIN, **OPERATOR)
        assert (await refreshed(client))["idleMinutes"] is None
        assert DAYS_30 - 5 < await _seconds_left() <= DAYS_30
