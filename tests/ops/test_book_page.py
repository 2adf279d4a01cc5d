"""The page of the book has Indian amounts, charts that agree with its tables, and no external address."""

import os
import re
import shutil
import subprocess
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest

from models import business_date
from ops.commands.book_page import page, rounded_rupees, rupees
from rules import portfolio
from rules.cash import CashForecast, ExpectedCash
from rules.portfolio import AgedBalance, BilledMonth
from settings import Settings
from tests.running import finish
from tests.tasks.loan_rows import bill, borrow, pay

AS_OF = date(2026, 8, 30)
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
ALONE = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --enable-logging=stderr --dump-dom"
)


def drawn() -> str:
    """The page of a book with loans in two buckets, one month's interest, and cash in the first and third cycle."""
    aged = [
        AgedBalance(0, 123456, Decimal("2450000000.00"), Decimal("0.00")),
        AgedBalance(95, 7, Decimal("350000.00"), Decimal("12345.67")),
    ]
    billed = [BilledMonth(date(2026, 8, 1), 5, Decimal("1234567.89"))]
    cycles = list(CashForecast(AS_OF).total().cycles)
    cycles[0] = cycles[0]._replace(interest=Decimal("100.00"), principal=Decimal("99900.50"))
    cycles[2] = cycles[2]._replace(principal=Decimal("250000.00"))
    return page(portfolio.of(AS_OF, aged, billed), ExpectedCash(Decimal("54321.00"), tuple(cycles)))


class Reader(HTMLParser):
    """The contents of a page: its tags with their attributes, its texts, and its unclosed tags."""

    EMPTY = frozenset({"meta"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0.00", "₹ 0.00"),
        ("999.90", "₹ 999.90"),
        ("1000.00", "₹ 1,000.00"),
        ("123456.78", "₹ 1,23,456.78"),
        ("98765432.10", "₹ 9,87,65,432.10"),
        ("1234567890123.45", "₹ 12,34,56,78,90,123.45"),
    ],
)
def test_rupees_are_grouped_as_india_groups_them(amount: str, text: str) -> None:
    assert rupees(Decimal(amount)) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "₹ 0"),
        ("434.50", "₹ 435"),
        ("99999", "₹ 99,999"),
        ("150000", "₹ 1.5 lakh"),
        ("2000000", "₹ 20 lakh"),
        ("9996000", "₹ 100 lakh"),
        ("123456789", "₹ 12.3 crore"),
        ("98765432100", "₹ 9,877 crore"),
    ],
)
def test_over_a_bar_an_amount_stands_as_one_says_it(amount: str, text: str) -> None:
    assert rounded_rupees(Decimal(amount)) == text


def test_nothing_of_the_page_leads_out_of_it() -> None:
    text, found = drawn(), Reader(drawn())
    assert found.open == []
    assert not {name for name, _ in found.tags} & {"script", "link", "img", "iframe", "object", "use", "a", "base"}
    assert not [name for _, attributes in found.tags for name in attributes if name.endswith(("href", "src"))]
    assert "url(" not in text
    assert "@import" not in text
    # The namespace of SVG is not an address.
    assert set(re.findall(r"\w+://[^\"' <]+", text)) == {"http://www.w3.org/2000/svg"}
    assert found.all("meta")[1]["content"] == "default-src 'none'; style-src 'unsafe-inline'"


def test_every_chart_has_a_title_of_its_own_and_serves_light_and_dark() -> None:
    text, found = drawn(), Reader(drawn())
    titles = {attributes["id"] for attributes in found.all("title") if "id" in attributes}
    assert {svg["aria-labelledby"] for svg in found.all("svg")} == titles
    assert {svg["role"] for svg in found.all("svg")} == {"img"}
    assert len(found.all("svg")) == len(titles) == 4
    assert "prefers-color-scheme: dark" in text
    assert "Interest billed, by month" in found.texts


