"""The home page shows the state of the service, and its links work."""

from datetime import date
from typing import Any

import pytest
from playwright.async_api import expect

from settings import VERSION
from tests.web.browsing import Stack, Tab, launched, opened

KEYS = "/.well-known/jwks.json"


def shown(day: str) -> str:
    """31 Jan 2026."""
    parsed = date.fromisoformat(day)
    return f"{parsed.day}\u00a0{parsed:%b}\u00a0{parsed.year}"


async def test_the_home_page_shows_the_state_of_the_service(tab: Tab) -> None:
    day = tab.stack.ask("{ businessDate }")
    await tab.page.goto("/")
    await expect(tab.page.locator("#health")).to_have_attribute("data-state", "ready")
    assert await tab.page.inner_text("#date") == f"{shown(day)} (sandbox)"
    assert await tab.page.inner_text("#version") == VERSION
    assert await tab.page.inner_text("#details") == ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_home_page_has_no_violation_and_fits_on_a_phone_in_both_schemes(tab: Tab, scheme: Any) -> None:
    await tab.page.emulate_media(color_scheme=scheme)
    await tab.page.goto("/")
    await expect(tab.page.locator("#health")).to_have_attribute("data-state", "ready")
    assert await tab.violations() == []
    await tab.picture(f"home-{scheme}")
    await tab.page.set_viewport_size({"width": 360, "height": 740})
    assert await tab.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert await tab.violations() == []
    await tab.picture(f"home-phone-{scheme}")


async def test_without_scripts_each_page_says_what_to_use_instead(stack: Stack) -> None:
    # The browser's own setting shows noscript elements; Playwright's setting does not.
    async with launched("--blink-settings=scriptEnabled=false") as browser, opened(stack, browser) as tab:
        tab.expected.append(".js failed: csp")  # the setting blocks the requests
        await tab.page.goto("/")
        await expect(tab.page.get_by_role("heading", level=1)).to_be_visible()
        await expect(tab.page.locator("noscript a[href='/health/ready']")).to_be_visible()
        await expect(tab.page.locator("#health")).to_be_hidden()
        for path in ("/app", "/graphql"):
            await tab.page.goto(path)
            await expect(tab.page.locator("noscript")).to_be_visible()


async def test_every_link_leads_somewhere(tab: Tab) -> None:
    await tab.page.goto("/")
    await expect(tab.page.locator("#version")).to_have_text(VERSION)
    addresses = await tab.page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
    assert {"/app", "/graphql", "/schema.graphql", "/api/openapi.json"} <= set(addresses)
    # The others are the lender's phone number and email address.
    for address in (address for address in addresses if address[0] == "/"):
        answer = await tab.page.request.get(address, headers={"Accept": "text/html, */*"})
        assert answer.status == 200, address


async def test_links_to_pages_that_are_turned_off_are_hidden(tab: Tab) -> None:
    about = await (await tab.page.request.get("/about")).json()
    shut = about | {"explorer": False, "console": False, "schema": False}
    # A server with these settings answers so.
    await tab.page.route("**/about", lambda route: route.fulfill(json=shut))
    await tab.page.goto("/")
    await expect(tab.page.locator("#version")).to_have_text(VERSION)
    # Tokens signed with HS256 have no public key.
    for path in ("/app", "/graphql", "/graphql#docs", "/schema.graphql", "/api/openapi.json", KEYS):
        await expect(tab.page.locator(f"a[href='{path}']")).to_be_hidden()
    await expect(tab.page.locator("a[href='/health/ready']")).to_be_visible()
    await tab.page.route("**/about", lambda route: route.fulfill(json=about | {"keys": True}))
    await tab.page.reload()
    await expect(tab.page.locator(f"a[href='{KEYS}']")).to_be_visible()


async def test_every_page_names_the_lender_also_on_paper(tab: Tab) -> None:
    tab.expected += ["/nothing", "status of 404"]
    for path in ("/", "/docs", "/app", "/app/register", "/graphql", "/nothing"):
        await tab.page.goto(path)
        footer = tab.page.get_by_role("contentinfo")
        await expect(footer).to_contain_text("Example Lender")
        assert await footer.locator("a[href^='tel:']").inner_text() == "+91 00000 00000"
        await expect(footer).to_contain_text("Grievance officer: Example Officer")
        await tab.page.emulate_media(media="print")
        await expect(footer.get_by_role("link").first).to_be_visible()
        await tab.page.emulate_media(media="screen")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_missing_page_says_so_and_leads_home(tab: Tab, scheme: Any) -> None:
    tab.expected += ["/nothing", "status of 404"]
    await tab.page.emulate_media(color_scheme=scheme)
    await tab.page.set_viewport_size({"width": 360, "height": 740})
    await tab.page.goto("/nothing")
    await expect(tab.page.get_by_role("heading", name="Page not found")).to_be_visible()
    await expect(tab.page.get_by_role("contentinfo")).to_contain_text("Example Lender")
    assert await tab.violations() == []
    assert await tab.page.evaluate("document.documentElement.scrollWidth") <= 360
    await tab.picture(f"not-found-phone-{scheme}")
    await tab.page.get_by_role("link", name="home page").click()
    await expect(tab.page.locator("#version")).to_have_text(VERSION)


async def test_the_home_page_names_what_does_not_work(tab: Tab, stack: Stack) -> None:
    # The test changes the response: a stack without a database would answer so, but other tests need this one.
    ill = {"status": "not ready", "database": "away", "migrations": "unknown", "broker": "there", "schedule": "unknown"}
    await tab.page.route("**/health/ready", lambda route: route.fulfill(status=503, json=ill))
    tab.expected += ["/health/ready", "status of 503"]
    await tab.page.goto("/")
    await expect(tab.page.locator("#health")).to_have_text("not ready")
    assert await tab.page.inner_text("#details") == "The database does not respond."
    assert stack.ask("{ businessDate }")
