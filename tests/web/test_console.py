"""Borrowers and operators use every page of the console, in a browser and on a running stack."""

import csv
import io
import re

import asyncpg
from playwright.async_api import Browser, Page, expect

from tests.servers import execute
from tests.web import people
from tests.web.browsing import Stack, Tab, opened
from tests.web.people import PASSWORD, heading, move_the_date, register, sign_in

STATEMENT = """
query($id: ID!) { statement(loanId: $id) {
  pastTransactions { date kind amountPaid interest principal principalBalance }
  upcomingEmis { number dueDate amountDue interest principal principalBalance }
} }
"""


# The labels of both axes of a chart.
TICK = ".recharts-cartesian-axis-tick-value"


async def test_a_borrower_goes_from_registering_to_a_statement(tab: Tab, browser: Browser) -> None:
    page = tab.page
    await register(page, "Anika Rao", "3658 4768 1459")

    await expect(page.get_by_role("banner")).to_contain_text("Signed in as Anika Rao")
    # A subscription over one WebSocket brings the score.
    await page.get_by_role("status", name="Credit score").get_by_text("610").wait_for()
    assert len(tab.sockets) == 1
    await tab.picture("overview")

    await page.get_by_role("link", name="Borrow").first.click()
    cost = page.get_by_role("status", name="The cost of this loan")
    await expect(cost).to_contain_text("₹\u00a04,406.03")
    await expect(cost).to_contain_text("₹\u00a02,872.39")
    await page.locator(".recharts-bar-rectangle").first.wait_for()
    await tab.picture("borrow")

    await _is_refused_with_reasons(page)
    await page.get_by_label("Amount", exact=True).fill("₹ 50,000")
    await page.get_by_label("Term", exact=True).fill("12")
    await page.get_by_role("button", name="Apply for this loan").click()
    await _reads_the_key_facts(page, tab)
    await page.get_by_role("button", name="Accept and borrow").click()
    await page.get_by_text("Approved. ₹\u00a050,000.00 was paid out to you").wait_for()
    loan = page.url.rsplit("/", 1)[-1]

    async with opened(tab.stack, browser) as counter:
        await _bills_the_next_cycle(counter)

    await page.get_by_role("link", name="Pay", exact=True).first.click()
    due = page.get_by_role("radio", name=re.compile("Whole installment"))
    await due.wait_for()
    assert await due.is_checked()
    await tab.picture("pay")
    await page.get_by_role("button", name="Pay ₹\u00a04,406.03").dblclick()
    await page.get_by_role("heading", name="₹\u00a04,406.03 received on").wait_for()
    await page.get_by_text(re.compile("Receipt R-")).wait_for()
    sent = await tab.asked("makePayment")
    assert len({body["variables"]["input"]["transactionId"] for body in sent}) == 1

    await page.get_by_role("link", name="Back to the loan").click()
    await page.locator(".recharts-line").wait_for()
    await expect(page.get_by_label("Current state")).to_contain_text("₹\u00a046,028.97")
    await tab.picture("loan")

    await _reads_bills_and_payments(page)
    await _keeps_the_statement(page, tab.stack, loan)
    await tab.picture("statement")


async def _reads_the_key_facts(page: Page, tab: Tab) -> None:
    """The borrower reads and prints them in both languages, each on one or two pages."""
    facts = page.get_by_role("article")
    await expect(facts).to_contain_text("Annual percentage rate (APR)")
    await expect(facts).to_contain_text("12 installments of ₹\u00a04,406.03")
    await tab.picture("key-facts")
    for language in ("en", "hi"):
        if language == "hi":
            await page.get_by_role("button", name="हिन्दी").click()
            await expect(facts).to_contain_text("वार्षिक प्रतिशत दर (एपीआर)")
            # Names, addresses and the proposal's number are the same in both languages.
            names = r"\d{8}-\S+|\S+@\S+|Example \w+|\(made up\)|cms\S+|Card"
            assert re.findall("[A-Za-z]{2,}", re.sub(names, "", await facts.inner_text())) == []
        printed = await page.pdf(format="A4", print_background=True)
        assert printed.count(b"/Type /Page\n") in (1, 2)
    await page.get_by_role("button", name="English").click()


