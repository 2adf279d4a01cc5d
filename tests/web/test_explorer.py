"""The explorer loads GraphiQL and its workers from this server, and its tabs run the whole tour."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, WebSocket, expect

from tests.web.browsing import Tab, until

# Everything that the browser stores for the explorer.
KEPT = "Object.entries(localStorage).flat().join('\\n')"
BUTTON = ".graphiql-execute-button"
HEADERS = '{"Authorization":"Bearer{{borrower}}"}'

# The number of lines of the tour that end beyond the editor.
CUT = """() => {
  const rightOf = (element) => element.getBoundingClientRect().right;
  const edge = rightOf(document.querySelector(".graphiql-query-editor .overflow-guard"));
  const lines = [...document.querySelectorAll(".graphiql-query-editor .view-line > span")];
  return lines.filter((line) => rightOf(line) > edge).length;
}"""

# A tab of GraphiQL contains its own buttons, which the rule forbids. Its markup has no option for it.
ACCEPTED = re.compile(r"serious nested-interactive: \['(\.graphiql-tab|li:nth-child)")

# The README's operator.
OPERATOR, PASSWORD = "operator@example.com", "another long password"


async def opened(tab: Tab, path: str = "/graphql") -> Page:
    """Open the explorer, and wait until it has read the schema."""
    page = tab.page
    await page.goto(path)
    await page.wait_for_selector(BUTTON)
    await until(page, "document.querySelectorAll('.graphiql-spinner').length === 0")
    await page.wait_for_load_state("networkidle")
    assert await tab.asked("__schema")
    return page


async def run(page: Page, operation: str | None = None) -> None:
    """Press the triangle, and choose one of several operations."""
    # GraphiQL counts the operations of a tab a moment after it was opened or edited.
    await page.click(f"{BUTTON}[aria-haspopup]" if operation else f"{BUTTON}:not([aria-haspopup])")
    if operation:
        await page.get_by_role("menuitem", name=operation, exact=True).click()


async def answers(page: Page, text: str) -> None:
    await expect(page.locator(".graphiql-response")).to_contain_text(text)


async def go_to(page: Page, name: str) -> None:
    await page.get_by_role("tab", name=name, exact=True).click()


async def write(page: Page, editor: str, text: str) -> None:
    """Replace the text of an editor."""
    await page.locator(f"{editor} .monaco-editor >> visible=true").click()
    # Delete the old text first: a bracket that is typed over a selection would enclose it.
    await page.keyboard.press("Control+a")
    await page.keyboard.press("Backspace")
    await page.keyboard.type(text)


async def write_variables(page: Page, **variables: str) -> None:
    await write(page, ".graphiql-editor-tool", json.dumps(variables))


async def headers(page: Page) -> str:
    # Monaco shows a blank as a non-breaking space.
    return re.sub(r"\s", "", await page.inner_text(".graphiql-editor-tool .view-lines >> visible=true"))


def heard(socket: WebSocket, sent: list[Any]) -> None:
    socket.on("framesent", lambda frame: sent.append(json.loads(frame)))


async def test_the_tour_runs_in_the_explorer(tab: Tab, tmp_path: Path) -> None:
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
    # The score may arrive before or after the subscription starts: the last event is the same.
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
    await run(page)  # stop the subscription
    await page.get_by_role("button", name="Execute query").wait_for()

    # Both clicks come before GraphiQL has parsed the tab: the explorer runs the tab's text anyway.
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


async def test_after_a_reload_the_page_says_which_token_is_gone_and_why(tab: Tab) -> None:
    page = await opened(tab)
    notice = page.locator(".token-notice")
    credentials = json.dumps({"password": tab.stack.password})
    login = f'login(input: {{ email: "{tab.stack.operator}", password: $password }})'
    signing = f"mutation In($password: String!) {{ {login} {{ ... on Session {{ accessToken }} }} }}"
    await write(page, ".graphiql-query-editor", signing)
    await page.get_by_role("button", name="Variables").click()
    await write(page, ".graphiql-editor-tool", credentials)
    await run(page)
    await answers(page, "accessToken")
    await expect(notice).to_have_count(0)
    await page.reload()
    await expect(notice).to_contain_text("removed the operator's token")
    await expect(notice).to_contain_text("kept in memory only")
    await notice.get_by_role("button", name="Close").click()
    await page.reload()
    await page.wait_for_selector(BUTTON)
    await expect(notice).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_page_has_no_violation_of_ours_in_both_schemes(tab: Tab, scheme: Any) -> None:
    await tab.page.emulate_media(color_scheme=scheme)
    page = await opened(tab)
    await expect(page.locator(".graphiql-query-editor")).to_contain_text("Register")
    found = await tab.violations()
    await page.get_by_label("Documentation Explorer").click()
    await expect(page.locator(".graphiql-doc-explorer")).to_be_in_viewport()
    found += await tab.violations()
    await tab.picture(f"explorer-docs-{scheme}")
    await tab.page.set_viewport_size({"width": 360, "height": 740})
    found += await tab.violations()
    assert [one for one in found if not ACCEPTED.match(one)] == []
    assert found != [], "GraphiQL's tabs are mended: accept nothing any more"


@pytest.mark.parametrize("width", [360, 1280])
async def test_the_page_does_not_scroll_and_the_tour_is_whole(tab: Tab, width: int) -> None:
    await tab.page.set_viewport_size({"width": width, "height": 740})
    page = await opened(tab)
    await go_to(page, "SignInOperator")
    await expect(page.locator(".graphiql-query-editor")).to_contain_text("Add")
    assert await page.evaluate("[scrollTo(9999, 9999), scrollX, scrollY].slice(1)") == [0, 0]
    for part in (".graphiql-query-editor", ".graphiql-response"):
        box = await page.locator(part).bounding_box()
        assert box is not None
        assert box["width"] > 250
        assert box["height"] > 120
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= 740
    await until(page, f"({CUT})() === 0")
    await tab.picture(f"explorer-{width}")
    await page.get_by_label("Documentation Explorer").click()
    documentation = page.locator(".graphiql-doc-explorer")
    await expect(documentation).to_be_in_viewport()
    await tab.picture(f"explorer-docs-{width}")


async def test_the_browser_stores_requests_without_tokens(tab: Tab) -> None:
    page = await opened(tab)
    await write(page, ".graphiql-editor-tool", '{"Authorization": "Bearer mine"}')
    renewing = 'mutation Renew { refreshSession(input: { refreshToken: "mine too" }) { __typename } }'
    await write(page, ".graphiql-query-editor", "query Mine { me { id } } " + renewing)
    await run(page, "Mine")
    await answers(page, "UNAUTHENTICATED")
    asked = next(request for request in tab.requests if "query Mine" in (request.post_data or ""))
    assert (await asked.all_headers())["authorization"] == "Bearer mine"
    # GraphiQL stores tabs and history at different times.
    for name in ("tabState", "queries"):
        await until(page, f"(localStorage.getItem('graphiql:{name}') ?? '').includes('query Mine')")
    kept = await page.evaluate(KEPT)
    assert "mine" not in kept
    # The passwords of the tour are public.
    assert PASSWORD in kept

    await page.reload()
    await expect(page.locator(".token-notice")).to_contain_text("removed the token in the headers")
    await page.get_by_label("Show History").click()
    await page.locator(".graphiql-history-item-label", has_text="Mine").click()
    await expect(page.locator(".graphiql-query-editor")).to_contain_text("Mine")
    await expect(page.locator(".graphiql-editor-tool .view-lines >> visible=true")).to_contain_text("{{borrower}}")
    assert await headers(page) == HEADERS


async def test_the_editor_checks_and_completes_by_workers_of_this_origin(tab: Tab) -> None:
    page = await opened(tab)
    # The editor underlines an unknown field, and completes a known one.
    await write(page, ".graphiql-query-editor", "query Wrong { nothing }")
    await expect(page.locator(".graphiql-query-editor .squiggly-error")).to_have_count(1)
    await write(page, ".graphiql-query-editor", "query Right { busin")
    await page.keyboard.press("Control+Space")
    await page.locator(".suggest-widget").get_by_text("businessDate").first.wait_for()
    await tab.picture("explorer-editor")
    names = {worker.url.rpartition("/")[2].partition("-")[0] for worker in page.workers}
    assert names == {"editor.worker", "graphql.worker", "json.worker"}
    assert all(worker.url.startswith(tab.stack.address) for worker in page.workers)


async def test_the_documentation_has_an_address(tab: Tab) -> None:
    page = await opened(tab, "/graphql#docs")
    documentation = page.locator(".graphiql-doc-explorer")
    await documentation.get_by_role("link", name="Mutation", exact=True).click()
    await documentation.get_by_role("link", name="makePayment", exact=True).click()
    await documentation.get_by_text("MakePaymentInput").first.wait_for()
    await tab.picture("explorer-docs")
