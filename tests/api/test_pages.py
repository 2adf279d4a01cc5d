"""Pages and their files are served as built: compressed, cacheable, with safe headers. Nothing else is served."""

import gzip
import re
import struct
from pathlib import Path

import httpx
import pytest

from api import pages
from settings import DIST, Settings
from tests.api.policies import code, is_safe
from tests.builders import Client, serving

HTML = {"Accept": "text/html"}
PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture
def site(front_end: Path, client: Client) -> httpx.AsyncClient:
    """A client of an application with its built front end."""
    assert front_end == DIST
    return client.http


async def assets(site: httpx.AsyncClient) -> list[str]:
    """The addresses in the console's page."""
    page = (await site.get("/app")).text
    return re.findall(r'(?:src|href)="(/assets/[^"]+)"', page)


async def test_a_page_is_asked_for_anew_and_sent_once(site: httpx.AsyncClient) -> None:
    for path in ("/", "/app", "/app/loans/17", "/graphql"):
        page = await site.get(path, headers=HTML)
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8"), path
        assert page.headers["cache-control"] == "no-cache"
        assert is_safe(page)
        again = await site.get(path, headers={**HTML, "If-None-Match": page.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == page.headers["etag"]
        head = await site.head(path, headers=HTML)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == page.headers["content-length"]


async def test_no_policy_lets_a_page_run_what_stands_in_it_or_ask_another_origin(site: httpx.AsyncClient) -> None:
    for path in ("/", "/app", "/graphql"):
        page = await site.get(path, headers=HTML)
        policy = page.headers["content-security-policy"]
        allowed = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
        assert (allowed["default-src"], allowed["script-src"], allowed["connect-src"]) == ("'none'", "'self'", "'self'")
        assert allowed["style-src"] == ("'self' 'unsafe-inline'" if path == "/graphql" else "'self'")
        assert "http" not in policy
        assert not re.search(r"<style|<script(?![^>]*\ssrc=)|\son\w+=|\sstyle=", page.text)


async def test_a_file_has_its_digest_in_its_name_and_is_kept_for_ever(site: httpx.AsyncClient) -> None:
    found = await assets(site)
    assert found
    for path in found:
        file = await site.get(path, headers=PLAIN)
        assert file.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert "javascript" in file.headers["content-type"] or "css" in file.headers["content-type"]
        assert is_safe(file)
    icon = await site.get("/icon.svg")
    assert (icon.headers["content-type"], icon.headers["cache-control"]) == ("image/svg+xml", "no-cache")


async def test_a_file_is_compressed_where_it_is_taken_so(site: httpx.AsyncClient) -> None:
    path = max(await assets(site), key=len)
    plain = await site.get(path, headers=PLAIN)
    assert "content-encoding" not in plain.headers
    for accepted, encoding in (
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0, *", "gzip"),
        ("deflate", None),
        ("identity", None),
    ):
        async with site.stream("GET", path, headers={"Accept-Encoding": accepted, "Range": "bytes=0-1"}) as sent:
            body = b"".join([piece async for piece in sent.aiter_raw()])
            assert sent.status_code == 200
            assert sent.headers.get("content-encoding") == encoding, accepted
            assert sent.headers["content-type"] == plain.headers["content-type"]
            assert "Accept-Encoding" in sent.headers["vary"]
            assert "accept-ranges" not in sent.headers
            assert int(sent.headers["content-length"]) == len(body)
        if encoding == "gzip":
            assert gzip.decompress(body) == plain.content
        elif encoding is None:
            assert body == plain.content
        else:
            assert len(body) < len(plain.content)


async def test_nothing_is_served_but_what_was_built(site: httpx.AsyncClient) -> None:
    for path in (
        "/assets",
        "/assets/",
        "/assets/nothing.js",
        "/assets/%2e%2e",
        "/assets/%2e%2e/%2e%2e/package.json",
        "/assets/..%2f..%2fpackage.json",
        "/assets/..%2findex.html",
        "/assets/%00",
        "/assets/" + "x" * 300,
        "/assets/\\..\\index.html",
        "/index.html",
        "/.stamp",
        "/application",
        "/app/missing.png",
        "/not-found.html",
    ):
        response = await site.get(path)
        assert (response.status_code, code(response)) == (404, "NOT_FOUND"), path
        assert is_safe(response)
    for path in ("/", "/app", "/assets/nothing.js", "/icon.svg"):
        response = await site.post(path)
        assert (response.status_code, code(response)) == (405, "METHOD_NOT_ALLOWED"), path
        assert response.headers["allow"] == "GET, HEAD"


async def test_a_browser_receives_a_page_and_a_program_json_where_nothing_is(site: httpx.AsyncClient) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    etag = (await site.get("/", headers=browser)).headers["etag"]
    for path in ("/nothing", "/assets/nothing.js", "/app/missing.png", "/api/nothing", "/health"):
        for program in ({}, {"Accept": "application/json"}, {"Accept": "application/json, text/html"}):
            answer = await site.get(path, headers=program)
            assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json"), path
        page = await site.get(path, headers={**browser, "If-None-Match": etag, "Range": "bytes=0-1"})
        assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8"), path
        assert "Page not found" in page.text
        assert page.headers["cache-control"] == "no-store"
        assert is_safe(page)
        head = await site.head(path, headers=browser)
        assert (head.status_code, head.content) == (404, b"")
    assert code(await site.post("/nothing", headers=browser)) == "NOT_FOUND"


async def test_the_console_can_be_installed(site: httpx.AsyncClient) -> None:
    for path in ("/", "/app", "/docs"):
        page = await site.get(path, headers=HTML)
        assert '<link rel="manifest" href="/manifest.webmanifest"' in page.text
        assert "manifest-src 'self'" in page.headers["content-security-policy"]
    manifest = await site.get("/manifest.webmanifest")
    assert manifest.headers["content-type"] == "application/manifest+json"
    found = manifest.json()
    assert (await site.get(found["start_url"], headers=HTML)).status_code == 200
    sizes = set()
    for icon in found["icons"]:
        file = await site.get(icon["src"])
        assert (file.status_code, file.headers["content-type"]) == (200, icon["type"])
        if icon["type"] == "image/png":
            width, height = struct.unpack(">II", file.content[16:24])
            assert icon["sizes"] == f"{width}x{height}"
            sizes.add((width, icon.get("purpose", "any")))
    assert sizes == {(192, "any"), (512, "any"), (512, "maskable")}


async def test_a_page_that_was_not_built_says_what_is_missing(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "DIST", tmp_path / "dist")
    async with serving(settings) as client:
        for path in ("/", "/app", "/graphql"):
            page = await client.http.get(path, headers=HTML)
            assert (page.status_code, page.headers["content-type"]) == (503, "text/html; charset=utf-8")
            assert "./kist web" in page.text
            assert is_safe(page)
        assert (await client.http.get("/assets/x.js")).status_code == 404
        assert (await client.post("{ businessDate }"))["data"]


async def test_the_console_and_the_explorer_can_be_left_out(front_end: Path, settings: Settings) -> None:
    assert front_end == DIST
    async with serving(settings.model_copy(update={"console": False, "explorer": False})) as client:
        assert (await client.http.get("/", headers=HTML)).status_code == 200
        assert [(await client.http.get(path)).status_code for path in ("/app", "/app/loans")] == [404, 404]
        told = (await client.http.get("/about")).json()
        assert (told["console"], told["explorer"], told["businessDate"]) == (False, False, "2026-01-01")
        response = await client.http.get("/graphql", headers={"Accept": "text/html, */*"})
        assert (response.status_code, code(response)) == (400, "BAD_USER_INPUT")
