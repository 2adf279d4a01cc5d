"""A payment that somebody means once is taken once, whatever they press and whatever gets lost on the way."""

import re

from playwright.async_api import APIResponse, Page, Route, expect

from tests.web import people
from tests.web.browsing import Tab
from tests.web.people import begin, enter, payments, sign_in

LOST = "net::ERR_FAILED"


def _is_payment(route: Route) -> bool:
    return "makePayment" in (route.request.post_data or "")


async def _pays(page: Page) -> None:
    await page.get_by_role("radio", name=re.compile("One installment")).check()
    await page.get_by_role("button", name="Pay ₹\u00a04,406.03").dblclick()


async def _ids(tab: Tab) -> list[str]:
    return [body["variables"]["input"]["transactionId"] for body in await tab.asked("makePayment")]


async def test_an_answer_that_is_lost_is_asked_for_again_and_nothing_is_paid_twice(tab: Tab) -> None:
    page, stack = begin(tab), tab.stack
    tab.expected.append(LOST)
    email, token, loan = people.lent(stack, "Hari", "123456789012")
    await sign_in(page, email, path=f"/app/loans/{loan}/pay")
    lost: list[APIResponse] = []

    async def lose_the_first_answer(route: Route) -> None:
        if not _is_payment(route) or lost:
            await route.fallback()
            return
        # The server takes it, and the line breaks before it can say so.
        lost.append(await route.fetch())
        await route.abort()

    await page.route("**/graphql", lose_the_first_answer)
    await _pays(page)
    await page.get_by_text("It had arrived before, and was taken once.").wait_for()
    assert lost[0].ok
    assert len(await _ids(tab)) >= 2
    assert len(set(await _ids(tab))) == 1
    assert len(payments(stack, token, loan)) == 1


async def test_a_payment_whose_page_was_left_is_asked_about_where_it_was_begun(tab: Tab) -> None:
    page, stack = begin(tab), tab.stack
    tab.expected.append(LOST)
    email, token, loan = people.lent(stack, "Indu", "215218031221")
    await sign_in(page, email, path=f"/app/loans/{loan}/pay")

    async def lose(route: Route) -> None:
        await (route.abort() if _is_payment(route) else route.fallback())

    await page.route("**/graphql", lose)
    await _pays(page)
    await page.get_by_text("No answer yet. Asking again").wait_for()
    await page.unroute("**/graphql", lose)
    assert payments(stack, token, loan) == []
    await page.reload()
    await page.get_by_text("Loading the page anew signed you out").wait_for()
    await enter(page, email)
    await page.get_by_role("heading", name="₹\u00a04,406.03 received on").wait_for()
    assert len(set(await _ids(tab))) == 1
    assert [payment["transactionId"] for payment in payments(stack, token, loan)] == (await _ids(tab))[:1]


async def test_paying_again_on_purpose_is_another_payment(tab: Tab) -> None:
    page, stack = begin(tab), tab.stack
    email, token, loan = people.lent(stack, "Jaya", "266781091734")
    await sign_in(page, email, path=f"/app/loans/{loan}/pay")
    await _pays(page)
    await page.get_by_role("button", name="Pay more").click()
    await page.get_by_role("radio", name=re.compile("Everything")).check()
    await page.get_by_role("button", name=re.compile("Pay ₹")).dblclick()
    await page.get_by_text("the loan is closed").wait_for()
    await expect(page.get_by_role("button", name="Pay more")).to_have_count(0)
    assert len(set(await _ids(tab))) == 2
    assert len(payments(stack, token, loan)) == 2
