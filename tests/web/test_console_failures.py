"""The console reports failures, and a payment or an application is made once, whatever the user and the network do."""

import re
import time

import asyncpg
from playwright.async_api import APIResponse, Browser, Locator, Page, Route, expect

from tests.web import people
from tests.web.browsing import PATIENCE, Stack, Tab, opened
from tests.web.people import enter, fill_in, heading, payments, sign_in
from tests.web.proxy import proxied
from tests.web.servers import another_api

LOANS = "query { me { loans(first: 100) { edges { node { id } } } } }"
LOST = "net::ERR_FAILED"
# The last two are answers that were cut in their middle: a chart's files may still arrive when a test cuts.
AWAY = [
    *("net::ERR_CONNECTION_REFUSED", "net::ERR_CONNECTION_RESET", "net::ERR_EMPTY_RESPONSE"),
    *("net::ERR_CONTENT_LENGTH_MISMATCH", "net::ERR_INCOMPLETE_CHUNKED_ENCODING"),
]
NOT_FETCHED = "Failed to fetch dynamically imported module"


def _is_payment(route: Route) -> bool:
    return "makePayment" in (route.request.post_data or "")


async def _pays(page: Page) -> None:
    await page.get_by_role("radio", name=re.compile("Part-prepayment")).check()
    await page.get_by_label("Amount", exact=True).fill("4,406.03")
    await page.get_by_role("button", name="Pay ₹\u00a04,406.03").dblclick()


async def _loses_the_first_answer(page: Page, field: str) -> list[APIResponse]:
    """The server runs the mutation, and its first response is lost."""
    lost: list[APIResponse] = []

    async def lose(route: Route) -> None:
        if lost or field not in (route.request.post_data or ""):
            await route.fallback()
            return
        lost.append(await route.fetch())
        await route.abort()

    await page.route("**/graphql", lose)
    return lost


async def _request_ids(tab: Tab) -> list[str]:
    return [body["variables"]["input"]["requestId"] for body in await tab.asked("applyLoan")]


async def _ids(tab: Tab) -> list[str]:
    return [body["variables"]["input"]["transactionId"] for body in await tab.asked("makePayment")]


async def test_a_lost_response_is_asked_for_again_and_nothing_is_paid_twice(tab: Tab) -> None:
    page, stack = tab.page, tab.stack
    tab.expected.append(LOST)
    email, token, loan = people.lent(stack, "Harsh", "123456789012")
    await sign_in(page, email, path=f"/app/loans/{loan}/pay")
    lost = await _loses_the_first_answer(page, "makePayment")
    await _pays(page)
    await page.get_by_text("This payment had already been received.").wait_for()
    assert lost[0].ok
    assert len(await _ids(tab)) >= 2
    assert len(set(await _ids(tab))) == 1
    assert {"paymentDate" in body["variables"]["input"] for body in await tab.asked("makePayment")} == {False}
    assert len(payments(stack, token, loan)) == 1


async def test_a_payment_whose_page_was_reloaded_can_be_asked_about_on_that_page(tab: Tab) -> None:
    page, stack = tab.page, tab.stack
    tab.expected.append(LOST)
    email, token, loan = people.lent(stack, "Ishan", "215218031221")
    await sign_in(page, email, path=f"/app/loans/{loan}/pay")

    async def lose(route: Route) -> None:
        await (route.abort() if _is_payment(route) else route.fallback())

    await page.route("**/graphql", lose)
    await _pays(page)
    await page.get_by_text("No response yet. Sending the same payment again").wait_for()
    await page.unroute("**/graphql", lose)
    assert payments(stack, token, loan) == []
    await page.reload()
    unknown = page.get_by_role("heading", name="It is not known yet whether ₹\u00a04,406.03 was received")
    await unknown.wait_for()
    sent = len(await _ids(tab))
    await page.get_by_role("button", name="Sign out").click()
    # Another user who signs in here does not see the payment, and the page sends nothing by itself.
    await enter(page, stack.operator, stack.password)
    await page.get_by_role("button", name="Check the payment").wait_for()
    await page.get_by_role("button", name="Sign out").click()
    await enter(page, email)
    await unknown.wait_for()
    assert len(await _ids(tab)) == sent
    await page.get_by_role("button", name="Ask again").click()
    await page.get_by_role("heading", name="₹\u00a04,406.03 received on").wait_for()
    assert len(set(await _ids(tab))) == 1
    assert [payment["transactionId"] for payment in payments(stack, token, loan)] == (await _ids(tab))[:1]


