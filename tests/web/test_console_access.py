"""The console is accessible: axe finds no violation in either scheme, and every page fits on a phone."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest
from playwright.async_api import Browser, Page, ViewportSize

from tests.web import people
from tests.web.browsing import Stack, Tab, opened, until
from tests.web.people import enter

MOVE = "mutation($date: Date!) { setBusinessDate(input: {date: $date}) { __typename } }"
BILLING_DATE = "query($id: ID!) { loan(id: $id) { nextBillingDate } }"
PAY = 'mutation($id: ID!) { makePayment(input: {loanId: $id, amount: "100.00"}) { __typename } }'

# A page that is too wide stays so for longer.
RESIZE_SECONDS = 10

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
# The narrowest phone in use.
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


class Someone(NamedTuple):
    """A borrower whose loan is partly paid and past due."""

    email: str
    id: str
    loan: str


@pytest.fixture(scope="module")
def someone(stack: Stack) -> Someone:
    email, token, loan = people.lent(stack, "Priya", "410580781695")
    operator = people.operator_token(stack)
    billed_on = date.fromisoformat(stack.ask(BILLING_DATE, token, id=loan)["nextBillingDate"])
    stack.ask(MOVE, operator, date=str(billed_on))
    stack.ask(PAY, token, id=loan)
    stack.ask(MOVE, operator, date=str(billed_on + timedelta(days=20)))
    return Someone(email, stack.ask("query { me { id } }", token)["id"], loan)


def _of_a_loan(loan: str) -> list[str]:
    return [f"/loans/{loan}{part}" for part in ("", "/pay", "/bills", "/payments", "/statement")]


async def _all_pages(tab: Tab, someone: Someone) -> AsyncIterator[str]:
    """Visit every page of the console, loaded and with its tables open, and yield its name."""
    page, stack = tab.page, tab.stack
    for name in ("sign-in", "forgot-password", "reset-password", "register"):
        await page.goto(f"/app/{name}")
        await page.get_by_role("heading", level=1).wait_for()
        yield name
    await page.get_by_role("button", name="Open my account").click()
    await page.get_by_text("Enter your name.").wait_for()
    yield "register-refused"
    await page.get_by_role("link", name="Sign in").click()
    await enter(page, someone.email)
    for path in ("/", "/borrow", "/profile", *_of_a_loan(someone.loan), "/nowhere"):
        await _go(page, path)
        yield f"borrower{path.replace('/', '-').rstrip('-')}"
    await page.get_by_role("button", name="Sign out").click()
    await enter(page, stack.operator, stack.password)
    for path in (
        "/",
        "/loans",
        "/loans?show=all",
        "/billing",
        "/products",
        f"/people/{someone.id}",
        "/profile",
        *_of_a_loan(someone.loan),
        f"/loans/{someone.loan}/events",
    ):
        await _go(page, path)
        yield f"operator{path.replace('/', '-').rstrip('-')}"


async def _go(page: Page, path: str) -> None:
    # As a link does, without loading the console again.
    await page.evaluate("path => history.pushState(null, '', `/app${path}`)", path)
    await until(page, "!document.querySelector('.placeholder') && !document.body.innerText.includes('Loading')")
    await until(page, "[...document.querySelectorAll('.chart')].every(one => one.querySelector('.recharts-surface'))")
    await page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")


async def _width(page: Page) -> int:
    """The width of the page's content. Charts follow the viewport a moment later."""
    deadline = time.monotonic() + RESIZE_SECONDS
    while True:
        width: int = await page.evaluate("document.documentElement.scrollWidth")
        if width <= PHONE["viewport"]["width"] or time.monotonic() > deadline:
            return width
        await asyncio.sleep(0.05)


async def test_every_page_has_no_violation_and_fits_on_a_phone(
    stack: Stack, browser: Browser, someone: Someone
) -> None:
    found = []
    async with opened(stack, browser, reduced_motion="reduce") as tab:
        async for name in _all_pages(tab, someone):
            found += [f"{name}: {one}" for one in await tab.violations()]
            await tab.picture(f"light-{name}")
            # The dark scheme is the same page in other colors.
            await tab.page.emulate_media(color_scheme="dark")
            found += [f"dark {name}: {one}" for one in await tab.violations("color-contrast")]
            await tab.page.emulate_media(color_scheme="light")
            await tab.page.set_viewport_size(PHONE["viewport"])
            if (width := await _width(tab.page)) > PHONE["viewport"]["width"]:
                found.append(f"phone {name}: {width} pixels wide")
            await tab.picture(f"phone-{name}")
            await tab.page.set_viewport_size(DESKTOP)
    assert found == []


async def test_a_phone_does_not_scale_the_page_down(stack: Stack, browser: Browser) -> None:
    async with opened(stack, browser, **PHONE) as tab:
        await tab.page.goto("/app/register")
        await tab.page.get_by_label("Email").wait_for()
        # A phone's browser lays a page out for 980 pixels and scales it down, unless the page forbids it.
        assert await tab.page.evaluate("window.innerWidth") == PHONE["viewport"]["width"]


async def test_axe_would_find_something(tab: Tab) -> None:
    await tab.page.goto("/app")
    await tab.page.get_by_label("Email").wait_for()
    await tab.page.evaluate("document.querySelector('label').remove()")
    assert any("label" in one for one in await tab.violations())
    await tab.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert await tab.violations("color-contrast") == []
    await tab.page.evaluate("document.querySelector('h1').style.color = '#333'")
    assert len(await tab.violations("color-contrast")) == 1
