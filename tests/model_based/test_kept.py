"""Programs that once failed, and each kind of fault that the machine has found, run again step by step."""

import re
from pathlib import Path

import pytest

from tests.model_based.doors import Doors
from tests.model_based.program import Program
from tests.servers import Servers

KEPT = sorted((Path(__file__).parent / "kept").glob("*.txt"))
GAP = re.compile(r" {2,}")


def rows(path: Path) -> list[list[str]]:
    """A step and what is answered, in each line; above them stands what the program shows."""
    heading, table = path.read_text().strip().split("\n\n")
    assert heading.startswith("# ")
    return [GAP.split(line) for line in table.splitlines()]


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_what_once_failed_goes_well(path: Path, servers: Servers) -> None:
    columns, *told = rows(path)
    assert columns == ["step", "answer"]
    program = Program(Doors(servers))
    try:
        for step, _ in told:
            program.run(step)
    finally:
        wrong = program.doors.close()
    # Either of two concurrent requests may have come first.
    certain = [row for row in told if not row[0].startswith("together")]
    assert [list(row) for row in program.rows if not row[0].startswith("together")] == certain
    assert wrong == []
