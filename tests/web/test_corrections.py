"""An operator corrects a loan in the console, and sees the effect before it is stored."""

import re
from datetime import date, timedelta

from playwright.async_api import Browser, Page, expect

from tests.web import people
from tests.web.browsing import Stack, Tab, opened
from tests.web.people import sign_in

RECORDED = "query($id: ID!) { loan(id: $id) { events { edges { node { recordedAt } } } } }"
LOAN = "query($id: ID!) { loan(id: $id) { nextBillingDate payoff sequence credit } }"
MOVE = "mutation($date: Date!) { setBusinessDate(input: {date: $date}) { __typename } }"
QUOTE = """
query($id: ID!) { payoffQuote(loanId: $id) { ... on PayoffQuote { days { date total principal } } } }
"""
PAY = """
mutation($id: ID!, $amount: Money!) { makePayment(input: {loanId: $id, amount: $amount}) { __typename } }
"""


def _pay(stack: Stack, token: str, loan: str) -> date:
    """Pay 5,000.00 on the day of the loan's first bill, and move the date three days beyond it. Return that day."""
    billed_on = date.fromisoformat(stack.ask(LOAN, token, id=loan)["nextBillingDate"])
    operator = people.operator_token(stack)
    stack.ask(MOVE, operator, date=str(billed_on))
    assert stack.ask(PAY, token, id=loan, amount="5000.00")["__typename"] == "PaymentReceipt"
    stack.ask(MOVE, operator, date=str(billed_on + timedelta(days=3)))
    return billed_on


async def _events(page: Page, stack: Stack, loan: str) -> None:
    await sign_in(page, stack.operator, stack.password, path=f"/app/loans/{loan}/events")
    await page.get_by_role("region", name="Events").wait_for()


async def test_an_operator_reverses_a_payment_and_sees_the_effect_first(tab: Tab, stack: Stack) -> None:
    email, token, loan = people.lent(stack, "Qadir", "619585770227")
    _pay(stack, token, loan)
    page = tab.page
    # A color that is still changing has too little contrast.
    await page.emulate_media(reduced_motion="reduce")
    await _events(page, stack, loan)
    rows = page.get_by_role("region", name="Events").locator("tbody tr")
    await expect(rows.get_by_role("rowheader")).to_have_text(["2. Payment of ₹\u00a05,000.00", re.compile("^1. Disb")])
    await page.get_by_role("button", name="Reverse event 2").click()
    await page.get_by_role("button", name="Show the effect").click()
    await page.get_by_text("Choose a cause.").wait_for()
    await page.get_by_text("Enter a reason.").wait_for()
    assert await tab.violations() == []
    await page.get_by_label("The bank returned it").check()
    await page.get_by_label("Reason").fill("The cheque bounced")
    await page.get_by_role("button", name="Show the effect").click()
    effect = page.get_by_role("region", name="Before and after")
    await expect(effect.get_by_role("row", name=re.compile("^Past due"))).to_contain_text("unchanged")
    payoff = effect.get_by_role("row", name=re.compile("^Payoff")).get_by_role("cell")
    before, after = await payoff.all_inner_texts()
    assert before != after
    await page.get_by_text(re.compile(r"Postings \(\d\)")).click()
    await page.get_by_role("cell", name="Cash").first.wait_for()
    assert await tab.violations() == []
    await page.set_viewport_size({"width": 360, "height": 740})
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await page.emulate_media(color_scheme="dark")
    assert await tab.violations("color-contrast") == []
    await tab.picture("phone-correction")
    await page.emulate_media(color_scheme="light")
    # Nothing is stored yet.
    assert stack.ask(LOAN, token, id=loan)["sequence"] == 2
    await page.get_by_role("button", name="Reverse event 2").click()
    await expect(page.get_by_text(re.compile("Payment of ₹.5,000.00 on .*: reversed."))).to_be_focused()
    await expect(rows.nth(0)).to_contain_text("Reversal of event 2")
    await expect(rows.nth(1).locator("s")).to_have_text("Payment of ₹\u00a05,000.00")
    (sent,) = [one for one in await tab.asked("Operate") if "variables" in one]
    assert sent["variables"]["input"]["sequence"] == 2
    await page.get_by_role("link", name="Loan", exact=True).click()
    await expect(page.get_by_text(after).first).to_be_visible()
    # The borrower reads the reason beside the payment that no longer counts.
    await page.get_by_role("button", name="Sign out").click()
    await sign_in(page, email, path=f"/app/loans/{loan}/payments")
    payment = page.get_by_role("region", name="Payments").locator("tbody tr")
    await expect(payment.locator("s")).to_have_text("₹\u00a05,000.00")
    await expect(payment).to_contain_text("The bank returned it: The cheque bounced")
    # On a phone the lines of a month are folded.
    await page.set_viewport_size({"width": 1280, "height": 800})
    await page.get_by_role("link", name="Statement").click()
    line = page.get_by_role("region", name="Posted").get_by_role("row", name=re.compile("Payment, reversed"))
    await expect(line.locator("s").first).to_have_text("₹\u00a05,000.00")
    await expect(line).to_contain_text("The bank returned it: The cheque bounced")


