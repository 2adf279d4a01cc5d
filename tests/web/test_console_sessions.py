"""A session survives a reload, is shared by all tabs and renewed automatically, and the page says why it has ended."""

import asyncio
import json
import re

import asyncpg
from playwright.async_api import Browser, Page, Route, WebSocketRoute, expect

from models.users import LOST
from tests.running import until
from tests.web import people
from tests.web.browsing import Stack, Tab, opened
from tests.web.people import heading, sign_in

REFRESH = """
mutation($used: String!) { refreshSession(input: {refreshToken: $used}) {
  ... on Session { refreshToken } ... on Refusal { problems { code } }
} }
"""


MINUTE = 60_000
WATCHING_FOR_THE_SIGN_IN_PAGE = """
new MutationObserver(() => {
  if (document.querySelector("h1")?.textContent === "Sign in") window.hasAskedToSignIn = true;
}).observe(document, { childList: true, subtree: true });
"""


async def _ends_the_access_token_of(stack: Stack, email: str) -> None:
    """As `keys rotate` does: an access token is valid for one digest of its user.

    The number is marked as lost: otherwise an API process that a later test starts would refuse its keys.
    """
    database = await asyncpg.connect(stack.owner_url)
    try:
        await database.execute(
            "UPDATE users SET aadhaar_digest = sha256(aadhaar_digest || uuid_send(gen_random_uuid())),"
            " aadhaar_keys = $2 WHERE email = $1",
            email,
            LOST,
        )
    finally:
        await database.close()


async def _a_minute_passes(stack: Stack) -> None:
    """Age the used refresh tokens, so that a second use is a theft and not a race of two tabs."""
    database = await asyncpg.connect(stack.owner_url)
    try:
        await database.execute("UPDATE refresh_tokens SET rotated_at = rotated_at - interval '1 minute'")
    finally:
        await database.close()


async def _changes_the_score(stack: Stack, email: str, score: int) -> None:
    """As a worker does after new transactions."""
    database = await asyncpg.connect(stack.owner_url)
    try:
        await database.execute(
            "UPDATE users SET credit_score = $2, credit_scored_at = now() WHERE email = $1", email, score
        )
    finally:
        await database.close()


async def test_simultaneous_requests_renew_the_tokens_once(tab: Tab) -> None:
    page, stack = tab.page, tab.stack
    email, _, loan = people.lent(stack, "Kiran", "291778564803")
    await sign_in(page, email, path="/app/profile")
    await page.get_by_label("About you").wait_for()
    for times in (1, 2):
        await _ends_the_access_token_of(stack, email)
        # The page of a loan sends three queries at once, and the overview also subscribes to the score.
        await page.get_by_role("link", name="Overview").click()
        await page.get_by_role("link", name=f"Loan {loan}:").click()
        await page.locator(".recharts-line").wait_for()
        await page.get_by_role("link", name="Overview").click()
        await page.get_by_role("status", name="Credit score").get_by_text("870").wait_for()
        assert len(await tab.asked("refreshSession")) == times
        await page.get_by_role("link", name="Profile").click()
        await page.get_by_label("About you").wait_for()


