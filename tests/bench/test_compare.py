"""A commit that makes a payment or a statement slower fails; noise, and a commit that cannot run, do not."""

import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench import commands, compare, environment
from bench.compare import Comparison, NotComparedError, Rounds
from settings import ROOT, Settings


async def test_two_trees_are_compared_on_books_that_each_has_made(settings: Settings) -> None:
    place = settings.model_copy(update={"port": environment.free_port()})
    payments, statements = await compare.side_by_side(place, ROOT, Rounds(number=2, requests=8))
    for one in (payments, statements):
        assert len(one.ours) == len(one.theirs) == 2
        assert all(seconds > 0 for seconds in one.ours + one.theirs)
    assert payments.line("HEAD^").startswith("payments: ")
    assert statements.line("HEAD^").startswith("statement: ")


def test_the_ratio_is_the_median_of_the_rounds() -> None:
    # The machine is slow in the second round, and something disturbs one version in the third.
    one = Comparison("payments", 10, ours=[0.0110, 0.0220, 0.0900], theirs=[0.0100, 0.0200, 0.0100])
    assert one.line("HEAD^") == ("payments: 2.20 ms of processor time a request, 1.00 ms at HEAD^: ×1.10, within 15%")
    assert not one.is_slower
    slower = Comparison("payments", 10, ours=[0.0116], theirs=[0.0100])
    assert slower.is_slower
    assert slower.line("HEAD^").endswith("×1.16, NOT within 15%")


@pytest.mark.parametrize(("runs", "code"), [([1.0], 0), ([1.2, 1.0], 0), ([1.2, 1.2], 1)])
def test_the_command_fails_if_a_request_takes_much_longer_in_two_runs(
    runs: list[float], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = iter(runs)
    monkeypatch.setattr(
        compare,
        "measured",
        lambda *_: [Comparison("payments", 10, [1.0], [1.0]), Comparison("statement", 10, [next(ours)], [1.0])],
    )
    done = CliRunner().invoke(commands.app, ["compare", "HEAD^"])
    assert done.exit_code == code
    assert len(done.output.splitlines()) == 2 * len(runs)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository with two commits, which have the same lock."""
    _git(tmp_path, "init", "-q")
    (tmp_path / "requirements.lock").write_text("a==1\n")
    for text in ("old", "new"):
        (tmp_path / "settings.py").write_text(text)
        _git(tmp_path, "add", ".")
        _git(tmp_path, "-c", "user.name=a", "-c", "user.email=a@kist.test", "commit", "-q", "-m", text)
    return tmp_path


def _git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True)


def test_the_files_of_a_revision_are_written_to_a_folder(clone: Path) -> None:
    compare.extract(compare.comparable("HEAD^", clone), clone / "other", clone)
    assert (clone / "other" / "settings.py").read_text() == "old"


def test_a_revision_that_is_not_in_the_clone_is_not_compared(clone: Path) -> None:
    with pytest.raises(NotComparedError, match="HEAD~2 is not in this clone"):
        compare.comparable("HEAD~2", clone)


def test_a_revision_with_another_lock_is_not_compared(clone: Path) -> None:
    (clone / "requirements.lock").write_text("a==2\n")
    with pytest.raises(NotComparedError, match=r"another requirements\.lock"):
        compare.comparable("HEAD^", clone)


async def test_a_revision_whose_code_cannot_make_the_book_is_not_compared(settings: Settings, clone: Path) -> None:
    with pytest.raises(NotComparedError, match=r"cannot make the book of this one: ModuleNotFoundError: .*'bench'"):
        await compare.side_by_side(settings, clone, Rounds(number=1, requests=1))


def test_a_comparison_that_cannot_run_passes_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(revision: str, rounds: Rounds) -> list[Comparison]:
        raise NotComparedError(f"{revision} is not in this clone, which may be shallow")

    monkeypatch.setattr(compare, "measured", refuse)
    done = CliRunner().invoke(commands.app, ["compare", "HEAD^"])
    assert (done.exit_code, done.output) == (0, "NOT COMPARED: HEAD^ is not in this clone, which may be shallow\n")
