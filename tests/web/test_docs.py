"""The server shows docs/frontend.md as a page."""

import re

import pytest
from playwright.async_api import expect

from settings import ROOT
from tests.web.browsing import Tab

DOCUMENT = (ROOT / "docs" / "frontend.md").read_text(encoding="utf-8")


async def test_the_page_has_every_section_and_the_contents_lead_to_it(tab: Tab) -> None:
    headings = re.findall(r"^## (.+)$", DOCUMENT, re.MULTILINE)
    await tab.page.goto("/")
    await tab.page.get_by_role("link", name="Guide").click()
    assert "Errors" in headings
    contents = tab.page.get_by_role("navigation", name="On this page").get_by_role("link")
    assert await contents.all_inner_texts() == [heading.replace("`", "") for heading in headings]
    assert await tab.page.get_by_role("heading", level=2).all_inner_texts() == await contents.all_inner_texts()
    for link in await contents.all():
        address = await link.get_attribute("href") or ""
        assert await tab.page.locator(f"h2{address}").count() == 1
    await contents.last.click()
    await expect(tab.page.get_by_role("heading", level=2).last).to_be_in_viewport()
    await tab.picture("docs")


async def test_the_page_shows_the_documents_of_the_tour(tab: Tab) -> None:
    await tab.page.goto("/docs")
    shown = [text.strip() for text in await tab.page.locator("main pre").all_inner_texts()]
    for document in sorted((ROOT / "docs" / "tour").glob("*.graphql")):
        assert document.read_text(encoding="utf-8").strip() in shown, document.name


async def test_the_examples_have_this_servers_address_and_can_be_copied(tab: Tab) -> None:
    await tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await tab.page.goto("/docs")
    first = tab.page.locator(".code", has_text="curl -s").first
    text = f"{tab.stack.address}/graphql -H"
    await expect(first).to_contain_text(text)
    await first.get_by_role("button", name="Copy").click()
    await expect(first.get_by_role("button", name="Copied")).to_be_visible()
    assert text in await tab.page.evaluate("navigator.clipboard.readText()")
    assert "127.0.0.1:8000" not in await tab.page.locator("main").inner_text()
    # Strings of the example have a color of their own.
    color = "one => getComputedStyle(one).color"
    assert await first.locator(".hljs-string").first.evaluate(color) != await first.locator("code").evaluate(color)


async def test_every_link_of_the_guide_leads_somewhere(tab: Tab) -> None:
    await tab.page.goto("/docs")
    links = await tab.page.eval_on_selector_all("main a", "links => links.map(link => link.getAttribute('href'))")
    for address in {link.partition("#")[0] for link in links if link.startswith("/")}:
        answer = await tab.page.request.get(address, headers={"Accept": "text/html, */*"})
        assert answer.status == 200, address
    for anchor in {link for link in links if link.startswith("#")}:
        assert await tab.page.locator(anchor).count() == 1, anchor


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_guide_fits_on_a_phone(tab: Tab, scheme: str) -> None:
    await tab.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await tab.page.set_viewport_size({"width": 360, "height": 740})
    await tab.page.goto("/docs")
    assert await tab.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert await tab.violations() == []
    await tab.picture(f"docs-phone-{scheme}")