async def test_a_subscription_continues_with_a_new_token_and_a_new_socket(tab: Tab) -> None:
    page, stack = tab.page, tab.stack
    email, _, _ = people.lent(stack, "Lata", "298985356801")
    sockets: list[WebSocketRoute] = []

    def through(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    async def connected(times: int) -> bool:
        return len(sockets) == times

    await page.route_web_socket("**/graphql", through)
    await sign_in(page, email)
    score = page.get_by_role("status", name="Credit score")
    await score.get_by_text("780").wait_for()
    assert len(sockets) == 1

    # The server checks the token of each subscription whenever it reads the score.
    await _ends_the_access_token_of(stack, email)
    await until(lambda: connected(2))
    assert len(await tab.asked("refreshSession")) == 1

    # The connection breaks, as it does when a server restarts.
    await sockets[-1].close(code=1012)
    await until(lambda: connected(3))
    await _changes_the_score(stack, email, 300)
    await score.get_by_text("300").wait_for()


async def test_a_reload_and_a_new_tab_keep_the_session_and_the_page(tab: Tab) -> None:
    page = tab.page
    await page.context.add_init_script(WATCHING_FOR_THE_SIGN_IN_PAGE)
    await page.goto("/app/billing")
    await heading(page, "Sign in").wait_for()
    # A person who was never signed in costs no request.
    assert await tab.asked("refreshSession") == []
    await people.enter(page, tab.stack.operator, tab.stack.password)
    await heading(page, "Billing").wait_for()
    await expect(page.get_by_role("banner")).to_contain_text("Signed in as operator@kist.test")
    for one in (page, await page.context.new_page()):
        await one.goto("/app/billing")
        await heading(one, "Billing").wait_for()
        await expect(one.get_by_role("banner")).to_contain_text("Signed in as operator@kist.test")
        assert not await one.evaluate("Boolean(window.hasAskedToSignIn)")
    assert len(await tab.asked("refreshSession")) == 1


async def test_only_the_requests_of_the_session_carry_the_token_which_no_script_can_read(tab: Tab) -> None:
    page = tab.page
    await sign_in(page, tab.stack.operator, tab.stack.password)
    await page.reload()
    await heading(page, "Book").wait_for()
    (cookie,) = await page.context.cookies()
    assert {name: cookie.get(name) for name in ("name", "path", "httpOnly", "sameSite", "secure")} == {
        "name": "kist_session",
        "path": "/graphql/session",
        "httpOnly": True,
        "sameSite": "Strict",
        "secure": False,
    }
    stored = json.loads(
        await page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    )
    assert stored[0].keys() == {"kist.session", "kist.last-activity"}
    assert (stored[0]["kist.session"], stored[1:]) == ("open", [{}, ""])
    carrying = {request.url for request in tab.requests if "cookie" in await request.all_headers()}
    assert carrying == {f"{tab.stack.address}/graphql/session"}


async def test_two_tabs_refresh_once_and_share_the_sign_out_and_the_next_sign_in(tab: Tab) -> None:
    page, stack = tab.page, tab.stack
    email, _, _ = people.lent(stack, "Uma", "904430038232")
    await sign_in(page, email, path="/app/profile")
    other = Tab(stack, await page.context.new_page())
    await other.page.goto("/app/profile")
    pages = (page, other.page)
    for one in pages:
        await one.get_by_label("About you").wait_for()
    assert len(await other.asked("refreshSession")) == 1
    await _ends_the_access_token_of(stack, email)
    await asyncio.gather(*(one.get_by_role("link", name="Overview").click() for one in pages))
    for one in pages:
        await one.get_by_role("status", name="Credit score").get_by_text("900").wait_for()
    assert len([*await tab.asked("refreshSession"), *await other.asked("refreshSession")]) == 2

    await other.page.get_by_role("button", name="Sign out").click()
    for one in pages:
        await one.get_by_text("You are signed out.").wait_for()
    assert await page.context.cookies() == []
    # Another person in one tab is that person in all tabs, and no tab keeps anything of the person before.
    await people.enter(page, stack.operator, stack.password)
    for one in pages:
        await heading(one, "Book").wait_for()
        assert not await one.get_by_text("Uma").count()
    assert other.wrong() == []


async def test_a_page_that_is_loaded_while_the_server_is_away_keeps_the_session(tab: Tab) -> None:
    page = tab.page
    tab.expected.append("net::ERR_FAILED")
    await sign_in(page, tab.stack.operator, tab.stack.password, "/app/billing")

    async def lose(route: Route) -> None:
        await route.abort()

    await page.route("**/graphql/session", lose)
    await page.reload()
    await expect(page.get_by_role("alert")).to_contain_text("You are still signed in")
    assert await tab.violations() == []
    await page.unroute("**/graphql/session", lose)
    await page.get_by_role("button", name="Try again").click()
    await heading(page, "Billing").wait_for()


async def test_an_idle_operator_is_warned_and_signed_out_and_continues_on_the_same_page(tab: Tab) -> None:
    page = tab.page
    # The tabs of a context share the clock.
    await page.clock.install()
    await sign_in(page, tab.stack.operator, tab.stack.password, "/app/billing")
    other = Tab(tab.stack, await page.context.new_page())
    await other.page.goto("/app/people")
    await heading(other.page, "People").wait_for()

    async def has_asked(field: str, times: int) -> bool:
        return len([*await tab.asked(field), *await other.asked(field)]) >= times

    warning = page.get_by_text("You will be signed out in")
    await page.clock.fast_forward(MINUTE * 13)
    await expect(warning).to_have_count(0)
    await page.clock.fast_forward(MINUTE + 5_000)
    await warning.wait_for()
    assert await tab.violations() == []
    await tab.picture("idle-warning")
    await page.get_by_role("button", name="Stay signed in").click()
    await expect(warning).to_have_count(0)
    # The server learns that the operator is active.
    await until(lambda: has_asked("refreshSession", 2))

    # Activity in any tab counts.
    await page.clock.fast_forward(MINUTE * 14)
    await warning.wait_for()
    await other.page.mouse.move(200, 200)
    await page.clock.run_for(2_000)
    await expect(warning).to_have_count(0)

    await page.clock.fast_forward(MINUTE * 15)
    for one in (page, other.page):
        await one.get_by_text("You were signed out because nothing was done for a while.").wait_for()
    await until(lambda: has_asked("logout", 1))
    await people.enter(page, tab.stack.operator, tab.stack.password)
    await heading(page, "Billing").wait_for()


async def test_a_locked_console_tells_and_asks_nothing_and_gives_back_what_was_typed(tab: Tab) -> None:
    page, stack = tab.page, tab.stack
    email, _, loan = people.lent(stack, "Tara", "330168153549")
    await page.clock.install()
    await sign_in(page, stack.operator, stack.password, f"/app/loans/{loan}/pay")
    amount, reference = page.get_by_label("Amount received"), page.get_by_label("UPI reference")
    await amount.fill("1,234.50")
    await page.get_by_label("UPI", exact=True).check()
    await reference.fill("SBIN0001")
    await page.clock.fast_forward(MINUTE * 15)
    await page.get_by_text("You were signed out because nothing was done for a while.").wait_for()
    await expect(page.get_by_label("Email")).to_be_focused()
    await page.get_by_role("button", name="Sign in as an operator").wait_for()
    for told in (await page.inner_text("body"), await page.locator("body").aria_snapshot(), await page.title()):
        assert not re.search("Tara|1,234|SBIN|Counter|[Ll]oan [0-9]", told), told
    assert await tab.violations() == []
    await tab.picture("locked")
    await until(lambda: _has_asked(tab, "logout"))
    asked = len(tab.requests)
    await page.clock.fast_forward(MINUTE * 30)
    await page.keyboard.press("Control+k")
    await expect(page.get_by_label("Email")).to_be_focused()
    assert len(tab.requests) == asked

    await people.enter(page, stack.operator, stack.password)
    await expect(amount).to_have_value("1,234.50")
    await expect(page.get_by_label("UPI", exact=True)).to_be_checked()
    await expect(reference).to_have_value("SBIN0001")
    await expect(reference).to_be_focused()
    await expect(page).to_have_title(f"Counter: loan {loan} · kist")

    # Another account begins with new pages.
    await page.clock.fast_forward(MINUTE * 15)
    await page.get_by_text("You were signed out because nothing was done for a while.").wait_for()
    await people.enter(page, email)
    await heading(page, f"Pay: loan {loan}").wait_for()
    await page.get_by_role("button", name="Sign out").click()
    await people.enter(page, stack.operator, stack.password)
    await expect(amount).to_have_value("")


async def _has_asked(tab: Tab, field: str) -> bool:
    return bool(await tab.asked(field))


async def test_a_session_that_was_ended_elsewhere_ends_with_an_explanation(tab: Tab, browser: Browser) -> None:
    page, stack = tab.page, tab.stack
    email, token, _ = people.lent(stack, "Mohan", "307814299049")
    await sign_in(page, email, path="/app/profile")
    await page.get_by_label("About you").wait_for()
    change = 'mutation { changePassword(input: {oldPassword: "a long password", newPassword: "another long one"}) '
    stack.ask(change + "{ ... on PasswordChange { done } } }", token)
    await page.get_by_role("link", name="Overview").click()
    await page.get_by_text("Your session has ended").wait_for()
    await people.enter(page, email, "another long one")
    await heading(page, "Overview").wait_for()

    async with opened(stack, browser) as other:
        await sign_in(other.page, email, "another long one")
        await other.page.get_by_role("button", name="Sign out").click()
        await other.page.get_by_text("You are signed out.").wait_for()
        assert len(await other.asked("logout")) == 1
        assert await other.page.context.cookies() == []


async def test_a_session_whose_token_was_stolen_ends_for_both_with_an_explanation(tab: Tab) -> None:
    page, stack = tab.page, tab.stack
    email, _, _ = people.lent(stack, "Pia", "340911226289")
    await sign_in(page, email, path="/app/profile")
    await page.get_by_label("About you").wait_for()
    (cookie,) = await page.context.cookies()
    next_one = stack.ask(REFRESH, used=cookie["value"])["refreshToken"]
    await _a_minute_passes(stack)
    await _ends_the_access_token_of(stack, email)
    await page.get_by_role("link", name="Overview").click()
    await page.get_by_text("Your session has ended").wait_for()
    await expect(heading(page, "Sign in")).to_be_focused()
    assert stack.ask(REFRESH, used=next_one)["problems"] == [{"code": "SESSION_EXPIRED"}]


async def test_a_wrong_password_is_reported_without_a_hint_about_the_account(tab: Tab) -> None:
    page = tab.page
    await page.goto("/app")
    await page.get_by_label("Email").fill("nobody@example.com")
    await page.get_by_label("Password").fill("whatever it is")
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("The email or the password is wrong.")


async def test_a_forgotten_password_is_replaced_by_a_code_whatever_happens_on_the_way(tab: Tab) -> None:
    page, stack = tab.page, tab.stack
    email = "hari@example.com"
    person = {"name": "Hari", "email": email, "aadhaarId": "621143782291", "password": people.PASSWORD}
    stack.ask(people.REGISTER, input=person)
    await page.goto("/app")
    await page.get_by_role("link", name="Forgot your password?").click()
    # An unknown email has the same page.
    await page.get_by_label("Email").fill("nobody@example.com")
    await page.get_by_role("button", name="Send me a code").click()
    await page.get_by_text(
        "If nobody@example.com belongs to an account, an email with a code is on its way."
    ).wait_for()
    await page.get_by_role("link", name="Ask for another code").click()
    await page.get_by_label("Email").fill(email)
    await page.get_by_role("button", name="Send me a code").click()
    await expect(heading(page, "Set a new password")).to_be_focused()

    log = stack.home / "up.log"
    sent = re.compile(f"message to {email}: Your code for a new password: the code is ([0-9]{{8}})")
    code = await until(lambda: _found(sent, log.read_text()))
    await page.reload()
    await page.get_by_text(f"If {email} belongs to an account").wait_for()
    await page.go_back()
    await expect(page.get_by_label("Email")).to_have_value(email)
    await page.go_forward()
    await expect(page.get_by_label("Email")).to_have_value(email)

    await page.get_by_label("Code").fill(code[::-1] if code != code[::-1] else "12345678")
    await page.get_by_label("New password").fill("another long one")
    await page.get_by_role("button", name="Set password and sign in").click()
    wrong = re.compile("The code is wrong or has expired.")
    await expect(page.get_by_label("Code")).to_have_accessible_description(wrong)
    await page.get_by_label("Code").fill(f"{code[:4]} {code[4:]}")
    await page.get_by_role("button", name="Set password and sign in").click()
    await heading(page, "Overview").wait_for()
    await page.get_by_role("button", name="Sign out").click()
    await people.enter(page, email, "another long one")


async def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""


async def test_an_operator_makes_a_code_for_a_borrower_at_the_counter(tab: Tab, browser: Browser) -> None:
    page, stack = tab.page, tab.stack
    email = "indu@example.com"
    person = {"name": "Indu", "email": email, "aadhaarId": "731143782290", "password": people.PASSWORD}
    borrower = stack.ask(people.REGISTER, input=person)["user"]["id"]
    await sign_in(page, stack.operator, stack.password, path=f"/app/people/{borrower}")
    await page.get_by_role("button", name="Make a code").click()
    told = page.get_by_role("status").filter(has_text="The code is")
    code = re.search(r"[0-9]{4}\s[0-9]{4}", await told.inner_text())
    assert code
    async with opened(stack, browser) as other:
        await other.page.goto("/app/reset-password")
        await other.page.get_by_label("Email").fill(email)
        await other.page.get_by_label("Code").fill(code[0])
        await other.page.get_by_label("New password").fill("another long one")
        await other.page.get_by_role("button", name="Set password and sign in").click()
        await heading(other.page, "Overview").wait_for()


async def test_a_password_can_be_shown_and_is_hidden_again_when_it_is_sent(tab: Tab) -> None:
    page = tab.page
    for path in ("/app/register", "/app/reset-password", "/app"):
        await page.goto(path)
        await expect(page.get_by_role("button", name="Show: ")).to_have_attribute("aria-pressed", "false")
    password, show = page.get_by_label("Password"), page.get_by_role("button", name="Show: Password")
    await page.get_by_label("Email").fill("nobody@example.com")
    await password.fill("whatever it is")
    await expect(password).to_have_attribute("type", "password")
    await page.keyboard.press("Tab")
    await expect(show).to_be_focused()
    await page.keyboard.press("Space")
    await expect(show).to_have_attribute("aria-pressed", "true")
    await expect(password).to_have_attribute("type", "text")
    assert await tab.violations() == []
    await password.press("Enter")
    await page.get_by_role("alert").wait_for()
    await expect(show).to_have_attribute("aria-pressed", "false")
    await expect(password).to_have_attribute("type", "password")


async def _focused(page: Page) -> str:
    focused: str = await page.evaluate("document.activeElement.textContent || document.activeElement.name")
    return focused


async def test_signing_in_takes_a_keyboard_only(tab: Tab) -> None:
    page = tab.page
    await page.goto("/app")
    await page.get_by_label("Email").wait_for()
    await page.keyboard.press("Tab")
    assert await _focused(page) == "Skip to the content"
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    assert await _focused(page) == "email"
    await page.keyboard.type(tab.stack.operator)
    await page.keyboard.press("Tab")
    await page.keyboard.type(tab.stack.password)
    await page.keyboard.press("Enter")
    await heading(page, "Book").wait_for()
    # A screen reader announces the new page by its heading.
    await expect(heading(page, "Book")).to_be_focused()
    assert await page.title() == "Book · kist"
