"""The running stack, and browser tabs that record the requests, failures and console messages of a page."""

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

# Chromium has no sandbox when root runs it. The other arguments keep the browser itself from using the network.
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
# Chromium says so of a request that the page, or a click that leaves the page, has ended before its response came.
ABORTED = "net::ERR_ABORTED"
# Every wait for a page has this limit, in milliseconds: the machine may be busy.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


class Stack(NamedTuple):
    """A running `kist up`."""

    address: str
    home: Path
    environment: dict[str, str]
    operator: str = "operator@kist.test"
    # Whether pictures of its pages are saved. No test needs them, and the browser takes long to draw one.
    has_pictures: bool = False

    @property
    def password(self) -> str:
        """The operator's password."""
        return self.environment["KIST_OPERATOR_PASSWORD"]

    @property
    def owner_url(self) -> str:
        url: str = json.loads((self.home / "running.json").read_text())["database_owner_url"]
        return url

    def command(self, *words: str) -> str:
        """Run another command on the running stack, and return its output."""
        done = self.tried(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def tried(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run another command, which may fail."""
        return finish(*words, env=self.environment)

    def ask(self, query: str, token: str = "", **variables: object) -> Any:
        """Send a query without the browser, and return the only field of its data."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = {"query": query, "variables": variables}
        answer = httpx.post(f"{self.address}/graphql", json=body, headers=headers, timeout=60).json()
        assert "errors" not in answer, answer
        (field,) = answer["data"].values()
        return field


class Tab:
    """A tab of the browser, with its requests, responses and messages since it was opened."""

    def __init__(self, stack: Stack, page: Page) -> None:
        self.stack = stack
        self.page = page
        self.requests: list[Request] = []
        self.responses: list[Response] = []
        self.sockets: list[WebSocket] = []
        self.console: list[ConsoleMessage] = []
        # Texts of messages and addresses that the test provokes: they are not reported.
        self.expected: list[str] = []
        self._failed: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.set_default_navigation_timeout(PATIENCE)
        # Playwright sets an attribute on its callbacks, which a list's own append does not allow.
        page.on("request", lambda request: self.requests.append(request))  # noqa: PLW0108
        page.on("response", lambda response: self.responses.append(response))  # noqa: PLW0108
        page.on("websocket", lambda socket: self.sockets.append(socket))  # noqa: PLW0108
        page.on("console", lambda message: self.console.append(message))  # noqa: PLW0108
        page.on("requestfailed", self._request_failed)
        page.on("pageerror", lambda error: self._failed.append(f"page error: {error}"))

    def _request_failed(self, request: Request) -> None:
        if request.failure != ABORTED:
            self._failed.append(f"{request.url} failed: {request.failure}")

    def wrong(self) -> list[str]:
        """The failed requests, the requests to other origins, and the errors and warnings of the console."""
        ours = (self.stack.address, self.stack.address.replace("http", "ws", 1), "data:", "blob:")
        asked = [*(request.url for request in self.requests), *(socket.url for socket in self.sockets)]
        found = [f"{url} is foreign" for url in asked if not url.startswith(ours)]
        found += self._failed
        found += [f"{response.url} answered {response.status}" for response in self.responses if response.status >= 400]
        found += [f"{message.type}: {message.text}" for message in self.console if message.type in {"error", "warning"}]
        return [text for text in found if not any(known in text for known in self.expected)]

    async def violations(self, rules: str = "") -> list[str]:
        """The accessibility violations that axe finds, by all of its rules or by those named."""
        if not await self.page.evaluate("'axe' in window"):
            # The debugger injects it: the content security policy refuses scripts that are not files of this origin.
            await self.page.evaluate(AXE.read_text(encoding="utf-8"))
        options = {"resultTypes": ["violations"]} | ({"runOnly": rules.split()} if rules else {})
        found: dict[str, Any] = await self.page.evaluate("options => axe.run(options)", options)
        return [
            f"{one['impact']} {one['id']}: {node['target']}" for one in found["violations"] for node in one["nodes"]
        ]

    async def picture(self, name: str) -> None:
        """Save a screenshot of the whole page, as build output, if `--pictures` asks for it."""
        if not self.stack.has_pictures:
            return
        PICTURES.mkdir(exist_ok=True)
        await self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)

    async def asked(self, field: str) -> list[Any]:
        """The bodies of the GraphQL requests so far that contain a word."""
        bodies = [
            request.post_data or ""
            for request in self.requests
            if request.url.endswith(("/graphql", "/graphql/session"))
        ]
        return [json.loads(body) for body in bodies if field in body]


async def until(page: Page, expression: str) -> None:
    """Wait until a script is true. The debugger evaluates it, because the page's policy forbids the page to."""
    deadline = time.monotonic() + PATIENCE / 1000
    while not await page.evaluate(expression):
        assert time.monotonic() < deadline, f"still not true: {expression}"
        await asyncio.sleep(0.05)


@contextlib.asynccontextmanager
async def launched(*more: str) -> AsyncIterator[Browser]:
    """Debian's Chromium, which resolves no address but this machine's, with more arguments."""
    program = programs.browser()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=[*BROWSER_ARGUMENTS, *more])
        yield browser
        await browser.close()


@contextlib.asynccontextmanager
async def opened(stack: Stack, browser: Browser, **options: Any) -> AsyncIterator[Tab]:
    """A tab with an empty cache, which must have no problems at the end."""
    options = {"viewport": {"width": 1280, "height": 800}, "locale": "en-IN"} | options
    context = await browser.new_context(base_url=stack.address, **options)
    tab = Tab(stack, await context.new_page())
    yield tab
    wrong = tab.wrong()
    await context.close()
    assert wrong == []