async def test_paying_again_on_purpose_is_another_payment(tab: Tab) -> None:
    page, stack = tab.page, tab.stack
    email, token, loan = people.lent(stack, "Jaya", "266781091734")
    await sign_in(page, email, path=f"/app/loans/{loan}/pay")
    await _pays(page)
    await page.get_by_role("button", name="Pay more").click()
    await page.get_by_role("radio", name=re.compile("Close the loan")).check()
    await page.get_by_role("button", name=re.compile("Pay ₹")).dblclick()
    await page.get_by_text("the loan is closed").wait_for()
    await expect(page.get_by_role("button", name="Pay more")).to_have_count(0)
    assert len(set(await _ids(tab))) == 2
    assert len(payments(stack, token, loan)) == 2


async def test_an_application_whose_response_is_lost_makes_one_loan(tab: Tab) -> None:
    page, stack = tab.page, tab.stack
    tab.expected.append(LOST)
    email, token, first = people.lent(stack, "Kavi", "512356930790")
    await sign_in(page, email, path="/app/borrow")
    lost = await _loses_the_first_answer(page, "applyLoan")
    apply = page.get_by_role("button", name="Apply for this loan")
    accept = page.get_by_role("button", name="Accept and borrow")
    await apply.click()
    await accept.dblclick()
    await expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached")
    await accept.dblclick()
    await page.get_by_text("Approved. ₹\u00a050,000.00 was paid out to you").wait_for()
    assert lost[0].ok
    loans = [edge["node"]["id"] for edge in stack.ask(LOANS, token)["loans"]["edges"]]
    assert loans == [first, page.url.rsplit("/", 1)[-1]]
    assert len(set(await _request_ids(tab))) == 1
    assert len(await _request_ids(tab)) == 2
    # A second application is another one.
    await page.get_by_role("link", name="Borrow").click()
    await apply.click()
    await accept.click()
    await page.get_by_text("Approved. ₹\u00a050,000.00 was paid out to you").wait_for()
    assert len(stack.ask(LOANS, token)["loans"]["edges"]) == 3
    assert len(set(await _request_ids(tab))) == 2


async def test_an_application_whose_page_was_reloaded_shows_that_the_key_facts_were_accepted(tab: Tab) -> None:
    page, stack = tab.page, tab.stack
    tab.expected.append(LOST)
    email, token, first = people.lent(stack, "Meera", "365486434215")
    await sign_in(page, email, path="/app/borrow")
    await _loses_the_first_answer(page, "applyLoan")
    await page.get_by_role("button", name="Apply for this loan").click()
    await page.get_by_role("button", name="Accept and borrow").click()
    await expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached")
    await page.reload()
    # The server made the loan before its answer was lost.
    await expect(page.get_by_role("article")).to_contain_text("Accepted on")
    await expect(page.get_by_role("button", name="Accept and borrow")).to_have_count(0)
    loans = [edge["node"]["id"] for edge in stack.ask(LOANS, token)["loans"]["edges"]]
    assert loans[0] == first
    assert len(loans) == 2


async def test_a_failure_is_shown_with_its_request_id_until_a_retry_succeeds(tab: Tab) -> None:
    page, stack = tab.page, tab.stack
    email, _, loan = people.lent(stack, "Nila", "329143072267")
    await sign_in(page, email, path=f"/app/loans/{loan}")
    await page.locator(".recharts-line").wait_for()
    database = await asyncpg.connect(stack.owner_url)
    try:
        await database.execute("ALTER TABLE payments RENAME TO payments_away")
        try:
            await page.get_by_role("link", name="Payments").click()
            trouble = page.get_by_role("alert")
            await expect(trouble).to_contain_text("Something went wrong on our side.")
            identifier = await trouble.locator("code").inner_text()
        finally:
            await database.execute("ALTER TABLE payments_away RENAME TO payments")
    finally:
        await database.close()
    assert identifier in (stack.home / "up.log").read_text()
    await page.get_by_role("button", name="Try again").click()
    await page.get_by_text("No payment has been made yet.").wait_for()


async def test_an_offline_browser_is_reported_and_a_retry_succeeds_when_it_is_online(tab: Tab) -> None:
    page, stack = tab.page, tab.stack
    tab.expected.append("net::ERR_INTERNET_DISCONNECTED")
    email, _, loan = people.lent(stack, "Omar", "340609320294")
    await sign_in(page, email, path="/app/profile")
    await page.get_by_label("About you").wait_for()
    await page.context.set_offline(True)
    await page.get_by_text("You are offline. This page may be out of date.").wait_for()
    await page.get_by_role("link", name="Overview").click()
    await expect(page.get_by_role("alert").first).to_contain_text("You are offline.")
    await page.context.set_offline(False)
    await page.get_by_role("button", name="Try again").click()
    await page.get_by_role("link", name=f"Loan {loan}:").wait_for()


