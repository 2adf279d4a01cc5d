"""The sign-in page of a sandbox opens its sample accounts with one click."""

import re

from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.web.browsing import Stack, Tab, opened
from tests.web.people import heading
from tests.web.servers import another_api

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}


async def left(page: Page, name: str) -> float:
    box = await page.locator(name).first.bounding_box()
    assert box is not None
    return box["x"]


async def test_the_sample_borrower_shows_three_kinds_of_loans(tab: Tab) -> None:
    page = tab.page
    await page.goto("/app")
    await expect(page.get_by_text("Their passwords are public")).to_be_visible()
    assert await tab.violations() == []
    await tab.picture("sign-in")
    await page.get_by_role("button", name="Sign in as Asha (borrower)").click()
    await heading(page, "Overview").wait_for()
    for kind in ("past due", "Closed", "Loan"):
        await expect(page.get_by_role("main").get_by_text(kind).first).to_be_visible()
    await tab.picture("sample-borrower")

    # The marker of the score is not over the labels of the scale.
    scale, labels = page.locator(".score-scale i"), page.locator(".score-scale + .row")
    marker, below = await scale.bounding_box(), await labels.bounding_box()
    assert marker is not None
    assert below is not None
    assert marker["y"] + marker["height"] <= below["y"]

    await page.get_by_role("link", name=re.compile(r"Loan \d+")).first.click()
    await page.get_by_role("navigation", name="Loan").get_by_role("link", name="Bills").click()
    selected = ".tabs a[aria-current]"
    await expect(page.locator(selected)).to_have_text("Bills")
    # The background of the first tab begins at the edge of the page's text.
    assert await left(page, ".tabs a") == await left(page, "h1")
    for size in (DESKTOP, PHONE):
        await page.set_viewport_size(size)
        assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        # Rounded corners would cut the ends of the last line.
        corners = await page.locator(".table").first.evaluate("one => getComputedStyle(one).borderRadius")
        assert corners == "0px"
    await tab.picture("sample-borrower-bills-phone")


async def test_the_sample_operator_reads_the_book(tab: Tab) -> None:
    await tab.page.set_viewport_size(PHONE)
    await tab.page.emulate_media(color_scheme="dark")
    await tab.page.goto("/app")
    await expect(tab.page.get_by_role("button", name="Sign in as Asha (borrower)")).to_be_visible()
    assert await tab.violations() == []
    await tab.picture("sign-in-phone-dark")
    await tab.page.get_by_role("button", name="Sign in as an operator").click()
    await tab.page.get_by_role("link", name="Billing").click()
    await heading(tab.page, "Billing").wait_for()
    # A borrower who signs in next has no such page.
    await tab.page.get_by_role("button", name="Sign out").click()
    await tab.page.get_by_role("button", name="Sign in as Asha (borrower)").click()
    await heading(tab.page, "Overview").wait_for()


async def test_outside_a_sandbox_the_page_offers_no_samples(stack: Stack, browser: Browser) -> None:
    with another_api(stack, KIST_SANDBOX="0", KIST_SAMPLE_ACCOUNTS="1") as real:
        async with opened(real, browser) as tab:
            await tab.page.goto("/app")
            await heading(tab.page, "Sign in").wait_for()
            await tab.page.wait_for_load_state("networkidle")
            await expect(tab.page.get_by_text("Try the sandbox")).to_have_count(0)
