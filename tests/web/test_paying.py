"""Paying and owing in the console: the words and the amounts mean what the lending rules mean."""

import re
from datetime import date, timedelta
from typing import Any

from playwright.async_api import Browser, Page, expect

from tests.web import people
from tests.web.browsing import Stack, Tab, opened, until
from tests.web.people import enter, heading, sign_in

LOAN = "query($id: ID!) { loan(id: $id) { nextBillingDate amountDue } }"
MOVE = "mutation($date: Date!) { setBusinessDate(input: {date: $date}) { __typename } }"
PAY = """
mutation($id: ID!, $amount: Money!) { makePayment(input: {loanId: $id, amount: $amount}) { __typename } }
"""
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
MOST_SCREENS = 3
PAGES = 2


def _moved(stack: Stack, token: str, loan: str, *, days: int = 0) -> str:
    """Move the business date to the loan's next bill, or some days beyond it. Return the date of the bill."""
    billed_on: str = stack.ask(LOAN, token, id=loan)["nextBillingDate"]
    day = date.fromisoformat(billed_on) + timedelta(days=days)
    stack.ask(MOVE, people.operator_token(stack), date=str(day))
    return billed_on


def _shown(day: date) -> str:
    return f"{day.day}\u00a0{day:%b}\u00a0{day.year}"


async def test_a_payment_says_what_is_due_and_a_bill_what_is_still_to_pay(stack: Stack, browser: Browser) -> None:
    email, token, loan = people.lent(stack, "Nisha", "416246057011")
    due = date.fromisoformat(stack.ask(LOAN, token, id=loan)["nextBillingDate"]) + timedelta(days=15)
    async with opened(stack, browser, **PHONE) as tab:
        page = tab.page
        await sign_in(page, email)
        await expect(page.get_by_role("status", name="Credit score")).to_contain_text("Enough to borrow")
        await page.get_by_role("link", name=f"Pay: loan {loan}").click()
        await page.get_by_text(f"Nothing is due until {_shown(due)}.").wait_for()
        await expect(page.get_by_role("radio", checked=True)).to_have_count(0)
        await expect(page.get_by_role("radio")).to_have_count(2)
        await page.get_by_role("radio", name=re.compile("^Close the loan ₹.50,000.00")).wait_for()
        await page.get_by_role("radio", name=re.compile("Part-prepayment Lowers your EMI; the next bill")).check()
        await page.get_by_label("Amount", exact=True).fill("1,000")
        await page.get_by_role("status").get_by_text("Part-prepayment: lowers your EMI").wait_for()
        await expect(page.get_by_role("radio", name=re.compile("^Lower the EMI"))).to_be_checked()
        await page.get_by_role("radio", name=re.compile("^Finish sooner Your installment stays")).check()
        await page.get_by_role("status").get_by_text("Part-prepayment: ends your loan sooner").wait_for()
        await tab.picture("phone-nothing-due")

        _moved(stack, token, loan, days=20)
        await _again(page, email)
        await expect(page.get_by_role("heading", level=2).first).to_have_text("Past due")
        await expect(page.get_by_role("status", name="Credit score")).not_to_contain_text("Enough to borrow")
        await page.get_by_text("You cannot borrow at the moment.").wait_for()
        await tab.picture("phone-past-due")
        await page.get_by_role("link", name=f"Pay: loan {loan}").click()
        await expect(page.get_by_role("radio", name=re.compile("^Past due ₹.1,935.00 Late by 5 days"))).to_be_checked()
        await page.get_by_role("button", name="Pay ₹\u00a01,935.00").click()
        await page.get_by_role("heading", name="₹\u00a01,935.00 received on").wait_for()

        await page.get_by_role("link", name="Bills").click()
        bill = page.get_by_role("region", name="Bills").locator("tbody tr")
        await expect(bill).to_contain_text("Minimum paid")
        await expect(bill.get_by_role("cell", name=re.compile("Still to pay ₹.2,471.03"))).to_be_visible()
        await page.get_by_role("link", name="Pay", exact=True).click()
        remaining = (
            "The minimum is paid. Paying the remaining ₹\u00a02,471.03 keeps the plan; nothing more must be paid"
        )
        await page.get_by_text(remaining).wait_for()
        # The overview says the same, and not that nothing is due.
        await page.get_by_role("link", name="Overview").click()
        await page.get_by_role("article").get_by_text(remaining).wait_for()
        assert await tab.violations() == []
        await tab.picture("phone-minimum-paid")
        await page.get_by_role("link", name=f"Pay: loan {loan}").click()
        await expect(page.get_by_role("radio", checked=True)).to_have_count(0)
        await page.get_by_role("radio", name=re.compile("^Rest of the installment")).check()
        await page.get_by_role("button", name="Pay ₹\u00a02,471.03").click()
        await page.get_by_role("heading", name="₹\u00a02,471.03 received on").wait_for()
        await page.get_by_role("link", name="Bills").click()
        await expect(bill.locator(".tag")).to_have_text("Paid")
        await page.get_by_role("link", name="Overview").click()
        await expect(page.get_by_role("status", name="Credit score")).to_contain_text("Enough to borrow")
        await expect(heading(page, "Past due")).to_have_count(0)