async def test_a_server_that_is_away_loses_nothing_that_was_entered(stack: Stack, browser: Browser) -> None:
    async with proxied(stack) as proxy, opened(proxy.stack, browser) as tab:
        page = tab.page
        tab.expected += AWAY
        await fill_in(page, "Rani Das", "525201836560")
        await proxy.cut()
        await page.get_by_role("button", name="Open my account").click()
        await expect(page.get_by_role("alert")).to_contain_text("Your entries are kept")
        await proxy.restore()
        await page.get_by_role("button", name="Open my account").click()
        await page.get_by_role("status", name="Credit score").get_by_text("900").wait_for()

        # The last quote stays on the page, and a new one can be requested.
        await page.get_by_role("link", name="Borrow").first.click()
        cost = page.get_by_role("status", name="The cost of this loan")
        await expect(cost).to_contain_text("₹\u00a04,406.03")
        await page.locator(".recharts-bar-rectangle").first.wait_for()
        await proxy.cut()
        await page.get_by_label("Term", exact=True).fill("24")
        again = page.get_by_role("button", name="Try again")
        await again.wait_for()
        await expect(cost).to_contain_text("₹\u00a04,406.03")
        await tab.picture("server-away")
        await proxy.restore()
        await again.click()
        await expect(cost).not_to_contain_text("₹\u00a04,406.03")
        await page.locator(".recharts-bar-rectangle").nth(40).wait_for()
        assert await page.get_by_label("Term", exact=True).input_value() == "24"

        # The WebSocket of the score is open again too.
        await page.get_by_role("link", name="Overview").click()
        await page.get_by_role("status", name="Credit score").get_by_text("900").wait_for()


async def test_a_page_that_could_not_be_fetched_is_fetched_when_it_is_tried_again(
    stack: Stack, browser: Browser
) -> None:
    async with proxied(stack) as proxy, opened(proxy.stack, browser) as tab:
        page = tab.page
        tab.expected += [*AWAY, NOT_FETCHED]
        await page.clock.install()
        await sign_in(page, stack.operator, stack.password)
        await heading(page, "Book").wait_for()
        await proxy.cut()
        await page.get_by_role("link", name="Billing").click()
        # The console retries for seven seconds before it shows the notice.
        await _passes_until(page, page.get_by_role("alert").get_by_text("This page could not be shown."))
        await proxy.restore()
        await page.get_by_role("button", name="Try again").click()
        await page.get_by_role("button", name="Run billing").wait_for()


async def _passes_until(page: Page, shown: Locator) -> None:
    """Advance the page's clock in steps: each pause begins after the request before it has failed."""
    deadline = time.monotonic() + PATIENCE / 1000
    while not await shown.count():
        assert time.monotonic() < deadline
        await page.clock.run_for(1000)


async def test_the_business_date_can_be_moved_in_a_sandbox_only(stack: Stack, browser: Browser) -> None:
    with another_api(stack, KIST_SANDBOX="0") as other:
        async with opened(other, browser) as tab:
            page = tab.page
            await sign_in(page, stack.operator, stack.password, "/app/billing")
            await page.get_by_role("button", name="Run billing").wait_for()
            await expect(page.get_by_role("contentinfo")).to_contain_text("Business date")
            assert not await page.get_by_text(re.compile("sandbox", re.IGNORECASE)).count()


async def test_the_book_names_once_what_is_missing_keeps_the_rest_and_asks_again_by_itself(
    stack: Stack, browser: Browser
) -> None:
    people.lent(stack, "Lokesh", "460027510334")
    async with proxied(stack) as proxy, opened(proxy.stack, browser) as tab:
        page = tab.page
        tab.expected += AWAY
        await sign_in(page, stack.operator, stack.password)
        await page.get_by_text(re.compile("^Expected cash")).first.wait_for()
        await page.locator(".recharts-bar-rectangle").first.wait_for()
        await proxy.cut()
        await page.get_by_label("Date").fill("2026-01-01")
        notice = page.get_by_role("alert").filter(has_text="Not up to date")
        await expect(notice).to_have_count(1)
        await expect(notice).to_contain_text("Not up to date: the totals and charts, the expected cash.")
        await expect(notice).to_contain_text("This page asks again by itself.")
        await expect(page.get_by_text("Principal outstanding, by days past due").first).to_be_visible()
        await proxy.restore()
        await page.get_by_text("At the end of 1\u00a0Jan\u00a02026.").wait_for()
        await expect(notice).to_have_count(0)
