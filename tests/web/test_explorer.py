"""GraphiQL comes from here with its workers, and the tour in its tabs is taken as it stands, live updates included."""

import json
import re
from pathlib import Path
from typing import Any

from playwright.async_api import Page, WebSocket, expect

from tests.web.browsing import Tab, until

# Kept for the explorer by the browser, beyond the life of the page.
KEPT = "Object.entries(localStorage).flat().join('\\n')"
BUTTON = ".graphiql-execute-button"
HEADERS = '{"Authorization":"Bearer{{borrower}}"}'

# GraphiQL ends a worker and begins it again once it has the schema, perhaps while the first one's script still comes.
BROKEN_OFF = ".worker-"

# The README's operator.
OPERATOR, PASSWORD = "operator@example.com", "another long password"


async def opened(tab: Tab, path: str = "/graphql") -> Page:
    """The explorer, with the schema read."""
    tab.expected.append(BROKEN_OFF)
    page = tab.page
    await page.goto(path)
    await page.wait_for_selector(BUTTON)
    await until(page, "document.querySelectorAll('.graphiql-spinner').length === 0")
    await page.wait_for_load_state("networkidle")
    assert await tab.asked("__schema")
    return page


async def run(page: Page, operation: str | None = None) -> None:
    """The button with the triangle, and which of several operations is meant."""
    # It finds out a moment late how many operations there are in a tab that was opened or written.
    await page.click(f"{BUTTON}[aria-haspopup]" if operation else f"{BUTTON}:not([aria-haspopup])")
    if operation:
        await page.get_by_role("menuitem", name=operation, exact=True).click()


async def answers(page: Page, text: str) -> None:
    await expect(page.locator(".graphiql-response")).to_contain_text(text)


async def go_to(page: Page, name: str) -> None:
    await page.get_by_role("tab", name=name, exact=True).click()


async def write(page: Page, editor: str, text: str) -> None:
    """Put a text in place of what is in an editor."""
    await page.locator(f"{editor} .monaco-editor >> visible=true").click()
    # Away with it first: a bracket or quote that is typed over a selection is put around it.
    await page.keyboard.press("Control+a")
    await page.keyboard.press("Backspace")
    await page.keyboard.type(text)


async def write_variables(page: Page, **variables: str) -> None:
    await write(page, ".graphiql-editor-tool", json.dumps(variables))


async def headers(page: Page) -> str:
    # Monaco writes a blank as another character.
    return re.sub(r"\s", "", await page.inner_text(".graphiql-editor-tool .view-lines >> visible=true"))


def heard(socket: WebSocket, sent: list[Any]) -> None:
    socket.on("framesent", lambda frame: sent.append(json.loads(frame)))


async def test_the_tour_is_taken_in_the_explorer(tab: Tab, tmp_path: Path) -> None:
    sent: list[Any] = []
    tab.page.on("websocket", lambda socket: heard(socket, sent))
    page = await opened(tab)
    await expect(page.locator(".graphiql-tab")).to_have_count(6)
    assert await headers(page) == HEADERS
    await run(page, "Register")
    await answers(page, "XXXX XXXX 2346")
    await tab.picture("explorer")

    await go_to(page, "Score")
    await run(page)
    # The worker scores within a second or so: whichever comes first, the last word is this.
    await answers(page, "670")
    (socket,) = tab.sockets
    assert socket.url == f"{tab.stack.address.replace('http', 'ws', 1)}/graphql"
    begun = sent[0]
    assert begun["type"] == "connection_init"
    assert begun["payload"]["Authorization"].startswith("Bearer ey")
    more = tmp_path / "more.csv"
    more.write_text("aadhaar_id,date,transaction_type,amount\n234123412346,2025-12-31,CREDIT,600000.00\n")
    tab.stack.command("import", str(more))
    await answers(page, "900")
    await tab.picture("explorer-live")
    await run(page)  # it stops
    await page.get_by_role("button", name="Execute query").wait_for()

    # Before GraphiQL has found out what is in the tab: what it says is asked for all the same.
    both = [page.locator(".graphiql-tab-button", has_text="Apply"), page.locator(BUTTON)]
    await page.evaluate("both => both.forEach(one => one.click())", [await one.element_handle() for one in both])
    await answers(page, "4406.03")
    (loan,) = re.findall(r'"id":\s*"(\d+)"', await page.inner_text(".graphiql-response"))

    environment = tab.stack.environment | {"KIST_OPERATOR_PASSWORD": PASSWORD}
    tab.stack._replace(environment=environment).command("operator", "add", OPERATOR)
    await go_to(page, "SignInOperator")
    await run(page, "SignInOperator")
    await answers(page, "OPERATOR")
    await page.get_by_role("button", name="Variables").click()
    await write_variables(page, loan=loan)
    await run(page, "NextBillingDate")
    await answers(page, "nextBillingDate")
    (due,) = re.findall(r"\d{4}-\d\d-\d\d", await page.inner_text(".graphiql-response"))
    await write_variables(page, date=due)
    await run(page, "MoveDate")
    await answers(page, "setBusinessDate")
    await answers(page, due)
    await run(page, "Bill")
    await answers(page, f'"asOf": "{due}"')

    await go_to(page, "Pay")
    await write_variables(page, loan=loan)
    await run(page)
    await answers(page, '"replayed": false')
    await run(page)
    await answers(page, '"replayed": true')
    await answers(page, "46028.97")
    await go_to(page, "Statement")
    await write_variables(page, loan=loan)
    await run(page)
    await answers(page, "DISBURSAL")