async def test_a_payment_moves_to_the_loan_that_it_belongs_to(tab: Tab, stack: Stack) -> None:
    _, token, other = people.lent(stack, "Rehana", "462453856339")
    loan = stack.ask(people.APPLY, token)["id"]
    _pay(stack, token, loan)
    page = tab.page
    await _events(page, stack, loan)
    await page.get_by_role("button", name="Move event 2 to another loan").click()
    number = page.get_by_label("Loan that the payment belongs to")
    await number.fill(loan)
    await page.get_by_label("Reason").fill("Wrong loan")
    await page.get_by_role("button", name="Show the effect").click()
    refusal = page.get_by_role("alert").filter(has_text="The event was not moved.")
    await expect(refusal).to_be_focused()
    await refusal.get_by_role("link", name=re.compile("another loan")).click()
    await expect(number).to_be_focused()
    await number.fill(other)
    await page.get_by_role("button", name="Show the effect").click()
    # The bill is unpaid again, and so it is due later.
    bill = page.get_by_role("region", name="Restated bills").get_by_role("row", name=re.compile("^Bill 1"))
    await bill.wait_for()
    due_before, due_after, *_ = await bill.get_by_role("cell").all_inner_texts()
    assert due_before != due_after
    await page.get_by_role("button", name="Move event 2").click()
    await expect(page.get_by_text(re.compile("Payment of ₹.5,000.00 on .*: moved."))).to_be_focused()
    assert [one["amount"] for one in people.payments(stack, token, other)] == ["5000.00"]


async def test_a_cancelled_loan_is_shown_as_such(stack: Stack, browser: Browser) -> None:
    email, token, loan = people.lent(stack, "Sunil", "495544422432")
    async with opened(stack, browser) as tab:
        page = tab.page
        await _events(page, stack, loan)
        await page.get_by_role("button", name="Reverse event 1").click()
        await page.get_by_label("It was recorded by mistake").check()
        await page.get_by_label("Reason").fill("Never paid out")
        await page.get_by_role("button", name="Show the effect").click()
        await expect(page.get_by_role("row", name=re.compile("^Status"))).to_contain_text("Cancelled")
        await page.get_by_role("button", name="Reverse event 1").click()
        await expect(page.get_by_role("region", name="Events").locator("tbody tr")).to_have_count(2)
        await page.get_by_role("button", name="Sign out").click()
        await sign_in(page, email, path=f"/app/loans/{loan}/pay")
        await page.get_by_text("This loan is cancelled: the money was never paid out").wait_for()
        await expect(page.get_by_text("Cancelled", exact=True)).to_be_visible()
    assert stack.ask(LOAN, token, id=loan)["payoff"] == "0.00"


async def _is_told_the_payoff_of_a_day(page: Page, stack: Stack, loan: str) -> None:
    day = page.get_by_label("Day", exact=True)
    last = await day.get_attribute("max") or ""
    await day.fill(str(date.fromisoformat(last) + timedelta(days=1)))
    await expect(day).to_have_accessible_description(re.compile("Choose a day from .* Choose a day from"))
    await day.fill(last)
    quote = page.get_by_role("region", name="Payoff on another day")
    quoted = stack.ask(QUOTE, people.operator_token(stack), id=loan)["days"][-1]
    assert quoted["date"] == last
    for figure in ("total", "principal"):
        digits = quoted[figure].replace(".", r"\.")
        await expect(quote).to_contain_text(re.compile(rf"₹.{digits[:2]},{digits[2:]}"))