async def _is_refused_with_reasons(page: Page) -> None:
    amount, term = page.get_by_label("Amount", exact=True), page.get_by_label("Term", exact=True)
    await amount.fill("5,00,000")
    await term.fill("99")
    await page.get_by_role("button", name="Apply for this loan").click()
    await expect(amount).to_have_accessible_description(re.compile("The amount must be at most ₹\u00a050,000.00."))
    await expect(term).to_have_accessible_description(re.compile("The term must be between 1 and 60 cycles."))
    await expect(page.get_by_role("alert")).to_be_focused()
    assert "/loans/" not in page.url


async def _bills_the_next_cycle(counter: Tab) -> None:
    """An operator moves the date by a cycle, and bills the book."""
    page = counter.page
    await sign_in(page, counter.stack.operator, counter.stack.password, "/app/billing")
    await move_the_date(page)
    await page.get_by_role("button", name="Run billing").click()
    await page.get_by_role("status").get_by_text("Done.").wait_for()
    await expect(page.get_by_text(re.compile(r"^\d+ of \d+$")).first).to_be_visible()
    await counter.picture("billing")


async def _reads_bills_and_payments(page: Page) -> None:
    tabs = page.get_by_role("navigation", name=re.compile("Loan"))
    await tabs.get_by_role("link", name="Bills").click()
    bill = page.get_by_role("region", name="Bills").locator("tbody tr")
    await expect(bill).to_have_count(1)
    await expect(bill).to_contain_text("Paid")
    await expect(bill).to_contain_text("₹\u00a01,935.00")
    await tabs.get_by_role("link", name="Payments").click()
    payment = page.get_by_role("region", name="Payments").locator("tbody tr")
    await expect(payment).to_have_count(1)
    await expect(payment).to_contain_text("bill 1")


async def _keeps_the_statement(page: Page, stack: Stack, loan: str) -> None:
    await page.get_by_role("navigation", name=re.compile("Loan")).get_by_role("link", name="Statement").click()
    posted = page.get_by_role("region", name="Posted").locator("tbody tr:not(.fold)")
    await expect(posted).to_have_count(3)
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Download CSV").click()
    file = await (await download.value).path()
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    said = stack.ask(STATEMENT, people.operator_token(stack), id=loan)
    lines = [*said["pastTransactions"], *said["upcomingEmis"]]
    assert [row["Principal balance"] for row in rows] == [line["principalBalance"] for line in lines]
    assert [row["Interest"] for row in rows] == [line["interest"] for line in lines]
    assert [row["State"] for row in rows] == ["posted"] * 3 + ["upcoming"] * 11
    # The printed page has the lines, and no buttons or links.
    await page.emulate_media(media="print")
    await expect(page.get_by_role("button", name="Print")).to_be_hidden()
    await expect(page.get_by_role("navigation")).to_have_count(0)
    await expect(posted.first).to_be_visible()
    await page.emulate_media(media="screen")


async def test_every_reason_for_refusing_a_loan_is_shown(tab: Tab) -> None:
    page = tab.page
    await register(page, "Dev Nair", "999941057058", income="1,00,000")
    await page.get_by_role("status", name="Credit score").get_by_text("300").wait_for()
    await expect(page.get_by_role("status", name="Credit score")).to_contain_text("the minimum is 450")
    await page.get_by_role("link", name="Borrow").first.click()
    await page.get_by_role("button", name="Apply for this loan").click()
    reasons = page.get_by_role("alert")
    await expect(reasons).to_contain_text("The credit score is 300; it must be at least 450.")
    await expect(reasons).to_contain_text(
        "The annual income is ₹\u00a01,00,000.00; it must be at least ₹\u00a01,50,000.00."
    )


