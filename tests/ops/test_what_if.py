"""`./kist what-if` from outside: its table and its file, an interruption, and policies that are none."""

import os
import signal
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from models import products
from ops.commands import what_if
from ops.commands.child_processes import environment
from rules.audit import by_command
from rules.policy import Policy
from rules.products import CARD
from settings import Settings, SettingsError
from tests.running import run, start, until
from tests.tasks.loan_rows import bill, borrow, pay

VALID = (
    "The policies are cycle_days (2 to 366), due_days (1 to 365), minimum_due_rate (0 to 100)"  # those of the settings
)


async def test_an_interrupted_what_if_is_continued(memory: Settings, tmp_path: Path) -> None:
    loan_id, out = await borrow(1), tmp_path / "less.csv"
    await bill("2026-01-31")
    await pay(loan_id, "2026-02-10", "1000.00")
    words = ("what-if", "--policy", "minimum_due_rate=5", "--out", str(out))
    with start(*words, env=environment(memory), stderr=-1, text=True, start_new_session=True) as process:

        async def begun() -> bool:
            return (tmp_path / "less.csv.part").exists()

        await until(begun)
        os.killpg(process.pid, signal.SIGINT)  # to the whole group, as a terminal does
        _, said = process.communicate()
    assert process.returncode == 130
    assert said.splitlines()[-1].startswith(f"kist: stopped: {out}.part has 0 loans.")
    assert not out.exists()

    done = run(memory, *words)
    assert done.returncode == 0, done.stderr
    assert out.read_text().splitlines()[1].startswith(f"{loan_id},2026-01-01,minimum_due_rate=5,")
    shown = done.stdout
    assert "1 loans" in shown
    assert done.stdout.splitlines()[-1] == str(out)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["grace_days=3"], f"grace_days=3 is no policy: write NAME=VALUE. {VALID}"),
        (["due_days"], f"due_days is no policy: write NAME=VALUE. {VALID}"),
        (["due_days=soon"], f"KIST_DUE_DAYS input should be a valid integer, .*. {VALID}"),
        (["minimum_due_rate=101"], f"KIST_MINIMUM_DUE_RATE input should be less than or equal to 100. {VALID}"),
        (["due_days=20", "due_days=21"], "due_days is given twice"),
        (["cycle_days=10", "due_days=10"], f"KIST_DUE_DAYS must be less than KIST_CYCLE_DAYS. {VALID}"),
    ],
)
def test_a_policy_that_is_none_is_refused_in_a_line(words: list[str], reason: str) -> None:
    with pytest.raises(SettingsError) as refused:
        what_if.parsed(words)
    assert "\n" not in str(refused.value)
    if ".*" not in reason:
        assert str(refused.value) == reason


def test_a_policy_has_the_names_of_the_settings() -> None:
    assert what_if.parsed(["due_days=20", "KIST_CYCLE_DAYS=28"]) == Policy(cycle_days=28, due_days=20)


async def test_a_book_is_folded_under_a_version_of_a_product(memory: Settings, tmp_path: Path) -> None:
    await borrow(1)
    await bill("2026-01-31")
    for version, rate in ((1, 4), (2, 5)):
        added = replace(CARD, name="five", version=version, minimum_due_rate=Decimal(rate))
        await products.add(added, None, by_command("a test"))
    for named, version in (("five", 2), ("five:1", 1)):
        out = tmp_path / f"{version}.csv"
        done = run(memory, "what-if", "--product", named, "--policy", "due_days=12", "--out", str(out))
        assert done.returncode == 0, done.stderr
        assert f",product=five:{version} due_days=12," in out.read_text()
    for words, reason in (
        (["--product", "five:3"], "there is no product five:3: write NAME or NAME:VERSION"),
        (["--product", "five", "--policy", "cycle_days=20"], "cycle_days is that of the product"),
        ([], "name a policy or a product: --policy NAME=VALUE, --product NAME[:VERSION]"),
    ):
        done = run(memory, "what-if", *words, "--out", str(tmp_path / "x.csv"))
        assert done.returncode == 2
        assert done.stderr.splitlines()[-1].startswith(f"kist: {reason}")


async def test_a_file_that_cannot_be_written_is_named(memory: Settings, tmp_path: Path) -> None:
    for out in (tmp_path, tmp_path / "none" / "x.csv"):
        done = run(memory, "what-if", "--policy", "due_days=20", "--out", str(out))
        assert done.returncode == 2
        assert done.stderr.splitlines()[-1].startswith(f"kist: {out}")