async def test_a_figure_is_explained_by_the_steps_that_led_to_it(tab: Tab, stack: Stack) -> None:
    email, token, loan = people.lent(stack, "Tarini", "526144683180")
    _pay(stack, token, loan)
    page = tab.page
    await page.emulate_media(reduced_motion="reduce")
    await sign_in(page, email, path=f"/app/loans/{loan}")
    why = page.get_by_role("button", name=re.compile("^Why is the payoff ₹"))
    await why.focus()
    assert await tab.asked("query Explain(") == []
    await page.keyboard.press("Enter")
    answer = page.get_by_role("dialog", name=re.compile("^Why is the payoff"))
    last = answer.get_by_role("listitem").last
    await expect(last).to_contain_text("Payoff = ")
    await expect(last).to_contain_text("Rule 6")
    await expect(answer.get_by_role("link", name=re.compile("Payment of ₹.5,000.00")).first).to_be_visible()
    assert await tab.violations() == []
    await page.set_viewport_size({"width": 360, "height": 740})
    assert await answer.evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth")
    await page.keyboard.press("Escape")
    await expect(answer).to_have_count(0)
    await expect(why).to_be_focused()
    await _is_told_the_payoff_of_a_day(page, stack, loan)
    # A step leads to its bill, whose figures are explained too.
    await page.get_by_role("button", name=re.compile("^Why is the interest due ₹")).click()
    await page.get_by_role("dialog").get_by_role("link", name="Bill 1").first.click()
    await page.get_by_role("button", name=re.compile("^Why is the minimum due of bill 1 ₹")).click()
    await expect(page.get_by_role("dialog").get_by_text("Rule 5.4")).to_be_visible()


async def test_backdated_cash_shows_its_effect_first_and_closes_no_door(tab: Tab, stack: Stack) -> None:
    _, token, loan = people.lent(stack, "Ulka", "558762347787")
    billed_on = _pay(stack, token, loan)
    page = tab.page
    await page.emulate_media(reduced_motion="reduce")
    await sign_in(page, stack.operator, stack.password, path=f"/app/loans/{loan}/pay")
    await _enter_cash(page, "20,000", billed_on - timedelta(days=10))
    await page.get_by_label("Reason").fill("The cash box of the branch was late")
    # The outcomes of both choices are those of the earlier day.
    await page.get_by_role("radio", name=re.compile("Finish sooner .* the borrower pays less interest")).check()
    assert await tab.violations() == []
    await page.get_by_role("button", name="Check the payment").click()
    effect = page.get_by_role("region", name="Before and after")
    await expect(effect.get_by_role("row", name=re.compile("^Term 12 cycles"))).not_to_contain_text("unchanged")
    bill = page.get_by_role("region", name="Restated bills").get_by_role("row", name=re.compile("^Bill 1"))
    await expect(bill).to_contain_text(re.compile("₹.435.00 → ₹"))
    assert await tab.violations() == []
    await page.set_viewport_size({"width": 360, "height": 740})
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    # Nothing is stored yet.
    assert stack.ask(LOAN, token, id=loan)["sequence"] == 2
    await page.get_by_role("button", name=re.compile("^Take ₹.20,000.00")).click()
    await page.get_by_role("heading", name=re.compile("^Receipt")).wait_for()
    (sent,) = [one["variables"]["input"] for one in await tab.asked("mutation MakePayment")]
    assert (sent["backdate"], sent["prepayment"]) == (True, "REDUCE_TERM")


async def _enter_cash(page: Page, amount: str, day: date) -> None:
    await page.get_by_label("Amount received").fill(amount)
    await page.get_by_label("Cash", exact=True).check()
    await page.get_by_label("Received on").fill(str(day))