async def test_each_problem_of_a_registration_is_shown_beside_its_field(tab: Tab) -> None:
    page = tab.page
    await page.goto("/app/register")
    await page.get_by_role("button", name="Open my account").click()
    await expect(page.get_by_label("Full name")).to_have_accessible_description("Enter your name.")
    await expect(page.get_by_label("Password")).to_have_accessible_description(re.compile("Enter a password."))
    await page.get_by_label("Full name").fill("Ela")
    await page.get_by_label("Email").fill("nowhere")
    await page.get_by_label("Aadhaar number").fill("1234")
    await page.get_by_label("Mobile number").fill("12345")
    await page.get_by_label("Password").fill("short")
    await page.get_by_label("I agree").check()
    await page.get_by_role("button", name="Open my account").click()
    for label, problem in {
        "Email": "Enter a valid email address.",
        "Aadhaar number": "Enter a valid Aadhaar number of 12 digits.",
        "Mobile number": "Enter a phone number with 10 digits",
        "Password": "The password must have 10 to 1000 characters.",
    }.items():
        await expect(page.get_by_label(label)).to_have_accessible_description(re.compile(re.escape(problem)))


async def test_an_operator_sees_the_book_and_takes_a_payment_at_the_counter(tab: Tab) -> None:
    page, stack = tab.page, tab.stack
    _, token, loan = people.lent(stack, "Farid", "212454964124")
    person = stack.ask("query { me { id } }", token)["id"]
    await sign_in(page, stack.operator, stack.password)
    await heading(page, "Book").wait_for()
    for chart in ("Principal outstanding", "Interest billed", "Expected cash"):
        await page.get_by_text(re.compile(f"^{chart}")).first.wait_for()
    await page.locator(".recharts-bar-rectangle").first.wait_for()
    ranges = await page.locator(".card", has_text="Expected cash").locator(TICK).all_text_contents()
    ranges = [one for one in ranges if "₹" not in one]
    assert ranges == list(dict.fromkeys(ranges))
    assert all(re.fullmatch(r"\d+\s\w{3} – \d+\s\w{3}", one) for one in ranges), ranges
    await page.get_by_text(re.compile("by due date. Overdue: ₹")).wait_for()
    await page.get_by_text("As a table").first.click()
    await expect(page.get_by_role("table").first).to_contain_text("over 90")
    await tab.picture("book")

    await page.get_by_role("link", name="People").click()
    await page.get_by_role("textbox", name="Borrower ID").fill(person)
    await page.get_by_role("button", name=re.compile("Find: Borrower")).click()
    await expect(page.get_by_label("The borrower")).to_contain_text("XXXX XXXX 4124")
    await page.get_by_role("link", name=re.compile(f"Loan {loan}")).click()
    await page.get_by_role("link", name="Take a payment").click()
    trail = page.get_by_role("navigation", name="Breadcrumbs")
    await expect(trail).to_have_text(f"BookFaridLoan {loan}Counter")
    await heading(page, "Money from Farid").wait_for()
    await _is_checked_before_it_is_taken(tab)
    # A double click takes the payment once.
    await page.get_by_role("button", name="Take ₹\u00a01,234.50").dblclick()
    await _is_printed_on_one_page(tab, loan)
    assert [payment["amount"] for payment in people.payments(stack, token, loan)] == ["1234.50"]
    await page.get_by_role("link", name="Back to the loan").click()
    await _opens_the_receipt_again(page)
    await trail.get_by_role("link", name="Farid").click()
    await expect(page.get_by_label("The borrower")).to_contain_text("XXXX XXXX 4124")
    await expect(trail).to_have_text("BookFarid")


