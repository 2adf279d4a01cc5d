"""GraphiQL comes from here with its workers, and the tour in its tabs is taken as it stands, live updates included."""

import json
import re
from typing import Any

from playwright.async_api import Page, WebSocket, expect

from tests.web.browsing import PATIENCE, Tab

# Kept for the explorer by the browser, beyond the life of the page.
KEPT = "Object.entries(localStorage).flat().join('\\n')"


async def opened(tab: Tab) -> Page:
    """The explorer, with the schema read."""
    await tab.page.goto("/graphql")
    await tab.page.wait_for_selector(".graphiql-execute-button")
    await tab.page.wait_for_load_state("networkidle")
    assert await tab.asked("__schema")
    return tab.page


async def run(page: Page, operation: str | None = None) -> None:
    """The button with the triangle, and which of several operations is meant."""
    await page.click(".graphiql-execute-button")
    if operation:
        await page.get_by_role("menuitem", name=operation, exact=True).click()


async def answers(page: Page, text: str) -> None:
    await expect(page.locator(".graphiql-response")).to_contain_text(text, timeout=PATIENCE)


def heard(socket: WebSocket, sent: list[Any]) -> None:
    socket.on("framesent", lambda frame: sent.append(json.loads(frame)))


async def test_the_tour_is_taken_in_the_explorer(tab: Tab) -> None:
    sent: list[Any] = []
    tab.page.on("websocket", lambda socket: heard(socket, sent))
    page = await opened(tab)
    await expect(page.locator(".graphiql-tab")).to_have_count(6)
    # Monaco writes a blank as another character.
    headers = re.sub(r"\s", "", await page.inner_text(".graphiql-editor-tool .view-lines >> visible=true"))
    assert '"Authorization":"Bearer{{borrower}}"' in headers
    await run(page, "Register")
    await answers(page, "XXXX XXXX 2346")
    await tab.picture("explorer")

    await page.get_by_role("tab", name="Score").click()
    await run(page)
    # The worker scores within a second or so: whichever comes first, the last word is this.
    await answers(page, "670")
    (socket,) = tab.sockets
    assert socket.url == f"{tab.stack.address.replace('http', 'ws', 1)}/graphql"
    begun = sent[0]
    assert begun["type"] == "connection_init"
    assert begun["payload"]["Authorization"].startswith("Bearer ey")
    await tab.picture("explorer-live")
    await run(page)  # it stops

    await page.get_by_role("tab", name="Apply").click()
    await run(page)
    await answers(page, "4406.03")

    # What the browser keeps has the requests in it, and nobody's token: the headers come back as they were at first.
    token = begun["payload"]["Authorization"].removeprefix("Bearer ")
    kept = await page.evaluate(KEPT)
    assert "aadhaarMasked" in kept
    assert "Bearer ey" not in kept
    await page.reload()
    await expect(page.locator(".graphiql-tab")).to_have_count(6)
    headers = re.sub(r"\s", "", await page.inner_text(".graphiql-editor-tool .view-lines >> visible=true"))
    assert '"Authorization":"Bearer{{borrower}}"' in headers
    assert token not in await page.content()
    await page.get_by_label("Show History").click()
    await expect(page.locator(".graphiql-history")).to_contain_text("Register", timeout=PATIENCE)


async def test_a_token_of_ones_own_is_sent_with_a_request(tab: Tab) -> None:
    page = await opened(tab)
    editor = page.locator(".graphiql-editor-tool .monaco-editor >> visible=true")
    await editor.click()
    await page.keyboard.press("Control+a")
    # Letter by letter: the editor closes what is opened, and knows when that is written too.
    await page.keyboard.type('{"Authorization": "Bearer mine"}')
    await page.locator(".graphiql-query-editor .monaco-editor").click()
    await page.keyboard.press("Control+a")
    await page.keyboard.type("query Mine { me { id } }")
    await run(page)
    await answers(page, "UNAUTHENTICATED")
    asked = next(request for request in tab.requests if "query Mine" in (request.post_data or ""))
    assert (await asked.all_headers())["authorization"] == "Bearer mine"


async def test_its_editor_and_workers_work_beside_the_page(tab: Tab) -> None:
    page = await opened(tab)
    workers = {re.sub(r"-[^-]+\.js$", "", worker.url.rpartition("/")[2]) for worker in page.workers}
    assert {"graphql.worker", "json.worker", "editor.worker"} & workers
    assert all(worker.url.startswith(tab.stack.address) for worker in page.workers)
    # What the schema does not know is underlined, which the worker found out.
    await page.locator(".graphiql-query-editor .monaco-editor").click()
    await page.keyboard.press("Control+a")
    await page.keyboard.type("query Wrong { nothing }")
    await expect(page.locator(".graphiql-query-editor .squiggly-error")).to_have_count(1, timeout=PATIENCE)
