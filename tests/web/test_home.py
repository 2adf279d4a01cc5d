"""The first page says what this service is and how it does, and its doors lead where they say."""

from datetime import date

import pytest
from playwright.async_api import expect

from server.home import VERSION
from tests.web.browsing import PATIENCE, Stack, Tab


def shown(day: str) -> str:
    """31 Jan 2026."""
    parsed = date.fromisoformat(day)
    return f"{parsed.day} {parsed:%b %Y}"


async def test_the_first_page_says_how_the_service_does(tab: Tab) -> None:
    day = tab.stack.ask("{ businessDate }")
    await tab.page.goto("/")
    await expect(tab.page.locator("#health")).to_have_attribute("data-state", "ready", timeout=PATIENCE)
    assert await tab.page.inner_text("#date") == f"{shown(day)} (sandbox)"
    assert await tab.page.inner_text("#version") == VERSION
    assert await tab.page.inner_text("#details") == ""
    await tab.picture("home")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_is_good_on_a_phone_and_in_the_dark(tab: Tab, scheme: str) -> None:
    await tab.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await tab.page.set_viewport_size({"width": 360, "height": 740})
    await tab.page.goto("/")
    await expect(tab.page.locator("#health")).to_have_attribute("data-state", "ready", timeout=PATIENCE)
    assert await tab.page.evaluate("document.documentElement.scrollWidth") <= 360
    await tab.picture(f"home-phone-{scheme}")


async def test_every_door_leads_somewhere(tab: Tab) -> None:
    await tab.page.goto("/")
    await expect(tab.page.locator("#version")).to_have_text(VERSION, timeout=PATIENCE)
    addresses = await tab.page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
    assert {"/app", "/graphql", "/schema.graphql"} <= set(addresses)
    for address in addresses:
        answer = await tab.page.request.get(address, headers={"Accept": "text/html, */*"})
        assert answer.status == 200, address


async def test_it_says_what_is_not_well(tab: Tab, stack: Stack) -> None:
    # The answer is changed on its way: a stack that is ill answers the same, and this one has tests to come.
    ill = {"status": "not ready", "database": "away", "migrations": "unknown", "broker": "there", "schedule": "unknown"}
    await tab.page.route("**/health/ready", lambda route: route.fulfill(status=503, json=ill))
    tab.expected += ["/health/ready", "status of 503"]
    await tab.page.goto("/")
    await expect(tab.page.locator("#health")).to_have_text("not ready", timeout=PATIENCE)
    assert await tab.page.inner_text("#details") == "The database does not answer."
    assert stack.ask("{ businessDate }")