async def _is_checked_before_it_is_taken(tab: Tab) -> None:
    page = tab.page
    amount, reference = (
        page.get_by_label("Amount received"),
        page.get_by_role("textbox", name=re.compile("Cheque number")),
    )
    await page.get_by_role("button", name="Check the payment").click()
    await expect(amount).to_have_accessible_description(re.compile("Enter an amount"))
    await expect(page.get_by_text("Choose how it was paid.")).to_be_visible()
    await amount.fill("99,999.99")
    await page.get_by_label("Cheque", exact=True).check()
    await page.get_by_label("Received on").fill("2020-01-01")
    await page.get_by_role("button", name="Check the payment").click()
    await expect(amount).to_have_accessible_description(re.compile("Take at most that amount."))
    await expect(reference).to_have_accessible_description("Enter the number on the cheque.")
    await expect(page.get_by_label("Received on")).to_have_accessible_description(re.compile("Choose a day from"))
    await page.get_by_label("Received on").fill(await page.get_by_label("Received on").get_attribute("max") or "")
    await page.get_by_role("button", name=re.compile("^Close the loan")).click()
    await expect(amount).to_have_value("₹\u00a050,000.00")
    await reference.fill("2124 5496 4124")
    await page.get_by_role("button", name="Check the payment").click()
    await expect(page.get_by_label("Is this right?")).to_contain_text("closes the loan")
    await page.get_by_role("button", name="Take ₹\u00a050,000.00").click()
    await page.get_by_role("alert").get_by_text("must not contain twelve digits").wait_for()
    await page.get_by_role("button", name="Change").click()
    await expect(reference).to_have_accessible_description(re.compile("must not contain twelve digits"))
    await amount.fill("1,234.5")
    await reference.fill("000123")
    await page.get_by_role("button", name="Check the payment").click()
    asked = page.get_by_label("Is this right?")
    for text in ("Farid", "XXXX XXXX 4124", "₹\u00a01,234.50", "Cheque 000123", "Part-prepayment"):
        await expect(asked).to_contain_text(text)
    await _is_accessible_and_fits_on_a_phone(tab, "counter-confirmation")


async def _is_accessible_and_fits_on_a_phone(tab: Tab, name: str) -> None:
    assert await tab.violations() == []
    await tab.picture(name)
    await tab.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert await tab.violations("color-contrast") == []
    await tab.page.set_viewport_size({"width": 360, "height": 740})
    assert await tab.page.evaluate("document.documentElement.scrollWidth") <= 360
    await tab.picture(f"phone-{name}")
    await tab.page.set_viewport_size({"width": 1280, "height": 800})
    await tab.page.emulate_media(color_scheme="light", reduced_motion="no-preference")


async def _is_printed_on_one_page(tab: Tab, loan: str) -> None:
    page, receipt = tab.page, tab.page.get_by_role("region", name=re.compile("^Receipt R-"))
    payment = ("₹\u00a01,234.50", "received from Farid", "XXXX XXXX 4124", f"Loan number{loan}", "Cheque 000123")
    still_to_pay = ("Still due₹\u00a00.00", "Remaining principal₹\u00a048,765.50", "To close the loan₹\u00a048,765.50")
    for text in ("Example Lender", *payment, *still_to_pay):
        await expect(receipt).to_contain_text(text)
    await _is_accessible_and_fits_on_a_phone(tab, "receipt")
    await page.emulate_media(media="print")
    for text in ("Example Lender", "Received by"):
        await expect(receipt.get_by_text(text)).to_be_visible()
    for element in (page.get_by_role("heading", level=1), page.get_by_role("button").first, page.get_by_role("banner")):
        await expect(element).to_be_hidden()
    assert (await page.pdf(format="A4")).count(b"/Type /Page\n") == 1
    await page.emulate_media(media="screen")


async def _opens_the_receipt_again(page: Page) -> None:
    await page.get_by_role("navigation", name=re.compile("Loan")).get_by_role("link", name="Payments").click()
    row = page.get_by_role("region", name="Payments").locator("tbody tr")
    await expect(row).to_contain_text("Cheque 000123")
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Download CSV").click()
    file = await (await download.value).path()
    (saved,) = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8")))
    assert (saved["Amount"], saved["Mode"], saved["Reference"]) == ("1234.50", "CHEQUE", "000123")
    await row.get_by_role("button", name=saved["Receipt"]).click()
    await expect(page.get_by_role("heading", name=f"Receipt {saved['Receipt']}")).to_be_focused()