async def test_what_the_browser_keeps_has_the_requests_in_it_and_nobodys_token(tab: Tab) -> None:
    page = await opened(tab)
    await write(page, ".graphiql-editor-tool", '{"Authorization": "Bearer mine"}')
    renewing = 'mutation Renew { refreshSession(input: { refreshToken: "mine too" }) { __typename } }'
    await write(page, ".graphiql-query-editor", "query Mine { me { id } } " + renewing)
    await run(page, "Mine")
    await answers(page, "UNAUTHENTICATED")
    asked = next(request for request in tab.requests if "query Mine" in (request.post_data or ""))
    assert (await asked.all_headers())["authorization"] == "Bearer mine"
    # Tabs and history each in its own time.
    for name in ("tabState", "queries"):
        await until(page, f"(localStorage.getItem('graphiql:{name}') ?? '').includes('query Mine')")
    kept = await page.evaluate(KEPT)
    assert "mine" not in kept
    # The tour is kept whole.
    assert PASSWORD in kept

    await page.reload()
    await page.get_by_label("Show History").click()
    await page.locator(".graphiql-history-item-label", has_text="Mine").click()
    await expect(page.locator(".graphiql-query-editor")).to_contain_text("Mine")
    await expect(page.locator(".graphiql-editor-tool .view-lines >> visible=true")).to_contain_text("{{borrower}}")
    assert await headers(page) == HEADERS


async def test_the_editor_knows_the_schema_by_workers_of_this_origin(tab: Tab) -> None:
    page = await opened(tab)
    # What the schema does not know is underlined, and what it knows is offered.
    await write(page, ".graphiql-query-editor", "query Wrong { nothing }")
    await expect(page.locator(".graphiql-query-editor .squiggly-error")).to_have_count(1)
    await write(page, ".graphiql-query-editor", "query Right { busin")
    await page.keyboard.press("Control+Space")
    await page.locator(".suggest-widget").get_by_text("businessDate").first.wait_for()
    await tab.picture("explorer-editor")
    names = {worker.url.rpartition("/")[2].partition("-")[0] for worker in page.workers}
    assert names == {"editor.worker", "graphql.worker", "json.worker"}
    assert all(worker.url.startswith(tab.stack.address) for worker in page.workers)


async def test_its_documentation_has_an_address(tab: Tab) -> None:
    page = await opened(tab, "/graphql#docs")
    documentation = page.locator(".graphiql-doc-explorer")
    await documentation.get_by_role("link", name="Mutation", exact=True).click()
    await documentation.get_by_role("link", name="makePayment", exact=True).click()
    await documentation.get_by_text("MakePaymentInput").first.wait_for()
    await tab.picture("explorer-docs")
