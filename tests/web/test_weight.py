"""The console is light: what its page loads, all of it, and how soon something is seen."""

import re
from pathlib import Path

from playwright.async_api import Browser

from tests.web.browsing import PATIENCE, Stack, until

# Of scripts in gzip, those included that a page of the console only asks for when it is opened.
MOST_BYTES = 300_000
SOONEST_MILLISECONDS = 1_000
# A busy machine is slow at times; the page is not slow as long as it is quick at some time.
ATTEMPTS = 10


def loaded(front_end: Path, page: str) -> set[str]:
    """The files below `assets` that a page names, and those that these name, and so on."""
    there = {file.name for file in (front_end / "assets").iterdir() if file.suffix in {".js", ".css"}}
    found: set[str] = set()
    waiting = [front_end / page]
    while waiting:
        named = set(re.findall(r"[\w.-]+\.(?:js|css)\b", waiting.pop().read_text())) & there - found
        found |= named
        waiting += [front_end / "assets" / name for name in named]
    return found


def weight(front_end: Path, names: set[str]) -> int:
    """Of the scripts among them, as they are sent; too short a one is not compressed."""
    files = [front_end / "assets" / name for name in names if name.endswith(".js")]
    packed = [file.with_name(f"{file.name}.gz") for file in files]
    return sum((one if one.exists() else file).stat().st_size for file, one in zip(files, packed, strict=True))


def test_the_scripts_of_the_console_are_few(front_end: Path) -> None:
    names = loaded(front_end, "app.html")
    assert any(name.startswith("app-") for name in names)
    assert 50_000 < weight(front_end, names) < MOST_BYTES
    # The measure sees what is asked for later: the explorer's editor is, and has megabytes.
    assert weight(front_end, loaded(front_end, "explorer.html")) > MOST_BYTES


async def test_something_is_seen_within_a_second(stack: Stack, browser: Browser) -> None:
    tried: list[float] = []
    while not tried or min(tried) >= SOONEST_MILLISECONDS:
        assert len(tried) < ATTEMPTS, tried
        # Nothing is kept from one to the next.
        context = await browser.new_context(base_url=stack.address)
        page = await context.new_page()
        await page.goto("/app", timeout=PATIENCE)
        await until(page, "performance.getEntriesByName('first-contentful-paint').length > 0")
        tried.append(await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
        await context.close()
