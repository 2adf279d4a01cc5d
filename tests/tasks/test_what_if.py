"""The whole book is folded under another policy, in worker processes; a file that is cut is continued."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from rules.policy import SUMMED, Policy, Totals
from rules.products import CARD
from settings import Settings
from tasks import what_if
from tasks.policy_file import COLUMNS, FileRefused, PolicyFile
from tasks.what_if import PolicyRefused
from tests.models.correcting import correcting
from tests.tasks.loan_rows import borrow, unguarded

AS_OF = date(2026, 8, 15)
LESS = Policy(cycle_days=25, due_days=10, minimum_due_rate=Decimal("5.000"))


async def folded(
    settings: Settings, out: Path, policy: Policy, report: Callable[[int, int], None] = lambda done, total: None
) -> Totals:
    with PolicyFile(out, policy, AS_OF) as file:
        return await what_if.run(policy, file, url=settings.database_url, processes=1, report=report)


@pytest.fixture
async def corrected(book: int, memory: Settings) -> Settings:
    """The book of five loans, a loan with a reversal and a bill that never was, and a loan that no run has billed."""
    await correcting()
    await borrow(9, rate="24.000")
    return memory


def rows(file: Path) -> list[dict[str, str]]:
    header, *lines = file.read_text().splitlines()
    return [dict(zip(header.split(","), line.split(","), strict=True)) for line in lines]


async def test_the_policy_that_a_book_has_changes_nothing(corrected: Settings, tmp_path: Path) -> None:
    """The rows of the loans are changed during the run, but all workers read the snapshot of its beginning."""
    moves: list[asyncio.Task[None]] = []

    def move(done: int, _total: int) -> None:
        if not done:
            moves.append(asyncio.create_task(unguarded(corrected, "UPDATE loans SET emi = emi + 1")))

    totals = await folded(corrected, tmp_path / "same.csv", Policy(30, 15, Decimal("3.000")), move)
    await moves[0]
    assert (totals.loans, totals.differing) == (7, 0)
    for row in rows(tmp_path / "same.csv"):
        for name in (*SUMMED, "closed_on"):
            assert row[f"{name}_actual"] == row[f"{name}_changed"]
            assert row[f"{name}_difference"] in {"0.00", "0", ""}


async def test_the_lines_sum_to_the_table_and_a_cut_file_is_continued(
    corrected: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, part = tmp_path / "less.csv", tmp_path / "less.csv.part"
    totals = await folded(corrected, out, LESS)
    assert not part.exists()
    found = rows(out)
    assert [int(row["loan_id"]) for row in found] == sorted(int(row["loan_id"]) for row in found)
    assert totals.loans == len(found) == 7
    assert totals.differing > 3
    for name, sums in totals.figures.items():
        for of, figure in (("actual", sums.actual), ("changed", sums.changed), ("difference", sums.difference)):
            assert sum(Decimal(row[f"{name}_{of}"]) for row in found) == figure
        assert sums.differing == sum(Decimal(row[f"{name}_difference"]) != 0 for row in found)
    assert totals.closed[0] == sum(row["closed_on_actual"] != "" for row in found) == 2

    # A kill has cut the fourth line. The chunks of the second run are other ones.
    whole = out.read_bytes()
    lines = whole.splitlines(keepends=True)
    part.write_bytes(b"".join(lines[:4]) + lines[4][:20])
    monkeypatch.setattr(what_if, "_LOANS_AT_ONCE", 2)
    assert await folded(corrected, out, LESS) == totals
    assert out.read_bytes() == whole


async def test_a_file_of_another_policy_or_date_is_not_continued(memory: Settings, tmp_path: Path) -> None:
    out, part = tmp_path / "x.csv", tmp_path / "x.csv.part"
    assert (await folded(memory, out, LESS)).loans == 0
    assert out.read_text() == f"{','.join(COLUMNS)}\n"
    part.write_text(f"{','.join(COLUMNS)}\n1,2026-08-15,due_days=20,{',' * (len(COLUMNS) - 4)}\n")
    with pytest.raises(FileRefused, match="begun on 2026-08-15 with the policy due_days=20: remove it"):
        await folded(memory, out, LESS)
    for text in ("a letter\n", "a letter"):
        part.write_text(text)
        with pytest.raises(FileRefused, match="no unfinished file"):
            await folded(memory, out, LESS)
        assert part.read_text() == text
    part.unlink()
    with PolicyFile(out, LESS, AS_OF), pytest.raises(FileRefused, match="another run writes"):
        await folded(memory, out, LESS)


async def test_a_product_is_a_policy_of_all_its_terms(corrected: Settings, tmp_path: Path) -> None:
    five = replace(CARD, name="five", version=2, cycle=25, due_days=10, minimum_due_rate=Decimal("5.000"))
    totals = await folded(corrected, tmp_path / "five.csv", Policy(product=five))
    assert totals == await folded(corrected, tmp_path / "less.csv", LESS)
    assert {row["policy"] for row in rows(tmp_path / "five.csv")} == {"product=five:2"}
    both = Policy(due_days=12, product=five)
    assert await folded(corrected, tmp_path / "both.csv", both) == await folded(
        corrected, tmp_path / "terms.csv", LESS._replace(due_days=12)
    )


async def test_a_bill_due_after_the_next_one_is_refused(book: int, memory: Settings, tmp_path: Path) -> None:
    with pytest.raises(PolicyRefused, match="loan 1 would have 30 days until the due date, in cycles of 30 days"):
        await folded(memory, tmp_path / "x.csv", Policy(due_days=30))
