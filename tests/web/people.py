"""The actions of users in the console, by its labels and texts."""

import time
from datetime import date
from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.web.browsing import Stack

PASSWORD = "a long password"
# If the message of a new borrower is lost, a sweep finds the borrower a minute later.
SCORE_SECONDS = 120

LOGIN = """
mutation($email: String!, $password: String!) {
  login(input: {email: $email, password: $password}) { ... on Session { accessToken } }
}
"""
REGISTER = """
mutation($input: RegisterUserInput!) { registerUser(input: $input) { ... on Session { accessToken user { id } } } }
"""
SCORE = "query { me { creditScore } }"
APPLY = """
mutation { applyLoan(input: {amount: "50000.00", loanTerm: 12, interestRate: "10.5"}) { ... on Loan { id } } }
"""
PAYMENTS = """
query($id: ID!) { loan(id: $id) { payments(first: 100) { totalCount edges { node { transactionId amount } } } } }
"""


async def register(page: Page, name: str, aadhaar: str, income: str = "6,00,000") -> str:
    """Open an account, and return its email."""
    email = await fill_in(page, name, aadhaar, income)
    await page.get_by_role("button", name="Open my account").click()
    await heading(page, "Overview").wait_for()
    return email


async def fill_in(page: Page, name: str, aadhaar: str, income: str = "6,00,000") -> str:
    email = f"{name.split(maxsplit=1)[0].lower()}@example.com"
    await page.goto("/app/register")
    await page.get_by_label("Full name").fill(name)
    await page.get_by_label("Email").fill(email)
    await page.get_by_label("Aadhaar number").fill(aadhaar)
    await page.get_by_label("Annual income").fill(income)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_label("I agree").check()
    return email


async def sign_in(page: Page, email: str, password: str = PASSWORD, path: str = "/app") -> None:
    await page.goto(path)
    await enter(page, email, password)


async def enter(page: Page, email: str, password: str = PASSWORD) -> None:
    await page.get_by_label("Email").fill(email)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.get_by_role("button", name="Sign out").wait_for()


def lent(stack: Stack, name: str, aadhaar: str) -> tuple[str, str, str]:
    """Make a borrower with a loan of 50,000 over 12 cycles, without the browser: the email, the token and the loan."""
    email = f"{name.lower()}@example.com"
    person = {"name": name, "email": email, "aadhaarId": aadhaar, "annualIncome": "600000.00", "password": PASSWORD}
    token = stack.ask(REGISTER, input=person)["accessToken"]
    deadline = time.monotonic() + SCORE_SECONDS
    while stack.ask(SCORE, token)["creditScore"] is None:
        assert time.monotonic() < deadline, f"no worker has scored {name}"
        time.sleep(0.05)
    return email, token, stack.ask(APPLY, token)["id"]


def payments(stack: Stack, token: str, loan: str) -> list[dict[str, Any]]:
    found = stack.ask(PAYMENTS, token, id=loan)["payments"]
    assert found["totalCount"] == len(found["edges"])
    return [edge["node"] for edge in found["edges"]]


def operator_token(stack: Stack) -> str:
    token: str = stack.ask(LOGIN, email=stack.operator, password=stack.password)["accessToken"]
    return token


async def move_the_date(page: Page) -> str:
    """Move the business date by a cycle. The footer and the heading show it. Return the new date."""
    await page.get_by_role("button", name="In 30 days").click()
    day = date.fromisoformat(await page.get_by_label("New business date").input_value())
    await page.get_by_role("button", name="Move the date").click()
    said = f"{day.day}\u00a0{day:%b}\u00a0{day.year}"
    await expect(page.get_by_role("contentinfo")).to_contain_text(said)
    await page.get_by_role("heading", name=f"Run billing for {said}").wait_for()
    return str(day)


def heading(page: Page, text: str) -> Locator:
    return page.get_by_role("heading", name=text, exact=True)
