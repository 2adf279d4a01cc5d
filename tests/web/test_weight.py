"""The scripts of the console are small, and its first paint is fast."""

import re
from pathlib import Path

from playwright.async_api import Browser

from tests.web.browsing import PATIENCE, Stack, until

# The size of all scripts of the console in gzip, including those that load when a page is opened.
MOST_BYTES = 320_000
# The first paint is the header of the page's own text; the form follows when the scripts have run.
FIRST_PAINT_MILLISECONDS = 1_000
FORM_MILLISECONDS = 2_000
# One fast attempt shows that the page is fast; a busy machine slows the others down.
MOST_ATTEMPTS = 20
NOTE_THE_FORM = """
new MutationObserver((_, observer) => {
  if (!document.querySelector("form")) return;
  window.formShownAt = performance.now();
  observer.disconnect();
}).observe(document, { childList: true, subtree: true });
"""


def loaded(front_end: Path, page: str) -> set[str]:
    """The files below `assets` that a page needs, directly or through others."""
    there = {file.name for file in (front_end / "assets").iterdir() if file.suffix in {".js", ".css"}}
    found: set[str] = set()
    waiting = [front_end / page]
    while waiting:
        named = set(re.findall(r"[\w.-]+\.(?:js|css)\b", waiting.pop().read_text())) & there - found
        found |= named
        waiting += [front_end / "assets" / name for name in named]
    return found


def weight(front_end: Path, names: set[str]) -> int:
    """The size of the scripts among them as they are sent. Very short scripts are not compressed."""
    files = [front_end / "assets" / name for name in names if name.endswith(".js")]
    packed = [file.with_name(f"{file.name}.gz") for file in files]
    return sum((one if one.exists() else file).stat().st_size for file, one in zip(files, packed, strict=True))


def test_the_scripts_of_the_console_are_small(front_end: Path) -> None:
    names = loaded(front_end, "app.html")
    assert any(name.startswith("app-") for name in names)
    assert 50_000 < weight(front_end, names) < MOST_BYTES
    # The measure includes scripts that load later: the explorer's editor, of several megabytes, is one.
    assert weight(front_end, loaded(front_end, "explorer.html")) > MOST_BYTES


async def test_the_first_paint_comes_within_a_second_and_the_form_after_another(stack: Stack, browser: Browser) -> None:
    tried: list[tuple[float, float]] = []
    while not any(paint < FIRST_PAINT_MILLISECONDS and form < FORM_MILLISECONDS for paint, form in tried):
        assert len(tried) < MOST_ATTEMPTS, tried
        # Each attempt has an empty cache.
        context = await browser.new_context(base_url=stack.address)
        page = await context.new_page()
        await page.add_init_script(NOTE_THE_FORM)
        await page.goto("/app", timeout=PATIENCE)
        await until(page, "window.formShownAt > 0 && performance.getEntriesByName('first-contentful-paint').length > 0")
        paint = await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        tried.append((paint, await page.evaluate("window.formShownAt")))
        await context.close()
