"""The first page says what this service is and how it does, and is what its headers promise."""

from tests.web.browsing import Tab


async def test_the_first_page_comes_from_here_alone(tab: Tab) -> None:
    await tab.page.goto("/")
    await tab.page.wait_for_selector("h1")
    await tab.picture("home")
    assert tab.requests


async def test_the_console_comes_from_here_alone(tab: Tab) -> None:
    await tab.page.goto("/app")
    await tab.page.wait_for_selector("#root > *")


async def test_the_explorer_comes_from_here_alone(tab: Tab) -> None:
    await tab.page.goto("/graphql")
    await tab.page.wait_for_selector(".graphiql-container")
    await tab.page.wait_for_load_state("networkidle")
    await tab.picture("explorer")