async def test_an_operator_finds_a_borrower_by_keyboard_and_lists_loans(tab: Tab) -> None:
    page, stack = tab.page, tab.stack
    _, token, loan = people.lent(stack, "Lalita", "474806038018")
    person = stack.ask("query { me { id } }", token)["id"]
    await sign_in(page, stack.operator, stack.password)
    await heading(page, "Book").wait_for()
    box = page.get_by_role("combobox", name="Find a borrower, loan or payment")
    await box.wait_for()
    await page.keyboard.press("Control+k")
    await expect(box).to_be_focused()
    await page.keyboard.type("lali")
    await expect(page.get_by_role("option")).to_contain_text(["Lalita"])
    await page.keyboard.press("Enter")
    await heading(page, f"Borrower {person}").wait_for()
    await box.fill("4748 0603 8018")
    await expect(page.get_by_role("option")).to_contain_text(["Aadhaar number"])
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("option")).to_have_count(0)

    await page.get_by_role("link", name="Loans", exact=True).click()
    await heading(page, "Loans: past due").wait_for()
    lists = page.get_by_role("navigation", name="Lists of loans")
    await lists.get_by_role("link", name="All").click()
    row = page.get_by_role("row", name=re.compile(f"^Loan {loan} "))
    await expect(row).to_contain_text("Lalita")
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Download CSV").click()
    file = await (await download.value).path()
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    total = stack.ask("query { loans { totalCount } }", people.operator_token(stack))["totalCount"]
    assert len(rows) == total
    assert rows[0] | {"Loan": loan, "Borrower": "Lalita", "Amount": "50000.00", "Status": "ACTIVE"} == rows[0]


async def test_a_failed_billing_run_is_reported_and_can_be_run_again(tab: Tab) -> None:
    page, stack = tab.page, tab.stack
    _, _, loan = people.lent(stack, "Esha", "558761927176")
    database = await asyncpg.connect(stack.owner_url)
    try:
        # The rules fail on this loan, because its interest has accrued beyond its billing date.
        await database.execute("UPDATE loans SET accrued_through = accrued_through + 365 WHERE id = $1", int(loan))
        await sign_in(page, stack.operator, stack.password, "/app/billing")
        day = await move_the_date(page)
        await page.get_by_role("button", name="Run billing").click()
        await page.get_by_role("status").get_by_text("Billing.").wait_for()
        # The worker retries each minute before the run fails; this command makes it fail now.
        assert stack.tried("bill", "--as-of", day).returncode
        await page.get_by_role("status").get_by_text("Some loans could not be billed").wait_for()
        runs = page.get_by_role("region", name="Billing runs, newest first")
        await expect(runs).to_contain_text(f"Loan {loan}: The rules failed on it: interest accrues forward.")
        await expect(runs.get_by_role("link", name=f"Loan {loan}", exact=True).first).to_be_visible()
        await tab.picture("billing-failed")
        await database.execute("UPDATE loans SET accrued_through = accrued_through - 365 WHERE id = $1", int(loan))
        await page.get_by_role("button", name="Run billing again").click()
        await page.get_by_role("status").get_by_text("Done.").wait_for()
    finally:
        await database.close()


async def test_a_borrower_adds_the_income_that_is_missing_and_changes_it(tab: Tab, browser: Browser) -> None:
    page, stack = tab.page, tab.stack
    # The number has sample transactions, and a score that is high enough.
    await register(page, "Usha Das", "747125857529", income="")
    await page.get_by_role("link", name="Borrow").first.click()
    await page.get_by_role("button", name="Apply for this loan").click()
    await expect(page.get_by_role("alert")).to_contain_text("The annual income is missing.")
    await page.get_by_role("button", name="Save my income").click()
    await expect(page.get_by_label("Annual income")).to_have_accessible_description(re.compile("Enter an amount"))
    await page.get_by_label("Annual income").fill("6,00,000")
    await page.get_by_role("button", name="Save my income").click()
    await page.get_by_text("Your annual income is saved: ₹\u00a06,00,000.00.").wait_for()
    await page.get_by_role("button", name="Apply for this loan").click()
    await page.get_by_role("button", name="Accept and borrow").click()
    await page.get_by_text("was paid out to you").wait_for()

    await page.get_by_role("link", name="Profile").click()
    await page.get_by_label("Mobile number").fill("12345")
    await page.get_by_label("Annual income").fill("7,00,000")
    await page.get_by_role("button", name="Save").click()
    wrong = re.compile("Enter a phone number with 10 digits")
    await expect(page.get_by_label("Mobile number")).to_have_accessible_description(wrong)
    await page.get_by_label("Mobile number").fill("98765 43210")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_text("Your data is saved.").wait_for()
    for text in ("9876543210", "₹\u00a07,00,000.00"):
        await expect(page.get_by_label("About you")).to_contain_text(text)
    person = stack.ask(
        "query { me { id } }", stack.ask(people.LOGIN, email="usha@example.com", password=PASSWORD)["accessToken"]
    )
    async with opened(stack, browser) as desk:
        await sign_in(desk.page, stack.operator, stack.password, f"/app/people/{person['id']}")
        rows = desk.page.get_by_role("region", name="Earlier values").locator("tbody tr")
        await expect(rows).to_have_count(3)
        await expect(rows.filter(has_text="Annual income")).to_contain_text(["none", "₹\u00a06,00,000.00"])