async def _again(page: Page, email: str) -> None:
    await page.get_by_role("button", name="Sign out").click()
    await page.goto("/app")
    await enter(page, email)


async def test_a_phone_shows_the_cost_before_the_button_and_a_refusal_before_the_fields(
    stack: Stack, browser: Browser
) -> None:
    email, _, _ = people.lent(stack, "Ojas", "444945485931")
    async with opened(stack, browser, **PHONE) as tab:
        page = tab.page
        await sign_in(page, email)
        await page.get_by_role("link", name="Borrow").first.click()
        cost = page.get_by_role("status", name="The cost of this loan")
        await expect(cost).to_contain_text("₹\u00a04,406.03")
        button = page.get_by_role("button", name="Apply for this loan")
        assert await _bottom(cost) <= await _top(button)
        await _tooltips_cover_no_bar(page)
        await _a_long_table_says_that_it_scrolls(page)

        await page.get_by_label("Term", exact=True).fill("99")
        await page.get_by_label("Amount", exact=True).fill("5,00,000")
        await button.click()
        summary = page.get_by_role("alert")
        await expect(summary).to_be_focused()
        await expect(summary.get_by_role("link")).to_have_text(
            [re.compile("The amount must be at most"), re.compile("The term must be between")]
        )
        assert await _bottom(summary) <= await _top(page.get_by_label("Amount", exact=True))
        await tab.picture("phone-refused")
        # The figures of the earlier terms stay readable, and say that they are.
        earlier = page.get_by_text("Earlier terms")
        await expect(earlier).to_have_count(2)
        await expect(earlier.first).to_be_visible()
        await expect(cost).to_have_attribute("aria-busy", "true")
        assert await tab.violations() == []
        await summary.get_by_role("link").nth(1).click()
        await expect(page.get_by_label("Term", exact=True)).to_be_focused()
        await page.get_by_label("Term", exact=True).fill("12")
        await page.get_by_label("Amount", exact=True).fill("50,000")
        await expect(earlier.first).to_be_hidden()
        await expect(cost).to_have_attribute("aria-busy", "false")
        assert await tab.violations() == []


async def _top(locator: Any) -> float:
    return float((await locator.bounding_box())["y"])


async def _bottom(locator: Any) -> float:
    box = await locator.bounding_box()
    return float(box["y"] + box["height"])


async def _tooltips_cover_no_bar(page: Page) -> None:
    bars = page.locator(".recharts-bar-rectangle")
    await bars.first.wait_for()
    await bars.nth(5).scroll_into_view_if_needed()
    await bars.nth(5).hover()
    tooltip = page.locator(".tooltip")
    await expect(tooltip).to_contain_text("Installment")
    tops = [await _top(bar) for bar in await bars.all() if await bar.bounding_box()]
    assert await _bottom(tooltip) <= min(tops)


async def _a_long_table_says_that_it_scrolls(page: Page) -> None:
    await page.get_by_text("As a table").click()
    region = page.get_by_role("region", name="Principal and interest of each installment")
    await page.get_by_text("Scroll sideways to see all columns").wait_for()
    await expect(region).to_have_accessible_description(re.compile("Scroll sideways"))
    await region.focus()
    await page.keyboard.press("ArrowRight")
    await until(page, "[...document.querySelectorAll('.table')].some(one => one.scrollLeft > 0)")


async def test_a_year_of_a_statement_fits_on_two_pages_and_on_three_screens(tab: Tab, browser: Browser) -> None:
    stack = tab.stack
    email, token, loan = people.lent(stack, "Pari", "458181732516")
    for _ in range(10):
        _moved(stack, token, loan)
        stack.ask(PAY, token, id=loan, amount=stack.ask(LOAN, token, id=loan)["amountDue"])
    # The next bill is 20 days past due, and the one after it is open.
    _moved(stack, token, loan, days=35)
    page = tab.page
    await sign_in(page, email, path=f"/app/loans/{loan}/statement")
    await heading(page, "Overdue").wait_for()
    for text in ("Pari", "XXXX XXXX 2516", "Loan number", "Period", "Paid in total"):
        await expect(page.get_by_text(text, exact=True).first).to_be_visible()
    await expect(page.get_by_role("region", name="Overdue").locator("tbody tr")).to_have_count(1)
    await expect(page.get_by_text("is 20 days past due")).to_be_visible()
    await expect(page.get_by_role("button", name=re.compile("paid ₹.4"))).to_have_count(0)
    printed = await page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == PAGES
    await tab.picture("statement-of-a-year")

    async with opened(stack, browser, **PHONE) as phone:
        page = phone.page
        await sign_in(page, email, path=f"/app/loans/{loan}/statement")
        month = page.get_by_role("button", name=re.compile("paid ₹.4,406.03, interest")).first
        await month.wait_for()
        assert (
            await page.evaluate("document.documentElement.scrollHeight") <= MOST_SCREENS * PHONE["viewport"]["height"]
        )
        await phone.picture("phone-statement-of-a-year")
        rows = page.get_by_role("region", name="Posted").get_by_role("row")
        folded = await rows.count()
        await month.click()
        await expect(month).to_have_attribute("aria-expanded", "true")
        await expect(rows).not_to_have_count(folded)
        assert await phone.violations() == []
