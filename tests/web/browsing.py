"""What a page does is written down: what it asks for, what fails, what it says, and how it looks."""

import asyncio
import contextlib
import json
import subprocess
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from playwright.async_api import Browser, ConsoleMessage, Page, Request, Response, WebSocket, async_playwright, expect

from settings import ROOT
from tests import programs
from tests.running import finish

# As root there is no sandbox; nothing is looked up, fetched or sent by the browser itself.
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = Path(__file__).parent / "pictures"
# For whatever a page is waited for: a machine may be busy.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


class Stack(NamedTuple):
    """A running `kist up`."""

    address: str
    home: Path
    environment: dict[str, str]
    operator: str = "operator@kist.test"

    @property
    def password(self) -> str:
        """The operator's."""
        return self.environment["KIST_OPERATOR_PASSWORD"]

    @property
    def owner_url(self) -> str:
        url: str = json.loads((self.home / "running.json").read_text())["database_owner_url"]
        return url

    def command(self, *words: str) -> str:
        """What another command says, which joins the running one."""
        done = self.tried(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def tried(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Another command, which may fail."""
        return finish(*words, env=self.environment)

    def ask(self, query: str, token: str = "", **variables: object) -> Any:
        """The one field of an answer, past the browser."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = {"query": query, "variables": variables}
        answer = httpx.post(f"{self.address}/graphql", json=body, headers=headers, timeout=60).json()
        assert "errors" not in answer, answer
        (field,) = answer["data"].values()
        return field


class Tab:
    """A tab, and everything that went on in it since it was opened."""

    def __init__(self, stack: Stack, page: Page) -> None:
        self.stack = stack
        self.page = page
        self.requests: list[Request] = []
        self.responses: list[Response] = []
        self.sockets: list[WebSocket] = []
        self.console: list[ConsoleMessage] = []
        # What a test has provoked on purpose: a message or an address that contains it is not wrong.
        self.expected: list[str] = []
        self._failed: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.set_default_navigation_timeout(PATIENCE)
        # Playwright marks whom it calls, which a list's own append does not let it.
        page.on("request", lambda request: self.requests.append(request))  # noqa: PLW0108
        page.on("response", lambda response: self.responses.append(response))  # noqa: PLW0108
        page.on("websocket", lambda socket: self.sockets.append(socket))  # noqa: PLW0108
        page.on("console", lambda message: self.console.append(message))  # noqa: PLW0108
        page.on("requestfailed", lambda request: self._failed.append(f"{request.url} failed: {request.failure}"))
        page.on("pageerror", lambda error: self._failed.append(f"page error: {error}"))

    def wrong(self) -> list[str]:
        """What must not be: requests that failed or went elsewhere, and whatever the console complains of."""
        ours = (self.stack.address, self.stack.address.replace("http", "ws", 1), "data:", "blob:")
        asked = [*(request.url for request in self.requests), *(socket.url for socket in self.sockets)]
        found = [f"{url} is foreign" for url in asked if not url.startswith(ours)]
        found += self._failed
        found += [f"{response.url} answered {response.status}" for response in self.responses if response.status >= 400]
        found += [f"{message.type}: {message.text}" for message in self.console if message.type in {"error", "warning"}]
        return [text for text in found if not any(known in text for known in self.expected)]

    async def violations(self, rules: str = "") -> list[str]:
        """What axe finds wrong for people who see or point less well, by all of its rules or by those named."""
        if not await self.page.evaluate("'axe' in window"):
            # Through the debugger: the policy lets no page take in what is not a file of this origin.
            await self.page.evaluate(AXE.read_text(encoding="utf-8"))
        options = {"resultTypes": ["violations"]} | ({"runOnly": rules.split()} if rules else {})
        found: dict[str, Any] = await self.page.evaluate("options => axe.run(options)", options)
        return [
            f"{one['impact']} {one['id']}: {node['target']}" for one in found["violations"] for node in one["nodes"]
        ]

    async def picture(self, name: str) -> None:
        """Keep how the page looks, as build output."""
        PICTURES.mkdir(exist_ok=True)
        await self.page.screenshot(path=PICTURES / f"{name}.png")

    async def asked(self, field: str) -> list[Any]:
        """The GraphQL requests so far whose query has a word in it, as they were sent."""
        bodies = [request.post_data or "" for request in self.requests if request.url.endswith("/graphql")]
        return [json.loads(body) for body in bodies if field in body]


async def until(page: Page, expression: str) -> None:
    """Wait for what a script says of the page. The debugger may evaluate it; the page itself may not, by its policy."""
    deadline = time.monotonic() + PATIENCE / 1000
    while not await page.evaluate(expression):
        assert time.monotonic() < deadline, f"still not so: {expression}"
        await asyncio.sleep(0.05)


@contextlib.asynccontextmanager
async def launched(*more: str) -> AsyncIterator[Browser]:
    """Debian's Chromium, which finds no address but this machine's, with more arguments."""
    program = programs.browser()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=[*BROWSER_ARGUMENTS, *more])
        yield browser
        await browser.close()


@contextlib.asynccontextmanager
async def opened(stack: Stack, browser: Browser, **options: Any) -> AsyncIterator[Tab]:
    """A tab with a cold cache. At the end nothing may have gone wrong in it."""
    options = {"viewport": {"width": 1280, "height": 800}, "locale": "en-IN"} | options
    context = await browser.new_context(base_url=stack.address, **options)
    tab = Tab(stack, await context.new_page())
    yield tab
    wrong = tab.wrong()
    await context.close()
    assert wrong == []
