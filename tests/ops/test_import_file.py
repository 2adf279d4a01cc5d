"""`./kist import` from outside: its output, its questions and its exit codes."""

import os
import subprocess
from pathlib import Path

import pytest

from models import database
from ops.commands import import_file
from ops.commands.child_processes import environment
from settings import ROOT, Settings
from tests.running import finish

HEADER = "aadhaar_id,date,transaction_type,amount\n"
ASHA = "234123412346"


class Said:
    """The output of a command, without its progress bar."""

    def __init__(self, done: "subprocess.CompletedProcess[str]") -> None:
        self.code = done.returncode
        self.lines = done.stdout.splitlines()
        self.complaint = (done.stderr.splitlines() or [""])[-1]


def kist(settings: Settings, *command: str, answer: str = "") -> Said:
    return Said(finish("import", *command, env={**os.environ, **environment(settings)}, answer=answer))


async def count() -> int:
    return len(await database.fetch("SELECT FROM transactions"))


async def test_an_import_is_tried_made_listed_and_undone(memory: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "files"  # the home of the settings is beside it
    folder.mkdir()
    file = folder / "history.csv"
    file.write_text(f'{HEADER}{ASHA},31/01/2025,CREDIT,"1,00,000"\nx,y,z,1\n')
    tried = kist(memory, "--dry-run", str(file))
    assert tried.code == 0
    assert tried.lines[:6] == [
        "dry run: nothing was stored",
        "2 rows: 1 new, 0 already there, 1 rejected",
        "1 people, 0 of them registered and to be rescored",
        "credits 100000.00, debits 0.00, including rows that are already there",
        "dates: day first",
        "  line 2: 31/01/2025 is 31 January 2025",
    ]
    assert await count() == 0
    assert os.listdir(folder) == ["history.csv"]

    done = kist(memory, str(file))
    assert (done.code, done.lines[0]) == (0, "2 rows: 1 added, 0 already there, 1 rejected")
    again = kist(memory, str(file))
    assert (again.code, again.lines[2]) == (0, "nothing new: all valid rows were stored already")
    assert sorted(os.listdir(folder)) == ["history.csv", "history.rejects.csv"]

    listed = kist(memory, "list")
    assert [line.rpartition("; ")[2] for line in listed.lines] == ["repeats import 1", "in effect"]
    assert "history.csv: 1 rows added, credits 100000.00, debits 0.00" in listed.lines[1]

    asked = kist(memory, "undo", str(file), answer="n\n")
    # With a piped answer, no line break follows the question.
    assert (asked.code, asked.complaint.removeprefix("Undo this import? [y/N]:").strip()) == (
        2,
        "kist: nothing was undone",
    )
    assert await count() == 1
    undone = kist(memory, "undo", str(file), "--yes")
    assert undone.lines == ["import 1 is undone: 1 rows removed, credits 100000.00, debits 0.00", "0 people rescored"]
    assert await count() == 0
    for which in ("1", str(file)):
        second = kist(memory, "undo", which, "--yes")
        assert second.code == 2
        assert second.complaint.startswith("kist: import 1 was undone on ")
    assert kist(memory, str(file)).lines[0] == "2 rows: 1 added, 0 already there, 1 rejected"
    assert kist(memory, "undo", "3", answer="y\n").code == 0
    assert await count() == 0


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (f"{HEADER}x,y,z,1\n", 1, "nothing was imported"),
        (HEADER, 1, "nothing was imported"),
        (f"{HEADER}{ASHA},01/31/2025,CREDIT,5\n", 2, "line 2 has the date 01/31/2025"),
        ("a,b\n", 2, "Line 1 was read as the header, with the columns: a, b. Required columns: aadhaar_id, date"),
    ],
)
async def test_an_import_of_which_nothing_went_in_has_failed(
    memory: Settings, tmp_path: Path, content: str, code: int, said: str
) -> None:
    file = tmp_path / "history.csv"
    file.write_text(content)
    done = kist(memory, str(file))
    assert done.code == code
    assert said in done.complaint
    assert await database.fetch("SELECT FROM imports") == []


@pytest.mark.parametrize(
    ("which", "said"),
    [
        ("7", "import 7 does not exist: see ./kist import list"),
        ("9" * 40, "import " + "9" * 40 + " does not exist"),
        ("nothing.csv", "nothing.csv: no such file or directory"),
        (str(ROOT / "pyproject.toml"), "no import of a file with this content was found"),
    ],
)
async def test_what_was_not_imported_is_not_undone(memory: Settings, which: str, said: str) -> None:
    done = kist(memory, "undo", which, "--yes")
    assert done.code == 2
    assert said in done.complaint


@pytest.mark.parametrize(
    ("path", "is_device"),
    [("/dev/stdin", True), ("/dev/fd/3", True), ("/proc/self/fd/0", True), ("/dev/shm/h.csv", False), ("h.csv", False)],
)
def test_rejected_rows_go_beside_a_file_that_is_no_device(path: str, is_device: bool) -> None:
    assert import_file.is_device(Path(path)) == is_device