async def test_a_borrower_sets_a_password_changes_it_and_erases_the_account(tab: Tab) -> None:
    page = tab.page
    await register(page, "Gita Sen", "203156242374")
    # Another front end may register a person without a password.
    await execute(tab.stack.owner_url, "UPDATE users SET password_hash = NULL WHERE email = 'gita@example.com'")
    await page.get_by_role("link", name="Borrow").first.click()
    await page.get_by_role("link", name="Overview").click()
    await page.get_by_role("link", name="Set a password").click()
    await expect(page.get_by_label("About you")).to_contain_text("XXXX XXXX 2374")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Set password").click()
    await page.get_by_label("Current password").fill("not this one")
    await page.get_by_label("New password").fill("a longer password")
    await page.get_by_role("button", name="Change password").click()
    wrong = re.compile("The password is wrong.")
    await expect(page.get_by_label("Current password")).to_have_accessible_description(wrong)
    await page.get_by_label("Current password").fill(PASSWORD)
    await page.get_by_role("button", name="Change password").click()
    await page.get_by_text("Your password is changed.").wait_for()

    await page.get_by_role("button", name="Erase my account").click()
    await page.get_by_label("Your password, to confirm").fill("not this one")
    await page.get_by_role("button", name="Erase permanently").click()
    await expect(page.get_by_label("Your password, to confirm")).to_have_accessible_description(wrong)
    await page.get_by_role("button", name="Keep my account").click()
    await page.get_by_role("button", name="Erase my account").click()
    await page.get_by_label("Your password, to confirm").fill("a longer password")
    await page.get_by_role("button", name="Erase permanently").click()
    await page.get_by_text("Your account is erased").wait_for()
    await page.get_by_label("Email").fill("gita@example.com")
    await page.get_by_label("Password").fill("a longer password")
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("The email or the password is wrong.")


async def test_products_are_compared_and_a_borrower_chooses_one(tab: Tab, browser: Browser) -> None:
    page, stack = tab.page, tab.stack
    email, _, loan = people.lent(stack, "Ira", "643764007761")
    await sign_in(page, email, path="/app/borrow")
    await page.get_by_role("radio", name="Card with charges").check()
    await expect(page.get_by_role("group", name="Kind of loan")).to_contain_text("penal 2 %, at most ₹\u00a0500.00")
    await page.get_by_label("Amount", exact=True).fill("10,000")
    await page.get_by_role("button", name="Apply for this loan").click()
    await page.get_by_role("button", name="Accept and borrow").click()
    await page.get_by_text("Approved. ₹\u00a09,764.00 was paid out to you").wait_for()
    await page.get_by_text("Card with charges, version 1").wait_for()
    await page.goto(f"/app/loans/{loan}")
    await page.get_by_text("Card, version 1").wait_for()

    async with opened(stack, browser) as other:
        await sign_in(other.page, stack.operator, stack.password, "/app/products")
        table = other.page.get_by_role("region", name="The policies of the chosen versions")
        await expect(table.get_by_role("columnheader")).to_have_text(
            ["Policy", "Card (card 1)", "Monthly EMI loan (emi 1)", "Card with charges (plus 1)"]
        )
        await expect(table.get_by_role("row", name="Cooling-off differs")).to_contain_text("3 days")
        await other.picture("products")
        await other.page.get_by_role("checkbox", name="Monthly EMI loan (emi 1)").uncheck()
        await expect(table.get_by_role("columnheader")).to_have_count(3)
        await expect(table.get_by_role("row", name=re.compile("^Cycle A bill"))).not_to_contain_text("differs")