async def test_cash_for_a_closed_loan_becomes_credit_that_is_refunded(tab: Tab, stack: Stack) -> None:
    _, token, loan = people.lent(stack, "Vimala", "548694138310")
    today = _pay(stack, token, loan) + timedelta(days=3)
    assert stack.ask(PAY, token, id=loan, amount=stack.ask(LOAN, token, id=loan)["payoff"])["__typename"]
    stack.ask(MOVE, people.operator_token(stack), date=str(today + timedelta(days=1)))
    page = tab.page
    await sign_in(page, stack.operator, stack.password, path=f"/app/loans/{loan}/pay")
    await page.get_by_text("This loan was closed on").wait_for()
    await _enter_cash(page, "500", today)
    await page.get_by_label("Reason").fill("Found in the cash box")
    await page.get_by_role("button", name="Check the payment").click()
    await expect(page.get_by_label("Received on")).to_have_accessible_description(re.compile("Choose a day from"))
    await page.get_by_label("Received on").fill(str(today - timedelta(days=2)))
    await page.get_by_role("button", name="Check the payment").click()
    await expect(page.get_by_role("row", name=re.compile("^Credit"))).to_contain_text(re.compile("₹.50\\d.\\d\\d"))
    await page.get_by_role("button", name=re.compile("^Take ₹.500.00")).click()
    await expect(page.get_by_role("region", name=re.compile("^Receipt"))).to_contain_text("Credit of the borrower")
    await page.get_by_role("link", name="Events").click()
    await page.get_by_role("button", name="Refund credit").click()
    credit = stack.ask(LOAN, token, id=loan)["credit"]
    await page.get_by_label("Amount to refund").fill(credit)
    await page.get_by_label("Reason").fill("Refunded in cash")
    await page.get_by_role("button", name="Show the effect").click()
    await expect(page.get_by_role("row", name=re.compile("^Credit"))).to_contain_text(re.compile("₹.0.00"))
    await page.get_by_role("button", name="Refund the credit").click()
    await expect(page.get_by_text("The credit was refunded.")).to_be_focused()
    assert stack.ask(LOAN, token, id=loan)["credit"] == "0.00"


async def test_a_past_view_shows_the_loan_on_a_day_as_it_was_known_then(tab: Tab, stack: Stack) -> None:
    email, token, loan = people.lent(stack, "Wahida", "626083153408")
    billed_on = _pay(stack, token, loan)
    day = billed_on - timedelta(days=1)
    page = tab.page
    await page.emulate_media(reduced_motion="reduce")
    await sign_in(page, email, path=f"/app/loans/{loan}")
    await page.get_by_label("Day of the loan").fill(str(day))
    await page.get_by_role("button", name="Show the loan on this day").click()
    said = f"{day.day}\u00a0{day:%b}\u00a0{day.year}"
    await page.get_by_text(f"This is the loan on {said}.").wait_for()
    assert page.url.endswith(f"/loans/{loan}?asOf={day}")
    await page.reload()
    await page.get_by_text(f"This is the loan on {said}.").wait_for()
    await page.get_by_role("button", name=re.compile("^Why is the remaining principal ₹.50,000.00")).click()
    await expect(page.get_by_role("dialog").get_by_role("listitem")).to_have_count(1)
    await page.keyboard.press("Escape")
    assert await tab.violations() == []
    tabs = page.get_by_role("navigation", name=f"Loan {loan}").get_by_role("link")
    await expect(tabs).to_have_text(["Loan", "Bills", "Payments", "Statement"])
    await expect(page.get_by_role("link", name="Pay", exact=True)).to_have_count(0)
    await tabs.filter(has_text="Bills").click()
    await page.get_by_text("No bill has been issued yet.").wait_for()
    await page.get_by_role("link", name="Back to today").click()
    await page.get_by_role("button", name=re.compile("^Why is the minimum due of bill 1 ₹")).wait_for()
    # The payment was recorded after the disbursal, so it was not known then.
    disbursed_at = stack.ask(RECORDED, token, id=loan)["events"]["edges"][0]["node"]["recordedAt"]
    await page.goto(f"/app/loans/{loan}/payments?asOf={billed_on}&knownAt={disbursed_at.replace('+', '%2B')}")
    await page.get_by_text(re.compile("This is the loan on .*, as it was known on ")).wait_for()
    await page.get_by_text("No payment has been made yet.").wait_for()
    # The server refuses a day before the disbursal.
    await page.goto(f"/app/loans/{loan}?asOf=2020-01-01")
    await page.get_by_text("The loan cannot be shown for these times.").wait_for()