def test_the_numbers_are_in_the_totals_the_tables_and_the_charts() -> None:
    texts = Reader(drawn()).texts
    for total in ("1,23,463", "₹ 2,45,03,50,000.00"):
        assert total in texts
    for cell in ("₹ 12,345.67", "over 90", "August 2026", "₹ 12,34,567.89", "30 August 2026 – 28 September 2026"):
        assert cell in texts
    assert "₹ 1,00,000.50" in texts, "the total of interest and principal is missing"
    # The words of the console's page of the book.
    assert any("by due date. Overdue: ₹ 54,321.00." in text for text in texts)
    assert "Expected cash from 30 August 2026, in periods of 30 days" in texts
    for over_a_bar in ("over 90: ₹ 3.5 lakh", "Aug 26: ₹ 12.3 lakh", "29 Oct: ₹ 2.5 lakh"):
        assert over_a_bar in texts


def test_the_same_book_makes_the_same_page() -> None:
    assert drawn() == drawn()


def test_the_page_ends_with_the_lender() -> None:
    book = portfolio.of(AS_OF, [], []), CashForecast(AS_OF).total()
    assert "<footer><p>Rao &amp; Rao · support 1800 123</p></footer>" in page(*book, "Rao & Rao · support 1800 123")
    assert "<footer>" not in page(*book)


def test_a_book_of_nothing_has_a_page() -> None:
    empty = page(portfolio.of(AS_OF, [], []), CashForecast(AS_OF).total())
    assert len(Reader(empty).all("svg")) == 4


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed to open the page in")
def test_a_browser_shows_the_page_and_finds_nothing_to_fetch(tmp_path: Path) -> None:
    (tmp_path / "book.html").write_text(drawn(), encoding="utf-8")
    command = [str(CHROMIUM), *ALONE.split(), f"--user-data-dir={tmp_path / 'profile'}", f"{tmp_path / 'book.html'}"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert len(Reader(shown.stdout).all("svg")) == 4
    assert "CONSOLE" not in shown.stderr, "the browser reports an error, or a request against the page's policy"


def draw(settings: Settings, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KIST_")}
    environment |= {
        "KIST_HOME": str(settings.home),
        "KIST_DATABASE_URL": settings.database_url,
        "KIST_SANDBOX": "1",
    }
    return finish("book", *arguments, env=environment)


async def test_the_command_writes_the_page_of_a_date(memory: Settings, tmp_path: Path) -> None:
    loan_id = await borrow()
    await business_date.move_to(date(2026, 3, 2))
    await bill("2026-01-31")
    await pay(loan_id, "2026-02-10", "1000.00")
    await bill("2026-03-02")
    out = tmp_path / "page.html"
    done = draw(memory, "--as-of", "2026-02-16", "--out", str(out))
    assert done.stdout == f"{out}: 1 active loans, principal 49435.00 on 2026-02-16\n", done.stderr
    texts = Reader(out.read_text()).texts
    assert "The book at the end of 16 February 2026" in texts
    assert "₹ 935.00" in texts
    done = draw(memory, "--out", str(out))
    assert "The book at the end of 2 March 2026" in out.read_text(), done.stderr


async def test_the_command_refuses_what_it_cannot_do_in_one_line(memory: Settings, tmp_path: Path) -> None:
    out = str(tmp_path / "book.html")
    refusals = {
        ("--as-of", "2026-01-02", "--out", out): "the business date is 2026-01-01: the book of a later date is not",
        ("--as-of", "soon", "--out", out): "soon is not a date. Write it as 2026-01-31",
        ("--out", str(tmp_path)): f"{tmp_path} cannot be written",
        ("--out", str(tmp_path / "nowhere" / "book.html")): "cannot be written",
    }
    for arguments, reason in refusals.items():
        done = draw(memory, *arguments)
        assert done.returncode == 2
        assert reason in done.stderr.splitlines()[-1]
    assert "book.html" not in os.listdir(tmp_path)
